"""Lesson 12: a small network, batches cut into unequal shares, and a record of a process that learns."""

from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn import functional as F

SHARES = ((3, 1, 2), (1, 2, 2))  # images of each process in the first batch and in the second one
PROCESSES = len(SHARES[0])


@dataclass(eq=False)
class Trace:
    """What one process did: the gradients at each step, those it ended with, its weights, its sums."""

    steps: list = field(default_factory=list)
    left: list = field(default_factory=list)
    weights: list = field(default_factory=list)
    sums: int = 0


def new_network():
    generator = torch.Generator().manual_seed(3)
    network = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 3)).double()
    with torch.no_grad():
        for weights in network.parameters():
            weights.copy_(torch.randn(weights.shape, generator=generator, dtype=torch.float64))
    return network


def batches():
    """Return for each batch a list of (images, labels), a process's share each."""
    generator, found = torch.Generator().manual_seed(5), []
    for sizes in SHARES:
        images = torch.randn(sum(sizes), 2, generator=generator, dtype=torch.float64)
        labels = torch.randint(3, (sum(sizes),), generator=generator)
        found.append(list(zip(images.split(sizes), labels.split(sizes), strict=True)))
    return found


def joined():
    """Return the batches, each with the images of all processes."""
    parts = [zip(*shares, strict=True) for shares in batches()]
    return [tuple(map(torch.cat, part)) for part in parts]


def gradients(network, images, labels):
    """Return the gradient of the mean cross-entropy by each of the network's tensors."""
    return torch.autograd.grad(F.cross_entropy(network(images), labels), list(network.parameters()))


def alone(network, optimizer, images, labels, add_up):
    """Take the step of one process that has all images."""
    for tensor, gradient in zip(network.parameters(), gradients(network, images, labels), strict=True):
        tensor.grad = gradient
    optimizer.step()


def traced(step_together, make, shares, add_up):
    """Return the Trace of a process that takes a step for each of its shares."""
    network, trace = new_network(), Trace()
    weights = list(network.parameters())
    optimizer = make(weights)
    optimizer.register_step_pre_hook(lambda *_: trace.steps.append(_gradients_now(weights)))

    def counted(value):
        trace.sums += 1
        return add_up(value)

    for images, labels in shares:
        step_together(network, optimizer, images, labels, counted)
    trace.left = _gradients_now(weights)
    trace.weights = [tensor.detach().clone() for tensor in weights]
    return trace


def _gradients_now(weights):
    """Return copies of the gradients; none is a zero, as it is to an optimizer that starts."""
    return [torch.zeros(()) if w.grad is None else w.grad.detach().clone() for w in weights]
