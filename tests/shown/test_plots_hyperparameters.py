"""hyperparameters: what is drawn is what was given."""

from mnist_lab.plots import BLUE, GREY, RED, hyperparameters
from mnist_lab.training import RangeTest

import numpy as np
import pytest
from figures import by_label, framed, lines, marked, of_colour, places, point, rings, texts, y
from matplotlib.colors import to_rgba

CLUELESS = ("clueless", 2.3)
LONG = RangeTest([1e-5 * 2.0**step for step in range(12)], [2.3] * 4 + [1.0] * 3 + [0.2] * 3 + [2.0] * 2)
ROW = {0.001: [0.80, 0.84], 0.01: [0.90, 0.92]}
OTHER = {0.01: [0.50, 0.60], 0.1: [0.88, 0.90]}
LEVELS = {"learning_rate": [0.001, 0.01, 0.1], "batch_size": [16, 64]}


def bowl(w1, w2):
    return 0.1 * w1**2 + w2**2


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
    (axes,) = figure.axes
    (dots,), (ring,) = marked(axes, "."), rings(axes)
    assert list(dots.get_ydata()) == losses and list(dots.get_xdata()) == rates
    smooth = hyperparameters.smooth(losses)
    assert y(axes, "Adam: mean of 7 steps") == smooth
    assert point(ring) == (rates[np.argmin(smooth)], min(smooth))
    assert axes.get_xscale() == "log"
    without = hyperparameters.range_tests({"Adam": LONG}, reference=CLUELESS, ring=False)
    assert not rings(without.axes[0])
    assert len(without.axes[0].lines) == len(axes.lines) - 1


def test_the_band_reaches_from_a_tenth_to_a_third_of_the_ring():
    figure = hyperparameters.range_and_training({"seed 0": LONG}, ROW, ring=0.03)
    above, below = figure.axes
    assert y(above, "seed 0") == hyperparameters.smooth(LONG.losses)
    assert lines(below)["ring"].get_xdata()[0] == 0.03
    band = by_label(above.patches)["3 to 10 times lower"]
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((0.003, 0.01))
    (trainings,) = marked(below, ".")
    assert trainings.get_xydata().tolist() == [[rate, run] for rate, runs in ROW.items() for run in runs]
    assert y(below, "mean") == pytest.approx([0.82, 0.91])


def test_a_panel_has_the_runs_and_the_mean_of_each_level():
    panels = {"equal epochs": {16: ROW[0.01], 64: ROW[0.001]}, "equal steps": {16: ROW[0.01], 64: ROW[0.01]}}
    figure = hyperparameters.by_level(panels, xlabel="batch size")
    for axes, row in zip(figure.axes, panels.values(), strict=True):
        (runs,) = marked(axes, ".")
        assert runs.get_xydata().tolist() == [[size, run] for size, runs in row.items() for run in runs]
        assert y(axes, "mean") == pytest.approx([sum(runs) / 2 for runs in row.values()])
        assert texts(axes.get_xticklabels()) == ["16", "64"]


def test_a_path_is_drawn_as_it_was_walked():
    paths = {"SGD": [(-3.0, 1.0), (-2.0, -0.5)], "Adam": [(-3.0, 1.0), (-1.0, 0.2), (0.1, 0.0)]}
    figure = hyperparameters.valley(bowl, paths)
    for axes, path in zip(figure.axes, paths.values(), strict=True):
        (walked,), (lowest,) = of_colour(axes.lines, BLUE), of_colour(axes.lines, RED)
        assert list(map(tuple, walked.get_xydata())) == path and point(lowest) == (0, 0)
        (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        assert all(low <= x <= high and bottom <= y <= top for x, y in [*path, (0, 0)])


def test_the_chosen_rate_is_ringed():
    figure = hyperparameters.rate_lines({"a": ROW, "b": OTHER}, chosen={"a": 0.001, "b": 0.1})
    assert list(map(point, rings(figure.axes[0]))) == [
        (0.001, pytest.approx(0.82)),
        (0.1, pytest.approx(0.89)),
    ]


def test_the_bars_reach_from_the_lowest_run_to_the_highest():
    figure = hyperparameters.rate_lines({"a": {0.1: [0.1, 0.1, 0.7]}}, chosen={"a": 0.1})
    _, _, (bar,) = by_label(figure.axes[0].containers)["a"].lines
    assert bar.get_segments()[0][:, 1] == pytest.approx([0.1, 0.7])


def test_a_heat_map_writes_every_share_and_frames_the_largest():
    values = [[0.101, 0.953], [0.5, 0.75]]
    figure = hyperparameters.heat_maps({"m": values, "n": [[1, 0], [0, 0]]}, [0.01, 0.1], [16, 64])
    axes = figure.axes[0]
    assert texts(axes.texts) == ["10.1", "95.3", "50.0", "75.0"] and framed(axes) == ["95.3"]
    assert places(axes)["95.3"] == (1, 0), "rates go down, sizes across"
    assert texts(axes.get_yticklabels()) == ["0.01", "0.1"]
    (smallest,) = [text for text in axes.texts if text.get_text() == "10.1"]
    assert to_rgba(smallest.get_color()) == to_rgba("white"), "dark cell, light text"


def test_the_means_of_the_levels_are_those_of_the_table():
    table = np.arange(6.0).reshape(3, 2) / 10
    figure = hyperparameters.knob_spread(LEVELS, table)
    for axis, axes in enumerate(figure.axes):
        np.testing.assert_allclose(y(axes, "mean"), table.mean(axis=1 - axis))
        bars = [bar.get_segments()[0][:, 1] for bar in axes.collections]
        spreads = [np.ptp(bar) / 2 for bar in bars]
        assert spreads == pytest.approx([table.std(), table.mean(axis=1 - axis).std()])
        (dots,) = of_colour(axes.lines, GREY)
        assert sorted(dots.get_ydata()) == sorted(table.ravel())
        for across, accuracy in dots.get_xydata():
            assert accuracy in table.take(round(across), axis=axis)


def test_a_range_test_that_ended_at_once_is_named():
    with pytest.raises(ValueError, match=r"steps of Adam is .* but got 0; its first loss was not"):
        hyperparameters.range_tests({"Adam": ([], [])}, reference=("chance", 2.3))
