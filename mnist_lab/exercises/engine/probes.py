"""Judge training code by what it does: each probe returns the faults that it saw, as sentences.

A probe takes train(model, loader, optimizer); wrap a function that takes other arguments. The networks
are tiny and seeded, so the same fault gives the same sentence; another seed makes other networks and data.
"""

from mnist_lab.exercises.engine.recording import batch_gradients, perfect_model, record_training, tiny_loader

import torch

CLUELESS_SOFTMAX = 1.4612  # ln(e + 9) − 1: the least loss of ten classes if softmax is taken twice


def findings(answer, *probes, **options):
    """Return the faults that the probes find, without repetition; none means right."""
    return list(dict.fromkeys(sentence for probe in probes for sentence in probe(answer, **options)))


def fresh_gradients(train, seed=0):
    """Does each step use the gradient of the mean loss of its own batch, and of nothing else?"""
    steps, expected = record_training(train, seed=seed).steps, batch_gradients(seed)
    if not steps:
        return ["`optimizer.step()` was never called, so no weight can move."]
    if len(steps) != len(expected):
        return [f"{len(steps)} steps were taken for {len(expected)} batches."]
    if all(step is None for step in steps):
        return ["At every step the gradient was empty."]
    first, second = steps[:2]
    if first is None:
        return ["The first step came before there was a gradient; each step used the one before."]
    if _close(first, expected[0]) and _close(second, expected[0] + expected[1]):
        return ["At the second step the gradients of two batches were added up."]
    if all(map(_close, steps, expected)):
        return []
    return [_other_gradient(steps, expected, seed)]


def _other_gradient(steps, expected, seed):
    sizes = [len(labels) for _, labels in tiny_loader(seed=seed)]
    sums = [gradient * size for gradient, size in zip(expected, sizes, strict=True)]
    if all(map(_close, steps, sums)):
        return "The gradient grows with the size of the batch: the loss is a sum, not a mean."
    return "The gradient at a step is not that of the mean cross-entropy of its own batch."


def _close(first, second):
    return first is not None and torch.allclose(first, second, rtol=1e-3, atol=1e-6)


def loss_can_vanish(train, seed=0):
    """Does a perfect answer reach a loss near 0? With softmax taken twice it stays at 1.46."""
    losses = record_training(train, model=perfect_model(), classes=10, seed=seed).losses
    if not losses:
        return ["`backward()` was never called on a loss."]
    if min(losses) < 0.01:
        return []
    if abs(min(losses) - CLUELESS_SOFTMAX) < 0.01:
        return ["A perfect answer still has a loss of 1.46, which is ln(e + 9) − 1."]
    return [f"A perfect answer has a loss of {min(losses):.2f}, where nearly 0 was expected."]


def loss_is_a_number(train, seed=0):
    """Is what comes back free of tensors that hold on to a graph?"""
    result = record_training(train, seed=seed).result
    leaves = result if isinstance(result, list | tuple) else [result]
    leaves = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
    if any(leaf.requires_grad for leaf in leaves):
        return ["The loss that came back still holds the graph of every batch."]
    return ["A tensor came back where a plain number was expected."] if leaves else []


def fresh_slopes(loss, expected, weights):
    """Does a loss, a tensor, give the weights the gradient that the expected one gives them?"""
    try:
        slopes = torch.autograd.grad(loss, weights, allow_unused=True)
    except RuntimeError:  # no graph, or one that was gone through already
        return ["Nothing can call `backward` on this loss."]
    if any(slope is None for slope in slopes):
        return ["From this loss no gradient gets through to all of the weights."]
    right = all(map(_close, slopes, torch.autograd.grad(expected, weights)))
    return [] if right else ["The loss has the right value, and another gradient."]
