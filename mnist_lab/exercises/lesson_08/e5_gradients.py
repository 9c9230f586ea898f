"""Exercise 8.5: Patient 3, restless."""

from contextlib import suppress
from unittest.mock import patch

from mnist_lab.exercises.engine import probes
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import record_training, tiny_loader, tiny_model
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch.nn import functional as F


def train(model, loader, optimizer):
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def two_batches(train, generator):
    """Is the gradient after two batches the second's alone, and each loss that of its own batch?"""
    seed = 9 * whole_number(generator, 0, 99_999) + whole_number(generator, 3, 8)  # four batches or five
    kept = ["`backward` was told to keep its graph."] if keeps_a_graph(train, seed) else []
    try:
        return kept + probes.findings(train, probes.fresh_gradients, in_order, own_losses, seed=seed)
    except RuntimeError:
        if kept:
            return [*kept, "In the second round it went through the first graph again, and failed."]
        raise


def in_order(train, seed):
    """Does no `step` come before the first `backward`, and does each `backward` find nothing?"""
    moves, backward, model = [], torch.autograd.backward, tiny_model(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    optimizer.register_step_pre_hook(lambda *_: moves.append("step"))

    def noted(*args, **kwargs):
        left = any(weight.grad is not None and weight.grad.any() for weight in model.parameters())
        moves.append("backward on a rest" if left else "backward")
        return backward(*args, **kwargs)

    with patch.object(torch.autograd, "backward", noted):
        train(model, tiny_loader(seed=seed), optimizer)
    early, rest = (
        "The first `step` came before the first `backward`.",
        "`backward` found gradients of before.",
    )
    is_early = moves[:1] == ["step"] and len(set(moves)) > 1
    return [early] * is_early + [rest] * ("backward on a rest" in moves)


def keeps_a_graph(train, seed):
    """Is `backward` ever called with retain_graph=True?"""
    calls, backward = [], torch.autograd.backward

    def noted(losses, grad_tensors=None, retain_graph=None, *args, **kwargs):
        calls.append(retain_graph)
        return backward(losses, grad_tensors, retain_graph, *args, **kwargs)

    model = tiny_model(seed)
    with patch.object(torch.autograd, "backward", noted), suppress(RuntimeError):
        train(model, tiny_loader(seed=seed), torch.optim.SGD(model.parameters(), lr=0.0))
    return any(calls)


def own_losses(train, seed):
    """Is `backward` called once for each batch, on its mean loss? `torch.autograd.grad` does without."""
    losses, model = record_training(train, seed=seed).losses, tiny_model(seed)
    if not losses and not probes.fresh_gradients(train, seed):
        return []
    with torch.inference_mode():
        batches = tiny_loader(seed=seed)
        expected = [F.cross_entropy(model(images), labels).item() for images, labels in batches]
    if len(losses) != len(expected):
        return [f"`backward` was called {len(losses)} times for {len(expected)} batches."]
    pairs = zip(losses, expected, strict=True)
    if all(abs(loss - own) < 1e-5 for loss, own in pairs):
        return []
    return ["`backward` was called on something else than the loss of its own batch."]


EMPTY, BACKWARD, STEP = "optimizer.zero_grad()", "loss.backward()", "optimizer.step()"
KEPT = "loss.backward(retain_graph=True)"
LOSSES_ADDED = {"for images": "loss = 0.0\n    for images", "loss = F": "loss = loss + F"}


def moves(*lines):
    """The edit that puts these lines in the place of the three moves of a round."""
    return {"\n        ".join((EMPTY, BACKWARD, STEP)): "\n        ".join(lines)}


MISTAKES = (
    (moves(BACKWARD, STEP),
     "Between one step and the next `backward` nothing empties the gradients, so they add up. A `zero_grad` "
     "outside the loop does it once."),
    (moves(BACKWARD, EMPTY, STEP),
     "You deleted the gradient just computed: between `backward` and `step` it is needed. Empty it before "
     "`backward`, or after `step`."),
    (moves(EMPTY, STEP, BACKWARD),
     "`step` comes before `backward`: it finds the gradients just emptied, so no weight moves. First the "
     "slopes, then the step."),
    (moves(STEP, EMPTY, BACKWARD),
     "Step before backward: each step uses the gradient of the batch before, and the first has none."),
    (moves(EMPTY, BACKWARD),
     "`step` got lost. `backward` only calculates slopes; without a step no weight moves."),
    (moves(EMPTY, STEP), "`backward` got lost, and without it there is no gradient."),
    (moves(EMPTY, BACKWARD, STEP, STEP),
     "Two steps for each batch go twice as far on one gradient. One `step` a batch was meant."),
    ({"for images": f"{EMPTY}\n    for images"} | moves(f"{BACKWARD}\n    {STEP}"),
     "`step` has left the loop: the gradients of all batches add up for a single step at the end. Empty and "
     "step for each batch."),
    (LOSSES_ADDED | moves(EMPTY, KEPT, STEP),
     "`retain_graph=True` silences an error that adding up the losses has brought. Call `backward` on the "
     "loss of each batch, and no old graph is needed."),
    (moves(KEPT, STEP),
     "`retain_graph=True` keeps the notes of a batch, not its gradient, and empties nothing. The gradients "
     "still add up."),
    (moves(EMPTY, KEPT, STEP),
     "The gradients are right now. But `retain_graph=True` keeps the notes of every batch for a second "
     "`backward` that never comes; leave it out."),
    (LOSSES_ADDED,
     "The losses of all batches are added, and `backward` would go through the first graph again. "
     "`retain_graph` would silence that; keep each loss by itself."),
    (moves(BACKWARD, "torch.nn.utils.clip_grad_norm_(model.parameters(), 0.05)", STEP),
     "The gradients are still a sum over batches. Perhaps you clip, or shorten what is left: that makes the "
     "sum smaller. Empty all of them in each round."),
    ({"images, labels in loader": "number, (images, labels) in enumerate(loader, 1)"}
     | moves("(loss / number).backward()", STEP),
     "The gradients are still a sum over batches, and the loss is another one. Perhaps a smaller loss is to "
     "keep the sum small. Leave it, and empty the gradients in each round."),
    (moves(BACKWARD, STEP, "loss.grad.zero_()"),
     "It is not the loss that keeps a gradient, but each weight. `optimizer.zero_grad()` empties them all."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.5",
    title="Patient 3, restless",
    difficulty=1,
    minutes=3,
    points=2,
    reference=train,
    given={"        optimizer.zero_grad()\n": "", "    for": "    optimizer.zero_grad()\n    for"},
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
