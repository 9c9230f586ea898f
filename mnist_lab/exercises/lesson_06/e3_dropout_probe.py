"""What holds for every draw of a dropout: the probe of 6.3, and of 6.6, which drops whole channels."""

import math
from collections import namedtuple

from mnist_lab.exercises.engine.compare import kind_of

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
    2.0: "What stayed was doubled, though p was 0.2.",
    P: "What stayed was multiplied by p.",
}

EVAL_FACTORS = {
    1.0: "",
    1 / (1 - P): "In eval mode the values were divided by 1 − p.",
    1 - P: "In eval mode the values were multiplied by 1 − p.",
}

Call = namedtuple("Call", "result values problem")  # what came back, what went in, what is wrong with it


def faults(drop, values, *, coins):
    """Return what drop(values, p=…, training=…) does wrong, judged by what holds for every draw.

    values (N, C, …) hold no 0. coins(dropped) is given True where a 0 came. It returns a sentence
    about the pattern, if that is wrong, and the coins (N, C), one for each place that has its own.
    """
    first, second = (called(drop, values, p=P, training=True) for _ in range(2))
    if first.problem:
        return [first.problem]
    problems = _pattern(first, second, coins) + _factor(first.result, values) + _in_eval(drop, values)
    problems = problems or _without_a_share(drop, values) or _always_as_many(drop, values)
    if not torch.equal(first.values, values):
        problems.append("The function changed the tensor that it was given.")
    return problems


def called(drop, values, **options):
    """Call drop on a copy, and say if what comes is no tensor of that shape."""
    copy, problem = values.clone(), ""
    result = drop(copy, **options)
    if result is None:
        problem = "`None` came: does the function end with `return`?"
    elif not isinstance(result, torch.Tensor):
        problem = f"Not a tensor came, but {kind_of(result)}."
    elif result.shape != values.shape:
        problem = _other_shape(result.shape, values.shape)
    elif not result.is_floating_point():
        problem = "The tensor that came does not hold floats, so it is no longer the values."
    return Call(result if problem else result.detach().to(values.dtype), copy, problem)


def _other_shape(actual, expected):
    if len(actual) == 1 and actual.numel() < expected.numel():
        return "Only some of the values came, in a single row."
    return f"The shape {tuple(actual)} came where {tuple(expected)} was expected."


def _pattern(first, second, coins):
    """What is wrong with the places that were dropped, and with their number."""
    dropped = first.result == 0
    sentence, tossed = coins(dropped)
    if sentence:
        return [sentence]
    share = tossed.float().mean().item()
    if 0 < share < 1:
        if torch.equal(tossed, tossed[:1].expand_as(tossed)):
            return ["All samples lost the same places."]
        if torch.equal(tossed, tossed[:, :1].expand_as(tossed)):
            return ["Each sample was dropped or kept as a whole."]
    problems = _named(share)
    if 0 < share < 1 and torch.equal(dropped, second.result == 0):
        problems.append("A second call dropped the same places.")
    if 0 < share < 1 and tossed.sum(dim=1).unique().numel() == 1:
        problems.append("Every sample lost the same number of places.")
    return problems


def _named(share):
    """What is wrong with the share that was dropped."""
    for known, sentence in SHARES.items():
        if abs(share - known) < ALMOST:
            return [sentence] if sentence else []
    return ["Another share than p was dropped."]


def _factor(result, values):
    """What is wrong with the factor of the values that stayed."""
    stayed = result != 0
    if not stayed.any():
        return []
    factors = result[stayed] / values[stayed]
    if result[stayed].unique().numel() == 1:
        return ["All that stayed became the same number."]
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
    result, _, problem = called(drop, values, p=P, training=False)
    if problem:
        return [f"In eval mode: {problem[0].lower()}{problem[1:]}"]
    if (result == 0).any():
        return [f"In eval mode {'values were' if result.any() else 'everything was'} dropped."]
    for factor, sentence in EVAL_FACTORS.items():
        if torch.allclose(result, factor * values, rtol=1e-4):
            return [sentence] if sentence else []
    return ["In eval mode the values came back changed."]


def _without_a_share(drop, values):
    """What is wrong in training mode with p = 0, where nothing is dropped."""
    result, _, problem = called(drop, values, p=0.0, training=True)
    if problem or not torch.allclose(result, values):
        return ["With p = 0 in training mode the values came back changed."]
    return []


def _always_as_many(drop, values):
    """What is wrong if the number of dropped places does not vary, as that of coins does."""
    numbers = {(called(drop, values, p=P, training=True).result == 0).sum().item() for _ in range(5)}
    return ["Every call dropped the same number of places."] if len(numbers) == 1 else []
