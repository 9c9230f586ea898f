"""Answers that try to pass, and right ones of another kind, on the cases shown and on hidden ones.

A file attacks_NN.py a lesson has RIGHT and WRONG, each {id of the exercise: [answer, …]}.
"""

from importlib import import_module
from pathlib import Path

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.registry import find_exercise
from mnist_lab.workshop.classroom.hidden_cases import with_seed

import pytest

SEEDS = range(1, 4)
LESSONS = [import_module(path.stem) for path in sorted(Path(__file__).parent.glob("attacks_*.py"))]


def answers(kind):
    """Return a parameter for each answer of that kind."""
    return [
        pytest.param(id, answer, id=f"{id}-{getattr(answer, '__name__', number)}")
        for lesson in LESSONS
        for id, listed in getattr(lesson, kind).items()
        for number, answer in enumerate(listed)
    ]


def versions(id):
    """Return the exercise as a learner has it, then with hidden cases."""
    exercise = find_exercise(id)
    return [exercise, *(with_seed(exercise, seed) for seed in SEEDS if exercise.draws)]


@pytest.mark.parametrize(("id", "answer"), answers("RIGHT"))
def test_a_right_answer_is_taken_with_every_seed(id, answer):
    for exercise in versions(id):
        verdict = judge(exercise, answer)
        assert verdict.ok, f"seed {exercise.seed}: {verdict}"


@pytest.mark.parametrize(("id", "answer"), answers("WRONG"))
def test_a_wrong_answer_gets_through_with_no_seed(id, answer):
    shown, *hidden = versions(id)
    if judge(shown, answer).ok:
        passed = [exercise.seed for exercise in hidden if judge(exercise, answer).ok]
        assert hidden and not passed, f"it passes as shown, and with the hidden seeds {passed}"
