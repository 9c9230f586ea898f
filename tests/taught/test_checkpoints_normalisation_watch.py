"""A loaded model warns, once, of images that are normalised in another way than it was trained with."""

import warnings

from mnist_lab.checkpoints import load_model, save_checkpoint
from mnist_lab.checkpoints.normalisation_watch import NormalisationWarning
from mnist_lab.data import InMemoryLoader, load_digits
from mnist_lab.models import SimpleCNN
from mnist_lab.training import evaluate

import pytest
import torch
from torch.utils.data import Subset
from torchvision.transforms import v2

ABOUT = {"digits": "bundled", "mean": 0.5, "std": 0.5}


@pytest.fixture(scope="module")
def digits():
    return Subset(load_digits().train, range(96))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.pt"


def loaded(path, **about):
    save_checkpoint(path, SimpleCNN(), **(ABOUT | about))
    return load_model(path)


def test_the_right_normalisation_is_met_with_silence(path, digits):
    model = loaded(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evaluate(model, InMemoryLoader(digits, batch_size=1))
        augment = v2.RandomAffine(10, translate=(0.1, 0.1), fill=-1.0)
        evaluate(model, InMemoryLoader(digits, shuffle=True, augment=augment))
        model(torch.zeros(2, 1, 28, 28)), model(torch.empty(2, 1, 28, 28, device="cpu").fill_(-1))
    assert SimpleCNN()(torch.zeros(1, 1, 28, 28)).shape == (1, 10)


@pytest.mark.parametrize("mean, std", [(0.0, 1.0), (0.1307, 0.3081), (0.0, 1 / 255), (0.5, 1.0), (0.5, 0.25)])
def test_another_normalisation_is_met_with_one_warning(path, digits, mean, std):
    model = loaded(path)
    with pytest.warns(NormalisationWarning, match=r"Normalise them.*mean=0.5 and std=0.5") as caught:
        evaluate(model, InMemoryLoader(digits, mean=mean, std=std))
        evaluate(model, InMemoryLoader(digits, mean=mean, std=std))
    assert len(caught) == 1


def test_a_range_that_is_too_small_is_noticed(path, digits):
    model = loaded(path, mean=0.0, std=0.25)
    with pytest.warns(NormalisationWarning, match=r"from 0.00 to 1.00.*0.00 \(black\) to 4.00 \(white\)"):
        evaluate(model, InMemoryLoader(digits, mean=0.0, std=1.0))


def test_the_warning_points_at_the_callers_line(path):
    with pytest.warns(NormalisationWarning) as caught:
        loaded(path)(torch.rand(4, 1, 28, 28))
    assert caught[0].filename == __file__
