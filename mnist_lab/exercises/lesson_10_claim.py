"""Lesson 10, unaided: the exercise on an honest claim, with its known mistakes."""

from statistics import stdev

from mnist_lab.exercises import lesson_10_honest as honest
from mnist_lab.exercises.lesson_10_honest import floor_of, variant
from mnist_lab.exercises.model import Exercise, Mistake

EXERCISES = [
    Exercise(
        id="10.6",
        title="Letters, part three: an honest claim",
        kind="function",
        difficulty=3,
        minutes=4,
        points=4,
        reference=honest.claim,
        cases=honest.some_runs,
        why="Six entries, and a stranger can judge it. The floor takes the glyphs for independent; those of "
        "one font are not quite, so it is rather too small than too large.",
        hints=(
            "Two steps, with two kinds of fonts: validation chooses the recipe, test reports it. Test has "
            "no say in the first step.",
            "For each recipe, the mean of its validation scores over all seeds; the recipe with the highest "
            "one is chosen. From then on only the test scores of that recipe count.",
            "`summarise(scores)` has `n`, `mean` and `std`. The floor is `sampling_floor(mean, …)` with the "
            "number of glyphs in the test: letters times fonts.",
            "`max(means, key=means.get)` gives the name of the highest. The entry `fonts` is "
            "`list(test_fonts)`, and there are `len(letters) * len(test_fonts)` glyphs.",
        ),
        mistakes=(
            Mistake(
                variant(on="test"),
                "The test fonts chose the recipe, so its luck on them is in the number, and no fonts are "
                "left that could report. Choose by the mean on validation.",
            ),
            Mistake(
                variant(report="validation"),
                "The validation fonts chose, and here they also report. Choose on validation, report on "
                "test.",
            ),
            Mistake(
                variant(on="test", report="validation"),
                "Validation and test changed places: validation chooses, test reports.",
            ),
            Mistake(
                variant(choose=honest.by_best),
                "The recipe was chosen for its best seed on validation. A best seed is a lottery ticket; "
                "choose by the mean of all seeds.",
            ),
            Mistake(
                variant(mean=lambda scores, letters, fonts: max(scores)),
                "`mean` is the best seed. Who repeats the recipe will mostly get less: report the mean of "
                "all seeds.",
            ),
            Mistake(
                honest.best_run,
                "One run is left, the best of its recipe, and with n = 1 there is no spread. Report all "
                "seeds of the chosen recipe.",
            ),
            Mistake(
                variant(mean=lambda scores, letters, fonts: scores[0]),
                "`mean` is the first seed alone. Take the mean of all seeds.",
            ),
            Mistake(
                variant(n=lambda scores, letters, fonts: letters * len(fonts)),
                "n counts the runs behind mean and spread. The number of glyphs has its place in the floor.",
            ),
            Mistake(
                variant(n=lambda scores, letters, fonts: len(scores) * letters * len(fonts)),
                "n counts the runs behind mean and spread, not all glyphs that all runs have read.",
            ),
            Mistake(
                variant(floor=floor_of(lambda scores, letters, fonts: len(scores) * letters * len(fonts))),
                "The floor was divided among the seeds. All of them read the same glyphs, so seeds do not "
                "shrink it: letters times fonts.",
            ),
            Mistake(
                variant(floor=floor_of(lambda scores, letters, fonts: len(scores))),
                "The floor was counted on the number of runs. What was sampled are glyphs: letters times "
                "fonts.",
            ),
            Mistake(
                variant(floor=floor_of(lambda scores, letters, fonts: letters)),
                "The floor was counted on one font. Each test font has all letters: letters times fonts.",
            ),
            Mistake(
                variant(floor=floor_of(lambda scores, letters, fonts: len(fonts))),
                "The floor was counted on the number of fonts. Each of them has all letters: letters times "
                "fonts.",
            ),
            Mistake(
                variant(floor=floor_of(lambda scores, letters, fonts: 1000)),
                "The floor was counted on 1,000 images, which are the test digits of the other lessons. "
                "Here it is letters times fonts.",
            ),
            Mistake(
                variant(spread=honest.population),
                "The squares were divided by n. The mean was taken from the same few runs, so divide by n − "
                "1, as `summarise` does.",
            ),
            Mistake(
                variant(spread=lambda scores, letters, fonts: stdev(scores) / len(scores) ** 0.5),
                "That is the standard error of the mean. The spread says how far runs lie apart, and is not "
                "divided by the root of n.",
            ),
            Mistake(
                variant(spread=lambda scores, letters, fonts: max(scores) - min(scores)),
                "That is the range from the worst run to the best, which grows with every run. The spread is "
                "the standard deviation.",
            ),
            Mistake(
                honest.all_runs,
                "The runs of all recipes were thrown together. Mean, spread and n belong to the chosen "
                "recipe alone.",
            ),
            Mistake(
                honest.percent,
                "Mean, spread and floor are in percent. Keep them as shares of 1, as everywhere in this "
                "package, and write percent only for reading.",
            ),
            Mistake(
                variant(fonts=lambda scores, letters, fonts: len(fonts)),
                "How many fonts is less than which. Whoever reads the claim wants to know if theirs is like "
                "them: `list(test_fonts)`.",
            ),
        ),
    ),
]
