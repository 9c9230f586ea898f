"""Exercise 2.1: Follow one pixel."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    (202.0, "You normalised the byte itself, still in 0…255. `ToTensor` comes first and divides by 255."),
    (0.2, "That is how it leaves `ToTensor`. `Normalize` still has to subtract and divide."),
    (-0.3, "The mean is subtracted. Now divide what is left by the standard deviation."),
    (-0.075, "You multiplied by the standard deviation. `Normalize` divides by it."),
    (0.3, "Perhaps you divided before you subtracted, or took 0.2 from 0.5 and did not divide. The pixel "
     "less the mean comes first, then the division."),
    (2.8, "You added the mean. `Normalize` subtracts it."),
    (0.55, "That is the way back: times std, plus mean. `Normalize` subtracts and divides."),
    (0.45, "Perhaps you took 0.5 and 0.25 for the limits of a new range. The first is subtracted, the second "
     "divides."),
    (-0.1, "The constants changed places. The mean, 0.5, comes first and is subtracted."),
    (-0.6, "Here the standard deviation is 0.25, not 0.5."),
    (1.2, "The size is right, the sign is not: the pixel less the mean, not the other way round."),
    (0, "Perhaps you cut it off at 0. `Normalize` cuts nothing off: a pixel darker than the mean becomes "
     "a negative number."),
)  # fmt: skip


EXERCISE = Exercise(
    id="2.1",
    title="Follow one pixel",
    difficulty=1,
    minutes=3,
    points=1,
    reference=-1.2,
    why="Numbers below 0 are no fault: a pixel darker than the mean has to come out negative.",
    hints=(
        "Two steps, one after the other. What does `ToTensor` make of the byte 51?",
        "`ToTensor` divides the byte by 255, which gives 0.2. `Normalize` takes it from there.",
        "`Normalize` first subtracts the mean, then divides what is left by the standard deviation: 0.2 less "
        "0.5, divided by 0.25.",
    ),
    mistakes=MISTAKES,
)
