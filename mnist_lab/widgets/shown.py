"""What all widgets share: one picture replaced in place, words beneath it, errors said, a still for print."""

import base64
import html
import io
import sys
from contextlib import contextmanager, suppress

from mnist_lab.lesson.boxes import live_widgets

DPI = 80
RIGHT, WRONG = "#808080", "#d55e00"
LINE = (
    '<style>.mnist-lab-old{{opacity:.35}}</style><div role="{role}" style="border-left:4px solid {colour};'
    'padding:.1em .7em;margin:.2em 0;max-width:46rem;line-height:1.4;white-space:pre-line">{words}</div>'
)


def as_png(figure, *, dpi=None):
    """Return a Figure as the bytes of a PNG file, by default as sharp as the kernel was told to draw."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi or told_dpi() or DPI)
    return file.getvalue()


def told_dpi():
    """Return the dots an inch that this kernel's figures are to have, or None if that is left to each."""
    inline = getattr(sys.modules.get("matplotlib_inline.config"), "InlineBackend", None)
    if inline is None or not inline.initialized():
        return None
    return inline.instance().print_figure_kwargs.get("dpi")


def as_sentence(error):
    """Return what an exception says, with its kind before it where the words alone would be a riddle."""
    kind, words = type(error).__name__, str(error).strip()
    return words if isinstance(error, ValueError) and words else f"{kind}: {words}".rstrip(": ")


def name_it(widget, words):
    """Give a widget that has no description the words that a screen reader calls it."""
    import traitlets

    # the front end (ipywidgets 8.1) looks for a description wherever there is a tooltip
    widget.add_traits(description=traitlets.Unicode("").tag(sync=True))
    widget.tooltip = words


class Screen:
    """One picture that is replaced in place, and the words beneath it.

    png and words are what it shows now; image and line are the ipywidgets that show them, both None
    without ipywidgets 8.
    """

    def __init__(self):
        self.png, self.words = b"", ""
        self.image = self.line = None
        with suppress(ImportError):
            ipywidgets = live_widgets()
            self.image = ipywidgets.Image(format="png", layout={"max_width": "100%", "width": "max-content"})
            name_it(self.image, "")
            self.line = ipywidgets.HTML()
            self.image.add_class("mnist-lab-picture")
            self.line.add_class("mnist-lab-words")

    def show(self, figure, words):
        """Replace the picture by a Figure, and say in words what it shows."""
        self.png, self.words = as_png(figure), words
        if self.image is not None:
            self.image.value = self.png
            self.image.tooltip = words  # what a screen reader calls it
            self.image.remove_class("mnist-lab-old")
            self.line.value = LINE.format(role="status", colour=RIGHT, words=html.escape(words))

    def fail(self, error):
        """Say an error in words; the picture from before stays, faded."""
        words = f"{as_sentence(error)}\nThe picture is the one from before."
        self.words = words
        if self.image is not None:
            self.image.add_class("mnist-lab-old")
            self.line.value = LINE.format(role="alert", colour=WRONG, words=html.escape(words))

    @contextmanager
    def says_errors(self):
        """Run a callback's block; an error ends up beneath the picture, in words."""
        try:
            yield
        except Exception as error:
            self.fail(error)


class Shown:
    """A widget as notebooks show it: live where there is a front end, else its picture, else its text.

    name is what it is called, how the sentence that says what it does when live. screen is its Screen,
    view the ipywidget with everything in it, or None without ipywidgets 8.
    """

    view = None

    def __init__(self, name, *, how):
        self.name, self.how, self.screen = name, how, Screen()

    def __repr__(self):
        return (
            f"{self.name}: {self.screen.words}\n{self.how} It is live in JupyterLab, with ipywidgets "
            "installed and after running its cell; anywhere else this is its picture."
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {} if self.view is None else dict(self.view._repr_mimebundle_())
        bundle["text/plain"] = repr(self)
        if self.screen.png:
            bundle["image/png"] = base64.b64encode(self.screen.png).decode()
        return bundle, {"image/png": {"alt": f"{self.name}: {self.screen.words}"}}
