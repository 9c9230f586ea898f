"""What holds for each widget of a lesson: labelled controls that change its picture, and a still."""

from mnist_lab.lesson import recorded
from mnist_lab.widgets.convolution_explorer import convolution_explorer
from mnist_lab.widgets.map_browser import feature_map_browser
from mnist_lab.widgets.one_batch import watch_one_batch
from mnist_lab.widgets.stored import grid_explorer, landscape_explorer
from mnist_lab.widgets.transforms import transform_playground

import pytest
import torch
from widget_inputs import KERNELS, LEVELS, digits, small_model, table

IMAGES = digits()
WIDGETS = {
    "convolution": lambda: convolution_explorer(IMAGES, KERNELS),
    "maps": lambda: feature_map_browser({"new": small_model(), "other": small_model()}, IMAGES),
    "transforms": lambda: transform_playground(IMAGES),
    "step": lambda: watch_one_batch(small_model(), IMAGES[:, None], torch.tensor([3, 1, 4, 1]), num_steps=3),
    "grid": lambda: grid_explorer(recorded("overfitting")),
    "landscape": lambda: landscape_explorer(table(), LEVELS),
}


def moved(control):
    """Return another value than the one that a control has."""
    if hasattr(control, "options"):
        values = [option[1] if isinstance(option, tuple) else option for option in control.options]
        return next(value for value in values if value != control.value)
    return control.value + 1 if control.value < control.max else control.min


@pytest.mark.slow
@pytest.mark.parametrize("name", WIDGETS)
def test_each_control_changes_the_picture_and_is_labelled(name):
    widget = WIDGETS[name]()
    for key, control in widget.controls.items():
        before = widget.screen.png
        # two networks that are alike, and a strength of 0, would rightly change nothing
        control.value = moved(control)
        assert 'role="status"' in widget.screen.line.value, widget.screen.words
        assert widget.screen.png != before, key
        assert control.description
        assert control.style.description_width == "initial"
    assert f"mnist-lab-{name}" in widget.view._dom_classes


@pytest.mark.slow
@pytest.mark.parametrize("name", WIDGETS)
def test_without_ipywidgets_every_widget_is_a_picture_and_a_text(name, no_live_widgets):
    data, _ = WIDGETS[name]()._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
