"""Exercise 6.7: stop when it gets worse, and put the best weights back."""

import copy
import math
from dataclasses import dataclass

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.shorten import shorten

import torch
from torch import nn


def variant(
    *,
    better=lambda loss, best: loss < best,
    start=math.inf,
    keep=copy.deepcopy,
    over=lambda epochs, patience: epochs >= patience,
    put_back=lambda stopped: True,
    result=lambda best_epoch, best_loss, epoch: best_epoch,
):
    """Return an early stopping that differs from the right one in what is given."""

    def train_with_patience(model, train_epoch, validation_loss, *, num_epochs, patience):
        best_loss, best_epoch, weights, stopped = start, 0, keep(model.state_dict()), False
        for epoch in range(1, num_epochs + 1):
            train_epoch()
            loss = validation_loss()
            if better(loss, best_loss):
                best_loss, best_epoch, weights = loss, epoch, keep(model.state_dict())
            elif over(epoch - best_epoch, patience):
                stopped = True
                break
        if put_back(stopped):
            model.load_state_dict(weights)
        return result(best_epoch, best_loss, epoch)

    return train_with_patience


def never_reset(model, train_epoch, validation_loss, *, num_epochs, patience):
    best_loss, best_epoch, worse, weights = math.inf, 0, 0, None
    for epoch in range(1, num_epochs + 1):
        train_epoch()
        loss = validation_loss()
        if loss < best_loss:
            best_loss, best_epoch, weights = loss, epoch, copy.deepcopy(model.state_dict())
        else:
            worse += 1
        if worse >= patience:
            break
    model.load_state_dict(weights)
    return best_epoch


def against_the_one_before(model, train_epoch, validation_loss, *, num_epochs, patience):
    before, best_epoch, worse, weights = math.inf, 0, 0, None
    for epoch in range(1, num_epochs + 1):
        train_epoch()
        loss = validation_loss()
        worse = 0 if loss < before else worse + 1
        if loss < before:
            best_epoch, weights = epoch, copy.deepcopy(model.state_dict())
        before = loss
        if worse >= patience:
            break
    model.load_state_dict(weights)
    return best_epoch


def patience_against_the_one_before(model, train_epoch, validation_loss, *, num_epochs, patience):
    best_loss, before, best_epoch, worse, weights = math.inf, math.inf, 0, 0, None
    for epoch in range(1, num_epochs + 1):
        train_epoch()
        loss = validation_loss()
        worse, before = (0 if loss < before else worse + 1), loss
        if loss < best_loss:
            best_loss, best_epoch, weights = loss, epoch, copy.deepcopy(model.state_dict())
        if worse >= patience:
            break
    model.load_state_dict(weights)
    return best_epoch


def back_in_the_middle(model, train_epoch, validation_loss, *, num_epochs, patience):
    best_loss, best_epoch, weights = math.inf, 0, None
    for epoch in range(1, num_epochs + 1):
        train_epoch()
        loss = validation_loss()
        if loss < best_loss:
            best_loss, best_epoch, weights = loss, epoch, copy.deepcopy(model.state_dict())
        else:
            model.load_state_dict(weights)
        if epoch - best_epoch >= patience:
            break
    return best_epoch


def scored_too_early(model, train_epoch, validation_loss, *, num_epochs, patience):
    best_loss, best_epoch, weights = math.inf, 0, None
    for epoch in range(1, num_epochs + 1):
        loss = validation_loss()
        train_epoch()
        if loss < best_loss:
            best_loss, best_epoch, weights = loss, epoch, copy.deepcopy(model.state_dict())
        if epoch - best_epoch >= patience:
            break
    model.load_state_dict(weights)
    return best_epoch


def kept_at_the_start(model, train_epoch, validation_loss, *, num_epochs, patience):
    weights = copy.deepcopy(model.state_dict())
    forgetful = variant(put_back=lambda stopped: False)
    best_epoch = forgetful(model, train_epoch, validation_loss, num_epochs=num_epochs, patience=patience)
    model.load_state_dict(weights)
    return best_epoch


def without_an_end(model, train_epoch, validation_loss, *, num_epochs, patience):
    best_loss, best_epoch, epoch, weights = math.inf, 0, 0, None
    while epoch - best_epoch < patience:
        train_epoch()
        epoch, loss = epoch + 1, validation_loss()
        if loss < best_loss:
            best_loss, best_epoch, weights = loss, epoch, copy.deepcopy(model.state_dict())
    model.load_state_dict(weights)
    return best_epoch


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


