"""The contact sheet: every cell in its place, flags framed, empty cells blank."""

from mnist_lab.handwriting.sheet import Sheet, cut
from mnist_lab.plots import RED
from mnist_lab.plots.handwriting import contact_sheet

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgba


@pytest.fixture
def sheet():
    """Every other cell has a blot in its middle; 3 is empty, 44 and 45 are flagged, and 45 is struck out."""
    page = np.full((896, 792), 200, np.uint8)
    place = cut(np.arange(page.size).reshape(page.shape))
    page.flat[place[::2, 25:35, 25:35]] = 30
    is_empty, over_border = torch.zeros(2, 100, dtype=torch.bool)
    is_empty[[3, 45]], over_border[[44, 45]] = True, True
    crops, labels = torch.from_numpy(cut(page)), torch.arange(10).repeat_interleave(10)
    return Sheet(crops, crops[:, :28, :28], labels, is_empty, over_border, torch.from_numpy(page))


def test_each_cell_of_a_sheet_is_in_its_place(sheet):
    (axes,) = contact_sheet(sheet).axes
    picture = np.ma.filled(axes.images[0].get_array().astype(float), np.nan)
    expected = np.where(sheet.is_empty, np.nan, 255 * (np.arange(100) % 2 == 0))
    assert np.allclose(picture[30::62, 30::62].ravel(), expected, atol=20, equal_nan=True)
    assert [text.get_text() for text in axes.get_yticklabels()] == [str(digit) for digit in range(10)]


def test_a_flagged_cell_is_framed_unless_it_is_struck_out(sheet):
    (axes,) = contact_sheet(sheet).axes
    (frame,) = axes.patches
    assert frame.get_edgecolor() == to_rgba(RED)
    assert frame.get_x() // 62 + 1 == 4 and frame.get_y() // 62 + 1 == 4


def test_images_alone_and_with_labels_and_flags():
    images = torch.zeros(25, 28, 28, dtype=torch.uint8)
    assert not contact_sheet(images).axes[0].patches
    flags = torch.arange(25) == 12
    (axes,) = contact_sheet(images, torch.arange(25) // 10, flags).axes
    assert len(axes.patches) == 1
