"""The check of exercise 12.5: steps that processes take together, beside one process that has all images."""

from collections import namedtuple
from dataclasses import dataclass, field

from mnist_lab.exercises.engine.processes import Stuck, together
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch
from torch import nn
from torch.nn import functional as F

PROCESSES = 3

# How many images each process has of the first batch and of the second one, rates, and a seed
Task = namedtuple("Task", "shares rates seed")


def drawn_task(generator):
    shares = tuple(tuple(different_numbers(generator, PROCESSES, 1, 4)) for _ in range(2))
    rates = {"SGD": whole_number(generator, 3, 7) / 10, "Adam": whole_number(generator, 3, 7) / 100}
    return Task(shares, rates, whole_number(generator, 0, 1_000_000))


@dataclass(eq=False)
class Trace:
    """What one process did: the gradients at each step, those it ended with, its weights, its sums."""

    steps: list = field(default_factory=list)
    left: list = field(default_factory=list)
    weights: list = field(default_factory=list)
    sums: int = 0


def new_network(task):
    generator = torch.Generator().manual_seed(task.seed)
    network = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 3)).double()
    with torch.no_grad():
        for weights in network.parameters():
            weights.copy_(torch.randn(weights.shape, generator=generator, dtype=torch.float64))
    return network


def batches(task):
    """Return for each batch a list of (images, labels), a process's shard each."""
    generator, result = torch.Generator().manual_seed(task.seed + 1), []
    for sizes in task.shares:
        images = torch.randn(sum(sizes), 2, generator=generator, dtype=torch.float64)
        labels = torch.randint(3, (sum(sizes),), generator=generator)
        result.append(list(zip(images.split(sizes), labels.split(sizes), strict=True)))
    return result


def joined(task):
    """Return the batches, each with the images of all processes."""
    parts = [zip(*shards, strict=True) for shards in batches(task)]
    return [tuple(map(torch.cat, part)) for part in parts]


def gradients(network, images, labels):
    """Return the gradient of the mean cross-entropy by each of the network's tensors."""
    return torch.autograd.grad(F.cross_entropy(network(images), labels), list(network.parameters()))


def alone(network, optimizer, images, labels, add_up):
    """Take the step of one process that has all images."""
    for tensor, gradient in zip(network.parameters(), gradients(network, images, labels), strict=True):
        tensor.grad = gradient
    optimizer.step()


def traced(step_together, task, name, shards, add_up):
    """Return the Trace of a process that takes a step of an optimizer for each of its shards."""
    network, trace = new_network(task), Trace()
    weights = list(network.parameters())
    optimizer = getattr(torch.optim, name)(weights, lr=task.rates[name])
    optimizer.register_step_pre_hook(lambda *_: trace.steps.append(_gradients_now(weights)))

    def counted(value):
        trace.sums += 1
        return add_up(value)

    for images, labels in shards:
        step_together(network, optimizer, images, labels, counted)
    trace.left = _gradients_now(weights)
    trace.weights = [tensor.detach().clone() for tensor in weights]
    return trace


def _gradients_now(weights):
    """Return copies of the gradients; none is a zero, as it is to an optimizer that starts."""
    return [torch.zeros(()) if w.grad is None else w.grad.detach().clone() for w in weights]


OWN = "Each process stepped along the gradient of its own shard."
NONE = "At the step there was no gradient."
PART = "Each process stepped along its own part of the mean, without the others'."
DIVIDED = "Each process stepped along the gradient of its own shard, divided by the number of processes."
NOT_ALL = "Some weights stepped along the gradient of all images, others along that of a shard."
AFTER = "The gradients were brought together when the step had been taken."
ADDED = "At the second step the gradients of two batches were added up."
OTHER = "The gradient at the step is not that of the mean loss over the images of all processes."

WRONG = {  # sentence: by what a mean over n of N images is multiplied, by what a process divides the sum
    "The step went along the mean of the processes' means.": (lambda n: 1, lambda n, N: PROCESSES),
    "The step went along the sum of the processes' means.": (lambda n: 1, lambda n, N: 1),
    "The sum of the processes' means was divided by all images.": (lambda n: 1, lambda n, N: N),
    "The sum of the processes' means was divided by a process's own images.": (lambda n: 1, lambda n, N: n),
    "The sum of the processes' means was weighted by own images.": (lambda n: 1, lambda n, N: N / n),
    "The step went along the sum over all images.": (lambda n: n, lambda n, N: 1),
    "The sum over all images was divided by a process's own images.": (lambda n: n, lambda n, N: n),
    "The sum over all images was divided by the processes.": (lambda n: n, lambda n, N: PROCESSES),
    "Each process counted by the square of its images.": (lambda n: n * n, lambda n, N: N),
}


