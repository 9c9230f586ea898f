"""Exercise 6.7: stop when it gets worse, and put the best weights back."""

import copy
import math

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.lesson_06.e7_patience_probe import PARTS, of_function


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
     "A run of high losses never improves: perhaps the first best loss is a number such as 1. Start with "
     "`math.inf`."),
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
     "Epochs with an equal loss do not use up patience here, so a run that stands still never ends. The loss "
     "has to fall: `<`, not `<=`."),
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
     "It trains more than `num_epochs` epochs. Perhaps it stops for lack of progress only; it must end after "
     "`num_epochs`, whatever the loss."),
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
    difficulty=3,
    minutes=9,
    points=4,
    reference=train_with_patience,
    probe=of_function,
    parts=PARTS,
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
