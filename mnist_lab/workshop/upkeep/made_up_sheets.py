"""Made-up photos of sheets, with what is written in every cell; everything follows from a seed.

The digits are bundled ones, drawn anew with a pen: no person's handwriting was photographed.
"""

from typing import NamedTuple

from mnist_lab.handwriting.sheet_page import CELL, FRAME, GRID, PAPERS, draw_page
from mnist_lab.workshop.upkeep.made_up_photos import INKS, as_jpeg, lit, on_paper, written

import numpy as np
from PIL import Image
from scipy.interpolate import LinearNDInterpolator

FINE = 8  # pixels a mm, in which ink and print are drawn
MARGIN = 2.2  # mm of a cell that stay free of ink, on each side
LARGEST = 2400  # pixels of what is drawn; a larger photo is this one enlarged
TABLES = ((92, 64, 44), (150, 120, 90), (70, 75, 80), (30, 30, 32), (205, 200, 190), (60, 90, 70))


class Look(NamedTuple):
    """How a sheet is written on and photographed; angles in degrees, lengths on the paper in mm."""

    ink: str = "fine liner"
    paper: str = "white"
    format: str = "a4"
    height: float = 10.0
    aspect: float = 1.0
    slant: float = 0.0
    pen: float = 0.9
    tilt: float = 0.0
    turn: float = 0.0
    curl: float = 0.0
    fill: float = 0.9
    pixels: int = 1280  # of the longer side
    shadow: float = 0.2
    noise: float = 1.5
    blur: float = 0.0
    quality: int = 65


class MadeUpSheet(NamedTuple):
    """jpeg: the file's bytes; places: where on the sheet each pixel of the drawn photo is, in mm from the
    frame's corner, nan far beside it; ink: what was written, uint8, FINE pixels a mm of the paper; look.
    """

    jpeg: bytes
    places: np.ndarray
    ink: np.ndarray
    look: Look


def random_look(rng):
    """Return a Look such as phones and people give, drawn from rng."""
    return Look(
        ink=str(rng.choice([name for name in INKS if name != "chalk"])),
        paper=str(rng.choice(["white", "grey", "cream"])),
        format=str(rng.choice(list(PAPERS))),
        height=rng.uniform(7, 11.5),
        aspect=rng.uniform(0.85, 1.15),
        slant=rng.uniform(-0.2, 0.3),
        pen=rng.uniform(0.5, 1.4),
        tilt=rng.uniform(0, 35),
        turn=rng.uniform(0, 360),
        curl=rng.uniform(-5, 5),
        fill=rng.uniform(0.8, 0.97),
        pixels=round(float(np.exp(rng.uniform(np.log(640), np.log(6000))))),
        shadow=rng.uniform(0, 0.5),
        noise=rng.uniform(1, 6),
        blur=rng.uniform(0, 1.2),
        quality=int(rng.integers(40, 96)),
    )


def made_up_sheet(images, look, *, rng):
    """Return a MadeUpSheet of a hundred images uint8 (28, 28), ten zeros first; None leaves a cell empty."""
    lens = Lens(look, rng)
    size, per_mm = lens.framed(min(look.pixels, LARGEST), look.fill)
    places = lens.places(size, per_mm)
    fine = PAPERS[look.format], (np.array(PAPERS[look.format]) - FRAME) / 2
    ink = Image.fromarray(ink_layer(images, look, *fine, rng))
    printed = draw_page(FINE, *fine)
    shrunk = [round(length * min(1.2 * per_mm / FINE, 1)) for length in ink.size]
    seen_ink, printed = (np.asarray(layer.resize(shrunk, Image.Resampling.BOX)) for layer in (ink, printed))
    page = on_paper(seen_ink, rng=rng, ink=look.ink, paper=look.paper) * (
        0.12 + 0.88 / 255 * printed[..., None]
    )
    pixels = (places + fine[1]) * (shrunk[0] / PAPERS[look.format][0])
    scene = laid_on_table(page.astype(np.uint8), pixels, rng)
    scene = lit(scene, rng=rng, shadow=look.shadow, noise=look.noise, blur=look.blur)
    jpeg = as_jpeg(scene, quality=look.quality, pixels=look.pixels)
    return MadeUpSheet(jpeg, places, np.asarray(ink), look)


