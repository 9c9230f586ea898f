"""Exercises that say what is wrong, and questions; README.md says where each of them is."""

from mnist_lab.exercises.asking import answer, question
from mnist_lab.exercises.checking import NotCorrect, check, hint, mine_or_reference, progress
from mnist_lab.exercises.concepts import concept_result, concept_test

__all__ = [
    "NotCorrect",
    "answer",
    "check",
    "concept_result",
    "concept_test",
    "hint",
    "mine_or_reference",
    "progress",
    "question",
]
