"""Lesson 04, further: the many ways to move a nested batch wrongly."""

from mnist_lab.exercises.model import Mistake

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
    Mistake(
        variant(list=leave),
        "Lists were forgotten: what is in them stays on the processor. Rebuild them like tuples.",
    ),
    Mistake(
        variant(tuple=leave, named=leave),
        "Tuples were forgotten. A loader's batch is often one: images and labels.",
    ),
    Mistake(
        variant(dict=leave),
        "Dictionaries were forgotten. Keep their keys and move their values.",
    ),
    Mistake(
        variant(list=leave, dict=leave),
        "Lists and dictionaries were forgotten: what is in them stays on the processor.",
    ),
    Mistake(
        variant(list=leave, tuple=leave, named=leave, dict=leave),
        "Only a bare tensor is moved. Open lists, tuples and dictionaries, and move what is in them.",
    ),
    Mistake(
        only_the_top,
        "Not everything in a batch is a tensor: a name or a number has no `to`. Move tensors, and "
        "hand back as it is whatever is neither a tensor nor a container.",
    ),
    Mistake(
        only_tensors_at_the_top,
        "It stops one level down: tensors in a list within a dictionary stay on the processor. Let "
        "the function call itself for each thing it finds.",
    ),
    Mistake(
        variant(named=lambda value, moved: tuple(moved)),
        "The namedtuple was dropped: a plain tuple came back, and `batch.images` no longer works. "
        "Rebuild it with `type(value)(*…)`.",
    ),
    Mistake(
        variant(named=named_as_one),
        "A namedtuple wants its values one by one. Ask for `_fields` before you ask for `tuple`, and "
        "put a star before the values.",
    ),
    Mistake(
        variant(named=leave),
        "The namedtuple comes back as it went in. It is a tuple too: move what is in it, and rebuild it.",
    ),
    Mistake(
        variant(list=into_the_list, dict=into_the_dict),
        "The original was changed: whoever handed the batch over finds it moved. Make a new list, a "
        "new dictionary.",
    ),
    Mistake(
        variant(list=into_the_list),
        "The original list was changed: whoever handed it over finds its tensors moved. Make a new list.",
    ),
    Mistake(
        variant(dict=into_the_dict),
        "The original dictionary was changed: whoever handed it over finds its tensors moved. Make a "
        "new one.",
    ),
    Mistake(
        variant(tuple=lambda value, moved: moved, named=lambda value, moved: moved),
        "Tuples come back as lists. `type(value)` knows what the container was.",
    ),
    Mistake(
        variant(tuple=lambda value, moved: moved),
        "A plain tuple comes back as a list. `type(value)(…)` rebuilds what it was.",
    ),
    Mistake(
        variant(list=lambda value, moved: tuple(moved)),
        "Lists come back as tuples. `type(value)` knows what the container was.",
    ),
    Mistake(
        variant(dict=lambda value, moved: list(moved.values())),
        "A dictionary came back as a list: its keys, or its values, got lost. Rebuild it with "
        "`for key, item in value.items()`.",
    ),
    Mistake(
        variant(other=lambda value, device: None),
        "What is no tensor and no container comes back as `None`. End with `return value`.",
    ),
    Mistake(
        variant(tensor=unassigned),
        "Nothing has moved. `value.to(device)` returns a copy, and if nobody keeps it, it is gone: "
        "`return value.to(device)`.",
    ),
    Mistake(
        variant(list=one_by_one, tuple=one_by_one),
        "A generator came back, which can be read once only. Make a list or a tuple of it.",
    ),
    Mistake(
        variant(tensor=lambda value, device: value.to("cuda")),
        "One device is written into the function. Use the argument `device`.",
    ),
    Mistake(
        whatever_can_be_looped,
        "A text can be looped over too, and its letters are texts again. Ask for `list` and `tuple`, "
        "not for whatever can be looped over.",
    ),
)
