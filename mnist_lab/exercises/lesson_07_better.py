"""Lesson 07: is A better than B? A paired difference beside its standard error."""

import math
from statistics import median, pstdev, stdev, variance

from mnist_lab.exercises import lesson_07_verdicts as verdicts
from mnist_lab.exercises.lesson_07_verdicts import better, variant
from mnist_lab.exercises.model import Exercise, Mistake, call
from mnist_lab.exercises.whole_numbers import whole_number


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


EXERCISES = [
    Exercise(
        id="7.7",
        title="Is A better than B?",
        kind="function",
        difficulty=3,
        minutes=9,
        points=4,
        reference=better,
        cases=pairs_of_lists,
        why="Pairs take out what both sides share, the standard error says how much the mean of the "
        "differences still shakes, and a verdict needs twice that.",
        hints=(
            "Equal places belong to equal seeds. Make one list of differences first, B minus A, and forget "
            "the two lists.",
            "Its standard deviation says how far the differences lie apart: squares around their mean, added "
            "up, divided by n − 1, then the root.",
            "The mean of n of them shakes less: its standard error is the standard deviation divided by the "
            "root of n.",
            'If `abs(mean)` is not more than twice that, `"not shown"`. Otherwise the sign of the mean names '
            "the better one.",
        ),
        mistakes=(
            Mistake(
                verdicts.by_means,
                "The higher mean wins whenever the two differ at all, and they always do. Ask whether the "
                "difference is more than twice its standard error.",
            ),
            Mistake(
                variant(error_of_lists=verdicts.unpaired),
                "You took the spread of A and of B apart. Equal seeds share their luck, so take the spread "
                "of the differences, seed by seed.",
            ),
            Mistake(
                verdicts.sorted_first,
                "Sorted lists are no pairs any more: the best of A is compared with the best of B, whatever "
                "their seeds. Keep the order.",
            ),
            Mistake(
                variant(error=stdev),
                "That is the standard deviation: how far single differences lie apart. Their mean is "
                "steadier by the root of n; divide by it.",
            ),
            Mistake(
                variant(error=lambda differences: pstdev(differences) / math.sqrt(len(differences))),
                "The squares were divided by n. The mean was taken from the same few numbers, so divide by "
                "n − 1; with three seeds it matters.",
            ),
            Mistake(
                variant(error=lambda differences: stdev(differences) / len(differences)),
                "The standard deviation was divided by n. A mean of n gets steadier only by the root of n.",
            ),
            Mistake(
                variant(error=lambda differences: variance(differences) / len(differences)),
                "That is the square of the standard error: the root is missing at the end.",
            ),
            Mistake(
                variant(times=1),
                "Once the standard error is exceeded by luck alone in about one of three comparisons. Ask "
                "for twice.",
            ),
            Mistake(
                variant(size=lambda difference: difference),
                "Only B can win here: a difference below zero never exceeds the limit. Compare `abs(mean)`, "
                "and let the sign name the winner.",
            ),
            Mistake(
                variant(size=lambda difference: -difference),
                "Only A can win here: the sign went wrong. Compare `abs(mean)`, and let the sign of B minus "
                "A name the winner.",
            ),
            Mistake(
                variant(names="BA"),
                "The limit is right, and the names are exchanged. Higher is better for an accuracy, so B is "
                "better if B minus A is above 0.",
            ),
            Mistake(
                verdicts.by_best,
                "You compared the best seed of A with the best of B. The best seed is a lottery ticket, not "
                "a recipe: all seeds count.",
            ),
            Mistake(
                verdicts.by_first,
                "You compared one run of A with one of B. A single run cannot show how much luck is in it.",
            ),
            Mistake(
                verdicts.by_wins,
                "You counted who wins more seeds. That forgets by how much, and it has no limit below which "
                "it is luck.",
            ),
            Mistake(
                verdicts.by_every_win,
                "You asked for a win with every seed. That is a test, and a very strict one when there are "
                "many seeds; look at mean and standard error.",
            ),
            Mistake(
                verdicts.bands,
                "You looked whether the bands of A and B overlap. Each holds the luck that both share; the "
                "spread of the differences does not.",
            ),
            Mistake(
                verdicts.half_a_point,
                "Your limit is a fixed number. How large luck can be is in the data: twice the standard "
                "error of the differences.",
            ),
            Mistake(
                variant(value=median),
                "You took the median difference. The standard error belongs to the mean.",
            ),
            Mistake(
                variant(value=sum),
                "The sum of the differences grows with the number of seeds. Compare their mean with the "
                "limit.",
            ),
            Mistake(
                lambda a, b: better(a, b) == "B",
                "True or False came back. There are three verdicts, two names and `not shown`: that nothing "
                "was shown is not a win of the other.",
            ),
            Mistake(
                verdicts.below_the_limit,
                "Two equal lists get a winner: their difference and its error are both 0. The difference has "
                "to be more than twice the error, so `<=` is not shown.",
            ),
            Mistake(
                lambda a, b: "not shown",
                "Nothing is ever shown here. Look at the comparison: which side has to be the larger one?",
            ),
        ),
    ),
]
