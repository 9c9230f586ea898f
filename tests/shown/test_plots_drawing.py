"""A drawing and what a network makes of it: what is drawn is what was given, and it fits the page."""

import io

from mnist_lab.plots.drawing import reading
from mnist_lab.widgets.shown import as_png

import pytest
import torch
from figures import texts
from PIL import Image

IMAGE = torch.arange(784, dtype=torch.uint8).reshape(28, 28)


def test_the_picture_shows_image_and_bars():
    shares = torch.linspace(0.01, 0.19, 10)
    figure = reading(IMAGE, shares)
    panel, bars = figure.axes
    assert (panel.images[0].get_array() == IMAGE.numpy()).all()
    assert [patch.get_height() for patch in bars.patches] == pytest.approx(shares.tolist())
    assert "19%" in texts(bars.texts)
    _, bars = reading(IMAGE).axes
    assert texts(bars.texts)[-1] == "9" and not bars.patches


def test_the_picture_with_saliency_has_a_panel_more_and_fits_the_page():
    figure = reading(IMAGE, torch.full((10,), 0.1), saliency=torch.rand(28, 28))
    assert len(figure.axes) == 3
    width, _ = Image.open(io.BytesIO(as_png(figure))).size
    assert width < 560, "it would not fit beside the canvas at a width of 1300"
