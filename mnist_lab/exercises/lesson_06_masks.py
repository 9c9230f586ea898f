"""Lesson 06: what a dropout does to numbers, said in sentences that hold for every draw."""

import math
from collections import namedtuple

from mnist_lab.exercises.compare import kind_of

import torch

P = 0.2  # no share that can be confused with 1 − P, with one half, or with what a bell curve gives
ALMOST = 0.03  # a share of a few thousand coins is as near as this; it would stray further once in ages

BELL = 0.5 * (1 + math.erf(P / math.sqrt(2)))  # the share of a bell curve that lies below P
SHARES = {
    P: "",
    0.0: "In training mode nothing was dropped.",
    1.0: "In training mode everything was dropped.",
    1 - P: "A share of 1 − p was dropped, and a share of p stayed.",
    0.5: "Half of it was dropped, though p was 0.2.",
    BELL: "The share that was dropped is the part of a bell curve below p.",
}
FACTORS = {
    1 / (1 - P): "",
    1.0: "What stayed was not made larger.",
    1 / P: "What stayed was divided by p.",
    1 - P: "What stayed was multiplied by 1 − p.",
    1 + P: "What stayed was multiplied by 1 + p.",
    P: "What stayed was multiplied by p.",
}
EVAL_FACTORS = {
    1.0: "",
    1 / (1 - P): "In eval mode the values were divided by 1 − p.",
    1 - P: "In eval mode the values were multiplied by 1 − p.",
}

Tried = namedtuple("Tried", "came values problem")  # what came, what went in, what is wrong with it


def faults(drop, values, *, coins):
    """Return what drop(values, p=…, training=…) does wrong, judged by what holds for every draw.

    values (N, C, …) hold no 0. coins(dropped) is given True where a 0 came. It returns a sentence
    about the pattern, if that is wrong, and the coins (N, C), one for each place that has its own.
    """
    first, second = (tried(drop, values, p=P, training=True) for _ in range(2))
    if first.problem:
        return [first.problem]
    found = _pattern(first, second, coins) + _factor(first.came, values) + _in_eval(drop, values)
    found = found or _without_a_share(drop, values)
    if not torch.equal(first.values, values):
        found.append("The function changed the tensor that it was given.")
    return found


def tried(drop, values, **options):
    """Call drop on a copy, and say if what comes is no tensor of that shape."""
    copy, problem = values.clone(), ""
    came = drop(copy, **options)
    if came is None:
        problem = "`None` came: does the function end with `return`?"
    elif not isinstance(came, torch.Tensor):
        problem = f"Not a tensor came, but {kind_of(came)}."
    elif came.shape != values.shape:
        problem = _other_shape(came.shape, values.shape)
    elif not came.is_floating_point():
        problem = "The tensor that came does not hold floats, so it is no longer the values."
    return Tried(came if problem else came.detach().to(values.dtype), copy, problem)


def _other_shape(came, given):
    if len(came) == 1 and came.numel() < given.numel():
        return "Only some of the values came, in a single row."
    return f"The shape {tuple(came)} came where {tuple(given)} was expected."


def _pattern(first, second, coins):
    """What is wrong with the places that were dropped, and with their number."""
    dropped = first.came == 0
    sentence, tossed = coins(dropped)
    if sentence:
        return [sentence]
    share = tossed.float().mean().item()
    if 0 < share < 1:
        if torch.equal(tossed, tossed[:1].expand_as(tossed)):
            return ["All samples lost the same places."]
        if torch.equal(tossed, tossed[:, :1].expand_as(tossed)):
            return ["Each sample was dropped or kept as a whole."]
    found = _named(share)
    if 0 < share < 1 and torch.equal(dropped, second.came == 0):
        found.append("A second call dropped the same places.")
    if 0 < share < 1 and tossed.sum(dim=1).unique().numel() == 1:
        found.append("Every sample lost the same number of places.")
    return found


def _named(share):
    """What is wrong with the share that was dropped."""
    for known, sentence in SHARES.items():
        if abs(share - known) < ALMOST:
            return [sentence] if sentence else []
    return ["Another share than p was dropped."]


def _factor(came, values):
    """What is wrong with the factor of the values that stayed."""
    stayed = came != 0
    if not stayed.any():
        return []
    factors = came[stayed] / values[stayed]
    if not torch.isfinite(factors).all() or factors.max() - factors.min() > 1e-3:
        return ["What stayed was not all multiplied by the same number."]
    factor = factors.mean().item()
    for known, sentence in FACTORS.items():
        if abs(factor - known) < 1e-4:
            return [sentence] if sentence else []
    if abs(factor - 1 / (1 - P)) < 2 * ALMOST:
        return ["The factor is near 1 / (1 − p) and changes with the draw."]
    return ["What stayed was multiplied by another number than 1 / (1 − p)."]


def _in_eval(drop, values):
    """What is wrong in eval mode, where all should stay as it was."""
    came, _, problem = tried(drop, values, p=P, training=False)
    if problem:
        return [f"In eval mode: {problem[0].lower()}{problem[1:]}"]
    if (came == 0).any():
        return [f"In eval mode {'values were' if came.any() else 'everything was'} dropped."]
    for factor, sentence in EVAL_FACTORS.items():
        if torch.allclose(came, factor * values, rtol=1e-4):
            return [sentence] if sentence else []
    return ["In eval mode the values came back changed."]


def _without_a_share(drop, values):
    """What is wrong in training mode with p = 0, where nothing is dropped."""
    came, _, problem = tried(drop, values, p=0.0, training=True)
    if problem or not torch.allclose(came, values):
        return ["With p = 0 in training mode the values came back changed."]
    return []
