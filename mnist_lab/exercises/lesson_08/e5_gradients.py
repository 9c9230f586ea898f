"""Exercise 8.5: Patient 3, restless."""

from contextlib import suppress
from unittest.mock import patch

from mnist_lab.exercises.engine import probes
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import record_training, tiny_loader, tiny_model

import torch
from torch.nn import functional as F


def train(model, loader, optimizer):
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def given_train(model, loader, optimizer):
    optimizer.zero_grad()
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()


def two_batches(train):
    """Is the gradient after two batches the second's alone, and each loss that of its own batch?"""
    kept = ["`backward` was told to keep its graph."] if keeps_a_graph(train) else []
    try:
        return kept + probes.findings(train, probes.fresh_gradients, own_losses)
    except RuntimeError:
        if kept:
            return [*kept, "In the second round it went through the first graph again, and failed."]
        raise


def keeps_a_graph(train):
    """Is `backward` ever called with retain_graph=True?"""
    calls, backward = [], torch.autograd.backward

    def noted(losses, grad_tensors=None, retain_graph=None, *args, **kwargs):
        calls.append(retain_graph)
        return backward(losses, grad_tensors, retain_graph, *args, **kwargs)

    model = tiny_model()
    with patch.object(torch.autograd, "backward", noted), suppress(RuntimeError):
        train(model, tiny_loader(), torch.optim.SGD(model.parameters(), lr=0.0))
    return any(calls)


def own_losses(train):
    """Is `backward` called once for each batch, on its mean loss? `torch.autograd.grad` does without."""
    losses, model = record_training(train).losses, tiny_model()
    if not losses and not probes.fresh_gradients(train):
        return []
    with torch.inference_mode():
        wanted = [F.cross_entropy(model(images), labels).item() for images, labels in tiny_loader()]
    if len(losses) != len(wanted):
        return [f"`backward` was called {len(losses)} times for {len(wanted)} batches."]
    pairs = zip(losses, wanted, strict=True)
    if all(abs(loss - own) < 1e-5 for loss, own in pairs):
        return []
    return ["`backward` was called on something else than the loss of its own batch."]


def in_order(*moves):
    """Return a loop that makes the moves in this order, for each batch."""

    def train(model, loader, optimizer):
        for images, labels in loader:
            loss = F.cross_entropy(model(images), labels)
            for move in moves:
                (loss if move == "backward" else optimizer).__getattribute__(move)()

    return train


def one_step(model, loader, optimizer):
    optimizer.zero_grad()
    for images, labels in loader:
        F.cross_entropy(model(images), labels).backward()
    optimizer.step()


def whole_graph(model, loader, optimizer):
    loss = 0.0
    for images, labels in loader:
        loss = loss + F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward(retain_graph=True)
        optimizer.step()


def kept_for_nothing(model, loader, optimizer):
    for images, labels in loader:
        F.cross_entropy(model(images), labels).backward(retain_graph=True)
        optimizer.step()


def kept_and_emptied(model, loader, optimizer):
    for images, labels in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward(retain_graph=True)
        optimizer.step()


def freed_graph(model, loader, optimizer):
    loss = 0.0
    for images, labels in loader:
        loss = loss + F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def clipped(model, loader, optimizer):
    for images, labels in loader:
        F.cross_entropy(model(images), labels).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.05)
        optimizer.step()


def averaged(model, loader, optimizer):
    for number, (images, labels) in enumerate(loader, 1):
        (F.cross_entropy(model(images), labels) / number).backward()
        optimizer.step()


def emptied_loss(model, loader, optimizer):
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        loss.grad.zero_()


MISTAKES = (
    (in_order("backward", "step"),
     "Between one step and the next `backward` nothing empties the gradients, so they add up. A `zero_grad` "
     "outside the loop does it once."),
    (in_order("backward", "zero_grad", "step"),
     "You deleted the gradient just computed: between `backward` and `step` it is needed. Empty it before "
     "`backward`, or after `step`."),
    (in_order("step", "zero_grad", "backward"),
     "Step before backward: each step uses the gradient of the batch before, and the first has none."),
    (in_order("zero_grad", "backward"),
     "`step` got lost. `backward` only calculates slopes; without a step no weight moves."),
    (in_order("zero_grad", "step"), "`backward` got lost, and without it there is no gradient."),
    (in_order("zero_grad", "backward", "step", "step"),
     "Two steps for each batch go twice as far on one gradient. One `step` a batch was meant."),
    (one_step, "`step` has left the loop: the gradients of all batches add up for a single step at the end. "
     "Empty and step for each batch."),
    (whole_graph, "`retain_graph=True` silences an error that adding up the losses has brought. Call "
     "`backward` on the loss of each batch, and no old graph is needed."),
    (kept_for_nothing,
     "`retain_graph=True` keeps the notes of a batch, not its gradient, and empties nothing. The gradients "
     "still add up."),
    (kept_and_emptied,
     "The gradients are right now. But `retain_graph=True` keeps the notes of every batch for a second "
     "`backward` that never comes; leave it out."),
    (freed_graph, "The losses of all batches are added, and `backward` would go through the first graph "
     "again. `retain_graph` would silence that; keep each loss by itself."),
    (clipped, "Clipping shortens the sum of the gradients, but it is still a sum over all batches so far. "
     "Empty them in each round."),
    (averaged, "A smaller loss makes the sum grow more slowly, and it is still a sum over all batches so "
     "far. Empty the gradients in each round."),
    (emptied_loss, "It is not the loss that keeps a gradient, but each weight. `optimizer.zero_grad()` "
     "empties them all."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.5",
    title="Patient 3, restless",
    kind="training",
    difficulty=1,
    minutes=3,
    points=2,
    reference=train,
    given=given_train,
    probe=two_batches,
    seconds=20.0,  # a kernel's first optimizer imports much
    why="`backward` adds to what is there, so every round has to begin with nothing there.",
    hints=(
        "What does `backward` do with a gradient that is there already?",
        "Follow `weight.grad` through two rounds of the loop. When is it emptied?",
        "Move `optimizer.zero_grad()` into the loop, before `backward`.",
    ),
    mistakes=MISTAKES,
)
