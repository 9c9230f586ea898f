"""Lesson 09: put a drawing where MNIST puts its digits, by its centre of mass."""

import math
from itertools import product

from mnist_lab.exercises import lesson_09_middle as ways
from mnist_lab.exercises.compare import NO_RETURN, difference
from mnist_lab.exercises.lesson_09_middle import centre_drawing, variant
from mnist_lab.exercises.model import Exercise, Mistake

import torch

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
    needed = f"its mass is centred when it is moved {_in_words(*ways.how_far(image))}."
    moves = sorted(product(range(-FAR, FAR + 1), repeat=2), key=lambda move: abs(move[0]) + abs(move[1]))
    for move, verb in ((ways.push, "moved"), (ways.roll, "rolled around the edge")):
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


EXERCISES = [
    Exercise(
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
            "The centre of mass is a mean of row numbers, and one of column numbers, in which each pixel "
            "counts by its brightness.",
            "`image.sum(dim=1)` has the mass of each row. Times `torch.arange(height)`, added, and "
            "divided by the whole mass, it gives the mean row.",
            "Rows 0 to H − 1 have their middle at (H − 1) / 2. The move is the middle minus the centre, "
            "rounded with `round`.",
            "`F.pad(image, (right, -right, down, -down))` moves an image: a negative number cuts off as many "
            "rows or columns.",
        ),
        mistakes=(
            Mistake(
                variant(place=ways.by_box),
                "You put the box around the ink in the middle. MNIST centres by mass, so that a faint "
                "tail does not push the digit aside.",
            ),
            Mistake(
                variant(place=ways.by_ink),
                "Each pixel with ink counts the same in your mean. By mass a bright pixel counts for "
                "more than a faint one.",
            ),
            Mistake(
                variant(place=ways.by_brightest),
                "You put the brightest pixel in the middle. The centre of mass is a mean over all pixels.",
            ),
            Mistake(
                variant(place=ways.by_most),
                "You put the row and the column with the most ink in the middle. The centre of mass is a "
                "mean over all of them.",
            ),
            Mistake(
                variant(place=ways.by_columns_first),
                "Row and column are exchanged: the mean row decides how far down the ink goes, the mean "
                "column how far to the right.",
            ),
            Mistake(
                variant(move=ways.pushed_by_others),
                "The move down and the move to the right are exchanged. `F.pad` begins with the last axis: "
                "left, right, top, bottom.",
            ),
            Mistake(
                variant(place=ways.sums_exchanged),
                "`sum(dim=1)` adds up each row, so it has one number a row, H of them. Your two sums are "
                "exchanged; in a square nobody would notice.",
            ),
            Mistake(
                variant(whole=int),
                "`int` rounds towards zero, so half of the moves fall short. `round` takes the nearest "
                "pixel.",
            ),
            Mistake(
                variant(whole=math.floor),
                "Rounding down always pulls to the upper left. `round` takes the nearest pixel.",
            ),
            Mistake(
                variant(whole=math.ceil),
                "Rounding up always pulls to the lower right. `round` takes the nearest pixel.",
            ),
            Mistake(
                variant(whole=float, move=ways.between_pixels),
                "You moved by fractions of a pixel, which blurs every edge. Round to whole pixels.",
            ),
            Mistake(
                variant(move=ways.roll),
                "`roll` wraps around: what leaves on one side comes back on the other. What leaves is "
                "lost, and 0 comes in.",
            ),
            Mistake(
                variant(move=ways.larger),
                "The image has grown. As many rows and columns as come in on one side have to go on the "
                "other.",
            ),
            Mistake(
                variant(move=ways.smeared),
                "The ink is there twice: where it was and where it should be. Start from an image of zeros.",
            ),
            Mistake(
                variant(sign=-1),
                "It moves the wrong way. Ink above the middle has to go down: the move is the middle "
                "minus the centre.",
            ),
            Mistake(
                variant(middle=lambda length: length / 2),
                "Half a pixel too far: rows 0 to H − 1 have their middle at (H − 1) / 2.",
            ),
            Mistake(
                variant(middle=lambda length: length // 2),
                "`H // 2` is one of the rows, and for an even number of them not the middle: that is at "
                "(H − 1) / 2.",
            ),
            Mistake(
                ways.rounded_before,
                "You rounded the centre and the middle, each for itself. Subtract first, and round once.",
            ),
            Mistake(
                variant(place=ways.from_one),
                "Your rows and columns are counted from 1 in the mean, and from 0 in the middle. Count "
                "both from 0.",
            ),
            Mistake(
                variant(place=ways.over_all_pixels),
                "You divided by the number of pixels. A mean by mass divides by the mass, `image.sum()`.",
            ),
            Mistake(
                variant(place=ways.over_the_ink),
                "You divided by the number of pixels with ink. A mean by mass divides by the mass, "
                "`image.sum()`.",
            ),
            Mistake(
                variant(axes=(1, 0)),
                "It moves up and down only. The same belongs to the columns.",
            ),
            Mistake(
                variant(axes=(0, 1)),
                "It moves left and right only. The same belongs to the rows.",
            ),
            Mistake(
                variant(empty=None),
                "An empty image has no mass, and dividing by 0 gives nan, which cannot be rounded. Give "
                "it back as it is.",
            ),
            Mistake(
                ways.in_place,
                "The result is right, but you wrote it into the drawing that you were given. Whoever "
                "gave it may still need it.",
            ),
            Mistake(
                ways.in_bytes,
                "The drawing comes in greys from 0 to 1, and goes out like that, too. Bytes belong to "
                "another step.",
            ),
            Mistake(
                ways.how_far,
                "That is how far to move. Now move: `F.pad` with a positive number on one side and the same, "
                "negative, on the other.",
            ),
        ),
    ),
]
