"""Made-up photos of digits on paper, with what is written on them; everything follows from a seed.

The digits are the bundled test digits, drawn anew with a pen: no person's handwriting was photographed.
"""

from io import BytesIO
from typing import NamedTuple

from mnist_lab.data import as_tensors, load_digits

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage.morphology import skeletonize

PAPERS = {"white": (236, 236, 232), "grey": (205, 205, 203), "cream": (240, 230, 205), "board": (38, 62, 50)}
INKS = {  # colour, share of the light that it stops, width as a share of a digit's height
    "ballpoint": ((35, 50, 140), 0.85, 0.05),
    "pencil": ((80, 80, 84), 0.6, 0.05),
    "felt pen": ((20, 20, 24), 0.95, 0.12),
    "fine liner": ((25, 25, 30), 0.9, 0.035),
    "chalk": ((225, 225, 215), 0.8, 0.1),
}
TURNS = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
LOOPS = {0: 1, 1: 0, 2: 0, 3: 0, 5: 0, 6: 1, 7: 0, 8: 2, 9: 1}  # a 4 may be open or closed
WIDER = 1.8  # times: where two strokes meet, or where a loop is filled
HEIGHT = 100  # pixels of a digit, as it is drawn
LINES = {"plain": None, "squared": (150, 170, 205), "lined": (150, 170, 205)}


class MadeUpPhoto(NamedTuple):
    """jpeg: the file's bytes; digits: what is written, row by row; look: how."""

    jpeg: bytes
    digits: list
    look: dict


def written(image, digit, *, height, pen=None, slant=0.0, aspect=1.0):
    """Return a digit uint8 (28, 28) as a layer of ink, uint8 (H, W), about height pixels high, cropped.

    pen is the width of the stroke in pixels, None as thick as it is; a bold digit that a thinner line would
    turn into another stays bold, too. slant shifts the top by that share of the height; aspect stretches
    the width.
    """
    ink = Image.fromarray(np.asarray(image, dtype=np.uint8))
    ink = ink.crop(ink.getbbox())
    width = max(1, round(height * aspect * ink.width / ink.height))
    margin = height // 3
    ink = ndimage.gaussian_filter(
        np.pad(np.asarray(ink.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32), margin),
        height / 50,
    )
    line = None if pen is None else middle_line(ink, digit)
    if line is None:
        ink = np.clip(255 * (ink - 60) / 90, 0, 255)
    else:
        away = ndimage.distance_transform_edt(~line)
        ink = 255 * np.clip(pen / 2 - ndimage.gaussian_filter(away, 1) + 0.5, 0, 1)
    ink = Image.fromarray(ink.round().astype(np.uint8))
    if slant:
        middle = ink.height / 2
        ink = ink.transform(
            ink.size, Image.Transform.AFFINE, (1, slant, -slant * middle, 0, 1, 0), Image.Resampling.BILINEAR
        )
    return np.asarray(ink.crop(ink.getbbox()))


def middle_line(ink, digit):
    """Return the middle line of a digit's strokes, bool (H, W); None where a line alone would say another.

    A loop that is nearly filled is pale inside, so the strokes are narrowed, grey level by grey level, until
    the loops are as many as the digit has, and none of it is so wide that it may be a filled loop.
    """
    line = skeletonize(ink > 127)
    pieces, loops = pieces_and_loops(line)
    for level in range(127, 240, 16):
        narrowed = skeletonize(ink > level)
        if narrowed.sum() < 0.8 * line.sum():  # of a thin digit whole strokes are gone
            break
        if pieces_and_loops(narrowed) == (pieces, LOOPS.get(digit, loops)) and is_even(narrowed, ink > level):
            return narrowed
    return line if is_even(line, ink > 127) else None


def is_even(line, strokes):
    """Return whether strokes, bool (H, W), with this middle line are nowhere much wider than elsewhere."""
    widths = ndimage.distance_transform_edt(strokes)[line]
    return widths.max() <= WIDER * np.median(widths)


def pieces_and_loops(line):
    """Return how many connected pieces a line, bool (H, W), has, and how many areas it encloses."""
    return ndimage.label(line, np.ones((3, 3)))[1], ndimage.label(~line)[1] - 1


