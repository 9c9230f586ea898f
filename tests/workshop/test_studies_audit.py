"""The study behind lesson 10, on a few digits: paired arms, honest scores, a table of the agreed form."""

import json
from contextlib import contextmanager
from dataclasses import asdict
from tempfile import TemporaryDirectory

from mnist_lab.analysis.corruptions import CORRUPTIONS
from mnist_lab.analysis.glyphs import FONTS
from mnist_lab.data import Splits, load_digits
from mnist_lab.evidence import compare_all, sampling_floor
from mnist_lab.models import SimpleCNN
from mnist_lab.workshop.studies import audit_study as audit
from mnist_lab.workshop.studies import find_study
from mnist_lab.workshop.studies.audit_study import (
    ARMS,
    Arm,
    accuracy_on,
    confidence_on,
    make_loaders,
    run_arm,
)

import pytest
import torch
from torch.utils.data import Subset

BOTH = "dropout 0.5 + augmentation"


@contextmanager
def few_digits():
    """Let the study see 70, 30 and 40 digits, and two fonts, and run here and not in processes."""
    digits = load_digits("bundled")
    sizes = zip(digits, (70, 30, 40), strict=True)
    splits = Splits(*(Subset(part, range(size)) for part, size in sizes))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)  # where the study would keep its runs
        patch.setattr(audit, "load_digits", lambda name: splits)
        patch.setattr(audit, "FONTS", dict(list(FONTS.items())[:2]))
        patch.setattr(audit, "run_all", here)
        audit.in_all_fonts.cache_clear()
        yield
    audit.in_all_fonts.cache_clear()


def here(function, tasks, *, workers, finished):
    """run_all without processes; what it returns has been through JSON, as kept runs have."""
    assert finished.folder.name == "study-audit" and not any(finished.folder.iterdir())
    return [json.loads(json.dumps(function(**task))) for task in tasks]


@pytest.fixture
def few():
    with few_digits():
        yield


@pytest.fixture(scope="module")
def table():
    """The whole study, two seeds of two epochs."""
    with few_digits():
        return audit.run(seeds=2, device="cpu", num_epochs=2)


def test_the_study_is_found_by_its_name():
    assert find_study("audit") is audit


def test_the_recipe_is_the_write_ups_with_a_batch_size_of_ours():
    assert (audit.LEARNING_RATE, audit.BATCH_SIZE, audit.NUM_EPOCHS) == (0.001, 64, 10)
    assert [*ARMS] == ["plain", "dropout 0.5", "augmentation", BOTH]
    assert asdict(ARMS[BOTH]) == {"dropout": 0.5, "augmentation": True}


def test_every_run_learns_from_all_training_digits_and_none_of_them_is_scored_as_new():
    loaders = make_loaders(Arm(), 0, "cpu")
    assert [len(part.labels) for part in loaders] == [3_500, 3_500, 500, 1_000]
    rows = torch.cat([part.images.flatten(1) for part in loaders[1:]])
    assert len(rows.unique(dim=0)) == 5_000


def test_the_arms_of_a_seed_see_the_digits_in_one_order_and_only_learning_is_augmented(few):
    plain, moved = (make_loaders(ARMS[name], 3, "cpu") for name in ("plain", "augmentation"))
    for (images, labels), (other_images, other_labels) in zip(plain.learn, moved.learn, strict=True):
        assert torch.equal(labels, other_labels) and not torch.equal(images, other_images)
    assert [loader.augment for loader in moved[1:]] == [None] * 3
    _, labels = next(iter(make_loaders(Arm(), 4, "cpu").learn))
    assert not torch.equal(labels, next(iter(plain.learn))[1])


