"""Lesson 02: follow one pixel by hand, then choose the constants of a Normalize."""

from mnist_lab.exercises.model import Exercise, Mistake, call

import torch
import torchvision

# Assigned, not imported by name: so the code given compiles as it does in a notebook's cell, where an
# unchanged one has to be recognised.
transforms = torchvision.transforms


def stretch(images):
    return transforms.Normalize((0.4,), (0.2,))(images)


def given_stretch(images):
    return transforms.Normalize((0.5,), (0.5,))(images)


def normalise_with(mean, std):
    """A learner's answer with these two constants."""
    return lambda images: (images - mean) / std


def scaled_images(generator):
    """Images from 0 to 1; the first holds black, grey and white."""
    greys = torch.tensor([[[0.0, 0.5, 1.0]]])
    return [call(greys), *(call(torch.rand(n, 1, 3, 4, generator=generator)) for n in (1, 2))]


EXERCISES = [
    Exercise(
        id="2.1",
        title="Follow one pixel",
        kind="value",
        difficulty=1,
        minutes=3,
        points=1,
        reference=-1.2,
        why="Numbers below 0 are no fault: a pixel darker than the mean has to come out negative.",
        hints=(
            "Two steps, one after the other. What does `ToTensor` make of the byte 51?",
            "`ToTensor` divides the byte by 255, which gives 0.2. `Normalize` takes it from there.",
            "`Normalize` first subtracts the mean, then divides what is left by the standard deviation: "
            "0.2 less 0.5, divided by 0.25.",
        ),
        mistakes=(
            Mistake(
                202.0,
                "You normalised the byte itself, still in 0…255. `ToTensor` comes first and divides by 255.",
            ),
            Mistake(0.2, "That is how it leaves `ToTensor`. `Normalize` still has to subtract and divide."),
            Mistake(-0.3, "The mean is subtracted. Now divide what is left by the standard deviation."),
            Mistake(-0.075, "You multiplied by the standard deviation. `Normalize` divides by it."),
            Mistake(0.3, "You divided before you subtracted. The mean is taken away first."),
            Mistake(2.8, "You added the mean. `Normalize` subtracts it."),
            Mistake(0.55, "That is the way back: times std, plus mean. `Normalize` subtracts and divides."),
            Mistake(
                0.45,
                "You took 0.5 and 0.25 for the limits of a new range. Constants are subtracted and divided, "
                "they are not target limits.",
            ),
            Mistake(-0.1, "The constants changed places. The mean, 0.5, comes first and is subtracted."),
            Mistake(-0.6, "Here the standard deviation is 0.25, not 0.5."),
            Mistake(1.2, "The size is right, the sign is not: the pixel less the mean, not the other way."),
            Mistake(0, "Nothing is cut off at 0. A pixel darker than the mean becomes a negative number."),
        ),
    ),
    Exercise(
        id="2.2",
        title="Other limits",
        kind="function",
        difficulty=1,
        minutes=4,
        points=1,
        reference=stretch,
        given=given_stretch,
        cases=scaled_images,
        why="Whoever can say what comes out of any two constants will notice when the wrong ones are used.",
        hints=(
            "Black is 0 and white is 1. Write down what `Normalize` makes of each, with mean and std as "
            "letters.",
            "From black to white is a step of 1. Afterwards it should be a step of 5, and dividing by what "
            "makes 5 of 1?",
            "A division by 0.2 makes 5 of 1. Now the mean: 0 − mean, divided by 0.2, should be −2.",
        ),
        mistakes=(
            Mistake(
                normalise_with(-2, 3),
                "Constants are subtracted and divided, not target limits. Ask what has to be subtracted "
                "from 0, and divided by, to make −2.",
            ),
            Mistake(
                normalise_with(0.2, 0.4),
                "The right two numbers in the wrong places: the mean comes first, then the standard "
                "deviation.",
            ),
            Mistake(
                normalise_with(0.4, 5),
                "`Normalize` divides by the second number, so a larger one brings black and white closer "
                "together. To multiply by 5, divide by 0.2.",
            ),
            Mistake(
                normalise_with(-2, 0.2),
                "The division is right. But the mean is subtracted before it, so it gets larger by the same "
                "factor; and subtracting a negative number adds.",
            ),
            Mistake(
                normalise_with(2, 0.2),
                "The division is right. But the mean is subtracted before it, so what you take away gets "
                "larger by the same factor.",
            ),
            Mistake(
                normalise_with(-0.4, 0.2),
                "Check the sign: `Normalize` subtracts the mean, and subtracting −0.4 adds 0.4.",
            ),
            Mistake(
                normalise_with(0.5, 0.2),
                "Black and white are the right distance apart. Only the mean is still the old one: black "
                "should come out as −2.",
            ),
            Mistake(
                normalise_with(0.4, 0.5),
                "Black and white are as far apart as before. The second number decides that.",
            ),
            Mistake(
                normalise_with(2, 5),
                "You chose how far to move and how wide to become. Both happen the other way round: first "
                "the subtraction, then a division.",
            ),
        ),
    ),
]
