"""Exercises 13.5 and 13.6: wrong answers that nearly pass, and right ones of another kind."""

import math
import random

import numpy as np
import torch
from scipy.optimize import brentq
from scipy.stats import beta, binom, binomtest

# 13.5: an exact interval


def by_beta(num_right, num_digits):
    lower = beta.ppf(0.025, num_right, num_digits - num_right + 1)
    upper = beta.ppf(0.975, num_right + 1, num_digits - num_right)
    return np.nan_to_num([lower, upper], nan=1.0) if num_right else [0, upper]


def by_bisecting(num_right, num_digits):
    def end(chance, wanted):
        return brentq(lambda p: chance(p) - wanted, 0, 1, xtol=1e-4)

    lower = end(lambda p: binom.sf(num_right - 1, num_digits, p), 0.025) if num_right else 0
    upper = end(lambda p: binom.cdf(num_right, num_digits, p), 0.025) if num_right < num_digits else 1
    return torch.tensor([lower, upper])


def by_counting(num_right, num_digits):
    """Add up the chances without SciPy."""

    def chance(p, counts):
        return sum(math.comb(num_digits, k) * p**k * (1 - p) ** (num_digits - k) for k in counts)

    kept = []
    for step in range(2001):
        p = step / 2000
        if chance(p, range(num_right, num_digits + 1)) > 0.025 and chance(p, range(num_right + 1)) > 0.025:
            kept.append(p)
    return kept[0], kept[-1]


def rounded(num_right, num_digits):
    return [round(end, 3) for end in binomtest(num_right, num_digits).proportion_ci()]


def tested(level=0.95, method="exact", digits=None):
    def exact_interval(num_right, num_digits):
        found = binomtest(num_right, digits or num_digits).proportion_ci(level, method)
        return found.low, found.high

    return exact_interval


def mid_p(num_right, num_digits):
    grid = np.linspace(0, 1, 4001)
    half = binom.pmf(num_right, num_digits, grid) / 2
    kept = grid[
        (binom.sf(num_right, num_digits, grid) + half > 0.025)
        & (binom.cdf(num_right - 1, num_digits, grid) + half > 0.025)
    ]
    return kept[0], kept[-1]


def open_at_one(num_right, num_digits):
    lower, upper = tested()(num_right, num_digits)
    return max(lower, 0.001), min(upper, 0.999)


# 13.6: no writer on both sides


def sides(choose, *, kind=list):
    """Return a split whose test has the writers that choose(sorted writers, num_test) names."""

    def split_by_writer(writers, *, num_test):
        chosen = set(choose(sorted(set(writers.tolist())), num_test))
        parts = [[], []]
        for place, writer in enumerate(writers.tolist()):
            parts[writer in chosen].append(place)
        return kind(parts[0]), kind(parts[1])

    return split_by_writer


def smallest_writers(writers, *, num_test):
    names, counts = writers.unique(return_counts=True)
    chosen = torch.isin(writers, names[counts.argsort()[:num_test]])
    return torch.where(~chosen)[0], torch.where(chosen)[0]


def by_numpy(writers, *, num_test):
    names = np.random.default_rng(3).permutation(np.unique(writers))
    return tuple(np.flatnonzero(np.isin(writers, part)) for part in (names[num_test:], names[:num_test]))


def cut_at_a_share(writers, *, num_test):
    cut = len(writers) * num_test // len(writers.unique())
    return range(len(writers) - cut), range(len(writers) - cut, len(writers))


def cut_between_blocks(writers, *, num_test):
    """Cut where the writer changes, as if each had one block."""
    starts = [0, *((writers[1:] != writers[:-1]).nonzero().flatten() + 1).tolist()]
    cut = starts[-num_test]
    return list(range(cut)), list(range(cut, len(writers)))


def in_one_list(writers, *, num_test):
    train, test = sides(lambda names, n: names[:n])(writers, num_test=num_test)
    return train + test


def losing_one(writers, *, num_test):
    train, test = sides(lambda names, n: names[:n])(writers, num_test=num_test)
    return train[1:], test


def sorting_in_place(writers, *, num_test):
    parts = sides(lambda names, n: names[:n])(writers, num_test=num_test)
    writers.copy_(writers.sort().values)
    return parts


RIGHT = {
    "13.5": [by_beta, by_bisecting, by_counting, rounded, tested()],
    "13.6": [
        sides(lambda names, n: names[-n:]),
        sides(lambda names, n: random.Random(1).sample(names, n), kind=torch.tensor),
        sides(lambda names, n: names[::2][:n], kind=set),
        smallest_writers,
        by_numpy,
    ],
}
WRONG = {
    "13.5": [
        mid_p,
        open_at_one,
        tested(0.9),
        tested(0.99),
        tested(method="wilsoncc"),
        tested(digits=100),
        lambda num_right, num_digits: (0.930, 0.998),
        lambda num_right, num_digits: (0, 1),
        lambda num_right, num_digits: 0.07,
        lambda num_right, num_digits: [round(end, 2) for end in tested()(num_right, num_digits)],
    ],
    "13.6": [
        cut_at_a_share,
        cut_between_blocks,
        in_one_list,
        losing_one,
        sorting_in_place,
        sides(lambda names, n: names[:2]),
        sides(lambda names, n: names[: n + 1]),
        sides(lambda names, n: [name for name in names if name < 500]),
        sides(lambda names, n: random.sample(names, n)),
        lambda writers, *, num_test: (list(range(len(writers))), []),
        lambda writers, *, num_test: ([], list(range(len(writers)))),
    ],
}
