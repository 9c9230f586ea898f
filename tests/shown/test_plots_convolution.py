"""Convolutions as pictures: small arrays with their numbers, kernels at work, starting positions."""

from mnist_lab.plots.convolution import kernels_at_work, panels, starting_positions

import pytest
import torch
from figures import panels as titled_panels
from figures import texts
from torch import nn

NINE = torch.arange(9.0).reshape(3, 3)


@pytest.mark.parametrize(
    ("size", "kernel_size", "options"),
    [(8, 3, {}), (8, 3, {"padding": 1, "stride": 2}), (7, 3, {"dilation": 3}), (9, 2, {"stride": 3})],
)
def test_starting_positions_are_as_many_as_pytorch_finds(size, kernel_size, options):
    kernel = torch.zeros(1, 1, kernel_size, kernel_size)
    expected = nn.functional.conv2d(torch.zeros(1, 1, size, size), kernel, **options).shape[-1]
    figure = starting_positions(size, kernel_size, **options)
    assert sum(text.startswith("output") for text in texts(figure.axes[0].texts)) == expected


def test_panels_write_small_arrays_only():
    small = torch.tensor([[-0.0, 2.5], [10.5, 0.11], [-0.5, -10.25]])
    figure = panels([small, torch.zeros(28, 28)], ["small", "large"])
    small, large = figure.axes
    assert texts(small.texts) == ["0", "2.50", "10.50", ".11", "-.50", "-10.25"] and not large.texts


def colours(axes):
    """The colour map of a picture, and the numbers at its two ends."""
    (drawn,) = axes.images
    return drawn.cmap.name, *drawn.get_clim()


def test_images_are_grey_and_maps_have_zero_in_the_middle_of_one_scale():
    weak, strong = torch.full((26, 26), 1.0), torch.full((26, 26), -3.0)
    figure = panels([torch.rand(28, 28), weak, strong, NINE], list("iwsk"), maps=[1, 2, 3])
    assert colours(figure.axes[0])[0] == "gray"
    assert colours(figure.axes[1]) == colours(figure.axes[2]) == ("PuOr_r", -3, 3)
    assert colours(figure.axes[3]) == ("PuOr_r", -8, 8)


def test_every_output_of_a_kernel_has_zero_at_the_same_colour():
    outputs = [torch.full((26, 26), -0.04), torch.linspace(-1, 4, 676).reshape(26, 26)]
    figure = kernels_at_work(torch.rand(28, 28), {"a": NINE, "b": NINE}, outputs)
    drawn = [axes for axes in figure.axes if axes.get_xlabel()]
    assert [axes.get_xlabel() for axes in drawn] == ["0.0 to 0.0", "−1.0 to 4.0"]
    assert colours(drawn[1]) == ("PuOr_r", -4, 4)


def test_kernels_at_work_shows_every_kernel():
    kernels = {"blur": torch.full((3, 3), 1 / 9), "dot": torch.eye(3)}
    figure = kernels_at_work(torch.rand(28, 28), kernels, [torch.rand(26, 26)] * 2)
    assert set(titled_panels(figure)) == {"input", "blur", "dot"}
