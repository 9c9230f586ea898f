"""Lesson 00: read a shape, average over an axis, move axes, count right answers."""

from mnist_lab.exercises.model import Exercise, Mistake, call
from mnist_lab.exercises.whole_numbers import different_numbers

import torch


def row_means(images):
    return images.mean(dim=2)


def given_row_means(images):
    return images.mean(dim=(1, 2))


def stacks(generator):
    """Images (N, H, W) with no two sizes equal."""
    shapes = (1, 2, 3), (3, 2, 4), (4, 6, 5)
    return [call(torch.rand(*shape, generator=generator)) for shape in shapes]


def channels_first(photo):
    return photo.permute(2, 0, 1)


def photos(generator):
    """Photos (H, W, C) with no two sizes equal, numbered so that each value shows its place."""
    shapes = (1, 2, 3), (2, 4, 3), (6, 5, 3), (*different_numbers(generator, 2, 7, 14), 3)
    return [call(torch.arange(h * w * c).reshape(h, w, c)) for h, w, c in shapes]


def side_by_side(images):
    num_images, height, width = images.shape
    turned = images.permute(1, 0, 2)
    return turned.reshape(height, num_images * width)


def numbered_stacks(generator):
    shapes = (2, 2, 3), (3, 2, 4), (4, 6, 5), different_numbers(generator, 3, 5, 10)
    return [call(torch.arange(n * h * w).reshape(n, h, w)) for n, h, w in shapes]


def strip_of(images, *order):
    """The strip that comes of moving the axes in this order."""
    num_images, height, width = images.shape
    return images.permute(*order).reshape(height, num_images * width)


