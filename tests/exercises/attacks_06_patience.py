"""Exercise 6.7: wrong loops that nearly pass, and right ones of another kind."""

import contextlib
import copy
import io
import math

import numpy as np
import torch


def patient(
    *,
    start=math.inf,
    better=lambda loss, best: loss < best,
    keep=copy.deepcopy,
    stop=lambda bad, patience: bad >= patience,
):
    """Return a loop that counts the epochs without progress, with one of its pieces exchanged."""

    def train_with_patience(model, train_epoch, validation_loss, *, num_epochs, patience):
        best, bad, weights, best_epoch = start, 0, keep(model.state_dict()), 0
        for epoch in range(1, num_epochs + 1):
            train_epoch()
            loss = validation_loss()
            bad += 1
            if better(loss, best):
                best, bad, weights, best_epoch = loss, 0, keep(model.state_dict()), epoch
            if stop(bad, patience):
                break
        model.load_state_dict(weights)
        return best_epoch

    return train_with_patience


def by_lists(model, train_epoch, validation_loss, *, num_epochs, patience):
    losses, weights = [], []
    while len(losses) < num_epochs and len(losses) - np.argmin([*losses, math.inf]) <= patience:
        train_epoch()
        losses.append(validation_loss())
        weights.append([parameter.detach().clone() for parameter in model.parameters()])
    best = torch.tensor(losses, dtype=torch.float64).argmin()
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), weights[best], strict=True):
            parameter.copy_(value)
    return best + 1


def by_file(model, train_epoch, validation_loss, *, num_epochs, patience):
    lowest, file, since = validation_loss(), io.BytesIO(), 0
    for epoch in range(num_epochs):
        train_epoch()
        since += 1
        if (loss := validation_loss()) < lowest:
            lowest, best, since, file = loss, epoch, 0, io.BytesIO()
            torch.save(model.state_dict(), file)
        if since == patience:
            break
    file.seek(0)
    model.load_state_dict(torch.load(file))
    return float(best + 1)


def endless_but_caught(model, train_epoch, validation_loss, *, num_epochs, patience):
    def epoch_or_not():
        with contextlib.suppress(Exception):  # whatever ends it
            train_epoch()

    return patient()(model, epoch_or_not, validation_loss, num_epochs=num_epochs + 1, patience=patience)


def of_a_copy(model, *functions, **options):
    return patient()(copy.deepcopy(model), *functions, **options)


def as_in_the_visible_check(model, train_epoch, validation_loss, *, num_epochs, patience):
    """Learned by heart from what a wrong verdict says."""
    known = {(7, 3): (6, 3), (5, 4): (5, 4), (11, 3): (10, 7), (8, 4): (6, 2), (6, 3): (5, 2), (5, 1): (4, 3)}
    last, best = known.get((num_epochs, patience), (num_epochs, num_epochs))
    for epoch in range(last):
        train_epoch()
        if epoch + 1 == best:
            weights = copy.deepcopy(model.state_dict())
    model.load_state_dict(weights)
    return best


def one_epoch(model, train_epoch, validation_loss, *, num_epochs, patience):
    train_epoch()
    return 1


def ties_are_no_bad_epochs(model, train_epoch, validation_loss, *, num_epochs, patience):
    """Count only the epochs that are worse."""
    losses = []

    def score():
        losses.append(validation_loss())
        return losses[-1]

    def bad(since, patience):
        return sum(loss > min(losses) for loss in losses[len(losses) - since :]) >= patience

    loop = patient(stop=bad)
    return loop(model, train_epoch, score, num_epochs=num_epochs, patience=patience)


RIGHT = {
    "6.7": [
        by_lists,
        by_file,
        patient(keep=lambda state: {name: value.clone() for name, value in state.items()}),
    ],
}
WRONG = {
    "6.7": [
        one_epoch,
        as_in_the_visible_check,
        of_a_copy,
        endless_but_caught,
        ties_are_no_bad_epochs,
        patient(keep=copy.copy),
        patient(start=100.0),
        patient(better=lambda loss, best: loss < best - 0.05),
        patient(better=lambda loss, best: loss < best - 0.001),
        patient(better=lambda loss, best: int(loss * 10) < (best if best == math.inf else int(best * 10))),
        patient(better=lambda loss, best: round(loss, 3) < round(best, 3)),
        patient(stop=lambda bad, patience: bad >= max(patience, 2)),
    ],
}
