"""Exercise 0.4: Digits side by side."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers

import torch


def side_by_side(images):
    num_images, height, width = images.shape
    turned = images.permute(1, 0, 2)
    return turned.reshape(height, num_images * width)


def stacks(generator):
    """Images (N, H, W), numbered so that each value shows its place, and some of random bytes."""
    shapes = (2, 2, 3), (3, 2, 4), (4, 6, 5)
    numbered = [call(torch.arange(n * h * w).reshape(n, h, w)) for n, h, w in shapes]
    drawn = different_numbers(generator, 3, 5, 10)
    return [*numbered, call(torch.randint(256, drawn, generator=generator))]


MISTAKES = (
    ("1, 0, 2", "0, 1, 2", "No axis has moved, so `reshape` only re-cuts: the first row of the strip gets "
     "several rows of the first digit. The rows must come first."),
    ("1, 0, 2", "1, 2, 0", "Rows are first, but the digits are mixed pixel by pixel. N must stand before W, "
     "so that a whole row of one digit stays together."),
    ("1, 0, 2", "2, 0, 1", "The columns came first. A strip is read row by row, so the first axis is H."),
    ("1, 0, 2", "0, 2, 1",
     "Rows and columns changed places, and N is still first. H comes first, then N, then W."),
    ("1, 0, 2", "2, 1, 0", "All axes are reversed. H comes first, then N, then W."),
    (lambda images: images.reshape(-1, images.shape[2]),
     "This puts the digits on top of each other. Keep the last line as it was given and move the axes before "
     "it."),
)  # fmt: skip


EXERCISE = Exercise(
    id="0.4",
    title="Digits side by side",
    difficulty=2,
    minutes=6,
    points=2,
    reference=side_by_side,
    cases=stacks,
    why="First move the axes that belong together next to each other, then `reshape` may join them.",
    hints=(
        "`reshape` joins neighbouring axes. Which two axes make up the long side of the strip?",
        "A row of the strip is row 0 of the first digit, then row 0 of the second, and so on. So H comes "
        "first, and N stands directly before W.",
        "The old axes are N = 0, H = 1, W = 2. Write the order H, N, W as numbers into `permute`.",
    ),
    mistakes=MISTAKES,
)
