"""A picture that follows its controls: in place, with words and errors, a still, controls with labels."""

import base64
import io
import subprocess
import sys

from mnist_lab.plots import new_figure
from mnist_lab.widgets.explorer import Choice, Explorer, Slider
from mnist_lab.widgets.shown import as_png

import pytest
from IPython.core.formatters import DisplayFormatter
from PIL import Image

VIEW = "application/vnd.jupyter.widget-view+json"


def bars(height, colour="black"):
    figure, axes = new_figure(width=2, height=1)
    axes.bar([0, 1], [1, height], color=colour)
    return figure


def explorer(draw=None, **options):
    def draw_bars(height, colour):
        if height == 3:
            raise ValueError("Three is a bad height; choose another.")
        if height == 4:
            return {}["nothing here"]
        return bars(height, colour), f"The second bar is {height} high and {colour}."

    controls = {
        "height": Slider("Height", 0, 5, 1),
        "colour": Choice("Colour of the bars", {"dark": "black", "light": "orange"}, "black"),
    }
    return Explorer(draw or draw_bars, controls, name="Bars", css="bars", how="Move them.", **options)


def test_the_first_picture_is_the_figure_of_the_function():
    widget = explorer()
    assert widget.screen.png == as_png(bars(1)) == bytes(widget.screen.image.value)
    assert widget.screen.words == "The second bar is 1 high and black."


def test_a_moved_control_replaces_the_picture_in_the_same_image():
    widget = explorer()
    image, before = widget.screen.image, bytes(widget.screen.image.value)
    widget.controls["height"].value = 2
    assert widget.screen.image is image
    assert bytes(image.value) == as_png(bars(2)) != before
    widget.controls["colour"].value = "orange"
    assert bytes(image.value) == as_png(bars(2, "orange"))
    assert "2 high and orange" in widget.screen.line.value
    assert image.tooltip == widget.screen.words


def test_an_error_in_a_callback_is_said_and_the_picture_stays_faded_until_the_next():
    widget = explorer()
    widget.controls["height"].value = 2
    before = bytes(widget.screen.image.value)
    widget.controls["height"].value = 3
    assert "Three is a bad height; choose another." in widget.screen.line.value
    assert "picture is the one from before" in widget.screen.line.value
    assert 'role="alert"' in widget.screen.line.value
    assert bytes(widget.screen.image.value) == before
    assert "mnist-lab-old" in widget.screen.image._dom_classes
    widget.controls["height"].value = 4
    assert "KeyError: &#x27;nothing here&#x27;" in widget.screen.line.value
    widget.controls["height"].value = 5
    assert "alert" not in widget.screen.line.value
    assert "mnist-lab-old" not in widget.screen.image._dom_classes


def test_an_error_in_the_first_picture_is_raised_in_the_cell():
    def draw(height, colour):
        raise ValueError("The cell gave nonsense.")

    with pytest.raises(ValueError, match="The cell gave nonsense"):
        explorer(draw)


def test_a_notebook_gets_the_view_a_still_a_text_and_the_text_of_the_picture():
    widget = explorer()
    data, metadata = DisplayFormatter().format(widget)
    assert set(data) == {VIEW, "image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]) == widget.screen.png
    assert data["text/plain"].startswith("Bars: The second bar is 1 high and black.\nMove them. ")
    assert "JupyterLab" in data["text/plain"]
    assert metadata == {"image/png": {"alt": "Bars: The second bar is 1 high and black."}}


def test_without_ipywidgets_there_is_the_still_and_the_text(no_live_widgets):
    widget = explorer()
    data, _ = DisplayFormatter().format(widget)
    assert set(data) == {"image/png", "text/plain"}
    assert widget.view is None
    assert Image.open(io.BytesIO(widget.screen.png)).format == "PNG"
    assert widget.screen.png == as_png(bars(1))


def test_controls_have_whole_labels_and_are_standard_ones_that_the_keyboard_reaches():
    widget = explorer()
    for control, label in zip(widget.controls.values(), ("Height", "Colour of the bars"), strict=True):
        assert control.description == label
        assert control.style.description_width == "initial"  # as wide as the label
        assert control._view_module == "@jupyter-widgets/controls"
        assert not control.disabled
        assert control.tabbable is not False
    assert "mnist-lab-colour" in widget.controls["colour"]._dom_classes
    assert {"mnist-lab-widget", "mnist-lab-bars"} <= set(widget.view._dom_classes)


def test_first_values_outside_the_controls_are_refused():
    with pytest.raises(ValueError, match="Height goes from 0 to 5, but got 6; choose one in between"):
        Explorer(bars, {"height": Slider("Height", 0, 5, 6)}, name="", css="", how="")
    with pytest.raises(ValueError, match="Colour has no option 'red'; choose one of dark, light"):
        Choice("Colour", {"dark": 1, "light": 2}, 1).check("red")


def test_nothing_is_imported_from_ipywidgets_at_the_door():
    doors = "mnist_lab.widgets.explorer, mnist_lab.widgets.live"
    code = f"import sys, {doors}; sys.exit('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
