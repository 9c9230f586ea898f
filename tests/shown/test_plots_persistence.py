"""The pictures of lesson 05 say what is true, whichever network or run they are given."""

from mnist_lab.models import SimpleCNN
from mnist_lab.plots.persistence import STATES, drift, held_numbers, power_cuts

import numpy as np
import pytest
import torch
from figures import lines, panels, png, texts, y
from matplotlib.colors import to_rgba
from torch import nn


def bars(axes):
    """The (left, width, colour) of each bar of an axes."""
    return [(bar.get_x(), bar.get_width(), bar.get_facecolor()) for bar in axes.patches]


def test_a_state_dict_is_shown_whole():
    state = SimpleCNN().state_dict()
    figure = held_numbers(state)
    assert list(panels(figure)) == [f"{n}.weight" for n in ("conv1", "conv2", "fc1", "fc2")]
    table = panels(figure)["conv2.weight"]
    assert table.get_xlabel() == "64 × 32 × 3 × 3"
    (picture,) = table.images
    assert torch.equal(torch.from_numpy(picture.get_array().data), state["conv2.weight"].flatten(1))
    assert png(figure)


def test_the_shares_are_those_of_the_bytes():
    model = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 2).double())
    figure = held_numbers(model.state_dict())
    sizes = [sum(p.numel() * p.element_size() for p in layer.parameters()) for layer in model]
    (axes,) = [axes for axes in figure.axes if not axes.images]
    shares = [width for _, width, _ in bars(axes)]
    assert shares == pytest.approx([size / sum(sizes) for size in sizes])
    assert f"{sum(sizes):,} bytes" in axes.get_xlabel()


def test_a_run_that_forgot_nothing_lies_on_the_floor():
    figure = drift({"nothing": [0.0] * 4, "scheduler": [0.0, 0.0, 1e-3, 2e-3]}, per_epoch=2)
    (axes,) = figure.axes
    floor = axes.get_yticks()[0]
    assert texts(axes.get_yticklabels())[0] == "0 exactly"
    assert y(axes, "nothing") == pytest.approx([floor] * 4)
    assert y(axes, "scheduler") == pytest.approx([floor, floor, 1e-3, 2e-3]) and floor < 1e-3 / 2
    assert list(lines(axes)["(end of an epoch)"].get_xdata()) == [2.5, 2.5]
    assert texts(axes.get_legend().get_texts()) == ["nothing", "scheduler", "(end of an epoch)"]


def test_a_power_cut_is_a_piece_of_its_strip():
    figure = power_cuts({"over": ["broken", "broken", "new"], "beside": ["old", "old", "new"]})
    (axes,) = figure.axes
    pieces = bars(axes)
    assert [left for left, _, _ in pieces] == pytest.approx([0, 1 / 3, 2 / 3] * 2)
    colours = [to_rgba(STATES[state][0]) for state in ("broken", "broken", "new", "old", "old", "new")]
    assert np.allclose([colour for _, _, colour in pieces], colours)
    assert texts(axes.get_yticklabels()) == ["over", "beside"]
    assert len({hatch for _, hatch in STATES.values()}) == 2, "broken is told by its hatch too"
    assert png(figure)
