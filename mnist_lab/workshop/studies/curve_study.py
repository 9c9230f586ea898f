"""Error along a training against the seconds so far, run by `mnist-lab study curve` for lesson 11.

Compared: the CONTESTANTS, which all learn from the 60,000 digits of full MNIST. Beside fast-2024 as it is
stands fast-2024 in the number format and the memory order of ours, so that the two can be told apart. The
contestants take turns, seed by seed: a minute in which the machine is slow meets them all. One thread, one
run at a time. The recipes that take ten minutes and more are left out.

Scored: on the official 10,000 test digits, at LOOKS places of each run, equally far apart. The clock runs
from the first weights to the last step, after a warm-up that cannot help, and stands still while a network
is scored.

Chosen: nothing on the way. Rates, widths and lengths had been settled before, on validation digits
(recipes/__init__.py). Only where a recipe counts as stopped is read off the test digits: where its median
accuracy over the seeds first reaches the TARGET. That favours every contestant, and most of all the one
whose accuracy goes up and down on a long way.

n is the number of seeds. A factor is the median over the seeds, with the smallest and the largest.
"""

import os
import time
from dataclasses import replace
from functools import partial
from statistics import median

from mnist_lab.devices import pick_device, seed_everything, synchronize
from mnist_lab.recipes import find_recipe, running
from mnist_lab.recipes.run_store import SOURCES as RECIPE_SOURCES
from mnist_lab.recipes.run_store import fields_of
from mnist_lab.recipes.scoring import score_network
from mnist_lab.recipes.splits import choose_splits
from mnist_lab.recipes.summary import find_factor
from mnist_lab.workshop.studies.workers import StudyRuns, run_all

SOURCES = ("workshop/studies/curve_study.py", "recipes/__init__.py", *RECIPE_SOURCES)
TARGET = 0.99
LOOKS = 20
GOAL = "speedrun99"  # by whose seconds the others' are divided

FAST = find_recipe("fast-2024")
CONTESTANTS = {
    "seed": find_recipe("seed"),
    "fast-2024": FAST,
    "fast-2024-bfloat16": replace(FAST, precision="bfloat16", memory_format="channels_last"),
    "speedrun98": find_recipe("speedrun98"),
    GOAL: find_recipe(GOAL),
}


def run(*, seeds, workers, device):
    """Return {"device", "hardware", "digits", "target", "recipes", "stopped", "factors"}.

    recipes is {name: row}; a row's looks, in order, hold steps, and seconds and accuracies with a number a
    seed. stopped is {name: the look where the median first reaches the target, or None}, factors {name: how
    many times the seconds of speedrun99 that takes}. One run after the other, whatever workers says.
    """
    tasks = [{"name": n, "seed": seed, "device": device} for seed in range(seeds) for n in CONTESTANTS]
    finished = StudyRuns("curve", SOURCES)
    runs = run_all(run_along, tasks, finished=finished)
    rows = {name: make_curve([each for each in runs if each["name"] == name]) for name in CONTESTANTS}
    stopped = {name: first_reaching(TARGET, row["looks"]) for name, row in rows.items()}
    place = {name: runs[0][name] for name in ("device", "hardware", "digits")}
    finished.remove()
    return {**place, "target": TARGET, "recipes": rows, "stopped": stopped, "factors": factors_of(stopped)}


def run_along(*, name, seed, device):
    """Return a run of a contestant with its looks: steps, seconds of training so far, test accuracy."""
    recipe, device = CONTESTANTS[name], pick_device(device)
    learn, test, test_digits = choose_splits(recipe.digits, transform=running.transforms_of(recipe))
    loader = running.train_loader(recipe, learn, seed, device)
    steps = running.count_steps(recipe, len(learn), loader)
    precision = running.usable_precision(recipe.precision, device)
    train = partial(running.train, recipe, device=device, precision=precision)
    train(running.random_batches(recipe, device), steps=running.WARM_UP_STEPS)
    seed_everything(seed)
    clock = Clock(steps, lambda network: score_network(recipe, network, test, device).accuracy, device)
    train(loader, steps=steps, watch=clock)
    return {
        "name": name,
        "seed": seed,
        "looks": clock.looks,
        "digits": test_digits,
        "num_test": len(test),
        "precision": precision,
        "load": load_of_machine(),
        **running.place(device),
    }


class Clock:
    """Looks at a network at LOOKS of its steps, and keeps what it has cost so far without the looking."""

    def __init__(self, steps, score, device):
        self.places = {round(steps * place / LOOKS) for place in range(1, LOOKS + 1)}
        self.score, self.device = score, device
        self.looks, self.seconds = [], 0.0
        self.go_on()

    def go_on(self):
        synchronize(self.device)
        self.since = time.perf_counter()

    def __call__(self, step, network):
        if step in self.places:
            synchronize(self.device)
            self.seconds += time.perf_counter() - self.since
            look = {"steps": step, "seconds": round(self.seconds, 4), "accuracy": self.score(network)}
            self.looks.append(look)
            self.go_on()


def load_of_machine():
    """Return how many threads wanted a core in the last minute, ours too; None where nobody counts them."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def make_curve(runs):
    """Return the row of a contestant: what its runs share, and each look with a number a seed."""
    looks = [
        {
            "steps": together[0]["steps"],
            "seconds": [look["seconds"] for look in together],
            "accuracies": [look["accuracy"] for look in together],
        }
        for together in zip(*(each["looks"] for each in runs), strict=True)
    ]
    shared = {name: runs[0][name] for name in ("num_test", "precision")}
    fields = fields_of(CONTESTANTS[runs[0]["name"]])
    return {
        "n": len(runs),
        **shared,
        "load": [each["load"] for each in runs],
        "fields": fields,
        "looks": looks,
    }


def first_reaching(target, looks):
    """Return the first look whose median accuracy reaches the target, or None."""
    return next((look for look in looks if median(look["accuracies"]) >= target), None)


def factors_of(stopped):
    """Return {name: find_factor against the goal}, None where one of the two never got there."""
    goal = stopped[GOAL]
    return {
        name: find_factor(look["seconds"], goal["seconds"]) if look and goal else None
        for name, look in stopped.items()
    }
