"""The figures of lesson 04 show the numbers they are given."""

import itertools

from mnist_lab.plots import BLUE, ORANGE
from mnist_lab.plots import devices as plots

import numpy as np
import pytest
import torch
from figures import lines, of_colour, places, texts, y


def test_two_memories_hold_what_is_in_them():
    figure = plots.two_memories({"one": ["images", "labels"], "other": ["model"], "third": []}, title="t")
    (axes,) = figure.axes
    assert texts(axes.texts) == ["one", "images", "labels", "other", "model", "third", "(empty)"]
    assert len(axes.patches) == 3 + 3 and axes.get_title() == "t"
    images, labels, model = (places(axes)[name][0] for name in ("images", "labels", "model"))
    assert images < labels < model


@pytest.mark.parametrize("num_kernels", [1, 4])
def test_work_follows_its_request_and_its_predecessor(num_kernels):
    (axes,) = plots.request_and_work(num_kernels=num_kernels).axes
    requests, work = of_colour(axes.patches, BLUE), of_colour(axes.patches, ORANGE)
    assert len(requests) == len(work) == num_kernels
    for request, kernel in zip(requests, work, strict=True):
        assert kernel.get_x() >= request.get_x() + request.get_width()
    for first, second in itertools.pairwise(work):
        assert second.get_x() >= first.get_x() + first.get_width()
    early, late = sorted(line.get_segments()[0][0][0] for line in axes.collections)
    assert requests[-1].get_x() < early < late
    assert late >= work[-1].get_x() + work[-1].get_width()


def test_run_bars_are_milliseconds_with_mean_and_median():
    (axes,) = plots.run_bars([0.009, 0.002, 0.001, 0.003, 0.005], title="t").axes
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([9, 2, 1, 3, 5])
    assert y(axes, "mean 4.00 ms") == pytest.approx([4, 4])
    assert y(axes, "median 3.00 ms") == pytest.approx([3, 3])
    assert texts(axes.get_legend().get_texts()) == ["mean 4.00 ms", "median 3.00 ms"]
    assert "ms" in axes.get_ylabel()


def test_time_by_batch_size_is_microseconds_an_image():
    seconds = {"cpu": {1: 1e-3, 10: 2e-3, 100: 1e-2}, "card": {1: 5e-4, 10: 5e-4, 100: 6e-4}}
    (axes,) = plots.time_by_batch_size(seconds).axes
    np.testing.assert_allclose(y(axes, "cpu"), [1000, 200, 100])
    np.testing.assert_allclose(y(axes, "card"), [500, 50, 6])
    assert axes.get_xscale() == axes.get_yscale() == "log" and "µs" in axes.get_ylabel()
    assert texts(axes.get_xticklabels()) == ["1", "10", "100"]


def test_drift_leaves_out_what_is_equal_and_says_so():
    differences = {"again": torch.zeros(3), "other": torch.tensor([0.0, 1e-7, 1e-6])}
    figure = plots.drift(differences, title="t")
    (axes,) = figure.axes
    assert set(lines(axes)) == {"again: no difference at any step", "other"}
    assert y(axes, "again: no difference at any step") == []
    assert list(lines(axes)["other"].get_xdata()) == [1, 2]
    np.testing.assert_allclose(y(axes, "other"), [1e-7, 1e-6], rtol=1e-5)


def test_speed_bars_carry_their_accuracy():
    rows = {"plain": (1_000.4, 0.911), "faster": (2_500.0, 0.9)}
    (axes,) = plots.speed_and_accuracy(rows, title="a machine").axes
    assert [bar.get_width() for bar in axes.patches] == [1_000.4, 2_500.0]
    assert texts(axes.texts) == ["1,000   accuracy 91.1%", "2,500   accuracy 90.0%"]
    assert axes.get_title() == "a machine" and "per second" in axes.get_xlabel()
