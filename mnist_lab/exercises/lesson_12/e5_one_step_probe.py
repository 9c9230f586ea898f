"""The check of exercise 12.5: steps that processes take together, beside one process that has all images."""

from dataclasses import dataclass, field

from mnist_lab.exercises.engine.processes import Stuck, together

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
    generator, result = torch.Generator().manual_seed(5), []
    for sizes in SHARES:
        images = torch.randn(sum(sizes), 2, generator=generator, dtype=torch.float64)
        labels = torch.randint(3, (sum(sizes),), generator=generator)
        result.append(list(zip(images.split(sizes), labels.split(sizes), strict=True)))
    return result


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


OPTIMIZERS = {
    "SGD": lambda weights: torch.optim.SGD(weights, lr=0.5),
    "Adam": lambda weights: torch.optim.Adam(weights, lr=0.05),
}

OWN = "Each process stepped along the gradient of its own share."
NONE = "At the step there was no gradient."
PART = "Each process stepped along its own part of the mean, without the others'."
DIVIDED = "Each process stepped along the gradient of its own share, divided by the number of processes."
NOT_ALL = "Some weights stepped along the gradient of all images, others along that of a share."
AFTER = "The gradients were brought together when the step had been taken."
ADDED = "At the second step the gradients of two batches were added up."
OTHER = "The gradient at the step is not that of the mean loss over the images of all processes."

NUM_IMAGES = sum(SHARES[0])  # of the first batch
WRONG = {  # sentence: by what a mean over n images is multiplied, by what a process with n divides the sum
    "The step went along the mean of the processes' means.": (lambda n: 1, lambda n: PROCESSES),
    "The step went along the sum of the processes' means.": (lambda n: 1, lambda n: 1),
    "The sum of the processes' means was divided by all images.": (lambda n: 1, lambda n: NUM_IMAGES),
    "The sum of the processes' means was divided by a process's own images.": (lambda n: 1, lambda n: n),
    "The sum of the processes' means was weighted by own images.": (lambda n: 1, lambda n: NUM_IMAGES / n),
    "The step went along the sum over all images.": (lambda n: n, lambda n: 1),
    "The sum over all images was divided by a process's own images.": (lambda n: n, lambda n: n),
    "The sum over all images was divided by the processes.": (lambda n: n, lambda n: PROCESSES),
    "Each process counted by the square of its images.": (lambda n: n * n, lambda n: NUM_IMAGES),
}


def how_they_step(step_together):
    """Return the faults of step_together(network, optimizer, images, labels, add_up)."""
    expected = {name: traced(alone, make, joined(), None) for name, make in OPTIMIZERS.items()}
    candidates, faults = wrong_gradients(), []
    for name, make in OPTIMIZERS.items():

        def process(number, add_up, make=make):
            shares = [shares[number] for shares in batches()]
            return traced(step_together, make, shares, add_up)

        try:
            traces = together(process, PROCESSES)
        except Stuck as stuck:
            return [str(stuck)]
        if name == "SGD":
            faults += _steps_and_sums(traces) or _at_the_steps(traces, expected[name], candidates)
        drifted = _afterwards(traces, expected[name], name)
        faults += drifted
        if drifted:
            break
    return faults


def wrong_gradients():
    """Return {sentence: the gradients of each process at its first step} for what may go wrong."""
    network, sizes = new_network(), SHARES[0]
    means = [gradients(network, *share) for share in batches()[0]]
    parts = [[n / NUM_IMAGES * tensor for tensor in mean] for n, mean in zip(sizes, means, strict=True)]
    divided = [[tensor / PROCESSES for tensor in mean] for mean in means]
    result = {OWN: means, NONE: [[torch.zeros(())] * len(mean) for mean in means]}
    result |= {PART: parts, DIVIDED: divided}
    for sentence, (weigh, divide) in WRONG.items():
        weighed = [[weigh(n) * tensor for tensor in mean] for n, mean in zip(sizes, means, strict=True)]
        total = [sum(same) for same in zip(*weighed, strict=True)]
        result[sentence] = [[tensor / divide(n) for tensor in total] for n in sizes]
    return result


def _steps_and_sums(traces):
    counts = {len(trace.steps) for trace in traces}
    if counts == {0} and not _alike(traces[0].weights, new_network().parameters()):
        return ["The weights were moved, but not by `optimizer.step()`."]
    right = gradients(new_network(), *joined()[-1])
    if counts == {0} and not all(_alike(trace.left, right) for trace in traces):
        return ["No step was taken, and the gradients are not those of the mean loss over all images."]
    if counts != {len(SHARES)}:
        return [f"Steps taken for {len(SHARES)} batches: {', '.join(map(str, sorted(counts)))}."]
    if not any(trace.sums for trace in traces):
        return ["Nothing was handed to `add_up`, so no process heard of the others."]
    return []


def _at_the_steps(traces, expected, candidates):
    """Say along what the processes stepped, if not along the gradient of all images."""
    first, second = zip(*(trace.steps for trace in traces), strict=True)
    right, following = expected.steps
    if not all(_alike(actual, right) for actual in first):
        return _named(first, right, candidates) + _too_late(traces)
    if all(_alike(actual, following) for actual in second):
        return []
    both = [sum(pair) for pair in zip(right, following, strict=True)]
    return [ADDED if all(_alike(actual, both) for actual in second) else OTHER]


def _named(first, right, candidates):
    for sentence, wrong in candidates.items():
        if all(map(_alike, first, wrong)):
            return [sentence]
    parts = [zip(actual, own, right, strict=True) for actual, own in zip(first, candidates[OWN], strict=True)]
    mixed = all(_close(a, own) or _close(a, whole) for part in parts for a, own, whole in part)
    return [NOT_ALL if mixed else OTHER]


def _too_late(traces):
    """Say so if the gradients are the same everywhere in the end, and were not when the step was taken."""
    lefts = [trace.left for trace in traces]
    agreed = all(map(_alike, lefts[1:], lefts[:-1])) and any(tensor.any() for tensor in lefts[0])
    return [AFTER] if agreed and not _alike(traces[0].steps[-1], lefts[0]) else []


def _afterwards(traces, expected, name):
    weights = [trace.weights for trace in traces]
    if not all(map(_alike, weights[1:], weights[:-1])):
        return [f"After two steps of {name} the processes have different weights."]
    if not _alike(weights[0], expected.weights):
        return [f"After two steps of {name} the weights are not those of one process with all images."]
    return []


def _alike(first, second):
    return all(map(_close, first, second))


def _close(first, second):
    first, second = torch.broadcast_tensors(first.double(), second.double())
    return torch.allclose(first, second, rtol=1e-4, atol=1e-6)