def ink_layer(images, look, size, origin, rng):
    """Return what is written on a page as a layer of ink, uint8 (H, W), FINE pixels a mm."""
    layer = np.asarray(Image.new("L", [round(length * FINE) for length in size])).copy()
    room = CELL - 2 * MARGIN
    for cell, image in enumerate(images):
        if image is None:
            continue
        height, aspect, slant = rng.normal((look.height, look.aspect, look.slant), (0.5, 0.06, 0.04))
        height = round(min(height, room) * FINE)
        stamp = Image.fromarray(
            written(image, cell // 10, height=height, pen=look.pen * FINE, slant=slant, aspect=aspect)
        )
        stamp.thumbnail([round(room * FINE)] * 2)
        free = room - np.array(stamp.size) / FINE
        corner = (
            origin
            + GRID
            + np.array([cell % 10, cell // 10]) * CELL
            + MARGIN
            + free * rng.uniform(0.2, 0.8, 2)
        )
        left, top = (corner * FINE).round().astype(int)
        layer[top : top + stamp.height, left : left + stamp.width] = stamp
    return layer


class Lens:
    """A camera above a page that is bent like a part of a wide tube; it looks at the page's middle."""

    def __init__(self, look, rng):
        width, height = PAPERS[look.format]
        xs, ys = (
            np.arange(-width / 2 - 40, width / 2 + 41, 2),
            np.arange(-height / 2 - 40, height / 2 + 41, 2),
        )
        x, y = (axis.ravel() for axis in np.meshgrid(xs, ys))
        self.flat = np.stack([x, y], axis=1) + np.array(FRAME) / 2
        z = look.curl * (2 * (x * np.cos(b := rng.uniform(0, np.pi)) + y * np.sin(b)) / width) ** 2
        toward = rng.uniform(0, 2 * np.pi)
        turn = spin(toward) @ tip(look.tilt) @ spin(np.radians(look.turn) - toward)
        seen = np.stack([x, y, z], axis=1) @ turn.T
        far = 420.0  # mm from the lens to the middle
        flat = seen[:, :2] * (far / (far + seen[:, 2:]))
        paper = (np.abs(x) <= width / 2) & (np.abs(y) <= height / 2)
        self.low, self.high = flat[paper].min(axis=0), flat[paper].max(axis=0)
        self.seen = flat

    def framed(self, longer, fill):
        """Return the photo's width and height, lying or upright as the page is, and its pixels a mm."""
        wide, high = self.high - self.low
        size = sorted([longer, round(0.75 * longer)], reverse=bool(wide > high))
        return size, fill * min(size[0] / wide, size[1] / high)

    def places(self, size, per_mm):
        """Return where on the sheet each pixel of a photo is, in mm, float32 (H, W, 2); nan far beside it."""
        points = (self.seen - (self.low + self.high) / 2) * per_mm + np.array(size) / 2
        width, height = size
        step = 4
        ask = np.meshgrid(np.arange(0, width + step, step), np.arange(0, height + step, step))
        coarse = LinearNDInterpolator(points, self.flat)(*ask).astype(np.float32)
        grid = np.meshgrid(np.arange(width) / step, np.arange(height) / step)
        return bilinear(coarse, *grid)


def spin(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def tip(degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def bilinear(field, x, y):
    """Return field (H, W, C) at places x and y, float32; nan where a neighbour is nan."""
    import cv2

    return cv2.remap(field, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)


def laid_on_table(page, places, rng):
    """Return the photo, RGB uint8, of a page on a table; places (H, W, 2) are its pixels."""
    import cv2

    height, width = places.shape[:2]
    grain = cv2.resize(rng.normal(0, 6, (height // 3, width // 60 + 2)).astype(np.float32), (width, height))
    table = np.array(TABLES[rng.integers(len(TABLES))], dtype=np.float32) + grain[..., None]
    places = np.nan_to_num(places, nan=-9).astype(np.float32)
    inside = ((places >= 0) & (places < page.shape[1::-1])).all(axis=-1)
    seen = cv2.remap(page, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.where(inside[..., None], seen, table.clip(0, 255)).astype(np.uint8)
