"""The study behind lesson 06: runs that repeat, fair arms, a table that says what the runs showed."""

import json

from mnist_lab import lesson
from mnist_lab.data import Splits, load_digits
from mnist_lab.training import Score
from mnist_lab.workshop.studies import overfitting_study as overfitting
from mnist_lab.workshop.studies import overfitting_table as table
from mnist_lab.workshop.studies.overfitting_study import ARMS, GRID, Arm, make_loaders, run_arm, spread_order

import pytest
import torch
from torch.utils.data import Subset

CPU = torch.device("cpu")


@pytest.fixture
def few_digits(monkeypatch):
    """The bundled digits, 400 for training, 60 for validation, 50 for the test."""

    def load(name):
        counts = (400, 60, 50)
        return Splits(*(Subset(split, range(n)) for split, n in zip(load_digits(name), counts, strict=True)))

    monkeypatch.setattr(overfitting, "load_digits", load)


@pytest.fixture
def here(monkeypatch, tmp_path):
    """Runs in this process, and nothing kept in the folder of the tests."""
    monkeypatch.chdir(tmp_path)
    calls = []

    def run_all(function, tasks, *, workers, finished):
        calls.extend(tasks)
        return [function(**task) for task in tasks]

    monkeypatch.setattr(overfitting, "run_all", run_all)
    return calls


def without_seconds(run):
    return {**run, "seconds": 0}


# The draw


def test_every_beginning_of_the_order_is_in_proportion():
    labels = torch.cat([torch.full((n,), digit) for digit, n in enumerate((50, 30, 15, 5))])
    order = spread_order(labels, seed=1)
    assert sorted(order) == list(range(100))
    for n in range(1, 101):
        counts = torch.bincount(labels[order[:n]], minlength=4)
        assert ((counts - n * torch.tensor([0.5, 0.3, 0.15, 0.05])).abs() <= 1).all()


def test_the_order_is_the_seed_s():
    labels = torch.arange(10).repeat(20)
    assert spread_order(labels, seed=1) == spread_order(labels, seed=1)
    assert set(spread_order(labels, seed=1)[:50]) != set(spread_order(labels, seed=2)[:50])


def test_wrong_labels_are_as_many_as_asked_and_all_wrong():
    labels = torch.arange(10).repeat(100)
    wrong = overfitting.with_wrong_labels(labels, share=0.2, seed=1)
    assert torch.equal(labels, torch.arange(10).repeat(100)), "the right labels were changed"
    changed = wrong != labels
    assert changed.sum() == 200 and wrong.min() >= 0 and wrong.max() <= 9
    assert torch.bincount((wrong - labels)[changed] % 10, minlength=10)[1:].min() > 5
    assert torch.equal(overfitting.with_wrong_labels(labels, share=0.2, seed=1), wrong)
    assert torch.equal(overfitting.with_wrong_labels(labels, share=0.0, seed=1), labels)


# The loaders


def test_a_run_is_scored_on_the_training_digits_that_it_left_out():
    loaders = make_loaders(ARMS["plain"], 0, CPU)
    assert [len(loader.labels) for loader in loaders] == [300, 300, 3_200, 500, 1_000]
    more = make_loaders(ARMS["2400 digits"], 0, CPU)
    drawn, rest, drawn_by_more = (
        {image.numpy().tobytes() for image in loader.images}
        for loader in (loaders.learn, loaders.held_out, more.learn)
    )
    assert not drawn & rest and drawn < drawn_by_more


@pytest.mark.usefixtures("few_digits")
def test_arms_of_a_seed_share_their_digits_and_only_the_learning_ones_are_changed():
    plain = make_loaders(ARMS["plain"], 4, CPU)
    changed = make_loaders(Arm(wrong_labels=0.2, augmentation=True), 4, CPU)
    for before, after in zip(plain, changed, strict=True):
        assert torch.equal(before.images, after.images)
    assert (plain.train.labels != changed.train.labels).sum() == 60
    assert torch.equal(changed.train.labels, changed.learn.labels)
    for before, after in zip(plain[2:], changed[2:], strict=True):
        assert torch.equal(before.labels, after.labels)
    assert changed.learn.augment and not any(loader.augment for loader in changed[1:])
    assert plain.learn.shuffle and not any(loader.shuffle for loader in plain[1:])


