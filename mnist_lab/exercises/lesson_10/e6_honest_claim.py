"""Exercise 10.6: an honest claim out of the runs of some recipes."""

from operator import itemgetter
from string import ascii_uppercase

from mnist_lab.evidence import sampling_floor, summarise
from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number


def claim(runs, *, letters, test_fonts):
    validation = {recipe: summarise(run["validation"] for run in made).mean for recipe, made in runs.items()}
    chosen = max(validation, key=validation.get)
    test = summarise(run["test"] for run in runs[chosen])
    return {
        "recipe": chosen,
        "n": test.n,
        "mean": test.mean,
        "spread": test.std,
        "floor": sampling_floor(test.mean, len(letters) * len(test_fonts)),
        "fonts": list(test_fonts),
    }


def scored(*pairs):
    return [{"seed": seed, "validation": v, "test": t} for seed, (v, t) in enumerate(pairs)]


def drawn(generator):
    """Two recipes: the one that is better on validation, whichever it is, is worse on test."""
    runs = {}
    for recipe, rank in zip("AB", different_numbers(generator, 2, 0, 1), strict=True):
        validation = different_numbers(generator, 3, 76 + 10 * rank, 82 + 10 * rank)
        test = different_numbers(generator, 3, 88 - 10 * rank, 94 - 10 * rank)
        runs[recipe] = scored(*((v / 100, t / 100) for v, t in zip(validation, test, strict=True)))
    return runs


def some_runs(generator):
    """Runs with ten letters, one recipe first; then two, where test would choose otherwise."""
    few, more = ["Serif", "Mono"], ["Serif", "Mono", "Script", "Slab", "Sans"]
    one = {"plain": scored((0.9, 0.85), (0.95, 0.8))}
    two = {
        "short": scored((0.82, 0.94), (0.84, 0.86), (0.8, 0.96)),
        "long": scored((0.92, 0.88), (0.9, 0.84), (0.96, 0.92)),
    }
    three = {
        "first": scored((0.9, 0.9), (0.92, 0.86), (0.94, 0.94), (0.9, 0.78)),
        "second": scored((0.96, 0.74), (0.88, 0.8), (0.97, 0.9), (0.92, 0.82)),
        "third": scored((0.98, 0.98), (0.7, 0.92), (0.8, 0.96), (0.72, 0.9)),
        "fourth": scored((0.95, 0.8), (0.95, 0.82), (0.95, 0.76), (0.6, 0.8)),
    }
    return [
        call(one, letters="RAEHKSTMXG", test_fonts=few),
        call(two, letters="RAEHKSTMXG", test_fonts=more),
        call(three, letters="ABCDE", test_fonts=more[1:]),
        call(drawn(generator), letters=ascii_uppercase[: whole_number(generator, 8, 20)], test_fonts=more),
    ]


CHOOSING, REPORTING = 'run["validation"] for run in made', 'run["test"] for run in runs[chosen]'
BY_BEST_SEED = {f"summarise({CHOOSING}).mean": f"max({CHOOSING})"}
BEST_SEED = 'max(runs[chosen], key=lambda run: run["validation"])'
GLYPHS = "len(letters) * len(test_fonts)"

