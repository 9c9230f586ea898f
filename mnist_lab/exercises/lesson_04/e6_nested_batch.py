"""Exercise 4.6: move a nested batch."""

from typing import NamedTuple

from mnist_lab.devices import move_to
from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise

import torch


def variant(**changes):
    """Return a move_to in which some kinds of values are treated otherwise."""

    def move(value, device):
        inner = [move(item, device) for item in value] if isinstance(value, list | tuple) else None
        if isinstance(value, torch.Tensor):
            return parts["tensor"](value, device)
        if isinstance(value, dict):
            return parts["dict"](value, {key: move(item, device) for key, item in value.items()})
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return parts["named"](value, inner)
        for kind in (tuple, list):
            if isinstance(value, kind):
                return parts[kind.__name__](value, inner)
        return parts["other"](value, device)

    parts = {
        "tensor": lambda value, device: value.to(device),
        "dict": lambda value, moved: moved,
        "named": lambda value, moved: type(value)(*moved),
        "tuple": lambda value, moved: tuple(moved),
        "list": lambda value, moved: moved,
        "other": lambda value, device: value,
        **changes,
    }
    return move


def leave(value, moved):
    return value


def unassigned(value, device):
    value.to(device)
    return value


def into_the_list(value, moved):
    value[:] = moved
    return value


def into_the_dict(value, moved):
    value.update(moved)
    return value


def only_the_top(value, device):
    if isinstance(value, dict):
        return {key: item.to(device) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [item.to(device) for item in value]
    return value.to(device)


def only_tensors_at_the_top(value, device):
    def near(item):
        return item.to(device) if isinstance(item, torch.Tensor) else item

    if isinstance(value, dict):
        return {key: near(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(near, value))
    return type(value)(map(near, value)) if isinstance(value, list | tuple) else near(value)


def whatever_can_be_looped(value, device):
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {key: whatever_can_be_looped(item, device) for key, item in value.items()}
    if hasattr(value, "_fields"):
        return type(value)(*(whatever_can_be_looped(item, device) for item in value))
    if hasattr(value, "__iter__"):
        return type(value)([whatever_can_be_looped(item, device) for item in value])
    return value


def one_by_one(value, moved):
    return (item for item in moved)


def named_as_one(value, moved):
    return type(value)(iter(moved))


MISTAKES = (
    (variant(list=leave),
     "Lists were forgotten: what is in them stays on the processor. Rebuild them like tuples."),
    (variant(tuple=leave, named=leave),
     "Tuples were forgotten. A loader's batch is often one: images and labels."),
    (variant(dict=leave), "Dictionaries were forgotten. Keep their keys and move their values."),
    (variant(list=leave, dict=leave),
     "Lists and dictionaries were forgotten: what is in them stays on the processor."),
    (variant(list=leave, tuple=leave, named=leave, dict=leave),
     "Only a bare tensor is moved. Open lists, tuples and dictionaries, and move what is in them."),
    (only_the_top, "Not everything in a batch is a tensor: a name or a number has no `to`. Move tensors, and "
     "hand back as it is whatever is neither a tensor nor a container."),
    (only_tensors_at_the_top,
     "It stops one level down: tensors in a list within a dictionary stay on the processor. Let the function "
     "call itself for each thing it finds."),
    (variant(named=lambda value, moved: tuple(moved)),
     "The namedtuple was dropped: a plain tuple came back, and `batch.images` no longer works. Rebuild it "
     "with `type(value)(*…)`."),
    (variant(named=named_as_one),
     "A namedtuple wants its values one by one. Ask for `_fields` before you ask for `tuple`, and put a star "
     "before the values."),
    (variant(named=leave),
     "The namedtuple comes back as it went in. It is a tuple too: move what is in it, and rebuild it."),
    (variant(list=into_the_list, dict=into_the_dict),
     "The original was changed: whoever handed the batch over finds it moved. Make a new list, a new "
     "dictionary."),
    (variant(list=into_the_list),
     "The original list was changed: whoever handed it over finds its tensors moved. Make a new list."),
    (variant(dict=into_the_dict),
     "The original dictionary was changed: whoever handed it over finds its tensors moved. Make a new one."),
    (variant(tuple=lambda value, moved: moved, named=lambda value, moved: moved),
     "Tuples come back as lists. `type(value)` knows what the container was."),
    (variant(tuple=lambda value, moved: moved),
     "A plain tuple comes back as a list. `type(value)(…)` rebuilds what it was."),
    (variant(list=lambda value, moved: tuple(moved)),
     "Lists come back as tuples. `type(value)` knows what the container was."),
    (variant(dict=lambda value, moved: list(moved.values())),
     "A dictionary came back as a list: its keys, or its values, got lost. Rebuild it with `for key, item in "
     "value.items()`."),
    (variant(other=lambda value, device: None),
     "What is no tensor and no container comes back as `None`. End with `return value`."),
    (variant(tensor=unassigned),
     "Nothing has moved. `value.to(device)` returns a copy, and if nobody keeps it, it is gone: `return "
     "value.to(device)`."),
    (variant(list=one_by_one, tuple=one_by_one),
     "A generator came back, which can be read once only. Make a list or a tuple of it."),
    (variant(tensor=lambda value, device: value.to("cuda")),
     "One device is written into the function. Use the argument `device`."),
    (whatever_can_be_looped,
     "A text can be looped over too, and its letters are texts again. Ask for `list` and `tuple`, not for "
     "whatever can be looped over."),
)  # fmt: skip


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


EXERCISE = Exercise(
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
        "Ask in this order: a tensor, a dictionary, a namedtuple, another tuple or list; anything else comes "
        "back as it is.",
        "A namedtuple is a tuple with `_fields`, and wants its values one by one: "
        "`type(value)(*(move_to(item, device) for item in value))`. A list or tuple wants one sequence.",
    ),
    mistakes=MISTAKES,
)
