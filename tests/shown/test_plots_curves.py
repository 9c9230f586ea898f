"""curves: what is drawn is what was given."""

import math

from mnist_lab.evidence import sampling_floor, summarise
from mnist_lab.plots import curves
from mnist_lab.training import History, Score

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

HISTORY = History([1.0, 0.4, 0.2], [0.6, 0.9, 0.95], [0.5, 0.3, 0.25], [0.88, 0.92, 0.94])


def texts(axes):
    return [text.get_text() for text in axes.texts]


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def y(axes, label):
    return list(lines(axes)[label].get_ydata())


def all_figures():
    summary = summarise([0.95, 0.96, 0.97])
    floor = sampling_floor(0.96, 500)
    return [
        curves.descent(lambda w: (w - 3) ** 2, {"a": [1.0, 2.0]}, minimum=3, title="t"),
        curves.softmax_steps([1.0, 2.0, -1.0], label=0),
        curves.loss_of_probability(),
        curves.by_step({"a": [2.3, 2.0]}, ylabel="loss (nats)", reference=("ln 10", 2.3), title="t"),
        curves.loss_panels({"A": [2.3, 2.0], "B": [2.3, 9.0]}, reference=("ln 10", 2.3), title="t"),
        curves.accuracy_bars({"chance": 0.1, "1-NN": 0.93}, title="t"),
        curves.learning_curves(HISTORY),
        curves.confusion_matrix(np.eye(10, dtype=int)),
        curves.seed_spread([0.95, 0.96, 0.97], summary, floor=floor, title="t"),
    ]


def test_every_figure_is_labelled_and_can_be_drawn():
    for figure in all_figures():
        assert isinstance(figure, Figure)
        figure.canvas.draw()
        assert all(axes.get_xlabel() for axes in figure.axes)
        assert figure.axes[0].get_title() or figure.get_suptitle()
        assert any(axes.get_ylabel() or axes.get_yticklabels() for axes in figure.axes)


def test_a_descent_lies_on_its_curve():
    paths = {"good": [1.0, 1.8, 2.3], "too far": [1.0, 6.0, -2.0]}
    figure = curves.descent(lambda w: (2 * w - 6) ** 2, paths, minimum=3)
    for axes, (name, path) in zip(figure.axes, paths.items(), strict=True):
        assert axes.get_title() == name
        steps = lines(axes)["steps"]
        np.testing.assert_allclose(steps.get_xdata(), path)
        np.testing.assert_allclose(steps.get_ydata(), [(2 * w - 6) ** 2 for w in path])
        curve = axes.lines[0].get_xdata()
        assert curve.min() < -2.0 and curve.max() > 6.0, "every panel shows all the paths"
        assert curve.mean() == pytest.approx(3)


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
    curve, point = axes.lines
    np.testing.assert_allclose(curve.get_ydata(), -np.log(curve.get_xdata()))
    assert (point.get_xdata()[0], point.get_ydata()[0]) == pytest.approx((0.25, math.log(4)))
    assert "ln 4" in texts(axes)[0]


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
    assert texts(axes) == ["10.0%", "92.9%"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["chance", "1-NN"]


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
    assert list(axes.lines[0].get_xdata()) == accuracies
    spans = [bars.get_segments()[0][:, 0] for bars in axes.collections]
    half_widths = [(right - left) / 2 for left, right in spans]
    np.testing.assert_allclose(half_widths, [summary.std, 0.004])
    np.testing.assert_allclose([span.mean() for span in spans], summary.mean)


def test_loss_panels_share_one_scale():
    losses = {"A": [2.3, 1.0], "B": [2.3, 20.0]}
    figure = curves.loss_panels(losses, reference=("ln 10", 2.3))
    assert [axes.get_title() for axes in figure.axes] == ["A", "B"]
    for axes, values in zip(figure.axes, losses.values(), strict=True):
        assert list(axes.lines[0].get_ydata()) == values
        assert axes.get_yscale() == "log" and axes.get_ylim() == figure.axes[0].get_ylim()
        assert y(axes, "ln 10") == [2.3, 2.3]
