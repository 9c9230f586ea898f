"""Plays validation losses to a loop that stops early: the probe of 6.7, and its parts."""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from mnist_lab.exercises.engine.compare import difference, in_types_of
from mnist_lab.exercises.engine.shorten import shorten
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch import nn

NUM_SHOWN = 3  # the verdict tells no more scripts than these


@dataclass(frozen=True)
class Script:
    """Validation losses, and the patience."""

    losses: tuple
    patience: int

    @property
    def trained(self):
        """The epoch to stop after."""
        epochs = range(1, len(self.losses))
        ends = (epoch for epoch in epochs if epoch - self.best(epoch) >= self.patience)
        return next(ends, len(self.losses))

    def best(self, trained):
        """The best of so many epochs, the first one where several are equal."""
        return self.losses.index(min(self.losses[:trained])) + 1

    def __str__(self):
        losses = ", ".join(map(str, self.losses))
        return f"Losses {losses}, patience {self.patience}"


def scripts(generator):
    """Return a Script for each thing that can go wrong.

    The moves of a loss: v to a new lowest one, ^ above it, = as low, / above it and up, \\ above it and down.
    """
    number = partial(whole_number, generator)
    falls, patience, much = number(1, 3), number(2, 3), number(3, 4)
    low = 7000, 9500
    rows = (
        (low, "v" * falls + "/" * patience + "v", patience),
        (low, "v" * (falls + 1) + "^" * number(1, much - 1), much),
        (low, 2 * ("v" + "^" * (patience - 1)) + "v" + "^" * patience + "v", patience),
        ((20_000, 40_000), "vv" + "\\" * (much + 2), much),
        (low, "v" * number(1, 2) + "=" * patience + "v", patience),
        ((1_010_000, 9_000_000), "v" * number(2, 3) + "^v", 1),
    )
    return [Script(_losses(moves, number(*start), number), patience) for start, moves, patience in rows]


def _losses(moves, best, number):
    """Return losses in units of 0.0001; a fall before something else than a fall is tiny."""
    losses = []
    for place, (move, following) in enumerate(pairwise(moves + "^"), 1):
        if move == "v":
            best -= number(30, 900) if following == "v" else number(1, 3)
        some, up = (number(1, 3), number(30, 900)), 100 * place + number(1, 90)
        above = {"^": some[number(0, 1)], "/": up, "\\": 2000 - up}.get(move, 0)
        losses.append((best + above) / 10_000)
    return tuple(losses)


class TooManyEpochs(Exception):
    """An answer that goes on for ever is stopped by this."""


class Student(nn.Module):
    """A model of one weight, which is the number of the epoch that it has been through."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.put_back = False

    def load_state_dict(self, *args, **kwargs):
        self.put_back = True
        return super().load_state_dict(*args, **kwargs)


class Trial:
    """One script played to an answer: what it does to a Student."""

    def __init__(self, script, answer):
        self.script, self.model = script, Student()
        self.epochs, self.meddled, self.endless, self.result = 0, False, False, None
        options = {"num_epochs": len(script.losses), "patience": script.patience}
        with suppress(TooManyEpochs):
            self.result = answer(self.model, self.train_epoch, self.validation_loss, **options)

    def train_epoch(self):
        if self.epochs == len(self.script.losses):
            self.endless = True
            raise TooManyEpochs
        self.meddled = self.meddled or self.model.weight.item() != self.epochs
        self.epochs += 1
        with torch.no_grad():
            self.model.weight.fill_(self.epochs)

    def validation_loss(self):
        """The loss of the last epoch; before the first one it is worse than any."""
        return self.script.losses[self.epochs - 1] if self.epochs else 2 * self.script.losses[0]

    @property
    def best(self):
        """The best of the epochs that were trained, or the last one where that cannot be told."""
        return self.script.best(self.epochs) if self.epochs and not self.endless else self.epochs

    def in_epochs(self, best):
        if self.endless:
            yield "it trained more than `num_epochs` epochs"
        elif self.epochs != self.script.trained:
            yield f"it stopped after epoch {self.epochs}, not after {self.script.trained}"

    def in_weights(self, best):
        if self.meddled:
            yield "it put weights back in the middle of training"
        epoch = self.model.weight.item()
        if epoch != best and not self.endless:
            how = "were put back" if self.model.put_back else "were left"
            yield f"the weights of epoch {epoch:.0f} {how}, not those of {best}"

    def in_result(self, best):
        if difference(best, in_types_of(best, self.result)) and not self.endless:
            yield f"it returned {shorten(self.result)}, not {best}"

    def faults(self):
        """Return what went wrong, in parts of a sentence."""
        best = self.script.best(self.script.trained)
        return [*self.in_epochs(best), *self.in_weights(best), *self.in_result(best)]


def of_function(train_with_patience, generator):
    """Return a sentence for each of the first scripts that go wrong."""
    trials = [Trial(script, train_with_patience) for script in scripts(generator)]
    faults = [f"{trial.script}: {'; '.join(trial.faults())}." for trial in trials if trial.faults()]
    return faults[:NUM_SHOWN]


def part(faults):
    """Return the probe of a part, which judges by the best of the epochs that were trained, however many."""

    def probe(train_with_patience, generator):
        trials = [Trial(script, train_with_patience) for script in scripts(generator)]
        if all(trial.best == trial.epochs for trial in trials):
            return ["The best epoch was never another one than the last."]
        return [fault for trial in trials for fault in faults(trial, trial.best)]

    return probe


PARTS = {
    "stops in time": (1, part(Trial.in_epochs)),
    "puts the best weights back": (2, part(Trial.in_weights)),
    "returns the best epoch": (1, part(Trial.in_result)),
}
