"""The drawing pad: what it refuses to read, and what its canvas and buttons do."""

import base64
import sys
from itertools import pairwise

from mnist_lab.handwriting.reader import load_reader
from mnist_lab.widgets import drawing_pad as drawing
from mnist_lab.widgets.drawing_examples import EXAMPLES, FIVE_IN_A_CORNER
from mnist_lab.widgets.drawing_pad import DrawingPad

import ipywidgets
import pytest
from drawings import scaled
from torch import nn

ZIGZAG = [[(30 + 11 * i, 20 if i % 2 else 260) for i in range(21)]]


@pytest.fixture(scope="module")
def reader():
    return load_reader()


@pytest.fixture
def pad(reader):
    return DrawingPad(reader)


def front_end(pad, event, **content):
    """Send what the canvas in a browser would send."""
    pad.canvas._handle_frontend_event(None, {"event": event, **content}, [])


def draw_by_mouse(pad, strokes):
    for stroke in strokes:
        for i, (x, y) in enumerate(stroke):
            front_end(pad, "mouse_move" if i else "mouse_down", x=x, y=y)
        front_end(pad, "mouse_up", x=stroke[-1][0], y=stroke[-1][1])


# What is refused

HALF_OUT = [[(x - 120, y) for x, y in stroke] for stroke in EXAMPLES["3"]]
ABOVE = [*scaled(EXAMPLES["3"], 0.4, right=80), *scaled(EXAMPLES["7"], 0.4, right=80, down=150)]
BESIDE = [*scaled(EXAMPLES["3"], 0.5), *scaled(EXAMPLES["8"], 0.5, right=120)]
CLOSE = [*scaled(EXAMPLES["3"], 0.6, right=-20, down=50), *scaled(EXAMPLES["7"], 0.6, right=70, down=50)]
REFUSED = {
    "nothing": ([], "Nothing is drawn yet"),
    "empty strokes": ([[], []], "Nothing is drawn yet"),
    "one dot": ([[(140, 140)]], "hardly more than a dot"),
    "a dot and a twitch": ([[(140, 140), (146, 150), (141, 152)]], "hardly more than a dot"),
    "cut off": (HALF_OUT, "over the edge"),
    "left by the mouse": ([[(140, 40), (200, 200), (282, 240)]], "over the edge"),
    "two beside each other": (BESIDE, "two digits"),
    "two close together": (CLOSE, "two digits"),
    "two above each other": (ABOVE, "two digits"),
    "the stored two": (EXAMPLES["two digits"], "two digits"),
    "scribble": (ZIGZAG, "more ink than any"),
    "dash": ([[(30, 140), (250, 138)]], "wider than any"),
}


