"""Exercise 1.2: One value by hand."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    (9, "The kernel was turned by 180 degrees. PyTorch does not flip: the kernel's top left weight meets the "
     "window's top left pixel."),
    (5, "This window starts at row 2 and column 0, as if there were padding only right and bottom, or none. "
     "Padding is also above and on the left."),
    (-1, "The stride is ignored. With stride 2, row 1 of the output lies two rows below row 0, not one."),
    (-2, "Both padding and stride are ignored: this window starts at row 1, column 0."),
    (7, "This is the value at `[0, 1]`. The first index counts rows, downwards; the second counts columns."),
    (8, "Two slips lead to 8: perhaps a minus sign was lost on the way, perhaps rows and columns of the "
     "kernel were swapped. Lay it on the window as it stands."),
    (-5, "This is the value at `[0, 0]`. Indices count from 0, so `[1, 0]` is one step down."),
    (12, "The minus signs of the kernel were lost. Two of the products are negative."),
    (2, "The weights of the kernel alone add up to this. Multiply each by the pixel below it, then add."),
)  # fmt: skip


EXERCISE = Exercise(
    id="1.2",
    title="One value by hand",
    difficulty=1,
    minutes=4,
    points=1,
    reference=4,
    why="If you have found one window by hand, you know what the settings do to all the others.",
    hints=(
        "First find the window: at which row and which column of the image does it start?",
        "With stride 2, row 1 of the output starts two rows below row 0 of it. And row 0 starts in the "
        "padding, at row −1 of the image; columns likewise.",
        "The window covers the rows 1, 2, 3 of the image and the columns −1, 0, 1. Column −1 is padding, so "
        "its three products are 0.",
    ),
    mistakes=MISTAKES,
)
