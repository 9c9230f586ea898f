"""What holds for every draw of a dropout: the probe of 6.3, and of 6.6, which drops whole channels."""

import math
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from mnist_lab.exercises.engine.compare import kind_of
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch

SURE = 5.5  # deviations: the share of fair coins strays further once in ages
CLOSE = 1e-4  # how near a factor is to the one that it is taken for

Call = namedtuple("Call", "result values problem")  # what came back, what went in, what is wrong with it


def meanings(p):
    """What to say of a share that was dropped, of a factor of what stayed, and of one in eval mode."""
    bell = 0.5 * (1 + math.erf(p / math.sqrt(2)))  # the share of a bell curve that lies below p
    shares = {
        p: "",
        0.0: "In training mode nothing was dropped.",
        1.0: "In training mode everything was dropped.",
        1 - p: "About a share of 1 − p was dropped, and about p stayed.",
        0.5: f"About half of it was dropped, though p was {p}.",
        bell: "The share that was dropped is near the part of a bell curve below p.",
    }
    factors = {
        1 / (1 - p): "",
        1.0: "What stayed was not made larger.",
        1 / p: "What stayed was divided by p.",
        1 - p: "What stayed was multiplied by 1 − p.",
        1 + p: "What stayed was multiplied by 1 + p.",
        2.0: f"What stayed was doubled, though p was {p}.",
        p: "What stayed was multiplied by p.",
    }
    in_eval = {
        1.0: "",
        1 / (1 - p): "In eval mode the values were divided by 1 − p.",
        1 - p: "In eval mode the values were multiplied by 1 − p.",
    }
    return shares, factors, in_eval


def faults(drop, generator, *, shapes, coins):
    """Return what drop(values, p=…, training=…) does wrong, judged by what holds for every draw.

    The first of the shapes (N, C, …) has thousands of coins, and a p unlike 1 − p and one half.
    coins(dropped) is given True where a 0 came. It returns a sentence about the pattern, if that is wrong,
    and the coins, one for each place that has its own.
    """
    number = partial(whole_number, generator)
    several = [number(210, 290), *(number(600, 800) for _ in shapes[1:])]
    trials = [Trial(drop, numbered(shape), p / 1000, coins) for shape, p in zip(shapes, several, strict=True)]
    rare = number(20, 40) / 10_000
    problems = trials[0].faults() or trials[0].in_many_calls(0.0, rare)
    for trial in trials[1:]:
        problems = problems or [f"{trial}: {fault[0].lower()}{fault[1:]}" for fault in trial.faults()]
    return problems


def numbered(shape):
    """Return values of that shape, all different, none of them 0, every other one below 0."""
    values = torch.arange(1.0, math.prod(shape) + 1) / 1000
    values[::2] *= -1
    return values.reshape(shape)


