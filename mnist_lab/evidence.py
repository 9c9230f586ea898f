"""What a handful of runs can show and what not: mean, spread, difference, sampling floor."""

import math
from dataclasses import dataclass
from statistics import fmean, stdev


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
    """Paired difference b − a: its mean, the standard error of that mean, and n pairs."""

    n: int
    difference: float
    standard_error: float

    @property
    def shown(self):
        """True if the difference exceeds twice its standard error."""
        return abs(self.difference) > 2 * self.standard_error

    def percent(self, *, digits=2):
        """Return the difference of values in [0, 1] as text in points, with the verdict."""
        points = f"{100 * self.difference:+.{digits}f}"
        error = f"{100 * self.standard_error:.{digits}f}"
        verdict = "shown" if self.shown else "not shown"
        return f"{points} points, standard error {error} (n = {self.n} pairs): {verdict}"


def summarise(values):
    """Return the Summary of a sequence of numbers."""
    values = [float(value) for value in values]
    if not values:
        raise ValueError("summarise expects at least one value, but got none; run the experiment first.")
    return Summary(len(values), fmean(values), stdev(values) if len(values) > 1 else math.nan)


def compare(before, after):
    """Return the Comparison of two equally long sequences, paired run by run (by seed, say)."""
    before, after = list(before), list(after)
    if len(before) != len(after) or len(before) < 2:
        raise ValueError(
            f"compare expects two equally long lists of at least 2 values, paired by seed, but got "
            f"{len(before)} and {len(after)}; run both sides with the same seeds."
        )
    differences = summarise(b - a for a, b in zip(before, after, strict=True))
    return Comparison(differences.n, differences.mean, differences.std / math.sqrt(differences.n))


def sampling_floor(accuracy, num_samples):
    """Return the standard error of an accuracy in [0, 1] that was counted on num_samples images.

    Source: the variance of a binomial share, p (1 − p) / n. More seeds do not shrink it.
    """
    if not 0 <= accuracy <= 1:
        raise ValueError(f"accuracy is a share from 0 to 1, but got {accuracy}; divide a percentage by 100.")
    if num_samples < 1:
        raise ValueError(f"num_samples counts images and is at least 1, but got {num_samples}.")
    return math.sqrt(accuracy * (1 - accuracy) / num_samples)
