"""Judge training code by what it does: each probe returns the faults that it saw, as sentences.

A probe takes train(model, loader, optimizer) or evaluate(model, loader); wrap a function that takes
other arguments. The networks are tiny and seeded, so the same fault gives the same sentence.
"""

from mnist_lab.exercises.engine.recording import (
    batch_gradients,
    perfect_model,
    record_training,
    tiny_loader,
    tiny_model,
    watch_forward,
)

import torch
from torch.nn import functional as F

CLUELESS_SOFTMAX = 1.4612  # ln(e + 9) − 1: the least loss of ten classes if softmax is taken twice


def findings(answer, *probes):
    """Return the faults that the probes find, without repetition; none means right."""
    found = [sentence for probe in probes for sentence in probe(answer)]
    return list(dict.fromkeys(found))


def weights_move(train):
    """Do the weights of every layer change?"""
    before, record = tiny_model(), record_training(train, learning_rate=0.1)
    if not record.steps:
        return ["`optimizer.step()` was never called, so no weight can move."]
    after = dict(record.model.named_parameters())
    still = {
        name.rpartition(".")[0] for name, old in before.named_parameters() if torch.equal(old, after[name])
    }
    return [f"The weights of `{name}` did not move." for name in sorted(still)]


def fresh_gradients(train):
    """Does each step use the gradient of the mean loss of its own batch, and of nothing else?"""
    steps, wanted = record_training(train).steps, batch_gradients()
    if not steps:
        return ["`optimizer.step()` was never called, so no weight can move."]
    if len(steps) != len(wanted):
        return [f"{len(steps)} steps were taken for {len(wanted)} batches."]
    if all(step is None for step in steps):
        return ["At every step the gradient was empty."]
    first, second = steps[:2]
    if first is None:
        return ["The first step came before there was a gradient; each step used the one before."]
    if _close(first, wanted[0]) and _close(second, wanted[0] + wanted[1]):
        return ["At the second step the gradients of two batches were added up."]
    if all(map(_close, steps, wanted)):
        return []
    return [_other_gradient(steps, wanted)]


def _other_gradient(steps, wanted):
    sizes = [len(labels) for _, labels in tiny_loader()]
    sums = [gradient * size for gradient, size in zip(wanted, sizes, strict=True)]
    if all(map(_close, steps, sums)):
        return "The gradient grows with the size of the batch: the loss is a sum, not a mean."
    return "The gradient at a step is not that of the mean cross-entropy of its own batch."


def _close(first, second):
    return first is not None and torch.allclose(first, second, rtol=1e-3, atol=1e-6)


def loss_can_vanish(train):
    """Does a perfect answer reach a loss near 0? With softmax taken twice it stays at 1.46."""
    losses = record_training(train, model=perfect_model(), classes=10).losses
    if not losses:
        return ["`backward()` was never called on a loss."]
    if min(losses) < 0.01:
        return []
    if abs(min(losses) - CLUELESS_SOFTMAX) < 0.01:
        return ["A perfect answer still has a loss of 1.46, which is ln(e + 9) − 1."]
    return [f"A perfect answer has a loss of {min(losses):.2f}, where nearly 0 was expected."]


def mode_is_training(train):
    """Is the model in training mode at every batch, though it came in eval mode?"""
    modes = record_training(train, model=tiny_model().eval()).modes
    if not modes:
        return ["The model was never called as `model(images)`."]
    return [] if all(modes) else ["The model was in eval mode at a batch it trained on."]


def mode_is_restored(evaluate):
    """Is the model in eval mode while it is scored, without a graph, and afterwards as it was?"""
    model = tiny_model().train()
    model.body.eval()
    with watch_forward(model) as (modes, graphs):
        evaluate(model, tiny_loader())
    found = []
    if not modes:
        found.append("The model was never called as `model(images)`.")
    if any(modes):
        found.append("The model was in training mode while it was scored, so dropout was active.")
    if any(graphs):
        found.append("Gradients were tracked while it was scored, which costs memory and time.")
    if not model.training:
        found.append("The model was left in eval mode; whoever trains on would train without dropout.")
    elif model.body.training:
        found.append("A layer that was in eval mode before was left in training mode.")
    return found


def loss_is_a_number(train):
    """Is what comes back free of tensors that hold on to a graph?"""
    result = record_training(train).result
    leaves = result if isinstance(result, list | tuple) else [result]
    leaves = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
    if any(leaf.requires_grad for leaf in leaves):
        return ["The loss that came back still holds the graph of every batch."]
    return ["A tensor came back where a plain number was expected."] if leaves else []


def exact_loss(evaluate):
    """Is the loss that evaluate returns, alone or first, the mean over samples, last batch and all?"""
    result = evaluate(tiny_model().eval(), tiny_loader())
    came = float(result[0] if isinstance(result, list | tuple) else result)
    model = tiny_model().eval()
    with torch.inference_mode():
        losses = [F.cross_entropy(model(images), labels).item() for images, labels in tiny_loader()]
    sizes = [len(labels) for _, labels in tiny_loader()]
    exact = sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)
    if abs(came - exact) < 1e-4:
        return []
    if abs(came - sum(losses) / len(losses)) < 1e-4:
        return ["The mean of the batch means came back; the short last batch counts as much as a full one."]
    if abs(came - sum(losses) / sum(sizes)) < 1e-4:
        return ["Batch means were added and divided by the number of samples, which is too small."]
    return [f"The loss {came:.4f} came back where {exact:.4f} is the mean over all samples."]
