"""The pictures of lesson 05 say what is true, whichever network or run they are given."""

import io

from mnist_lab.models import SimpleCNN
from mnist_lab.plots.persistence import STATES, drift, held_numbers, power_cuts

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from torch import nn


def png(figure):
    assert isinstance(figure, Figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def bars(axes):
    """The (left, width, colour) of each bar of an axes."""
    return [(bar.get_x(), bar.get_width(), bar.get_facecolor()) for bar in axes.patches]


def test_a_state_dict_is_shown_whole():
    state = SimpleCNN().state_dict()
    figure = held_numbers(state)
    tables = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in tables] == [f"{n}.weight" for n in ("conv1", "conv2", "fc1", "fc2")]
    assert tables[1].get_xlabel() == "64 × 32 × 3 × 3"
    assert torch.equal(
        torch.from_numpy(tables[1].images[0].get_array().data), state["conv2.weight"].flatten(1)
    )
    assert png(figure)


def test_the_shares_are_those_of_the_bytes():
    model = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 2).double())
    figure = held_numbers(model.state_dict())
    sizes = [sum(p.numel() * p.element_size() for p in layer.parameters()) for layer in model]
    shares = [width for _, width, _ in bars(figure.axes[-1])]
    assert shares == pytest.approx([size / sum(sizes) for size in sizes])
    assert f"{sum(sizes):,} bytes" in figure.axes[-1].get_xlabel()


def test_a_run_that_forgot_nothing_lies_on_the_floor():
    figure = drift({"nothing": [0.0] * 4, "scheduler": [0.0, 0.0, 1e-3, 2e-3]}, per_epoch=2)
    (axes,) = figure.axes
    nothing, scheduler, *epochs = axes.lines
    floor = axes.get_yticks()[0]
    assert axes.get_yticklabels()[0].get_text() == "0 exactly"
    assert nothing.get_ydata() == pytest.approx([floor] * 4)
    assert scheduler.get_ydata() == pytest.approx([floor, floor, 1e-3, 2e-3]) and floor < 1e-3 / 2
    assert [line.get_xdata()[0] for line in epochs] == [2.5]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["nothing", "scheduler"]


def test_runs_that_all_forgot_nothing_draw_too():
    assert png(drift({"nothing": [0.0, 0.0]}, per_epoch=1))


def test_a_power_cut_is_a_piece_of_its_strip():
    figure = power_cuts({"over": ["broken", "broken", "new"], "beside": ["old", "old", "new"]})
    (axes,) = figure.axes
    found = bars(axes)
    assert [left for left, _, _ in found] == pytest.approx([0, 1 / 3, 2 / 3] * 2)
    colours = [to_rgba(STATES[state][0]) for state in ("broken", "broken", "new", "old", "old", "new")]
    assert np.allclose([colour for _, _, colour in found], colours)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["over", "beside"]
    assert len({hatch for _, hatch in STATES.values()}) == 2, "broken is told by its hatch too"
    assert png(figure)
