"""Exercise 11.4: the seconds that a recipe needs to a target, over runs of several lengths."""

from statistics import median

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number


def seconds_to(target, runs):
    for steps in sorted(runs):
        seconds, accuracies = zip(*runs[steps], strict=True)
        if median(accuracies) >= target:
            return median(seconds)
    return None


def some_runs(generator):
    climbing = {
        60: [(1.0, 96.5), (1.25, 97.0), (1.5, 98.5)],
        120: [(2.75, 97.75), (2.0, 98.75), (2.125, 97.5)],
        240: [(4.5, 98.5), (4.0, 98.25), (4.125, 98.75)],
    }
    mixed = {
        300: [(9.0, 99.25), (6.0, 99.0), (6.25, 98.5), (6.5, 99.25)],
        75: [(3.5, 98.25), (1.5, 97.0), (1.75, 98.0), (1.0, 96.0)],
        600: [(12.0, 98.5), (11.5, 98.75), (11.0, 98.5), (15.0, 98.75)],
        150: [(3.25, 98.75), (3.0, 98.5), (8.0, 97.0), (3.5, 98.75)],
    }
    return [
        call(98.0, climbing),
        call(97.0, climbing),
        call(99.0, climbing),
        call(97.77, climbing),
        call(98.0, mixed),
        call(98.25, mixed),
        call(97.5, mixed),
        call(96.0, mixed),
        *(call(95.5 + 2 * whole_number(generator, 0, 1), climbing_by_two(generator, n)) for n in (3, 4)),
        call(95.5, climbing_by_two(generator, 5)),
    ]


def climbing_by_two(generator, num_seeds):
    """Runs of three lengths, the longest first; seeds have 94 to 95, 96 to 97, or 98 to 99, one is off.

    Of five seeds, the shorter ones ran on a busy machine and took longer.
    """
    runs = {}
    for rank, steps in enumerate(sorted(different_numbers(generator, 3, 5, 40))):
        least = 4 + 8 * (rank if num_seeds < 5 else 2 - rank)
        seconds = different_numbers(generator, num_seeds, least, least + 7)
        accuracies = [94 + 2 * rank + whole_number(generator, 0, 4) / 4 for _ in seconds]
        accuracies[whole_number(generator, 0, num_seeds - 1)] = 90 + 9.75 * whole_number(generator, 0, 1)
        runs[10 * steps] = [(s / 4, accuracy) for s, accuracy in zip(seconds, accuracies, strict=True)]
    return dict(reversed(runs.items()))


def fastest_run(target, runs):
    reached = [second for pairs in runs.values() for second, accuracy in pairs if accuracy >= target]
    return min(reached, default=None)


def most_accurate(target, runs):
    best = max(runs, key=lambda steps: median(accuracy for _, accuracy in runs[steps]))
    return seconds_to(target, {best: runs[best]})


REACHED = "median(accuracies) >= target"
REPORTED = "median(seconds)"

MISTAKES = (
    (REACHED, "max(accuracies) >= target",
     "A single lucky seed is enough here. Repeat the recipe, and you mostly get less: half of the seeds "
     "have to be there, so ask for the median."),
    (fastest_run, "That is the fastest run that got there by itself: the best of several, twice. Ask for the "
     "median accuracy of a length and the median of its seconds."),
    (REPORTED, "median(s for s, a in zip(seconds, accuracies, strict=True) if a >= target)",
     "The seconds of seeds below the target were left out. They belong to the recipe as well: the median of "
     "all runs of that length."),
    (REACHED, "min(accuracies) >= target",
     "Here every seed has to reach the target. The more seeds, the harder that gets; half of them will do: "
     "their median."),
    (REACHED, "sum(accuracies) / len(accuracies) >= target",
     "The mean was taken of the accuracies. One seed that fails pulls it down, and one lucky seed pulls it "
     "up. The question here is when half of the seeds are there: the median."),
    (REACHED, "sum(a >= target for a in accuracies) >= len(accuracies) / 2",
     "Just half of the seeds is not yet the median: of two seeds with 97.0 and 98.5 the median is 97.75."),
    (REACHED, "accuracies[0] >= target", "Only the first seed was asked. Take the median of all accuracies."),
    (REACHED, "accuracies[-1] >= target", "Only the last seed was asked. Take the median of all accuracies."),
    (REACHED, "median(accuracies) > target", "A median that is just the target has reached it: `>=`."),
    (REACHED, "median(accuracies) <= target",
     "The comparison is the wrong way round: enough is `>= target`."),
    (REPORTED, "min(seconds)", "The shortest time is the one with the most luck. Report the median."),
    (REPORTED, "sum(seconds) / len(seconds)",
     "The mean of the seconds is pulled up by a single run that was held up. Report the median."),
    (REPORTED, "max(seconds)", "The longest time belongs to whatever held it up. Report the median."),
    (REPORTED, "sum(seconds)",
     "That is the time of all seeds together. One run is wanted, the one in the middle."),
    (REPORTED, "seconds[0]", "The first seed's seconds were returned. Take the median over the seeds."),
    (REPORTED, "steps",
     "The number of steps came back. Steps of two recipes cost differently, so compare seconds."),
    (REPORTED, "median(accuracies)",
     "The accuracy came back. The question is how many seconds it takes to get there."),
    ("sorted(runs)", "runs",
     "The lengths come in any order; the loop has to begin with the shortest, `sorted(runs)`."),
    ("sorted(runs)", "sorted(runs, reverse=True)",
     "The longest runs were looked at first, and they nearly always reach it. The question is what is "
     "enough."),
    (most_accurate,
     "That is the most accurate length. More than the target is not asked for, so take the shortest one that "
     "reaches it."),
    ("\n    return None", "\n        return None",
     "Only the shortest runs were looked at. `return None` belongs behind the loop, when no length has "
     "reached the target."),
)  # fmt: skip


EXERCISE = Exercise(
    id="11.4",
    title="Seconds to a target",
    difficulty=2,
    minutes=5,
    points=2,
    reference=seconds_to,
    cases=some_runs,
    why="Two recipes can be compared by this number whatever their lengths. It counts all seeds: luck in "
    "accuracy does not shorten it, and one run that was held up does not lengthen it.",
    hints=(
        "A length reaches the target if its median accuracy over all seeds does. Which length is looked at "
        "first, and what happens as soon as one is enough?",
        "`median(accuracies) >= target` says whether it is enough. What is reported are seconds of all runs "
        "of that length, and a run that was held up should not count more than another.",
        "`reached = median(accuracies) >= target`, and `return median(seconds)`.",
    ),
    mistakes=MISTAKES,
)
