"""Lesson 04, further: move a nested batch."""

from typing import NamedTuple

from mnist_lab.devices import move_to
from mnist_lab.exercises.compare import difference, kind_of
from mnist_lab.exercises.lesson_04_nest_wrong import MISTAKES
from mnist_lab.exercises.model import Exercise

import torch


class Digits(NamedTuple):
    """A batch with names."""

    images: torch.Tensor
    labels: torch.Tensor


def nests():
    """Batches of all kinds, by what is special about them."""
    images, labels = torch.ones(2, 3), torch.zeros(2, dtype=torch.int64)
    return {
        "one tensor": images,
        "a list": [images, labels],
        "a tuple": (images, labels),
        "a dictionary": {"images": images, "labels": labels},
        "a namedtuple": Digits(images, labels),
        "other things": ["a name", 3, None, 0.5],
        "a nest": {"pairs": [(images, labels), (images, [labels, "left"])], "named": (Digits(images, 7), [])},
    }


def how_it_moves(move_to):
    """Return what goes wrong, a sentence for each kind of batch, on the way to meta."""
    return [found for name in nests() if (found := _moved(move_to, name))]


def _moved(move_to, name):
    given, expected = nests()[name], _there(nests()[name])
    try:
        came = move_to(given, torch.device("meta"))
    except RecursionError:
        return f"With {name} it calls itself without an end."
    found = difference(expected, came) or other_container(expected, came)
    if not found and (difference(nests()[name], given) or other_container(nests()[name], given)):
        found = "The result is right, but the batch that was handed over is no longer what it was."
    return f"With {name}: {found}" if found else None


def _there(value):
    """What is to come back; written otherwise than the answer."""
    if isinstance(value, torch.Tensor):
        return torch.empty_like(value, device="meta")
    if isinstance(value, dict):
        return dict(zip(value, map(_there, value.values()), strict=True))
    if isinstance(value, Digits):
        return value._replace(**dict(zip(value._fields, map(_there, value), strict=True)))
    return type(value)(map(_there, value)) if isinstance(value, list | tuple) else value


def other_container(expected, came):
    """Say so if a list, tuple, namedtuple or dictionary came back as another; the values are equal."""
    if type(expected) is not type(came) and isinstance(expected, list | tuple | dict):
        mine, yours = (_name(side) for side in (expected, came))
        return f"{yours[0].upper()}{yours[1:]} came where {mine} was expected."
    if isinstance(expected, dict):
        expected, came = expected.values(), came.values()
    if isinstance(expected, str) or not hasattr(expected, "__iter__") or isinstance(expected, torch.Tensor):
        return None
    found = (other_container(mine, yours) for mine, yours in zip(expected, came, strict=True))
    return next(filter(None, found), None)


def _name(value):
    return f"the namedtuple {type(value).__name__}" if hasattr(value, "_fields") else kind_of(value)


EXERCISES = [
    Exercise(
        id="4.6",
        title="Move a nested batch",
        kind="function",
        difficulty=3,
        minutes=8,
        points=3,
        reference=move_to,
        probe=how_it_moves,
        why="Each container is rebuilt as what it was, from the moved things in it; nobody's batch changes "
        "behind his back.",
        hints=(
            "The function may call itself: to move a list is to move each thing in it.",
            "Ask in this order: a tensor, a dictionary, a namedtuple, another tuple or list; anything else "
            "comes back as it is.",
            "A namedtuple is a tuple with `_fields`, and wants its values one by one: "
            "`type(value)(*(move_to(item, device) for item in value))`. A list or tuple wants one sequence.",
        ),
        mistakes=MISTAKES,
    ),
]