def on_paper(ink_layer, *, rng, ink="ballpoint", paper="white", lines="plain", spacing=60):
    """Return a layer of ink, uint8 (H, W), on paper, as RGB uint8 (H, W, 3).

    ink, paper and lines are names of INKS, PAPERS and LINES; spacing, in pixels, is that of the lines.
    """
    height, width = ink_layer.shape
    grain = 1 + 0.012 * ndimage.gaussian_filter(rng.standard_normal((height, width)), 1) / 0.28
    page = np.asarray(PAPERS[paper], dtype=np.float32) * grain[..., None].astype(np.float32)
    if LINES[lines]:
        thick = max(1, spacing // 30)
        ruled = np.arange(height)[:, None] % spacing < thick
        if lines == "squared":
            ruled = ruled | (np.arange(width)[None] % spacing < thick)
        page = np.where(
            ruled[..., None] & np.ones((height, width, 1), bool), np.asarray(LINES[lines], np.float32), page
        )
    colour, strength, _ = INKS[ink]
    uneven = ndimage.gaussian_filter(rng.standard_normal((height, width)), 3)
    cover = ink_layer / 255 * strength * np.clip(1 + 0.15 * uneven / uneven.std(), 0, 1.1)
    cover = np.minimum(cover, 1)[..., None]
    return (page * (1 - cover) + np.asarray(colour, np.float32) * cover).clip(0, 255).astype(np.uint8)


def lit(page, *, rng, shadow=0.0, noise=3.0, blur=0.0):
    """Return a page, RGB uint8 (H, W, 3), under a slanting light, a shadow and the camera's own noise.

    shadow is the share of light that it takes from a part of the page, noise is in grey levels, blur in
    pixels.
    """
    height, width = page.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    light = 0.88 + 0.1 * (x * np.cos(angle) + y * np.sin(angle))
    angle = rng.uniform(0, 2 * np.pi)
    soft = rng.uniform(0.02, 0.3)
    side = (x * np.cos(angle) + y * np.sin(angle) - rng.uniform(-0.5, 0.5)) / soft
    light = light * (1 - shadow / (1 + np.exp(-side)))
    seen = page * light[..., None]
    if blur:
        seen = ndimage.gaussian_filter(seen, (blur, blur, 0))
    return (seen + noise * rng.standard_normal(page.shape)).clip(0, 255).astype(np.uint8)


def as_jpeg(picture, *, quality=85, pixels=None, orientation=1):
    """Return RGB uint8 (H, W, 3) as the bytes of a JPEG, with that many pixels on its longer side.

    orientation is EXIF's: the file holds the picture turned, and says so.
    """
    file, image = BytesIO(), Image.fromarray(picture)
    if pixels:
        image = image.resize([round(pixels / max(image.size) * length) for length in image.size])
    if orientation != 1:
        image = image.transpose(TURNS[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(file, "JPEG", quality=quality, exif=exif)
    return file.getvalue()


def random_look(rng):
    """Return how digits are written and photographed, such as phones and people give, drawn from rng."""
    is_board = rng.random() < 0.1
    return {
        "ink": "chalk" if is_board else str(rng.choice([name for name in INKS if name != "chalk"])),
        "paper": "board" if is_board else str(rng.choice(["white", "grey", "cream"])),
        "lines": "plain" if is_board else str(rng.choice(list(LINES), p=[0.6, 0.2, 0.2])),
        "rows": [int(n) for n in rng.integers(1, 11, rng.choice([1, 1, 2, 3]))]
        if rng.random() < 0.7
        else [1],
        "pen": rng.uniform(0.8, 1.3),
        "slant": rng.uniform(-0.2, 0.3),
        "gap": rng.uniform(0.3, 0.8),
        "margin": rng.uniform(0.1, 1.5),
        "pixels": round(float(np.exp(rng.uniform(np.log(640), np.log(6000))))),
        "tilt": rng.uniform(0, 35),
        "turn": rng.uniform(-12, 12),
        "shadow": rng.uniform(0, 0.6),
        "noise": rng.uniform(1, 6),
        "blur": rng.uniform(0, 1.2),
        "quality": int(rng.integers(40, 96)),
        "orientation": int(rng.choice([1, 1, 3, 6, 8])),
    }


def made_up_photo(seed, **choices):
    """Return the MadeUpPhoto of a seed; choices replace those of its random_look, digits what is written."""
    rng = np.random.default_rng(seed)
    look = random_look(rng) | choices
    images, labels = as_tensors(load_digits("bundled").test)
    order = rng.permutation(len(labels))
    wanted = look.get("digits", labels[order[: sum(look["rows"])]].tolist())
    chosen = [order[labels[order] == digit][n] for n, digit in enumerate(wanted)]
    digits = labels[chosen].tolist()
    layer = ink_layer(images[chosen].numpy(), digits, look, rng=rng)
    spacing = round(HEIGHT * rng.uniform(0.5, 1.2))
    page = on_paper(
        layer, rng=rng, ink=look["ink"], paper=look["paper"], lines=look["lines"], spacing=spacing
    )
    scene = lit(
        seen(page, look, rng=rng), rng=rng, shadow=look["shadow"], noise=look["noise"], blur=look["blur"]
    )
    jpeg = as_jpeg(scene, quality=look["quality"], pixels=look["pixels"], orientation=look["orientation"])
    return MadeUpPhoto(jpeg, digits, look)


def ink_layer(images, digits, look, *, rng):
    """Return digits in rows as a layer of ink, uint8 (H, W), on a page that is wider than any photo of it."""
    waiting, placed, top = list(zip(images, digits, strict=True)), [], 2 * HEIGHT
    for number in look["rows"]:
        left, pen = 2 * HEIGHT, max(2.0, INKS[look["ink"]][2] * HEIGHT * look["pen"])
        for image, digit in [waiting.pop(0) for _ in range(number)]:
            height = round(HEIGHT * rng.uniform(0.9, 1.1))
            stamp = written(image, digit, height=height, pen=pen, slant=rng.normal(look["slant"], 0.03))
            placed.append((stamp, top + round(HEIGHT * rng.uniform(-0.07, 0.07)), left))
            left += stamp.shape[1] + round(HEIGHT * look["gap"] * rng.uniform(0.7, 1.3))
        top += round(HEIGHT * rng.uniform(1.35, 1.8))
    widest = max(left + stamp.shape[1] for stamp, _, left in placed)
    layer = np.zeros((top + 2 * HEIGHT, widest + 2 * HEIGHT), dtype=np.uint8)
    for stamp, down, across in placed:
        layer[down : down + stamp.shape[0], across : across + stamp.shape[1]] |= stamp
    return layer


def seen(page, look, *, rng):
    """Return what a tilted and turned camera sees of a page, RGB uint8, framed around what is written."""
    height, width = page.shape[:2]
    toward, tilt, turn = rng.uniform(0, 2 * np.pi), np.radians(look["tilt"]), np.radians(look["turn"])
    lean = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    camera = spin(-toward) @ lean @ spin(toward + turn)
    far = 2.5 * max(height, width)
    to_page = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    to_photo = np.diag([far, far, 1]) @ (camera * [1, 1, 0] + np.array([[0, 0, 0], [0, 0, 0], [0, 0, far]]))
    to_photo = to_photo @ np.linalg.inv(to_page)
    edge = (2 - look["margin"]) * HEIGHT
    corners = np.array([[x, y, 1] for x in (edge, width - edge) for y in (edge, height - edge)]) @ to_photo.T
    low, high = (pick((corners[:, :2] / corners[:, 2:]), axis=0) for pick in (np.min, np.max))
    back = np.linalg.inv(to_photo) @ np.array([[1, 0, low[0]], [0, 1, low[1]], [0, 0, 1]])
    size = [round(length) for length in high - low]
    picture = Image.fromarray(page).transform(
        size,
        Image.Transform.PERSPECTIVE,
        (back / back[2, 2]).ravel()[:8],
        Image.Resampling.BICUBIC,
        fillcolor=PAPERS[look["paper"]],
    )
    return np.asarray(picture)


def spin(angle):
    """Return the turn by an angle in a picture's plane, (3, 3)."""
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
