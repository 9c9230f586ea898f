"""Which samples a network gets wrong: its answers, the pairs that it confuses, the highest losses."""

from typing import NamedTuple

from mnist_lab.ranges import check_number
from mnist_lab.training import evaluation_mode

import torch
from torch.nn import functional as F


class Predictions(NamedTuple):
    """What a model says of N samples, on the CPU, in the order of the loader.

    labels and predicted are int64 (N,), probabilities (N, K), losses in nats (N,), logits (N, K).
    """

    labels: torch.Tensor
    predicted: torch.Tensor
    probabilities: torch.Tensor
    losses: torch.Tensor
    logits: torch.Tensor


def predictions(model, loader, *, device="cpu"):
    """Return the Predictions of a model for every sample of a loader.

    Leaves every module in the mode it was in. Raises ValueError if the loader is empty.
    """
    logits, labels = [], []
    with evaluation_mode(model), torch.inference_mode():
        for images, batch_labels in loader:
            logits.append(model(images.to(device)).cpu())
            labels.append(batch_labels.cpu())
    check_not_empty(labels)
    logits, labels = torch.cat(logits), torch.cat(labels)
    losses = F.cross_entropy(logits, labels, reduction="none")
    return Predictions(labels, logits.argmax(dim=1), logits.softmax(dim=1), losses, logits)


def confusions(labels, predicted, *, num_classes=10):
    """Return the counts int64 (K, K): a row for each true class, a column for each answer."""
    labels, predicted = torch.as_tensor(labels), torch.as_tensor(predicted)
    check_classes(labels, predicted, num_classes=num_classes)
    cells = labels.long() * num_classes + predicted.long()  # the number of the cell, row by row
    return torch.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)


class Confusion(NamedTuple):
    """How many samples of the class label were called predicted."""

    label: int
    predicted: int
    count: int


def most_confused(counts, *, most=None):
    """Return the Confusions of a table of counts, most frequent first, without those that never came.

    A 4 called 9 and a 9 called 4 are two of them. most is how many to return; without it, all.
    """
    if most is not None:
        check_number("most", most, 1, advice="leave it out for all of them")
    mistakes = [
        Confusion(label, predicted, count)
        for label, row in enumerate(counts.tolist())
        for predicted, count in enumerate(row)
        if label != predicted and count > 0
    ]
    return sorted(mistakes, key=lambda mistake: -mistake.count)[:most]


def highest_losses(losses, *, most=10):
    """Return the indices int64 of the samples with the highest losses, highest first."""
    check_number("most", most, 1, advice="10 fit on a page")
    return losses.argsort(descending=True, stable=True)[:most]


def check_not_empty(batches):
    """Raise ValueError if a loader yielded no batch."""
    if not batches:
        raise ValueError(
            "The loader yielded no samples, where at least one was expected; check the split that it "
            "was made from."
        )


def check_classes(labels, predicted, *, num_classes):
    """Raise ValueError unless both are whole numbers (N,) from 0 to num_classes − 1, one a sample."""
    if labels.shape != predicted.shape or labels.dim() != 1:
        raise ValueError(
            f"expected labels and predicted of one shape (N,), but got {tuple(labels.shape)} and "
            f"{tuple(predicted.shape)}; the predicted class of logits is logits.argmax(dim=1)."
        )
    for name, classes in {"labels": labels, "predicted": predicted}.items():
        if classes.is_floating_point():
            raise ValueError(f"{name} are whole numbers, but got {classes.dtype}; use .long() on them.")
        if len(classes) and not 0 <= classes.min() <= classes.max() < num_classes:
            raise ValueError(
                f"{name} go from 0 to {num_classes - 1}, but got {classes.min()} to {classes.max()}; "
                "give the number of classes as num_classes."
            )
