"""Convolutions as pictures: small arrays with their numbers, kernels at work, starting positions."""

from mnist_lab.plots.convolution import kernels_at_work, panels, starting_positions

import pytest
import torch
from figures import panels as titled_panels
from figures import texts
from torch import nn


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


def test_kernels_at_work_shows_every_kernel():
    kernels = {"blur": torch.full((3, 3), 1 / 9), "dot": torch.eye(3)}
    figure = kernels_at_work(torch.rand(28, 28), kernels, [torch.rand(26, 26)] * 2)
    assert set(titled_panels(figure)) == {"input", "blur", "dot"}