def how_they_step(step_together, generator):
    """Return the faults of step_together(network, optimizer, images, labels, add_up)."""
    task, faults = drawn_task(generator), []
    for name in task.rates:
        expected = traced(alone, task, name, joined(task), None)
        try:
            traces = traces_of(step_together, task, name)
        except Stuck as stuck:
            return [str(stuck)]
        if name == "SGD":
            faults += _steps_and_sums(task, traces) or _at_the_steps(task, traces, expected)
        drifted = _drifted(traces, name)
        if not drifted and not _alike(traces[0].weights, expected.weights):
            drifted = [f"After two steps of {name} the weights are not those of one process with all images."]
        faults += drifted
        if drifted:
            break
    return faults


def traces_of(step_together, task, name):
    """Return the Traces of all processes, with the optimizer of that name."""

    def process(number, add_up):
        shards = [shards[number] for shards in batches(task)]
        return traced(step_together, task, name, shards, add_up)

    return together(process, PROCESSES)


def wrong_gradients(task):
    """Return {sentence: the gradients of each process at its first step} for what may go wrong."""
    network, sizes, number = new_network(task), task.shares[0], sum(task.shares[0])
    means = [gradients(network, *share) for share in batches(task)[0]]
    parts = [[n / number * tensor for tensor in mean] for n, mean in zip(sizes, means, strict=True)]
    divided = [[tensor / PROCESSES for tensor in mean] for mean in means]
    result = {OWN: means, NONE: [[torch.zeros(())] * len(mean) for mean in means]}
    result |= {PART: parts, DIVIDED: divided}
    for sentence, (weigh, divide) in WRONG.items():
        weighed = [[weigh(n) * tensor for tensor in mean] for n, mean in zip(sizes, means, strict=True)]
        total = [sum(same) for same in zip(*weighed, strict=True)]
        result[sentence] = [[tensor / divide(n, number) for tensor in total] for n in sizes]
    return result


def _steps_and_sums(task, traces):
    counts = {len(trace.steps) for trace in traces}
    if counts == {0} and not _alike(traces[0].weights, new_network(task).parameters()):
        return ["The weights were moved, but not by `optimizer.step()`."]
    right = gradients(new_network(task), *joined(task)[-1])
    if counts == {0} and not all(_alike(trace.left, right) for trace in traces):
        return ["No step was taken, and the gradients are not those of the mean loss over all images."]
    if counts != {len(task.shares)}:
        return [f"Steps taken for {len(task.shares)} batches: {', '.join(map(str, sorted(counts)))}."]
    if not any(trace.sums for trace in traces):
        return ["Nothing was handed to `add_up`, so no process heard of the others."]
    return []


def _at_the_steps(task, traces, expected):
    """Say along what the processes stepped, if not along the gradient of all images."""
    first, second = zip(*(trace.steps for trace in traces), strict=True)
    right, following = expected.steps
    if not all(_alike(actual, right) for actual in first):
        return _named(first, right, wrong_gradients(task)) + _too_late(traces)
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


def _drifted(traces, name):
    weights = [trace.weights for trace in traces]
    if not all(map(_alike, weights[1:], weights[:-1])):
        return [f"After two steps of {name} the processes have different weights."]
    return []


def _alike(first, second):
    return all(map(_close, first, second))


def _close(first, second):
    first, second = torch.broadcast_tensors(first.double(), second.double())
    return torch.allclose(first, second, rtol=1e-4, atol=1e-6)


def equal_weights(step_together, generator):
    """A part of the exercise: steps after which all have the same weights, whichever these are."""
    task, faults = drawn_task(generator), []
    for name in task.rates:
        try:
            traces = traces_of(step_together, task, name)
        except Stuck as stuck:
            return [str(stuck)]
        taken = all(len(trace.steps) == 2 and not _alike(*trace.steps) for trace in traces)
        faults += _drifted(traces, name) + ([] if taken else ["Two steps with two gradients were not taken."])
    return faults


PARTS = {"keeps the weights equal": (2, equal_weights), "steps as one process would": (3, how_they_step)}
