"""Exercise 9.8: put a drawing where MNIST puts its digits, by its centre of mass."""

import math
from itertools import product

from mnist_lab.exercises.engine.compare import NO_RETURN, difference
from mnist_lab.exercises.engine.model import Exercise

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


# A square one first, in which exchanged axes run through; (height, width, {(row, column): grey}).
DRAWINGS = (
    (6, 6, {(0, 0): 0.25, (0, 1): 0.25, (1, 1): 0.75, (3, 0): 0.75}),
    (7, 9, {(5, 6): 1.0, (5, 7): 1.0, (6, 8): 0.5, (2, 1): 0.25}),
    (9, 6, {(2, 5): 1.0, (3, 5): 0.75, (4, 4): 1.0, (8, 0): 0.25, (0, 2): 0.5}),
    (8, 11, {(4, 1): 1.0, (5, 2): 0.75, (5, 3): 0.25, (0, 0): 0.25, (1, 9): 0.5}),
    (11, 8, {(9, 2): 1.0, (10, 3): 1.0, (10, 4): 0.75, (1, 7): 0.25}),
)


FAR = 5  # pixels: a wrong move up to here is recognised as one; less than the smallest side


def what_is_centred(answer):
    """Return what is wrong with a function that centres drawings; the empty one comes last, if at all."""
    found = [fault for drawing in DRAWINGS for fault in _faults(answer, *drawing)]
    return list(dict.fromkeys(found)) or _without_ink(answer)


def _faults(answer, height, width, pixels):
    image = torch.zeros(height, width)
    for place, grey in pixels.items():
        image[place] = grey
    given, wanted = image.clone(), centre_drawing(image)
    came = answer(given)
    found = NO_RETURN if came is None else difference(wanted, came)
    if found:
        yield f"Drawing of {height} by {width}: {_moved_otherwise(image, came) or found}"
    if not torch.equal(given, image):
        yield "The drawing that was given is not as it was."


def _moved_otherwise(image, came):
    """Say by how much the drawing was moved, and by how much it should be, if moved is all that it was."""
    if not isinstance(came, torch.Tensor) or came.shape != image.shape:
        return None
    needed = f"its mass is centred when it is moved {_in_words(*how_far(image))}."
    moves = sorted(product(range(-FAR, FAR + 1), repeat=2), key=lambda move: abs(move[0]) + abs(move[1]))
    for move, verb in ((push, "moved"), (roll, "rolled around the edge")):
        for down, right in moves:
            if torch.equal(move(image, down, right), came):
                return f"it was {verb}, {_in_words(down, right)}; {needed}"
    return None


def _in_words(down, right):
    return f"{abs(down)} {'down' if down >= 0 else 'up'} and {abs(right)} {'right' if right >= 0 else 'left'}"


def _without_ink(answer):
    empty = torch.zeros(5, 4)
    try:
        found = difference(empty, answer(empty.clone()))
    except Exception:  # of which kind depends on how the nan is rounded
        found = "it ends in an error."
    return [f"Drawing without any ink: {found}"] if found else []


MISTAKES = (
    (variant(place=by_box),
     "You put the box around the ink in the middle. MNIST centres by mass, so that a faint tail does not "
     "push the digit aside."),
    (variant(place=by_ink),
     "Each pixel with ink counts the same in your mean. By mass a bright pixel counts for more than a faint "
     "one."),
    (variant(place=by_brightest),
     "You put the brightest pixel in the middle. The centre of mass is a mean over all pixels."),
    (variant(place=by_most),
     "You put the row and the column with the most ink in the middle. The centre of mass is a mean over all "
     "of them."),
    (variant(place=by_columns_first),
     "Row and column are exchanged: the mean row decides how far down the ink goes, the mean column how far "
     "to the right."),
    (variant(move=pushed_by_others),
     "The move down and the move to the right are exchanged. `F.pad` begins with the last axis: left, right, "
     "top, bottom."),
    (variant(place=sums_exchanged),
     "`sum(dim=1)` adds up each row, so it has one number a row, H of them. Your two sums are exchanged; in "
     "a square nobody would notice."),
    (variant(whole=int),
     "`int` rounds towards zero, so half of the moves fall short. `round` takes the nearest pixel."),
    (variant(whole=math.floor),
     "Rounding down always pulls to the upper left. `round` takes the nearest pixel."),
    (variant(whole=math.ceil),
     "Rounding up always pulls to the lower right. `round` takes the nearest pixel."),
    (variant(whole=float, move=between_pixels),
     "You moved by fractions of a pixel, which blurs every edge. Round to whole pixels."),
    (variant(move=roll),
     "`roll` wraps around: what leaves on one side comes back on the other. What leaves is lost, and 0 comes "
     "in."),
    (variant(move=larger),
     "The image has grown. As many rows and columns as come in on one side have to go on the other."),
    (variant(move=smeared),
     "The ink is there twice: where it was and where it should be. Start from an image of zeros."),
    (variant(sign=-1),
     "It moves the wrong way. Ink above the middle has to go down: the move is the middle minus the centre."),
    (variant(middle=lambda length: length / 2),
     "Half a pixel too far: rows 0 to H − 1 have their middle at (H − 1) / 2."),
    (variant(middle=lambda length: length // 2),
     "`H // 2` is one of the rows, and for an even number of them not the middle: that is at (H − 1) / 2."),
    (rounded_before,
     "You rounded the centre and the middle, each for itself. Subtract first, and round once."),
    (variant(place=from_one),
     "Your rows and columns are counted from 1 in the mean, and from 0 in the middle. Count both from 0."),
    (variant(place=over_all_pixels),
     "You divided by the number of pixels. A mean by mass divides by the mass, `image.sum()`."),
    (variant(place=over_the_ink),
     "You divided by the number of pixels with ink. A mean by mass divides by the mass, `image.sum()`."),
    (variant(axes=(1, 0)), "It moves up and down only. The same belongs to the columns."),
    (variant(axes=(0, 1)), "It moves left and right only. The same belongs to the rows."),
    (variant(empty=None),
     "An empty image has no mass, and dividing by 0 gives nan, which cannot be rounded. Give it back as it "
     "is."),
    (in_place, "The result is right, but you wrote it into the drawing that you were given. Whoever gave it "
     "may still need it."),
    (in_bytes, "The drawing comes in greys from 0 to 1, and goes out like that, too. Bytes belong to another "
     "step."),
    (how_far, "That is how far to move. Now move: `F.pad` with a positive number on one side and the same, "
     "negative, on the other."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.8",
    title="Centre a drawing by its mass",
    kind="function",
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