@pytest.mark.parametrize(("strokes", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_digit_gets_a_sentence_and_no_answer(pad, strokes, words):
    pad._replace(strokes)
    assert words in pad.reading.words and words in pad.screen.words
    assert pad.reading.answer is None and pad.reading.probabilities is None
    assert words in pad.screen.line.value


def test_bad_strokes_are_refused():
    for strokes in ([(140, 40)], [[1, 2, 3]], 5, [[(1, 2, 3)]], [[(float("nan"), 1)]], [["ab"]]):
        with pytest.raises(ValueError, match=r"A drawing is a list of strokes, .* but got"):
            DrawingPad(strokes=strokes)


def test_what_is_no_network_is_refused():
    with pytest.raises(ValueError, match=r"expects a network, such as SimpleCNN\(\), but got a str; leave"):
        DrawingPad("model.pt")


def test_a_network_for_something_else_is_refused():
    with pytest.raises(ValueError, match=r"ten scores an image, shape \(1, 10\), but .* gave \(1, 3\)"):
        DrawingPad(nn.Sequential(nn.Flatten(), nn.Linear(784, 3)))


def test_a_stored_drawing_that_is_not_there():
    with pytest.raises(ValueError, match=r"no stored drawing '6'; choose one of 3, 5, 7, 8, letter A"):
        drawing.find_example("6")


# The pad


def test_drawing_by_mouse_ends_in_the_strokes_and_their_answer(pad):
    pad.clear()
    draw_by_mouse(pad, EXAMPLES["7"])
    assert pad.strokes == EXAMPLES["7"]
    assert pad.reading.answer == 7 and pad.screen.words.startswith("Read as 7")


def test_moving_without_a_button_draws_nothing(pad):
    before = [list(stroke) for stroke in pad.strokes]
    front_end(pad, "mouse_move", x=10, y=10)
    front_end(pad, "mouse_out", x=-3, y=10)
    assert pad.strokes == before


def test_leaving_the_canvas_lifts_the_pen_and_cuts_off(pad):
    pad.clear()
    front_end(pad, "mouse_down", x=140, y=140)
    front_end(pad, "mouse_out", x=-2, y=150)
    front_end(pad, "mouse_move", x=50, y=50)
    assert pad.strokes == [[(140, 140), (-2, 150)]]
    assert "over the edge" in pad.screen.words


def test_a_finger_draws_too(pad):
    pad.clear()
    (bar, stem) = EXAMPLES["7"]
    for stroke in (bar, stem):
        front_end(pad, "touch_start", touches=[{"x": stroke[0][0], "y": stroke[0][1]}])
        for x, y in stroke[1:]:
            front_end(pad, "touch_move", touches=[{"x": x, "y": y}, {"x": 1, "y": 1}])
        front_end(pad, "touch_end", touches=[])
    assert pad.strokes == EXAMPLES["7"] and pad.reading.answer == 7
    front_end(pad, "touch_cancel", touches=[])
    front_end(pad, "touch_start", touches=[])
    assert pad.strokes == EXAMPLES["7"]


def test_it_reads_while_drawing_but_not_more_often_than_it_should(pad, monkeypatch):
    now, times = [100.0], []
    monkeypatch.setattr(drawing, "monotonic", lambda: now[0])
    read = pad.read
    monkeypatch.setattr(pad, "read", lambda: (times.append(now[0]), read())[0])
    pad.clear()
    pad.down(60, 40)
    for i in range(40):
        now[0] += 0.02
        pad.move(60 + 2 * i, 40 + 4 * i)
    assert 4 <= len(times) <= 9  # 0.8 s, a pause of 0.1 s
    pad.up()
    assert times[-1] == now[0]
    assert all(later - earlier >= 0.09 for earlier, later in pairwise(times[:-1]))


def test_nobody_is_scolded_in_the_middle_of_a_stroke(pad, monkeypatch):
    monkeypatch.setattr(drawing, "PAUSE", 0.0)
    pad.clear()
    pad.down(40, 60)
    pad.move(240, 60)
    assert pad.screen.words == "Nothing to read yet: draw on."
    pad.up()
    assert "wider than any" in pad.screen.words


def test_undo_and_clear(pad):
    pad.take("7")
    buttons = {button.description: button for button in buttons_of(pad)}
    buttons["Undo"].click()
    assert pad.strokes == EXAMPLES["7"][:1]
    buttons["Clear"].click()
    assert pad.strokes == [] and "Nothing is drawn yet" in pad.screen.words
    buttons["Undo"].click()
    assert pad.strokes == []


def buttons_of(pad):
    return [widget for widget in walk(pad.view) if isinstance(widget, ipywidgets.Button)]


def walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_button_puts_each_stored_drawing_on_the_canvas(pad, name):
    pad.clear()
    before = pad.screen.png
    (button,) = [button for button in buttons_of(pad) if button.description == name]
    button.click()
    assert pad.strokes == EXAMPLES[name]
    assert pad.screen.png != before
    if name.isdigit():
        assert pad.reading.answer == int(name)


def test_every_button_has_words_and_a_class_of_its_own(pad):
    buttons = buttons_of(pad)
    assert len(buttons) == 2 + len(EXAMPLES)
    assert all(button.description and button.tooltip and not button.icon for button in buttons)
    names = [css for button in buttons for css in button._dom_classes]
    assert len(set(names)) == len(buttons) and {"mnist-lab-undo", "mnist-lab-take-letter-A"} <= set(names)
    assert {"mnist-lab-widget", "mnist-lab-pad"} <= set(pad.view._dom_classes)


def test_the_stored_drawings_cannot_be_changed_through_the_pad(pad):
    pad.take("3")
    pad.strokes[0].append((1, 1))
    assert (1, 1) not in EXAMPLES["3"][0]


def test_keys_on_the_canvas(pad, monkeypatch):
    focused = []
    monkeypatch.setattr(ipywidgets.DOMWidget, "focus", lambda self: focused.append(self.description))
    held = {"shift_key": False, "ctrl_key": False, "meta_key": False}
    pad.take("7")
    front_end(pad, "key_down", key="x", **held)
    assert pad.strokes == EXAMPLES["7"] and focused == []
    front_end(pad, "key_down", key="Tab", **held)
    front_end(pad, "key_down", key="Tab", **{**held, "shift_key": True})
    assert focused == ["3", "Photo"]
    order = [
        part.description
        for part in walk(pad.view)
        if isinstance(part, ipywidgets.Button | ipywidgets.FileUpload)
    ]
    assert order[:4] == ["Undo", "Clear", "Photo", "3"]
    front_end(pad, "key_down", key="Backspace", **held)
    assert pad.strokes == EXAMPLES["7"][:1]
    front_end(pad, "key_down", key="Delete", **held)
    assert pad.strokes == []


def test_the_canvas_is_as_large_as_what_is_rasterised_and_never_read_back(pad):
    layout = pad.canvas.layout
    assert (pad.canvas.width, pad.canvas.height) == (280, 280)
    assert (layout.width, layout.height) == ("280px", "280px")
    assert layout.border_top == "none", "a border would shift what the mouse reports"
    assert pad.canvas.sync_image_data is False
    assert "one digit" in pad.canvas.tooltip
    assert pad.canvas.description == "", "JupyterLab cannot show a canvas with a tooltip and no description"


def test_a_new_view_of_the_canvas_is_drawn_anew(pad, monkeypatch):
    drawn = []
    monkeypatch.setattr(type(pad.canvas), "stroke_lines", lambda self, points: drawn.append(points))
    front_end(pad, "client_ready")
    assert drawn == pad.strokes


def test_an_error_in_a_callback_is_shown_and_the_next_good_reading_takes_it_away(pad):
    class Breaks(nn.Module):
        def forward(self, images):
            raise RuntimeError("the network broke")

    good = pad.model
    pad.model = Breaks()
    draw_by_mouse(pad, [[(140, 40), (140, 240)]])
    assert "RuntimeError: the network broke" in pad.screen.line.value
    assert 'role="alert"' in pad.screen.line.value
    pad.model = good
    pad.clear()
    assert "broke" not in pad.screen.line.value and 'role="status"' in pad.screen.line.value


# Where nothing is live


def test_the_first_state_is_a_picture_in_the_mime_bundle(pad):
    bundle, metadata = pad._repr_mimebundle_()
    picture = base64.b64decode(bundle["image/png"])
    assert picture == pad.screen.png
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "Read as 3" in bundle["text/plain"] and "ipycanvas" in bundle["text/plain"]
    assert "Read as 3" in metadata["image/png"]["alt"]


def test_without_ipycanvas_the_stored_drawings_still_work(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipycanvas", None)
    pad = DrawingPad()
    assert pad.canvas is None
    assert any("pip install ipycanvas" in getattr(widget, "value", b"") for widget in texts_of(pad))
    pad.take("8")
    assert pad.reading.answer == 8
    assert "image/png" in pad._repr_mimebundle_()[0]


def texts_of(pad):
    return [widget for widget in walk(pad.view) if isinstance(widget, ipywidgets.HTML)]


def test_without_ipywidgets_there_is_the_picture_and_how_to_get_the_pad(no_live_widgets, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipycanvas", None)
    pad = DrawingPad(strokes=FIVE_IN_A_CORNER, saliency=True)
    bundle, _ = pad._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/png"}
    assert "Read as 5" in bundle["text/plain"] and "ipywidgets installed" in bundle["text/plain"]
