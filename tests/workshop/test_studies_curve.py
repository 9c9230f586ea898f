"""The study behind lesson 11: looking costs no time and changes nothing, and stopping is where it says."""

import json
from dataclasses import replace

from mnist_lab import lesson, recipes
from mnist_lab.data import Splits, load_digits
from mnist_lab.devices import pick_device
from mnist_lab.recipes import run_store, splits
from mnist_lab.recipes.running import train_recipe
from mnist_lab.workshop.studies import curve_study
from mnist_lab.workshop.studies.curve_study import CONTESTANTS, Clock, factors_of, first_reaching, make_curve

import pytest
from torch.utils.data import Subset

SMALL = {"digits": "bundled", "layers": ("average 4", "flatten", "linear 10"), "batch_size": 32}


@pytest.fixture
def few(monkeypatch, tmp_path):
    """Two small contestants on few bundled digits, of which one has dropout and transforms."""
    monkeypatch.setenv("MNIST_LAB_DATA", str(tmp_path))
    calm = replace(recipes.find_recipe("fast-2024"), **SMALL, epochs=None, steps=40)
    wild = replace(calm, loader="transforms", layers=("average 4", "flatten", "dropout 0.5", "linear 10"))
    monkeypatch.setattr(curve_study, "CONTESTANTS", {"calm": calm, "wild": wild})

    def load(name, *, root=None, transform=None):
        counts = (300, 100, 50)
        all_of = load_digits("bundled", transform=transform)
        return Splits(*(Subset(split, range(n)) for split, n in zip(all_of, counts, strict=True)))

    monkeypatch.setattr(splits, "load_digits", load)


def along(name, seed=3):
    return curve_study.run_along(name=name, seed=seed, device="cpu")


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("name", ["calm", "wild"])
def test_looking_on_the_way_changes_nothing_that_is_learned(name):
    run = along(name)
    plain = train_recipe(curve_study.CONTESTANTS[name], seed=3, device="cpu", show=False)
    assert [look["steps"] for look in run["looks"]] == list(range(2, 41, 2))
    assert run["looks"][-1]["accuracy"] == plain["test_accuracy"]
    assert (run["num_test"], run["digits"]) == (50, "bundled") == (plain["num_test"], plain["test_digits"])
    assert run == json.loads(json.dumps(run)), "plain numbers"


def test_the_clock_stands_still_while_a_network_is_scored(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(curve_study.time, "perf_counter", lambda: now[0])

    def score(network):
        now[0] += 100
        return 0.5

    clock = Clock(40, score, pick_device("cpu"))
    for step in range(1, 41):
        now[0] += 0.25
        clock(step, None)
    assert [look["seconds"] for look in clock.looks] == [step / 4 for step in range(2, 41, 2)]
    assert {look["accuracy"] for look in clock.looks} == {0.5}


@pytest.mark.parametrize("steps", [7, 20, 56, 234, 9380])
def test_the_last_step_is_looked_at_whatever_their_number(steps):
    places = Clock(steps, None, pick_device("cpu")).places
    assert max(places) == steps and len(places - {0}) == min(steps, curve_study.LOOKS)


def run_of(seed, *looks):
    shared = {"name": "seed", "num_test": 10_000, "precision": "float32", "load": 1.0}
    named = [dict(zip(("steps", "seconds", "accuracy"), look, strict=True)) for look in looks]
    return {**shared, "seed": seed, "looks": named}


RUNS = [
    run_of(0, (10, 1.0, 0.97), (20, 2.0, 0.992), (30, 3.0, 0.98)),
    run_of(1, (10, 1.5, 0.999), (20, 2.5, 0.99), (30, 4.0, 0.98)),
    run_of(2, (10, 1.25, 0.97), (20, 9.0, 0.97), (30, 9.5, 0.98)),
]


def test_a_row_holds_every_look_with_a_number_a_seed():
    row = make_curve(RUNS)
    assert row["n"] == 3 and row["load"] == 3 * [1.0] and row["fields"]["batch_size"] == 64
    assert row["looks"][1] == {"steps": 20, "seconds": [2.0, 2.5, 9.0], "accuracies": [0.992, 0.99, 0.97]}


def test_a_recipe_stops_where_its_median_first_reaches_the_target():
    looks = make_curve(RUNS)["looks"]
    assert first_reaching(0.99, looks) is looks[1], "one seed of three was there before, one never"
    assert first_reaching(0.97, looks) is looks[0] and first_reaching(0.995, looks) is None


def test_a_factor_has_its_range_over_the_seeds_or_is_none():
    goal, slow = ({"seconds": seconds} for seconds in ([1.0, 2.0, 1.0], [10.0, 30.0, 40.0]))
    factors = factors_of({"seed": slow, "fast-2024": None, "speedrun99": goal})
    assert factors["seed"] == {"n": 3, "median": 15.0, "low": 10.0, "high": 40.0}
    assert factors["fast-2024"] is None and factors["speedrun99"]["high"] == 1.0
    assert factors_of({"seed": slow, "speedrun99": None}) == {"seed": None, "speedrun99": None}


def test_the_contestants_are_the_recipes_and_one_in_our_number_format():
    fast, changed = recipes.find_recipe("fast-2024"), CONTESTANTS["fast-2024-bfloat16"]
    ours = recipes.find_recipe("speedrun99")
    assert replace(changed, precision=fast.precision, memory_format=fast.memory_format) == fast
    assert (changed.precision, changed.memory_format) == (ours.precision, ours.memory_format)
    assert all(recipes.find_recipe(n) is r for n, r in CONTESTANTS.items() if r is not changed)


def test_they_take_turns_and_the_table_is_plain_numbers(monkeypatch):
    asked = []

    def pretended(function, tasks, *, finished):
        asked.extend((task["name"], task["seed"]) for task in tasks)
        places = {"device": "one thread", "hardware": "Abacus", "digits": "full"}
        return [run_of(t["seed"], (10, 2.0, 0.99)) | places | {"name": t["name"]} for t in tasks]

    monkeypatch.setattr(curve_study, "run_all", pretended)
    table = curve_study.run(seeds=2, workers=4, device="cpu")
    assert asked == [(name, seed) for seed in range(2) for name in CONTESTANTS]
    assert (table["device"], table["digits"], table["target"]) == ("one thread", "full", 0.99)
    assert table == json.loads(json.dumps(table)) and set(table["factors"]) == set(CONTESTANTS)
    assert table["stopped"]["seed"]["seconds"] == [2.0, 2.0]


def test_the_stored_curves_follow_from_their_own_looks():
    stored = lesson.recorded("curve")
    stopped = {n: first_reaching(stored["target"], row["looks"]) for n, row in stored["recipes"].items()}
    assert stopped == stored["stopped"] and factors_of(stopped) == stored["factors"]
    for name, row in stored["recipes"].items():
        assert row["fields"] == run_store.fields_of(CONTESTANTS[name]), f"{name} has changed: measure anew"
    assert "1 CPU thread" in stored["device"]
