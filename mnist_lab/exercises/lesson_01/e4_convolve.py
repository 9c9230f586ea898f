"""Exercise 1.4: a convolution with padding and unequal steps."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch
from torch.nn import functional as F


def convolve(image, kernel, *, padding=0, stride=(1, 1)):
    height, width = kernel.shape
    padded = F.pad(image, (padding, padding, padding, padding))
    num_rows = (padded.shape[0] - height) // stride[0] + 1
    num_columns = (padded.shape[1] - width) // stride[1] + 1
    output = torch.zeros(num_rows, num_columns)
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            top = row * stride[0]
            left = column * stride[1]
            window = padded[top : top + height, left : left + width]
            output[row, column] = (window * kernel).sum()
    return output


def images_to_convolve(generator):
    """Small whole numbers; no image, kernel or step is the same both ways."""

    def table(*shape):
        return torch.randint(-3, 4, shape, generator=generator).float()

    cases = [
        call(table(3, 4), table(2, 3)),
        call(table(3, 4), table(2, 3), padding=1),
        call(table(4, 7), table(3, 2), stride=(1, 3)),
        call(table(5, 6), table(2, 3), padding=1, stride=(2, 1)),
        call(table(7, 9), table(3, 2), padding=2, stride=(2, 3)),
    ]
    image, kernel, stride = (different_numbers(generator, 2, *limits) for limits in ((8, 11), (2, 4), (1, 4)))
    padding = whole_number(generator, 1, 3)
    return [*cases, call(table(*image), table(*kernel), padding=padding, stride=tuple(stride))]


SHAPE, PADS = "height, width = kernel.shape", "(padding, padding, padding, padding)"
ON_IMAGE = {"padded.shape[0]": "image.shape[0]", "padded.shape[1]": "image.shape[1]"}
SIDE_BY_SIDE = {"row * stride[0]": "row", "column * stride[1]": "column"}

MISTAKES = (
    ("window * kernel", "window * kernel.flip(0, 1)",
     "The kernel was turned by 180 degrees before it slid. PyTorch does not flip it, so leave it as it is."),
    (PADS, "(0, padding, 0, padding)",
     "The padding is only right and bottom. It is on both sides, and at the top as well."),
    (PADS, "(padding, 0, padding, 0)",
     "The padding is only left and top. It is on both sides, and at the bottom as well."),
    (PADS, "(padding, padding)",
     "`F.pad` with two numbers pads the last axis only, the columns. Four numbers reach the rows: left, "
     "right, top, bottom."),
    (PADS, "(0, 0, padding, padding)",
     "Only the rows were padded. The first two numbers of `F.pad` are left and right."),
    (PADS, "(0, 0, 0, 0)", "The padding is ignored. Slide over the padded image, not over the image itself."),
    (SHAPE, f"{SHAPE}; stride = 1, 1", "The stride is ignored: the window goes to every place."),
    (SHAPE, f"{SHAPE}; stride = stride[0], 1",
     "The stride works on one axis only, downwards. Columns have a step of their own."),
    (SHAPE, f"{SHAPE}; stride = 1, stride[1]",
     "The stride works on one axis only, to the right. Rows have a step of their own."),
    (SHAPE, f"{SHAPE}; stride = stride[0], stride[0]",
     "The step downwards was used for both axes. The second number of `stride` is the step to the right."),
    (SHAPE, f"{SHAPE}; stride = stride[1], stride[1]",
     "The step to the right was used for both axes. The first number of `stride` is the step downwards."),
    (SHAPE, f"{SHAPE}; stride = stride[1], stride[0]",
     "The two steps changed places. The first is downwards, along the rows."),
    ({"row * stride[0]": "row * stride[1]", "column * stride[1]": "column * stride[0]"},
     "The output has the right shape, but in `top` and `left` the two steps changed places. Rows go with "
     "`stride[0]`."),
    ("row * stride[0]", "row * stride[1]",
     "The output has the right shape, but `top` uses the step to the right. Rows go with `stride[0]`."),
    ("column * stride[1]", "column * stride[0]",
     "The output has the right shape, but `left` uses the step downwards. Columns go with `stride[1]`."),
    ("row * stride[0]", "row",
     "The output has the right shape, but `top` has no step: row 1 of the output looks at the window that "
     "starts `stride[0]` rows further down."),
    ("column * stride[1]", "column",
     "The output has the right shape, but `left` has no step: column 1 of the output looks at the window "
     "that starts `stride[1]` columns further to the right."),
    (SIDE_BY_SIDE,
     "The output has the right shape, but its windows lie side by side. Output row 1 looks at the window "
     "that starts `stride[0]` rows further down."),
    (ON_IMAGE,
     "The output is too small: its rows and columns were counted on the image. Count the starts on the "
     "padded one."),
    (ON_IMAGE | SIDE_BY_SIDE,
     "Two slips: rows and columns were counted on the image, not on the padded one, and the windows lie side "
     "by side. They start at `row * stride[0]` and `column * stride[1]`."),
    ("return output", "return output[:-1, :-1]",
     "A row and a column are missing. Count starting positions: floor, then plus one for the start at 0."),
    ("return output", "return output[None, None]",
     "The numbers are right, but with the four axes of `F.conv2d`. `[0, 0]` takes the map out."),
)  # fmt: skip


EXERCISE = Exercise(
    id="1.4",
    title="Padding and unequal steps",
    difficulty=3,
    minutes=8,
    points=3,
    reference=convolve,
    cases=images_to_convolve,
    why="Everything a convolution layer does to one channel is in these few lines.",
    hints=(
        "Work on the padded image from the second line on. Then padding needs no more thought.",
        "`F.pad` wants four numbers: left, right, top, bottom. The output has as many rows as the kernel has "
        "starts downwards, and as many columns as it has starts to the right.",
        "Count the rows with `(padded.shape[0] - height) // stride[0] + 1`, and the columns likewise; "
        "`torch.zeros` of both is the output.",
        "The window of output `[row, column]` starts at row `row * stride[0]`, and at a column likewise.",
    ),
    mistakes=MISTAKES,
)
