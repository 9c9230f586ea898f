"""hyperparameters: what is drawn is what was given."""

from mnist_lab.evidence import summarise
from mnist_lab.plots import hyperparameters, searches
from mnist_lab.training import RangeTest

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

CLUELESS = ("clueless", 2.3)
TEST = RangeTest([10.0**power for power in range(-5, 0)], [2.3, 2.2, 1.0, 0.5, 0.9])
LONG = RangeTest([1e-5 * 2.0**step for step in range(12)], [2.3] * 4 + [1.0] * 3 + [0.2] * 3 + [2.0] * 2)
ROW = {0.001: summarise([0.80, 0.84]), 0.01: summarise([0.90, 0.92])}
OTHER = {0.01: summarise([0.50, 0.60]), 0.1: summarise([0.88, 0.90])}
LEVELS = {"learning_rate": [0.001, 0.01, 0.1], "batch_size": [16, 64]}
SEARCHES = {"grid": [(0, 0), (0, 1), (2, 0), (2, 1)], "random": [(0, 1), (1, 0), (2, 0), (2, 1)]}


def texts(axes):
    return [text.get_text() for text in axes.texts]


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def bowl(w1, w2):
    return 0.1 * w1**2 + w2**2


def all_figures():
    return [
        hyperparameters.range_tests({"Adam": TEST, "SGD": LONG}, reference=CLUELESS, title="t"),
        hyperparameters.range_and_training(LONG, list(ROW), list(ROW.values()), title="t"),
        hyperparameters.by_level({"a": {16: ROW[0.001]}, "b": {16: ROW[0.01]}}, xlabel="x", title="t"),
        hyperparameters.valley(bowl, {"SGD": [(-3, 1), (-2, 0)], "Adam": [(-3, 1), (0, 0)]}, title="t"),
        hyperparameters.rate_lines({"a": ROW, "b": OTHER}, chosen={"a": 0.01, "b": 0.1}, title="t"),
        hyperparameters.heat_maps({"m": [[0.1, 0.2]]}, [0.01], [16, 64], title="t"),
        hyperparameters.knob_spread(LEVELS, np.zeros((3, 2)), title="t"),
        searches.two_searches(SEARCHES, LEVELS, title="t"),
        searches.search_scores({"four": {"grid": [0.8, 0.9], "random": [0.9, 0.95]}}, title="t"),
        searches.lucky_seeds([0.9, 0.95], [0.91, 0.92], [1], title="t"),
        searches.leads([1, 2], [0.0, 0.01], [0.0, 0.002], title="t"),
    ]


def test_every_figure_is_labelled_and_can_be_drawn():
    for figure in all_figures():
        assert isinstance(figure, Figure)
        figure.canvas.draw()
        assert figure.axes[-1].get_xlabel() and figure.axes[0].get_ylabel()
        assert figure.axes[0].get_title() or figure.get_suptitle()


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_smooth_is_the_mean_of_the_neighbours_that_there_are(reach):
    values = [2.0, 5.0, 1.0, 0.0, 7.0]
    smooth = hyperparameters.smooth(values, reach=reach)
    for place, value in enumerate(smooth):
        near = [other for i, other in enumerate(values) if abs(i - place) <= reach]
        assert value == pytest.approx(sum(near) / len(near))
    assert len(smooth) == len(values)


def test_the_ring_lies_at_the_lowest_smoothed_loss():
    rates, losses = LONG
    figure = hyperparameters.range_tests({"Adam": LONG}, reference=CLUELESS)
    dots, line, ring = figure.axes[0].lines[:3]
    assert list(dots.get_ydata()) == losses and list(dots.get_xdata()) == rates
    smooth = hyperparameters.smooth(losses)
    assert list(line.get_ydata()) == smooth
    assert ring.get_xdata()[0] == rates[np.argmin(smooth)] and ring.get_ydata()[0] == min(smooth)
    assert figure.axes[0].get_xscale() == "log"
    without = hyperparameters.range_tests({"Adam": LONG}, reference=CLUELESS, ring=False)
    assert len(without.axes[0].lines) == len(figure.axes[0].lines) - 1


def test_the_band_reaches_from_a_tenth_to_a_third_of_the_lowest():
    figure = hyperparameters.range_and_training(LONG, list(ROW), list(ROW.values()))
    above, below = figure.axes
    lowest = lines(above)["lowest loss"].get_xdata()[0]
    assert lowest == LONG.learning_rates[np.argmin(hyperparameters.smooth(LONG.losses))]
    band = above.patches[0].get_path().get_extents(above.patches[0].get_patch_transform())
    assert (band.x0, band.x1) == pytest.approx((lowest / 10, lowest / 3))
    assert list(below.lines[0].get_ydata()) == [s.mean for s in ROW.values()]
    assert list(below.lines[0].get_xdata()) == list(ROW)


