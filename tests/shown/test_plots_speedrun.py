"""The pictures of lesson 11: what is drawn is what was given."""

from mnist_lab.plots import speedrun

import numpy as np
import pytest
from matplotlib.figure import Figure

STEPS = [0.9, 0.02, 0.03, 0.02]
RUNGS = {
    "seed": {"steps": 1_000, "seconds_median": 50.0},
    "memory": {"steps": 1_000, "seconds_median": 20.0},
    "goal": {"steps": 10, "seconds_median": 0.5},
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
CURVES = {
    "a": {20: [(2.0, 0.95), (3.0, 0.97), (9.0, 0.96)], 10: [(1.0, 0.9), (1.5, 0.8), (1.2, 0.85)]},
    "b": {10: [(0.5, 0.9), (0.7, 0.92), (0.6, 0.94)]},
}
COVARIANCES = np.array([[2.0, 1.0], [1.0, 2.0]]), np.eye(2)


def all_figures():
    return [
        speedrun.first_steps(STEPS, title="t"),
        speedrun.ladder(RUNGS, title="t"),
        speedrun.step_parts(PARTS, title="t"),
        speedrun.mistakes(ROWS, floors=FLOORS, title="t"),
        speedrun.covariances(*COVARIANCES, title="t"),
        speedrun.curves(CURVES, title="t"),
    ]


def test_every_figure_is_labelled_and_can_be_drawn():
    for figure in all_figures():
        assert isinstance(figure, Figure)
        figure.canvas.draw()
        assert all(axes.get_xlabel() or axes.get_ylabel() for axes in figure.axes)
        assert figure.axes[0].get_ylabel() or figure.axes[0].get_yticklabels()
        assert figure.axes[0].get_title() or figure.get_suptitle()


def test_the_first_step_is_marked_among_all():
    (axes,) = speedrun.first_steps(STEPS).axes
    every, first, middle = axes.lines
    assert list(every.get_xdata()) == [1, 2, 3, 4]
    assert every.get_ydata() == pytest.approx([900, 20, 30, 20])
    assert (first.get_xdata()[0], first.get_ydata()[0]) == (1, 900)
    assert middle.get_ydata()[0] == pytest.approx(25) and axes.get_yscale() == "log"


def test_seconds_are_steps_times_the_time_of_one():
    panels = speedrun.ladder(RUNGS).axes
    steps, milliseconds, seconds = (axes.lines[0].get_xdata() for axes in panels)
    assert list(steps) == [1_000, 1_000, 10] and list(seconds) == [50.0, 20.0, 0.5]
    assert np.array(steps) * milliseconds / 1000 == pytest.approx(seconds)
    assert [text.get_text() for text in panels[2].texts] == ["× 2.5", "× 40.0"]
    assert [label.get_text() for label in panels[0].get_yticklabels()] == list(RUNGS)
    assert panels[0].yaxis_inverted() and all(axes.get_xscale() == "log" for axes in panels)


def test_the_parts_of_a_step_lie_end_to_end():
    (axes,) = speedrun.step_parts(PARTS, xlabel="ms each").axes
    assert axes.get_xlabel() == "ms each"
    drawn = [[(bar.get_x(), bar.get_width()) for bar in container] for container in axes.containers]
    wanted = [[(0, 300), (0, 0)], [(300, 200), (0, 100)], [(500, 100), (100, 50)]]
    assert np.array(drawn) == pytest.approx(np.array(wanted))
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["data", "forward", "step"]


def test_mistakes_are_counted_run_by_run_with_two_floors_to_either_side():
    (axes,) = speedrun.mistakes(ROWS, floors=FLOORS).axes
    dots = [line.get_xdata() for line in axes.lines if line.get_marker() == "."]
    assert dots[0] == pytest.approx([20, 30]) and dots[1] == pytest.approx([5, 3, 1])
    means = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "D"]
    assert means == pytest.approx([25, 3])
    ends = [container[2][0].get_segments()[0][:, 0] for container in axes.containers]
    assert ends[0] == pytest.approx([15, 35]) and ends[1] == pytest.approx([-1, 7])
    assert axes.get_xlim()[0] == 0 and "1,000 test digits" in axes.get_xlabel()


def test_a_curve_goes_through_median_seconds_and_mean_errors_in_order():
    (axes,) = speedrun.curves(CURVES).axes
    a, b = (line for line in axes.lines if line.get_marker() in "os")
    assert list(a.get_xdata()) == [1.2, 3.0] and a.get_ydata() == pytest.approx([15, 4])
    assert list(b.get_xdata()) == [0.6] and b.get_ydata() == pytest.approx([8])
    assert sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() == ".") == 9
    assert [text.get_text() for text in axes.texts] == ["10 steps", "20 steps", "10 steps"]


def test_each_covariance_has_colours_that_are_even_about_zero():
    panels = speedrun.covariances(*COVARIANCES).axes
    first, second = (axes.images[0] for axes in panels[:2])
    assert np.array_equal(first.get_array(), COVARIANCES[0]) and first.get_clim() == (-2, 2)
    assert second.get_clim() == (-1, 1)


def test_a_run_without_a_mistake_stays_on_the_logarithmic_axis():
    (axes,) = speedrun.curves({"a": {5: [(1.0, 1.0)]}}).axes
    assert [list(line.get_ydata()) for line in axes.lines] == [[0.1], [0.1]]
