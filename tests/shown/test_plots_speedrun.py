"""The pictures of lesson 11: what is drawn is what was given."""

from mnist_lab.plots import speedrun

import numpy as np
import pytest
from figures import by_label, lines, marked, panels, point, spans, texts, y

STEPS = [0.9, 0.02, 0.03, 0.02]
RUNGS = {
    "seed": {"steps": 1_000, "seconds": [50.0, 80.0, 40.0]},
    "memory": {"steps": 1_000, "seconds": [20.0]},
    "goal": {"steps": 10, "seconds": [0.5, 0.5]},
}
PARTS = {
    "seed": {"data": 0.3, "forward": 0.2, "step": 0.1},
    "goal": {"data": 0.0, "forward": 0.1, "step": 0.05},
}
ROWS = {
    "seed": {"accuracies": [0.98, 0.97], "num_test": 1_000},
    "record": {"accuracies": [0.995, 0.997, 0.999], "num_test": 1_000},
}
FLOORS = {"seed": 0.005, "record": 0.002}
PATHS = {
    "a": [
        {"steps": 10, "seconds": [1.0, 3.0, 2.0], "accuracies": [0.9, 0.8, 0.85]},
        {"steps": 20, "seconds": [9.0, 6.0, 4.0], "accuracies": [0.99, 1.0, 0.98]},
    ],
    "b": [{"steps": 5, "seconds": [0.5, 0.7], "accuracies": [0.94, 0.96]}],
}
COVARIANCES = np.array([[2.0, 1.0], [1.0, 2.0]]), np.eye(2)


def test_the_first_step_is_marked_among_all():
    (axes,) = speedrun.first_steps(STEPS).axes
    assert list(lines(axes)["each step"].get_xdata()) == [1, 2, 3, 4]
    assert y(axes, "each step") == pytest.approx([900, 20, 30, 20])
    assert point(lines(axes)["the first one"]) == (1, 900)
    assert y(axes, "median") == pytest.approx([25, 25]) and axes.get_yscale() == "log"


def test_seconds_are_steps_times_the_time_of_one():
    figure = speedrun.ladder(RUNGS)
    drawn = [line.get_xdata() for axes in figure.axes for line in axes.lines]
    steps, milliseconds, seconds = drawn
    assert list(steps) == [1_000, 1_000, 10] and list(seconds) == [50.0, 20.0, 0.5]
    assert np.array(steps) * milliseconds / 1000 == pytest.approx(seconds)
    first, *_, last = figure.axes
    bars = [segment[:, 0].tolist() for segment in last.collections[0].get_segments()]
    assert bars == [[40, 80], [20, 20], [0.5, 0.5]]
    assert texts(first.get_yticklabels()) == list(RUNGS)
    assert first.yaxis_inverted() and all(axes.get_xscale() == "log" for axes in figure.axes)


def test_the_parts_of_a_step_lie_end_to_end():
    (axes,) = speedrun.step_parts(PARTS, xlabel="ms each").axes
    assert axes.get_xlabel() == "ms each"
    expected = {
        "data": [(0, 300), (0, 0)],
        "forward": [(300, 200), (0, 100)],
        "step": [(500, 100), (100, 50)],
    }
    for part, bars in by_label(axes.containers).items():
        drawn = [(bar.get_x(), bar.get_width()) for bar in bars]
        assert np.array(drawn) == pytest.approx(np.array(expected[part]))
    assert texts(axes.get_legend().get_texts()) == ["data", "forward", "step"]


def test_mistakes_are_counted_run_by_run_with_two_floors_to_either_side():
    (axes,) = speedrun.mistakes(ROWS, floors=FLOORS).axes
    dots = [line.get_xdata() for line in marked(axes, ".")]
    assert dots[0] == pytest.approx([20, 30]) and dots[1] == pytest.approx([5, 3, 1])
    assert [point(mean)[0] for mean in marked(axes, "D")] == pytest.approx([25, 3])
    (above,), (below,) = map(spans, axes.containers)
    assert above == pytest.approx((15, 35)) and below == pytest.approx((-1, 7))
    assert axes.get_xlim()[0] == 0 and "1,000 test digits" in axes.get_xlabel()


def test_a_way_goes_through_medians_and_shows_every_seed():
    ends = {"slow": {"seconds": [700.0, 900.0, 800.0], "accuracies": [0.991, 0.99, 0.992]}}
    (axes,) = speedrun.along(PATHS, target=0.99, ends=ends).axes
    assert list(lines(axes)["a"].get_xdata()) == [2.0, 6.0] and y(axes, "a") == pytest.approx([15, 1])
    assert list(lines(axes)["b"].get_xdata()) == [0.6] and y(axes, "b") == pytest.approx([5])
    thin = [line for line in axes.lines if line.get_linewidth() < 1]
    assert [list(line.get_xdata()) for line in thin] == [[1, 9], [3, 6], [2, 4], [0.5], [0.7]]
    assert min(thin[1].get_ydata()) == 0.01, "no mistake, and still on the logarithmic axis"
    assert y(axes, "target: 99% right") == pytest.approx([1, 1])
    (end,) = marked(axes, "D")
    assert point(end) == pytest.approx((800, 0.9)) and texts(axes.texts) == ["slow"]


def test_each_covariance_has_colours_that_are_even_about_zero():
    figure = speedrun.covariances(*COVARIANCES)
    (before,), (after,) = (panels(figure)[name].images for name in ("random", "whitened"))
    assert np.array_equal(before.get_array(), COVARIANCES[0]) and before.get_clim() == (-2, 2)
    assert after.get_clim() == (-1, 1)
