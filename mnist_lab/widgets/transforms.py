"""Lesson 02: what a random transform does to the digits."""

from typing import NamedTuple

from mnist_lab.plots.data import transform_grid
from mnist_lab.widgets.convolution_explorer import as_images
from mnist_lab.widgets.explorer import Choice, Explorer, Slider

import torch
from torchvision.transforms import v2

SMOOTH = v2.InterpolationMode.BILINEAR


class Dial(NamedTuple):
    """A transform with a strength: make(amount) builds it, amount is unit times the slider's strength."""

    unit: float
    says: str
    make: object


TRANSFORMS = {
    "rotation": Dial(
        9, "up to {:.0f} degrees either way", lambda x: v2.RandomRotation(x, interpolation=SMOOTH)
    ),
    "shift": Dial(
        0.05, "up to {:.0%} of the side along each axis", lambda x: v2.RandomAffine(0, translate=(x, x))
    ),
    "scale": Dial(
        0.08,
        "up to {:.0%} smaller or larger",
        lambda x: v2.RandomAffine(0, scale=(1 - x, 1 + x), interpolation=SMOOTH),
    ),
    "slant": Dial(
        6, "up to {:.0f} degrees either way", lambda x: v2.RandomAffine(0, shear=x, interpolation=SMOOTH)
    ),
    "elastic": Dial(20, "alpha {:.0f}, sigma 4", lambda x: v2.ElasticTransform(alpha=float(x), sigma=4.0)),
}


def transform_playground(images, *, transforms=None, transform="rotation", strength=3, seed=0):
    """Return a widget: a transform, its strength from 0 to 10 and a seed; digits before and after.

    images are (N, H, W) with a black of 0. transforms is a dict of name: function that takes the
    strength and returns the transform; yours join the five that are there. Equal seeds draw equally.
    """
    images = as_images(images)[:, None]
    own = {name: Dial(1, "strength {:.0f}", make) for name, make in (transforms or {}).items()}
    known = {**TRANSFORMS, **own}

    def draw(transform, strength, seed):
        dial = known[transform]
        amount = dial.unit * strength
        change = dial.make(amount)
        # the lesson's own random numbers go on as if nothing was drawn here
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            draws = [torch.stack([change(image) for image in images]) for _ in range(2)]
        rows = {"before": images, "after": draws[0], "again": draws[1]}
        words = f"{transform}: {dial.says.format(amount)}. Every image gets an amount of its own."
        limits = float(images.min()), float(images.max())
        return transform_grid(rows, limits=limits, title=f"{transform}, strength {strength}"), words

    controls = {
        "transform": Choice("Transform", list(known), transform),
        "strength": Slider("Strength", 0, 10, strength),
        "seed": Slider("Seed", 0, 20, seed),
    }
    how = "Choose a transform, its strength and a seed, and see the digits before and after."
    return Explorer(draw, controls, name="Transform playground", css="transforms", how=how)
