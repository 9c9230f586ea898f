"""Exercise 9.8: put a drawing where MNIST puts its digits, by its centre of mass."""

import math
from functools import partial
from itertools import product

from mnist_lab.exercises.engine.compare import NO_RETURN, difference
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

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


FAR = 5  # pixels: a wrong move up to here is recognised as one; less than the smallest side

MOVES = (  # the right one, and others, from the length of a side and the mean place of the ink
    lambda length, mean: round((length - 1) / 2 - mean),
    lambda length, mean: int((length - 1) / 2 - mean),
    lambda length, mean: math.floor((length - 1) / 2 - mean),
    lambda length, mean: math.ceil((length - 1) / 2 - mean),
    lambda length, mean: round(length / 2 - mean),
    lambda length, mean: round(length // 2 - mean),
    lambda length, mean: length // 2 - round(mean),
)


def drawings(generator):
    """Return drawings that tell other moves apart, a square one first, and a very faint one last."""
    while True:
        shapes = [(6, 6), *(different_numbers(generator, 2, 6, 11) for _ in range(4))]
        images = [_clump(generator, corner, *shape) for corner, shape in enumerate(shapes)]
        if _tell([*images, pair := _pair(generator)]):
            return [*images, pair]


def _clump(generator, corner, height, width):
    """Return a clump of ink near a corner and a pixel anywhere, moved by nothing like a half."""
    number, image = partial(whole_number, generator), torch.zeros(height, width)
    for _ in range(3):
        image[number(0, 2), number(0, 2)] = number(1, 4) / 4
    image[number(0, height - 1), number(0, width - 1)] = number(1, 2) / 4
    image = image.flip([dim for dim in (0, 1) if corner >> dim & 1])
    clear = all(abs(((length - 1) / 2 - mean) % 1 - 0.5) > 0.1 for length, mean in _means(image))
    return image if clear else _clump(generator, corner, height, width)


def _pair(generator):
    """Return two very faint pixels to be moved along one side, far and by a whole number before rounding."""
    image = torch.zeros(11, 4 * whole_number(generator, 1, 2) + 2)
    image[10 * whole_number(generator, 0, 1), image.shape[1] // 2 - 1 :][:2] = 1 / 64
    return image.T.contiguous() if whole_number(generator, 0, 1) else image


def _means(image):
    """Return the length and the mean place of the ink, along the rows and along the columns."""
    sums = image.sum(dim=1).tolist(), image.sum(dim=0).tolist()
    return [(len(side), sum(i * ink for i, ink in enumerate(side)) / sum(side)) for side in sums]


def _tell(images):
    """True if all other moves go wrong somewhere, each in its way, and some ink is lost."""
    sides = [side for image in images for side in _means(image)]
    moves = {tuple(move(*side) for side in sides) for move in MOVES}
    return len(moves) == len(MOVES) and any(centre_drawing(image).sum() < image.sum() for image in images)


def what_is_centred(answer, generator):
    """Return what is wrong with a function that centres drawings; the empty one comes last, if at all."""
    faults = [fault for image in drawings(generator) for fault in _faults(answer, image)]
    return list(dict.fromkeys(faults)) or _without_ink(answer, different_numbers(generator, 2, 4, 9))


def _faults(answer, image):
    given, expected = image.clone(), centre_drawing(image)
    actual = answer(given)
    problem = NO_RETURN if actual is None else difference(expected, actual)
    if problem:
        faint = "" if image.max() > 0.1 else ", very faint"
        name = f"Drawing of {len(image)} by {image.shape[1]}{faint}"
        yield f"{name}: {_moved_otherwise(image, expected, actual) or problem}"
    if not torch.equal(given, image):
        yield "The drawing that was given is not as it was."


def _moved_otherwise(image, expected, actual):
    """Say by how much the drawing was moved, and by how much it should be, if moved is all that it was."""
    if not isinstance(actual, torch.Tensor) or actual.shape != image.shape or not actual.any():
        return None
    needed = f"its mass is centred when it is moved {_move(push, image, expected)}."
    for move, verb in ((push, "moved"), (roll, "rolled around the edge")):
        words = _move(move, image, actual)
        if words:
            return f"it was {verb}, {words}; {needed}"
    return None


def push(image, down, right):
    return F.pad(image, (right, -right, down, -down))


def roll(image, down, right):
    return image.roll((down, right), dims=(0, 1))


def _move(move, image, moved):
    """Return in words the smallest move, a push or a roll, that turns image into moved; None without one."""
    steps = sorted(product(range(-FAR, FAR + 1), repeat=2), key=lambda step: abs(step[0]) + abs(step[1]))
    for down, right in steps:
        if torch.equal(move(image, down, right), moved):
            vertical, horizontal = "down" if down >= 0 else "up", "right" if right >= 0 else "left"
            return f"{abs(down)} {vertical} and {abs(right)} {horizontal}"
    return None


def _without_ink(answer, shape):
    empty = torch.zeros(shape)
    try:
        problem = difference(empty, answer(empty.clone()))
    except Exception:  # of which kind depends on how the nan is rounded
        problem = "it ends in an error."
    return [f"Drawing without any ink: {problem}"] if problem else []


ROW, SHAPE = "(image.sum(dim=1) * torch.arange(height)).sum() / mass", "height, width = image.shape"
PADS = "(right, -right, down, -down)"
MOVED = f"F.pad(image, {PADS})"


def both(old, new):
    """The edit that replaces what is done to the rows, and likewise what is done to the columns."""
    return {old: new, _for_columns(old): _for_columns(new)}


def _for_columns(source):
    pairs = {"height": "width", "row": "column", "down": "right", "dim=1": "dim=0"}
    for of_rows, of_columns in pairs.items():
        source = source.replace(of_rows, of_columns)
    return source


def between_pixels(image, down, right):
    """Move by fractions, as if a pixel could be cut: two neighbours share it."""
    below, beside = math.floor(down), math.floor(right)
    rows = (1 - down + below) * push(image, below, 0) + (down - below) * push(image, below + 1, 0)
    return (1 - right + beside) * push(rows, 0, beside) + (right - beside) * push(rows, 0, beside + 1)


MISTAKES = (
    (both(ROW, "image.sum(dim=1).nonzero()[[0, -1]].float().mean()"),
     "You put the box around the ink in the middle. MNIST centres by mass, so that a faint tail does not "
     "push the digit aside."),
    (both(ROW, ROW.replace("image", "(image > 0)").replace("mass", "(image > 0).sum()")),
     "Each pixel with ink counts the same in your mean. By mass a bright pixel counts for more than a faint "
     "one."),
    ({ROW: "image.argmax() // width", _for_columns(ROW): "image.argmax() % width"},
     "You put the brightest pixel in the middle. The centre of mass is a mean over all pixels."),
    (both(ROW, "image.sum(dim=1).argmax()"),
     "You put the row and the column with the most ink in the middle. The centre of mass is a mean over all "
     "of them."),
    ("down = round", "row, column = column, row\n    down = round",
     "Row and column are exchanged: the mean row decides how far down the ink goes, the mean column how far "
     "to the right."),
    (PADS, "(down, -down, right, -right)",
     "The move down and the move to the right are exchanged. `F.pad` begins with the last axis: left, right, "
     "top, bottom."),
    ({"image.sum(dim=1) * torch.arange(height)": "image.sum(dim=0) * torch.arange(height)",
      "image.sum(dim=0) * torch.arange(width)": "image.sum(dim=1) * torch.arange(width)"},
     "`sum(dim=1)` adds up each row, so it has one number a row, H of them. Your two sums are exchanged; in "
     "a square nobody would notice."),
    (both("down = round", "down = int"),
     "`int` rounds towards zero, so half of the moves fall short. `round` takes the nearest pixel."),
    (both("down = round", "down = math.floor"),
     "Rounding down always pulls to the upper left. `round` takes the nearest pixel."),
    (both("down = round", "down = math.ceil"),
     "Rounding up always pulls to the lower right. `round` takes the nearest pixel."),
    (both("down = round", "down = float") | {MOVED: "between_pixels(image, down, right)"},
     "You moved by fractions of a pixel, which blurs every edge. Round to whole pixels."),
    (MOVED, "roll(image, down, right)",
     "`roll` wraps around: what leaves on one side comes back on the other. What leaves is lost, and 0 comes "
     "in."),
    (PADS, "(max(right, 0), max(-right, 0), max(down, 0), max(-down, 0))",
     "The image has grown. As many rows and columns as come in on one side have to go on the other."),
    (MOVED, f"torch.maximum(image, {MOVED})",
     "The ink is there twice: where it was and where it should be. Start from an image of zeros."),
    (PADS, "(-right, right, -down, down)",
     "It moves the wrong way. Ink above the middle has to go down: the move is the middle minus the centre."),
    (both("(height - 1) / 2", "height / 2"),
     "Half a pixel too far: rows 0 to H − 1 have their middle at (H − 1) / 2."),
    (both("(height - 1) / 2", "height // 2"),
     "`H // 2` is one of the rows, and for an even number of them not the middle: that is at (H − 1) / 2."),
    (both("round((height - 1) / 2 - row.item())", "height // 2 - round(row.item())"),
     "You rounded the centre and the middle, each for itself. Subtract first, and round once."),
    (both("torch.arange(height)", "torch.arange(1, height + 1)"),
     "Your rows and columns are counted from 1 in the mean, and from 0 in the middle. Count both from 0."),
    (SHAPE, f"{SHAPE}; mass = image.numel()",
     "You divided by the number of pixels. A mean by mass divides by the mass, `image.sum()`."),
    (SHAPE, f"{SHAPE}; mass = (image > 0).sum()",
     "You divided by the number of pixels with ink. A mean by mass divides by the mass, `image.sum()`."),
    (PADS, "(0, 0, down, -down)", "It moves up and down only. The same belongs to the columns."),
    (PADS, "(right, -right, 0, 0)", "It moves left and right only. The same belongs to the rows."),
    ("if mass == 0:\n        return image.clone()\n    ", "",
     "An empty image ends in an error. It has no mass: perhaps dividing by 0 gave nan, which cannot be "
     "rounded. Give it back as it is."),
    (MOVED, f"image.copy_({MOVED})",
     "The result is right, but you wrote it into the drawing that you were given. Whoever gave it may still "
     "need it."),
    (MOVED, f"({MOVED} * 255).to(torch.uint8)",
     "The drawing comes in greys from 0 to 1, and goes out like that, too. Bytes belong to another step."),
    (MOVED, "down, right",
     "That is how far to move. Now move: `F.pad` with a positive number on one side and the same, negative, "
     "on the other."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.8",
    title="Centre a drawing by its mass",
    difficulty=3,
    minutes=8,
    points=3,
    reference=centre_drawing,
    probe=what_is_centred,
    why="Every digit that the network learned from was put in place like this. A drawing that was not is "
    "another question, however well it is drawn.",
    hints=(
        "The centre of mass is a mean of row numbers, and one of column numbers, in which each pixel counts "
        "by its brightness.",
        "`image.sum(dim=1)` has the mass of each row. Times `torch.arange(height)`, added, and divided by "
        "the whole mass, it gives the mean row.",
        "Rows 0 to H − 1 have their middle at (H − 1) / 2. The move is the middle minus the centre, rounded "
        "with `round`.",
        "`F.pad(image, (right, -right, down, -down))` moves an image: a negative number cuts off as many "
        "rows or columns.",
    ),
    mistakes=MISTAKES,
)
