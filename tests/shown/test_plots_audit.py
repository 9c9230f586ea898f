"""The pictures of lesson 10: what is drawn is what was given, and what is filled is what is shown."""

from mnist_lab.evidence import Comparison, compare, compare_all
from mnist_lab.plots import BLUE, ORANGE, audit

import numpy as np
import pytest
from figures import by_label, is_filled, lines, marked, of_colour, spans, texts

SEEDS = [0.9895, 0.9903, 0.9875]
CURVES = [[0.90, 0.95, 0.94], [0.91, 0.93, 0.96]]
CLEAR, UNCLEAR = compare([0.1, 0.2, 0.3], [0.2, 0.31, 0.4]), compare([0.1, 0.2, 0.3], [0.0, 0.4, 0.2])


def dots(axes):
    """The lines that are marks alone."""
    return [line for line in marked(axes, "o", "s") if line.get_linestyle() == "None"]


def test_seeds_stand_beside_the_claim_and_its_rounding():
    (axes,) = audit.claim_and_seeds(SEEDS, claim=0.98, floor=0.001).axes
    (seeds,) = dots(axes)
    assert list(seeds.get_xdata()) == SEEDS
    assert texts(axes.get_yticklabels()) == ["seed 0", "seed 1", "seed 2"]
    ends = spans(by_label(axes.containers)["measured, by seed"])
    np.testing.assert_allclose(ends, [(value - 0.001, value + 0.001) for value in SEEDS])
    (claim,) = of_colour(axes.lines, ORANGE)
    assert list(claim.get_xdata()) == [0.98, 0.98]
    assert list(lines(axes)["their mean"].get_xdata()) == pytest.approx([np.mean(SEEDS)] * 2)
    band = by_label(axes.patches)["claimed, as rounded"]
    assert (band.get_x(), band.get_width()) == pytest.approx((0.975, 0.01))


def test_the_best_epoch_of_each_seed_is_marked():
    (axes,) = audit.best_epochs(CURVES, claimed=3, floor=0.005).axes
    stars = lines(axes)["its best epoch"]
    assert list(stars.get_xdata()) == [2, 3] and list(stars.get_ydata()) == [0.95, 0.96]
    assert [list(line.get_ydata()) for line in of_colour(axes.lines, BLUE)] == CURVES
    assert list(lines(axes)["the epoch that was reported"].get_xdata()) == [3, 3]


def test_losses_of_each_seed_stand_behind_their_mean_with_its_lowest_marked():
    curves = {"plain": [[0.5, 0.2, 0.4], [0.7, 0.4, 0.4]], "dropout": [[0.6, 0.5, 0.3], [0.6, 0.5, 0.5]]}
    (axes,) = audit.loss_by_epoch(curves).axes
    for (arm, losses), colour in zip(curves.items(), (BLUE, ORANGE), strict=True):
        assert [list(line.get_ydata()) for line in of_colour(axes.lines, colour)[:2]] == losses
        assert list(lines(axes)[f"{arm}: mean"].get_ydata()) == pytest.approx(np.mean(losses, axis=0))
    lowest = [lines(axes)[f"{arm}: its lowest"] for arm in curves]
    assert [list(line.get_xdata()) for line in lowest] == [[2], [3]]
    assert [list(line.get_ydata()) for line in lowest] == [pytest.approx([0.3]), pytest.approx([0.4])]


def test_a_difference_alone_is_filled_exactly_if_its_bar_does_not_reach_zero():
    rows = {"a": CLEAR, "b": UNCLEAR}
    (axes,) = audit.paired_differences({"accuracy (points)": rows}).axes
    assert [line.get_xdata()[0] for line in dots(axes)] == [CLEAR.difference, UNCLEAR.difference]
    assert [is_filled(line) for line in dots(axes)] == [True, False]
    for container, comparison in zip(axes.containers, rows.values(), strict=True):
        ((low, high),) = spans(container)
        assert (high - low) == pytest.approx(2 * comparison.margin)
        assert (low > 0 or high < 0) == comparison.shown
    assert texts(axes.get_yticklabels()) == ["a", "b"]


def test_each_measure_has_a_panel_in_the_order_of_the_first():
    panels = {"accuracy (points)": {"a": CLEAR, "b": UNCLEAR}, "loss (nats)": {"b": CLEAR, "a": UNCLEAR}}
    left, right = audit.paired_differences(panels).axes
    assert [line.get_xdata()[0] for line in dots(right)] == [UNCLEAR.difference, CLEAR.difference]
    assert left.xaxis.get_major_formatter()(0.02) == "2" and right.xaxis.get_major_formatter()(0.02) != "2"


def test_a_difference_that_many_others_take_away_is_hollow():
    rows = compare_all({name: ([0.1, 0.2, 0.3], [0.2, 0.31, 0.44]) for name in "abcdef"})
    (axes,) = audit.paired_differences({"loss (nats)": rows}).axes
    assert not any(map(is_filled, dots(axes)))
    assert all(low > 0 for container in axes.containers for low, _ in spans(container))


def beyond(difference, error, *, shown):
    """A cost minus what was allowed."""
    return Comparison(5, difference, error, p=0.01 if shown else 0.5)


def test_costs_stand_beside_what_was_allowed():
    arms = {
        "plain": {"shift": beyond(0.03, 0.01, shown=True), "blur": beyond(-0.019, 0.001, shown=True)},
        "both": {"shift": beyond(-0.01, 0.001, shown=True), "blur": beyond(0.28, 0.02, shown=True)},
    }
    figure = audit.cost_of_changes(arms, allowed=0.02)
    (axes,) = figure.axes
    assert [line.get_xdata()[0] for line in dots(axes)] == pytest.approx([0.05, 0.001, 0.01, 0.3])
    assert [line.get_marker() for line in dots(axes)] == ["o", "o", "s", "s"]
    assert all(map(is_filled, dots(axes)))
    assert list(lines(axes)["allowed"].get_xdata()) == [0.02, 0.02]
    assert texts(figure.legends[0].get_texts()) == ["allowed", "plain", "both"]
    places = [line.get_ydata()[0] for line in dots(axes)]
    assert places[0] < 0 < places[2] < 0.5 < places[1]  # the arms of a change stand close together


def test_a_cost_on_no_side_of_the_line_is_hollow():
    costs = {"near": beyond(0.005, 0.003, shown=False), "far": beyond(0.01, 0.003, shown=True)}
    (axes,) = audit.cost_of_changes({"plain": costs}, allowed=0.02).axes
    assert [is_filled(line) for line in dots(axes)] == [False, True]
