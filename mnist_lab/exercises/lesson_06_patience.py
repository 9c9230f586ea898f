"""Lesson 06: losses from a script, played to an early stopping."""

import copy
import math
from dataclasses import dataclass

from mnist_lab.exercises.compare import difference
from mnist_lab.exercises.shorten import shorten

import torch
from torch import nn

FEW = 3  # scripts gone wrong that are told


def train_with_patience(model, train_epoch, validation_loss, *, num_epochs, patience):
    best_loss, best_epoch = math.inf, 0
    best_weights = copy.deepcopy(model.state_dict())
    for epoch in range(1, num_epochs + 1):
        train_epoch()
        loss = validation_loss()
        if loss < best_loss:
            best_loss, best_epoch = loss, epoch
            best_weights = copy.deepcopy(model.state_dict())
        elif epoch - best_epoch >= patience:
            break
    model.load_state_dict(best_weights)
    return best_epoch


@dataclass(frozen=True)
class Script:
    """Validation losses, the patience, and what is right: epochs trained, and the best of them."""

    losses: tuple
    patience: int
    trained: int
    best: int

    def __str__(self):
        losses = ", ".join(map(str, self.losses))
        return f"Losses {losses}, patience {self.patience}"


SCRIPTS = (
    Script((0.9, 0.5, 0.6, 0.7, 0.8, 0.4), patience=2, trained=4, best=2),
    Script((0.9, 0.6, 0.4, 0.5), patience=3, trained=4, best=3),
    Script((0.9, 1.0, 0.5, 0.6, 0.3, 0.4, 0.5, 0.2), patience=2, trained=7, best=5),
    Script((3.0, 2.0, 2.6, 2.4, 2.5, 2.3, 2.7), patience=3, trained=5, best=2),
    Script((0.5, 0.5, 0.5, 0.4), patience=2, trained=3, best=1),
    Script((0.8, 0.7, 0.75, 0.1), patience=1, trained=3, best=2),
)


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

    def __init__(self, script):
        self.script, self.model = script, Student()
        self.epochs, self.meddled = 0, False

    def train_epoch(self):
        if self.epochs == len(self.script.losses):
            raise TooManyEpochs
        self.meddled = self.meddled or self.model.weight.item() != self.epochs
        self.epochs += 1
        with torch.no_grad():
            self.model.weight.fill_(self.epochs)

    def validation_loss(self):
        return self.script.losses[self.epochs - 1] if self.epochs else 2.302

    def faults(self, answer):
        """Play it and return what went wrong, in parts of a sentence."""
        options = {"num_epochs": len(self.script.losses), "patience": self.script.patience}
        try:
            result = answer(self.model, self.train_epoch, self.validation_loss, **options)
        except TooManyEpochs:
            return ["it trained more than `num_epochs` epochs"]
        return [*self._epochs(), *self._weights(), *self._result(result)]

    def _epochs(self):
        if self.epochs != self.script.trained:
            yield f"it trained {self.epochs} epochs, not {self.script.trained}"
        if self.meddled:
            yield "it put weights back in the middle of training"

    def _weights(self):
        epoch = self.model.weight.item()
        if epoch != self.script.best:
            how = "were put back" if self.model.put_back else "were left"
            yield f"the weights of epoch {epoch:.0f} {how}, not those of {self.script.best}"

    def _result(self, result):
        if difference(self.script.best, result):
            yield f"it returned {shorten(result)}, not {self.script.best}"


def of_function(train_with_patience):
    """Return a sentence for each of the first scripts that go wrong."""
    found = []
    for script in SCRIPTS:
        faults = Trial(script).faults(train_with_patience)
        if faults:
            found.append(f"{script}: {'; '.join(faults)}.")
    return found[:FEW]
