"""Digits as they were not in training: shifted, turned, noisy, blurred, thicker, thinner.

Each function takes a batch of float images (N, C, S, S) and a strength of at least 0, and returns a
new batch; strength 0 leaves every value as it is. What is drawn depends on the seed alone and is the
same on every device: image i of any batch gets the same draw, so give a whole set at once.
background is black, −1 for images of mean 0.5 and std 0.5.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from mnist_lab.data.augment import affine_batch, check_square
from mnist_lab.ranges import check_number, check_seed

import torch
from torch.nn import functional as F
from torchvision.transforms.v2.functional import gaussian_blur


def shift(images, strength, *, background=-1.0, seed=0):
    """Move each image by strength pixels to the right, left, bottom or top, drawn for each image."""
    check_strength(images, strength)
    ways = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    drawn = torch.randint(4, (len(images),), generator=torch.Generator().manual_seed(check_seed(seed)))
    return moved(images, pixels=ways[drawn] * strength, background=background)


def rotate(images, strength, *, background=-1.0, seed=0):
    """Turn each image by strength degrees, this way or that, drawn for each image."""
    check_strength(images, strength)
    drawn = torch.randint(2, (len(images),), generator=torch.Generator().manual_seed(check_seed(seed)))
    return moved(images, degrees=(drawn * 2.0 - 1) * strength, background=background)


def add_noise(images, strength, *, seed=0):
    """Add to each pixel a normal draw of standard deviation strength; black to white is 2 for −1 to 1.

    Nothing is clamped, so that the noise has this standard deviation everywhere.
    """
    check_strength(images, strength)
    draws = torch.randn(images.shape, generator=torch.Generator().manual_seed(check_seed(seed)))
    return images + strength * draws.to(images)


def blur(images, strength, *, background=-1.0):
    """Blur with a Gaussian of standard deviation strength, in pixels; what lies outside is background."""
    check_strength(images, strength)
    if strength == 0:
        return images.clone()
    reach = math.ceil(3 * strength)
    framed = F.pad(images, [reach] * 4, value=background)
    blurred = gaussian_blur(framed, kernel_size=[2 * reach + 1] * 2, sigma=[strength] * 2)
    return blurred[..., reach:-reach, reach:-reach]


def thicken(images, strength, *, background=-1.0):
    """Make each stroke strength pixels wider, a whole number: each pixel gets its brightest neighbour.

    The neighbours are a square of strength + 1 pixels (grey-scale dilation); an odd strength moves
    the strokes by half a pixel, up and to the left.
    """
    check_strength(images, strength, whole=True)
    strength = int(strength)
    before = strength // 2
    framed = F.pad(images, [before, strength - before] * 2, value=background)
    return F.max_pool2d(framed, kernel_size=strength + 1, stride=1)


def thin(images, strength, *, background=-1.0):
    """Make each stroke strength pixels narrower, a whole number: each pixel gets its darkest neighbour.

    The neighbours are a square of strength + 1 pixels (grey-scale erosion).
    """
    return -thicken(-images, strength, background=-background)


class Corruption(NamedTuple):
    """A function of (images, strength), strengths from 0 upwards, and what a strength counts."""

    function: Callable
    strengths: tuple
    unit: str


CORRUPTIONS = {
    "shift": Corruption(shift, (0, 1, 2, 3, 4, 6), "pixels"),
    "rotation": Corruption(rotate, (0, 10, 20, 30, 45, 60), "degrees"),
    "noise": Corruption(add_noise, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0), "standard deviation, black to white is 2"),
    "blur": Corruption(blur, (0.0, 0.5, 1.0, 1.5, 2.0, 3.0), "standard deviation in pixels"),
    "thicker": Corruption(thicken, (0, 1, 2, 3, 4), "pixels"),
    "thinner": Corruption(thin, (0, 1, 2), "pixels"),
}


def moved(images, *, background, degrees=None, pixels=None):
    """Return affine_batch of the images, or an exact copy if no image is to move."""
    n = len(images)
    degrees = torch.zeros(n) if degrees is None else degrees
    pixels = torch.zeros(n, 2) if pixels is None else pixels
    if not degrees.any() and not pixels.any():
        return images.clone()
    return affine_batch(images, degrees=degrees, scale=torch.ones(n), pixels=pixels, background=background)


def check_strength(images, strength, *, whole=False):
    """Raise ValueError for what is no batch of square float images, or a strength that makes no sense."""
    check_square(images)
    check_number("strength", strength, 0.0, 1e6, advice="0 changes nothing")
    if whole and strength != int(strength):
        raise ValueError(
            f"strokes grow and shrink by whole pixels, but got the strength {strength}; use 0, 1 or 2."
        )
