"""Lesson 03: one batch learns, step by step."""

import copy
import math
from typing import NamedTuple

from mnist_lab.plots.explored import one_step
from mnist_lab.ranges import check_number
from mnist_lab.training import check_finite
from mnist_lab.widgets.explorer import Explorer, Slider

import torch
from torch.nn import functional as F

SHOWN_IMAGES = 10


class Steps(NamedTuple):
    """A network on one batch, after 0, 1, 2 … steps: losses, logits of some images, change of each layer."""

    losses: list
    logits: list
    changes: dict


def watch_one_batch(
    model, images, labels, *, num_steps=15, learning_rate=0.001, make_optimizer=torch.optim.Adam, step=0
):
    """Return a widget: a step; the loss of the batch, the logits, and how far each layer has moved.

    images (N, 1, H, W) and labels (N,) are one batch. A copy of the model learns it beforehand; the model
    itself is left as it was, and so are torch's random numbers on the CPU.
    """
    check_number("num_steps", num_steps, 1, advice="15 is a good start")
    steps = learn_one_batch(model, images, labels, num_steps, learning_rate, make_optimizer)
    shown = labels[:SHOWN_IMAGES].tolist()
    same = {
        "labels": shown,
        "changes": steps.changes,
        "limit": 2.0,  # a larger logit is as dark: the first steps are to be seen as well
        "reference": clueless(steps.logits[0].shape[1]),
    }

    def draw(step):
        logits, title = steps.logits[step], f"One batch after {step} of {num_steps} steps"
        num_right = sum(row.argmax().item() == label for row, label in zip(logits, shown, strict=True))
        words = (
            f"After {step} steps the loss of the batch is {steps.losses[step]:.3f} nats; {num_right} of the "
            f"{len(shown)} images shown have their highest logit at the right class."
        )
        return one_step(steps.losses, step, logits=logits, **same, title=title), words

    controls = {"step": Slider("Steps taken", 0, num_steps, step)}
    how = "Move through the steps, forwards and back, and see the loss, the logits and the weights change."
    return Explorer(draw, controls, name="One batch learns", css="step", how=how)


def clueless(num_classes):
    """Return the loss of a network that knows nothing, as (name, loss)."""
    return f"clueless: ln {num_classes}", math.log(num_classes)


def learn_one_batch(model, images, labels, num_steps, learning_rate, make_optimizer):
    """Return the Steps of a copy of the model on one batch."""
    with torch.random.fork_rng(devices=[]):
        model = copy.deepcopy(model).train()
        optimizer = make_optimizer(model.parameters(), lr=learning_rate)
        layers = dict(weighted_layers(model))
        start = {name: layer.weight.detach().clone() for name, layer in layers.items()}
        steps = Steps([], [], {name: [] for name in start})
        for _ in range(num_steps + 1):
            logits = model(images)
            loss = F.cross_entropy(logits, labels)
            check_finite(loss.item(), optimizer)
            steps.losses.append(loss.item())
            steps.logits.append(logits[:SHOWN_IMAGES].detach().cpu())
            for name, layer in layers.items():
                moved = (layer.weight.detach() - start[name]).norm() / start[name].norm()
                steps.changes[name].append(moved.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return steps


def weighted_layers(model):
    """Return (name, layer) of every layer with weights that are not all zero."""
    layers = [(name, layer) for name, layer in model.named_modules() if hasattr(layer, "weight")]
    return [(name, layer) for name, layer in layers if layer.weight is not None and layer.weight.any()]
