"""Compare what was expected with what came, by value, and say in a sentence where they differ."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from numbers import Number

import numpy as np
import torch
from torch import nn

FINER = {torch.float32: torch.float64}  # a result that may as well come with more digits
NO_RETURN = "`None` came: does the function end with `return`?"


def difference(expected, actual, *, tolerance=1e-4, strict=True):
    """Return None if actual equals expected, else a sentence that names the difference.

    tolerance is relative, and a tenth of it absolute; whole numbers have none. Lists and tuples count as
    the same, nan equals nan, and float64 will do for float32. With strict=False also int and float, a dtype
    and another, a number and a tensor that holds one. Tensors on two devices differ; on `meta`, where there
    are no values, their shape and dtype are compared.
    """
    compare = partial(difference, tolerance=tolerance, strict=strict)
    if actual is None and expected is not None:
        return NO_RETURN
    for kind, comparison in COMPARISONS.items():
        if isinstance(expected, kind):
            return comparison(expected, actual, compare)
    if is_dataclass(expected) and type(expected) is type(actual):
        pairs = [(getattr(expected, f.name), getattr(actual, f.name)) for f in fields(expected)]
        return _first(compare, pairs, [f".{f.name}" for f in fields(expected)])
    return None if expected is actual or _equal(expected, actual) else _other_type(expected, actual)


def in_types_of(expected, actual):
    """Return actual as plain numbers and lists where expected is made of these, if no value changes by it.

    So 4.0 can stand for 4, a tensor of no axes for a number, and a tensor or an array for a list.
    """
    arrays = torch.Tensor | np.ndarray | np.generic
    if isinstance(actual, arrays) and not isinstance(expected, arrays) and not getattr(actual, "is_meta", 0):
        actual = actual.tolist()
    if isinstance(expected, int) and isinstance(actual, float) and actual.is_integer():
        return int(actual)
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        pairs = zip(expected, actual, strict=False)
        return [in_types_of(*pair) for pair in pairs] + list(actual[len(expected) :])
    return actual


def _equal(expected, actual):
    try:
        return bool(expected == actual)
    except Exception:  # whatever a learner's own __eq__ raises: it is not equal
        return False


def kind_of(value):
    """Return the type of a value in a learner's words."""
    for kinds, words in WORDS.items():
        if isinstance(value, kinds):
            return words
    name = type(value).__name__
    return f"an {name}" if name[:1] in "AEIOUaeiou" else f"a {name}"


def _other_type(expected, actual):
    expected_kind, actual_kind = kind_of(expected), kind_of(actual)
    if expected_kind == actual_kind:
        return "The values differ."
    return f"{actual_kind[0].upper()}{actual_kind[1:]} came where {expected_kind} was expected."


def _numbers(expected, actual, compare):
    strict, tolerance = compare.keywords["strict"], compare.keywords["tolerance"]
    if isinstance(actual, torch.Tensor | np.ndarray) and math.prod(actual.shape) == 1:
        if strict or getattr(actual, "is_meta", False):  # on meta there is no number in it
            return "A tensor came where a plain number was expected: `.item()` takes the number out."
        actual = actual.item()
    if not isinstance(actual, Number) or isinstance(actual, complex):
        return _other_type(expected, actual)
    if strict and isinstance(expected, bool | np.bool_) != isinstance(actual, bool | np.bool_):
        return _other_type(expected, actual)
    if strict and isinstance(expected, int) and not isinstance(actual, int | np.integer):
        return f"The float {actual} came where a whole number was expected."
    if isinstance(expected, int) and isinstance(actual, int | np.integer):
        return None if expected == actual else "The number differs."
    if math.isnan(expected) or math.isnan(actual):
        return None if math.isnan(expected) and math.isnan(actual) else "nan is not a number."
    if math.isclose(expected, actual, rel_tol=tolerance, abs_tol=tolerance / 10):
        return None
    return "The number differs."


def _texts(expected, actual, compare):
    if not isinstance(actual, str):
        return _other_type(expected, actual)
    return None if expected.strip().casefold() == actual.strip().casefold() else "The text differs."


