"""Exercise 12.5: one step of training that several processes take together."""

from dataclasses import dataclass, field

from mnist_lab.exercises.engine.model import Exercise

import torch
from torch import nn
from torch.nn import functional as F


def mean_over_all(gradient, n, add_up):
    return add_up(n * gradient) / add_up(n)


def summed(network, images, labels):
    return F.cross_entropy(network(images), labels, reduction="sum")


def averaged(network, images, labels):
    return F.cross_entropy(network(images), labels)


def variant(exchange=mean_over_all, *, loss=averaged):
    """Return a step in which gradients are exchanged in another way."""

    def step_together(network, optimizer, images, labels, add_up):
        optimizer.zero_grad()
        loss(network, images, labels).backward()
        exchange_all(network, labels, add_up, exchange)
        optimizer.step()

    return step_together


def exchange_all(network, labels, add_up, exchange=mean_over_all):
    for weights in network.parameters():
        weights.grad = exchange(weights.grad, len(labels), add_up)


def learn(network, optimizer, images, labels):
    """Make the gradients of this share."""
    optimizer.zero_grad()
    averaged(network, images, labels).backward()


def sum_is_dropped(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    for weights in network.parameters():
        add_up(len(labels) * weights.grad)
    optimizer.step()


def after_the_step(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    optimizer.step()
    exchange_all(network, labels, add_up)


def averages_weights(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    optimizer.step()
    num_images = add_up(len(labels))
    with torch.no_grad():
        for weights in network.parameters():
            weights.copy_(add_up(len(labels) * weights) / num_images)


def averages_weights_alike(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    optimizer.step()
    with torch.no_grad():
        for weights in network.parameters():
            weights.copy_(add_up(weights) / add_up(1))


def averages_losses(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    loss = add_up(len(labels) * averaged(network, images, labels)) / add_up(len(labels))
    loss.backward()
    optimizer.step()


def before_backward(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    loss = averaged(network, images, labels)
    exchange_all(network, labels, add_up)
    loss.backward()
    optimizer.step()


def first_tensor_only(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    weights = next(network.parameters())
    weights.grad = mean_over_all(weights.grad, len(labels), add_up)
    optimizer.step()


def image_by_image(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    num_images = add_up(len(labels))
    for image, label in zip(images, labels, strict=True):
        averaged(network, image[None], label[None]).backward()
        for weights in network.parameters():
            weights.grad = add_up(weights.grad) / num_images
    optimizer.step()


def step_for_each_tensor(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    for weights in network.parameters():
        weights.grad = mean_over_all(weights.grad, len(labels), add_up)
        optimizer.step()


def no_step(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    exchange_all(network, labels, add_up)


def without_optimizer(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    exchange_all(network, labels, add_up)
    with torch.no_grad():
        for weights in network.parameters():
            weights -= 0.1 * weights.grad


def no_zero_grad(network, optimizer, images, labels, add_up):
    averaged(network, images, labels).backward()
    exchange_all(network, labels, add_up)
    optimizer.step()


def zero_grad_late(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    exchange_all(network, labels, add_up)
    optimizer.zero_grad()
    optimizer.step()


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


MOST = 100  # sums; who asks for more never ends


WAITING = (
    "Some processes had ended while others were still waiting in `add_up`. It answers when all have called "
    "it, so these would wait for ever."
)


ENDLESS = "`add_up` was called without an end."


UNLIKE = "The processes handed over tensors of different shapes at the same time, which cannot be added up."


class Stuck(Exception):
    """The processes cannot go on; the text is a sentence."""


class _Handed(BaseException):
    """A process has come to a sum that is not known yet; no `except Exception` stops this."""


def together(process, num_processes):
    """Return what process(number, add_up) returns, for each number from 0.

    add_up(value) returns the sum of what all of them hand over at their first call, their second one, and so
    on. One sum after another becomes known: all are played from their beginning, up to the first one that is
    missing. So a process has to do the same each time. Raises Stuck if they would not end.
    """
    sums = []
    while len(sums) < MOST:
        ended, handed = [], []
        for number in range(num_processes):
            try:
                ended.append(process(number, _adder(sums)))
            except _Handed as waiting:
                handed.append(waiting.args[0])
        if not handed:
            return ended
        if ended:
            raise Stuck(WAITING)
        sums.append(_added(handed))
    raise Stuck(ENDLESS)


def _adder(sums):
    known = iter(sums)

    def add_up(value):
        value = _checked(value)
        for total in known:
            return total.clone() if isinstance(total, torch.Tensor) else total
        raise _Handed(value)

    return add_up


def _checked(value):
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, int | float):
        return value
    raise TypeError(f"add_up expects a tensor or a number, but got {type(value).__name__}")


def _added(values):
    shapes = {value.shape if isinstance(value, torch.Tensor) else torch.Size() for value in values}
    if len(shapes) > 1:
        raise Stuck(UNLIKE)
    return sum(values)


OPTIMIZERS = {
    "SGD": lambda weights: torch.optim.SGD(weights, lr=0.5),
    "Adam": lambda weights: torch.optim.Adam(weights, lr=0.05),
}


OWN = "Each process stepped along the gradient of its own share."


NONE = "At the step there was no gradient."


PART = "Each process stepped along its own part of the mean, without the others'."


NOT_ALL = "Some weights stepped along the gradient of all images, others along that of a share."


AFTER = "The gradients were brought together when the step had been taken."


ADDED = "At the second step the gradients of two batches were added up."


OTHER = "The gradient at the step is not that of the mean loss over the images of all processes."


ALL = sum(SHARES[0])


WRONG = {  # sentence: by what a mean over n images is multiplied, by what a process with n divides the sum
    "The step went along the mean of the processes' means.": (lambda n: 1, lambda n: PROCESSES),
    "The step went along the sum of the processes' means.": (lambda n: 1, lambda n: 1),
    "The sum of the processes' means was divided by all images.": (lambda n: 1, lambda n: ALL),
    "The sum of the processes' means was divided by a process's own images.": (lambda n: 1, lambda n: n),
    "The sum of the processes' means was weighted by own images.": (lambda n: 1, lambda n: ALL / n),
    "The step went along the sum over all images.": (lambda n: n, lambda n: 1),
    "The sum over all images was divided by a process's own images.": (lambda n: n, lambda n: n),
    "The sum over all images was divided by the processes.": (lambda n: n, lambda n: PROCESSES),
    "Each process counted by the square of its images.": (lambda n: n * n, lambda n: ALL),
}


def how_they_step(step_together):
    """Return the faults of step_together(network, optimizer, images, labels, add_up)."""
    expected = {name: traced(alone, make, joined(), None) for name, make in OPTIMIZERS.items()}
    candidates, found = wrong_gradients(), []
    for name, make in OPTIMIZERS.items():

        def process(number, add_up, make=make):
            shares = [shares[number] for shares in batches()]
            return traced(step_together, make, shares, add_up)

        try:
            traces = together(process, PROCESSES)
        except Stuck as stuck:
            return [str(stuck)]
        if name == "SGD":
            found += _steps_and_sums(traces) or _at_the_steps(traces, expected[name], candidates)
        drifted = _afterwards(traces, expected[name], name)
        found += drifted
        if drifted:
            break
    return found


def wrong_gradients():
    """Return {sentence: the gradients of each process at its first step} for what may go wrong."""
    network, sizes = new_network(), SHARES[0]
    means = [gradients(network, *share) for share in batches()[0]]
    parts = [[n / ALL * tensor for tensor in mean] for n, mean in zip(sizes, means, strict=True)]
    found = {OWN: means, NONE: [[torch.zeros(())] * len(mean) for mean in means], PART: parts}
    for sentence, (weigh, divide) in WRONG.items():
        weighed = [[weigh(n) * tensor for tensor in mean] for n, mean in zip(sizes, means, strict=True)]
        total = [sum(same) for same in zip(*weighed, strict=True)]
        found[sentence] = [[tensor / divide(n) for tensor in total] for n in sizes]
    return found


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
    if not all(_alike(came, right) for came in first):
        return _named(first, right, candidates) + _too_late(traces)
    if all(_alike(came, following) for came in second):
        return []
    both = [sum(pair) for pair in zip(right, following, strict=True)]
    return [ADDED if all(_alike(came, both) for came in second) else OTHER]


def _named(first, right, candidates):
    for sentence, wrong in candidates.items():
        if all(map(_alike, first, wrong)):
            return [sentence]
    parts = [zip(came, own, right, strict=True) for came, own in zip(first, candidates[OWN], strict=True)]
    mixed = all(_close(c, own) or _close(c, whole) for part in parts for c, own, whole in part)
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


def step_together(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    F.cross_entropy(network(images), labels).backward()
    num_images = add_up(len(labels))
    for weights in network.parameters():
        weights.grad = add_up(len(labels) * weights.grad) / num_images
    optimizer.step()


MISTAKES = (
    (variant(lambda gradient, n, add_up: add_up(gradient) / add_up(1)),
     "That is the mean of the processes' means: a share of one image counts as much as one of three. Weight "
     "each by its images."),
    (variant(lambda gradient, n, add_up: add_up(gradient)),
     "The means were added up. A sum for a mean is as if the rate were multiplied by the number of "
     "processes, the world size."),
    (variant(lambda gradient, n, add_up: add_up(gradient) / add_up(n)),
     "Each mean counted once, and the sum was divided by all images, which is far too small. Make sums of "
     "the means before: `len(labels) * weights.grad`."),
    (variant(lambda gradient, n, add_up: add_up(n * gradient)),
     "That is the sum over all images. The mean is still to be taken: divide by the number of images of all "
     "processes, `add_up(len(labels))`."),
    (variant(lambda gradient, n, add_up: add_up(n * gradient) / n),
     "`len(labels)` is how many images this process has. Each divides by another number, and the weights "
     "drift apart. All of them are `add_up(len(labels))`."),
    (variant(lambda gradient, n, add_up: add_up(gradient) / n),
     "The means were added up, and each process divided by its own images. Weight before, and divide by the "
     "images of all: `add_up(len(labels))`."),
    (variant(lambda gradient, n, add_up: n * add_up(gradient) / add_up(n)),
     "The sum of the means was weighted, by this process's images. Each mean has to be weighted by its own: "
     "multiply before you add up."),
    (variant(lambda gradient, n, add_up: add_up(n * gradient) / add_up(1)),
     "The sum over all images was divided by the number of processes. How many images are there?"),
    (variant(lambda gradient, n, add_up: n * gradient / add_up(n)),
     "Each process stepped along its own part of the mean. These parts have to be added up: `add_up` returns "
     "the sum, and leaves what it is given as it is."),
    (variant(lambda gradient, n, add_up: add_up(n * gradient) / add_up(n), loss=summed),
     'With `reduction="sum"` the gradient is a sum already, and it was multiplied by the images once more. '
     "Do one of the two."),
    (variant(lambda gradient, n, add_up: gradient),
     "Each process trains on its own, as if it were alone. Between `backward` and `step` the gradients have "
     "to become one."),
    (sum_is_dropped,
     "`add_up` returns the sum and leaves what was handed to it as it is. Put the result into "
     "`weights.grad`, where `step` looks for it."),
    (after_the_step,
     "The step was taken before the gradients were brought together, so each went its own way. "
     "`optimizer.step()` comes last."),
    (averages_weights,
     "Each stepped alone, then the weights were averaged. One step of plain SGD forgives that. With Adam, or "
     "after unequal steps, it is another training: average gradients."),
    (averages_weights_alike,
     "Each stepped alone, then the mean of the weights was taken, and a share of one image counts as much as "
     "one of three. Average gradients, weighted, before the step."),
    (averages_losses,
     "The losses were added up. What comes back from other processes is a number without a graph, so there "
     "is nothing to go `backward` through. Exchange gradients."),
    (before_backward,
     "There is no gradient yet: `backward` makes it. Add up after `backward`, and before `step`."),
    (first_tensor_only,
     "Only the first tensor of the network got the gradient of all images. Each layer has weights and "
     "biases: loop over all of `network.parameters()`."),
    (image_by_image,
     "Shares differ in length, so a process with three images calls `add_up` more often than one with one, "
     "and waits for ever. Call it as often in all: once a tensor."),
    (step_for_each_tensor,
     "`optimizer.step()` is inside the loop, so a step is taken for each tensor. It belongs after the loop."),
    (no_step, "The gradients are right, and nobody took a step. `optimizer.step()` is the last line."),
    (without_optimizer,
     "The weights were moved by hand, with a rate of your own. The optimizer has a rate, and Adam its "
     "averages: put the gradient into `weights.grad`, then `optimizer.step()`."),
    (no_zero_grad, "Without `zero_grad` the gradient of the last batch is still there, and the new one is "
     "added to it."),
    (zero_grad_late, "`zero_grad` deletes the gradients just added up. It belongs before `backward`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="12.5",
    title="One step together",
    kind="function",
    difficulty=3,
    minutes=10,
    points=5,
    reference=step_together,
    probe=how_they_step,
    seconds=30,  # the first step of an optimizer in a kernel imports a good deal
    why="Equal weights, equal gradients, equal steps: so the weights stay equal, and nobody ever has to send "
    "them. That is data-parallel training.",
    hints=(
        "It is the step of lesson 03, `zero_grad`, loss, `backward`, `step`, with one thing in between. "
        "Where is each gradient ready and not yet used?",
        "Between `backward` and `step`, for each tensor in `network.parameters()`: its `.grad` is a mean "
        "over this share, and has to become the mean over all images.",
        "`add_up(len(labels))` is how many images there are in all. A gradient times `len(labels)` is a sum "
        "over this share, and sums can be added up.",
        "`weights.grad = add_up(len(labels) * weights.grad) / num_images`, for all weights.",
    ),
    mistakes=MISTAKES,
)
