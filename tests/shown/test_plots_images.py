"""Digits as pictures: every image in its place, every caption under its image."""

from mnist_lab.plots import BLUE, RED
from mnist_lab.plots.images import as_array, digit_grid, pixel_values, tile

import numpy as np
import pytest
import torch
from figures import places, texts
from matplotlib.colors import to_hex


@pytest.mark.parametrize("shape", [(28, 28), (3, 28, 28), (3, 1, 28, 28)])
@pytest.mark.parametrize("kind", [torch.ones, np.ones])
def test_as_array_takes_every_form(shape, kind):
    array = as_array(kind(shape))
    assert isinstance(array, np.ndarray)
    assert array.shape == (1 if len(shape) == 2 else 3, 28, 28)


def test_as_array_takes_a_tensor_with_a_gradient():
    assert as_array(torch.ones(1, 2, 2, requires_grad=True)).tolist() == [[[1, 1], [1, 1]]]


def test_tile_puts_each_image_in_its_place():
    images = np.arange(5).reshape(5, 1, 1) * np.ones((5, 4, 3))
    sheet = tile(images, columns=2, gap=1)
    assert sheet.shape == (3 * 5 - 1, 2 * 4 - 1)
    for i in range(5):
        top, left = i // 2 * 5, i % 2 * 4
        assert (sheet[top : top + 4, left : left + 3] == i).all()
    assert np.isnan(sheet[4]).all() and np.isnan(sheet[:, 3]).all()
    assert np.isnan(sheet[10:, 4:]).all()  # the place of a sixth image stays empty


def test_digit_grid_captions_and_colours():
    figure = digit_grid(
        torch.rand(4, 28, 28),
        captions=[7, 1, "x", 0],
        wrong=[False, True, False, False],
        columns=4,
        title="four",
    )
    (axes,) = figure.axes
    assert axes.get_title() == "four"
    assert texts(axes.texts) == ["7", "1", "x", "0"]
    assert [to_hex(text.get_color()).upper() for text in axes.texts] == [BLUE, RED, BLUE, BLUE]
    assert [text.get_fontweight() == "bold" for text in axes.texts] == [False, True, False, False]
    lefts = [text.get_position()[0] for text in axes.texts]
    assert lefts == sorted(lefts)
    step = lefts[1] - lefts[0]
    assert lefts[0] < 28 < lefts[0] + step  # under the first image


def test_digit_grid_rows_and_a_single_image():
    (axes,) = digit_grid(torch.rand(7, 28, 28), columns=3).axes
    assert axes.images[0].get_array().shape == (3 * 30 - 2, 3 * 30 - 2)
    assert not axes.texts
    (axes,) = digit_grid(torch.rand(28, 28), captions=["one"]).axes
    assert len(axes.texts) == 1


def test_digit_grid_is_one_image():
    assert len(digit_grid(torch.rand(30, 28, 28)).axes[0].images) == 1


def test_pixel_values_writes_ink_only():
    image = torch.zeros(28, 28, dtype=torch.uint8)
    image[2, 3], image[5, 7] = 255, 40
    (axes,) = pixel_values(image, title="numbers").axes
    assert places(axes) == {"255": (3, 2), "40": (7, 5)}
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("column", "row")
    (axes,) = pixel_values(image.float() / 255).axes
    assert texts(axes.texts) == ["1.0", "0.2"]


def test_no_image_at_all_is_named():
    with pytest.raises(ValueError, match=r"the number of images is .* but got 0; draw some"):
        digit_grid(np.zeros((0, 1, 28, 28)))
