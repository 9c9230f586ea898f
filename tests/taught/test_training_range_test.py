"""find_learning_rate: steps of the optimizer by hand, and a model that is left as it was."""

import copy
import math

from mnist_lab import training

import pytest
import torch
from torch import nn
from torch.nn import functional as F


@pytest.fixture
def model(device):
    return nn.Linear(6, 3).to(device)


@pytest.fixture
def loader(device):
    images, labels = torch.randn(23, 6).to(device), torch.randint(0, 3, (23,)).to(device)
    return list(zip(images.split(5), labels.split(5), strict=True))


def find_learning_rate(model, loader, **options):
    device = next(model.parameters()).device
    where = {} if device.type == "cpu" else {"device": device}  # on the CPU, its own default
    return training.find_learning_rate(model, loader, **where, **options)


def test_a_range_test_equals_steps_of_sgd_by_hand(model, loader):
    by_hand = copy.deepcopy(model)
    sgd_range = {"make_optimizer": torch.optim.SGD, "lowest": 0.01, "highest": 0.08}
    result = find_learning_rate(model, loader, **sgd_range, num_steps=4)
    assert result.learning_rates == pytest.approx([0.01, 0.02, 0.04, 0.08])
    for rate, loss, (some_images, some_labels) in zip(*result, loader, strict=False):
        expected = F.cross_entropy(by_hand(some_images), some_labels)
        assert loss == pytest.approx(expected.item())
        gradients = torch.autograd.grad(expected, by_hand.parameters())
        with torch.no_grad():
            for weights, gradient in zip(by_hand.parameters(), gradients, strict=True):
                weights -= rate * gradient


def test_a_range_test_leaves_model_and_mode_as_they_were(model, loader):
    before = copy.deepcopy(model.eval().state_dict())
    find_learning_rate(model, loader, num_steps=7)
    after = model.state_dict()
    assert not model.training and all(torch.equal(before[name], after[name]) for name in before)
    assert all(weights.grad is None for weights in model.parameters())


def test_a_range_test_goes_round_the_loader_again_and_ends_when_the_loss_explodes(model, loader):
    whole = find_learning_rate(model, loader, lowest=1e-8, highest=1e-7, num_steps=3 * len(loader))
    assert len(whole.losses) == 3 * len(loader)
    steep = {"make_optimizer": torch.optim.SGD, "lowest": 1.0, "highest": 1e9}
    exploding = find_learning_rate(model, loader, **steep, num_steps=60)
    assert 1 < len(exploding.losses) == len(exploding.learning_rates) < 60
    assert max(exploding.losses) <= 4 * min(exploding.losses)


def test_a_range_test_ends_before_a_loss_that_is_not_a_number(model, loader):
    broken = [(images * math.nan, labels) for images, labels in loader]
    assert find_learning_rate(model, broken).losses == []


@pytest.mark.parametrize("options", [{"lowest": 0}, {"lowest": 2.0}, {"num_steps": 1}, {"num_steps": 2.5}])
def test_a_range_that_is_none_is_refused(model, loader, options):
    with pytest.raises(ValueError, match=r"(lowest|highest) is a number|num_steps is a whole number from 2"):
        find_learning_rate(model, loader, **options)


def test_a_range_test_of_no_samples_is_refused(model):
    with pytest.raises(ValueError, match="The loader yielded no samples"):
        find_learning_rate(model, [])


def test_an_iterator_that_is_used_up_ends_the_test_in_a_sentence():
    batches = iter(torch.utils.data.DataLoader([(torch.randn(2, 6), torch.zeros(2).long())], batch_size=None))
    with pytest.raises(ValueError, match="give the loader itself if this is its iterator"):
        training.find_learning_rate(nn.Linear(6, 3), batches)
