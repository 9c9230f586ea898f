"""Exercise 8.11: Patient 9, out of bounds."""

from math import isclose, isfinite

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch import nn
from torch.nn import functional as F


def train_with_sgd(model, loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for images, labels in loader:
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def two_batches_over_and_over(seed):
    """Return a network of three layers, and two batches of 16 samples in 3 classes, to be seen 50 times."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        layers = [nn.Linear(6, 32), nn.LeakyReLU(), nn.Linear(32, 32), nn.LeakyReLU(), nn.Linear(32, 3)]
        batches = [(5 * torch.randn(16, 1, 1, 6), torch.randint(3, (16,))) for _ in range(2)]
    return nn.Sequential(nn.Flatten(), *layers), batches * 50


def where_it_ends(train, generator):
    """Is everything finite after 100 steps on two batches, has the loss fallen, and by steps of plain SGD?"""
    seed, outputs = whole_number(generator, 0, 999_999), []
    model, loader = two_batches_over_and_over(seed)
    handle = model.register_forward_hook(lambda *call: outputs.append(call[-1].detach()))
    losses = train(model, loader)
    handle.remove()
    if not isinstance(losses, list | tuple):
        return ["A list of losses was to come back."]
    faults = []
    if not all(weight.isfinite().all() for weight in model.parameters()):
        faults.append("Weights of the network are nan or infinite at the end.")
    if len(losses) != len(loader):
        faults.append(f"Of {len(loader)} batches {len(losses)} left a loss.")
    elif not all(isfinite(loss) for loss in losses):
        faults.append("Among the losses is nan, or one without end.")
    return faults or _learned(model, seed, losses, outputs) or _small_steps(train, seed)


def _learned(model, seed, losses, outputs):
    start, loader = two_batches_over_and_over(seed)
    images, labels = map(torch.cat, zip(*loader[:2], strict=True))
    before, after = (F.cross_entropy(each(images), labels).item() for each in (start, model))
    if after == before:
        return ["The loss of two batches, seen over and over, has not moved at all."]
    pairs = zip(outputs[: len(loader)], loader, strict=False)
    own = [F.cross_entropy(output, labels).item() for output, (_, labels) in pairs]
    if not all(isclose(loss, right, rel_tol=1e-3) for loss, right in zip(losses, own, strict=False)):
        return ["The list does not hold the losses of the batches."]
    higher = "The loss of two batches, seen over and over, is higher at the end than it was at the start."
    return [higher] if after > before else []


def _small_steps(train, seed):
    """Is each step the gradient times one rate? This gradient is so small that nobody clips it."""
    steps, labels = [], torch.zeros(16, dtype=torch.long)
    images = torch.zeros(16, 1, 1, 6, dtype=torch.double)
    for num_steps in (1, 3):
        model = two_batches_over_and_over(seed)[0].double()
        model[-1].bias.data[0] += 10
        weights = list(model.parameters())
        gradient = _in_a_row(torch.autograd.grad(F.cross_entropy(model(images), labels), weights))
        before = _in_a_row(weights)
        train(model, [(images, labels)] * num_steps)
        steps.append(before - _in_a_row(weights))
    if F.cosine_similarity(steps[0], gradient, dim=0) < 0.99:
        return ["A step does not go along the gradient, as a step of plain SGD does."]
    rate, times = (steps[0].norm() / gradient.norm()).item(), (steps[1].norm() / steps[0].norm()).item()
    if rate > 1.5:
        return [f"The rate is still {rate:.3g}; only the gradients are cut short."]
    if rate < 0.0005:
        return ["The steps are so small that the loss hardly falls."]
    far = f"Three steps by one gradient go {times:.2g} times as far as one, so it is not plain SGD."
    return [] if 2.9 < times < 3.1 else [far]


def _in_a_row(tensors):
    return torch.cat([tensor.detach().flatten() for tensor in tensors])


RATE, STEP = "lr=0.1", "optimizer.step()"
AS_GIVEN = {RATE: "lr=10"}

MISTAKES = (
    (AS_GIVEN | {"loss.item()": "loss.item() if loss.isfinite() else 0.0"},
     "Silenced, not mended: the list looks healthy now, and the weights are still `nan`. Look at the step "
     "that is taken."),
    (AS_GIVEN | {STEP: f"if not loss.isfinite():\n            continue\n        {STEP}"},
     "The batches are skipped after the harm is done: the weights were ruined by the steps before. Make the "
     "steps smaller."),
    (RATE, "lr=10.0",  # as 10 it would be the code as it was given
     "Most likely the learning rate is still too large: the steps overshoot until nothing finite is left. It "
     "is the one number to change."),
    (AS_GIVEN | {STEP: f"nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n        {STEP}"},
     "The numbers stay finite, perhaps because the gradients are clipped, and the loss ends higher than it "
     "began: the steps still overshoot. The rate is what is wrong."),
    (RATE, "lr=1e-4",
     "Stable, and so small that hardly a weight moves. Between this rate and the first one there is a wide "
     "range that works."),
    (RATE, "lr=0.0",
     "No weight has moved. With a rate of 0, or without `step`, nothing can go wrong, and nothing is "
     "learned."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.11",
    title="Patient 9, out of bounds",
    difficulty=1,
    minutes=3,
    points=2,
    reference=train_with_sgd,
    given={"lr=0.1": "lr=10"},
    probe=where_it_ends,
    seconds=20.0,  # a kernel's first optimizer imports much
    why="A NaN is the end of a story that began several steps earlier: a step too large, a slope larger "
    "still. Nothing that is done to the NaN itself changes it.",
    hints=(
        "The loss grows before it becomes `nan`. What makes a step too large?",
        "One number is to change. For plain SGD 0.1 or 0.01 are common.",
        "`lr=0.1` in the first line. The loop is all right.",
    ),
    mistakes=MISTAKES,
)
