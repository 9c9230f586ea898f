"""Exercise 13.3: a line in the wrong place, so that a digit is shrunk with its page before it is cut out."""

import math
from itertools import product

from mnist_lab.data.strokes import centre_by_mass
from mnist_lab.exercises.engine.compare import NO_RETURN, difference
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import whole_number

import numpy as np
import torch
from PIL import Image


def prepare(ink):
    picture = Image.fromarray(ink)
    picture = picture.crop(picture.getbbox())
    picture.thumbnail((20, 20))
    return centre_by_mass(picture)


CROP, SHRINK = "picture = picture.crop(picture.getbbox())", "picture.thumbnail((20, 20))"
SHAPES = (((20, 20), (5, 8)), ((5, 8), (20, 20)), ((20, 20), (12, 16)))  # pixels: tall, wide, like a zero
INK, FAR = 64, 0.25  # a grey that counts as ink, and the share of the ink that makes another picture


def pages(generator):
    """Yield a tall digit, a wide one and another, each nearer to a corner of its page than to the middle."""
    for heights, widths in SHAPES:
        zoom = whole_number(generator, 3, 5)
        digit = _seven(generator, *(zoom * whole_number(generator, *side) for side in (heights, widths)))
        side = whole_number(generator, 230, 300)
        page = np.zeros((side, side + whole_number(generator, 5, 25)), dtype=np.uint8)
        corner = [whole_number(generator, 40, 60) for _ in digit.shape]
        for axis, length in enumerate(digit.shape):
            if whole_number(generator, 0, 1):
                corner[axis] = page.shape[axis] - length - corner[axis]
        page[corner[0] :, corner[1] :][: digit.shape[0], : digit.shape[1]] = digit
        yield digit.shape, page


def _seven(generator, height, width):
    """Return a 7 without greys, uint8 (height, width), that touches all four edges, or one upside down."""
    digit, pen = np.zeros((height, width), dtype=np.uint8), whole_number(generator, 6, 8)
    digit[:pen] = 255
    foot = whole_number(generator, 0, width // 4)
    for row in range(height):
        place = round((width - pen) + (foot - width + pen) * row / (height - 1))
        digit[row, place : place + pen] = 255
    return np.flip(digit, [axis for axis in (0, 1) if whole_number(generator, 0, 1)])


def how_it_comes_out(answer, generator):
    """Return what is wrong with the digits that an answer prepares, a sentence a page at most."""
    return [fault for digit, page in pages(generator) for fault in _faults(answer, digit, page)]


def _faults(answer, digit, page):
    given, expected = page.copy(), prepare(page)
    actual = answer(given)
    problem = NO_RETURN if actual is None else difference(expected, actual, tolerance=1e9)
    problem = problem or _other_picture(expected.float(), actual.float())
    if problem:
        yield f"A digit of {_by(digit)} on a page of {_by(page.shape)}: {problem}"
    if not np.array_equal(given, page):
        yield "The ink that was given is not as it was."


def _other_picture(expected, actual):
    """Say in what two images differ; one pixel to a side, or in the size, is no difference."""
    size, came = _size(expected), _size(actual)
    if max(abs(a - b) for a, b in zip(size, came, strict=True)) > 1:
        return f"it came out {_by(came)}, where {_by(size)} was expected."
    place, seen = _centre(expected), _centre(actual)
    if math.dist(place, seen) > 1.5:
        return f"its centre of mass came out at {_at(seen)}, where {_at(place)} was expected."
    steps = product((-1, 0, 1), repeat=2)
    off = min((actual.roll(step, (0, 1)) - expected).abs().sum() for step in steps) / expected.sum()
    return "it has its size and its place, and other greys than the digit on the page." if off > FAR else None


def _size(image):
    """The height and the width of the ink; 0 and 0 without any."""
    rows, columns = ((image >= INK).any(dim=dim).nonzero() for dim in (1, 0))
    return tuple(int(side.max() - side.min()) + 1 if len(side) else 0 for side in (rows, columns))


def _centre(image):
    """The mean row and column of the ink, of which there is some."""
    places = torch.arange(28.0)
    return tuple(float((image.sum(dim=dim) * places).sum() / image.sum()) for dim in (1, 0))


def _by(size):
    return f"{size[0]} by {size[1]}"


def _at(place):
    return f"row {place[0]:.1f}, column {place[1]:.1f}"


def boxed(ink):
    """Put the box around the ink into the middle, and not its mass."""
    picture = Image.fromarray(ink)
    picture = picture.crop(picture.getbbox())
    picture.thumbnail((20, 20))
    image = Image.new("L", (28, 28))
    image.paste(picture, ((28 - picture.width) // 2, (28 - picture.height) // 2))
    return torch.from_numpy(np.array(image))


def middle_square(ink):
    height, width = ink.shape
    side = 2 * min(height, width) // 3
    top, left = (height - side) // 2, (width - side) // 2
    return centre_by_mass(Image.fromarray(ink[top : top + side, left : left + side]))


MISTAKES = (
    ({CROP: "picture.thumbnail((28, 28))", SHRINK: CROP},
     "The page is still shrunk first, only to 28 in place of 20. A small digit has lost its strokes by "
     "then, and enlarging does not bring them back. Crop the ink out of the full page."),
    ({CROP: "picture = picture.resize((28, 28))", SHRINK: CROP},
     "The whole page is still squeezed into 28 by 28 before the digit is cut out. Crop first, while the "
     "digit has all its pixels."),
    (CROP, "pass", "The digit was shrunk with the page around it. Perhaps the crop was lost: `crop` "
     "returns a new picture, which needs a name, while `thumbnail` changes the one that it is called on."),
    (SHRINK, "picture = picture.resize((20, 20))",
     "The order is right. But `resize` makes a square of everything, so a slim digit gets fat. "
     "`thumbnail` keeps the proportions."),
    (SHRINK, f"picture = {SHRINK}",
     "`thumbnail` changes the picture and returns `None`, so `picture` is `None` afterwards. Let it "
     "stand alone, as it did."),
    (middle_square, "That cuts a square out of the middle of the page. Digits stand anywhere: `getbbox` "
     "finds the ink."),
    (boxed, "Size and order are right. But the box around the ink is in the middle, in place of its "
     "centre of mass: leave the last line as it was."),
    ("centre_by_mass(picture)", "picture",
     "That is the digit, cropped and shrunk. `centre_by_mass` puts it into 28 by 28 pixels: leave the "
     "last line as it was."),
    ("centre_by_mass(picture)", "centre_by_mass(picture).float() / 255",
     "That is right but for the kind of number: bytes were asked for. From 0 to 1 is a later step."),
)  # fmt: skip


EXERCISE = Exercise(
    id="13.3",
    title="One line in the wrong place",
    difficulty=2,
    minutes=4,
    points=2,
    reference=prepare,
    given={f"{CROP}\n    {SHRINK}": f"{SHRINK}\n    {CROP}"},
    probe=how_it_comes_out,
    why="What shrinking has thrown away no later step brings back. So first cut out what counts, then "
    "shrink it.",
    hints=(
        "A digit that is a fifth as high as its page: how many pixels high is it when the page is 20 high?",
        "Everything that the function needs is there. One of the two lines in the middle should wait for "
        "the other.",
        "First `crop`, which gets the ink out of the full page, then `thumbnail`.",
    ),
    mistakes=MISTAKES,
)
