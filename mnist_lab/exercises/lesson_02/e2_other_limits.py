"""Exercise 2.2: Other limits."""

from mnist_lab.exercises.engine.model import Exercise, call

import torch
from torchvision import transforms


def stretch(images):
    return transforms.Normalize((0.4,), (0.2,))(images)


def scaled_images(generator):
    """Images from 0 to 1; the first holds black, grey and white."""
    greys = torch.tensor([[[0.0, 0.5, 1.0]]])
    return [call(greys), *(call(torch.rand(n, 1, 3, 4, generator=generator)) for n in (1, 2))]


CONSTANTS = "(0.4,), (0.2,)"  # the mean and the standard deviation

MISTAKES = (
    (CONSTANTS, "(-2,), (3,)", "The two are not the limits of the new range: the first is subtracted, the "
     "second divides. Ask what to take from 0, and what to divide by, to make −2."),
    (CONSTANTS, "(0.2,), (0.4,)",
     "The right two numbers in the wrong places: the mean comes first, then the standard deviation."),
    (CONSTANTS, "(0.4,), (5,)", "`Normalize` divides by the second number, so a larger one brings black and "
     "white closer together. To multiply by 5, divide by 0.2."),
    (CONSTANTS, "(-2,), (0.2,)", "The division is right. But the mean is subtracted before it, so it gets "
     "larger by the same factor; and subtracting a negative number adds."),
    (CONSTANTS, "(2,), (0.2,)", "The division is right. But the mean is subtracted before it, so what you "
     "take away gets larger by the same factor."),
    (CONSTANTS, "(-0.4,), (0.2,)",
     "Check the sign: `Normalize` subtracts the mean, and subtracting −0.4 adds 0.4."),
    (CONSTANTS, "(0.5,), (0.2,)", "Black and white are the right distance apart. Only the mean is still the "
     "old one: black should come out as −2."),
    (CONSTANTS, "(0.4,), (0.5,)",
     "Black and white are as far apart as before. The second number decides that."),
    (CONSTANTS, "(2,), (5,)", "The new range is 5 wide and starts 2 lower. But `Normalize` divides where you "
     "would multiply by 5, and it subtracts before that. Ask what your constants make of 0 and of 1."),
)  # fmt: skip


EXERCISE = Exercise(
    id="2.2",
    title="Other limits",
    difficulty=1,
    minutes=4,
    points=1,
    reference=stretch,
    given={CONSTANTS: "(0.5,), (0.5,)"},
    cases=scaled_images,
    why="If you can say what comes out of any two constants, you will notice when the wrong ones are used.",
    hints=(
        "Black is 0 and white is 1. Write down what `Normalize` makes of each, with mean and std as letters.",
        "From black to white is a step of 1. Afterwards it should be a step of 5, and dividing by what makes "
        "5 of 1?",
        "A division by 0.2 makes 5 of 1. Now the mean: 0 − mean, divided by 0.2, should be −2.",
    ),
    mistakes=MISTAKES,
)
