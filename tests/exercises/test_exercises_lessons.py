"""Every exercise and question of every lesson: right, wrong, untouched, hostile, and in its place."""

import ast
import inspect
import linecache
import re
import textwrap
import time
from dataclasses import replace
from pathlib import Path

from mnist_lab.exercises import checking
from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.engine.outcome import outcomes
from mnist_lab.exercises.engine.untouched import is_untouched
from mnist_lab.exercises.engine.verdict import HEADS
from mnist_lab.exercises.registry import exercises, find_exercise, questions

import nbformat
import pytest
import torch
from nbclient import NotebookClient

NOTEBOOKS = {
    int(path.stem[:2]): nbformat.read(path, 4)
    for path in sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
}
ALL = exercises()
LESSONS = sorted({each.lesson for each in ALL})
FUNCTIONS = [each for each in ALL if callable(each.reference)]
VALUES = [each for each in ALL if not callable(each.reference)]
MISTAKES = [(each, number) for each in ALL for number in range(len(each.mistakes))]


def by_id(each):
    return each.id if not isinstance(each, tuple) else f"{each[0].id}-mistake-{each[1] + 1}"


each_exercise = pytest.mark.parametrize("exercise", ALL, ids=by_id)
each_function = pytest.mark.parametrize("exercise", FUNCTIONS, ids=by_id)
each_mistake = pytest.mark.parametrize("known", MISTAKES, ids=by_id)
each_question = pytest.mark.parametrize("asked", questions(), ids=by_id)
each_lesson = pytest.mark.parametrize("lesson", LESSONS)


# The exercise itself


@each_exercise
def test_the_reference_passes(exercise):
    verdict = judge(exercise, exercise.reference)
    assert verdict.ok, str(verdict)
    assert exercise.why in str(verdict)


@each_mistake
def test_a_known_mistake_is_recognised_as_itself(known):
    exercise, number = known
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


# Answers that are no answers


class Nasty:
    """Neither compares nor shows itself."""

    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError("no comparing")

    def __repr__(self):
        raise RuntimeError("no showing")


def prints(*args, **kwargs):
    print("a line" * 50_000)


def leaves(*args, **kwargs):
    raise SystemExit(3)


def hangs(*args, **kwargs):
    while True:
        time.sleep(0.01)


def interrupts(*args, **kwargs):
    raise KeyboardInterrupt


def explodes(*args, **kwargs):
    raise RuntimeError("a message of my own")


def gives_nan(*args, **kwargs):
    return torch.full((2, 3), torch.nan)


def gives_text(*args, **kwargs):
    return "seven"


def gives_itself(*args, **kwargs):
    return gives_itself


def gives_nasty(*args, **kwargs):
    return Nasty()


