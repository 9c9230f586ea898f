"""The ink of a drawing: as much as on MNIST's digits, and what is no single digit is told apart."""

from mnist_lab.data import load_digits
from mnist_lab.widgets import drawing_ink
from mnist_lab.widgets.drawing_ink import as_digit, fault_of

import pytest
import torch
from drawings import DRAWINGS


def test_drawings_have_as_much_ink_as_the_digits():
    ink = torch.stack([as_digit(drawing["strokes"]).float().mean() for drawing in DRAWINGS])
    digits = load_digits().train.dataset.data.float().mean(dim=(1, 2))
    low, high = digits.quantile(0.25), digits.quantile(0.75)
    assert low < ink.median() < high


def test_the_limits_are_those_of_the_bundled_digits():
    images = torch.cat([load_digits().train.dataset.data, load_digits().test.data])
    assert images.float().mean(dim=(1, 2)).max() / 255 == pytest.approx(drawing_ink.MOST_INK, abs=0.005)
    sides = [[int(any_ink.sum()) for any_ink in ((i > 64).any(0), (i > 64).any(1))] for i in images]
    assert max(width / height for width, height in sides) == drawing_ink.WIDEST


def test_a_digit_in_several_strokes_is_no_two_digits():
    """A 4 whose strokes do not quite meet, a 5 with its bar apart."""
    four = [[(90, 50), (70, 150), (185, 150)], [(200, 60), (200, 235)]]
    five = [[(95, 70), (90, 130), (150, 120), (185, 165), (160, 220), (85, 215)], [(100, 45), (190, 40)]]
    assert fault_of(four) is None and fault_of(five) is None
    assert all(fault_of(drawing["strokes"]) is None for drawing in DRAWINGS)
