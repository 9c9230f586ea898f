"""analysis and sight: what is drawn is what was given."""

from mnist_lab.analysis.calibration import ReliabilityBins
from mnist_lab.plots import analysis, sight

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

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
IMAGES = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1
MAPS = torch.arange(3 * 64.0).reshape(3, 1, 8, 8) - 50
POINTS = np.array([[0.0, 0.0], [2.0, 4.0], [5.0, 5.0]])
KINDS = {"shift": ((0, 1, 2), "pixels"), "noise": ((0.0, 0.5), "deviation"), "blur": ((0, 1), "pixels")}
ARMS = {
    arm: {
        "shift": [[0.9, 1.0], [0.8, 0.6], [0.5, 0.1]],
        "noise": [[0.9, 1.0], [0.7, 0.7]],
        "blur": [[0.9, 0.9], [0.4, 0.2]],
    }
    for arm in ("plain", "augmented")
}


def diagram(**more):
    return analysis.reliability_diagram({"before": (BINS, INTERVALS), **more}, title="t")


def all_figures():
    return [
        analysis.shares(ROWS, xlabel="share", title="t"),
        diagram(after=(BINS, None)),
        analysis.temperature_curve([0.5, 1.0, 2.0], [0.6, 0.4, 0.3], chosen=1.7, title="t"),
        analysis.own_reliability(MADE, title="t"),
        sight.heat_sheets(IMAGES, {"a": MAPS, "b": MAPS}, title="t"),
        sight.heat_sheets(IMAGES, {"a": MAPS}, signed=True, title="t"),
        sight.planes({"before": POINTS, "after": POINTS}, [0, 0, 3], title="t"),
        sight.strength_sheet({"a": IMAGES, "b": IMAGES[:2]}, {"a": (0, 1, 2), "b": (0, 1)}, title="t"),
        sight.corruption_curves(KINDS, ARMS, title="t"),
        analysis.confidence_histogram({"digits": [0.95, 0.99], "letters": [0.5]}, title="t"),
    ]


def sheet(axes):
    return np.asarray(axes.images[0].get_array())


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def test_every_figure_has_a_title_and_can_be_drawn():
    for figure in all_figures():
        assert isinstance(figure, Figure)
        figure.canvas.draw()
        assert figure.get_suptitle() or figure.axes[0].get_title()


def test_axes_that_are_no_pictures_are_labelled():
    for figure in all_figures():
        lowest = figure.axes[-1] if figure.axes[-1].axison else figure.axes[-2]
        assert lowest.images or lowest.get_xlabel()
        assert figure.axes[0].get_ylabel() or len(figure.axes[0].get_yticklabels())


