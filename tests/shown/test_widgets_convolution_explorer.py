"""The explorer of convolutions: PyTorch's sums, the picture of plots, sentences for bad input."""

from mnist_lab.plots import explored
from mnist_lab.widgets.convolution_explorer import convolution_explorer
from mnist_lab.widgets.shown import as_png

import pytest
import torch
from torch.nn import functional as F
from widget_inputs import KERNELS, digits


def test_the_convolution_is_pytorchs_and_its_first_picture_the_plots():
    images = digits()
    widget = convolution_explorer(images, KERNELS, digit=2, kernel="blur", padding=1, stride=3)
    output = F.conv2d(images[2][None, None], KERNELS["blur"][None, None], padding=1, stride=3)[0, 0]
    figure = explored.convolved(
        images[2], KERNELS["blur"], output, padding=1, stride=3, title="“blur” with padding 1 and stride 3"
    )
    assert widget.screen.png == as_png(figure)
    assert "stride 3: 28 × 28 pixels give 9 × 9 sums" in widget.screen.words


def test_a_kernel_that_does_not_fit_is_said_beneath_the_picture():
    widget = convolution_explorer(digits(), {**KERNELS, "huge": torch.ones(31, 31)})
    before = widget.screen.png
    widget.controls["kernel"].value = "huge"
    assert "The kernel spans 31 pixels, but the padded input has only 28" in widget.screen.words
    assert widget.screen.png == before
    widget.controls["padding"].value = 2
    assert "give 2 × 2 sums" in widget.screen.words


def test_bad_images_and_kernels_are_refused():
    with pytest.raises(
        ValueError, match=r"at least one image, .* but got \(28, 28\); give a single image as"
    ):
        convolution_explorer(digits()[0], KERNELS)
    with pytest.raises(ValueError, match=r"'flat' has the shape \(9,\); expected a square one"):
        convolution_explorer(digits(), {"flat": torch.ones(9)})
    with pytest.raises(ValueError, match="dict of kernels is empty"):
        convolution_explorer(digits(), {})
    with pytest.raises(ValueError, match="Digit goes from 0 to 3, but got 4"):
        convolution_explorer(digits(), KERNELS, digit=4)
