"""What an exercise is made of: a reference, seeded cases, known mistakes, hints."""

from collections.abc import Callable
from dataclasses import dataclass

from mnist_lab.exercises.engine.edits import edited

import torch

KINDS = ("function", "value", "training")


@dataclass(frozen=True, eq=False)
class Call:
    """The arguments of one case."""

    args: tuple
    kwargs: dict


def call(*args, **kwargs):
    """Return a case: the arguments with which the learner's function is called."""
    return Call(args, kwargs)


@dataclass(frozen=True, eq=False)
class Mistake:
    """A known wrong answer, a function or a value, and the sentence that helps."""

    answer: object
    sentence: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Exercise:
    """One exercise; README.md one folder up shows how to add one.

    mistakes are rows, each of a wrong answer and the sentence that helps: (function or value, sentence),
    (old, new, sentence) for an edit of the reference's source, ({old: new, …}, sentence) for several.
    cases is a function of a seeded torch.Generator that returns a list of call(…). probe is a
    function of the answer that returns a list of sentences, each a fault; none means correct.
    given is the code that a learner is handed to change, as a function or as edits of the reference.
    observe makes a result, or a value, comparable.
    """

    id: str
    title: str
    kind: str
    difficulty: int
    minutes: int
    points: int
    reference: object
    why: str
    hints: tuple
    mistakes: tuple = ()
    cases: Callable | None = None
    probe: Callable | None = None
    given: Callable | dict | None = None
    observe: Callable | None = None
    also: tuple = ()
    tolerance: float = 1e-4
    seconds: float = 5.0

    def __post_init__(self):
        problem = self._problem()
        if problem:
            raise ValueError(f"Exercise {self.id}: {problem}")
        rows = (row if isinstance(row, Mistake) else self._mistake(*row) for row in self.mistakes)
        object.__setattr__(self, "mistakes", tuple(rows))
        object.__setattr__(self, "given", self._edited(self.given))

    def _mistake(self, answer, *rest):
        """Return the Mistake of a row."""
        *new, sentence = rest
        return Mistake(self._edited({answer: new[0]} if new else answer), sentence)

    def _edited(self, answer):
        """Return the function that edits of the reference make, or the answer as it is."""
        if callable(self.reference) and isinstance(answer, dict):
            return edited(self.reference, answer, name=f"exercise {self.id}")
        return answer

    def _problem(self):
        if self.kind not in KINDS:
            return f"kind is one of {', '.join(KINDS)}, but got {self.kind!r}."
        if self.difficulty not in (1, 2, 3):
            return f"difficulty is 1, 2 or 3, but got {self.difficulty!r}."
        if self.kind == "training" and self.probe is None:
            return "training is judged by its behaviour; give it a probe."
        if self.kind == "function" and self.cases is None and self.probe is None:
            return "a function needs cases to be tried on, or a probe."
        if not 2 <= len(self.hints) <= 4:
            return f"it has 2 to 4 hints, from a nudge to nearly the answer, but got {len(self.hints)}."
        return None

    @property
    def lesson(self):
        """The number of the lesson that it belongs to."""
        return int(self.id.split(".")[0])

    @property
    def dots(self):
        """Its difficulty, as its heading in the lesson shows it."""
        return "●" * self.difficulty + "○" * (3 - self.difficulty)

    def seeded_cases(self):
        """Return the cases, smallest first, the same ones every time."""
        cases = self.cases(torch.Generator().manual_seed(0))
        return sorted(cases, key=lambda case: _size([*case.args, *case.kwargs.values()]))


def _size(value):
    """How many numbers a value holds."""
    if isinstance(value, torch.Tensor):
        return value.numel()
    if isinstance(value, list | tuple):
        return sum(map(_size, value))
    return 1
