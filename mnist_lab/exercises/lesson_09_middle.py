"""Lesson 09: a drawing moved to the middle by its mass, right and in many wrong ways."""

import math

import torch
from torch.nn import functional as F


def centre_drawing(image):
    mass = image.sum()
    if mass == 0:
        return image.clone()
    height, width = image.shape
    row = (image.sum(dim=1) * torch.arange(height)).sum() / mass
    column = (image.sum(dim=0) * torch.arange(width)).sum() / mass
    down = round((height - 1) / 2 - row.item())
    right = round((width - 1) / 2 - column.item())
    return F.pad(image, (right, -right, down, -down))


# What a known wrong answer takes for the place of the ink, for the middle, how it rounds and moves.


def by_mass(image):
    height, width = image.shape
    row = (image.sum(dim=1) * torch.arange(height)).sum() / image.sum()
    column = (image.sum(dim=0) * torch.arange(width)).sum() / image.sum()
    return row.item(), column.item()


def by_box(image):
    rows, columns = image.sum(dim=1).nonzero(), image.sum(dim=0).nonzero()
    return (rows[0] + rows[-1]).item() / 2, (columns[0] + columns[-1]).item() / 2


def by_ink(image):
    return by_mass((image > 0).float())


def by_brightest(image):
    place = image.argmax().item()
    return place // image.shape[1], place % image.shape[1]


def by_columns_first(image):
    return by_mass(image)[::-1]


def from_one(image):
    row, column = by_mass(image)
    return row + 1, column + 1


def over_all_pixels(image):
    height, width = image.shape
    row = (image.sum(dim=1) * torch.arange(height)).sum() / (height * width)
    column = (image.sum(dim=0) * torch.arange(width)).sum() / (height * width)
    return row.item(), column.item()


def over_the_ink(image):
    share = image.sum().item() / (image > 0).sum().item()
    row, column = by_mass(image)
    return row * share, column * share


def by_most(image):
    return image.sum(dim=1).argmax().item(), image.sum(dim=0).argmax().item()


def sums_exchanged(image):
    height, width = image.shape
    row = (image.sum(dim=0) * torch.arange(height)).sum() / image.sum()
    column = (image.sum(dim=1) * torch.arange(width)).sum() / image.sum()
    return row.item(), column.item()


def last_half(length):
    return (length - 1) / 2


def push(image, down, right):
    return F.pad(image, (right, -right, down, -down))


def roll(image, down, right):
    return image.roll((down, right), dims=(0, 1))


def pushed_by_others(image, down, right):
    return F.pad(image, (down, -down, right, -right))


def larger(image, down, right):
    return F.pad(image, (max(right, 0), max(-right, 0), max(down, 0), max(-down, 0)))


def smeared(image, down, right):
    moved = push(image, down, right)
    return torch.maximum(moved, image)


def variant(
    *, place=by_mass, middle=last_half, whole=round, move=push, sign=1, axes=(1, 1), empty=torch.clone
):
    """Return a centre_drawing with some of its parts as they should not be."""

    def centre_drawing(image):
        if empty is not None and not image.any():
            return empty(image)
        row, column = place(image)
        down = sign * axes[0] * whole(middle(image.shape[0]) - row)
        right = sign * axes[1] * whole(middle(image.shape[1]) - column)
        return move(image, down, right)

    return centre_drawing


def rounded_before(image):
    if not image.any():
        return image.clone()
    row, column = (round(value) for value in by_mass(image))
    return push(image, image.shape[0] // 2 - row, image.shape[1] // 2 - column)


def between_pixels(image, down, right):
    """Move by fractions, as if a pixel could be cut: two neighbours share it."""
    below, beside = math.floor(down), math.floor(right)
    rows = (1 - down + below) * push(image, below, 0) + (down - below) * push(image, below + 1, 0)
    return (1 - right + beside) * push(rows, 0, beside) + (right - beside) * push(rows, 0, beside + 1)


def in_bytes(image):
    return (centre_drawing(image) * 255).to(torch.uint8)


def how_far(image):
    if not image.any():
        return 0, 0
    row, column = by_mass(image)
    return round(last_half(image.shape[0]) - row), round(last_half(image.shape[1]) - column)


def in_place(image):
    return image.copy_(centre_drawing(image))