@pytest.mark.usefixtures("few_digits")
def test_every_arm_takes_the_same_number_of_steps(monkeypatch):
    sizes = []

    def look(model, batches, optimizer, *, device):
        sizes.append([len(labels) for _, labels in batches])
        return Score(0.0, 0.0)

    monkeypatch.setattr(overfitting, "train_one_epoch", look)
    run_arm(Arm(num_digits=300), seed=0, epochs=(1,))
    run_arm(Arm(num_digits=350), seed=0, epochs=(3,))
    assert sizes[0] == [64, 64, 64, 64, 44]
    assert sizes[1:] == [[64] * 5, [30, 64, 64, 64, 64], [64, 30, 64, 64, 64]]


# A run


@pytest.mark.usefixtures("few_digits")
@pytest.mark.parametrize("arm", [Arm(), Arm(dropout=0.5, augmentation=True, weight_decay=0.1, patience=2)])
def test_a_run_repeats_and_is_plain_numbers(arm):
    first, again, other = (run_arm(arm, seed=seed, epochs=(1, 2)) for seed in (1, 1, 2))
    assert without_seconds(first) == without_seconds(again)
    assert first["final"] != other["final"]
    assert json.loads(json.dumps(first)) == first
    assert [point["epoch"] for point in first["curve"]] == [1, 2]


@pytest.mark.usefixtures("few_digits")
def test_early_stopping_is_the_plain_run_at_the_epoch_of_the_least_validation_loss(monkeypatch):
    monkeypatch.setattr(overfitting, "STEPS", 2)
    stopped = run_arm(Arm(num_digits=100, patience=2), seed=0, epochs=(1, 60))["final"]
    assert stopped["num_epochs"] == stopped["kept_epoch"] + 2 < 60
    plain = run_arm(Arm(num_digits=100), seed=0, epochs=(stopped["kept_epoch"],))["final"]
    assert all(plain[name] == stopped[name] for name in plain if name not in ("num_epochs", "epoch"))


@pytest.mark.usefixtures("few_digits")
def test_only_a_run_with_test_looks_at_the_test_digits(monkeypatch):
    seen = []

    def look(model, loader, *, device):
        seen.append(len(loader.labels))
        return Score(1.0, 0.5)

    monkeypatch.setattr(overfitting, "evaluate", look)
    assert "test_accuracy" not in run_arm(Arm(patience=2), seed=0, epochs=(1,))["final"]
    assert 50 not in seen
    assert run_arm(Arm(), seed=0, epochs=(1,), test=True)["final"]["test_accuracy"] == 0.5
    assert seen[-1] == 50


@pytest.mark.usefixtures("few_digits")
def test_dropout_left_on_is_scored_for_dropout_alone():
    assert "held_out_accuracy_left_on" not in run_arm(Arm(), seed=0, epochs=(1,))["final"]
    run = run_arm(Arm(dropout=0.75), seed=0, epochs=(4,))["final"]
    assert run["held_out_accuracy_left_on"] < run["held_out_accuracy"]


@pytest.mark.parametrize(
    ("arm", "optimizer", "decay"),
    [(Arm(), "Adam", 0), (Arm(l2=1e-4), "Adam", 1e-4), (Arm(weight_decay=0.1), "AdamW", 0.1)],
)
def test_weight_decay_is_adamw_s_and_l2_is_adam_s(arm, optimizer, decay):
    made = overfitting.make_optimizer(arm, torch.nn.Linear(1, 1))
    assert type(made).__name__ == optimizer
    assert (made.defaults["weight_decay"], made.defaults["lr"]) == (decay, 0.001)


# The table


def curve(*losses):
    """A curve of these held-out losses; the training digits are all right from the second epoch on."""
    return [
        {"epoch": epoch, "train_loss": 0.0, "train_accuracy": 1.0 if epoch > 1 else 0.5}
        | {"held_out_loss": loss, "held_out_accuracy": 1 - loss / 10}
        for epoch, loss in enumerate(losses, 1)
    ]


def test_extremes_of_a_curve():
    assert table.extremes(curve(3, 1, 2)) == {
        "least_held_out_loss": 1,
        "least_held_out_loss_epoch": 2,
        "best_held_out_accuracy": 0.9,
        "first_epoch_all_right": 2,
    }
    assert table.extremes(curve(3))["first_epoch_all_right"] is None


def test_mean_curves_end_where_the_first_run_ended():
    means = table.mean_curves([curve(3.0, 1.0, 2.0), curve(5.0, 2.0)])
    assert means["epoch"] == [1, 2] and means["held_out_loss"] == [4.0, 1.5]


