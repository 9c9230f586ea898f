"""Lesson 08: four networks whose loss stays at 2.30, made ill here, and the facts about each."""

from mnist_lab.data import InMemoryLoader, load_digits
from mnist_lab.exercises.lesson_08 import CAUSES

import torch
from torch import nn
from torch.nn import functional as F

NUM_STEPS, BATCH_SIZE = 50, 64
RATES = {"D": 1e-8}  # of Adam; 0.003 for all others


def case_notes():
    """Return the facts about the four cases of exercise 8.3 as text, a line each."""
    images, labels = next(iter(InMemoryLoader(load_digits().train, batch_size=NUM_STEPS * BATCH_SIZE)))
    lines = [
        "         loss on new    gradient of the first layer   largest  one batch,",
        "         batches        after backward  before step   change   over and over",
    ]
    for number, illness in enumerate(CAUSES, 1):
        lines.append(f"case {number}   {_row(illness, images, labels)}")
    return "\n".join(lines)


def _row(illness, images, labels):
    fresh, again = (_train(illness, images, labels, same=same) for same in (False, True))
    first, last = fresh["losses"][0], sum(fresh["losses"][-10:]) / 10
    change = f"{fresh['change']:.0e}" if fresh["change"] else "0"
    over_and_over = f"{again['losses'][0]:.2f} → {again['losses'][-1]:.2f}"
    return (
        f"{first:.2f} → {last:.2f}    {_shown(fresh['after']):<14}  {_shown(fresh['before']):<12}  "
        f"{change:<7}  {over_and_over}"
    )


def _train(illness, images, labels, *, same):
    """Train an ill network on new batches or on one, and return what was seen on the way."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        model, other, shuffled = _network(), _network(), torch.randperm(len(labels))
    watched = other if illness == "C" else model
    optimizer = torch.optim.Adam(watched.parameters(), lr=RATES.get(illness, 0.003))
    if illness == "B":
        labels = labels[shuffled]
    start, seen = model[1].weight.detach().clone(), {"losses": []}
    for step in range(NUM_STEPS):
        part = slice(0, BATCH_SIZE) if same else slice(step * BATCH_SIZE, (step + 1) * BATCH_SIZE)
        loss = F.cross_entropy(model(images[part]), labels[part])
        seen["losses"].append(loss.item())
        _update(illness, model, optimizer, loss, seen)
    seen["change"] = (model[1].weight - start).abs().max().item()
    return seen


def _update(illness, model, optimizer, loss, seen):
    """Three lines of a loop, in the order that the illness has, with a look at the gradient."""
    model.zero_grad()
    if illness == "A":
        seen["before"] = model[1].weight.grad
        optimizer.step()
    loss.backward()
    seen["after"] = model[1].weight.grad.clone()
    if illness != "A":
        seen["before"] = model[1].weight.grad.clone()
        optimizer.step()


def _network():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))


def _shown(gradient):
    return "none" if gradient is None else f"norm {gradient.norm().item():.2f}"