def spoils(*args, **kwargs):
    """Change the input, and torch's switches."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, torch.Tensor):
            value.zero_()
        if isinstance(value, list):
            value.clear()
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    return 0


HOSTILE = [
    prints,
    leaves,
    hangs,
    interrupts,
    explodes,
    gives_nan,
    gives_text,
    gives_itself,
    gives_nasty,
    spoils,
]


@each_function
@pytest.mark.parametrize("answer", HOSTILE, ids=lambda function: function.__name__)
def test_a_hostile_function_gets_a_clear_answer_and_harms_nothing(exercise, answer, capsys):
    before = torch.random.get_rng_state(), torch.get_default_dtype(), torch.is_grad_enabled()
    asked = replace(exercise, seconds=0.2) if answer is hangs else exercise
    verdict = judge(asked, answer)
    assert not verdict.ok and verdict.status in HEADS
    assert len(str(verdict).splitlines()) >= 2 and "Traceback" not in str(verdict)
    assert len(str(verdict)) < 3000 and len(verdict.html()) < 12_000
    wanted = {hangs: "slow", interrupts: "interrupted", leaves: "error", explodes: "error"}
    assert verdict.status == wanted.get(answer, verdict.status)
    if answer is leaves:
        assert "SystemExit: 3" in str(verdict)
    assert capsys.readouterr() == ("", "")
    assert torch.equal(before[0], torch.random.get_rng_state())
    assert before[1:] == (torch.get_default_dtype(), torch.is_grad_enabled())
    assert judge(exercise, exercise.reference).ok, "a hostile answer spoilt the exercise"


@each_function
def test_other_arguments_are_named(exercise):
    def nothing():
        return 1

    verdict = judge(exercise, nothing)
    assert verdict.status == "arguments" and "takes `()`" in verdict.message
    for answer in (3, "text", torch.ones(2), [1, 2]):
        verdict = judge(exercise, answer)
        assert verdict.status == "arguments" and "without brackets" in verdict.message


@pytest.mark.parametrize("exercise", VALUES, ids=by_id)
@pytest.mark.parametrize(
    "answer",
    ["no such thing", -12345, 3.25, float("nan"), [], {}, torch.full((3,), torch.nan), object()],
    ids=lambda value: type(value).__name__,
)
def test_a_wrong_value_gets_a_clear_answer(exercise, answer):
    verdict = judge(exercise, answer)
    assert not verdict.ok and verdict.status in ("mismatch", "mistake", "error") and verdict.message
    assert judge(exercise, len).status == "arguments"


# The place in the lesson


def tags(cell):
    return cell.metadata.get("tags", [])


def stubs(lesson):
    """{id: place of the cell that is tagged exercise:id} of a lesson."""
    tagged = [(tag, i) for i, cell in enumerate(NOTEBOOKS[lesson].cells) for tag in tags(cell)]
    found = [(tag.removeprefix("exercise:"), i) for tag, i in tagged if tag.startswith("exercise:")]
    assert len(dict(found)) == len(found), "two cells carry the same exercise tag"
    return dict(found)


def stub_cell(exercise):
    return NOTEBOOKS[exercise.lesson].cells[stubs(exercise.lesson)[exercise.id]]


def definitions(source):
    """What a stub cell defines, with the usual imports at hand."""
    names = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "math": __import__("math")}
    path = f"<stub {hash(source)}>"
    linecache.cache[path] = len(source), None, source.splitlines(keepends=True), path  # as IPython does
    exec(compile(source, path, "exec"), names)
    return names


def checked_name(exercise):
    """The name that the check cell after the stub hands over."""
    cells = NOTEBOOKS[exercise.lesson].cells
    source = cells[stubs(exercise.lesson)[exercise.id] + 1].source
    found = re.match(r'check\("([\d.]+)", (\w+)\)', source)
    assert found and found[1] == exercise.id, f"the cell after the stub of {exercise.id} checks it"
    return found[2]


@each_lesson
def test_each_exercise_has_one_stub_and_each_stub_an_exercise(lesson):
    assert sorted(stubs(lesson)) == sorted(each.id for each in exercises(lesson))
    places = [stubs(lesson)[each.id] for each in exercises(lesson)]
    assert places == sorted(places), "exercises are numbered in the order of the lesson"


@each_exercise
def test_the_untouched_stub_is_not_started(exercise):
    answer = definitions(stub_cell(exercise).source)[checked_name(exercise)]
    assert judge(exercise, answer).status == "not started"
    assert is_untouched(answer, exercise.given)


@each_exercise
def test_the_heading_is_the_exercise_s_own(exercise):
    above = NOTEBOOKS[exercise.lesson].cells[stubs(exercise.lesson)[exercise.id] - 1]
    assert above.cell_type == "markdown" and f"### {exercise.heading}" in above.source.splitlines()


@each_function
def test_the_stub_s_signature_is_the_reference_s(exercise):
    name = checked_name(exercise)
    stub = definitions(stub_cell(exercise).source)[name]
    assert name == exercise.reference.__name__
    assert inspect.signature(stub) == inspect.signature(exercise.reference)
    assert stub.__doc__ and len(stub.__doc__.split()) > 8, "a stub has a docstring with an example"


def anonymous(source):
    """The syntax tree of a source, with every name of a variable left out."""
    tree = ast.parse(textwrap.dedent(source))
    for part in ast.walk(tree):
        if isinstance(part, ast.Name):
            part.id = "_"
        if isinstance(part, ast.arg):
            part.arg = "_"
    return tree


def steps(source):
    """The statements of a function's body as text; of those that compute a value, the expression."""
    (function,) = anonymous(source).body
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return {ast.dump(getattr(line, "value", None) or line) for line in body}


def all_steps(source):
    """Every statement and expression of a cell as text."""
    source = "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
    nodes = ast.walk(anonymous(source))
    return {ast.dump(node) for node in nodes if isinstance(node, ast.stmt | ast.expr)}


