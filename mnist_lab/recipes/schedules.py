"""How the learning rate goes over the steps of a run."""

import math

from torch.optim import lr_scheduler


def make_schedule(optimizer, kind, *, steps, epoch_steps, **options):
    """Return torch's scheduler of that kind, whose step() comes after each step of the optimizer.

    "constant"; "triangle" (linear up, linear down) and "cosine" (linear up, half a cosine down), with
    options warmup, start and final; "step": times gamma after each epoch; "one-cycle": OneCycleLR.
    """
    if kind == "one-cycle":
        highest = optimizer.param_groups[0]["lr"]
        return lr_scheduler.OneCycleLR(optimizer, highest, total_steps=steps, cycle_momentum=False, **options)
    if kind == "step":
        return lr_scheduler.StepLR(optimizer, step_size=epoch_steps, **options)
    shapes = {"constant": constant, "triangle": triangle, "cosine": cosine}
    if kind not in shapes:
        known = ", ".join([*shapes, "step", "one-cycle"])
        raise ValueError(f"There is no schedule {kind!r}; there are {known}.")
    return lr_scheduler.LambdaLR(optimizer, lambda step: shapes[kind](step / steps, **options))


def constant(time):
    return 1.0


def triangle(time, *, warmup=0.2, start=0.1, final=0.0):
    """Return the share of the highest rate at a time in [0, 1]: linear up over warmup, linear down after."""
    if time < warmup:
        return max(time / warmup, start)
    return 1 - (1 - final) * (time - warmup) / (1 - warmup)


def cosine(time, *, warmup=0.1, start=0.1, final=0.0):
    """Return the share of the highest rate at a time in [0, 1]: linear up over warmup, half a cosine down."""
    if time < warmup:
        return max(time / warmup, start)
    return final + (1 - final) * (1 + math.cos(math.pi * (time - warmup) / (1 - warmup))) / 2
