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

    def __post_init__(self):
        problem = self._problem()
        if problem:
            raise ValueError(f"Question {self.id}: {problem}")

    def _problem(self):
        if not isinstance(self.wrong, dict) or not 2 <= len(self.wrong) <= 4:
            return f"wrong is a table of 2 to 4 options, but got {self.wrong!r}."
        for text in (self.id, self.text, self.right, self.why, *self.wrong, *self.wrong.values()):
            if not isinstance(text, str) or not text.strip():
                return f"expected a text of some words, but got {text!r}."
        options = [text.strip().casefold() for text in (self.right, *self.wrong)]
        twice = [text for text in self.wrong if options.count(text.strip().casefold()) > 1]
        return f"the option {twice[0]!r} stands there twice." if twice else None

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
