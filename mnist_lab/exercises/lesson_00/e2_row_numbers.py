"""Exercise 0.2: One number a row."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers

import torch


def row_means(images):
    return images.mean(dim=2)


def stacks(generator):
    """Images (N, H, W) with no two sizes equal."""
    shapes = (1, 2, 3), (3, 2, 4), (4, 6, 5), different_numbers(generator, 3, 6, 12)
    return [call(torch.rand(*shape, generator=generator)) for shape in shapes]


MISTAKES = (
    ("dim=2", "dim=1", "`dim=1` makes the rows disappear and leaves one number a column. To keep the rows, "
     "the columns must go."),
    ("dim=2", "dim=0",
     "`dim=0` makes the images disappear: this is the average image. Each image should keep its own rows."),
    ("dim=2", "dim=(0, 2)", "The images disappeared too. Name only the axis of columns in `dim`."),
    ("dim=2", "", "Without `dim` everything is averaged into one number. Name the axis that should go."),
    ("dim=2", "dim=2, keepdim=True", "`keepdim=True` leaves an axis of length 1 behind. Leave it out."),
    (".mean", ".sum",
     "The axis is right, but a sum grows with the width of the image. `mean` divides by it."),
)  # fmt: skip


EXERCISE = Exercise(
    id="0.2",
    title="One number a row",
    difficulty=1,
    minutes=3,
    points=1,
    reference=row_means,
    given={"dim=2": "dim=(1, 2)"},
    cases=stacks,
    why="The axis named in `dim` is the one that goes away; all others stay.",
    hints=(
        "Which axis has to disappear, so that (N, H) is left of (N, H, W)?",
        "A row is averaged by walking along its columns. The columns are the last axis.",
        "Count the axes from 0: images are 0, rows are 1, columns are 2. Change only `dim`.",
    ),
    mistakes=MISTAKES,
)
