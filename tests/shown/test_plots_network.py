"""The pictures of lesson 01 say what is true, whichever network they are given."""

import io

from mnist_lab.anatomy import layer_outputs, receptive_field, trace_shapes
from mnist_lab.models import SimpleCNN
from mnist_lab.plots.convolution import kernels_at_work, panels, starting_positions
from mnist_lab.plots.maps import (
    nearest_start,
    patch_sheets,
    receptive_squares,
    shift_curves,
    two_sheets,
)
from mnist_lab.plots.network import architecture, kernel_side, stages_of

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def png(figure):
    """Draw a figure, without the metadata that names the version."""
    assert isinstance(figure, Figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


IMAGE = torch.rand(1, 28, 28)


def test_the_architecture_writes_shapes_and_parameters():
    trace = trace_shapes(SimpleCNN(), (1, 1, 28, 28))
    figure = architecture(trace, IMAGE)
    written = texts(figure)
    for shape in ("1 × 28 × 28", "32 × 28 × 28", "64 × 12 × 12", "64 × 6 × 6", "2,304", "128", "10"):
        assert shape in written
    for number in ("320", "18,496", "295,040", "1,290"):
        assert f"{number}\nparameters" in written
    assert "315,146" in figure.axes[0].get_title()
    assert "convolve\n3 × 3\nReLU" in written and "max pool\n2 × 2" in written
    assert png(figure) == png(architecture(trace, IMAGE))


def test_the_architecture_shows_the_answer():
    model, images = SimpleCNN().eval(), IMAGE[None]
    values = layer_outputs(model, images)
    figure = architecture(trace_shapes(model, images.shape), IMAGE, values=values)
    bold = [t.get_text() for t in figure.axes[0].texts if t.get_fontweight() == "bold"]
    assert str(model(images).argmax().item()) in bold
    assert png(figure)


def test_the_architecture_follows_another_network():
    model = nn.Sequential(nn.Conv2d(1, 8, 5, bias=False), nn.AvgPool2d(4), nn.Flatten(), nn.Linear(288, 3))
    figure = architecture(trace_shapes(model, (1, 1, 28, 28)), IMAGE)
    assert "8 × 24 × 24" in texts(figure) and "convolve" in texts(figure)
    assert png(figure)


@pytest.mark.parametrize(
    ("layer", "side"),
    [
        (nn.Conv2d(4, 6, 3), 3),
        (nn.Conv2d(4, 6, 5), 5),
        (nn.Conv2d(4, 6, (1, 3)), None),
        (nn.Conv2d(4, 6, 3, bias=False), None),
    ],
)
def test_the_kernel_is_read_off_the_parameters(layer, side):
    stages = stages_of(trace_shapes(layer, (1, 4, 9, 9)), np.zeros((4, 9, 9)), [None])
    assert kernel_side(*stages) == side


@pytest.mark.parametrize(
    ("size", "kernel_size", "options"),
    [(8, 3, {}), (8, 3, {"padding": 1, "stride": 2}), (7, 3, {"dilation": 3}), (9, 2, {"stride": 3})],
)
def test_starting_positions_are_as_many_as_pytorch_finds(size, kernel_size, options):
    kernel = torch.zeros(1, 1, kernel_size, kernel_size)
    expected = nn.functional.conv2d(torch.zeros(1, 1, size, size), kernel, **options).shape[-1]
    figure = starting_positions(size, kernel_size, **options)
    assert sum(text.startswith("output") for text in texts(figure)) == expected


def test_panels_write_small_arrays_only():
    small = torch.tensor([[-0.0, 2.5], [10.5, 0.11], [-0.5, -10.25]])
    figure = panels([small, torch.zeros(28, 28)], ["small", "large"])
    assert texts(figure) == ["0", "2.50", "10.50", ".11", "-.50", "-10.25"]
    assert png(panels([torch.zeros(2, 2)], ["nothing"], signed=True))


def test_kernels_at_work_shows_every_kernel():
    kernels = {"blur": torch.full((3, 3), 1 / 9), "dot": torch.eye(3)}
    figure = kernels_at_work(IMAGE[0], kernels, [torch.rand(26, 26)] * 2)
    assert {"input", "blur", "dot"} <= {axes.get_title() for axes in figure.axes}


def test_the_square_is_the_one_whose_middle_is_nearest():
    fields = receptive_field(SimpleCNN())
    for field in fields:
        start = nearest_start(field, 14)
        assert (start - field.start) % field.step == 0
        assert abs(start + (field.size - 1) / 2 - 14) <= field.step / 2
    figure = receptive_squares(IMAGE, fields, place=(14, 14))
    assert [text.get_text() for text in figure.legends[0].texts][-1] == "pool: 10 × 10"


def test_sheets_and_curves_draw():
    assert png(two_sheets(torch.rand(8, 3, 3), torch.rand(8, 3, 3), ["before", "after"]))
    assert png(patch_sheets([torch.rand(2, 9, 8, 8)] * 2, ["untrained", "trained"], ["a", "b"]))
    figure = shift_curves(range(3), {"CNN": [0.9, 0.5, 0.1]})
    assert figure.axes[0].lines[0].get_ydata() == pytest.approx([90, 50, 10])
    assert "percent" in figure.axes[0].get_ylabel()