EXERCISES = [
    Exercise(
        id="0.1",
        title="Read a shape",
        kind="value",
        difficulty=1,
        minutes=3,
        points=1,
        reference=(3, 20),
        why="Whoever can read shapes in the head finds most bugs before they happen.",
        hints=(
            "Take one index at a time, from the left, and write down what it leaves of its axis.",
            "The slice `2:5` shortens its axis. The single index `0` makes its axis disappear.",
            "Axis 0 keeps the places 2, 3 and 4, axis 1 is gone, axis 2 is as it was. Two numbers remain.",
        ),
        mistakes=(
            Mistake((4, 20), "A slice stops before its end: `2:5` takes the places 2, 3 and 4."),
            Mistake((3, 28), "The `0` uses up the second axis, the 28 rows. The axis of columns remains."),
            Mistake(
                (3, 1, 20),
                "A single index removes its axis. Only a slice, such as `0:1`, leaves one of length 1.",
            ),
            Mistake(
                (3, 28, 20),
                "The `0` counts too: it picks one row of each image, and the axis of rows disappears.",
            ),
            Mistake(
                (28, 20),
                "That would be one whole image. `2:5` keeps the axis of images, and `0` takes away the rows.",
            ),
            Mistake((20,), "`2:5` is a slice, so the axis of images stays and only gets shorter."),
            Mistake((5, 20), "`2:5` starts at place 2, not at 0: it takes the places 2, 3 and 4."),
        ),
    ),
    Exercise(
        id="0.2",
        title="One number a row",
        kind="function",
        difficulty=1,
        minutes=3,
        points=1,
        reference=row_means,
        given=given_row_means,
        cases=stacks,
        why="The axis named in `dim` is the one that goes away; all others stay.",
        hints=(
            "Which axis has to disappear, so that (N, H) is left of (N, H, W)?",
            "A row is averaged by walking along its columns. The columns are the last axis.",
            "Count the axes from 0: images are 0, rows are 1, columns are 2. Change only `dim`.",
        ),
        mistakes=(
            Mistake(
                lambda images: images.mean(dim=1),
                "`dim=1` makes the rows disappear and leaves one number a column. To keep the rows, "
                "the columns must go.",
            ),
            Mistake(
                lambda images: images.mean(dim=0),
                "`dim=0` makes the images disappear: this is the average image. Each image should "
                "keep its own rows.",
            ),
            Mistake(
                lambda images: images.mean(dim=(0, 2)),
                "The images disappeared too. Name only the axis of columns in `dim`.",
            ),
            Mistake(
                lambda images: images.mean(),
                "Without `dim` everything is averaged into one number. Name the axis that should go.",
            ),
            Mistake(
                lambda images: images.mean(dim=2, keepdim=True),
                "`keepdim=True` leaves an axis of length 1 behind. Leave it out.",
            ),
            Mistake(
                lambda images: images.sum(dim=2),
                "The axis is right, but a sum grows with the width of the image. `mean` divides by it.",
            ),
        ),
    ),
    Exercise(
        id="0.3",
        title="Move an axis",
        kind="function",
        difficulty=1,
        minutes=4,
        points=2,
        reference=channels_first,
        cases=photos,
        why="Cameras and Matplotlib put channels last, PyTorch puts them first: you will need this move.",
        hints=(
            "Which of the two moves, `reshape` and `permute`, changes the order of the axes?",
            "`permute` takes one number for each new place: which old axis comes here?",
            "The old axes are H = 0, W = 1, C = 2. The new order C, H, W is a list of these three numbers.",
        ),
        mistakes=(
            Mistake(
                lambda photo: photo.reshape(photo.shape[2], *photo.shape[:2]),
                "`reshape` re-cuts the same sequence; `permute` moves axes. The shape is right, but the "
                "values stand in the wrong places.",
            ),
            Mistake(
                lambda photo: photo.permute(2, 1, 0),
                "The channels are first, but rows and columns changed places too: the photo is mirrored "
                "on its diagonal. After C comes H, which is old axis 0.",
            ),
            Mistake(
                lambda photo: photo.permute(1, 2, 0),
                "This is the way back. `permute` asks, for each new place, which old axis comes there; "
                "the first place wants C, which is old axis 2.",
            ),
            Mistake(
                lambda photo: photo.permute(1, 0, 2),
                "Rows and columns changed places, and the channels are still last. The first place "
                "wants C, which is old axis 2.",
            ),
            Mistake(
                lambda photo: photo.permute(0, 2, 1),
                "The channels stand in the middle now. C comes first, then H, then W.",
            ),
        ),
    ),
    Exercise(
        id="0.4",
        title="Digits side by side",
        kind="function",
        difficulty=2,
        minutes=6,
        points=2,
        reference=side_by_side,
        cases=numbered_stacks,
        why="First move the axes that belong together next to each other, then `reshape` may join them.",
        hints=(
            "`reshape` joins neighbouring axes. Which two axes make up the long side of the strip?",
            "A row of the strip is row 0 of the first digit, then row 0 of the second, and so on. So H "
            "comes first, and N stands directly before W.",
            "The old axes are N = 0, H = 1, W = 2. Write the order H, N, W as numbers into `permute`.",
        ),
        mistakes=(
            Mistake(
                lambda images: strip_of(images, 0, 1, 2),
                "No axis has moved, so `reshape` only re-cuts: the first row of the strip gets several "
                "rows of the first digit. The rows must come first.",
            ),
            Mistake(
                lambda images: strip_of(images, 1, 2, 0),
                "Rows are first, but the digits are mixed pixel by pixel. N must stand before W, so "
                "that a whole row of one digit stays together.",
            ),
            Mistake(
                lambda images: strip_of(images, 2, 0, 1),
                "The columns came first. A strip is read row by row, so the first axis is H.",
            ),
            Mistake(
                lambda images: strip_of(images, 0, 2, 1),
                "Rows and columns changed places, and N is still first. H comes first, then N, then W.",
            ),
            Mistake(
                lambda images: strip_of(images, 2, 1, 0),
                "All axes are reversed. H comes first, then N, then W.",
            ),
            Mistake(
                lambda images: images.reshape(-1, images.shape[2]),
                "This puts the digits on top of each other. Keep the last line as it was given and "
                "move the axes before it.",
            ),
        ),
    ),
]
