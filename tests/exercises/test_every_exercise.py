"""Every exercise of every lesson judges its own reference, each of its known mistakes, and other kinds."""

import time

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.engine.outcome import outcomes
from mnist_lab.exercises.registry import exercises, find_exercise

import pytest
import torch
from all_exercises import ALL, each_exercise, each_function, each_lesson, each_value

MISTAKES = [(exercise, number) for exercise in ALL for number in range(len(exercise.mistakes))]
MISTAKE_IDS = [f"{exercise.id}-mistake-{number + 1}" for exercise, number in MISTAKES]


@each_exercise
def test_the_reference_passes(exercise):
    verdict = judge(exercise, exercise.reference)
    assert verdict.ok, str(verdict)
    assert exercise.why in str(verdict)


@pytest.mark.parametrize(("exercise", "number"), MISTAKES, ids=MISTAKE_IDS)
def test_a_known_mistake_is_recognised_as_itself(exercise, number):
    verdict = judge(exercise, exercise.mistakes[number].answer)
    assert verdict.status == "mistake", f"not seen as wrong: {verdict}"
    others = [i + 1 for i, mistake in enumerate(exercise.mistakes) if mistake is verdict.mistake]
    assert verdict.mistake is exercise.mistakes[number], (
        f"the cases cannot tell mistake {number + 1} of {exercise.id} from mistake {others}; add a case"
    )
    assert exercise.mistakes[number].sentence in str(verdict)


@each_exercise
def test_the_same_failure_comes_twice(exercise):
    wrong = exercise.mistakes[0].answer
    assert str(judge(exercise, wrong)) == str(judge(exercise, wrong))


@each_exercise
def test_an_exercise_is_fully_told(exercise):
    assert exercise.mistakes, "an exercise that knows no mistake cannot name one"
    texts = [exercise.why, *exercise.hints, *(mistake.sentence for mistake in exercise.mistakes)]
    for text in texts:
        assert 10 < len(text) < 260 and text == text.strip() and "!" not in text.replace("`!=`", ""), text
        assert text.count("`") % 2 == 0 and text[-1] in ".?", text
        assert "oops" not in text.lower()
    assert len({mistake.sentence for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert exercise.minutes >= 1 and exercise.points >= 1


@each_function
def test_a_function_has_cases_smallest_first(exercise):
    if exercise.cases is None:
        assert exercise.probe is not None
        return
    shown = [[repr(case.args), repr(case.kwargs)] for case in exercise.seeded_cases()]
    assert shown == [[repr(case.args), repr(case.kwargs)] for case in exercise.seeded_cases()]
    assert len(shown) >= 2
    kinds = {outcome.kind for outcome in outcomes(exercise, exercise.reference, seconds=20)}
    assert "returned" in kinds <= {"returned", "raised"}


@each_function
def test_cases_are_quick(exercise):
    started = time.perf_counter()
    judge(exercise, exercise.reference)
    assert time.perf_counter() - started < exercise.seconds / 2


@each_function
def test_other_arguments_are_named(exercise):
    def nothing():
        return 1

    verdict = judge(exercise, nothing)
    assert verdict.status == "arguments" and "takes `()`" in verdict.message
    for answer in (3, "text", torch.ones(2), [1, 2]):
        verdict = judge(exercise, answer)
        assert verdict.status == "arguments" and "without brackets" in verdict.message


@each_value
@pytest.mark.parametrize(
    "answer",
    ["no such thing", -12345, 3.25, float("nan"), [], {}, torch.full((3,), torch.nan), object()],
    ids=lambda value: type(value).__name__,
)
def test_a_wrong_value_gets_a_clear_answer(exercise, answer):
    verdict = judge(exercise, answer)
    assert not verdict.ok and verdict.status in ("mismatch", "mistake", "error") and verdict.message
    assert judge(exercise, len).status == "arguments"


@each_lesson
def test_the_first_exercise_of_a_lesson_is_the_easiest(lesson):
    assert exercises(lesson)[0].difficulty == 1


def test_the_course_begins_with_the_first_exercise():
    assert find_exercise("0.1") is ALL[0]
