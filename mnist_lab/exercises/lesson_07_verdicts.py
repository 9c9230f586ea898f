"""Lesson 07: is A better than B? The verdict by a paired difference, and by many other ways."""

import math
from statistics import mean, stdev, variance


def better(a, b):
    differences = [of_b - of_a for of_a, of_b in zip(a, b, strict=True)]
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((difference - mean) ** 2 for difference in differences) / (n - 1)
    standard_error = math.sqrt(variance / n)
    if abs(mean) <= 2 * standard_error:
        return "not shown"
    return "B" if mean > 0 else "A"


def differences_of(a, b):
    return [of_b - of_a for of_a, of_b in zip(a, b, strict=True)]


def standard_error(differences):
    return stdev(differences) / math.sqrt(len(differences))


def unpaired(a, b):
    return math.sqrt(variance(a) / len(a) + variance(b) / len(b))


def variant(*, value=mean, error=standard_error, error_of_lists=None, times=2, size=abs, names="AB"):
    """Return a verdict in which one piece is another; value and error look at the differences b - a."""

    def better(a, b):
        differences = differences_of(a, b)
        noise = error_of_lists(a, b) if error_of_lists else error(differences)
        if size(value(differences)) <= times * noise:
            return "not shown"
        return names[1] if value(differences) > 0 else names[0]

    return better


def by_means(a, b):
    return "B" if mean(b) > mean(a) else "A"


def by_best(a, b):
    return "B" if max(b) > max(a) else "A"


def by_first(a, b):
    return "B" if b[0] > a[0] else "A"


def by_wins(a, b):
    wins = sum(of_b > of_a for of_a, of_b in zip(a, b, strict=True))
    if 2 * wins == len(a):
        return "not shown"
    return "B" if 2 * wins > len(a) else "A"


def by_every_win(a, b):
    if all(difference > 0 for difference in differences_of(a, b)):
        return "B"
    return "A" if all(difference < 0 for difference in differences_of(a, b)) else "not shown"


def below_the_limit(a, b):
    differences = differences_of(a, b)
    if abs(mean(differences)) < 2 * standard_error(differences):
        return "not shown"
    return "B" if mean(differences) > 0 else "A"


def sorted_first(a, b):
    return better(sorted(a), sorted(b))


def bands(a, b):
    if mean(b) - standard_error(b) > mean(a) + standard_error(a):
        return "B"
    return "A" if mean(a) - standard_error(a) > mean(b) + standard_error(b) else "not shown"


def half_a_point(a, b):
    if abs(mean(b) - mean(a)) <= 0.5:
        return "not shown"
    return by_means(a, b)
