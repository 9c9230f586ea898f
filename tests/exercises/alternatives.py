"""Answers of another kind than the reference, collected for test_alternatives.py."""

import pytest


class Alternatives:
    """Right and wrong answers to exercises, as parameters of a test."""

    def __init__(self):
        self.right, self.wrong = [], []

    def accepted(self, exercise, name, answer):
        self.right.append(pytest.param(exercise, answer, id=f"{exercise} {name}"))

    def refused(self, exercise, name, answer, words="", *, unsaid="Unsaid."):
        """The answer is refused with these words, and without those that are untrue of it."""
        self.wrong.append(pytest.param(exercise, answer, words, unsaid, id=f"{exercise} {name}"))
