"""The browser of feature maps: each map is the layer's own, and the model stays as it was."""

from mnist_lab.models import SimpleCNN
from mnist_lab.plots import explored
from mnist_lab.widgets.map_browser import feature_map_browser
from mnist_lab.widgets.shown import as_png

import pytest
import torch
from widget_inputs import digits, small_model


def test_the_maps_are_the_layers_own():
    model, images = small_model(), digits()
    model.train()
    widget = feature_map_browser({"new": model}, images[:, None], digit=1, layer=2)
    maps = model[2](model[1](model[0](images[1][None, None])))[0].detach()
    figure = explored.layer_output(
        images[1], maps, name="4 maps of 2 × 2", title="new: what layer 3, 2, makes of digit 1"
    )
    assert widget.screen.png == as_png(figure)
    assert model.training
    widget.controls["layer"].value = 4
    assert "10 numbers" in widget.screen.words


def test_a_browser_needs_a_model_that_takes_the_images():
    for models in ({}, small_model()):
        with pytest.raises(ValueError, match=r"expected a dict of name: model, such as .*, but got"):
            feature_map_browser(models, digits())
    with pytest.raises(ValueError, match="Layer has no option 9"):
        feature_map_browser({"new": small_model()}, digits(), layer=9)


def test_network_of_the_lesson_fits_the_browser():
    widget = feature_map_browser({"new": SimpleCNN()}, digits(1), layer=4)
    assert "layer 5 (relu, ReLU): 64 maps of 12 × 12" in widget.screen.words


def test_thousands_of_numbers_are_drawn_as_one_shape_that_shows_each():
    numbers = torch.zeros(2304)
    numbers[1000] = 5.0
    axes = explored.layer_output(digits()[0], numbers, name="2304 numbers").axes[1]
    (shape,) = axes.collections
    corners = shape.get_paths()[0].vertices
    assert not axes.patches and axes.get_ylim()[0] == 0, "a patch for each takes a second"
    assert {x for x, y in corners.tolist() if y == 5.0} == {999.5, 1000.5}
    bars = explored.layer_output(digits()[0], numbers[995:1005], name="10 numbers").axes[1].patches
    assert [bar.get_height() for bar in bars] == numbers[995:1005].tolist()
