"""The loop: one epoch, an exact evaluation, fit, which repeats both, and when to stop it."""

import copy
import math
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from mnist_lab.bars import tqdm
from mnist_lab.ranges import check_number

import torch
from torch.nn import functional as F


class Score(NamedTuple):
    """Mean loss in nats and accuracy in [0, 1], both over samples."""

    loss: float
    accuracy: float


@dataclass
class History:
    """What fit saw, one number an epoch.

    The training numbers are running ones: each batch is counted with the weights of its moment.
    """

    train_loss: list = field(default_factory=list)
    train_accuracy: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    validation_accuracy: list = field(default_factory=list)

    def __len__(self):
        return len(self.train_loss)

    def append(self, train, validation):
        self.train_loss.append(train.loss)
        self.train_accuracy.append(train.accuracy)
        self.validation_loss.append(validation.loss)
        self.validation_accuracy.append(validation.accuracy)


def train_one_epoch(model, loader, optimizer, *, device="cpu", after_batch=()):
    """Train on every batch once and return the running Score: each batch before its own step.

    Each function in after_batch is called with the loss and accuracy of the epoch so far.
    Leaves the model in training mode. Raises NotFiniteLoss before a loss that is nan or infinite
    can reach the weights, and ValueError if the loader is empty.
    """
    model.train()
    total_loss, num_correct, num_samples = 0.0, 0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        logits = model(images)
        loss = F.cross_entropy(logits, labels)
        check_finite(loss.item(), optimizer)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total_loss += loss.item() * len(labels)
        num_correct += (logits.argmax(dim=1) == labels).sum().item()
        num_samples += len(labels)
        for function in after_batch:
            function(total_loss / num_samples, num_correct / num_samples)
    return mean_score(total_loss, num_correct, num_samples)


def evaluate(model, loader, *, device="cpu"):
    """Return the Score over every sample, exact also when the last batch is short.

    loader yields images float32 (N, 1, 28, 28) and labels int64 (N,).
    Leaves every module in the mode it was in. Raises ValueError if the loader is empty.
    """
    total_loss, num_correct, num_samples = 0.0, 0, 0
    with evaluation_mode(model), torch.inference_mode():
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            logits = model(images)
            total_loss += F.cross_entropy(logits, labels, reduction="sum").item()
            num_correct += (logits.argmax(dim=1) == labels).sum().item()
            num_samples += len(labels)
    return mean_score(total_loss, num_correct, num_samples)


def fit(
    model, train_loader, validation_loader, optimizer, *,
    num_epochs, device="cpu", after_batch=(), after_epoch=(),
):
    """Train for num_epochs, score the validation set after each, and return the History.

    Each function in after_epoch is called with the History so far; all are called, and if one returns
    True the training ends. Raises NotFiniteLoss for a loss that is nan or infinite, ValueError for no epoch.
    """
    history = History()
    with progress_bar(check_epochs(num_epochs) * len(train_loader)) as bar:
        watching = (bar.advance, *after_batch)
        for epoch in range(1, num_epochs + 1):
            train = train_one_epoch(model, train_loader, optimizer, device=device, after_batch=watching)
            validation = evaluate(model, validation_loader, device=device)
            check_finite(validation.loss, optimizer)
            history.append(train, validation)
            bar.print_epoch(epoch, train, validation)
            end = [function(history) is True for function in after_epoch]
            if any(end):
                break
    return history


class RangeTest(NamedTuple):
    """The learning rates that a range test went through, and the loss of the batch at each."""

    learning_rates: list
    losses: list


def find_learning_rate(
    model, loader, *, make_optimizer=torch.optim.Adam, lowest=1e-5, highest=1.0, num_steps=100, device="cpu"
):
    """Return the RangeTest of a model: one step a batch, each with a larger learning rate.

    The rates grow by a constant factor. Ends early once the loss is four times the least so far, or
    not finite. The model is left as it was. Source: L. N. Smith, Cyclical Learning Rates, 2017.
    """
    check_range(lowest, highest, num_steps)
    factor = (highest / lowest) ** (1 / (num_steps - 1))
    trained, found = copy.deepcopy(model).train(), RangeTest([], [])
    optimizer = make_optimizer(trained.parameters(), lr=lowest)
    for step, (images, labels) in enumerate(islice(again_and_again(loader), num_steps)):
        for group in optimizer.param_groups:
            group["lr"] = lowest * factor**step
        loss = F.cross_entropy(trained(images.to(device)), labels.to(device))
        if not loss.item() <= 4 * min(found.losses, default=math.inf):
            break
        found.learning_rates.append(lowest * factor**step)
        found.losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return found


