"""Exercise 4.6: move a nested batch; the reference is the package's own `move_to`."""

from functools import partial
from typing import NamedTuple

from mnist_lab.devices import move_to
from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch


class Digits(NamedTuple):
    """A batch with names."""

    images: torch.Tensor
    labels: torch.Tensor


class Row(NamedTuple):
    """A longer one."""

    number: int
    image: torch.Tensor
    label: torch.Tensor


def nests(generator):
    """Return batches of all kinds, by what is special about them."""
    number = partial(whole_number, generator)

    def tensors(count):
        shapes = [[number(1, 3) for _ in range(number(0, 3))] for _ in range(count)]
        return [9 * torch.rand(shape, generator=generator) for shape in shapes]

    few, some, more = different_numbers(generator, 3, 1, 4)
    keys = [("images", 1, "left", (0, "a"))[place] for place in different_numbers(generator, 3, 0, 3)]
    nest = {
        keys[0]: [tuple(tensors(more)), (*tensors(1), [*tensors(few), "left"])],
        keys[1]: ([None, {"deep": tensors(1)}], *tensors(2), []),
    }
    for wrap in different_numbers(generator, number(0, 2), 0, 1):
        nest = [nest, 0.5] if wrap else ("right", nest)
    return {
        "one tensor": tensors(1)[0],
        "a list": [tensor.long() for tensor in tensors(few)],
        "a tuple": tuple(tensors(some)),
        "a dictionary": dict(zip(keys, tensors(3), strict=True)),
        "a namedtuple": Digits(*tensors(2)),
        "other things": ["a name", number(2, 9), None, 0.5, True],
        "a nest": nest,
        "namedtuples in a list": [Digits(*tensors(1), [*tensors(1)]), Row(number(2, 9), *tensors(2))],
    }


def how_it_moves(move_to, generator, *names):
    """Return what goes wrong with all batches, or with those named, on the way to meta, or to the CPU."""
    state = generator.get_state()
    kept = nests(generator)
    for device in ("meta", "cpu"):
        given = nests(generator.set_state(state))
        faults = [_moved(move_to, name, given[name], kept[name], device) for name in names or kept]
        if any(faults):
            return [fault for fault in faults if fault]
    return []


def _moved(move_to, name, given, kept, device):
    expected = _there(kept, device)
    try:
        actual = move_to(given, torch.device(device))
    except RecursionError:
        return f"With {name} it calls itself without an end."
    fault = difference(expected, actual) or _other_container(expected, actual)
    if not fault and device == "meta" and (difference(kept, given) or _other_container(kept, given)):
        fault = "The result is right, but the batch that was handed over is no longer what it was."
    where = " that is to stay on the processor" if device == "cpu" else ""
    return f"With {name}{where}: {fault}" if fault else None


def _there(value, device):
    """What is to come back; written otherwise than the answer."""
    if isinstance(value, torch.Tensor):
        return value.to(device)
    things = [_there(item, device) for item in _things(value)]
    if isinstance(value, dict):
        return dict(zip(value, things, strict=True))
    if hasattr(value, "_fields"):
        return value._replace(**dict(zip(value._fields, things, strict=True)))
    return type(value)(things) if isinstance(value, list | tuple) else value


def _things(value):
    """What is in a container; of anything else nothing."""
    if isinstance(value, dict):
        return [value[key] for key in value]
    return value if isinstance(value, list | tuple) else []


def _other_container(expected, actual):
    """Say so if a list, tuple, namedtuple or dictionary came back as another; the values are equal."""
    if type(expected) is not type(actual) and isinstance(expected, list | tuple | dict):
        expected_kind, actual_kind = _name(expected), _name(actual)
        return f"{actual_kind[0].upper()}{actual_kind[1:]} came where {expected_kind} was expected."
    if isinstance(expected, dict):
        actual = {key: actual[key] for key in expected}
    pairs = zip(_things(expected), _things(actual), strict=True)
    return next(filter(None, (_other_container(*pair) for pair in pairs)), None)


def _name(value):
    if hasattr(value, "_fields"):
        return f"the namedtuple {type(value).__name__}"
    plain = type(value) in (list, tuple, dict, type(None))
    return kind_of(value) if plain else f"something of type {type(value).__name__}"


def part(*names):
    """Return the probe of a part, which tries some of the batches."""
    return lambda move_to, generator: how_it_moves(move_to, generator, *names)


PARTS = {
    "opens a list, a tuple, a dictionary": (1, part("one tensor", "a list", "a tuple", "a dictionary")),
    "goes to any depth, and leaves other things alone": (1, part("other things", "a nest")),
    "rebuilds a namedtuple": (1, part("a namedtuple", "namedtuples in a list")),
}

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
     "It calls itself without an end. Perhaps it takes a text apart, whose letters are texts again: ask for "
     "`list` and `tuple`, not for whatever can be looped over."),
)  # fmt: skip


EXERCISE = Exercise(
    id="4.6",
    title="Move a nested batch",
    difficulty=3,
    minutes=8,
    points=3,
    reference=move_to,
    probe=how_it_moves,
    parts=PARTS,
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