def test_the_choice_is_among_arms_with_the_digits_of_plain():
    def row(value, **settings):
        settings = {"num_digits": 300, "wrong_labels": 0.0} | settings
        return {"settings": settings, "by_seed": {"validation_accuracy": [value, value]}}

    rows = {
        "plain": row(0.5),
        "remedy": row(0.6),
        "more digits": row(0.9, num_digits=600),
        "wrong": row(0.8, wrong_labels=0.2),
    }
    assert table.best_on_validation(rows) == "remedy"


@pytest.mark.usefixtures("few_digits")
def test_a_whole_tiny_study(monkeypatch, here):
    monkeypatch.setattr(overfitting, "STEPS", 1)
    monkeypatch.setattr(table, "NUM_TRAINING", 400)
    arms = {"plain": Arm(), "dropout 0.5": Arm(dropout=0.5), "more": Arm(num_digits=350)}
    arms["wrong labels: plain"] = Arm(wrong_labels=0.2)
    grid = [Arm(num_digits=100), Arm(dropout=0.5)]
    result = overfitting.run(seeds=2, device="cpu", arms=arms, grid=grid, epochs=(1, 2))
    assert json.loads(json.dumps(result)) == result
    assert len(here) == 2 * (4 + 1) + 2, "an arm of the grid was run twice, or one was left out"
    assert result["setup"]["num_runs"] == 10 and result["setup"]["num_epochs"] == 2
    assert list(result["arms"]) == list(arms) and "CPU thread" in result["device"]
    assert result["arms"]["more"]["num_held_out"] == 50
    assert (
        "baseline" not in result["arms"]["plain"] and "baseline" not in result["arms"]["wrong labels: plain"]
    )
    dropout = result["arms"]["dropout 0.5"]
    assert dropout["against_baseline"]["held_out_loss"]["n"] == dropout["dropout_left_on"]["n"] == 2
    assert result["grid"]["cells"][1]["held_out_loss"] == dropout["curves"]["held_out_loss"]
    assert {task["arm"] for task in here if task.get("test")} == {arms[result["chosen"]["arm"]]}
    assert len(result["chosen"]["by_seed"]["test_accuracy"]) == 2


# What is stored


@pytest.fixture(scope="module")
def stored():
    return lesson.recorded("overfitting")


def test_the_stored_table_is_of_these_arms(stored):
    assert stored["n"] >= 5 and stored["command"].startswith("mnist-lab study overfitting")
    assert {name: Arm(**row["settings"]) for name, row in stored["arms"].items()} == ARMS
    assert [Arm(num_digits=c["num_digits"], dropout=c["dropout"]) for c in stored["grid"]["cells"]] == GRID
    assert (lesson.RESULTS / "overfitting.json").stat().st_size < 150_000
    for row in stored["arms"].values():
        assert {len(values) for values in row["by_seed"].values()} == {stored["n"]}


def test_each_arm_is_judged_against_its_own_baseline_and_all_of_a_baseline_together(stored):
    for baseline, family in {"plain": 26, "wrong labels: plain": 6}.items():
        rows = [row for row in stored["arms"].values() if row.get("baseline") == baseline]
        verdicts = [row["against_baseline"][measure] for row in rows for measure in table.JUDGED]
        assert [verdict["family"] for verdict in verdicts] == family * [family]
    left_on = {name for name, row in stored["arms"].items() if "dropout_left_on" in row}
    assert left_on == {name for name, arm in ARMS.items() if arm.dropout}


def test_the_stored_plain_runs_learn_all_by_heart_and_their_held_out_loss_rises(stored):
    plain = stored["arms"]["plain"]
    assert set(plain["by_seed"]["train_accuracy"]) == {1.0}
    assert None not in plain["by_seed"]["first_epoch_all_right"]
    stopped = stored["arms"]["early stopping"]
    assert stopped["against_baseline"]["held_out_loss"]["verdict"] == "better"
    assert plain["curves"]["held_out_loss"][-1] > min(plain["curves"]["held_out_loss"])


def test_the_stored_test_scores_are_of_the_arm_chosen_on_validation(stored):
    assert stored["chosen"]["arm"] == table.best_on_validation(stored["arms"])
    assert len(stored["chosen"]["by_seed"]["test_accuracy"]) == stored["n"]