def test_the_arms_of_a_seed_start_from_the_same_weights(few, monkeypatch):
    first = []

    def look(model, loader, optimizer, *, device):
        first.append(model.conv1.weight.detach().clone())

    monkeypatch.setattr(audit, "train_one_epoch", look)
    for arm in (*ARMS.values(), Arm()):
        run_arm(arm, seed=len(first) // len(ARMS), num_epochs=1)
    assert all(torch.equal(weights, first[0]) for weights in first[:4])
    assert not torch.equal(first[4], first[0])


def test_the_same_seed_gives_the_same_run_and_another_seed_another(few):
    first, again, other = (run_arm(ARMS[BOTH], seed=seed, num_epochs=2) for seed in (0, 0, 1))
    del first["seconds"], again["seconds"], other["seconds"]
    assert first == again != other


def test_accuracy_and_confidence_are_exact_over_short_batches_and_keep_the_mode(monkeypatch):
    monkeypatch.setattr(audit, "SCORE_BATCH_SIZE", 4)
    model, images = SimpleCNN(dropout=0.5), torch.randn(10, 1, 28, 28)
    model.eval()
    with torch.inference_mode():
        probabilities = (100 * model(images)).softmax(dim=1)
    labels = probabilities.argmax(dim=1)
    labels[0] = (labels[0] + 1) % 10
    model.fc2.weight.data *= 100
    model.fc2.bias.data *= 100
    model.train()
    assert accuracy_on(model, images, labels, "cpu") == pytest.approx(0.9)
    highest = probabilities.amax(dim=1)
    shown = confidence_on(model, images)
    assert shown["confidence"] == pytest.approx(highest.mean().item(), abs=1e-3)
    assert shown["above_90"] == pytest.approx((highest > 0.9).float().mean().item(), abs=1e-5)
    assert model.training and model.dropout.training


def test_an_arm_holds_its_settings_and_one_number_a_seed(table):
    assert [*table["arms"]] == [*ARMS] and table["setup"]["num_runs"] == 8
    assert table["setup"]["num_samples"] == {"train": 70, "validation": 30, "test": 40}
    for name, row in table["arms"].items():
        assert row["settings"] == asdict(ARMS[name])
        seen = row["by_seed"]
        splits = ("train", "validation", "test")
        agreed = {f"{split}_{key}" for split in splits for key in ("accuracy", "loss")}
        assert set(seen) == agreed | {"gap", "test_confidence", "test_above_90"}
        assert all(len(values) == 2 for values in seen.values())
        differences = [a - b for a, b in zip(seen["train_accuracy"], seen["test_accuracy"], strict=True)]
        assert seen["gap"] == pytest.approx(differences, abs=1e-5)
        floor = sampling_floor(sum(seen["test_accuracy"]) / 2, 40)
        assert row["sampling_floor"] == pytest.approx(floor, abs=1e-4)


def test_every_arm_is_compared_with_plain_by_seed(table):
    plain = table["arms"]["plain"]
    assert "against_plain" not in plain
    measures = {"test_accuracy": 1, "test_loss": -1}
    pairs = {
        (name, key): (plain["by_seed"][key], table["arms"][name]["by_seed"][key])
        for name in list(ARMS)[1:]
        for key in measures
    }
    together = compare_all(pairs)
    for name in list(ARMS)[1:]:
        row = table["arms"][name]
        for key, better in measures.items():
            result = together[name, key]
            stored = row["against_plain"][key]
            assert stored["family"] == result.family == 6
            assert stored["n"] == 2 and stored["difference"] == pytest.approx(result.difference, abs=1e-5)
            assert stored["standard_error"] == pytest.approx(result.standard_error, abs=1e-5)
            improved = "better" if result.difference * better > 0 else "worse"
            assert stored["verdict"] == (improved if result.shown else "not shown")


def test_what_generalisation_is_judged_on(table):
    for name in ARMS:
        shown, seen = table["generalisation"][name], table["arms"][name]["by_seed"]
        assert set(shown) == {*CORRUPTIONS, "fonts", "letters"}
        for kind, corruption in CORRUPTIONS.items():
            rows = shown[kind]
            assert rows["unit"] == corruption.unit and rows["strengths"] == [*corruption.strengths]
            assert [len(row) for row in rows["accuracy"]] == [2] * len(corruption.strengths)
            assert rows["accuracy"][0] == seen["test_accuracy"]  # strength 0 changes nothing
        assert shown["fonts"]["fonts"] == [*FONTS][:2] and len(shown["fonts"]["accuracy"]) == 2
        assert set(shown["letters"]) == {"confidence", "above_90"}
        assert all(0 <= value <= 1 for values in shown["letters"].values() for value in values)


def test_validation_after_each_epoch_ends_at_the_final_score(table):
    epochs = table["first_epochs"]["plain"]
    assert [len(row) for row in epochs] == [2, 2]
    assert [row[-1] for row in epochs] == table["arms"]["plain"]["by_seed"]["validation_accuracy"]


def test_full_mnist_has_a_part_of_its_own_without_verdicts(table):
    full, arms = table["full"], ["plain", "dropout 0.5"]
    assert full["digits"] == "full" and full["setup"]["num_runs"] == 4
    assert arms == [*full["arms"]] == [*full["generalisation"]] == [*full["validation_loss_by_epoch"]]
    for name in arms:
        losses = full["validation_loss_by_epoch"][name]
        assert [len(row) for row in losses] == [2, 2]
        assert [row[-1] for row in losses] == full["arms"][name]["by_seed"]["validation_loss"]
        assert "against_plain" not in full["arms"][name]
        shifted = full["generalisation"][name]["shift"]["accuracy"]
        assert shifted[0] == full["arms"][name]["by_seed"]["test_accuracy"]


def test_each_set_of_digits_is_loaded_by_its_name(few, monkeypatch):
    names, load = [], audit.load_digits
    monkeypatch.setattr(audit, "load_digits", lambda name: names.append(name) or load(name))
    one = {"plain": Arm()}
    audit.run(seeds=1, device="cpu", arms=one, on_full=one, num_epochs=1)
    assert names == ["bundled", "full"]


def test_one_seed_makes_no_comparison(few):
    arms = {name: ARMS[name] for name in ("plain", "dropout 0.5")}
    row = audit.run(seeds=1, device="cpu", arms=arms, num_epochs=1)["arms"]["dropout 0.5"]
    assert "against_plain" not in row and row["test_accuracy"]["std"] is None
