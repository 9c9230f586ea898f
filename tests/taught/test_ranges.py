"""Numbers within their range, or one sentence."""

import math

from mnist_lab.analysis.calibration import find_temperature, reliability_bins
from mnist_lab.analysis.corruptions import add_noise
from mnist_lab.analysis.errors import highest_losses, most_confused
from mnist_lab.analysis.glyphs import font_glyphs
from mnist_lab.analysis.hidden import hidden_values
from mnist_lab.anatomy import conv_output_size, strongest_patches
from mnist_lab.data import make_loader, stratified_split
from mnist_lab.devices import seed_everything
from mnist_lab.models import SimpleCNN
from mnist_lab.ranges import check_number
from mnist_lab.training import find_learning_rate

import numpy as np
import pytest
import torch

IMAGES = torch.rand(3, 1, 28, 28)


@pytest.mark.parametrize("value", [1, 3, np.int64(2)])
def test_a_whole_number_in_its_range_comes_back(value):
    assert check_number("N", value, 1, 3, advice="") is value
    assert check_number("N", 10**30, 1, advice="") == 10**30


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.25)])
def test_a_number_may_be_whole(value):
    assert check_number("RATE", value, 0.0, 1.0, advice="") is value


def test_a_seed_may_be_any_whole_number():
    for seed in (np.int64(3), np.arange(5)[3], 3):
        seed_everything(seed)
        drawn = torch.rand(2)
        assert torch.equal(drawn, torch.rand(2, generator=torch.Generator().manual_seed(3)))
        assert make_loader([0], seed=seed).generator.initial_seed() == 3
    seed_everything(2**63)


@pytest.mark.parametrize("value", [0, 4, -1, 1.0, True, "2", None, math.nan, [2], np.bool_(True)])
def test_all_else_is_refused(value):
    with pytest.raises(ValueError, match=r"^N is a whole number from 1 to 3, but got .*; 2 is good\.$"):
        check_number("N", value, 1, 3, advice="2 is good")


@pytest.mark.parametrize("value", [-0.1, 1.1, True, "0.5", None, math.nan, math.inf])
def test_what_is_no_number_between_is_refused(value):
    with pytest.raises(ValueError, match=r"^RATE is a number from 0.0 to 1.0, but got"):
        check_number("RATE", value, 0.0, 1.0, advice="")


def test_the_sentence_says_why_and_stays_short():
    with pytest.raises(ValueError, match=r"^N is .* from 1 up \(as M\), but got \[0, 0") as refused:
        check_number("N", [0] * 10_000, 1, why=" (as M)", advice="try 2")
    assert len(str(refused.value)) < 130


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: most_confused(torch.ones(3, 3), most=-1), "most"),
        (lambda: highest_losses(torch.rand(5), most=-1), "most"),
        (lambda: font_glyphs("A", std=0), "std"),
        (lambda: hidden_values(SimpleCNN(), "relu", IMAGES, batch_size=0), "batch_size"),
        (lambda: strongest_patches(SimpleCNN(), IMAGES, layer="conv1", channels=[0], count=4), "count"),
        (lambda: stratified_split([0, 1] * 5, validation_size=2.5), "validation_size"),
        (lambda: stratified_split([0, 1] * 5, validation_size=2, seed="x"), "seed"),
        (lambda: seed_everything(-1), "seed"),
        (lambda: seed_everything(None), "seed"),
        (lambda: add_noise(IMAGES, 1, seed=0.5), "seed"),
        (lambda: add_noise(IMAGES, "x"), "strength"),
        (lambda: reliability_bins([0.5], [True], num_bins=1.5), "num_bins"),
        (lambda: find_temperature(torch.eye(3), torch.tensor([0, 1, 3])), "labels"),
        (lambda: conv_output_size("28", 3), "size"),
        (lambda: conv_output_size(28, 2.5), "kernel_size"),
        (lambda: find_learning_rate(SimpleCNN(), [], lowest="x"), "lowest"),
        (lambda: find_learning_rate(SimpleCNN(), [], highest=math.nan), "highest"),
        (lambda: stratified_split(torch.zeros(6, 2), validation_size=2), "labels"),
    ],
)
def test_a_number_that_cannot_be_meant_is_named(call, name):
    with pytest.raises(ValueError, match=rf"^{name} .*but got"):
        call()
