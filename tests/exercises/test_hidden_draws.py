"""Every exercise that draws takes its reference and none of its known mistakes, whatever the seed."""

from mnist_lab.exercises.engine.judge import earned, judge
from mnist_lab.workshop.classroom.hidden_cases import with_seed

import pytest
from all_exercises import ALL, on_each
from sample_exercise import exercise as sample
from sample_exercise import forgets_the_square, mean_of_squares

SEEDS = range(1, 6)
DRAWING = [exercise for exercise in ALL if exercise.draws]
IN_PARTS = [exercise for exercise in ALL if exercise.parts]
each_drawing, each_in_parts = map(on_each, (DRAWING, IN_PARTS))


@each_drawing
def test_the_reference_passes_with_every_seed(exercise):
    for seed in SEEDS:
        verdict = judge(with_seed(exercise, seed), exercise.reference)
        assert verdict.ok, f"seed {seed}: {verdict}"


@pytest.mark.slow
@each_drawing
def test_no_known_mistake_passes_with_any_seed(exercise):
    for seed in SEEDS:
        hidden = with_seed(exercise, seed)
        passed = [mistake.sentence for mistake in exercise.mistakes if judge(hidden, mistake.answer).ok]
        assert not passed, f"seed {seed}"


@each_in_parts
def test_the_reference_earns_all_points_and_no_answer_none(exercise):
    assert earned(exercise.reference, exercise, with_seed(exercise, 1)) == exercise.points
    assert earned(lambda *args, **kwargs: None, exercise) == 0


@each_in_parts
def test_a_known_mistake_never_earns_all_points(exercise):
    for mistake in exercise.mistakes:
        assert earned(mistake.answer, exercise) < exercise.points, mistake.sentence


def test_beside_cases_a_part_is_something_of_the_result():
    parts = {"the sign": (1, lambda mean: mean > 0), "the size": (2, abs)}
    asked = sample(points=3, parts=parts)
    assert judge(asked, mean_of_squares).ok and earned(mean_of_squares, asked) == 3
    assert not judge(asked, forgets_the_square).ok and earned(forgets_the_square, asked) == 1
    assert earned(lambda values, *, scale=1.0: -mean_of_squares(values, scale=scale), asked) == 2
    assert earned(lambda values, *, scale=1.0: None, asked) == 0
