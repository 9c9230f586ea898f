"""Exercise 7.7: is A better than B? Student's t test of paired differences, by hand."""

import math
import statistics

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number


def better(a, b):
    factors = {2: 12.7, 3: 4.3, 4: 3.2, 5: 2.8, 6: 2.6}
    differences = [of_b - of_a for of_a, of_b in zip(a, b, strict=True)]
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((difference - mean) ** 2 for difference in differences) / (n - 1)
    standard_error = math.sqrt(variance / n)
    if abs(mean) <= factors[n] * standard_error:
        return "not shown"
    return "B" if mean > 0 else "A"


def pairs_of_lists(generator):
    """Accuracies in points; each listed case tells some mistakes from the rest."""
    listed = [call(list(a), list(b)) for a, b in CASES] + [drawn(signs, generator) for signs in SIGNS]
    return listed + [near_the_limit(n, share, generator) for n in range(2, 7) for share in (0.74, 1.2)]


def drawn(signs, generator):
    """Return a case whose differences have these signs, and whose verdict is beyond doubt."""
    tenths = [whole_number(generator, 940, 960) for _ in signs]
    moved = [of_a + sign * whole_number(generator, 5, 9) for of_a, sign in zip(tenths, signs, strict=True)]
    return call([of_a / 10 for of_a in tenths], [of_b / 10 for of_b in moved])


def near_the_limit(n, share, generator):
    """Return a case of n pairs whose mean difference is that share of its limit, or minus that."""
    differences = [whole_number(generator, 1, 9) * (-1) ** place / 20 for place in range(n)]
    limit = LIMITS[n] * statistics.stdev(differences) / math.sqrt(n)
    move = whole_number(generator, 0, 1) * 2 - 1
    move = move * share * limit - statistics.mean(differences)
    a = [whole_number(generator, 940, 960) / 10 for _ in differences]
    return call(a, [round(of_a + move + more, 3) for of_a, more in zip(a, differences, strict=True)])


LIMITS = {2: 12.7, 3: 4.3, 4: 3.2, 5: 2.8, 6: 2.6}  # in standard errors

CASES = (
    ((95.0, 96.2), (95.0, 96.2)),
    ((95.0, 95.8), (94.2, 95.2)),
    ((95.7, 95.4), (93.1, 93.7)),
    ((95.1, 95.7), (93.7, 94.4)),
    ((96.5, 95.4), (96.9, 95.9)),
    ((94.6, 96.2, 95.0), (95.0, 96.5, 95.2)),
    ((94.4, 94.7, 95.6), (94.9, 96.7, 95.8)),
    ((93.4, 97.2, 93.3, 94.1), (94.3, 96.8, 94.5, 94.0)),
    ((94.9, 95.7, 95.9, 96.0, 95.3), (95.2, 94.8, 94.3, 94.4, 94.7)),
    ((94.8, 95.6, 94.2, 95.1, 95.5), (95.3, 95.9, 94.8, 95.6, 96.2)),
    ((96.1, 95.2, 94.9, 93.3, 95.1, 95.3), (96.0, 95.7, 95.4, 93.5, 95.7, 95.7)),
    ((96.1, 95.2, 94.4, 94.7, 94.5, 93.7), (95.3, 94.9, 94.0, 92.8, 94.0, 93.3)),
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


ERROR, FACTOR = "math.sqrt(variance / n)", "factors[n] * "
LIMIT = f'if abs(mean) <= {FACTOR}standard_error:\n        return "not shown"\n    '

MISTAKES = (
    (LIMIT, "",
     "The higher mean wins whenever the two differ at all, and they nearly always do. There has to be a "
     "limit that chance alone seldom exceeds."),
    (FACTOR, "2 * ",
     "That is the rule of two standard errors, whatever the number of pairs. From few pairs the standard "
     "error itself is badly known, so the fewer the pairs, the larger the factor."),
    (FACTOR, "3 * ",
     "About three standard errors were asked for, whatever the number of pairs. Of two or three pairs that "
     "is too little; take the factor from the table."),
    (FACTOR, "6 * ",
     "About six standard errors were asked for, whatever the number of pairs. Of two pairs that is too "
     "little, of more it is too much."),
    (FACTOR, "factors[2] * ",
     "One factor was taken for every number of pairs, such as that of two. More pairs know the standard "
     "error better and need less: look it up under n."),
    (FACTOR, "factors[3] * ",
     "One factor was taken for every number of pairs, such as that of three. It is too little for two pairs "
     "and too much for more: look it up under n."),
    (FACTOR, "factors[5] * ",
     "One factor was taken for every number of pairs, such as that of five. It is too little for fewer: look "
     "it up under n."),
    (FACTOR, "factors[n - 1] * ",
     "The table is by the number of pairs, so look it up under n. Tables in books often go by n − 1 instead, "
     "the degrees of freedom."),
    (FACTOR, "",
     "Chance alone exceeds one standard error in about four of ten comparisons of three pairs. Multiply it "
     "by the factor first."),
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
    (by_every_win, "You asked for a win with every seed. Two equal recipes do that in one case of two with "
     "two pairs, and hardly ever with many. Look at mean and standard error."),
    (bands, "You looked whether the bands of A and B overlap. Each holds the luck that both share; the "
     "spread of the differences does not."),
    (FACTOR + "standard_error", "0.5",
     "Your limit is a fixed number. How large luck can be is in the data: in the standard error of the "
     "differences."),
    ("if abs", "mean = statistics.median(differences)\n    if abs",
     "You took the median difference. The standard error belongs to the mean."),
    ("abs(mean)", "abs(sum(differences))",
     "The sum of the differences grows with the number of seeds. Compare their mean with the limit."),
    (lambda a, b: better(a, b) == "B",
     "True or False came back. There are three verdicts, two names and `not shown`: that nothing was shown "
     "is not a win of the other."),
    ("<=", "<", "Two equal lists get a winner: their difference and its error are both 0. The difference has "
     "to be larger than the limit, so `<=` is not shown."),
    ("<=", ">=", "The comparison is the wrong way round: a difference that is larger than the limit is "
     "called not shown, and a smaller one gets a winner."),
    (lambda a, b: "not shown",
     "Nothing is ever shown here. Look at the comparison: which side has to be the larger one?"),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.7",
    title="Is A better than B?",
    difficulty=3,
    minutes=9,
    points=4,
    reference=better,
    cases=pairs_of_lists,
    why="Pairs take out what both sides share. The standard error says how far the mean still wanders, and "
    "the factor makes up for how roughly few pairs know it. Chance alone gets past it in one case of twenty.",
    hints=(
        "Equal places belong to equal seeds. Make one list of differences first, B minus A, and forget the "
        "two lists.",
        "Its standard deviation says how far the differences lie apart: squares around their mean, added up, "
        "divided by n − 1, then the root.",
        "The mean of n of them wanders less: its standard error is the standard deviation divided by the "
        "root of n.",
        'If `abs(mean)` is not more than `factors[n]` times that, `"not shown"`. Otherwise the sign of the '
        "mean names the better one.",
    ),
    mistakes=MISTAKES,
)
