"""From the seed recipe to speedrun99, one change a rung; what each change saves is its seconds."""

from dataclasses import replace

from mnist_lab.recipes import find_recipe

GOAL = find_recipe("speedrun99")
RATE = 0.002  # the highest of the schedule, for batches of 64
# Adam's step may grow with the root of the batch: twice the images halve the variance of the slope
# (S. Malladi and others, On the SDEs and Scaling Rules for Adaptive Gradient Algorithms, 2022)
SCALED_RATE = round(RATE * (GOAL.batch_size / 64) ** 0.5, 4)

# name: the change in words, and the fields that it changes. How long each rung trains was settled on
# validation digits: about as accurate as the seed recipe, and no longer than that takes.
CHANGES = {
    "schedule": (
        "a higher learning rate that rises and falls, and so fewer epochs",
        {
            "schedule": GOAL.schedule,
            "schedule_options": GOAL.schedule_options,
            "learning_rate": RATE,
            "epochs": 2,
        },
    ),
    "memory": (
        "the digits in memory, normalised once with their own mean and deviation",
        {"loader": "memory", "mean": GOAL.mean, "std": GOAL.std},
    ),
    "batches": (
        f"batches of {GOAL.batch_size}, and the learning rate larger by the root of their growth",
        {"batch_size": GOAL.batch_size, "learning_rate": SCALED_RATE},
    ),
    "optimizer": (
        f"{GOAL.optimizer} with a shorter memory, all weights updated in one call",
        {"optimizer": GOAL.optimizer, "options": GOAL.options},
    ),
    "channels_last": (
        "the channels of a pixel side by side in memory",
        {"memory_format": GOAL.memory_format},
    ),
    "bfloat16": ("numbers of 16 bits where they suffice", {"precision": GOAL.precision}),
    "network": (
        "a network that spends its arithmetic well, bears a higher rate, and so needs fewer epochs",
        {"layers": GOAL.layers, "learning_rate": GOAL.learning_rate, "epochs": 0.7},
    ),
    "speedrun99": (
        "smoothed labels and whitened first filters (explained below), and so fewer steps",
        {
            "label_smoothing": GOAL.label_smoothing,
            "whiten": GOAL.whiten,
            "epochs": GOAL.epochs,
            "steps": GOAL.steps,
        },
    ),
}
# epochs on the 3,500 bundled training digits, of which each has to be seen more often: some seconds in all
QUICK_EPOCHS = {
    "seed": 1.5,
    "schedule": 1,
    "memory": 1,
    "batches": 1,
    "optimizer": 1,
    "channels_last": 1,
    "bfloat16": 1,
    "network": 0.9,
    "speedrun99": 0.75,
}


def climb(changes):
    """Return {name: (change in words, Recipe)}, each made from the one before it."""
    recipe = find_recipe("seed")
    rungs = {"seed": (recipe.about, recipe)}
    for name, (words, fields) in changes.items():
        recipe = replace(recipe, about=words, **fields)
        rungs[name] = words, recipe
    return rungs


LADDER = climb(CHANGES)


def quick_form(name):
    """Return the rung of that name for the bundled digits, for a demonstration: not all read equally well."""
    _, recipe = LADDER[name]
    return replace(recipe, digits="bundled", epochs=QUICK_EPOCHS[name], steps=None)
