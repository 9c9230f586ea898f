"""recipes: what is drawn is what was measured."""

from mnist_lab.plots import recipes

import pytest

ROWS = {
    "seed": {"seconds": [400.0, 500.0], "accuracies": [0.988, 0.990], "stored": True},
    "speedrun": {"seconds": [1.0, 3.0, 1.2], "accuracies": [0.99, 0.98, 1.0], "stored": False},
}


def points(axes, size):
    return [line for line in axes.lines if line.get_markersize() == size and len(line.get_xdata())]


def test_each_recipe_is_a_named_point_at_median_seconds_and_mean_error():
    axes = recipes.speed_and_error(ROWS).axes[0]
    assert [text.get_text() for text in axes.texts] == list(ROWS)
    seed, speedrun = points(axes, 9)
    assert (seed.get_xdata()[0], seed.get_ydata()[0]) == pytest.approx((450, 1.1))
    assert (speedrun.get_xdata()[0], speedrun.get_ydata()[0]) == pytest.approx((1.2, (1 + 2 + 0.01) / 3))
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert "seconds" in axes.get_xlabel() and "%" in axes.get_ylabel() and axes.get_title()


def test_every_run_is_a_dot_and_none_is_off_the_axis():
    axes = recipes.speed_and_error(ROWS).axes[0]
    _, dots = points(axes, 3)
    assert list(dots.get_xdata()) == [1.0, 3.0, 1.2]
    assert list(dots.get_ydata()) == pytest.approx([1.0, 2.0, 0.01])


def test_stored_and_measured_differ_in_mark_and_colour_and_only_these_are_explained():
    figure = recipes.speed_and_error(ROWS)
    seed, speedrun = points(figure.axes[0], 9)
    assert seed.get_marker() != speedrun.get_marker() and seed.get_color() != speedrun.get_color()
    assert len(figure.axes[0].get_legend().get_texts()) == 3
    only = recipes.speed_and_error({"speedrun": ROWS["speedrun"]}).axes[0].get_legend()
    assert [text.get_text() for text in only.get_texts()] == ["measured here: median and mean", "one run"]


def test_the_figure_can_be_drawn(tmp_path):
    recipes.speed_and_error(ROWS).savefig(tmp_path / "f.png")
    recipes.speed_and_error({"speedrun": ROWS["speedrun"]}).savefig(tmp_path / "g.png")
