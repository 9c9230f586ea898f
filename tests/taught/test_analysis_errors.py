"""Predictions, confusions and highest losses, counted again by hand."""

import math

from mnist_lab.analysis.errors import (
    Confusion,
    confusions,
    highest_losses,
    most_confused,
    predictions,
)
from mnist_lab.data import InMemoryLoader, load_digits, make_loader
from mnist_lab.models import SimpleCNN
from mnist_lab.training import evaluate

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import Subset

LABELS = [0, 0, 0, 1, 1, 2, 2, 2, 2]
PREDICTED = [0, 1, 1, 1, 0, 2, 1, 1, 1]
COUNTS = torch.tensor([[1, 2, 0], [1, 1, 0], [0, 3, 1]])


@pytest.fixture(scope="module")
def digits():
    return Subset(load_digits().test, range(100))


def test_predictions_agree_with_evaluate_and_with_arithmetic(digits, device):
    model = SimpleCNN().to(device)
    loader = InMemoryLoader(digits, batch_size=64, device=device)  # the last batch is short
    result = predictions(model, loader, device=device)
    assert [tuple(part.shape) for part in result] == [(100,), (100,), (100, 10), (100,), (100, 10)]
    assert all(part.device.type == "cpu" for part in result)
    assert torch.equal(result.labels, loader.labels.cpu()), "not in the order of the loader"
    score = evaluate(model, loader, device=device)
    assert result.losses.mean().item() == pytest.approx(score.loss, rel=1e-5)
    assert (result.predicted == result.labels).float().mean().item() == pytest.approx(score.accuracy)
    for i in (0, 63, 64, 99):
        powers = [math.exp(value) for value in result.logits[i].tolist()]
        expected = torch.tensor([power / sum(powers) for power in powers])
        torch.testing.assert_close(result.probabilities[i], expected, atol=1e-6, rtol=1e-5)
        assert result.losses[i].item() == pytest.approx(-math.log(expected[result.labels[i]]), rel=1e-4)
        assert result.predicted[i] == powers.index(max(powers))


def test_predictions_are_made_in_eval_mode_and_every_mode_is_restored(digits):
    model = SimpleCNN(dropout=0.9).train()
    model.fc1.eval()
    loader = InMemoryLoader(digits, batch_size=30)
    first, second = predictions(model, loader), predictions(model, loader)
    assert torch.equal(first.logits, second.logits)
    assert model.training and model.dropout.training and not model.fc1.training
    first.logits.requires_grad_()  # ordinary tensors, not those of inference mode


def test_an_empty_loader_is_refused(digits):
    with pytest.raises(ValueError, match="yielded no samples, where at least one was expected; check"):
        predictions(nn.Flatten(), make_loader(Subset(digits, [])))


def test_confusions_count_true_classes_down_and_answers_across(device):
    labels, predicted = torch.tensor(LABELS, device=device), torch.tensor(PREDICTED, device=device)
    assert torch.equal(confusions(labels, predicted, num_classes=3).cpu(), COUNTS)
    assert torch.equal(confusions(LABELS, PREDICTED, num_classes=3), COUNTS)


def test_confusions_equal_numpy_s_count():
    labels, predicted = torch.randint(7, (500,)), torch.randint(5, (500,))
    expected = np.zeros((7, 7), dtype=int)
    np.add.at(expected, (labels.numpy(), predicted.numpy()), 1)
    assert confusions(labels, predicted, num_classes=7).tolist() == expected.tolist()
    none = torch.zeros(0, dtype=torch.int64)
    assert confusions(none, none, num_classes=2).tolist() == [[0, 0], [0, 0]]


def test_the_most_confused_pairs_come_first_and_right_answers_never():
    pairs = most_confused(COUNTS)
    assert pairs == [Confusion(2, 1, 3), Confusion(0, 1, 2), Confusion(1, 0, 1)]
    assert most_confused(COUNTS, most=1) == [Confusion(label=2, predicted=1, count=3)]
    assert most_confused(torch.eye(4).long()) == []


def test_the_highest_losses_come_first_and_ties_in_order(device):
    losses = torch.tensor([0.1, 3.0, 0.5, 3.0, 9.0], device=device)
    assert highest_losses(losses, most=4).tolist() == [4, 1, 3, 2]
    assert len(highest_losses(losses)) == 5


@pytest.mark.parametrize(
    ("labels", "predicted", "message"),
    [
        ([0, 1], [0, 1, 2], r"one shape \(N,\), but got \(2,\) and \(3,\); the predicted class"),
        ([[0], [1]], [[0], [1]], r"one shape \(N,\)"),
        ([0, 3], [0, 1], "labels go from 0 to 2, but got 0 to 3; give the number of classes"),
        ([0, 1], [-1, 1], "predicted go from 0 to 2, but got -1 to 1"),
        ([0.0, 1.0], [0, 1], r"labels are whole numbers, but got torch.float32; use .long\(\)"),
    ],
)
def test_what_is_no_list_of_classes_is_refused(labels, predicted, message):
    with pytest.raises(ValueError, match=message):
        confusions(labels, predicted, num_classes=3)


def test_confusions_of_small_integers_do_not_wrap_round():
    labels = torch.tensor([19, 5, 3], dtype=torch.uint8)
    assert confusions(labels, labels, num_classes=20).nonzero().tolist() == [[3, 3], [5, 5], [19, 19]]
