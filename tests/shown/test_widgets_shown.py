"""What all widgets share: one picture replaced in place, words beneath it, errors in words."""

from mnist_lab.plots import new_figure
from mnist_lab.widgets.shown import Screen, as_sentence

import pytest


def test_an_image_with_a_tooltip_has_the_description_that_its_front_end_asks_for():
    state = Screen().image.get_state()
    assert state["description"] == ""  # without it ipywidgets 8.1 shows a script error for a picture


def test_an_interrupt_is_not_taken_for_an_error():
    with pytest.raises(KeyboardInterrupt), Screen().says_errors():
        raise KeyboardInterrupt


def test_words_are_escaped():
    screen = Screen()
    screen.show(new_figure()[0], "a < b & <script>")
    assert "a &lt; b &amp; &lt;script&gt;" in screen.line.value


def test_sentences_of_errors():
    assert as_sentence(ValueError("Choose another.")) == "Choose another."
    assert as_sentence(KeyError("a")) == "KeyError: 'a'"
    assert as_sentence(ValueError()) == "ValueError"
    assert as_sentence(RuntimeError()) == "RuntimeError"
