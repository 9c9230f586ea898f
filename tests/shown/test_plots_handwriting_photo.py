"""A photo beside what a network got of it."""

from mnist_lab.handwriting.photo import Found
from mnist_lab.plots.handwriting import photo_with_answers

import pytest
import torch
from figures import png, texts
from PIL import Image


def found(number):
    shares = torch.full((10,), 0.02)
    shares[7] = 0.82
    image = torch.full((28, 28), 200, dtype=torch.uint8)
    return [Found((10 + 20 * n, 30, 25 + 20 * n, 60), image, 7, shares) for n in range(number)]


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_each_digit_has_a_box_and_its_answer_and_its_image(mode):
    figure = photo_with_answers(Image.new(mode, (200, 100), "white"), found(3))
    left, right = figure.axes
    assert [patch.get_xy() for patch in left.patches] == [(10, 30), (30, 30), (50, 30)]
    assert left.patches[0].get_width() == 15 and left.patches[0].get_height() == 30
    assert texts(left.texts) == ["7", "7", "7"]
    assert texts(right.texts) == ["7: 82%"] * 3
    assert (right.images[0].get_array()[:28, :28] == 200).all()
    assert png(figure)


@pytest.mark.parametrize("number", [1, 5, 100])
def test_many_digits_fit_too(number):
    figure = photo_with_answers(Image.new("L", (2000, 300), "white"), found(number))
    assert len(figure.axes[1].texts) == number and figure.get_size_inches()[1] <= 9
    assert png(figure)
