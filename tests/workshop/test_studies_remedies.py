"""The second study behind lesson 06: its plain is that of the first, and each remedy does what it says."""

import json

from mnist_lab import lesson
from mnist_lab.data import Splits, load_digits
from mnist_lab.training import train_one_epoch
from mnist_lab.workshop.studies import overfitting_study as overfitting
from mnist_lab.workshop.studies import remedies_study as remedies
from mnist_lab.workshop.studies.remedies_study import ARMS, Remedy, run_arm

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import Subset


@pytest.fixture
def few_digits(monkeypatch):
    """The bundled digits, 400 for training, 60 for validation, 50 for the test."""

    def load(name):
        counts = (400, 60, 50)
        return Splits(*(Subset(split, range(n)) for split, n in zip(load_digits(name), counts, strict=True)))

    monkeypatch.setattr(overfitting, "load_digits", load)


@pytest.mark.usefixtures("few_digits")
@pytest.mark.parametrize("settings", [{}, {"dropout": 0.5, "augmentation": True}, {"patience": 1}])
def test_an_arm_that_both_studies_have_is_the_same_run_in_both(settings):
    first = overfitting.run_arm(overfitting.Arm(**settings), seed=1, epochs=(3,))["final"]
    here = run_arm(Remedy(**settings), seed=1, num_epochs=3)["final"]
    for name in ("train_loss", "train_accuracy", "held_out_loss", "held_out_accuracy", "validation_loss"):
        assert here[name] == first[name], name


@pytest.mark.usefixtures("few_digits")
@pytest.mark.parametrize("name", ARMS)
def test_every_arm_runs_repeats_and_is_plain_numbers(name):
    first, again = (run_arm(ARMS[name], seed=2, num_epochs=1) for _ in range(2))
    assert first == again == json.loads(json.dumps(first))
    if name not in ("plain", "early stopping"):
        assert first["final"] != run_arm(ARMS["plain"], seed=2, num_epochs=1)["final"]


def test_steps_without_smoothing_are_those_of_train_one_epoch():
    batches = [(torch.rand(4, 1, 28, 28), torch.arange(4)) for _ in range(3)]
    weights = []
    for train in (remedies.train_steps, train_one_epoch):
        torch.manual_seed(0)
        model = remedies.make_model(Remedy())
        train(model, batches, torch.optim.Adam(model.parameters()))
        weights.append(model.fc2.weight)
    assert torch.equal(*weights)


def test_smoothed_labels_are_learned_from():
    model = nn.Linear(3, 10)
    with torch.no_grad():
        model.weight.copy_(torch.randn(10, 3))
    seen, batch = [], (torch.ones(2, 3), torch.tensor([1, 4]))
    expected = F.cross_entropy(model(batch[0]), batch[1], label_smoothing=0.3)
    (gradient,) = torch.autograd.grad(expected, [model.weight])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    optimizer.register_step_post_hook(lambda *_: seen.append(model.weight.grad.clone()))
    remedies.train_steps(model, [batch], optimizer, label_smoothing=0.3)
    torch.testing.assert_close(seen, [gradient])


def test_batch_norm_stands_after_both_convolutions_and_leaves_the_first_weights_alone():
    models = []
    for batch_norm in (False, True):
        torch.manual_seed(0)
        models.append(remedies.make_model(Remedy(batch_norm=batch_norm)))
    plain, normed = models
    assert sum(isinstance(module, nn.BatchNorm2d) for module in normed.modules()) == 2
    assert torch.equal(plain.conv2.weight, normed.conv2[0].weight)
    assert torch.equal(plain.fc2.weight, normed.fc2.weight)
    assert remedies.weight_norm(plain) == pytest.approx(remedies.weight_norm(normed))
    assert normed(torch.rand(2, 1, 28, 28)).shape == (2, 10)


def test_the_weight_norm_counts_all_weights_and_no_biases():
    model = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2))
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([[3.0], [4.0]]))
    assert remedies.weight_norm(model) == 5


def test_sure_when_wrong_is_the_mean_over_wrong_answers_alone():
    class Loader(list):
        labels = torch.tensor([0, 0, 0])

    logits = torch.tensor([[5.0, 0.0], [0.0, 0.0 + torch.log(torch.tensor(3.0))], [0.0, 2.0]])
    loader = Loader([(logits, Loader.labels)])
    expected = (0.75 + logits[2].softmax(0)[1].item()) / 2
    assert remedies.sure_when_wrong(nn.Identity(), loader) == pytest.approx(expected)
    Loader.labels = torch.tensor([0, 1, 1])
    assert remedies.sure_when_wrong(nn.Identity(), loader) is None


@pytest.mark.usefixtures("few_digits")
def test_a_whole_tiny_study(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    calls = []

    def run_all(function, tasks, *, workers, finished):
        calls.extend(tasks)
        return [function(**task) for task in tasks]

    monkeypatch.setattr(remedies, "run_all", run_all)
    arms = {"plain": Remedy(), "weight decay 10": Remedy(weight_decay=10.0)}
    result = remedies.run(seeds=2, device="cpu", arms=arms, num_epochs=2)
    assert json.loads(json.dumps(result)) == result
    assert [task["seed"] for task in calls] == [0, 0, 1, 1], "a study cut off has whole seeds"
    assert result["setup"]["num_runs"] == 4 and "CPU thread" in result["device"]
    norms = {name: result["arms"][name]["by_seed"]["weight_norm"] for name in arms}
    assert all(small < large for small, large in zip(norms["weight decay 10"], norms["plain"], strict=True))


# What is stored


@pytest.fixture(scope="module")
def stored():
    return lesson.recorded("remedies")


def test_the_stored_table_is_of_these_arms(stored):
    assert stored["n"] > 5 and stored["command"].startswith("mnist-lab study remedies")
    assert {name: Remedy(**row["settings"]) for name, row in stored["arms"].items()} == ARMS
    for row in stored["arms"].values():
        assert {len(values) for values in row["by_seed"].values()} == {stored["n"]}


def test_the_arms_that_both_studies_have_were_the_same_runs(stored):
    first = lesson.recorded("overfitting")["arms"]
    for name in ("plain", "dropout 0.5", "augmentation", "dropout 0.5 + augmentation", "early stopping"):
        for what in ("held_out_accuracy", "held_out_loss"):
            before, here = (arms[name]["by_seed"][what] for arms in (first, stored["arms"]))
            assert here[: len(before)] == pytest.approx(before, abs=0.002), (name, what)
