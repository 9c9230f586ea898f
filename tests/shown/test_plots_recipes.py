"""recipes: what is drawn is what was measured."""

from mnist_lab.plots import BLUE, ORANGE, recipes

import pytest
from figures import of_colour, point, texts
from matplotlib.colors import to_hex

ROWS = {
    "seed": {"seconds": [400.0, 500.0], "accuracies": [0.988, 0.990], "stored": True},
    "speedrun": {"seconds": [1.0, 3.0, 1.2], "accuracies": [0.99, 0.98, 1.0], "stored": False},
}


def mean_of(axes, colour):
    """The one point with a black edge that stands for all runs of the recipe of that colour."""
    points = [line for line in of_colour(axes.lines, colour) if line.get_xydata().size]  # not the legend's
    (mean,) = [line for line in points if to_hex(line.get_markeredgecolor()) == to_hex("black")]
    return mean


def test_each_recipe_is_a_named_point_at_median_seconds_and_mean_error():
    axes = recipes.speed_and_error(ROWS).axes[0]
    assert texts(axes.texts) == list(ROWS)
    assert point(mean_of(axes, ORANGE)) == pytest.approx((450, 1.1))
    assert point(mean_of(axes, BLUE)) == pytest.approx((1.2, (1 + 2 + 0.01) / 3))
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert "seconds" in axes.get_xlabel() and "%" in axes.get_ylabel() and axes.get_title()


def test_every_run_is_a_dot_and_none_is_off_the_axis():
    axes = recipes.speed_and_error(ROWS).axes[0]
    (dots,) = [line for line in of_colour(axes.lines, BLUE) if len(line.get_xdata()) == 3]
    assert list(dots.get_xdata()) == [1.0, 3.0, 1.2]
    assert list(dots.get_ydata()) == pytest.approx([1.0, 2.0, 0.01])


def test_stored_and_measured_differ_in_mark_and_colour_and_only_these_are_explained():
    figure = recipes.speed_and_error(ROWS)
    seed, speedrun = (mean_of(figure.axes[0], colour) for colour in (ORANGE, BLUE))
    assert seed.get_marker() != speedrun.get_marker()
    assert len(figure.axes[0].get_legend().get_texts()) == 4
    only = recipes.speed_and_error({"speedrun": ROWS["speedrun"]}).axes[0].get_legend()
    assert texts(only.get_texts()) == ["measured here: median and mean", "measured here: one run"]
