"""The live plot of fit: it grows in one image, keeps out of the way, and never stops a training."""

from mnist_lab.training import History, Score, fit
from mnist_lab.widgets import live
from mnist_lab.widgets.live import LiveCurves

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


@pytest.fixture
def clock(monkeypatch):
    """A clock that only the test moves."""
    times = [0.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: times[0])
    return times


def trained(curves, *, num_epochs=2):
    torch.manual_seed(0)
    images, labels = torch.randn(24, 1, 28, 28), torch.arange(24) % 10
    loader = DataLoader(TensorDataset(images, labels), batch_size=8)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    return fit(
        model, loader, loader, optimizer, num_epochs=num_epochs,
        after_batch=[curves.after_batch], after_epoch=[curves.after_epoch],
    )  # fmt: skip


def test_the_curves_hold_what_fit_saw():
    curves = LiveCurves(num_steps=6)
    history = trained(curves)
    assert len(curves.running) == 6
    assert curves.running[2] == (history.train_loss[0], history.train_accuracy[0])
    assert [steps for steps, *_ in curves.epochs] == [3, 6]
    assert curves.epochs[-1][1:] == (history.validation_loss[-1], history.validation_accuracy[-1])
    assert "After epoch 2: validation loss" in curves.screen.words


def test_the_picture_changes_in_one_image(clock):
    curves = LiveCurves(num_steps=4)
    pictures = []
    for step in range(4):
        clock[0] += 10
        curves.after_batch(2.0 - 0.1 * step, 0.1 * step)
        pictures.append(bytes(curves.screen.image.value))
    assert len(set(pictures)) == 4


def test_it_draws_seldom_so_that_the_training_goes_on(clock):
    curves = LiveCurves(num_steps=100)
    curves.after_batch(2.0, 0.1)
    first = bytes(curves.screen.image.value)
    for _ in range(20):
        clock[0] += live.PAUSE / 50
        curves.after_batch(1.0, 0.5)
    assert bytes(curves.screen.image.value) == first
    clock[0] += live.PAUSE
    curves.after_batch(1.0, 0.5)
    assert bytes(curves.screen.image.value) != first


def test_an_error_is_said_and_the_training_goes_on(monkeypatch):
    curves = LiveCurves(num_steps=6)

    def broken(*args, **options):
        raise RuntimeError("no ink")

    monkeypatch.setattr(live, "growing_curves", broken)
    assert len(trained(curves)) == 2
    assert "RuntimeError: no ink" in curves.screen.line.value


def test_it_never_ends_the_training():
    history = History()
    history.append(Score(1.0, 0.5), Score(1.0, 0.5))
    assert LiveCurves().after_epoch(history) is None


def test_without_ipywidgets_the_progress_bar_is_all(no_live_widgets, capsys):
    curves = LiveCurves(num_steps=6)
    trained(curves)
    assert curves.screen.png == b""
    assert "epoch  2" in capsys.readouterr().out


def test_it_is_displayed_once_and_empty_so_that_a_stored_notebook_keeps_only_the_lines(monkeypatch):
    displayed = []
    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda shown: displayed.append(shown._repr_mimebundle_()))
    curves = LiveCurves(num_steps=6)
    trained(curves)
    assert len(displayed) == 1
    assert "image/png" not in displayed[0][0]
    assert "image/png" in curves._repr_mimebundle_()[0]
