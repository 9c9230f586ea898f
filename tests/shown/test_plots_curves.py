"""curves: what is drawn is what was given."""

import math

from mnist_lab.evidence import summarise
from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, RED, curves
from mnist_lab.training import History, Score

import numpy as np
import pytest
from figures import lines, of_colour, point, spans, texts, y
from matplotlib.colors import to_hex

HISTORY = History([1.0, 0.4, 0.2], [0.6, 0.9, 0.95], [0.5, 0.3, 0.25], [0.88, 0.92, 0.94])


def test_a_descent_lies_on_its_curve():
    paths = {"good": [1.0, 1.8, 2.3], "too far": [1.0, 6.0, -2.0]}
    figure = curves.descent(lambda w: (2 * w - 6) ** 2, paths, minimum=3)
    for axes, (name, path) in zip(figure.axes, paths.items(), strict=True):
        assert axes.get_title() == name
        steps = lines(axes)["steps"]
        np.testing.assert_allclose(steps.get_xdata(), path)
        np.testing.assert_allclose(steps.get_ydata(), [(2 * w - 6) ** 2 for w in path])
        (curve,) = of_colour(axes.lines, GREY)
        weights = curve.get_xdata()
        assert weights.min() < -2.0 and weights.max() > 6.0, "every panel shows all the paths"
        assert weights.mean() == pytest.approx(3)


def test_softmax_in_three_panels():
    figure = curves.softmax_steps([1.0, 2.0, -1.0], label=0)
    heights = [[bar.get_height() for bar in axes.patches] for axes in figure.axes]
    np.testing.assert_allclose(heights[0], [1, 2, -1])
    np.testing.assert_allclose(heights[1], [math.e, math.e**2, 1 / math.e])
    np.testing.assert_allclose(heights[2], np.array(heights[1]) / sum(heights[1]))
    for axes in figure.axes:
        colours = [to_hex(bar.get_facecolor()) for bar in axes.patches]
        assert colours[0] != colours[1] == colours[2]


def test_the_clueless_point():
    (axes,) = curves.loss_of_probability(num_classes=4).axes
    (curve,), (clueless,) = of_colour(axes.lines, BLUE), of_colour(axes.lines, RED)
    np.testing.assert_allclose(curve.get_ydata(), -np.log(curve.get_xdata()))
    assert point(clueless) == pytest.approx((0.25, math.log(4)))
    (words,) = texts(axes.texts)
    assert "ln 4" in words


def test_lines_by_step():
    (axes,) = curves.by_step(
        {"with": [3.0, 2.0, 1.0], "without": [3.0, 4.0, 2.0]},
        ylabel="weight",
        reference=("best", 2.5),
    ).axes
    assert y(axes, "with") == [3.0, 2.0, 1.0] and y(axes, "without") == [3.0, 4.0, 2.0]
    assert set(y(axes, "best")) == {2.5}
    styles = {line.get_linestyle() for line in axes.lines}
    assert len(styles) == 3, "told apart without colour"


def test_bars_say_their_number():
    (axes,) = curves.accuracy_bars({"chance": 0.1, "1-NN": 0.929}, title="Baselines").axes
    assert [bar.get_width() for bar in axes.patches] == [0.1, 0.929]
    assert texts(axes.texts) == ["10.0%", "92.9%"]
    assert texts(axes.get_yticklabels()) == ["chance", "1-NN"]


def test_learning_curves_beside_a_baseline():
    rescored = [Score(0.6, 0.8), Score(0.3, 0.93), Score(0.1, 0.97)]
    figure = curves.learning_curves(HISTORY, rescored=rescored, baseline=("1-NN", 0.93))
    loss, accuracy = figure.axes
    assert list(lines(loss)["validation"].get_xdata()) == [1, 2, 3]
    assert y(loss, "training, running") == HISTORY.train_loss
    assert y(loss, "validation") == HISTORY.validation_loss
    assert y(loss, "training, re-scored") == [0.6, 0.3, 0.1]
    assert y(accuracy, "training, running") == HISTORY.train_accuracy
    assert y(accuracy, "validation") == HISTORY.validation_accuracy
    assert y(accuracy, "training, re-scored") == [0.8, 0.93, 0.97]
    assert set(y(accuracy, "1-NN")) == {0.93} and "1-NN" not in lines(loss)
    assert len({line.get_linestyle() for line in accuracy.lines}) == 4


def test_learning_curves_without_extras():
    loss, accuracy = curves.learning_curves(HISTORY).axes
    assert set(lines(loss)) == set(lines(accuracy)) == {"training, running", "validation"}


def test_learning_curves_of_nothing():
    with pytest.raises(ValueError, match=r"no epochs; expected at least one\. Train with fit first"):
        curves.learning_curves(History())


def test_a_confusion_matrix_counts_true_down_and_answer_across():
    counts = np.array([[5, 2, 0], [0, 7, 0], [1, 0, 9]])
    (axes,) = curves.confusion_matrix(counts, title="Which?").axes
    written = {text.get_position(): text for text in axes.texts}
    assert {place: int(text.get_text()) for place, text in written.items()} == {
        (column, row): counts[row, column] for row in range(3) for column in range(3)
    }
    bold = {place for place, text in written.items() if text.get_fontweight() == "bold"}
    assert bold == {(1, 0), (0, 2)}, "the mistakes, and no right answer"
    assert "answer" in axes.get_xlabel() and "writer" in axes.get_ylabel()
    shade = np.ma.filled(axes.images[0].get_array().astype(float), np.nan)
    np.testing.assert_array_equal(np.isfinite(shade), [[0, 1, 0], [0, 0, 0], [1, 0, 0]])


def test_the_spread_of_seeds():
    accuracies = [0.95, 0.96, 0.98]
    summary = summarise(accuracies)
    (axes,) = curves.seed_spread(accuracies, summary, floor=0.004, title="Three").axes
    (seeds,) = of_colour(axes.lines, BLUE)
    assert list(seeds.get_xdata()) == accuracies
    for colour, half in ((ORANGE, summary.std), (GREEN, 0.004)):
        (bar,) = of_colour(axes.containers, colour)
        assert spans(bar) == [pytest.approx((summary.mean - half, summary.mean + half))]


def test_loss_panels_share_one_scale():
    losses = {"A": [2.3, 1.0], "B": [2.3, 20.0]}
    figure = curves.loss_panels(losses, reference=("ln 10", 2.3))
    assert [axes.get_title() for axes in figure.axes] == ["A", "B"]
    for axes, values in zip(figure.axes, losses.values(), strict=True):
        (curve,) = of_colour(axes.lines, BLUE)
        assert list(curve.get_ydata()) == values
        assert axes.get_yscale() == "log" and axes.get_ylim() == figure.axes[0].get_ylim()
        assert y(axes, "ln 10") == [2.3, 2.3]
