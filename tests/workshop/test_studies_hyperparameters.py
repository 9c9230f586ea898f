"""The study behind lesson 07, on a tiny plan: complete, repeatable, chosen on validation."""

import math
import random
from dataclasses import replace

from mnist_lab.workshop.studies import batch_size_study
from mnist_lab.workshop.studies import hyperparameter_study as hyperparameters
from mnist_lab.workshop.studies.hyperparameter_study import (
    Plan,
    Trial,
    make_loaders,
    make_optimizer,
    num_steps,
    run_trial,
)

import pytest
import torch

TINY = {"num_digits": 40, "num_epochs": 1, "batch_size": 16}


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    trial = Trial(**TINY)
    first, again, other = (run_trial(trial, seed=seed) for seed in (0, 0, 1))
    del first["seconds"], again["seconds"], other["seconds"]
    assert first == again != other


@pytest.mark.parametrize("batch_size, steps", [(16, 9), (40, 3), (64, 3)])
def test_the_steps_of_equal_epochs_count_the_short_batch(batch_size, steps):
    assert num_steps(Trial(num_digits=40, num_epochs=3, batch_size=batch_size)) == steps
    assert num_steps(Trial(num_steps=7, batch_size=batch_size)) == 7


def test_no_digit_is_learned_and_scored():
    loaders = make_loaders(Trial(num_digits=2_700), 0, "cpu")
    assert list(loaders) == ["learn", "validation", "held_out"]
    rows = [loader.images.flatten(1) for loader in loaders.values()]
    assert [len(part) for part in rows] == [2_700, 500, 800]
    assert len(torch.cat(rows).unique(dim=0)) == 4_000
    assert list(make_loaders(Trial(test=True), 0, "cpu")) == ["learn", "validation", "test"]


@pytest.mark.parametrize("name", hyperparameters.RATES)
def test_every_optimizer_of_the_table_is_what_it_is_called(name):
    model = torch.nn.Linear(2, 2)
    optimizer, after_batch = make_optimizer(Trial(optimizer=name, learning_rate=0.1), model)
    assert type(optimizer).__name__ == name.split()[0].strip(",")
    assert optimizer.param_groups[0].get("momentum", 0) in ((0.9, 0.95) if "momentum" in name else (0,))
    assert len(after_batch) == ("one-cycle" in name)


def test_one_cycle_rises_to_its_rate_and_ends_near_zero():
    trial = Trial(optimizer="Adam, one-cycle", learning_rate=0.1, num_steps=40)
    optimizer, (step,) = make_optimizer(trial, torch.nn.Linear(2, 2))
    rates = []
    for _ in range(40):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        step(0.0, 0.0)
    assert rates[0] == pytest.approx(0.004) and max(rates) == pytest.approx(0.1, rel=0.01)
    assert rates[-1] < 0.001 and rates.index(max(rates)) < 20


def test_a_run_that_explodes_is_marked_and_scored_with_the_last_sound_weights():
    run = run_trial(Trial(**TINY | {"num_epochs": 20}, optimizer="SGD", learning_rate=1e6), seed=0)
    assert run["is_finite"] is False and math.isfinite(run["validation_accuracy"])


def test_the_accuracies_by_epoch_end_in_that_of_the_run_and_change_nothing():
    long = Trial(**TINY | {"num_epochs": 3})
    plain, noted = (run_trial(trial, seed=0) for trial in (long, replace(long, by_epoch=True)))
    by_epoch = noted.pop("validation_by_epoch")
    assert len(by_epoch) == 3 and by_epoch[-1] == plain["validation_accuracy"]
    assert plain | {"seconds": 0} == noted | {"seconds": 0}
    one = run_trial(replace(long, num_epochs=1), seed=0)
    assert by_epoch[0] == one["validation_accuracy"]


def test_the_whole_study_on_a_tiny_plan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hyperparameters, "run_all", pretend)
    knobs = {"learning_rate": [1e-3, 1e-2], "batch_size": [500], "weight_decay": [0.0], "epsilon": [1e-8]}
    rates = {"SGD": [1e-4, 1e-2], "AdamW": [1e-3]}
    table = hyperparameters.run(seeds=3, device="cpu", plan=Plan(knobs, rates, recipe_seeds=2))
    assert len(table["knobs"]["validation_accuracy"]) == 2 and table["knobs"]["levels"] == knobs
    sgd = table["optimizers"]["SGD"]
    means = [sum(runs["validation_accuracy"]) / 3 for runs in sgd["runs"]]
    assert sgd["chosen"] == means.index(max(means)) and len(sgd["runs"][0]["held_out_accuracy"]) == 3
    assert set(table["one_recipe"]) == {"validation_accuracy", "test_accuracy", "is_finite"}


def test_the_batch_sizes_on_a_tiny_plan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(hyperparameters, "run_all", pretend)
    table = batch_size_study.run(seeds=2, device="cpu", sizes=[250, 500])
    for kind in ("equal_epochs", "equal_steps"):
        assert [len(runs["held_out_accuracy"]) for runs in table[kind]] == [2, 2]


def pretend(function, tasks, *, workers, finished):
    """Results as run_trial gives them, drawn without training."""
    assert function is run_trial
    draw = random.Random(0)
    final = {True: "test_accuracy", False: "held_out_accuracy"}
    return [
        {"validation_accuracy": draw.random(), final[task["trial"].test]: draw.random(), "is_finite": True}
        for task in tasks
    ]
