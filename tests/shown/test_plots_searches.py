"""searches: what is drawn is what was given."""

from mnist_lab.plots import BLUE, RED, searches

import numpy as np
import pytest
from figures import lines, of_colour, panels, texts, y

LEVELS = {"learning_rate": [0.001, 0.01, 0.1], "batch_size": [16, 64]}
SEARCHES = {"grid": [(0, 0), (0, 1), (2, 0), (2, 1)], "random": [(0, 1), (1, 0), (2, 0), (2, 1)]}


def test_the_tried_levels_are_counted_once():
    figure = searches.two_searches(SEARCHES, LEVELS)
    assert list(panels(figure)) == ["grid: learning_rate at 2 levels", "random: learning_rate at 3 levels"]
    for axes, runs in zip(figure.axes, SEARCHES.values(), strict=True):
        (dots,), (tried,) = of_colour(axes.lines, BLUE), of_colour(axes.lines, RED)
        assert [tuple(place) for place in np.rint(dots.get_xydata())] == runs
        assert list(tried.get_xdata()) == sorted({first for first, _ in runs})


def test_a_search_stands_over_its_price_with_a_bar_for_all_but_a_tenth_at_either_end():
    found = {64: [0.5, *[0.9] * 9, 0.94], 128: [0.93, 0.95]}
    figure = searches.by_price({"random": found, "halving": {64: [0.95, 0.96]}})
    (axes,) = figure.axes
    assert list(lines(axes)["random"].get_xdata()) == [64, 128]
    assert y(axes, "random") == pytest.approx([np.mean(runs) for runs in found.values()])
    for bar, runs in zip(axes.collections[0].get_segments(), found.values(), strict=True):
        assert list(bar[:, 1]) == pytest.approx([np.quantile(runs, 0.1), np.quantile(runs, 0.9)])
    assert texts(axes.get_xticklabels()) == ["64", "128"]


def test_the_lucky_seed_is_marked_with_both_its_scores():
    validation, test = [0.94, 0.96, 0.95], [0.95, 0.945, 0.94]
    figure = searches.lucky_seeds(validation, test, [1])
    drawn = lines(figure.axes[0])
    assert drawn["luckiest on validation"].get_xydata().tolist() == [[0.96, 0.945]]
    assert drawn["one seed each"].get_xydata().T.tolist() == [validation, test]
    assert drawn["mean of the seeds"].get_xdata()[0] == pytest.approx(0.95)


def test_leads_are_drawn_over_the_number_of_seeds():
    figure = searches.leads([1, 5, 10], [0.0, 0.01, 0.02], [0.0, 0.001, 0.002])
    (axes,) = figure.axes
    assert y(axes, "on validation, where it was chosen") == [0.0, 0.01, 0.02]
    assert y(axes, "on test") == [0.0, 0.001, 0.002]
    assert list(lines(axes)["on test"].get_xdata()) == [1, 5, 10]
