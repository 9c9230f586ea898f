"""The race of exercise 11.6: what counts as faster at equal accuracy."""

from dataclasses import replace

from mnist_lab.exercises.lesson_11 import e6_beat_recipe as race_room
from mnist_lab.exercises.lesson_11.e6_beat_recipe import (
    AS_LONG,
    LONGER,
    LOST,
    OURS,
    UNSURE,
    accuracy_faults,
    how_an_answer_fares,
    how_it_fares,
    race,
    time_faults,
    to_beat,
)
from mnist_lab.recipes.running import train_recipe

import pytest


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(race_room, "FAST", {})


@pytest.fixture
def runs(monkeypatch):
    """Made-up runs, a second for a hundred steps; a list of the steps and seeds that were asked for."""
    asked = []

    def pretended(recipe, *, seed, digits, tune):
        assert digits == "bundled" and tune, "the check looks at validation digits only"
        asked.append((recipe.steps, seed))
        return {
            "seconds": recipe.steps / 100,
            "validation_accuracy": 0.98 if recipe.steps > 20 else 0.9 + seed / 1000,
        }

    monkeypatch.setattr(race_room, "train_recipe", pretended)
    return asked


def test_a_loss_of_half_a_point_must_be_excluded():
    before = [0.980, 0.982, 0.978, 0.980, 0.984]
    assert accuracy_faults(before, [0.974, 0.976, 0.972, 0.974, 0.977]) == [LOST]
    assert accuracy_faults(before, [0.976, 0.978, 0.974, 0.976, 0.9795]) == [], "shown, and small enough"
    assert accuracy_faults(before, [0.974, 0.984, 0.972, 0.982, 0.980]) == [UNSURE]
    two_errors_but_not_the_margin = [0.974, 0.984, 0.976, 0.978, 0.982]
    assert accuracy_faults(before, two_errors_but_not_the_margin) == [UNSURE]
    assert accuracy_faults(before, [0.980, 0.980, 0.980, 0.980, 0.984]) == []
    assert accuracy_faults(before, before) == []
    assert accuracy_faults(before, [accuracy + 0.01 for accuracy in before]) == []


@pytest.mark.parametrize(
    ("ratios", "said"), [((0.5, 0.6, 3.0), []), ((0.95, 0.5, 1.0), [AS_LONG]), ((1.2, 0.9, 1.3), [LONGER])]
)
def test_time_is_judged_by_the_median_of_the_pairs(ratios, said):
    assert time_faults(ratios) == said


def test_each_recipe_goes_first_in_turn(runs):
    ratios, accuracies = race(to_beat(), replace(to_beat(), steps=50))
    assert runs[:4] == [(100, 0), (50, 0), (50, 1), (100, 1)] and len(runs) == 10
    assert ratios == [0.5] * 5 and accuracies == ([0.98] * 5, [0.98] * 5)


@pytest.mark.parametrize(("steps", "number", "said"), [(200, 2, [LONGER]), (10, 6, [LOST])])
def test_what_is_hopeless_is_not_run_to_the_end(runs, steps, number, said):
    assert how_it_fares(lambda recipe: replace(recipe, steps=steps)) == said
    assert len(runs) == number


@pytest.mark.parametrize(("steps", "number"), [(50, 10), (95, 20)])
def test_only_a_time_that_was_too_long_is_measured_anew(runs, steps, number):
    for _ in range(2):
        how_it_fares(lambda recipe: replace(recipe, steps=steps))
    assert len(runs) == number


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda recipe: replace(recipe, digits="full", about="mine"), "the one to beat"),
        (lambda recipe: replace(recipe, epochs=2), "steps or epochs"),
        (lambda recipe: None, "`None` came"),
    ],
)
def test_what_is_no_contest_is_not_run(runs, made, said):
    (sentence,) = how_it_fares(made)
    assert said in sentence and not runs


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "found"), OURS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_known_of_our_own_recipes_comes_out_in_a_race(monkeypatch, answer, found):
    """With true accuracies; the seconds are worked out, since a busy machine's tell nothing."""

    def run(recipe, **options):
        factor = 1.5 if recipe.augmentation else 1.0  # as measured on a processor
        return {**train_recipe(recipe, **options), "seconds": factor * recipe.steps * recipe.batch_size}

    monkeypatch.setattr(race_room, "train_recipe", run)
    assert how_it_fares(answer) == found == how_an_answer_fares(answer)