MISTAKES = (
    (variant(put_back=lambda stopped: False),
     "It keeps the last weights: the best ones never got back into the model that the caller holds. After "
     "the loop call `model.load_state_dict(…)`."),
    (variant(keep=lambda weights: weights),
     "`state_dict()` gives live references: they moved on with the model, so the last weights were put back. "
     "Keep `copy.deepcopy(model.state_dict())`."),
    (variant(better=lambda loss, best: loss > best, start=-math.inf),
     "The minimum has the wrong sign: the highest loss counts as the best. For a loss, smaller is better; "
     "for an accuracy it is the other way."),
    (variant(start=0.0),
     "No epoch ever counted as better: a loss is never below 0, nor above infinity. Start with `math.inf` "
     "and compare with `<`."),
    (variant(start=1.0),
     "The first best loss is 1, so a run that stays above it never improves. Start with `math.inf`."),
    (variant(over=lambda epochs, patience: epochs > patience),
     "Patience is off by one: it stops an epoch too late. With a patience of 2 it ends after the second "
     "epoch without progress, so compare with `>=`."),
    (variant(over=lambda epochs, patience: epochs >= patience - 1),
     "Patience is off by one: it stops an epoch too soon. Count epochs without progress from 1."),
    (variant(over=lambda epochs, patience: True),
     "It stops at the first epoch without progress. One bump is often noise; wait for `patience` of them."),
    (variant(over=lambda epochs, patience: False),
     "It never stops early: the best weights come back, but all epochs were paid for. Leave the loop once "
     "patience has run out."),
    (never_reset, "The counter is never reset: it adds up all bad epochs of the run. Progress must set it "
     "back to 0."),
    (against_the_one_before,
     "You compare each loss with the one before. After a bump the way back down looks like progress; compare "
     "with the best so far."),
    (patience_against_the_one_before,
     "The weights are judged against the best, but patience against the epoch before. Reset the counter only "
     "where a new best is found."),
    (variant(better=lambda loss, best: loss <= best),
     "An equal loss counts as better here, and a run that stands still never ends. It has to fall: `<`, not "
     "`<=`."),
    (variant(put_back=lambda stopped: stopped),
     "The best weights come back only if it stopped early. A run that uses all its epochs has a best one, "
     "too, which is rarely the last."),
    (variant(put_back=lambda stopped: not stopped),
     "A `return` inside the loop leaves before the weights are put back. Use `break`, and put them back "
     "after the loop."),
    (back_in_the_middle,
     "The weights are put back in the middle of training, so a bad epoch is undone and the next one starts "
     "over. Put them back once, after the loop."),
    (scored_too_early,
     "The loss is taken before the epoch is trained, and the weights after it, so they do not belong "
     "together. First train, then score."),
    (kept_at_the_start,
     "The weights were copied once, before training. Copy them anew whenever the loss is a new best."),
    (without_an_end,
     "It stops for lack of progress only. While the loss goes on falling it must end after `num_epochs`."),
    (variant(result=lambda best_epoch, best_loss, epoch: epoch),
     "The weights are right, but the epoch that came back is the last one. The best one is asked for."),
    (variant(result=lambda best_epoch, best_loss, epoch: best_epoch - 1),
     "The weights are right, but the epochs are counted from 0. The first one is epoch 1: `range(1, "
     "num_epochs + 1)`."),
    (variant(result=lambda best_epoch, best_loss, epoch: best_loss),
     "The weights are right, but the best loss came back. The number of its epoch is asked for."),
    (variant(result=lambda best_epoch, best_loss, epoch: None),
     "The weights are right, and nothing came back: end with `return best_epoch`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.7",
    title="Stop, and go back to the best",
    kind="function",
    difficulty=3,
    minutes=9,
    points=4,
    reference=train_with_patience,
    probe=of_function,
    why="The best network lies in the past when you notice it, so keep a copy of it until you know.",
    hints=(
        "Three things have to be remembered on the way: the lowest loss so far, its epoch, and the weights "
        "of that moment.",
        "Start with `math.inf`, which every loss is below. Whether patience has run out is a difference: "
        "this epoch minus the best one.",
        "`copy.deepcopy(model.state_dict())` keeps weights that training cannot change. A plain "
        "`state_dict()` goes on moving with the model.",
        "After the loop, however it ended, `model.load_state_dict(best_weights)` and `return best_epoch`.",
    ),
    mistakes=MISTAKES,
)
