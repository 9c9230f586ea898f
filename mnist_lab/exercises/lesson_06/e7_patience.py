"""Exercise 6.7: stop when it gets worse, and put the best weights back."""

import copy
import math
from dataclasses import dataclass

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.shorten import shorten

import torch
from torch import nn


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
NUM_SHOWN = 3  # the verdict tells no more scripts than these


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
    problems = []
    for script in SCRIPTS:
        faults = Trial(script).faults(train_with_patience)
        if faults:
            problems.append(f"{script}: {'; '.join(faults)}.")
    return problems[:NUM_SHOWN]


KEEP = "loss, epoch\n            best_weights = copy.deepcopy(model.state_dict())"
WORSE = "elif epoch - best_epoch >= patience:"
PUT_BACK = "model.load_state_dict(best_weights)\n    "

MISTAKES = (
    (PUT_BACK, "", "It keeps the last weights: the best ones never got back into the model that the caller "
     "holds. After the loop call `model.load_state_dict(…)`."),
    (KEEP, "loss, epoch\n            best_weights = model.state_dict()",
     "`state_dict()` gives live references: they moved on with the model, so the last weights were put back. "
     "Keep `copy.deepcopy(model.state_dict())`."),
    ({"math.inf": "-math.inf", "loss < best_loss": "loss > best_loss"},
     "The minimum has the wrong sign: the highest loss counts as the best. For a loss, smaller is better; "
     "for an accuracy it is the other way."),
    ("math.inf", "0.0", "No epoch ever counted as better: a loss is never below 0, nor above infinity. Start "
     "with `math.inf` and compare with `<`."),
    ("math.inf", "1.0",
     "The first best loss is 1, so a run that stays above it never improves. Start with `math.inf`."),
    (">= patience", "> patience",
     "Patience is off by one: it stops an epoch too late. With a patience of 2 it ends after the second "
     "epoch without progress, so compare with `>=`."),
    (">= patience", ">= patience - 1",
     "Patience is off by one: it stops an epoch too soon. Count epochs without progress from 1."),
    (WORSE, "else:",
     "It stops at the first epoch without progress. One bump is often noise; wait for `patience` of them."),
    ("break", "pass", "It never stops early: the best weights come back, but all epochs were paid for. Leave "
     "the loop once patience has run out."),
    (WORSE, "else:\n            patience -= 1\n        if patience == 0:",
     "The counter is never reset: it adds up all bad epochs of the run. Progress must set it back to 0."),
    ("break\n", "break\n        best_loss = loss\n",
     "You compare each loss with the one before. After a bump the way back down looks like progress; compare "
     "with the best so far."),
    ({", 0\n": ", 0\n    before, last_fall = math.inf, 0\n",
      "elif": "if loss < before:\n            last_fall = epoch\n        elif",
      "- best_epoch": "- last_fall",
      "break\n": "break\n        before = loss\n"},
     "The weights are judged against the best, but patience against the epoch before. Reset the counter only "
     "where a new best is found."),
    ("loss < best_loss", "loss <= best_loss",
     "An equal loss counts as better here, and a run that stands still never ends. It has to fall: `<`, not "
     "`<=`."),
    ({PUT_BACK: "", "break": "model.load_state_dict(best_weights)\n            break"},
     "The best weights come back only if it stopped early. A run that uses all its epochs has a best one, "
     "too, which is rarely the last."),
    ("break", "return best_epoch",
     "A `return` inside the loop leaves before the weights are put back. Use `break`, and put them back "
     "after the loop."),
    ({PUT_BACK: "",
      "elif epoch": "else:\n            model.load_state_dict(best_weights)\n        if epoch"},
     "The weights are put back in the middle of training, so a bad epoch is undone and the next one starts "
     "over. Put them back once, after the loop."),
    ("train_epoch()\n        loss = validation_loss()", "loss = validation_loss()\n        train_epoch()",
     "The loss is taken before the epoch is trained, and the weights after it, so they do not belong "
     "together. First train, then score."),
    (KEEP, "loss, epoch",
     "The weights were copied once, before training. Copy them anew whenever the loss is a new best."),
    ("for epoch in range(1, num_epochs + 1):", "epoch = 0\n    while True:\n        epoch += 1",
     "It stops for lack of progress only. While the loss goes on falling it must end after `num_epochs`."),
    ("return best_epoch", "return epoch",
     "The weights are right, but the epoch that came back is the last one. The best one is asked for."),
    ("return best_epoch", "return best_epoch - 1",
     "The weights are right, but the epochs are counted from 0. The first one is epoch 1: `range(1, "
     "num_epochs + 1)`."),
    ("return best_epoch", "return best_loss",
     "The weights are right, but the best loss came back. The number of its epoch is asked for."),
    ("return best_epoch", "return",
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
