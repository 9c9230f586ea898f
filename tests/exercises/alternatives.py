"""Answers of another kind than the reference, collected for a test, and what must be said of them."""

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.registry import find_exercise

import pytest


class Alternatives:
    """Right and wrong answers to exercises, and the marks that try each of them."""

    def __init__(self):
        self.right, self.wrong = [], []

    def accepted(self, exercise, name, answer):
        self.right.append(pytest.param(exercise, answer, id=f"{exercise} {name}"))

    def refused(self, exercise, name, answer, words="", *, unsaid="Unsaid."):
        self.wrong.append(pytest.param(exercise, answer, words, unsaid, id=f"{exercise} {name}"))

    def each_right(self):
        return pytest.mark.parametrize(("exercise", "answer"), self.right)

    def each_wrong(self):
        return pytest.mark.parametrize(("exercise", "answer", "words", "unsaid"), self.wrong)


def is_accepted(exercise, answer):
    verdict = judge(find_exercise(exercise), answer)
    assert verdict.ok, str(verdict)


def is_refused(exercise, answer, words, unsaid):
    """The answer is refused with these words, and without those that are untrue of it."""
    verdict = judge(find_exercise(exercise), answer)
    assert not verdict.ok
    assert words in str(verdict) and unsaid not in str(verdict), str(verdict)
