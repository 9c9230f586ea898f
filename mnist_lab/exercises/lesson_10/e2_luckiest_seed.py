"""Exercise 10.2: one line of a report, which speaks of the luckiest seed."""

from statistics import median

from mnist_lab.evidence import sampling_floor, summarise
from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number


def report(scores, num_images):
    summary = summarise(scores)
    floor = sampling_floor(summary.mean, num_images)
    spread = f"{100 * summary.std:.1f} (n = {summary.n}), floor {100 * floor:.2f}"
    return f"{100 * summary.mean:.1f} ± {spread}"


def given_report(scores, num_images):
    summary = summarise(scores)
    floor = sampling_floor(summary.mean, num_images)
    spread = f"{100 * summary.std:.1f} (n = {summary.n}), floor {100 * floor:.2f}"
    return f"{100 * max(scores):.1f} ± {spread}"


def variant(*, value=None, spread=1.0, n=None, images=None, scale=100):
    """Return a report with another number in one of its places."""

    def report(scores, num_images):
        summary = summarise(scores)
        first = value(scores) if value else summary.mean
        floor = sampling_floor(summary.mean, images(scores, num_images) if images else num_images)
        n_said = n(scores, num_images) if n else summary.n
        std = summary.std * (spread(scores) if callable(spread) else spread)
        return f"{scale * first:.1f} ± {100 * std:.1f} (n = {n_said}), floor {100 * floor:.2f}"

    return report


def test_scores(generator):
    # Five, as the mean of an odd number of thousandths never lies halfway between two tenths of a percent.
    drawn = [score / 1000 for score in different_numbers(generator, 5, 930, 990)]
    return [
        call([0.95, 0.97], 1000),
        call([0.962, 0.941, 0.969], 500),
        call([0.981, 0.968, 0.989, 0.952, 0.973], 10_000),
        call(drawn, 100 * whole_number(generator, 2, 20)),
    ]


MISTAKES = (
    (variant(value=median),
     "That is the middle seed. The spread after it is measured around the mean, and it is the mean that goes "
     "with it: `summary.mean`."),
    (variant(value=min),
     "The unluckiest seed is no fairer than the luckiest. All seeds count: take the mean."),
    (variant(value=lambda scores: scores[0]),
     "The first seed is one ticket out of several. All seeds count: take the mean."),
    (variant(value=lambda scores: scores[-1]),
     "The last seed is one ticket out of several. All seeds count: take the mean."),
    (variant(value=lambda scores: (min(scores) + max(scores)) / 2),
     "Halfway between best and worst, two seeds decide and the others have no say. Take the mean of all."),
    (variant(value=max, images=lambda scores, num_images: num_images * len(scores)),
     "The best seed is still there, and now the floor is wrong as well: all seeds read the same images, so "
     "they do not make more of them."),
    (variant(images=lambda scores, num_images: num_images * len(scores)),
     "The mean is right. But all seeds read the same images, so the floor counts `num_images` once; seeds do "
     "not shrink it."),
    (variant(n=lambda scores, num_images: num_images),
     "The mean is right. But n beside a spread of seeds counts the seeds; the images have their place in the "
     "floor."),
    (variant(spread=lambda scores: len(scores) ** -0.5),
     "The mean is right. The spread was divided by the root of n, which makes it the standard error of the "
     "mean; how far seeds lie apart is what it was."),
    (variant(scale=1), "The mean is right, as a share of 1. The other numbers are in percent: times 100."),
    (variant(value=max, n=lambda scores, num_images: 1),
     "To say that it was one seed is honest, and still it is the luckiest. Report the mean of all."),
    (variant(value=sum), "The sum grows with every seed. Divide it by their number, or take `summary.mean`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="10.2",
    title="The luckiest seed",
    kind="function",
    difficulty=1,
    minutes=3,
    points=2,
    reference=report,
    given=given_report,
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