def test_a_panel_has_the_mean_of_each_level():
    panels = {"equal epochs": {16: ROW[0.01], 64: ROW[0.001]}, "equal steps": {16: ROW[0.01], 64: ROW[0.01]}}
    figure = hyperparameters.by_level(panels, xlabel="batch size", baseline=("1-NN", 0.9))
    for axes, row in zip(figure.axes, panels.values(), strict=True):
        assert list(axes.lines[0].get_xdata()) == [16, 64]
        assert list(axes.lines[0].get_ydata()) == pytest.approx([s.mean for s in row.values()])
        assert list(lines(axes)["1-NN"].get_ydata()) == [0.9, 0.9]
        assert [label.get_text() for label in axes.get_xticklabels()] == ["16", "64"]


def test_a_path_is_drawn_as_it_was_walked():
    paths = {"SGD": [(-3.0, 1.0), (-2.0, -0.5)], "Adam": [(-3.0, 1.0), (-1.0, 0.2), (0.1, 0.0)]}
    figure = hyperparameters.valley(bowl, paths)
    for axes, path in zip(figure.axes, paths.values(), strict=True):
        assert [tuple(point) for point in axes.lines[0].get_xydata()] == path
        (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        assert all(low <= x <= high and bottom <= y <= top for x, y in [*path, (0, 0)])


def test_the_chosen_rate_is_ringed():
    figure = hyperparameters.rate_lines({"a": ROW, "b": OTHER}, chosen={"a": 0.001, "b": 0.1})
    rings = [line for line in figure.axes[0].lines if line.get_markersize() == 14]
    assert [(ring.get_xdata()[0], ring.get_ydata()[0]) for ring in rings] == [
        (0.001, ROW[0.001].mean),
        (0.1, OTHER[0.1].mean),
    ]


def test_a_heat_map_writes_every_share_and_frames_the_largest():
    values = [[0.101, 0.953], [0.5, 0.75]]
    figure = hyperparameters.heat_maps({"m": values, "n": [[1, 0], [0, 0]]}, [0.01, 0.1], [16, 64])
    assert texts(figure.axes[0]) == ["10.1", "95.3", "50.0", "75.0"]
    framed = [text.get_text() for text in figure.axes[0].texts if text.get_bbox_patch() is not None]
    assert framed == ["95.3"]
    place = figure.axes[0].texts[1].get_position()
    assert place == (1, 0), "rates go down, sizes across"
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["0.01", "0.1"]
    assert to_rgba(figure.axes[0].texts[0].get_color()) == to_rgba("white"), "dark cell, light text"


def test_the_means_of_the_levels_are_those_of_the_table():
    table = np.arange(6.0).reshape(3, 2) / 10
    figure = hyperparameters.knob_spread(LEVELS, table)
    for axis, axes in enumerate(figure.axes):
        np.testing.assert_allclose(lines(axes)["mean"].get_ydata(), table.mean(axis=1 - axis))
        dots = axes.lines[0]
        assert sorted(dots.get_ydata()) == sorted(table.ravel())
        for x, y in dots.get_xydata():
            assert y in table.take(round(x), axis=axis)


def test_the_tried_levels_are_counted_once():
    figure = searches.two_searches(SEARCHES, LEVELS)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["grid: learning_rate at 2 levels", "random: learning_rate at 3 levels"]
    for axes, runs in zip(figure.axes, SEARCHES.values(), strict=True):
        assert [tuple(np.rint(point).astype(int)) for point in axes.lines[0].get_xydata()] == runs
        assert list(axes.lines[1].get_xdata()) == sorted({first for first, _ in runs})


def test_every_search_is_counted_and_the_means_are_marked():
    kinds = {"grid": [0.2, 0.9, 0.91, 0.92], "random": [0.93, 0.94]}
    figure = searches.search_scores({"four": kinds})
    assert [line.get_xdata()[0] for line in figure.axes[0].lines] == [
        pytest.approx(np.mean(values)) for values in kinds.values()
    ]
    edges = figure.axes[0].patches[0].get_xy()[:, 0]
    assert edges.min() <= 0.25 and edges.max() == pytest.approx(0.94)


def test_the_lucky_seed_is_marked_with_both_its_scores():
    validation, test = [0.94, 0.96, 0.95], [0.95, 0.945, 0.94]
    figure = searches.lucky_seeds(validation, test, [1])
    found = lines(figure.axes[0])
    assert found["luckiest on validation"].get_xydata().tolist() == [[0.96, 0.945]]
    assert found["one seed each"].get_xydata().T.tolist() == [validation, test]
    assert found["mean of the seeds"].get_xdata()[0] == pytest.approx(0.95)


def test_leads_are_drawn_over_the_number_of_seeds():
    figure = searches.leads([1, 5, 10], [0.0, 0.01, 0.02], [0.0, 0.001, 0.002])
    found = lines(figure.axes[0])
    assert list(found["on validation, where it was chosen"].get_ydata()) == [0.0, 0.01, 0.02]
    assert list(found["on test"].get_ydata()) == [0.0, 0.001, 0.002]
    assert list(found["on test"].get_xdata()) == [1, 5, 10]
