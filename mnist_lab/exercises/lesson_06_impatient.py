"""Lesson 06: early stopping in many wrong ways."""

import copy
import math


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
