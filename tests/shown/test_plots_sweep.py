"""The picture of a sweep fits its axes, and shows the means of the runs."""

import itertools

from mnist_lab.plots import sweep

import numpy as np
import pytest
from figures import framed, marked, texts

RATES = [0.001, 0.1, 0.01]


def rows_of(**axes):
    """Return a row for each combination: its value is the sum of the places of its levels."""
    for places in itertools.product(*(range(len(levels)) for levels in axes.values())):
        levels = {name: axes[name][place] for name, place in zip(axes, places, strict=True)}
        yield {**levels, "validation_accuracy": sum(places) / 10, "loss": 100.0 * sum(places), "note": "a"}


def test_one_numeric_axis_is_a_line_in_order():
    rows = list(rows_of(RATE=RATES, SEED=[0, 1]))
    (panel,) = sweep.picture(rows, {"RATE": RATES}, "validation_accuracy", title="a title").axes
    (means,) = panel.containers
    line = means.lines[0]
    assert line.get_xdata().tolist() == sorted(RATES)
    assert line.get_ydata() == pytest.approx([0.05, 0.25, 0.15])
    assert (panel.get_xscale(), panel.get_xlabel(), panel.get_title()) == ("log", "RATE", "a title")
    assert panel.get_ylabel() == "validation accuracy"
    runs = [dots for dots in marked(panel, "o") if dots is not line]
    assert sum(len(dots.get_xdata()) for dots in runs) == 6


def test_one_axis_of_texts_stands_in_its_own_order():
    rows = list(rows_of(KIND=["plain", "deep"]))
    (panel,) = sweep.picture(rows, {"KIND": ["plain", "deep"]}, "loss").axes
    assert texts(panel.get_xticklabels()) == ["plain", "deep"]


def test_two_axes_are_a_heat_map_of_means():
    axes = {"RATE": RATES, "SIZE": [1, 2]}
    rows = [row for row in rows_of(**axes, SEED=[0, 1]) if not (row["RATE"] == 0.1 and row["SIZE"] == 1)]
    (panel,) = sweep.picture(rows, axes, "validation_accuracy").axes
    values = np.ma.filled(panel.images[0].get_array(), np.nan)
    assert values == pytest.approx(np.array([[0.05, 0.15], [np.nan, 0.25], [0.25, 0.35]]), nan_ok=True)
    assert texts(panel.texts) == ["5.0", "15.0", "–", "25.0", "25.0", "35.0"]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("SIZE", "RATE")
    assert panel.get_title() == "validation accuracy (percent)"
    assert framed(panel) == ["35.0"]


def test_of_losses_the_lowest_is_framed_and_written_as_it_is():
    axes = {"RATE": RATES, "KIND": ["a", "b"]}
    (panel,) = sweep.picture(list(rows_of(**axes)), axes, "loss").axes
    assert framed(panel) == ["0"]
    assert texts(panel.texts)[-1] == "300"


def test_more_axes_are_parallel_coordinates():
    axes = {"RATE": RATES, "SIZE": [1, 2], "LAYERS": [[8], [8, 8]]}
    panel, _ = sweep.picture(list(rows_of(**axes)), axes, "validation_accuracy").axes
    assert texts(panel.get_xticklabels()) == list(axes)
    lines = [line for line in panel.lines if len(line.get_ydata()) == 3]
    assert len(lines) == 12
    assert "[8, 8]" in texts(panel.texts)


@pytest.mark.parametrize("name", ["note", "missing"])
def test_nothing_to_draw_is_said(name):
    with pytest.raises(ValueError, match=f"No row of the sweep has a number named '{name}'"):
        sweep.picture(list(rows_of(RATE=RATES)), {"RATE": RATES}, name)


@pytest.mark.parametrize("figure", ["first_twenty_wrong", "mistakes_at_peak", "gap_2_epochs", "cut_lost"])
def test_of_mistakes_the_fewest_are_framed(figure):
    axes = {"RATE": RATES, "KIND": ["a", "b"]}
    rows = [{**row, figure: row["loss"]} for row in rows_of(**axes)]
    (panel,) = sweep.picture(rows, axes, figure).axes
    assert framed(panel) == ["0"]
