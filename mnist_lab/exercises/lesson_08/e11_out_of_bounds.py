"""Exercise 8.11: Patient 9, out of bounds."""

from math import isclose, isfinite

from mnist_lab.exercises.engine.model import Exercise

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


def one_batch_over_and_over():
    """Return a network of three layers, and a batch of 16 samples in 3 classes to be seen 100 times."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        layers = [nn.Linear(6, 32), nn.LeakyReLU(), nn.Linear(32, 32), nn.LeakyReLU(), nn.Linear(32, 3)]
        images, labels = 5 * torch.randn(16, 1, 1, 6), torch.randint(3, (16,))
    return nn.Sequential(nn.Flatten(), *layers), [(images, labels)] * 100


def where_it_ends(train):
    """Is everything finite after 100 steps on one batch, has its loss fallen, and by steps of plain SGD?"""
    model, loader = one_batch_over_and_over()
    images, labels = loader[0]
    losses = train(model, loader)
    if not isinstance(losses, list | tuple):
        return ["A list of losses was to come back."]
    faults = []
    if not all(weight.isfinite().all() for weight in model.parameters()):
        faults.append("Weights of the network are nan or infinite at the end.")
    if len(losses) != len(loader):
        faults.append(f"Of {len(loader)} batches {len(losses)} left a loss.")
    elif not all(isfinite(loss) for loss in losses):
        faults.append("Among the losses is nan, or one without end.")
    return faults or _learned(model, images, labels, losses) or _one_small_step(train)


def _learned(model, images, labels, losses):
    before = F.cross_entropy(one_batch_over_and_over()[0](images), labels).item()
    after = F.cross_entropy(model(images), labels).item()
    if after == before:
        return ["The loss of one batch, seen over and over, has not moved at all."]
    if after > before:
        return ["The loss of one batch, seen over and over, is higher at the end than it was at the start."]
    if after > 0.95 * before:
        return ["The loss of one batch, seen over and over, has hardly fallen."]
    if not isclose(losses[0], before, rel_tol=1e-3):
        return ["The list does not hold the losses of the batches."]
    return []


def _one_small_step(train):
    """Is a single step the gradient times a rate? This gradient is so small that nobody clips it."""
    model, labels = one_batch_over_and_over()[0].double(), torch.zeros(16, dtype=torch.long)
    images = torch.zeros(16, 1, 1, 6, dtype=torch.double)
    model[-1].bias.data[0] += 10
    weights = list(model.parameters())
    gradient = _in_a_row(torch.autograd.grad(F.cross_entropy(model(images), labels), weights))
    before = _in_a_row(weights)
    train(model, [(images, labels)])
    step = before - _in_a_row(weights)
    if F.cosine_similarity(step, gradient, dim=0) < 0.99:
        return ["A step does not go along the gradient, as a step of plain SGD does."]
    rate = (step.norm() / gradient.norm()).item()
    return [f"The rate is still {rate:.3g}; only the gradients are cut short."] if rate > 1.5 else []


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
     "Clipped gradients keep the numbers finite, and the steps still overshoot: the loss ends higher than it "
     "began. The rate is what is wrong."),
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
    kind="training",
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
