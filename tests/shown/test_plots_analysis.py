"""analysis: what is drawn is what was given."""

from mnist_lab.analysis.calibration import ReliabilityBins
from mnist_lab.plots import BLUE, analysis

import numpy as np
import pytest
import torch
from figures import by_label, lines, of_colour, spans, texts

ROWS = {"open": (0.04, 0.01, 310), "closed": (0.3, 0.14, 10)}
NAN = float("nan")
BINS = ReliabilityBins(
    torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0]),
    torch.tensor([0, 3, 20, 1500]),
    torch.tensor([NAN, 0.4, 0.6, 0.95]),
    torch.tensor([NAN, 0.3, 0.65, 0.9]),
)
INTERVALS = torch.tensor([[NAN, NAN], [0.0, 1.0], [0.5, 0.8], [0.88, 0.92]])
MADE = {50: (4, 8), 90: (5, 5)}


def diagram(**more):
    return analysis.reliability_diagram({"before": (BINS, INTERVALS), **more}, title="t")


def test_the_shares_stand_where_they_are_with_their_counts():
    (axes,) = analysis.shares(ROWS, xlabel="share called 9").axes
    assert texts(axes.texts) == ["4.0% of 310", "30.0% of 10"]
    assert texts(axes.get_yticklabels()) == ["open", "closed"]
    assert [container.lines[0].get_xdata()[0] for container in axes.containers] == [0.04, 0.3]
    assert spans(axes.containers[1]) == [pytest.approx((0.16, 0.44))]


def test_a_dot_is_the_accuracy_of_its_bin_and_a_bar_counts_its_answers():
    top, bottom = diagram().axes
    dots = lines(top)["share that was right"]
    np.testing.assert_array_equal(dots.get_xdata(), BINS.confidence)
    np.testing.assert_array_equal(dots.get_ydata(), BINS.accuracy)
    assert [bar.get_height() for bar in bottom.patches] == BINS.counts.tolist()
    assert texts(bottom.texts) == ["", "3", "20", "1,500"]


def test_distance_and_interval_are_drawn_as_they_are_and_the_interval_can_be_left_out():
    top = diagram().axes[0]
    bars = by_label(top.collections)
    assert bars["distance"].get_segments()[-1][:, 1] == pytest.approx([0.95, 0.9])
    assert bars["bootstrap interval"].get_segments()[-1][:, 1] == pytest.approx([0.88, 0.92])
    without = analysis.reliability_diagram({"alone": (BINS, None)}).axes[0]
    assert set(by_label(without.collections)) == {"distance"}


def test_every_column_of_the_diagram_is_in_percent():
    figure = diagram(after=(BINS, INTERVALS))
    figure.canvas.draw()
    assert figure.axes[0].get_ylabel() == "accuracy in the bin"
    for axes in figure.axes[:2]:
        assert all(text.endswith("%") for text in texts(axes.get_yticklabels()))


def test_the_chosen_temperature_is_marked():
    (axes,) = analysis.temperature_curve([0.5, 1.0, 2.0], [0.6, 0.4, 0.3], chosen=1.7).axes
    (losses,) = of_colour(axes.lines, BLUE)
    assert list(losses.get_ydata()) == [0.6, 0.4, 0.3]
    assert list(lines(axes)["least loss"].get_xdata()) == [1.7, 1.7]


def test_a_readers_share_stands_with_its_count_and_an_error_also_when_all_were_right():
    (axes,) = analysis.own_reliability(MADE).axes
    assert texts(axes.texts) == ["4 of 8", "5 of 5"]
    assert [container.lines[0].get_ydata()[0] for container in axes.containers] == [0.5, 1.0]
    for container in axes.containers:
        ((low, high),) = spans(container, axis=1)
        assert high - low > 0.1


def test_the_histogram_holds_shares_of_each_group():
    (axes,) = analysis.confidence_histogram({"digits": [0.95, 0.99], "letters": [0.5, 0.95]}).axes
    assert texts(axes.get_legend().texts) == ["digits (2)", "letters (2)"]
    heights = [patch.get_xy()[:, 1].max() for patch in axes.patches]
    assert heights == pytest.approx([1.0, 0.5])
