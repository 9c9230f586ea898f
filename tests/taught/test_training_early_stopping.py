"""EarlyStopping: as patient as it says, and back to the best weights."""

from mnist_lab.training import EarlyStopping, History, Score, fit

import pytest
import torch
from torch import nn


def history_of(losses):
    """A History whose validation losses are given; the other numbers do not matter."""
    history = History()
    for loss in losses:
        history.append(Score(0.0, 0.0), Score(loss, 0.5))
    return history


def stop_epoch(losses, *, patience):
    """The epoch at which EarlyStopping ends the training, or None; the weight is the epoch."""
    model = nn.Linear(1, 1)
    stopping = EarlyStopping(model, patience=patience)
    for epoch in range(1, len(losses) + 1):
        nn.init.constant_(model.weight, float(epoch))
        if stopping(history_of(losses[:epoch])):
            return epoch, stopping
    return None, stopping


def test_early_stopping_waits_as_many_epochs_as_its_patience():
    assert stop_epoch([3, 2, 4, 4, 4, 4], patience=3)[0] == 5
    assert stop_epoch([3, 2, 4], patience=1)[0] == 3
    assert stop_epoch([3, 2, 4, 1, 4, 4], patience=2)[0] == 6
    assert stop_epoch([4, 3, 2, 1], patience=1)[0] is None


def test_an_equal_loss_is_no_improvement():
    assert stop_epoch([2, 2, 2], patience=2)[0] == 3


def test_early_stopping_restores_the_best_weights_not_the_last():
    _, stopping = stop_epoch([3, 2, 4, 4, 4], patience=3)
    assert stopping.model.weight.item() == 5
    stopping.restore()
    assert stopping.model.weight.item() == 2
    assert (stopping.best_epoch, stopping.best_loss) == (2, 2)


def test_early_stopping_ends_fit(device):
    model = nn.Linear(6, 3).to(device)
    loader = [(torch.zeros(2, 6), torch.tensor([0, 1]))]
    standing = torch.optim.SGD(model.parameters(), lr=0.0)
    stopping = EarlyStopping(model, patience=2)
    history = fit(model, loader, loader, standing, num_epochs=9, device=device, after_epoch=[stopping])
    assert len(history) == 3


def test_restore_before_any_epoch_leaves_the_weights_as_they_were():
    model = nn.Linear(1, 1)
    before = model.weight.clone()
    EarlyStopping(model).restore()
    assert torch.equal(model.weight, before)


def test_a_patience_below_one_is_refused():
    with pytest.raises(ValueError, match="patience is a whole number from 1 up, but got 0"):
        EarlyStopping(nn.Linear(1, 1), patience=0)


def test_a_second_fit_begins_anew():
    stopping = EarlyStopping(nn.Linear(1, 1), patience=1)
    ends = []
    for losses in ([3, 2, 1], [9, 9, 9]):
        for epoch in range(1, 4):
            if stopping(History(validation_loss=losses[:epoch], train_loss=losses[:epoch])):
                ends.append((epoch, stopping.best_epoch, stopping.best_loss))
                break
    assert ends == [(2, 1, 9)]