def _tensors(expected, actual, compare):
    if isinstance(actual, np.ndarray) != isinstance(expected, np.ndarray):
        return _other_type(expected, actual)
    if not isinstance(actual, torch.Tensor | np.ndarray):
        return _other_type(expected, actual)
    sides = (
        torch.from_numpy(side.copy()) if isinstance(side, np.ndarray) else side for side in (expected, actual)
    )
    expected, actual = (side.detach() for side in sides)
    if expected.device != actual.device:
        return f"A tensor on {actual.device} came where one on {expected.device} was expected."
    if expected.shape != actual.shape:
        return f"The shape {tuple(actual.shape)} came where {tuple(expected.shape)} was expected."
    if compare.keywords["strict"] and actual.dtype not in (expected.dtype, FINER.get(expected.dtype)):
        return f"The dtype {_dtype(actual)} came where {_dtype(expected)} was expected."
    if expected.is_meta:
        return None
    return _values(expected.cpu(), actual.cpu(), compare)


def _values(expected, actual, compare):
    tolerance = compare.keywords["tolerance"]
    close = torch.isclose(
        actual.double(), expected.double(), rtol=tolerance, atol=tolerance / 10, equal_nan=True
    )
    return None if close.all() else _where(expected, actual, ~close)


def _where(expected, actual, wrong):
    """Count the wrong values of a tensor and show the first one."""
    place = tuple(wrong.nonzero()[0].tolist())
    if not place:
        return "The value differs."
    return (
        f"{int(wrong.sum())} of {wrong.numel()} values differ, the first at {list(place)}: "
        f"{actual[place].item():.4g} came where {expected[place].item():.4g} was expected."
    )


def _dtype(tensor):
    return str(tensor.dtype).removeprefix("torch.")


def _sequences(expected, actual, compare):
    if not isinstance(actual, list | tuple):
        return _other_type(expected, actual)
    if len(expected) != len(actual):
        return f"{len(actual)} entries came where {len(expected)} were expected."
    places = [f"[{i}]" for i in range(len(expected))]
    return _first(compare, zip(expected, actual, strict=True), places)


def _mappings(expected, actual, compare):
    if not isinstance(actual, Mapping):
        return _other_type(expected, actual)
    for words, keys in (
        ("is missing", expected.keys() - actual),
        ("is too many", actual.keys() - expected),
    ):
        if keys:
            return f"The key {sorted(map(repr, keys))[0]} {words}."
    pairs = [(value, actual[key]) for key, value in expected.items()]
    return _first(compare, pairs, [f"[{key!r}]" for key in expected])


def _modules(expected, actual, compare):
    if not isinstance(actual, nn.Module):
        return _other_type(expected, actual)
    if expected.training != actual.training:
        mode = {True: "training", False: "eval"}
        return f"The model is in {mode[actual.training]} mode, not in {mode[expected.training]} mode."
    return compare(dict(expected.state_dict()), dict(actual.state_dict()))


def _first(compare, pairs, places):
    """The first difference among several, with its place in front."""
    for place, (expected, actual) in zip(places, pairs, strict=True):
        sentence = compare(expected, actual)
        if sentence:
            first = sentence[0].lower() if sentence[1:2].islower() else sentence[0]
            return f"At {place}: {first}{sentence[1:]}"
    return None


COMPARISONS = {
    Number: _numbers,
    str: _texts,
    torch.Tensor: _tensors,
    np.ndarray: _tensors,
    Mapping: _mappings,
    list | tuple: _sequences,
    nn.Module: _modules,
}
WORDS = {
    type(None): "`None`",
    type(...): "the placeholder `...`",
    bool | np.bool_: "True or False",
    int | np.integer: "a whole number",
    Number: "a number",
    str: "a text",
    torch.Tensor: "a tensor",
    np.ndarray: "a NumPy array",
    Mapping: "a dictionary",
    tuple: "a tuple",
    list: "a list",
    nn.Module: "a model",
    type: "a class",
    type(kind_of): "a function",
}
