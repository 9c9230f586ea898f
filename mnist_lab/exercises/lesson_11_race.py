"""Lesson 11: two recipes raced on the bundled digits, in pairs of equal seeds."""

import json
from dataclasses import asdict, replace
from statistics import mean, median

from mnist_lab.evidence import compare
from mnist_lab.exercises.compare import kind_of
from mnist_lab.recipes import Recipe, find_recipe
from mnist_lab.recipes.running import train_recipe

SEEDS = range(5)
FASTER = 0.9  # of the seconds: a tenth is more than the mood of a machine
SLOWER, HOPELESS = 1.1, 1.5
LOSS = 0.005  # of the accuracy: what must be excluded before two recipes count as equally accurate
FAR_BELOW = -0.02

LOST = "Seed by seed it reads fewer digits, and the difference is shown."
UNSURE = (
    "Its accuracy is not shown to be lower, but a loss of half a point is not excluded either: "
    "twice the standard error reaches that far."
)
LONGER = "It takes longer than the recipe to beat."
AS_LONG = "It is not faster by a tenth, which is about what a machine's mood can do."
FAST = {}  # what was found of a recipe that is fast enough, by its fields: time is measured anew only if not


def to_beat():
    """Return the stored recipe in a quick form: fewer steps, on the bundled digits."""
    return replace(find_recipe("speedrun99"), digits="bundled", steps=100)


def how_it_fares(faster):
    """Return what keeps faster(recipe) from being a faster recipe at equal accuracy."""
    recipe = to_beat()
    made = faster(recipe)
    problem = _no_contest(recipe, made)
    if problem:
        return [problem]
    fields = json.dumps(asdict(made), sort_keys=True)
    if fields in FAST:
        return FAST[fields]
    ratios, accuracies = race(recipe, made)
    found = [] if ratios[0] > HOPELESS else accuracy_faults(*accuracies)
    slow = time_faults(ratios)
    if not slow:
        FAST[fields] = found
    return found + slow


def _no_contest(recipe, made):
    if not isinstance(made, Recipe):
        return f"A Recipe was to come back, and {kind_of(made)} came."
    if replace(made, about=recipe.about, digits=recipe.digits) == recipe:
        return "The recipe that came back is the one to beat."
    if (made.steps is None) == (made.epochs is None):
        return "A recipe has steps or epochs; one of them is None."
    return None


def race(recipe, made):
    """Return the ratios of seconds, and two lists of validation accuracies, over pairs of equal seeds.

    Each goes first in turn. What is hopeless is not run to the end.
    """
    ratios, before, after = [], [], []
    for seed in SEEDS:
        order = (recipe, made) if seed % 2 == 0 else (made, recipe)
        runs = [train_recipe(each, seed=seed, digits="bundled", tune=True) for each in order]
        ours, mine = runs if seed % 2 == 0 else reversed(runs)
        ratios.append(mine["seconds"] / ours["seconds"])
        before.append(ours["validation_accuracy"])
        after.append(mine["validation_accuracy"])
        if ratios[0] > HOPELESS or (len(after) > 2 and mean(after) - mean(before) < FAR_BELOW):
            break
    return ratios, (before, after)


def accuracy_faults(before, after):
    """Return what the paired accuracies say against the second recipe: shown lower, or not excluded."""
    found = compare(before, after)
    if found.shown and found.difference < 0:
        return [LOST]
    return [UNSURE] if found.difference - 2 * found.standard_error < -LOSS else []


def time_faults(ratios):
    ratio = median(ratios)
    return [LONGER] if ratio > SLOWER else [AS_LONG] if ratio > FASTER else []