@each_function
def test_no_exercise_asks_for_code_that_stands_above_it(exercise):
    if not inspect.isfunction(exercise.reference):
        pytest.skip("the reference is a class; its cases are what is asked for")
    stub = stub_cell(exercise)
    wanted = steps(inspect.getsource(exercise.reference)) - steps(stub.source)
    place = stubs(exercise.lesson)[exercise.id]
    above = set()
    for cell in NOTEBOOKS[exercise.lesson].cells[:place]:
        if cell.cell_type == "code":
            above |= all_steps(cell.source)
    assert wanted and not wanted <= above, f"the answer to {exercise.id} stands above it"


def test_the_search_sees_code_that_stands_above():
    asked = 'def f(x):\n    """Say."""\n    return x.permute(2, 0, 1)'
    assert steps(asked) <= all_steps("print(photo.permute(2, 0, 1).shape)")
    assert not steps(asked) <= all_steps("photo.permute(1, 2, 0)")


@each_lesson
def test_predictions_are_asked_before_they_are_revealed(lesson):
    calls = []
    for cell in NOTEBOOKS[lesson].cells:
        if cell.cell_type == "code":
            calls += re.findall(r'^\s*(predict|reveal)\(\s*"([\d.]+)"', cell.source, re.M)
    asked = [id for what, id in calls if what == "predict"]
    revealed = [id for what, id in calls if what == "reveal"]
    assert asked and sorted(asked) == sorted(revealed) and len(set(asked)) == len(asked)
    assert all(id.split(".")[0] == str(lesson) for id in asked)
    assert all(calls.index(("predict", id)) < calls.index(("reveal", id)) for id in asked)


# Questions


@each_question
def test_a_question_meets_each_wrong_option_with_a_sentence(asked):
    assert set(asked.options.values()) == {asked.right, *asked.wrong}
    assert 2 <= len(asked.wrong) <= 4 and asked.right not in asked.wrong
    for text in (asked.why, *asked.wrong.values()):
        assert 10 < len(text) < 260 and text[-1] in ".?" and "!" not in text, text


@each_lesson
def test_questions_open_and_close_the_lesson(lesson):
    source = "\n".join(cell.source for cell in NOTEBOOKS[lesson].cells if cell.cell_type == "code")
    opening = [f"{lesson}.q{number}" for number in (1, 2, 3)] if lesson else []
    assert [asked.id for asked in questions(lesson)] == [*opening, f"{lesson}.exit"]
    for asked in questions(lesson):
        assert f'"{asked.id}"' in source, f"the lesson does not ask {asked.id}"


# The lesson, run three ways


def run(lesson, changes):
    """Run a lesson with the sources of some cells changed, strictly offline, to its end."""
    notebook = nbformat.from_dict(NOTEBOOKS[lesson])
    for place, source in changes.items():
        notebook.cells[place].source = source
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    return {
        id: "".join(
            output["data"]["text/plain"]
            for output in notebook.cells[place + 1].outputs
            if "text/plain" in output.get("data", {})
        )
        for id, place in stubs(lesson).items()
    }


@pytest.mark.slow
@each_lesson
def test_a_lesson_runs_untouched(lesson):
    said = run(lesson, {})
    assert said and all("not started yet" in text for text in said.values())


@pytest.mark.slow
@each_lesson
def test_a_lesson_runs_solved(lesson):
    """The references, pasted into the stubs, need no name that the lesson has not imported."""
    changes = {}
    for each in exercises(lesson):
        solved = callable(each.reference)
        value = inspect.getsource(each.reference) if solved else f"{checked_name(each)} = {each.reference!r}"
        prefix = "" if "tensor(" not in value or solved else "from torch import tensor\n"
        changes[stubs(lesson)[each.id]] = prefix + value
    said = run(lesson, changes)
    assert all("correct" in text for text in said.values()), said


@pytest.mark.slow
@each_lesson
def test_a_lesson_runs_with_wrong_answers(lesson):
    changes = {
        stubs(lesson)[each.id]: (
            "from mnist_lab.exercises.registry import find_exercise\n"
            f'{checked_name(each)} = find_exercise("{each.id}").mistakes[0].answer'
        )
        for each in exercises(lesson)
    }
    said = run(lesson, changes)
    assert all(": not yet" in text for text in said.values()), said


def test_the_course_has_exercises_of_each_grade():
    assert find_exercise("0.1") is ALL[0]
    for lesson in LESSONS:
        grades = [each.difficulty for each in exercises(lesson)]
        assert min(grades) == 1 and grades[0] == 1, "the first exercise of a lesson is the easiest"
    assert checking.ATTEMPTS == {} or all(isinstance(id, str) for id in checking.ATTEMPTS)
