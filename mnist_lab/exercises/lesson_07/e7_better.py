"""Exercise 7.7: is A better than B? A paired difference beside its standard error."""

import math
import statistics

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number


def better(a, b):
    differences = [of_b - of_a for of_a, of_b in zip(a, b, strict=True)]
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((difference - mean) ** 2 for difference in differences) / (n - 1)
    standard_error = math.sqrt(variance / n)
    if abs(mean) <= 2 * standard_error:
        return "not shown"
    return "B" if mean > 0 else "A"


def pairs_of_lists(generator):
    """Accuracies in points; each listed case tells some mistakes from the rest."""
    return [call(list(a), list(b)) for a, b in CASES] + [drawn(signs, generator) for signs in SIGNS]


def drawn(signs, generator):
    """Return a case whose differences have these signs, and whose verdict is beyond doubt."""
    tenths = [whole_number(generator, 940, 960) for _ in signs]
    moved = [of_a + sign * whole_number(generator, 5, 9) for of_a, sign in zip(tenths, signs, strict=True)]
    return call([of_a / 10 for of_a in tenths], [of_b / 10 for of_b in moved])


CASES = (
    ((95.0, 96.2), (95.0, 96.2)),
    ((94.6, 95.7, 94.9), (94.8, 95.9, 95.0)),
    ((94.1, 95.0, 95.0), (93.4, 94.2, 94.1)),
    ((95.6, 95.0, 95.3), (93.2, 94.7, 95.1)),
    ((96.6, 93.1, 94.9), (96.2, 92.9, 95.8)),
    ((95.0, 96.4, 95.1), (94.8, 96.1, 95.2)),
    ((94.8, 95.4, 95.3), (94.8, 95.3, 95.1)),
    ((95.2, 95.7, 94.7, 95.3, 95.8), (95.3, 95.8, 94.8, 95.2, 95.7)),
    ((95.2, 95.0, 95.0, 95.1, 93.5, 94.7), (95.3, 94.4, 94.6, 94.9, 93.5, 94.5)),
    ((94.7, 95.0, 94.8, 94.7, 94.8, 94.6), (95.9, 94.8, 94.4, 95.9, 96.0, 94.4)),
)

SIGNS = (1,) * 6, (-1,) * 6, (1, -1) * 3  # B is better, A is better, nothing is shown


def by_wins(a, b):
    wins = sum(of_b > of_a for of_a, of_b in zip(a, b, strict=True))
    if 2 * wins == len(a):
        return "not shown"
    return "B" if 2 * wins > len(a) else "A"


def by_every_win(a, b):
    pairs = list(zip(a, b, strict=True))
    if all(of_b > of_a for of_a, of_b in pairs):
        return "B"
    return "A" if all(of_b < of_a for of_a, of_b in pairs) else "not shown"


def bands(a, b):
    def band(accuracies):
        mean, error = statistics.mean(accuracies), statistics.stdev(accuracies) / math.sqrt(len(accuracies))
        return mean - error, mean + error

    (a_from, a_to), (b_from, b_to) = band(a), band(b)
    if b_from > a_to:
        return "B"
    return "A" if a_from > b_to else "not shown"


ERROR = "math.sqrt(variance / n)"

MISTAKES = (
    ('if abs(mean) <= 2 * standard_error:\n        return "not shown"\n    ', "",
     "The higher mean wins whenever the two differ at all, and they always do. Ask whether the difference is "
     "more than twice its standard error."),
    (ERROR, "math.sqrt((statistics.variance(a) + statistics.variance(b)) / n)",
     "You took the spread of A and of B apart. Equal seeds share their luck, so take the spread of the "
     "differences, seed by seed."),
    ("zip(a, b", "zip(sorted(a), sorted(b)",
     "Sorted lists are no pairs any more: the best of A is compared with the best of B, whatever their "
     "seeds. Keep the order."),
    (ERROR, "math.sqrt(variance)",
     "That is the standard deviation: how far single differences lie apart. Their mean is steadier by the "
     "root of n; divide by it."),
    ("(n - 1)", "n", "The squares were divided by n. The mean was taken from the same few numbers, so divide "
     "by n − 1; with three seeds it matters."),
    (ERROR, "math.sqrt(variance) / n",
     "The standard deviation was divided by n. A mean of n gets steadier only by the root of n."),
    (ERROR, "variance / n", "That is the square of the standard error: the root is missing at the end."),
    ("2 * ", "",
     "Once the standard error is exceeded by luck alone in about one of three comparisons. Ask for twice."),
    ("abs(mean)", "mean",
     "Only B can win here: a difference below zero never exceeds the limit. Compare `abs(mean)`, and let the "
     "sign name the winner."),
    ("abs(mean)", "-mean",
     "Only A can win here: the sign went wrong. Compare `abs(mean)`, and let the sign of B minus A name the "
     "winner."),
    ("mean > 0", "mean < 0",
     "The limit is right, and the names are exchanged. Higher is better for an accuracy, so B is better if B "
     "minus A is above 0."),
    (lambda a, b: "B" if max(b) > max(a) else "A",
     "You compared the best seed of A with the best of B. The best seed is a lottery ticket, not a recipe: "
     "all seeds count."),
    (lambda a, b: "B" if b[0] > a[0] else "A",
     "You compared one run of A with one of B. A single run cannot show how much luck is in it."),
    (by_wins, "You counted who wins more seeds. That forgets by how much, and it has no limit below which it "
     "is luck."),
    (by_every_win, "You asked for a win with every seed. That is a test, and a very strict one when there "
     "are many seeds; look at mean and standard error."),
    (bands, "You looked whether the bands of A and B overlap. Each holds the luck that both share; the "
     "spread of the differences does not."),
    ("2 * standard_error", "0.5",
     "Your limit is a fixed number. How large luck can be is in the data: twice the standard error of the "
     "differences."),
    ("if abs", "mean = statistics.median(differences)\n    if abs",
     "You took the median difference. The standard error belongs to the mean."),
    ("abs(mean)", "abs(sum(differences))",
     "The sum of the differences grows with the number of seeds. Compare their mean with the limit."),
    (lambda a, b: better(a, b) == "B",
     "True or False came back. There are three verdicts, two names and `not shown`: that nothing was shown "
     "is not a win of the other."),
    ("<=", "<", "Two equal lists get a winner: their difference and its error are both 0. The difference has "
     "to be more than twice the error, so `<=` is not shown."),
    (lambda a, b: "not shown",
     "Nothing is ever shown here. Look at the comparison: which side has to be the larger one?"),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.7",
    title="Is A better than B?",
    kind="function",
    difficulty=3,
    minutes=9,
    points=4,
    reference=better,
    cases=pairs_of_lists,
    why="Pairs take out what both sides share, the standard error says how much the mean of the differences "
    "still shakes, and a verdict needs twice that.",
    hints=(
        "Equal places belong to equal seeds. Make one list of differences first, B minus A, and forget the "
        "two lists.",
        "Its standard deviation says how far the differences lie apart: squares around their mean, added up, "
        "divided by n − 1, then the root.",
        "The mean of n of them shakes less: its standard error is the standard deviation divided by the root "
        "of n.",
        'If `abs(mean)` is not more than twice that, `"not shown"`. Otherwise the sign of the mean names the '
        "better one.",
    ),
    mistakes=MISTAKES,
)
