"""overfitting: what is drawn is what was given."""

from math import comb

from mnist_lab.evidence import summarise
from mnist_lab.plots import overfitting
from mnist_lab.training import Score

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

EPOCHS = [1, 2, 4, 8]
TRAIN = [Score(1.0, 0.6), Score(0.3, 0.9), Score(0.1, 0.98), Score(0.0, 1.0)]
HELD_OUT = [Score(1.1, 0.5), Score(0.5, 0.8), Score(0.4, 0.88), Score(0.6, 0.9)]
ACCURACY = {"plain": summarise([0.90, 0.91]), "dropout": summarise([0.92, 0.94])}
LOSS = {"plain": summarise([0.50, 0.52]), "dropout": summarise([0.30, 0.34])}


def texts(axes):
    return [text.get_text() for text in axes.texts]


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def all_figures():
    return [
        overfitting.parting_curves(EPOCHS, TRAIN, HELD_OUT, title="t"),
        overfitting.confident_mistakes({"early": [0.4, 0.6], "late": [0.9]}, title="t"),
        overfitting.loss_shares({"early": (0.1, 0.3), "late": (0.05, 0.5)}, title="t"),
        overfitting.kept_counts({"a": [60, 64, 70], "b": [64]}, num_values=128, rate=0.5, title="t"),
        overfitting.gap_by_size([100, 300], *[[ACCURACY["plain"]] * 2] * 2, title="t"),
        overfitting.ranking(ACCURACY, LOSS, shown={"dropout": (True, False)}, reference="plain", title="t"),
        overfitting.gaps({"a": 0.1, "b": 0.0}, {"a": 0.9, "b": 0.6}, names=["b"], title="t"),
    ]


def test_every_figure_is_labelled_and_can_be_drawn():
    for figure in all_figures():
        assert isinstance(figure, Figure)
        figure.canvas.draw()
        assert all(axes.get_xlabel() for axes in figure.axes)
        assert figure.axes[0].get_title() or figure.get_suptitle()
        assert any(axes.get_ylabel() or axes.get_yticklabels() for axes in figure.axes)


def test_the_curves_are_the_scores_and_the_lowest_held_out_loss_is_marked():
    figure = overfitting.parting_curves(EPOCHS, TRAIN, HELD_OUT, baseline=("1-NN", 0.8))
    for panel, axes in enumerate(figure.axes):
        assert list(lines(axes)["training digits, re-scored"].get_ydata()) == [s[panel] for s in TRAIN]
        assert list(lines(axes)["held-out digits"].get_ydata()) == [s[panel] for s in HELD_OUT]
        assert list(lines(axes)["held-out digits"].get_xdata()) == EPOCHS
        assert list(lines(axes)["lowest held-out loss"].get_xdata()) == [4, 4]
    assert list(lines(figure.axes[1])["1-NN"].get_ydata()) == [0.8, 0.8]


def test_confident_mistakes_are_counted_in_tenths():
    figure = overfitting.confident_mistakes({"early": [0.41, 0.45, 0.62], "late": [0.95]})
    early, late = figure.axes[0].patches
    heights = early.get_xy()
    assert heights[:, 1].max() == 2 and late.get_xy()[:, 1].max() == 1
    tallest = heights[heights[:, 1] == 2, 0]
    np.testing.assert_allclose([tallest.min(), tallest.max()], [0.4, 0.5])
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert sorted(labels) == ["early: 3 wrong answers", "late: 1 wrong answers"]


def test_the_parts_of_a_loss_are_stacked():
    figure = overfitting.loss_shares({"early": (0.1, 0.3), "late": (0.05, 0.5)})
    right_early, right_late, wrong_early, wrong_late = figure.axes[0].patches
    assert (right_early.get_width(), right_late.get_width()) == (0.1, 0.05)
    assert (wrong_early.get_x(), wrong_early.get_width()) == pytest.approx((0.1, 0.3))
    assert (wrong_late.get_x(), wrong_late.get_width()) == pytest.approx((0.05, 0.5))
    assert {"0.10", "0.30", "0.05", "0.50"} <= set(texts(figure.axes[0]))


@pytest.mark.parametrize("rate", [0.3, 0.5])
def test_survivors_stand_beside_the_binomial(rate):
    figure = overfitting.kept_counts({"a": [2, 3, 3, 4]}, num_values=5, rate=rate)
    assert [bar.get_height() for bar in figure.axes[0].patches] == [0, 0, 0.25, 0.5, 0.25, 0]
    expected = [comb(5, k) * (1 - rate) ** k * rate ** (5 - k) for k in range(6)]
    np.testing.assert_allclose(lines(figure.axes[0])["independent coins"].get_ydata(), expected)
    assert sum(expected) == pytest.approx(1)


def test_a_ranking_keeps_its_order_and_fills_what_is_shown():
    figure = overfitting.ranking(ACCURACY, LOSS, shown={"dropout": (True, False)}, reference="plain")
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["plain", "dropout"]
    assert figure.axes[0].yaxis_inverted()
    assert [axes.get_xlabel().split()[1] for axes in figure.axes] == ["accuracy", "loss"]
    for column, (axes, summaries) in enumerate(zip(figure.axes, (ACCURACY, LOSS), strict=True)):
        (dots,) = [line for line in axes.lines if line.get_marker() == "o" and line.get_ydata()[0] == 1]
        assert dots.get_xdata()[0] == pytest.approx(summaries["dropout"].mean)
        is_filled = to_rgba(dots.get_markerfacecolor()) != to_rgba("white")
        assert is_filled == (column == 0)


def test_gaps_and_accuracies_are_the_dots():
    figure = overfitting.gaps({"a": 0.1, "b": 0.0}, {"a": 0.9, "b": 0.6}, names=["b"])
    assert list(figure.axes[0].lines[0].get_xdata()) == [0.1, 0.0]
    assert list(figure.axes[0].lines[0].get_ydata()) == [0.9, 0.6]
    assert texts(figure.axes[0]) == ["b"]


def test_the_gap_lies_between_the_two_accuracies():
    train, held_out = [summarise([1.0, 1.0])] * 2, [summarise([0.8, 0.9]), summarise([0.9, 0.96])]
    figure = overfitting.gap_by_size([100, 300], train, held_out)
    corners = figure.axes[0].collections[-1].get_paths()[0].vertices
    assert corners[:, 1].min() == pytest.approx(0.85) and corners[:, 1].max() == 1.0
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["100", "300"]