MISTAKES = (
    (CHOOSING, 'run["test"] for run in made',
     "The test fonts chose the recipe, so its luck on them is in the number, and no fonts are left that "
     "could report. Choose by the mean on validation."),
    (REPORTING, 'run["validation"] for run in runs[chosen]',
     "The validation fonts chose, and here they also report. Choose on validation, report on test."),
    ({REPORTING: 'run["validation"] for run in runs[chosen]', CHOOSING: 'run["test"] for run in made'},
     "Validation and test changed places: validation chooses, test reports."),
    (BY_BEST_SEED, "The recipe was chosen for its best seed on validation. A best seed is a lottery ticket; "
     "choose by the mean of all seeds."),
    ('"mean": test.mean', f'"mean": max({REPORTING})',
     "`mean` is the best seed. Who repeats the recipe will mostly get less: report the mean of all seeds."),
    (BY_BEST_SEED | {REPORTING: f'run["test"] for run in [{BEST_SEED}]'},
     "One run is left, the best of its recipe, and with n = 1 there is no spread. Report all seeds of the "
     "chosen recipe."),
    ('"mean": test.mean', '"mean": runs[chosen][0]["test"]',
     "`mean` is the first seed alone. Take the mean of all seeds."),
    ("test.n", GLYPHS,
     "n counts the runs behind mean and spread. The number of glyphs has its place in the floor."),
    ("test.n", f"test.n * {GLYPHS}",
     "n counts the runs behind mean and spread, not all glyphs that all runs have read."),
    (GLYPHS, f"test.n * {GLYPHS}",
     "The floor was divided among the seeds. All of them read the same glyphs, so seeds do not shrink it: "
     "letters times fonts."),
    (GLYPHS, "test.n",
     "The floor was counted on the number of runs. What was sampled are glyphs: letters times fonts."),
    (GLYPHS, "len(letters)",
     "The floor was counted on one font. Each test font has all letters: letters times fonts."),
    (GLYPHS, "len(test_fonts)",
     "The floor was counted on the number of fonts. Each of them has all letters: letters times fonts."),
    (GLYPHS, "1000",
     "The floor was counted on 1,000 images, which are the test digits of the other lessons. Here it is "
     "letters times fonts."),
    ("test.std", "test.std * ((test.n - 1) / test.n) ** 0.5",
     "The squares were divided by n. The mean was taken from the same few runs, so divide by n − 1, as "
     "`summarise` does."),
    ("test.std", "test.std / test.n**0.5",
     "That is the standard error of the mean. The spread says how far runs lie apart, and is not divided by "
     "the root of n."),
    ("test.std", f"max({REPORTING}) - min({REPORTING})",
     "That is the range from the worst run to the best, which grows with every run. The spread is the "
     "standard deviation."),
    (REPORTING, 'run["test"] for made in runs.values() for run in made',
     "The runs of all recipes were thrown together. Mean, spread and n belong to the chosen recipe alone."),
    ({f'"{name}": ': f'"{name}": 100 * ' for name in ("mean", "spread", "floor")},
     "Mean, spread and floor are in percent. Keep them as shares of 1, as everywhere in this package, and "
     "write percent only for reading."),
    ("list(test_fonts)", "len(test_fonts)",
     "How many fonts is less than which. Whoever reads the claim wants to know if theirs is like them: "
     "`list(test_fonts)`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="10.6",
    title="Letters, part three: an honest claim",
    difficulty=3,
    minutes=5,
    points=4,
    reference=claim,
    cases=some_runs,
    parts={
        "chooses on validation": (1, itemgetter("recipe")),
        "reports all seeds on test": (2, itemgetter("n", "mean", "spread")),
        "says how sure that is": (1, itemgetter("floor", "fonts")),
    },
    why="Six entries, and a stranger can judge it. The floor takes the glyphs for independent; those of one "
    "font are not quite, so it is rather too small than too large.",
    hints=(
        "Two steps, with two kinds of fonts: validation chooses the recipe, test reports it. Test has no say "
        "in the first step.",
        "For each recipe, the mean of its validation scores over all seeds; the recipe with the highest one "
        "is chosen. From then on only the test scores of that recipe count.",
        "`summarise(scores)` has `n`, `mean` and `std`. The floor is `sampling_floor(mean, …)` with the "
        "number of glyphs in the test: letters times fonts.",
        "`max(means, key=means.get)` gives the name of the highest. The entry `fonts` is `list(test_fonts)`, "
        "and there are `len(letters) * len(test_fonts)` glyphs.",
    ),
    mistakes=MISTAKES,
)
