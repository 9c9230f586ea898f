"""Exercises that say what is wrong, and questions; one module a lesson."""

from mnist_lab.exercises.asking import answer, question
from mnist_lab.exercises.checking import NotCorrect, check, hint, mine_or_reference, progress

__all__ = ["NotCorrect", "answer", "check", "hint", "mine_or_reference", "progress", "question"]
