"""A drawing as an image like MNIST's: strokes in, 28 by 28 pixels out."""

import torch
from PIL import Image, ImageDraw

CANVAS, BOX, SIDE = 280, 20, 28  # pixels: the canvas, the box that holds the ink, the image


def rasterise(strokes, *, width=22):
    """Return strokes, lists of (x, y) on a canvas of 280 by 280, y downwards, as uint8 (28, 28).

    The ink is scaled into a box of 20 by 20 pixels and its centre of mass is put in the middle, as
    it was for MNIST (LeCun, Cortes, Burges). Raises ValueError if there is no ink.
    """
    canvas = Image.new("L", (CANVAS, CANVAS))
    pen = ImageDraw.Draw(canvas)
    for stroke in filter(len, strokes):
        points = [tuple(point) for point in stroke]
        pen.line(points, fill=255, width=width, joint="curve")
        for x, y in points:
            pen.circle((x, y), width / 2, fill=255)
    box = canvas.getbbox()
    if box is None:
        raise ValueError(
            f"The drawing is empty: expected ink on the canvas of {CANVAS} by {CANVAS}, but got "
            f"{len(strokes)} strokes that leave none on it; draw something and try again."
        )
    return centre_by_mass(canvas.crop(box))


def centre_by_mass(ink):
    """Return a greyscale PIL image, cropped to its ink, as uint8 (28, 28), centred by its mass.

    The centre is off the middle by half a pixel at most, or by more where ink would be cut off.
    """
    scale = BOX / max(ink.size)
    size = [max(1, round(scale * length)) for length in ink.size]
    resized = bytearray(ink.resize(size, Image.Resampling.LANCZOS).tobytes())
    small = torch.frombuffer(resized, dtype=torch.uint8).reshape(size[1], size[0]).float()
    placed = torch.zeros(SIDE, SIDE)
    corner = []
    for axis in (0, 1):
        position = torch.arange(small.shape[axis])
        centre = (small.sum(dim=1 - axis) * position).sum() / small.sum()
        start = round(SIDE / 2 - 0.5 - centre.item())
        corner.append(min(max(start, 0), SIDE - small.shape[axis]))
    top, left = corner
    placed[top : top + small.shape[0], left : left + small.shape[1]] = small
    return placed.to(torch.uint8)