def test_the_shares_stand_where_they_are_with_their_counts():
    (axes,) = analysis.shares(ROWS, xlabel="share called 9").axes
    assert [text.get_text() for text in axes.texts] == ["4.0% of 310", "30.0% of 10"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["open", "closed"]
    assert [container.lines[0].get_xdata()[0] for container in axes.containers] == [0.04, 0.3]
    (bar,) = axes.containers[1].lines[2][0].get_segments()
    assert bar[:, 0] == pytest.approx([0.16, 0.44])


def test_a_dot_is_the_accuracy_of_its_bin_and_a_bar_counts_its_answers():
    top, bottom = diagram().axes
    dots = lines(top)["share that was right"]
    np.testing.assert_array_equal(dots.get_xdata(), BINS.confidence)
    np.testing.assert_array_equal(dots.get_ydata(), BINS.accuracy)
    assert [bar.get_height() for bar in bottom.patches] == BINS.counts.tolist()
    assert [text.get_text() for text in bottom.texts] == ["", "3", "20", "1,500"]


def test_distance_and_interval_are_drawn_as_they_are_and_the_interval_can_be_left_out():
    top = diagram().axes[0]
    distances, intervals = (collection.get_segments() for collection in top.collections)
    assert distances[-1][:, 1] == pytest.approx([0.95, 0.9])
    assert intervals[-1][:, 1] == pytest.approx([0.88, 0.92])
    without = analysis.reliability_diagram({"alone": (BINS, None)}).axes[0]
    assert len(without.collections) == 1


def test_every_column_of_the_diagram_is_in_percent():
    figure = diagram(after=(BINS, INTERVALS))
    figure.canvas.draw()
    for axes in figure.axes[:2]:
        assert all(label.get_text().endswith("%") for label in axes.get_yticklabels())


def test_the_chosen_temperature_is_marked():
    (axes,) = analysis.temperature_curve([0.5, 1.0, 2.0], [0.6, 0.4, 0.3], chosen=1.7).axes
    assert list(axes.lines[0].get_ydata()) == [0.6, 0.4, 0.3]
    assert list(lines(axes)["least loss"].get_xdata()) == [1.7, 1.7]


def test_a_readers_share_stands_with_its_count_and_an_error_also_when_all_were_right():
    (axes,) = analysis.own_reliability(MADE).axes
    assert [text.get_text() for text in axes.texts] == ["4 of 8", "5 of 5"]
    assert [container.lines[0].get_ydata()[0] for container in axes.containers] == [0.5, 1.0]
    for container in axes.containers:
        (bar,) = container.lines[2][0].get_segments()
        assert bar[1, 1] - bar[0, 1] > 0.1


def test_each_heat_map_has_a_scale_of_its_own():
    figure = sight.heat_sheets(IMAGES, {"a": MAPS * torch.tensor([1.0, 9.0, 0.0]).view(3, 1, 1, 1)})
    picture, heat = (sheet(axes) for axes in figure.axes)
    np.testing.assert_allclose(picture[:, :8], IMAGES[0, 0], atol=1e-6)
    np.testing.assert_allclose(heat[:, :8], MAPS[0, 0] / MAPS[0].abs().max(), atol=1e-6)
    np.testing.assert_allclose(heat[:, 10:18], MAPS[1, 0] / MAPS[1].abs().max(), atol=1e-6)
    assert (heat[:, 20:28] == 0).all()  # a map of nothing stays dark


def test_signed_maps_have_their_zero_in_the_middle():
    for signed, lowest in ((False, 0), (True, -1)):
        figure = sight.heat_sheets(IMAGES, {"a": MAPS}, signed=signed)
        assert figure.axes[1].images[0].get_clim() == (lowest, 1)


def test_a_class_stands_at_the_mean_of_its_points():
    figure = sight.planes({"before": POINTS, "after": POINTS + 1}, torch.tensor([0, 0, 3]))
    for axes, moved in zip(figure.axes, (0, 1), strict=True):
        places = {text.get_text(): text.get_position() for text in axes.texts}
        assert places == {"0": (1 + moved, 2 + moved), "3": (5 + moved, 5 + moved)}
        assert sum(len(line.get_xdata()) for line in axes.lines) == 3


def test_a_strength_stands_below_its_image():
    figure = sight.strength_sheet({"a": IMAGES, "b": IMAGES[:2]}, {"a": (0, 1, 2), "b": (0.0, 0.5)})
    for axes, names in zip(figure.axes, (["0", "1", "2"], ["0", "0.5"]), strict=True):
        assert [label.get_text() for label in axes.get_xticklabels()] == names
        assert list(axes.get_xticks()) == [3.5 + 10 * i for i in range(len(names))]
        assert axes.get_xlim()[1] == 27.5  # both rows are as wide as the longest


def test_the_curves_are_the_means_and_every_seed_is_there():
    figure = sight.corruption_curves(KINDS, ARMS)
    assert [axes.get_title() for axes in figure.axes[:3]] == ["shift", "noise", "blur"]
    axes = figure.axes[0]
    np.testing.assert_allclose(lines(axes)["plain"].get_ydata(), [0.95, 0.7, 0.3])
    assert axes.get_xlabel() == "pixels" and len(axes.lines) == 2 * (2 + 1) + 1
    assert [text.get_text() for text in figure.legends[0].texts] == ["plain", "augmented"]


def test_a_panel_without_a_corruption_is_empty():
    assert not sight.corruption_curves(KINDS, ARMS).axes[3].axison


def test_the_histogram_holds_shares_of_each_group():
    (axes,) = analysis.confidence_histogram({"digits": [0.95, 0.99], "letters": [0.5, 0.95]}).axes
    assert [text.get_text() for text in axes.get_legend().texts] == ["digits (2)", "letters (2)"]
    heights = [patch.get_xy()[:, 1].max() for patch in axes.patches]
    assert heights == pytest.approx([1.0, 0.5])
