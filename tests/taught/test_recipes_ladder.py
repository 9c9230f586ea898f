"""The rungs from the seed recipe to speedrun99: each differs from the one above in what its words say."""

from dataclasses import asdict, replace
from itertools import pairwise

from mnist_lab.recipes import find_recipe
from mnist_lab.recipes.ladder import LADDER, QUICK_EPOCHS, quick_form
from mnist_lab.recipes.layers import build
from mnist_lab.recipes.running import train_recipe

import pytest

NAMES = list(LADDER)
# which fields a rung may change, and a word of its text for each
SAID = {
    "memory": {"loader": "in memory", "mean": "mean", "std": "deviation"},
    "batches": {"batch_size": "batches", "learning_rate": "learning rate"},
    "schedule": {
        "schedule": "rises and falls",
        "schedule_options": "rises and falls",
        "learning_rate": "learning rate",
        "epochs": "fewer epochs",
    },
    "optimizer": {"optimizer": "AdamW", "options": "memory"},
    "channels_last": {"memory_format": "channels"},
    "bfloat16": {"precision": "16 bits"},
    "network": {"layers": "network", "learning_rate": "higher rate", "epochs": "fewer epochs"},
    "speedrun99": {
        "label_smoothing": "smoothed labels",
        "whiten": "whitened",
        "epochs": "fewer steps",
        "steps": "fewer steps",
    },
}


def fields_of(name):
    fields = asdict(LADDER[name][1])
    del fields["about"]
    return fields


def images_seen(recipe):
    return recipe.steps * recipe.batch_size if recipe.steps else recipe.epochs * 60_000


def test_the_first_is_the_seed_and_the_last_is_the_goal():
    assert NAMES[0] == "seed" and LADDER["seed"][1] == find_recipe("seed")
    assert NAMES[-1] == "speedrun99"
    goal = find_recipe("speedrun99")
    assert replace(LADDER["speedrun99"][1], about=goal.about) == goal


@pytest.mark.parametrize(("above", "name"), list(pairwise(NAMES)))
def test_each_rung_differs_only_in_what_its_words_say(above, name):
    before, after = fields_of(above), fields_of(name)
    changed = {field for field in after if before[field] != after[field]}
    words, recipe = LADDER[name]
    assert changed and changed <= SAID[name].keys(), f"{name} also changes {changed - SAID[name].keys()}"
    assert recipe.about == words
    for field in changed:
        assert SAID[name][field] in words, f"{name} changes {field}, and its words do not say so"


def test_no_rung_sees_more_digits_than_the_one_above():
    seen = [images_seen(recipe) for _, recipe in LADDER.values()]
    assert seen == sorted(seen, reverse=True)


def test_the_rate_of_the_larger_batches_grows_by_the_root_of_their_growth():
    before, after = LADDER["memory"][1], LADDER["batches"][1]
    growth = after.learning_rate / before.learning_rate
    assert growth**2 == pytest.approx(after.batch_size / before.batch_size, rel=0.05)


def test_every_rung_has_a_quick_form_on_the_bundled_digits():
    assert list(QUICK_EPOCHS) == NAMES
    for name in NAMES:
        quick, recipe = quick_form(name), LADDER[name][1]
        assert (quick.digits, quick.epochs, quick.steps) == ("bundled", QUICK_EPOCHS[name], None)
        assert replace(quick, digits="full", epochs=recipe.epochs, steps=recipe.steps) == recipe
        assert build(quick.layers) is not None


def test_a_quick_form_runs_on_validation_digits():
    run = train_recipe(replace(quick_form("speedrun99"), epochs=0.1), device="cpu", tune=True)
    assert run["train_on"] == 3_500 and "test_accuracy" not in run


def test_an_unknown_rung_is_refused_by_its_name():
    with pytest.raises(KeyError, match="spedrun99"):
        quick_form("spedrun99")
