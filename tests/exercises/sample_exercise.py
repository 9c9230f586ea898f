"""An exercise 7.1 as a lesson would have it, for the tests of the engine."""

from mnist_lab.exercises.engine.model import Exercise, call

import torch


def mean_of_squares(values, *, scale=1.0):
    return scale * (values**2).mean().item()


def forgets_the_square(values, *, scale=1.0):
    return scale * values.mean().item()


def wants_floats(values, *, scale=1.0):
    return values.long().mean().item()


def some_values(generator):
    return [
        call(torch.rand(200, generator=generator) + 2, scale=2.0),
        call(torch.tensor([2.0, 4.0])),
        call(torch.tensor([3.0, 5.0, 7.0]), scale=0.5),
    ]


def exercise(**changes):
    """The exercise, with something changed."""
    settings = {
        "id": "7.1",
        "title": "Mean of squares",
        "difficulty": 1,
        "minutes": 2,
        "points": 1,
        "reference": mean_of_squares,
        "cases": some_values,
        "why": "Squares weigh large values more.",
        "hints": ("Think of `x`.", "Square first.", "Then the mean."),
        "mistakes": (
            (forgets_the_square, "The values were not squared: `**2` comes first."),
            (wants_floats, "Whole numbers have no mean: keep floats."),
        ),
    }
    return Exercise(**{**settings, **changes})


def value_exercise(**changes):
    return exercise(**{"cases": None, "reference": 4, "mistakes": (), **changes})


def doubling(cases, **changes):
    """An exercise that asks to double, tried on calls that are given one by one."""
    settings = {"reference": lambda values: values * 2, "cases": lambda generator: cases, "mistakes": ()}
    return exercise(**{**settings, **changes})
