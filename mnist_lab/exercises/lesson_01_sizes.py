"""Lesson 01: output sizes, one output value by hand, the padding that keeps 28."""

import math

from mnist_lab.exercises.model import Exercise, Mistake, call
from mnist_lab.exercises.whole_numbers import whole_number


def output_size(size, kernel_size, *, padding=0, stride=1):
    return (size + 2 * padding - kernel_size) // stride + 1


def given_output_size(size, kernel_size, *, padding=0, stride=1):
    return size - kernel_size + 1


def rows_of_pixels(generator):
    """Sizes at which steps fit exactly, sizes at which they do not, and two that are drawn."""
    cases = [call(6, 3), call(9, 2), call(6, 3, padding=1), call(9, 4, padding=2)]
    for size, kernel_size, stride in (8, 3, 2), (9, 3, 2), (10, 4, 3):
        cases.append(call(size, kernel_size, stride=stride))
    for size, kernel_size, padding, stride in (8, 3, 1, 2), (28, 5, 2, 3), (7, 3, 1, 4):
        cases.append(call(size, kernel_size, padding=padding, stride=stride))
    for _ in range(2):
        size, kernel_size = whole_number(generator, 20, 60), whole_number(generator, 3, 7)
        padding, stride = whole_number(generator, 1, kernel_size // 2), whole_number(generator, 2, 4)
        cases.append(call(size, kernel_size, padding=padding, stride=stride))
    return cases


def counting(rule):
    """Return a function like output_size that counts by rule(size, kernel_size, padding, stride)."""
    return lambda size, kernel_size, *, padding=0, stride=1: rule(size, kernel_size, padding, stride)


EXERCISES = [
    Exercise(
        id="1.1",
        title="Count the starting positions",
        kind="function",
        difficulty=1,
        minutes=4,
        points=2,
        reference=output_size,
        given=given_output_size,
        cases=rows_of_pixels,
        why="Nearly every shape error in a convolutional network is a slip in this one count.",
        hints=(
            "Where does the kernel start first, and where at the latest? How many starts lie between, in "
            "steps of `stride`?",
            "With padding the row is `size + 2 * padding` long. The last start is what is left of it when "
            "the kernel has taken its `kernel_size` places.",
            "Divide the last start by the step with `//`, which drops the remainder. Then add one, for the "
            "start at 0.",
        ),
        mistakes=(
            Mistake(
                counting(lambda n, k, p, s: (n + p - k) // s + 1),
                "Padding was added once. It is on both sides, so the row grows by twice as much.",
            ),
            Mistake(
                counting(lambda n, k, p, s: n + 2 * p - k + 1),
                "The stride is ignored: this counts every start, and the kernel only takes every "
                "`stride`-th of them.",
            ),
            Mistake(
                counting(lambda n, k, p, s: (n - k) // s + 1),
                "The padding is ignored. It makes the row longer, on both sides.",
            ),
            Mistake(
                counting(lambda n, k, p, s: (n + 2 * p - k) / s + 1),
                "`/` makes a fraction, and there are no half outputs. Count starting positions: floor "
                "with `//`, then plus one.",
            ),
            Mistake(
                counting(lambda n, k, p, s: math.ceil((n + 2 * p - k) / s) + 1),
                "This rounds up, and counts a last step that runs over the end. Count starting positions: "
                "floor, then plus one.",
            ),
            Mistake(
                counting(lambda n, k, p, s: round((n + 2 * p - k) / s + 1)),
                "`round` sometimes goes up, and then the last step runs over the end. Count starting "
                "positions: floor, then plus one.",
            ),
            Mistake(
                counting(lambda n, k, p, s: (n + 2 * p - k + 1) // s),
                "The one is added too early. Divide first, then add one for the start at 0.",
            ),
            Mistake(
                counting(lambda n, k, p, s: (n + 2 * p - k) // s),
                "One is missing: the start at 0 is an output too.",
            ),
            Mistake(
                counting(lambda n, k, p, s: (n - k) // s + 1 + 2 * p),
                "The padding was added after the division. It makes the row longer before the kernel "
                "steps along it.",
            ),
            Mistake(
                counting(lambda n, k, p, s: (n + 2 * p) // s),
                "The kernel's own width is missing: at its last start the whole kernel must still fit in.",
            ),
            Mistake(
                counting(lambda n, k, p, s: n + 2 * p - k // s + 1),
                "`//` binds more tightly than minus, so only the kernel was divided. Put brackets around "
                "the last start.",
            ),
        ),
    ),
    Exercise(
        id="1.2",
        title="One value by hand",
        kind="value",
        difficulty=1,
        minutes=4,
        points=1,
        reference=4,
        why="Whoever has found one window by hand knows what all the settings do to all the others.",
        hints=(
            "First find the window: at which row and which column of the image does it start?",
            "With stride 2, row 1 of the output starts two rows below row 0 of it. And row 0 starts in "
            "the padding, at row −1 of the image; columns likewise.",
            "The window covers the rows 1, 2, 3 of the image and the columns −1, 0, 1. Column −1 is "
            "padding, so its three products are 0.",
        ),
        mistakes=(
            Mistake(
                9,
                "The kernel was turned by 180 degrees. PyTorch does not flip: the kernel's top left weight "
                "meets the window's top left pixel.",
            ),
            Mistake(
                5,
                "This window starts at row 2 and column 0, as if there were padding only right and bottom, "
                "or none. Padding is also above and on the left.",
            ),
            Mistake(
                -1,
                "The stride is ignored. With stride 2, row 1 of the output lies two rows below row 0, "
                "not one.",
            ),
            Mistake(-2, "Both padding and stride are ignored: this window starts at row 1, column 0."),
            Mistake(
                7,
                "This is the value at `[0, 1]`. The first index counts rows, downwards; the second counts "
                "columns.",
            ),
            Mistake(
                8,
                "The window is right, but rows and columns of the kernel were swapped. Lay it on the "
                "window as it stands.",
            ),
            Mistake(-5, "This is the value at `[0, 0]`. Indices count from 0, so `[1, 0]` is one step down."),
            Mistake(12, "The minus signs of the kernel were lost. Two of the products are negative."),
            Mistake(
                2,
                "This is the sum of the kernel alone. Multiply each weight by the pixel below it, then add.",
            ),
        ),
    ),
    Exercise(
        id="1.3",
        title="Which padding keeps 28?",
        kind="value",
        difficulty=2,
        minutes=4,
        points=1,
        reference=4,
        also=((4, 4),),
        why="Half of what the kernel reaches beyond one pixel, on each side: so a map keeps its size.",
        hints=(
            "How far does the kernel reach from its first to its last weight, if one place lies empty "
            "between two neighbours?",
            "Five weights and four gaps make a reach of 9. With stride 1 and no padding, how many starts "
            "are missing from the 28?",
            "A reach of 9 takes away 8 starts. Padding gives them back, half of them on each side.",
        ),
        mistakes=(
            Mistake(2, "That is right for a 5×5 kernel without dilation. Dilation 2 makes its reach longer."),
            Mistake(8, "That is both sides together. `padding` is added on each side."),
            Mistake(1, "That keeps 28 for a 3×3 kernel. This one has five weights in a row, and gaps."),
            Mistake(
                9,
                "That is the kernel's reach. How many starts does it cost, and what is half of them?",
            ),
            Mistake(
                5,
                "The reach is 9, not 10 or 11: five weights have only four gaps between them. And one start "
                "always remains.",
            ),
            Mistake(
                3,
                "Count the reach again: five weights and one empty place in each of the four gaps between "
                "them.",
            ),
            Mistake(0, "Without padding the map shrinks by what the kernel reaches beyond one pixel."),
            Mistake(
                "same",
                'PyTorch does understand `padding="same"`. Which number does it stand for here?',
            ),
        ),
    ),
]
