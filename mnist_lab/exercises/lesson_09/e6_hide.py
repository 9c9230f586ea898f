"""Exercise 9.6: one line to change, so that what hides a part of a digit looks like nothing."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch


def hide_square(images, *, top, left, size):
    hidden = images.clone()
    hidden[:, :, top : top + size, left : left + size] = -1
    return hidden


def squares(generator):
    """Return images normalised with 0.5 and 0.5, some without any black, and where to hide."""
    cases = []
    for number, size in ((1, 2), (2, 3), (3, 1)):
        top, left, below, beside = (whole_number(generator, 0, 3) for _ in range(4))
        shape = number, 1, top + size + below, left + size + beside + 1
        images = (torch.rand(shape, generator=generator) * 0.8 + 0.15 - 0.5) / 0.5
        cases.append(call(images, top=top, left=left, size=size))
    return cases


MISTAKES = (
    ("= -1", "= -0.5", "The mean is subtracted; the division by 0.5 is still missing."),
    ("= -1", "= 1", "1 is white, the colour of the ink: that paints a block into the digit."),
    ("= -1", "= 0.5",
     "0.5 is the mean of the normalisation, and in these images a light grey. Which number did black "
     "become?"),
    ("= -1", "= (0 - 0.1307) / 0.3081",
     "That is black for MNIST's own mean and standard deviation. These images come with 0.5 and 0.5."),
    ("= -1", "= images.min()",
     "The smallest value is black only if there is black in the images. The normalisation tells it for all."),
    ("= -1", "= images.mean()",
     "The mean of the images is a dark grey, and another one for each batch. Background is black."),
    ("= -1", '= float("-inf")',
     "Minus infinity is no colour: the first multiplication with a weight makes nan of it. Which number is "
     "black?"),
    ("= -1", "= -255",
     "Black is the lowest value an image has here, not a byte. Work out what the normalisation makes of 0."),
    ("= -1", "*= -1",
     "You turned the square into its negative. It is to look empty, so every pixel gets the same number."),
    ("= -1", "-= 1",
     "You subtracted 1 from what is there, so the stroke still shows. Every pixel of the square gets the "
     "same number."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.6",
    title="Hide without a trace",
    difficulty=1,
    minutes=3,
    points=1,
    reference=hide_square,
    given={"= -1": "= 0"},
    cases=squares,
    why="A grey square on black is a new shape, and the network answers to it. What hides should look like "
    "paper without ink.",
    hints=(
        "The digits come normalised with mean 0.5 and standard deviation 0.5. What has become of black, "
        "which was 0?",
        "(0 − 0.5) / 0.5. And which pixel value became 0?",
        "Only the number behind the equals sign is to change.",
    ),
    mistakes=MISTAKES,
)
