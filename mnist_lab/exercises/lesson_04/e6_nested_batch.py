"""Exercise 4.6: move a nested batch; the reference is the package's own `move_to`."""

from typing import NamedTuple

from mnist_lab.devices import move_to
from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise

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
    return [fault for name in nests() if (fault := _moved(move_to, name))]


def _moved(move_to, name):
    given, expected = nests()[name], _there(nests()[name])
    try:
        actual = move_to(given, torch.device("meta"))
    except RecursionError:
        return f"With {name} it calls itself without an end."
    fault = difference(expected, actual) or _other_container(expected, actual)
    if not fault and (difference(nests()[name], given) or _other_container(nests()[name], given)):
        fault = "The result is right, but the batch that was handed over is no longer what it was."
    return f"With {name}: {fault}" if fault else None


def _there(value):
    """What is to come back; written otherwise than the answer."""
    if isinstance(value, torch.Tensor):
        return torch.empty_like(value, device="meta")
    if isinstance(value, dict):
        return dict(zip(value, map(_there, value.values()), strict=True))
    if isinstance(value, Digits):
        return value._replace(**dict(zip(value._fields, map(_there, value), strict=True)))
    return type(value)(map(_there, value)) if isinstance(value, list | tuple) else value


def _other_container(expected, actual):
    """Say so if a list, tuple, namedtuple or dictionary came back as another; the values are equal."""
    if type(expected) is not type(actual) and isinstance(expected, list | tuple | dict):
        expected_kind, actual_kind = _name(expected), _name(actual)
        return f"{actual_kind[0].upper()}{actual_kind[1:]} came where {expected_kind} was expected."
    if isinstance(expected, dict):
        expected, actual = expected.values(), actual.values()
    if isinstance(expected, str) or not hasattr(expected, "__iter__") or isinstance(expected, torch.Tensor):
        return None
    faults = (_other_container(*pair) for pair in zip(expected, actual, strict=True))
    return next(filter(None, faults), None)


def _name(value):
    return f"the namedtuple {type(value).__name__}" if hasattr(value, "_fields") else kind_of(value)


# What move_to returns for a dictionary, a namedtuple, and another list or tuple
NEW_DICT = "{key: move_to(item, device) for key, item in value.items()}"
NEW_NAMED = "type(value)(*(move_to(item, device) for item in value))"
NEW_SEQUENCE = "type(value)(move_to(item, device) for item in value)"

# What it might return instead
AS_LIST = "[move_to(item, device) for item in value]"
AS_TUPLE = "tuple(move_to(item, device) for item in value)"
IF_TENSOR = "(item.to(device) if isinstance(item, torch.Tensor) else item)"
NOT_DEEPER = {
    new: new.replace("move_to(item, device)", IF_TENSOR) for new in (NEW_DICT, NEW_NAMED, NEW_SEQUENCE)
}
DICT_IN_PLACE = {f"return {NEW_DICT}": f"value.update({NEW_DICT})\n        return value"}
LIST_IN_PLACE = {
    f"return {NEW_SEQUENCE}": f"""if isinstance(value, list):
            value[:] = {NEW_SEQUENCE}
            return value
        return {NEW_SEQUENCE}"""
}

MISTAKES = (
    ("list | tuple", "tuple",
     "Lists were forgotten: what is in them stays on the processor. Rebuild them like tuples."),
    ({"list | tuple": "list", NEW_NAMED: "value"},
     "Tuples were forgotten. A loader's batch is often one: images and labels."),
    (NEW_DICT, "value", "Dictionaries were forgotten. Keep their keys and move their values."),
    ({"list | tuple": "tuple", NEW_DICT: "value"},
     "Lists and dictionaries were forgotten: what is in them stays on the processor."),
    ({NEW_DICT: "value", NEW_NAMED: "value", NEW_SEQUENCE: "value"},
     "Only a bare tensor is moved. Open lists, tuples and dictionaries, and move what is in them."),
    ("return value\n", "return value.to(device)\n",
     "Not everything in a batch is a tensor: a name or a number has no `to`. Move tensors, and hand back as "
     "it is whatever is neither a tensor nor a container."),
    (NOT_DEEPER, "It stops one level down: tensors in a list within a dictionary stay on the processor. Let "
     "the function call itself for each thing it finds."),
    (NEW_NAMED, AS_TUPLE, "The namedtuple was dropped: a plain tuple came back, and `batch.images` no longer "
     "works. Rebuild it with `type(value)(*…)`."),
    (NEW_NAMED, NEW_SEQUENCE, "A namedtuple wants its values one by one. Ask for `_fields` before you ask "
     "for `tuple`, and put a star before the values."),
    (NEW_NAMED, "value",
     "The namedtuple comes back as it went in. It is a tuple too: move what is in it, and rebuild it."),
    (LIST_IN_PLACE | DICT_IN_PLACE,
     "The original was changed: whoever handed the batch over finds it moved. Make a new list, a new "
     "dictionary."),
    (LIST_IN_PLACE,
     "The original list was changed: whoever handed it over finds its tensors moved. Make a new list."),
    (DICT_IN_PLACE,
     "The original dictionary was changed: whoever handed it over finds its tensors moved. Make a new one."),
    ({NEW_NAMED: AS_LIST, NEW_SEQUENCE: AS_LIST},
     "Tuples come back as lists. `type(value)` knows what the container was."),
    (NEW_SEQUENCE, AS_LIST, "A plain tuple comes back as a list. `type(value)(…)` rebuilds what it was."),
    (NEW_SEQUENCE, AS_TUPLE, "Lists come back as tuples. `type(value)` knows what the container was."),
    (NEW_DICT, "[move_to(item, device) for item in value.values()]",
     "A dictionary came back as a list: its keys, or its values, got lost. Rebuild it with `for key, item in "
     "value.items()`."),
    ("return value\n", "return None\n",
     "What is no tensor and no container comes back as `None`. End with `return value`."),
    ("return value.to(device)", "value.to(device)\n        return value",
     "Nothing has moved. `value.to(device)` returns a copy, and if nobody keeps it, it is gone: `return "
     "value.to(device)`."),
    (NEW_SEQUENCE, "(move_to(item, device) for item in value)",
     "A generator came back, which can be read once only. Make a list or a tuple of it."),
    ("value.to(device)", 'value.to("cuda")',
     "One device is written into the function. Use the argument `device`."),
    ({"isinstance(value, list | tuple)": 'hasattr(value, "__iter__")',
      NEW_SEQUENCE: f"type(value)({AS_LIST})"},
     "A text can be looped over too, and its letters are texts again. Ask for `list` and `tuple`, not for "
     "whatever can be looped over."),
)  # fmt: skip


EXERCISE = Exercise(
    id="4.6",
    title="Move a nested batch",
    kind="function",
    difficulty=3,
    minutes=8,
    points=3,
    reference=move_to,
    probe=how_it_moves,
    why="Each container is rebuilt as what it was, from the moved things in it; the batch that was handed "
    "over stays as it was.",
    hints=(
        "The function may call itself: to move a list is to move each thing in it.",
        "Ask in this order: a tensor, a dictionary, a namedtuple, another tuple or list; anything else comes "
        "back as it is.",
        "A namedtuple is a tuple with `_fields`, and wants its values one by one: "
        "`type(value)(*(move_to(item, device) for item in value))`. A list or tuple wants one sequence.",
    ),
    mistakes=MISTAKES,
)