@dataclass(frozen=True, eq=False)
class Trial:
    """A dropout, and the values and the p that it is tried on."""

    drop: Callable
    values: torch.Tensor
    p: float
    coins: Callable

    def __str__(self):
        return f"With values of shape {tuple(self.values.shape)} and p = {self.p}"

    def faults(self):
        first, second = self.called(), self.called()
        problem = first.problem or second.problem
        if problem:
            return [problem]
        results = first.result, second.result
        problems = self._pattern(*results) + self._factor(*results) + self._in_eval()
        if not torch.equal(first.values, self.values):
            problems.append("The function changed the tensor that it was given.")
        return problems

    def called(self, *, training=True):
        """Call drop on a copy, and say if what comes is no tensor of that shape."""
        copy, problem = self.values.clone(), ""
        result = self.drop(copy, p=self.p, training=training)
        if result is None:
            problem = "`None` came: does the function end with `return`?"
        elif not isinstance(result, torch.Tensor):
            problem = f"Not a tensor came, but {kind_of(result)}."
        elif result.shape != self.values.shape:
            problem = _other_shape(result.shape, self.values.shape)
        elif not result.is_floating_point() or result.device != copy.device:
            problem = f"A tensor of {result.dtype} on {result.device} came where floats on cpu were expected."
        return Call(result if problem else result.detach().to(copy.dtype), copy, problem)

    def _pattern(self, first, second):
        """What is wrong with the places that were dropped, and with their number."""
        dropped = first == 0
        sentence, tossed = self.coins(dropped)
        if sentence:
            return [sentence]
        if tossed.all() or not tossed.any():
            if {0, dropped.numel()} <= set(self._numbers(10)):
                return ["Some calls dropped everything, and others nothing."]
            return self._share(tossed)
        for axis in range(tossed.dim()):
            if torch.equal(tossed, tossed.narrow(axis, 0, 1).expand_as(tossed)):
                along = f"Along axis {axis} either all was dropped or all was kept."
                return [along if axis else "All samples lost the same places."]
        problems = self._by_value(dropped, tossed) or self._share(tossed)
        if torch.equal(dropped, second == 0):
            problems.append("A second call dropped the same places.")
        if tossed.dim() == 2 and tossed.sum(dim=1).unique().numel() == 1:
            problems.append("Every sample lost the same number of places.")
        return problems

    def _by_value(self, dropped, tossed):
        """What is wrong if the chance is not the same for every value."""
        sizes = self.values.abs()
        for side, what in ((self.values < 0, "sign"), (sizes > sizes.mean(), "size")):
            shares = [dropped[half].float().mean().item() for half in (side, ~side)]
            if abs(shares[0] - shares[1]) > SURE / math.sqrt(tossed.numel()):  # at most 1 / √n is a deviation
                return [f"Whether a value was dropped depended on its {what}."]
        return []

    def _share(self, tossed):
        """What is wrong with the share that was dropped."""
        share, near = tossed.float().mean().item(), self._near(tossed.numel())
        for known, sentence in meanings(self.p)[0].items():
            if abs(share - known) <= {self.p: near, 0.0: 0, 1.0: 0}.get(known, 0.03):
                return [sentence] if sentence else []
        return [f"Another share than p was dropped: {share:.3f}, where p was {self.p}."]

    def _near(self, num_coins):
        return SURE * math.sqrt(self.p * (1 - self.p) / num_coins)

    def _factor(self, first, second):
        """What is wrong with the factor of the values that stayed."""
        stayed = (first != 0) & (second != 0)
        if not stayed.any():
            return []
        if first[stayed].unique().numel() == 1:
            return ["All that stayed became the same number."]
        factors, others = (result[stayed] / self.values[stayed] for result in (first, second))
        if not torch.isfinite(factors).all() or factors.max() - factors.min() > CLOSE:
            return ["What stayed was not all multiplied by the same number."]
        if (factors - others).abs().max() > CLOSE:
            return ["What stayed was multiplied by another number at each call."]
        for known, sentence in meanings(self.p)[1].items():
            if abs(factors.mean().item() - known) < CLOSE:
                return [sentence] if sentence else []
        return ["What stayed was multiplied by another number than 1 / (1 − p)."]

    def _in_eval(self):
        """What is wrong in eval mode, where all should stay as it was."""
        result, _, problem = self.called(training=False)
        if problem:
            return [f"In eval mode: {problem[0].lower()}{problem[1:]}"]
        if (result == 0).any():
            return [f"In eval mode {'values were' if result.any() else 'everything was'} dropped."]
        for factor, sentence in meanings(self.p)[2].items():
            if torch.allclose(result, factor * self.values, rtol=CLOSE):
                return [sentence] if sentence else []
        return ["In eval mode the values came back changed."]

    def in_many_calls(self, *shares):
        """What is wrong with the number that is dropped: it varies, as that of coins does, and follows p."""
        if len(set(self._numbers(5))) == 1:
            return ["Every call dropped the same number of places."]
        for trial in (replace(self, p=p) for p in shares):
            share = sum(trial._numbers(3)) / (3 * self.values.numel())
            if abs(share - trial.p) > trial._near(3 * math.prod(self.values.shape[:2])):
                return [f"With p = {trial.p} a share of {share:.4f} was dropped."]
        return []

    def _numbers(self, num_calls):
        """Return how many places each of several calls drops."""
        calls = [self.called() for _ in range(num_calls)]
        return [int((call.result == 0).sum()) for call in calls if not call.problem]


def _other_shape(actual, expected):
    if len(actual) == 1 and actual.numel() < expected.numel():
        return "Only some of the values came, in a single row."
    return f"The shape {tuple(actual)} came where {tuple(expected)} was expected."
