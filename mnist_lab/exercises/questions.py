"""Closed-book questions: those of a lesson, from its file questions.toml."""

import random
from dataclasses import dataclass, field
from pathlib import Path

from mnist_lab.exercises.texts import read_texts


@dataclass(frozen=True, kw_only=True)
class Question:
    """A closed-book question; wrong maps each wrong option to the misconception behind it."""

    id: str
    text: str
    right: str
    why: str
    wrong: dict = field(hash=False)

    @property
    def lesson(self):
        return int(self.id.split(".")[0])

    @property
    def options(self):
        """All options by letter, in an order that the id fixes."""
        texts = [self.right, *self.wrong]
        random.Random(f"question {self.id}").shuffle(texts)
        return dict(zip("ABCDEF", texts, strict=False))


def read_questions(lesson):
    """Return the questions of a lesson, in the order of its file; raises ValueError that names the line."""
    return read_texts(Path(__file__).parent / f"lesson_{lesson:02d}" / "questions.toml", "question", Question)
