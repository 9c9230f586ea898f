"""All recipes side by side, round by round, so that what slows the machine slows them all."""

from pathlib import Path

from mnist_lab.bars import tqdm
from mnist_lab.recipes import find_recipe
from mnist_lab.recipes.ladder import LADDER
from mnist_lab.recipes.run_store import fields_of, read_or_train

NUM_SEEDS = {
    "fast-2024": 10,
    "speedrun98": 10,
    "speedrun99": 10,
    "seed": 5,
    "pytorch-example": 3,
    "record": 5,
    "bundled": 5,
}
QUICK = ("fast-2024", "speedrun98", "speedrun99")
LADDER_SEEDS = 5


def choose_counts(names=(), *, seeds=None, quick=False, ladder=False):
    """Return {name: number of seeds} for the recipes named, the rungs of the ladder, or all recipes."""
    if ladder:
        return dict.fromkeys(LADDER, seeds or LADDER_SEEDS)
    chosen = names or (QUICK if quick else NUM_SEEDS)
    for name in chosen:
        find_recipe(name)
    return {name: seeds or NUM_SEEDS[name] for name in chosen}


def recipe_or_rung(name):
    """Return the Recipe of that name; a rung that is a recipe too has the same fields."""
    return LADDER[name][1] if name in LADDER else find_recipe(name)


def in_rounds(counts):
    """Return (name, seed) pairs: every recipe with seed 0, then every recipe with seed 1, and so on."""
    rounds = range(max(counts.values(), default=0))
    return [(name, seed) for seed in rounds for name, count in counts.items() if seed < count]


def run_rounds(counts, *, folder, device="auto"):
    """Return {name: runs}, training what the folder does not hold yet.

    Each finished run is kept there at once, so the same call goes on where an earlier one was stopped.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    runs = {name: [] for name in counts}
    order = in_rounds(counts)
    with tqdm(total=len(order), unit="run") as bar:
        for name, seed in order:
            bar.set_description(f"{name}, seed {seed}")
            options = {"device": device, "say": bar.write}
            run, was_kept = read_or_train(folder, name, recipe_or_rung(name), seed, **options)
            runs[name].append(run)
            if not was_kept:
                bar.write(f"{name}, seed {seed}: {run['test_accuracy']:.2%} in {run['seconds']:.2f} s")
            bar.update()
    return runs


def take_stored(names, result, *, say):
    """Return the rows of a stored benchmark for these recipes, marked as stored, in the order of the names.

    A recipe that is not there, or has changed since, is left out, and that is said.
    """
    rows = {}
    for name in names:
        row = result.get("recipes", {}).get(name)
        if row is None:
            say(f"No stored result has the recipe {name}; `mnist-lab benchmark --store` makes one.")
        elif row.get("fields") != fields_of(find_recipe(name)):
            say(f"The recipe {name} has changed since its stored result, which is left out.")
        else:
            rows[name] = {**row, "stored": True}
    return rows
