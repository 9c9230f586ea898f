"""What all widgets share: the picture in place, the words, errors said, the still, controls with labels."""

import base64
import io
import subprocess
import sys

from mnist_lab.plots import new_figure
from mnist_lab.widgets.explorer import Choice, Explorer, Slider
from mnist_lab.widgets.shown import Screen, as_png, as_sentence

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
    shown = explorer()
    assert shown.screen.png == as_png(bars(1)) == bytes(shown.screen.image.value)
    assert shown.screen.words == "The second bar is 1 high and black."


def test_a_moved_control_replaces_the_picture_in_the_same_image():
    shown = explorer()
    image, before = shown.screen.image, bytes(shown.screen.image.value)
    shown.controls["height"].value = 2
    assert shown.screen.image is image
    assert bytes(image.value) == as_png(bars(2)) != before
    shown.controls["colour"].value = "orange"
    assert bytes(image.value) == as_png(bars(2, "orange"))
    assert "2 high and orange" in shown.screen.line.value
    assert image.tooltip == shown.screen.words


def test_an_image_with_a_tooltip_has_the_description_that_its_front_end_asks_for():
    state = Screen().image.get_state()
    assert state["description"] == ""  # without it ipywidgets 8.1 shows a script error for a picture


def test_an_error_in_a_callback_is_said_and_the_picture_stays_faded_until_the_next():
    shown = explorer()
    shown.controls["height"].value = 2
    before = bytes(shown.screen.image.value)
    shown.controls["height"].value = 3
    assert "Three is a bad height; choose another." in shown.screen.line.value
    assert "picture is the one from before" in shown.screen.line.value
    assert 'role="alert"' in shown.screen.line.value
    assert bytes(shown.screen.image.value) == before
    assert "mnist-lab-old" in shown.screen.image._dom_classes
    shown.controls["height"].value = 4
    assert "KeyError: &#x27;nothing here&#x27;" in shown.screen.line.value
    shown.controls["height"].value = 5
    assert "alert" not in shown.screen.line.value
    assert "mnist-lab-old" not in shown.screen.image._dom_classes


def test_an_error_in_the_first_picture_is_raised_in_the_cell():
    def draw(height, colour):
        raise ValueError("The cell gave nonsense.")

    with pytest.raises(ValueError, match="The cell gave nonsense"):
        explorer(draw)


def test_an_interrupt_is_not_taken_for_an_error():
    with pytest.raises(KeyboardInterrupt), Screen().says_errors():
        raise KeyboardInterrupt


def test_words_are_escaped():
    screen = Screen()
    screen.show(bars(1), "a < b & <script>")
    assert "a &lt; b &amp; &lt;script&gt;" in screen.line.value


def test_sentences_of_errors():
    assert as_sentence(ValueError("Choose another.")) == "Choose another."
    assert as_sentence(KeyError("a")) == "KeyError: 'a'"
    assert as_sentence(ValueError()) == "ValueError"
    assert as_sentence(RuntimeError()) == "RuntimeError"


def test_a_notebook_gets_the_view_a_still_a_text_and_the_text_of_the_picture():
    shown = explorer()
    data, metadata = DisplayFormatter().format(shown)
    assert set(data) == {VIEW, "image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]) == shown.screen.png
    assert data["text/plain"].startswith("Bars: The second bar is 1 high and black.\nMove them. ")
    assert "JupyterLab" in data["text/plain"]
    assert metadata == {"image/png": {"alt": "Bars: The second bar is 1 high and black."}}


def test_without_ipywidgets_there_is_the_still_and_the_text(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    shown = explorer()
    data, _ = DisplayFormatter().format(shown)
    assert set(data) == {"image/png", "text/plain"}
    assert shown.view is None
    assert Image.open(io.BytesIO(shown.screen.png)).format == "PNG"
    assert shown.screen.png == as_png(bars(1))


def test_controls_have_whole_labels_and_are_standard_ones_that_the_keyboard_reaches():
    shown = explorer()
    for control, label in zip(shown.controls.values(), ("Height", "Colour of the bars"), strict=True):
        assert control.description == label
        assert control.style.description_width == "initial"  # as wide as the label
        assert control._view_module == "@jupyter-widgets/controls"
        assert not control.disabled
        assert control.tabbable is not False
    assert "mnist-lab-colour" in shown.controls["colour"]._dom_classes
    assert {"mnist-lab-widget", "mnist-lab-bars"} <= set(shown.view._dom_classes)


def test_first_values_outside_the_controls_are_refused():
    with pytest.raises(ValueError, match="Height goes from 0 to 5, but got 6; choose one in between"):
        Explorer(bars, {"height": Slider("Height", 0, 5, 6)}, name="", css="", how="")
    with pytest.raises(ValueError, match="Colour has no option 'red'; choose one of dark, light"):
        Choice("Colour", {"dark": 1, "light": 2}, 1).check("red")


def test_nothing_is_imported_from_ipywidgets_at_the_door():
    doors = "mnist_lab.widgets.explorer, mnist_lab.widgets.live"
    code = f"import sys, {doors}; sys.exit('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
