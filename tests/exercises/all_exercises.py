"""Every exercise of every lesson, and the marks that try a test on each of them."""

from mnist_lab.exercises.registry import exercises

import pytest

ALL = exercises()
FUNCTIONS = [exercise for exercise in ALL if callable(exercise.reference)]
VALUES = [exercise for exercise in ALL if not callable(exercise.reference)]


def on_each(those):
    return pytest.mark.parametrize("exercise", those, ids=lambda exercise: exercise.id)


each_exercise, each_function, each_value = map(on_each, (ALL, FUNCTIONS, VALUES))
each_lesson = pytest.mark.parametrize("lesson", sorted({exercise.lesson for exercise in ALL}))
