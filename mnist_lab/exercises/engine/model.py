"""What an exercise is made of: a reference, seeded cases, known mistakes, hints."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from mnist_lab.exercises.engine.edits import edited

import torch


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
    function of the answer that returns a list of sentences, each a fault; none means correct. If it
    draws what it tries, it takes a seeded torch.Generator as well, under the name generator.
    seed is that of the generator: 0 for a learner, another one for hidden cases.
    parts stands for a probe, or beside one that has sentences of its own, where an answer can be right in
    part: {what it does: (points, probe)}. All of these probes take a generator. Beside cases it is
    {what it does: (points, function)}: what the function makes of a result has to be right.
    given is the code that a learner is handed to change, as a function or as edits of the reference.
    observe makes a result, or a value, comparable.
    """

    id: str
    title: str
    difficulty: int
    minutes: int
    points: int
    reference: object
    why: str
    hints: tuple
    mistakes: tuple = ()
    cases: Callable | None = None
    probe: Callable | None = None
    parts: dict | None = None
    given: Callable | dict | None = None
    observe: Callable | None = None
    also: tuple = ()
    tolerance: float = 1e-4
    seconds: float = 5.0
    seed: int = 0

    def __post_init__(self):
        if self.parts and self.probe is None and self.cases is None:
            object.__setattr__(self, "probe", _one_after_another([probe for _, probe in self.parts.values()]))
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
        if self.difficulty not in (1, 2, 3):
            return f"difficulty is 1, 2 or 3, but got {self.difficulty!r}."
        if self.kind == "function" and self.cases is None and self.probe is None:
            return "a function needs cases to be tried on, or a probe."
        if self.parts and sum(points for points, _ in self.parts.values()) != self.points:
            return f"its parts have other points together than its {self.points}."
        if not 2 <= len(self.hints) <= 4:
            return f"it has 2 to 4 hints, from a nudge to nearly the answer, but got {len(self.hints)}."
        return None

    @property
    def kind(self):
        """Whether the answer is a function or a value, as the reference is."""
        return "function" if callable(self.reference) else "value"

    @property
    def lesson(self):
        """The number of the lesson that it belongs to."""
        return int(self.id.split(".")[0])

    @property
    def dots(self):
        """Its difficulty, as its heading in the lesson shows it."""
        return "●" * self.difficulty + "○" * (3 - self.difficulty)

    @property
    def draws(self):
        """Whether the seed decides on what an answer is tried."""
        return self.cases is not None if self.probe is None else _takes_generator(self.probe)

    def faults(self, answer):
        """Return what the probe finds wrong with an answer, a list of sentences."""
        drawn = {"generator": self._generator()} if self.draws else {}
        return list(self.probe(answer, **drawn))

    def seeded_cases(self):
        """Return the cases, smallest first, the same ones every time."""
        cases = self.cases(self._generator())
        return sorted(cases, key=lambda case: _size([*case.args, *case.kwargs.values()]))

    def _generator(self):
        return torch.Generator().manual_seed(self.seed)


def _takes_generator(probe):
    return "generator" in inspect.signature(probe).parameters


def _one_after_another(probes):
    """Return the probe that finds what the probes find, each of which draws the same."""

    def probe(answer, generator):
        state = generator.get_state()
        return [fault for each in probes for fault in each(answer, generator.set_state(state))]

    return probe


def _size(value):
    """How many numbers a value holds."""
    if isinstance(value, torch.Tensor):
        return value.numel()
    if isinstance(value, list | tuple):
        return sum(map(_size, value))
    return 1
