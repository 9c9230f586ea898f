"""Exercise 10.2: one line of a report, which speaks of the luckiest seed; one expression is to change."""

from statistics import median  # noqa: F401 - a wrong answer calls it

from mnist_lab.evidence import sampling_floor, summarise
from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number


def report(scores, num_images):
    summary = summarise(scores)
    floor = sampling_floor(summary.mean, num_images)
    spread = f"{100 * summary.std:.1f} (n = {summary.n}), floor {100 * floor:.2f}"
    return f"{100 * summary.mean:.1f} ± {spread}"


def test_scores(generator):
    # Five, as the mean of an odd number of thousandths never lies halfway between two tenths of a percent.
    drawn = [score / 1000 for score in different_numbers(generator, 5, 930, 990)]
    return [
        call([0.95, 0.97], 1000),
        call([0.962, 0.941, 0.969], 500),
        call([0.981, 0.968, 0.989, 0.952, 0.973], 10_000),
        call(drawn, 100 * whole_number(generator, 2, 20)),
    ]


FIRST, IMAGES = "100 * summary.mean", "summary.mean, num_images"

MISTAKES = (
    (FIRST, "100 * median(scores)",
     "That is the middle seed. The spread after it is measured around the mean, and it is the mean that goes "
     "with it: `summary.mean`."),
    (FIRST, "100 * min(scores)",
     "The unluckiest seed is no fairer than the luckiest. All seeds count: take the mean."),
    (FIRST, "100 * scores[0]",
     "The first seed is one ticket out of several. All seeds count: take the mean."),
    (FIRST, "100 * scores[-1]",
     "The last seed is one ticket out of several. All seeds count: take the mean."),
    (FIRST, "100 * (min(scores) + max(scores)) / 2",
     "Halfway between best and worst, two seeds decide and the others have no say. Take the mean of all."),
    ({FIRST: "100 * max(scores)", IMAGES: f"{IMAGES} * len(scores)"},
     "The best seed is still there, and now the floor is wrong as well: all seeds read the same images, so "
     "they do not make more of them."),
    (IMAGES, f"{IMAGES} * len(scores)",
     "The mean is right. But all seeds read the same images, so the floor counts `num_images` once; seeds do "
     "not shrink it."),
    ("n = {summary.n}", "n = {num_images}",
     "The mean is right. But n beside a spread of seeds counts the seeds; the images have their place in the "
     "floor."),
    ("100 * summary.std", "100 * summary.std / len(scores) ** 0.5",
     "The mean is right. The spread was divided by the root of n, which makes it the standard error of the "
     "mean; how far seeds lie apart is what it was."),
    (FIRST, "summary.mean",
     "The mean is right, as a share of 1. The other numbers are in percent: times 100."),
    ({FIRST: "100 * max(scores)", "n = {summary.n}": "n = 1"},
     "To say that it was one seed is honest, and still it is the luckiest. Report the mean of all."),
    (FIRST, "100 * sum(scores)",
     "The sum grows with every seed. Divide it by their number, or take `summary.mean`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="10.2",
    title="A line for a report",
    difficulty=1,
    minutes=3,
    points=2,
    reference=report,
    given={FIRST: "100 * max(scores)"},
    cases=test_scores,
    why="Who repeats the recipe gets a seed at random. The mean and the spread say what to expect of it.",
    hints=(
        "Three of the four numbers are right. Which of them would somebody who repeats the recipe mostly not "
        "reach?",
        "The spread is that of all seeds around their mean, so the number before it should be their mean, "
        "too. `summary` has it already.",
        "In the last line: `summary.mean` in place of `max(scores)`.",
    ),
    mistakes=MISTAKES,
)
