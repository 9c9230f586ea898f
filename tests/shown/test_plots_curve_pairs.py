"""curve_pairs: what is drawn is what was given; and the five made-up runs are what their text says."""

from mnist_lab.exercises.lesson_06.e1_which_overfit import OVERFIT, five_runs
from mnist_lab.plots.curve_pairs import curve_pairs
from mnist_lab.training import History

import pytest
from figures import y

HISTORY = History([1.0, 0.4, 0.2], [0.6, 0.9, 0.95], [0.5, 0.3, 0.25], [0.88, 0.92, 0.94])


def test_each_history_has_a_column_of_loss_and_accuracy():
    other = History([2.0, 1.0], [0.1, 0.5], [2.1, 1.5], [0.2, 0.4])
    figure = curve_pairs({"first": HISTORY, "second": other}, title="Two")
    figure.canvas.draw()
    losses, more_losses, accuracies, more_accuracies = figure.axes
    assert [losses.get_title(), more_losses.get_title()] == ["first", "second"]
    assert y(losses, "training") == HISTORY.train_loss
    assert y(losses, "validation") == HISTORY.validation_loss
    assert y(more_losses, "training") == other.train_loss
    assert y(accuracies, "validation") == HISTORY.validation_accuracy
    assert y(more_accuracies, "training") == other.train_accuracy
    assert losses.get_ylabel() == "loss (nats)" and accuracies.get_xlabel() == "epochs"
    assert losses.get_ylim() == more_losses.get_ylim() and losses.get_ylim()[0] == 0
    assert figure.get_suptitle() == "Two"


def test_no_history_is_refused():
    with pytest.raises(ValueError, match="at least one History"):
        curve_pairs({})


def test_the_five_runs_are_what_the_exercise_says():
    runs = five_runs()
    curve_pairs(runs).canvas.draw()
    for letter, run in runs.items():
        best, last = min(run.validation_loss), run.validation_loss[-1]
        assert all(0 <= share <= 1 for share in run.train_accuracy + run.validation_accuracy)
        assert run.train_loss == sorted(run.train_loss, reverse=True)
        assert (last > 1.3 * best) == (letter in OVERFIT) or letter == "E"
    thirds = [sum(runs["E"].validation_loss[i : i + 5]) for i in (5, 10, 15)]
    assert thirds == sorted(thirds, reverse=True), "E falls on the whole"
    gap = {letter: run.validation_loss[-1] - run.train_loss[-1] for letter, run in runs.items()}
    assert gap["A"] > gap["B"] > gap["C"], "B overfits in a narrower gap than A"
    assert runs["B"].validation_accuracy[-1] == max(runs["B"].validation_accuracy)
