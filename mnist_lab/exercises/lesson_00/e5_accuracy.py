"""Exercise 0.5: Accuracy from scores."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers

import torch


def accuracy(scores, labels):
    answers = scores.argmax(dim=1)
    return (answers == labels).float().mean().item()


def scored_batches(generator):
    """Scores (N, K) and labels (N,), more than half of them right; only the first has N = K."""
    cases = []
    for n, k in ((3, 3), (4, 3), (8, 5), (20, 10), different_numbers(generator, 2, 11, 30)):
        labels = torch.randint(k, (n,), generator=generator)
        scores = torch.randn(n, k, generator=generator)
        scores[torch.arange(0, n, 2), labels[::2]] += 5.0
        cases.append(call(scores, labels))
    return cases


MISTAKES = (
    ("argmax(dim=1)", "max(dim=1).values",
     "That is the score; `argmax` is the class. `max` says how large the largest score is, the label says "
     "where it should stand."),
    ("dim=1", "dim=0", "`argmax(dim=0)` picks an image for each class; with as many images as classes it "
     "even runs. The axis of classes is 1."),
    ("dim=1", "",
     "Without `dim`, `argmax` finds one place in the whole table. One answer for each image needs `dim=1`."),
    ("argmax", "argmin", "`argmin` finds the lowest score. The network's answer is the highest."),
    (".float().mean()", ".sum()",
     "This is the number of right answers. Accuracy is their share, from 0 to 1: `mean` in place of `sum`."),
    ("return ", "return 100 * ",
     "This is in percent. Keep shares between 0 and 1, and turn them into percent only when you print them."),
    ("==", "!=", "This is the share of wrong answers. Compare with `==`, not with `!=`."),
    (".float()", "", "True and false cannot be averaged as they are. `.float()` makes 1 and 0 of them."),
)  # fmt: skip


EXERCISE = Exercise(
    id="0.5",
    title="Accuracy from scores",
    difficulty=2,
    minutes=6,
    points=3,
    reference=accuracy,
    cases=scored_batches,
    why="These few moves score every network of the series.",
    hints=(
        "Three steps: which class has the highest score, is it the label, what share is right?",
        "`argmax` with the axis of classes as `dim` gives one answer for each image. `==` compares them with "
        "the labels, and gives true or false.",
        "True and false become 1 and 0 with `.float()`; their `.mean()` is the share, and `.item()` makes a "
        "plain number of it.",
    ),
    mistakes=MISTAKES,
)
