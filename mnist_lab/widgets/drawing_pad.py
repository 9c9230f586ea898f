"""A pad to draw a digit on, with mouse, pen or finger, that is read while it is drawn."""

from contextlib import suppress
from math import isfinite
from time import monotonic

from mnist_lab.data.strokes import CANVAS
from mnist_lab.handwriting.photo import open_photo, read_photo
from mnist_lab.lesson.boxes import live_widgets
from mnist_lab.plots.handwriting import photo_with_answers
from mnist_lab.ranges import check_number
from mnist_lab.widgets.drawing_controls import button_rows, make_canvas
from mnist_lab.widgets.drawing_examples import EXAMPLES
from mnist_lab.widgets.drawing_ink import PEN
from mnist_lab.widgets.drawing_reading import check_model, digits_in_words, read_image, read_strokes
from mnist_lab.widgets.shown import Shown

PAUSE = 0.1  # seconds at least between two readings of a stroke that is being drawn
NO_CANVAS = (
    "There is no canvas, because ipycanvas is not installed: make run installs it, or pip install ipycanvas; "
    "then restart JupyterLab. The stored drawings work without it."
)


class DrawingPad(Shown):
    """A canvas, what the network gets of the drawing, and the ten probabilities.

    model takes images (N, 1, 28, 28) normalised with mean and std; without one, the stored network
    reads. strokes, lists of (x, y) on 280 by 280 pixels, is what stands on the canvas: at first what is
    given, or else a 3. reading is what was read in it. saliency adds a map of the pixels that matter.
    found is None, or after take_photo the digits in the photo, a list of handwriting.photo.Found.
    """

    def __init__(self, model=None, *, strokes=None, mean=0.5, std=0.5, saliency=False):
        super().__init__(
            "Drawing pad", how="Draw a digit with the mouse, a pen or a finger (this needs ipycanvas, too)."
        )
        check_number("std", std, 1e-6, advice="0.5 is the lessons' value")
        self.model, self.scale, self.saliency = check_model(model), {"mean": mean, "std": std}, saliency
        self.strokes = check_strokes(EXAMPLES["3"] if strokes is None else strokes)
        self.canvas = self.reading = self.found = None
        self.is_down, self.next_reading = False, 0.0
        self.read()
        with suppress(ImportError):
            self.view = self._live()

    def read(self):
        """Read what is drawn, and show it."""
        self.reading = self.found = None
        self.reading = read_strokes(self.model, self.strokes, **self.scale, with_saliency=self.saliency)
        unfinished = self.is_down and self.reading.answer is None
        words = "Nothing to read yet: draw on." if unfinished else self.reading.words
        self.screen.show(self.reading.figure(with_saliency=self.saliency), words)
        self.next_reading = monotonic() + PAUSE

    def take_photo(self, source):
        """Read the digits in a photo, a path, bytes, an open file or a PIL image, and show them.

        The drawing stays: the next stroke, Undo or Clear brings it back.
        """
        self.found = []
        with self.screen.says_errors():
            photo = open_photo(source)
            self.found = read_photo(photo, self.model, **self.scale)
            if len(self.found) == 1:
                image = self.found[0].image
                self.reading = read_image(self.model, image, **self.scale, with_saliency=self.saliency)
                self.screen.show(self.reading.figure(with_saliency=self.saliency), self.reading.words)
            else:
                self.reading = None
                shares = [each.probabilities.max() for each in self.found]
                words = digits_in_words([each.answer for each in self.found], shares)
                self.screen.show(photo_with_answers(photo, self.found), words)

    def down(self, x, y):
        """Put the pen down."""
        with self.screen.says_errors():
            self.is_down = True
            self.strokes.append([(x, y)])
            self._ink_dot(x, y)

    def move(self, x, y):
        """Draw on to a place while the pen is down; read if the last reading is long enough ago."""
        with self.screen.says_errors():
            if self.is_down:
                self._draw_on(x, y)
                if monotonic() >= self.next_reading:
                    self.read()

    def up(self, *place):
        """Lift the pen, at a place or where it is, and read."""
        with self.screen.says_errors():
            if self.is_down:
                self.is_down = False
                if place:
                    self._draw_on(*place)
                self.read()

    def undo(self, button=None):
        """Take the last stroke back, or a photo."""
        self._replace(self.strokes if self.found is not None else self.strokes[:-1])

    def clear(self, button=None):
        """Take all strokes back, or a photo."""
        self._replace(self.strokes if self.found is not None else [])

    def take(self, name):
        """Put a stored drawing on the canvas."""
        with self.screen.says_errors():
            self._replace(find_example(name))

    def _replace(self, strokes):
        with self.screen.says_errors():
            self.is_down, self.strokes = False, check_strokes(strokes)
            self._redraw()
            self.read()

    def _draw_on(self, x, y):
        start, end = self.strokes[-1][-1], (x, y)
        if end != start:
            self.strokes[-1].append(end)
            if self.canvas is not None:
                self.canvas.stroke_line(*start, *end)

    def _ink_dot(self, x, y):
        if self.canvas is not None:
            self.canvas.fill_circle(x, y, PEN / 2)

    def _redraw(self):
        if self.canvas is None:
            return
        from ipycanvas import hold_canvas

        with hold_canvas():
            self.canvas.fill_style = "black"
            self.canvas.fill_rect(0, 0, CANVAS, CANVAS)
            self.canvas.fill_style = self.canvas.stroke_style = "white"
            self.canvas.line_width, self.canvas.line_cap, self.canvas.line_join = PEN, "round", "round"
            for stroke in self.strokes:
                self._ink_dot(*stroke[0])
                if len(stroke) > 1:
                    self.canvas.stroke_lines(stroke)

    def _live(self):
        """Return the outermost widget: buttons, canvas, picture, words, stored drawings."""
        ipywidgets = live_widgets()
        actions, stored = button_rows(self)
        with suppress(ImportError):
            self.canvas = make_canvas(self, before=actions.children[-1], after=stored.children[1])
        self._redraw()
        surface = self.canvas or ipywidgets.HTML(NO_CANVAS, layout={"width": f"{CANVAS}px"})
        wrap = {"flex_flow": "row wrap", "align_items": "center", "grid_gap": "12px"}
        both = ipywidgets.Box([surface, self.screen.image], layout=wrap)
        view = ipywidgets.VBox([actions, both, self.screen.line, stored])
        view.add_class("mnist-lab-widget")
        view.add_class("mnist-lab-pad")
        return view


def find_example(name):
    """Return the strokes of a stored drawing, or raise ValueError naming those that exist."""
    if name not in EXAMPLES:
        raise ValueError(f"There is no stored drawing {name!r}; choose one of {', '.join(EXAMPLES)}.")
    return EXAMPLES[name]


def check_strokes(strokes):
    """Return a copy of strokes as lists of pairs, without empty ones, or raise ValueError."""
    try:
        drawn = [[(x, y) for x, y in stroke] for stroke in strokes if len(stroke)]
        if not all(isfinite(number) for stroke in drawn for point in stroke for number in point):
            raise ValueError("A point needs two finite numbers.")
        return drawn
    except (TypeError, ValueError) as error:
        raise ValueError(
            "A drawing is a list of strokes, and a stroke a list of points (x, y), such as "
            f"[[(140, 40), (140, 240)]], but got {strokes!r}."
        ) from error