class EarlyStopping:
    """Ends fit once the validation loss has not fallen for patience epochs, and keeps the best weights.

    It goes into fit's after_epoch. Call restore() after fit to put the best weights back.
    """

    def __init__(self, model, *, patience=5):
        self.model, self.patience = model, check_patience(patience)
        self.best_loss, self.best_epoch = math.inf, 0
        self.best_weights = copy.deepcopy(model.state_dict())

    def __call__(self, history):
        epoch, loss = len(history), history.validation_loss[-1]
        if epoch == 1 or loss < self.best_loss:  # epoch 1: a fit begins, perhaps not the first
            self.best_loss, self.best_epoch = loss, epoch
            self.best_weights = copy.deepcopy(self.model.state_dict())
        return epoch - self.best_epoch >= self.patience

    def restore(self):
        self.model.load_state_dict(self.best_weights)


class NotFiniteLoss(ValueError):
    """The loss is nan or infinite, so every further step would only spread it."""


def check_finite(loss, optimizer):
    """Raise NotFiniteLoss, with the learning rate to lower, if the loss is nan or infinite."""
    if not math.isfinite(loss):
        rates = ", ".join(sorted({f"{group['lr']:g}" for group in optimizer.param_groups}))
        raise NotFiniteLoss(
            f"The loss became {loss}, where a finite number was expected; training stops here. "
            f"Build the model anew and start with a lower learning rate (it was {rates}); "
            "if that does not help, check that the images are finite."
        )


def check_range(lowest, highest, num_steps):
    """Raise ValueError unless the learning rates of a range test rise, in two steps at least."""
    check_number("lowest", lowest, 1e-30, advice="1e-5 suits Adam")
    check_number("highest", highest, 1.001 * lowest, 1e30, why=", lowest being below", advice="1 suits Adam")
    check_number("num_steps", num_steps, 2, advice="100 is a good start")


def again_and_again(loader):
    """Yield the batches of a loader without end; each epoch in an order of its own if it shuffles."""
    while True:
        batches = iter(loader)
        yield next(batches, None) or mean_score(0.0, 0, 0)  # an empty one would never end
        yield from batches


def check_epochs(num_epochs):
    """Return the number of epochs, or raise ValueError unless it is whole and at least one."""
    return check_number("num_epochs", num_epochs, 1, advice="3 are a good start; a resumed run may be done")


def check_patience(patience):
    """Return the patience, or raise ValueError unless it is a whole number of epochs, at least one."""
    return check_number("patience", patience, 1, advice="5 epochs are a good start")


def mean_score(total_loss, num_correct, num_samples):
    """Return the Score of sums over samples, or raise ValueError if there were none."""
    if num_samples == 0:
        text = "The loader yielded no samples, where at least one was expected; check its split"
        raise ValueError(f"{text}, and give the loader itself if this is its iterator, which has an end.")
    return Score(total_loss / num_samples, num_correct / num_samples)


@contextmanager
def evaluation_mode(model):
    """Put the model in eval mode for a block, then every module back into its own mode."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield model
    finally:
        for module, mode in modes:
            module.training = mode


@contextmanager
def progress_bar(num_batches):
    """Yield a Progress: a bar while training runs, and a printed line for each epoch that stays."""
    with tqdm(total=num_batches, unit="batch", leave=False) as bar:
        yield Progress(bar)
        bar.total = bar.n  # ended early is ended: a bar that is not full would be red, as if it had failed


class Progress:
    """A tqdm bar that fit advances by a batch at a time; what it prints stays above the bar."""

    def __init__(self, bar):
        self.bar = bar

    def advance(self, loss, accuracy):
        self.bar.set_postfix_str(f"loss {loss:.3f}, accuracy {accuracy:.1%}", refresh=False)
        self.bar.update()

    def print_epoch(self, epoch, train, validation):
        self.bar.write(
            f"epoch {epoch:2d}  train loss {train.loss:.3f}, {train.accuracy:.1%} right  "
            f"validation loss {validation.loss:.3f}, {validation.accuracy:.1%} right"
        )
