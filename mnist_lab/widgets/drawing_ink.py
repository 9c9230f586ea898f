"""Strokes before they are read: what speaks against reading them, and the image that a network gets."""

import math
from itertools import pairwise

from mnist_lab.data.strokes import CANVAS, rasterise

import torch

PEN = 16  # pixels of the canvas: how thick a stroke is drawn
THICKNESS = 0.12  # of the drawing's size: with it, drawings have as much ink as MNIST's digits (median)
LEAST_SIZE = 40  # pixels of the canvas
MOST_INK, WIDEST = 0.31, 2.0  # mean brightness, width over height: no bundled digit has more
GAP, TALL = 0.15, 0.3  # of the drawing's height: strokes that far apart, and parts that tall, are two digits

EMPTY = "Nothing is drawn yet: draw a digit from 0 to 9, or choose a stored drawing."
DOT = "That is hardly more than a dot. Draw a digit about half as high as the canvas, or higher."
CUT_OFF = "The drawing runs over the edge of the canvas, so a part is missing. Undo it, and draw further in."
SCRIBBLE = "That is more ink than any of the 5,000 digits has. Clear the canvas, and draw a single digit."
TWO = "These look like two digits. The network reads one at a time: clear the canvas, and draw a single one."
WIDE = "That is wider than any of the 5,000 digits. Clear the canvas, and draw one digit, upright."


def as_digit(strokes):
    """Return strokes as uint8 (28, 28), scaled and centred as MNIST's were, and with strokes as thick.

    Raises ValueError if there is no ink on the canvas.
    """
    points = torch.tensor([point for stroke in strokes for point in stroke], dtype=torch.float32)
    size = max(extent(points)) if len(points) else 0
    return rasterise(strokes, width=max(2, round(THICKNESS * size)))


def fault_of(strokes):
    """Return the sentence that says why strokes should not be read as a digit, or None if they may be."""
    parts = [torch.tensor(stroke, dtype=torch.float32) for stroke in strokes if len(stroke)]
    if not parts:
        return EMPTY
    points = torch.cat(parts)
    width, height = extent(points)
    if points.min() < 1 or points.max() > CANVAS - 1:
        return CUT_OFF
    if max(width, height) < LEAST_SIZE:
        return DOT
    if as_digit(strokes).float().mean() / 255 > MOST_INK:
        return SCRIBBLE
    tall = [group for group in groups(parts, apart=GAP * height) if extent(group)[1] >= TALL * height]
    if len(tall) > 1:
        return TWO
    return WIDE if width > WIDEST * max(height, PEN) else None


def extent(points):
    """Return the width and the height that points (N, 2) span."""
    return tuple((points.amax(dim=0) - points.amin(dim=0)).tolist())


def groups(parts, *, apart):
    """Return strokes (N, 2) as fewer tensors of points: those that come nearer than apart are one group."""
    joined = []
    for part in map(dense, parts):
        near = [group for group in joined if torch.cdist(group, part).min() < apart]
        joined = [group for group in joined if not any(group is other for other in near)]
        joined.append(torch.cat([*near, part]))
    return joined


def dense(points, *, step=4.0):
    """Return points (N, 2) with others between them, so that none is farther than step from the next."""
    filled = [points[:1]]
    for start, end in pairwise(points):
        number = max(1, math.ceil(torch.dist(start, end).item() / step))
        filled.append(start + (end - start) * (torch.arange(1, number + 1) / number).unsqueeze(1))
    return torch.cat(filled)
