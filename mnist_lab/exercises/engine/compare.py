"""Compare what was expected with what came, by value, and say in a sentence where they differ."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from numbers import Number

import numpy as np
import torch
from torch import nn

NO_RETURN = "`None` came: does the function end with `return`?"


def difference(expected, came, *, tolerance=1e-4, strict=True):
    """Return None if came equals expected, else a sentence that names the difference.

    tolerance is relative, and a tenth of it absolute. Lists and tuples count as the same, nan
    equals nan. With strict=False also int and float, a dtype and another, a number and a tensor
    that holds one. Tensors on two devices differ; on `meta`, where there are no values, their
    shape and dtype are compared.
    """
    compare = partial(difference, tolerance=tolerance, strict=strict)
    if came is None and expected is not None:
        return NO_RETURN
    for kind, comparison in COMPARISONS.items():
        if isinstance(expected, kind):
            return comparison(expected, came, compare)
    if is_dataclass(expected) and type(expected) is type(came):
        pairs = [(getattr(expected, f.name), getattr(came, f.name)) for f in fields(expected)]
        return _first(compare, pairs, [f".{f.name}" for f in fields(expected)])
    return None if expected is came or _equal(expected, came) else _other_type(expected, came)


def _equal(expected, came):
    try:
        return bool(expected == came)
    except Exception:  # whatever a learner's own __eq__ raises: it is not equal
        return False


def kind_of(value):
    """Return the type of a value in a learner's words."""
    for kinds, words in WORDS.items():
        if isinstance(value, kinds):
            return words
    name = type(value).__name__
    return f"an {name}" if name[:1] in "AEIOUaeiou" else f"a {name}"


def _other_type(expected, came):
    mine, yours = kind_of(expected), kind_of(came)
    if mine == yours:
        return "The values differ."
    return f"{yours[0].upper()}{yours[1:]} came where {mine} was expected."


def _numbers(expected, came, compare):
    strict, tolerance = compare.keywords["strict"], compare.keywords["tolerance"]
    if isinstance(came, torch.Tensor | np.ndarray) and math.prod(came.shape) == 1:
        if strict or getattr(came, "is_meta", False):  # on meta there is no number in it
            return "A tensor came where a plain number was expected: `.item()` takes the number out."
        came = came.item()
    if not isinstance(came, Number) or isinstance(came, complex):
        return _other_type(expected, came)
    if strict and isinstance(expected, bool | np.bool_) != isinstance(came, bool | np.bool_):
        return _other_type(expected, came)
    if strict and isinstance(expected, int) and not isinstance(came, int | np.integer):
        return f"The float {came} came where a whole number was expected."
    if math.isnan(expected) or math.isnan(came):
        return None if math.isnan(expected) and math.isnan(came) else "nan is not a number."
    if math.isclose(expected, came, rel_tol=tolerance, abs_tol=tolerance / 10):
        return None
    return "The number differs."


def _texts(expected, came, compare):
    if not isinstance(came, str):
        return _other_type(expected, came)
    return None if expected.strip().casefold() == came.strip().casefold() else "The text differs."


def _tensors(expected, came, compare):
    if isinstance(came, np.ndarray) != isinstance(expected, np.ndarray):
        return _other_type(expected, came)
    if not isinstance(came, torch.Tensor | np.ndarray):
        return _other_type(expected, came)
    expected, came = (torch.as_tensor(side).detach() for side in (expected, came))
    if expected.device != came.device:
        return f"A tensor on {came.device} came where one on {expected.device} was expected."
    if expected.shape != came.shape:
        return f"The shape {tuple(came.shape)} came where {tuple(expected.shape)} was expected."
    if compare.keywords["strict"] and expected.dtype != came.dtype:
        return f"The dtype {_dtype(came)} came where {_dtype(expected)} was expected."
    if expected.is_meta:
        return None
    return _values(expected.cpu(), came.cpu(), compare)


def _values(expected, came, compare):
    tolerance = compare.keywords["tolerance"]
    close = torch.isclose(
        came.double(), expected.double(), rtol=tolerance, atol=tolerance / 10, equal_nan=True
    )
    return None if close.all() else _where(expected, came, ~close)


def _where(expected, came, wrong):
    """Count the wrong values of a tensor and show the first one."""
    place = tuple(wrong.nonzero()[0].tolist())
    if not place:
        return "The value differs."
    return (
        f"{int(wrong.sum())} of {wrong.numel()} values differ, the first at {list(place)}: "
        f"{came[place].item():.4g} came where {expected[place].item():.4g} was expected."
    )


def _dtype(tensor):
    return str(tensor.dtype).removeprefix("torch.")


def _sequences(expected, came, compare):
    if not isinstance(came, list | tuple):
        return _other_type(expected, came)
    if len(expected) != len(came):
        return f"{len(came)} entries came where {len(expected)} were expected."
    places = [f"[{i}]" for i in range(len(expected))]
    return _first(compare, zip(expected, came, strict=True), places)


def _mappings(expected, came, compare):
    if not isinstance(came, Mapping):
        return _other_type(expected, came)
    for words, keys in (
        ("is missing", expected.keys() - came),
        ("is too many", came.keys() - expected),
    ):
        if keys:
            return f"The key {sorted(map(repr, keys))[0]} {words}."
    pairs = [(value, came[key]) for key, value in expected.items()]
    return _first(compare, pairs, [f"[{key!r}]" for key in expected])


def _modules(expected, came, compare):
    if not isinstance(came, nn.Module):
        return _other_type(expected, came)
    if expected.training != came.training:
        mode = {True: "training", False: "eval"}
        return f"The model is in {mode[came.training]} mode, not in {mode[expected.training]} mode."
    return compare(dict(expected.state_dict()), dict(came.state_dict()))


def _first(compare, pairs, places):
    """The first difference among several, with its place in front."""
    for place, (expected, came) in zip(places, pairs, strict=True):
        found = compare(expected, came)
        if found:
            return f"At {place}: {found[0].lower() if found[1:2].islower() else found[0]}{found[1:]}"
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
