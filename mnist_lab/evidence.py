"""What a handful of runs can show and what not: mean, spread, difference, sampling floor."""

import math
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from mnist_lab.ranges import check_number

LEVEL = 0.05  # of a verdict: how often chance alone may say "shown"


@dataclass(frozen=True)
class Summary:
    """Mean and sample standard deviation of n values; std is nan for a single one."""

    n: int
    mean: float
    std: float

    def percent(self, *, digits=1):
        """Return the summary of values in [0, 1] as text in percent."""
        mean = f"{100 * self.mean:.{digits}f}"
        if math.isnan(self.std):
            return f"{mean} % (n = 1, spread unknown)"
        return f"{mean} ± {100 * self.std:.{digits}f} % (n = {self.n})"


@dataclass(frozen=True)
class Comparison:
    """Paired difference b − a: its mean, the standard error of that mean, and n pairs.

    p is how often chance alone would bring a mean as far from 0, or farther, if there were no difference
    (two-sided, Student's t with n − 1 degrees of freedom). family counts the comparisons that were made
    together; p is corrected for them.
    """

    n: int
    difference: float
    standard_error: float
    p: float
    family: int = 1

    @property
    def shown(self):
        """True if chance alone would do this in fewer than one case of twenty."""
        return self.p < LEVEL

    @property
    def verdict(self):
        return "shown" if self.shown else "not shown"

    @property
    def margin(self):
        """How far the true difference may lie on either side of this one (95 %, each comparison alone)."""
        return t_factor(self.n) * self.standard_error

    def percent(self, *, digits=2):
        """Return the difference of values in [0, 1] as text in points, with the verdict."""
        points = f"{100 * self.difference:+.{digits}f}"
        error = f"{100 * self.standard_error:.{digits}f}"
        family = f", one of {self.family}" if self.family > 1 else ""
        return f"{points} points, standard error {error} (n = {self.n} pairs{family}): {self.verdict}"


def summarise(values):
    """Return the Summary of a sequence of numbers."""
    values = numbers(values)
    if not values:
        raise ValueError("summarise expects at least one value, but got none; run the experiment first.")
    return Summary(len(values), fmean(values), stdev(values) if len(values) > 1 else math.nan)


def numbers(values):
    """Return values in their order as floats, or raise ValueError for what has no order or is not finite."""
    if isinstance(values, Mapping | Set):
        raise ValueError(
            f"expected a list of numbers, run by run, but got a {type(values).__name__}, which has no "
            "order of runs; of a dictionary by seed give [scores[seed] for seed in sorted(scores)]."
        )
    values = [float(value) for value in values]
    for i, value in enumerate(values):
        check_number(f"values[{i}]", value, -1e300, 1e300, advice="look at that run")
    return values


def compare(before, after):
    """Return the Comparison of two equally long sequences, paired run by run (by seed, say).

    It is shown where Student's t test of the paired differences says so (95 %, two-sided). Source: Student
    (W. S. Gosset), The probable error of a mean, 1908.
    """
    before, after = numbers(before), numbers(after)
    if len(before) != len(after) or len(before) < 2:
        raise ValueError(
            f"compare expects two equally long lists of at least 2 values, paired by seed, but got "
            f"{len(before)} and {len(after)}; run both sides with the same seeds."
        )
    differences = summarise(b - a for a, b in zip(before, after, strict=True))
    error = differences.std / math.sqrt(differences.n)
    return Comparison(differences.n, differences.mean, error, chance(differences.mean, error, differences.n))


def compare_all(pairs):
    """Return {name: Comparison} of a dictionary {name: (before, after)} of comparisons made together.

    Each further comparison is a further chance of a false alarm, so each p is corrected: the smallest is
    multiplied by the number of comparisons, the next by one less, and so on, and none falls below one
    before it. Source: S. Holm, A simple sequentially rejective multiple test procedure, 1979.
    """
    results = {name: compare(before, after) for name, (before, after) in pairs.items()}
    corrected = 0.0
    for rank, name in enumerate(sorted(results, key=lambda name: results[name].p)):
        corrected = max(corrected, min(1.0, (len(results) - rank) * results[name].p))
        results[name] = replace(results[name], p=corrected, family=len(results))
    return results


def t_factor(n):
    """Return how many standard errors a mean of n differences must exceed to be shown: 2.8 for five."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 1 - LEVEL / 2))


def chance(difference, standard_error, n):
    """Return how often chance alone brings a mean of n differences as far from 0 (two-sided)."""
    from scipy.special import (
        stdtr,  # here: it takes half a second to import, and most callers need no verdict
    )

    if standard_error <= 1e-12:  # no spread to go by: how often would all signs fall like this?
        return min(1.0, 2 * 0.5**n) if abs(difference) > 1e-12 else 1.0
    return 2 * float(stdtr(n - 1, -abs(difference) / standard_error))


def sampling_floor(accuracy, num_samples):
    """Return the standard error of an accuracy in [0, 1] that was counted on num_samples images.

    Source: the variance of a binomial share, p (1 − p) / n. More seeds do not shrink it.
    """
    check_number("accuracy", float(accuracy), 0.0, 1.0, advice="divide a percentage by 100")
    check_number("num_samples", num_samples, 1, advice="count the images that were scored")
    return math.sqrt(accuracy * (1 - accuracy) / num_samples)
