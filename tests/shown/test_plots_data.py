"""The figures of lesson 02 show the numbers they are given."""

from mnist_lab.plots import data as plots

import pytest
import torch
from figures import by_label, spans, texts, y

IMAGES = torch.arange(6.0).reshape(6, 1, 1).expand(6, 28, 28)


def test_histograms_share_one_scale_and_sum_to_one():
    forms = {"raw": IMAGES * 50, "scaled": IMAGES / 5}
    figure = plots.pixel_histograms(forms, title="two forms")
    assert len(figure.axes) == 2
    for axes, name in zip(figure.axes, forms, strict=True):
        assert axes.get_title() == name and axes.get_xlabel() == "pixel value"
        assert sum(bar.get_height() for bar in axes.patches) == pytest.approx(1)
    assert "share" in figure.axes[0].get_ylabel()


def test_histogram_of_one_form():
    assert len(plots.pixel_histograms({"only": IMAGES}).axes) == 1


def test_accuracy_dots_draw_every_run():
    results = {"SGD": {"a": [0.1, 0.9], "b": [0.5]}, "Adam": {"a": [0.8], "b": [0.85]}}
    (axes,) = plots.accuracy_dots(results, title="t", xlabel="form").axes
    assert y(axes, "SGD") == [10, 90, 50] and y(axes, "Adam") == [80, 85]
    assert texts(axes.get_xticklabels()) == ["a", "b"]
    assert axes.get_xlabel() == "form" and "%" in axes.get_ylabel()


def test_class_counts_are_counts():
    (axes,) = plots.class_counts({"one": torch.tensor([0, 0, 9]), "other": [3]}).axes
    heights = {name: [bar.get_height() for bar in bars] for name, bars in by_label(axes.containers).items()}
    assert heights == {"one": [2, 0, 0, 0, 0, 0, 0, 0, 0, 1], "other": [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]}
    assert axes.get_ylabel() == "images"


def test_accuracy_bars_carry_their_errors():
    results = {
        "honest": {"validation": (0.9, 0.01), "test": (0.88, 0.02)},
        "leaky": {"validation": (1.0, 0.0), "test": (0.93, 0.01)},
    }
    (axes,) = plots.accuracy_bars(results).axes
    bars = by_label(axes.containers)
    validation, test = bars["validation"], bars["test"]
    assert [bar.get_height() for bar in validation] == pytest.approx([90, 100])
    assert [bar.get_height() for bar in test] == pytest.approx([88, 93])
    assert spans(test.errorbar, axis=1)[0] == pytest.approx((86, 90))


def test_speed_bars_print_the_speeds():
    (axes,) = plots.speed_bars({"slow": 8_000.4, "fast": 2_000_000}).axes
    assert [bar.get_width() for bar in axes.patches] == [8_000.4, 2_000_000]
    assert texts(axes.texts) == ["8,000", "2,000,000"]
    assert axes.get_xscale() == "log" and "per second" in axes.get_xlabel()


def test_transform_grid_places_every_image():
    rows = {"before": IMAGES[:3], "after": [image[None] for image in IMAGES[3:]]}
    figure = plots.transform_grid(rows, titles="abc", limits=(0, 10), title="t")
    (axes,) = figure.axes
    picture = axes.images[0].get_array()
    assert picture.shape == (2 * 30 - 2, 3 * 30 - 2)
    for i in range(6):
        top, left = i // 3 * 30, i % 3 * 30
        assert (picture[top : top + 28, left : left + 28] == i).all()
    assert axes.images[0].get_clim() == (0, 10)
    assert texts(axes.get_yticklabels()) == ["before", "after"]
    assert texts(axes.get_xticklabels()) == ["a", "b", "c"]


def test_byte_boxes_name_their_fields():
    (axes,) = plots.byte_boxes([0, 8, 3, 255], {"zero": 1, "type": 1, "axes": 2}).axes
    assert texts(axes.texts) == ["0", "zero", "8", "type", "3", "255", "axes"]
