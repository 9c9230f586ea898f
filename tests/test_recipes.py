"""Recipes: named, refused by name, carried out into plain numbers."""

import json

from mnist_lab import recipes
from mnist_lab.cli import main
from mnist_lab.data import Splits, load_digits

import pytest
from click.testing import CliRunner
from torch.utils.data import Subset


@pytest.fixture
def few_digits(monkeypatch):
    """The bundled digits, a hundred of each split."""

    def load(name, *, root, transform):
        splits = load_digits("bundled", transform=transform)
        return Splits(*(Subset(split, range(100)) for split in splits))

    monkeypatch.setattr(recipes, "load_digits", load)


def test_the_seed_recipe_is_the_one_of_the_report():
    recipe = recipes.find_recipe("seed")
    assert (recipe.batch_size, recipe.learning_rate, recipe.num_epochs) == (64, 0.001, 10)
    assert (recipe.mean, recipe.std) == (0.5, 0.5)


def test_an_unknown_recipe_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match="no recipe 'sed'; there are seed"):
        recipes.find_recipe("sed")


def test_a_run_is_plain_numbers_and_repeats(few_digits):
    recipe = recipes.find_recipe("seed")
    first, again, other = (
        recipes.train_recipe(recipe, seed=seed, device="cpu", num_epochs=2) for seed in (1, 1, 2)
    )
    assert json.loads(json.dumps(first)) == first
    assert first["epochs"] == 2 and 0 <= first["test_accuracy"] <= 1 and first["test_loss"] > 0
    assert {**first, "seconds": 0} == {**again, "seconds": 0}
    assert first["test_loss"] != other["test_loss"]


def test_summary_keeps_the_spread_and_every_run():
    runs = [
        {
            "seed": 0,
            "seconds": 10.0,
            "epochs": 2,
            "validation_accuracy": 0.97,
            "test_accuracy": 0.98,
        },
        {
            "seed": 1,
            "seconds": 14.0,
            "epochs": 2,
            "validation_accuracy": 0.99,
            "test_accuracy": 0.96,
        },
    ]
    summary = recipes.summarise_runs(runs)
    assert summary["epochs"] == 2 and summary["runs"] == runs
    assert summary["seconds"]["mean"] == 12.0
    assert summary["test_accuracy"]["mean"] == pytest.approx(0.97)
    assert summary["test_accuracy"]["std"] == pytest.approx(0.02**0.5 * 0.1)


def test_the_report_says_mean_spread_n_and_floor():
    runs = [
        {"test_accuracy": a, "seconds": s, "num_test": 10_000}
        for a, s in ((0.98, 10.0), (0.99, 14.0))
    ]
    assert recipes.report_runs(runs) == (
        "test accuracy 98.50 ± 0.71 % (n = 2), sampling floor 0.12 points, 12.0 ± 2.8 s a run"
    )
    assert "n = 1, spread unknown" in recipes.report_runs(runs[:1])


def test_train_prints_the_spread_and_stores_every_run(few_digits, monkeypatch, tmp_path):
    monkeypatch.setattr("mnist_lab.lesson.RESULTS", tmp_path)
    call = [
        "train",
        "seed",
        "--seeds",
        "2",
        "--digits",
        "bundled",
        "--epochs",
        "1",
        "--device",
        "cpu",
    ]
    result = CliRunner().invoke(main, [*call, "--store", "tried"])
    assert result.exit_code == 0, result.output
    assert "(n = 2)" in result.output
    stored = json.loads((tmp_path / "tried.json").read_text())
    assert stored["n"] == 2 and stored["digits"] == "bundled" and "cpu" in stored["device"]
    assert [run["seed"] for run in stored["runs"]] == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["sed"], "no recipe 'sed'"), (["seed", "--device", "cuda:99"], "no device 'cuda:99'")],
)
def test_train_refuses_what_is_not_there(arguments, sentence):
    result = CliRunner().invoke(main, ["train", *arguments])
    assert result.exit_code == 1 and sentence in result.output
