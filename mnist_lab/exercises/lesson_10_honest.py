"""Lesson 10, unaided: a claim from runs, chosen on validation and reported on test, and its wrong ways."""

from statistics import fmean, pstdev
from string import ascii_uppercase

from mnist_lab.evidence import sampling_floor, summarise
from mnist_lab.exercises.model import call
from mnist_lab.exercises.whole_numbers import different_numbers, whole_number


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
    }
    return [
        call(one, letters="RAEHKSTMXG", test_fonts=few),
        call(two, letters="RAEHKSTMXG", test_fonts=more),
        call(three, letters="ABCDE", test_fonts=more[1:]),
        call(drawn(generator), letters=ascii_uppercase[: whole_number(generator, 8, 20)], test_fonts=more),
    ]


def by_mean(made, part):
    return fmean(run[part] for run in made)


def by_best(made, part):
    return max(run[part] for run in made)


def variant(*, choose=by_mean, on="validation", report="test", **changed):
    """Return a claim that chooses, reports or computes an entry otherwise.

    changed holds functions of the scores, the number of letters, and the test fonts.
    """

    def claim(runs, *, letters, test_fonts):
        chosen = max(runs, key=lambda recipe: choose(runs[recipe], on))
        scores = [run[report] for run in runs[chosen]]
        made = entries(chosen, scores, letters, test_fonts)
        return made | {name: change(scores, len(letters), test_fonts) for name, change in changed.items()}

    return claim


def entries(recipe, scores, letters, test_fonts):
    """The dictionary that is asked for, from the scores of one recipe."""
    summary = summarise(scores)
    floor = sampling_floor(summary.mean, len(letters) * len(test_fonts))
    kept = {"recipe": recipe, "n": summary.n, "mean": summary.mean, "spread": summary.std}
    return kept | {"floor": floor, "fonts": list(test_fonts)}


def floor_of(count):
    """The floor on a wrong number of images."""
    return lambda scores, letters, fonts: sampling_floor(fmean(scores), count(scores, letters, fonts))


def all_runs(runs, *, letters, test_fonts):
    scores = [run["test"] for made in runs.values() for run in made]
    return claim(runs, letters=letters, test_fonts=test_fonts) | {
        name: value
        for name, value in entries("", scores, letters, test_fonts).items()
        if name in ("n", "mean", "spread", "floor")
    }


def best_run(runs, *, letters, test_fonts):
    """The single run with the best validation score, as if it were the recipe."""
    chosen = max(runs, key=lambda recipe: by_best(runs[recipe], "validation"))
    run = max(runs[chosen], key=lambda run: run["validation"])
    return entries(chosen, [run["test"]], letters, test_fonts)


def percent(runs, *, letters, test_fonts):
    made = claim(runs, letters=letters, test_fonts=test_fonts)
    return made | {name: 100 * made[name] for name in ("mean", "spread", "floor")}


def population(scores, letters, fonts):
    return pstdev(scores)
