"""The architecture of a network as a picture says what is true, whichever network it is given."""

from mnist_lab.anatomy import layer_outputs, trace_shapes
from mnist_lab.models import SimpleCNN
from mnist_lab.plots.network import architecture, kernel_side, stages_of

import numpy as np
import pytest
import torch
from figures import png, texts
from torch import nn

IMAGE = torch.rand(1, 28, 28)


def test_the_architecture_writes_shapes_and_parameters():
    trace = trace_shapes(SimpleCNN(), (1, 1, 28, 28))
    figure = architecture(trace, IMAGE)
    written = texts(figure.axes[0].texts)
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
    bold = texts(text for text in figure.axes[0].texts if text.get_fontweight() == "bold")
    assert str(model(images).argmax().item()) in bold
    assert png(figure)


def test_the_architecture_follows_another_network():
    model = nn.Sequential(nn.Conv2d(1, 8, 5, bias=False), nn.AvgPool2d(4), nn.Flatten(), nn.Linear(288, 3))
    figure = architecture(trace_shapes(model, (1, 1, 28, 28)), IMAGE)
    assert "8 × 24 × 24" in texts(figure.axes[0].texts) and "convolve" in texts(figure.axes[0].texts)
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
