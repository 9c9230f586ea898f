"""Exercise 13.5: under which accuracies a count of right answers is no surprise, by Clopper and Pearson."""

from math import nan

from mnist_lab.exercises.engine.compare import NO_RETURN, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import whole_number

import numpy as np
from scipy.stats import beta, binom, binomtest


def exact_interval(num_right, num_digits):
    accuracies = np.linspace(0, 1, 10_001)
    at_least = binom.sf(num_right - 1, num_digits, accuracies)
    at_most = binom.cdf(num_right, num_digits, accuracies)
    plausible = accuracies[(at_least > 0.025) & (at_most > 0.025)]
    return plausible[0].item(), plausible[-1].item()


NEAR = 0.0005  # as near as a fine grid or some bisecting comes


def exact(num_right, num_digits):
    """Return the interval to the last digit, from the quantiles of two beta distributions."""
    lower = beta.ppf(0.025, num_right, num_digits - num_right + 1) if num_right else 0.0
    upper = beta.ppf(0.975, num_right + 1, num_digits - num_right) if num_right < num_digits else 1.0
    return lower, upper


def some_counts(generator):
    """Return (num_right, num_digits) with some right and some wrong."""
    numbers = [whole_number(generator, *limits) for limits in ((2, 4), (40, 60), (5, 9), (110, 180))]
    few_wrong, shorter, few_right, longer = numbers
    return [
        (shorter - few_wrong, shorter),
        (few_right, whole_number(generator, 21, 30)),
        (longer * 4 // 5, longer),
    ]


def in_between(answer, generator):
    """Return what is wrong with the intervals where some are right and some are not."""
    return [fault for counts in [(98, 100), *some_counts(generator)] for fault in _faults(answer, *counts)]


def none_or_all(answer, generator):
    """Return what is wrong with the intervals where none is right, and where all are."""
    few, more = whole_number(generator, 10, 40), whole_number(generator, 50, 120)
    return [fault for counts in ((0, few), (more, more)) for fault in _faults(answer, *counts)]


def how_exact(answer, generator):
    """Return the faults of an answer; the two ends are tried where there are none in between."""
    return in_between(answer, generator) or none_or_all(answer, generator)


def _faults(answer, num_right, num_digits):
    came, right = answer(num_right, num_digits), exact(num_right, num_digits)
    if came is None:
        return [NO_RETURN]
    ends = _two_numbers(came)
    if ends is None:
        return [f"Two numbers are expected, a lower and an upper end, and {kind_of(came)} came."]
    if all(abs(end - there) <= NEAR for end, there in zip(ends, right, strict=True)):
        return []
    shown = " to ".join(f"{end:.3f}" for end in ends)
    return [f"{num_right} of {num_digits}: {shown} came, where {right[0]:.3f} to {right[1]:.3f} is right."]


def _two_numbers(came):
    try:
        lower, upper = (float(end) for end in came)
    except (TypeError, ValueError):
        return None
    return lower, upper


def wald(num_right, num_digits, *, errors=1.959964):
    share = num_right / num_digits
    error = (share * (1 - share) / num_digits) ** 0.5
    return share - errors * error, share + errors * error


def one_error(num_right, num_digits):
    return wald(num_right, num_digits, errors=1)


def cut_off(num_right, num_digits):
    lower, upper = wald(num_right, num_digits)
    return max(lower, 0), min(upper, 1)


def wilson(num_right, num_digits):
    return tuple(binomtest(num_right, num_digits).proportion_ci(method="wilson"))


def of_counts(num_right, num_digits):
    return tuple(binom.ppf([0.025, 0.975], num_digits, num_right / num_digits) / num_digits)


def one_beta(num_right, num_digits):
    return tuple(beta.ppf([0.025, 0.975], num_right, num_digits - num_right))


def jeffreys(num_right, num_digits):
    return tuple(beta.ppf([0.025, 0.975], num_right + 0.5, num_digits - num_right + 0.5))


def nan_at_the_ends(num_right, num_digits):
    if num_right in (0, num_digits):
        return (nan, exact(0, num_digits)[1]) if num_right == 0 else (exact(num_right, num_digits)[0], nan)
    return exact(num_right, num_digits)


RULE, ENDS = "(at_least > 0.025) & (at_most > 0.025)", "plausible[0].item(), plausible[-1].item()"

MISTAKES = (
    (wald, "That is the share plus and minus two standard errors. So near to 1 it reaches beyond what an "
     "accuracy can be, and at 100 of 100 it has no width at all. Count with `binom`."),
    (cut_off, "That is the share plus and minus two standard errors, cut off at 0 and 1. The other end "
     "is still too hopeful, and at 100 of 100 it has no width. Count with `binom`."),
    (one_error, "That is one standard error to each side: about two thirds of such intervals hold the "
     "accuracy, not 95 of a hundred. And near to 1 they reach beyond it."),
    (RULE, RULE.replace("0.025", "0.05"),
     "That leaves 5 % on each side, ten in all. An interval of 95 % leaves 2.5 % on each."),
    (RULE, RULE.replace("0.025", "0.95"), "No accuracy makes both so likely. An accuracy is left out "
     "where 2.5 % or less come out as far away as what was counted."),
    ("num_right - 1", "num_right",
     "The lower end is too high: `binom.sf(k, …)` is the chance of more than k. At least k is more than "
     "k − 1, so `binom.sf(k - 1, …)`."),
    ("cdf(num_right,", "cdf(num_right - 1,",
     "The upper end is too low: `binom.cdf(k, …)` is the chance of at most k already, so nothing is to be "
     "subtracted."),
    (ENDS, "plausible[-1].item(), plausible[0].item()", "The ends are right, and exchanged: the lower "
     "one comes first."),
    (ENDS, "100 * plausible[0].item(), 100 * plausible[-1].item()",
     "That is right in percent. Please give shares from 0 to 1, as everywhere in this series."),
    (ENDS, "num_digits * plausible[0].item(), num_digits * plausible[-1].item()",
     "These are numbers of digits. An accuracy is a share from 0 to 1: leave out the factor."),
    (of_counts, "That asks how many right answers come in at the accuracy that was counted. Asked for is "
     "the other way round: under which accuracies is what was counted no surprise?"),
    (wilson, "These are the ends by Wilson's formula, a good approximation. The exact interval counts "
     "with the binomial distribution, and is a little wider."),
    (one_beta, "That looks like one beta distribution for both ends. There are two: the lower end has "
     "one more wrong answer, the upper one has one more right answer."),
    (jeffreys, "That looks like one beta distribution with a half added, Jeffreys' interval. The exact "
     "one is wider, from two distributions: one more wrong for the lower end, one more right for the "
     "upper."),
    (nan_at_the_ends, "It is right in between. Where none or all are right, one end came as nan: no "
     "accuracy is too low for none, so the lower end is 0, and for all the upper one is 1."),
)  # fmt: skip


EXERCISE = Exercise(
    id="13.5",
    title="An exact interval",
    difficulty=3,
    minutes=8,
    points=3,
    reference=exact_interval,
    probe=how_exact,
    parts={"where some are right": (2, in_between), "where none or all are": (1, none_or_all)},
    why="98 of 100 leave room from 93.0 to 99.8 %. A hundred digits are few: to tell 98 from 97 % takes "
    "more than a thousand.",
    hints=(
        "For one accuracy p there are two questions: how likely are so many right answers or more, and "
        "how likely so many or fewer? `binom.sf(k - 1, n, p)` and `binom.cdf(k, n, p)` answer them.",
        "An accuracy is in the interval if both chances are above 0.025. Try all of them, from 0 to 1 in "
        "steps of 0.0001.",
        "`accuracies = np.linspace(0, 1, 10_001)` can go into `binom` as a whole. Two comparisons with "
        "`&` between them make a mask.",
        "The lower end is the first accuracy that the mask leaves, the upper end the last one.",
    ),
    mistakes=MISTAKES,
    seconds=15.0,
)
