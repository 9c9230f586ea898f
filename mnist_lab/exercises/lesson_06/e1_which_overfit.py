"""Exercise 6.1: five pairs of curves, two of which overfit."""

import math

from mnist_lab.exercises.engine.letters import misnamed
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.training import History

NUM_EPOCHS = 20

OVERFIT = "BD"

TOO_MANY = {
    "A": "A does not overfit: its validation loss still falls, however wide the gap.",
    "C": "C does not overfit: both losses are high and both fall.",
    "E": "E does not overfit: its validation loss goes up and down, and down on the whole.",
}

MISSING = {
    "B": "B is missing: what does its validation loss do in the second half?",
    "D": "D is missing: what does its validation loss do after the first few epochs?",
}


def five_runs():
    """Return {letter: History} of five runs that were made up, each to show one pattern."""
    shapes = {"A": wide_gap, "B": narrow_and_rising, "C": too_small, "D": wide_and_rising, "E": jumpy}
    return {letter: _history(shape) for letter, shape in shapes.items()}


def _history(shape):
    """A History from a function of the epoch to its four numbers."""
    columns = zip(*(shape(epoch) for epoch in range(1, NUM_EPOCHS + 1)), strict=True)
    return History(*(list(column) for column in columns))


def falling(epoch, *, to, by, within):
    """A curve that begins by above where it ends, and has come most of the way within some epochs."""
    return to + by * math.exp(-epoch / within)


# Each returns train_loss, train_accuracy, validation_loss and validation_accuracy of an epoch.
def wide_gap(epoch):
    return (
        falling(epoch, to=0.0, by=2.0, within=3),
        falling(epoch, to=1.0, by=-0.8, within=2.5),
        falling(epoch, to=0.6, by=1.6, within=6),
        falling(epoch, to=0.85, by=-0.6, within=6),
    )


def narrow_and_rising(epoch):
    return (
        falling(epoch, to=0.2, by=1.8, within=5),
        falling(epoch, to=0.95, by=-0.7, within=5),
        falling(epoch, to=0.25, by=1.7, within=3.5) + 0.0014 * max(0, epoch - 6) ** 2,
        falling(epoch, to=0.9, by=-0.6, within=5),
    )


def too_small(epoch):
    return (
        falling(epoch, to=1.2, by=1.1, within=7),
        falling(epoch, to=0.6, by=-0.5, within=7),
        falling(epoch, to=1.23, by=1.1, within=7),
        falling(epoch, to=0.59, by=-0.5, within=7),
    )


def wide_and_rising(epoch):
    return (
        falling(epoch, to=0.0, by=2.2, within=2.5),
        falling(epoch, to=1.0, by=-0.9, within=2.5),
        falling(epoch, to=0.5, by=1.6, within=2) + 0.05 * max(0, epoch - 4),
        falling(epoch, to=0.83, by=-0.6, within=4),
    )


def jumpy(epoch):
    jump = math.sin(2.3 * epoch)
    return (
        falling(epoch, to=0.3, by=1.8, within=7),
        falling(epoch, to=0.92, by=-0.6, within=7),
        falling(epoch, to=0.25, by=1.7, within=7) + 0.09 * jump,
        falling(epoch, to=0.93, by=-0.55, within=7) - 0.025 * jump,
    )


MISTAKES = (
    ("AD", "You went by the width of the gap. A gap is normal; a validation loss that gets worse is the "
     "sign, and that happens in a narrow gap as well."),
    ("ABD", "You took any gap for overfitting. A gap is normal; worsening held-out loss is the sign, and in "
     "A it still falls."),
    ("ABCD", "You named every run whose validation is worse than its training. That is normal: look where "
     "the validation loss is going."),
    ("ABCDE", "Not every run overfits. Look for a validation loss that has turned round and ends clearly "
     "above its lowest point."),
    ("BCE", "You excused the runs that reach 100 % in training. That shows capacity, not learning: look at "
     "the validation loss of D."),
    ("B", "D reads all its training digits, but 100 % there shows capacity, not learning. Its validation "
     "loss rises further than that of B."),
    ("D", "D is the plain case. In another run the gap is narrow, and the accuracy still creeps up, while "
     "the validation loss has turned."),
    ("A", "You looked for 100 % in training with a gap beside it. That alone is no harm: in A the validation "
     "loss falls to the end."),
    ("C", "C is the opposite: it has hardly learned its training digits either. That is called "
     "underfitting."),
    ("BCD", "Two are right. C is bad in another way: it has hardly learned its training digits either, which "
     "is called underfitting."),
    ("BDE", "Two are right. The validation loss of E jumps from epoch to epoch, which is noise, but on the "
     "whole it falls."),
    ("DE", "E only jumps from epoch to epoch, and falls on the whole. Elsewhere a smooth curve turns slowly "
     "and does not come down again."),
    ("ACE", "These are the three that do not overfit. The question asks for the others."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.1",
    title="Which of them overfit",
    difficulty=1,
    minutes=4,
    points=2,
    reference=OVERFIT,
    probe=misnamed(TOO_MANY, MISSING, example="AC"),
    why="Not the gap decides but the direction: the validation loss rises while the training loss falls, "
    "even where the accuracy still creeps up.",
    hints=(
        "Leave the accuracies aside at first. Cover the training curves, too, and look at one validation "
        "loss after the other.",
        "A distance between the curves is normal: nobody reads new digits as well as those learned from. "
        "What matters is where the validation loss is going.",
        "In two of the five the validation loss has a lowest point in the middle and is clearly higher at "
        "the end. In one of these two the curves stay close together.",
    ),
    mistakes=MISTAKES,
)
