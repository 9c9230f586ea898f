"""overfitting: what is drawn is what was given."""

from math import comb

from mnist_lab.evidence import summarise
from mnist_lab.plots import BLUE, RED, overfitting
from mnist_lab.training import Score

import numpy as np
import pytest
from figures import by_label, is_filled, lines, marked, of_colour, point, texts, y

EPOCHS = [1, 2, 4, 8]
TRAIN = [Score(1.0, 0.6), Score(0.3, 0.9), Score(0.1, 0.98), Score(0.0, 1.0)]
HELD_OUT = [Score(1.1, 0.5), Score(0.5, 0.8), Score(0.4, 0.88), Score(0.6, 0.9)]
ACCURACY = {"plain": summarise([0.90, 0.91]), "dropout": summarise([0.92, 0.94])}
LOSS = {"plain": summarise([0.50, 0.52]), "dropout": summarise([0.30, 0.34])}


def test_the_curves_are_the_scores_and_the_lowest_held_out_loss_is_marked():
    figure = overfitting.parting_curves(EPOCHS, TRAIN, HELD_OUT, baseline=("1-NN", 0.8))
    for panel, axes in enumerate(figure.axes):
        assert y(axes, "training digits, re-scored") == [s[panel] for s in TRAIN]
        assert y(axes, "held-out digits") == [s[panel] for s in HELD_OUT]
        assert list(lines(axes)["held-out digits"].get_xdata()) == EPOCHS
        assert list(lines(axes)["lowest held-out loss"].get_xdata()) == [4, 4]
    assert y(figure.axes[1], "1-NN") == [0.8, 0.8]


def test_confident_mistakes_are_counted_in_tenths():
    figure = overfitting.confident_mistakes({"early": [0.41, 0.45, 0.62], "late": [0.95]})
    outlines = by_label(figure.axes[0].patches)
    assert set(outlines) == {"early: 3 wrong answers", "late: 1 wrong answers"}
    heights = outlines["early: 3 wrong answers"].get_xy()
    assert heights[:, 1].max() == 2 and outlines["late: 1 wrong answers"].get_xy()[:, 1].max() == 1
    tallest = heights[heights[:, 1] == 2, 0]
    np.testing.assert_allclose([tallest.min(), tallest.max()], [0.4, 0.5])
    assert set(texts(figure.axes[0].get_legend().get_texts())) == set(outlines)


def test_the_parts_of_a_loss_are_stacked():
    figure = overfitting.loss_shares({"early": (0.1, 0.3), "late": (0.05, 0.5)})
    (axes,) = figure.axes
    bars = by_label(axes.containers)
    assert [bar.get_width() for bar in bars["from right answers"]] == [0.1, 0.05]
    early, late = bars["from wrong answers"]
    assert (early.get_x(), early.get_width()) == pytest.approx((0.1, 0.3))
    assert (late.get_x(), late.get_width()) == pytest.approx((0.05, 0.5))
    assert sorted(texts(axes.texts)) == ["0.05", "0.10", "0.30", "0.50"]


@pytest.mark.parametrize("rate", [0.3, 0.5])
def test_survivors_stand_beside_the_binomial(rate):
    figure = overfitting.kept_counts({"a": [2, 3, 3, 4]}, num_values=5, rate=rate)
    (axes,) = figure.axes
    counted = by_label(axes.containers)["counted"]
    assert [bar.get_height() for bar in counted] == [0, 0, 0.25, 0.5, 0.25, 0]
    expected = [comb(5, k) * (1 - rate) ** k * rate ** (5 - k) for k in range(6)]
    np.testing.assert_allclose(y(axes, "independent coins"), expected)
    assert sum(expected) == pytest.approx(1)


def test_a_ranking_keeps_its_order_and_fills_what_is_shown():
    figure = overfitting.ranking(ACCURACY, LOSS, shown={"dropout": (True, False)}, reference="plain")
    assert texts(figure.axes[0].get_yticklabels()) == ["plain", "dropout"]
    assert figure.axes[0].yaxis_inverted()
    assert [axes.get_xlabel().split()[1] for axes in figure.axes] == ["accuracy", "loss"]
    for column, (axes, summaries) in enumerate(zip(figure.axes, (ACCURACY, LOSS), strict=True)):
        (dot,) = [line for line in marked(axes, "o") if point(line)[1] == 1]  # in the row of dropout
        assert point(dot)[0] == pytest.approx(summaries["dropout"].mean)
        assert is_filled(dot) == (column == 0)


def test_gaps_and_accuracies_are_the_dots_and_every_dot_has_its_name():
    figure = overfitting.gaps({"a": 0.1, "b": 0.0}, {"a": 0.9, "b": 0.6}, names=["b"])
    (axes,) = figure.axes
    (dot,), (named,) = of_colour(axes.lines, BLUE), of_colour(axes.lines, RED)
    assert point(dot) == (0.1, 0.9) and point(named) == (0.0, 0.6)
    assert texts(axes.texts) == ["a", "b"]


def test_double_descent_draws_every_draw_and_their_mean():
    figure = overfitting.double_descent(
        {10: [(0.0, 0.4), (0.2, 0.6)], 20: [(0.0, 0.8), (0.0, 0.9)]}, num_digits=20
    )
    (axes,) = figure.axes
    np.testing.assert_allclose(y(axes, "held-out digits"), [0.5, 0.85])
    np.testing.assert_allclose(y(axes, "training digits"), [0.1, 0.0])
    dots = [line.get_ydata().tolist() for line in marked(axes, "o")]
    assert dots == [[0.4, 0.8], [0.6, 0.9]]
    assert texts(axes.get_xticklabels()) == ["10", "20"]


def test_the_gap_lies_between_the_two_accuracies():
    train, held_out = [summarise([1.0, 1.0])] * 2, [summarise([0.8, 0.9]), summarise([0.9, 0.96])]
    figure = overfitting.gap_by_size([100, 300], train, held_out)
    corners = by_label(figure.axes[0].collections)["the gap"].get_paths()[0].vertices
    assert corners[:, 1].min() == pytest.approx(0.85) and corners[:, 1].max() == 1.0
    assert texts(figure.axes[0].get_xticklabels()) == ["100", "300"]
