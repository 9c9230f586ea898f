"""How a lesson speaks to its reader: a box in a notebook, plain text in a terminal, buttons."""

import html
import re
import sys
from contextlib import suppress

from mnist_lab.near_names import did_you_mean

# Bluish green, vermilion and grey (Okabe and Ito), told apart by colour-blind readers; the words
# say the same. The background is a veil of the colour, so that it suits light and dark themes.
COLOURS = {"right": "#009e73", "wrong": "#d55e00", "plain": "#808080"}
STYLE = (
    "border-left:4px solid {0};background:{0}1a;padding:.5em .9em;margin:.2em 0;max-width:46rem;"
    "line-height:1.45"
)


def show(text, markup, **more):
    """Display text in a terminal and markup (HTML) in a notebook; more are further mime types."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        display({"text/plain": text, "text/html": markup, **more}, raw=True)
        return
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def show_box(tone, head, *lines, fold=""):
    """Show a box: tone is "right", "wrong" or "plain", fold is HTML that only notebooks show."""
    show("\n".join([head, *indented(lines)]), box(tone, head, *map(paragraph, lines), fold))


def box(tone, head, *pieces):
    """Return a box as HTML that a screen reader announces."""
    style = STYLE.format(COLOURS[tone])
    return f'<div role="status" style="{style}"><b>{rich(head)}</b>{"".join(pieces)}</div>'


def paragraph(text):
    return f'<div style="margin-top:.3em">{rich(text)}</div>'


def fold(summary, markup):
    """Return a fold as HTML, closed, that opens with a click or the Enter key."""
    return f'<details style="margin-top:.3em"><summary>{rich(summary)}</summary>{markup}</details>'


def indented(lines):
    return [f"  {part}" for line in lines for part in line.splitlines()]


def rich(text):
    """Return text as HTML, with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def position(option, options, *, of):
    """Return the place of an option, given by its letter or its text, among {letter: text}."""
    chosen = str(option).strip().casefold()
    for place, (letter, text) in enumerate(options.items()):
        if chosen in (letter.casefold(), text.strip().casefold()):
            return place
    hint = did_you_mean(option, options.values())
    listed = ", ".join(f"{letter} ({text})" for letter, text in options.items())
    raise ValueError(f"{of} has no option {option!r}; choose one of {listed}.{hint}")


def show_choices(head, question, options, rows, react, *, folded="", how=""):
    """Show a question and rows of buttons, each {label: {button: its text on hovering}}.

    react gets the chosen places, one a row and None where nothing is chosen yet, and returns the
    sentence or box to show. Without a front end the options stand there as text; how says what
    to type there, and folded (HTML) is shown in place of the buttons. The question is an output of
    its own, so that it can still be read where a notebook is opened anew and its buttons are gone.
    """
    listed = [f"{letter}  {text}" for letter, text in options.items()]
    text = "\n".join([f"{head}. {question}", *indented(listed), *indented([how] if how else [])])
    show(text, box("plain", head, paragraph(question), *(_option(*item) for item in options.items())))
    bundle = {}
    with suppress(ImportError):
        bundle = _buttons(rows, react)
    _show_below({"text/html": box("plain", "", folded)} if folded else {}, bundle)


def _show_below(still, live):
    """Display buttons in a notebook, and what stands there in print; a terminal has had its text."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is not None and (still or live):
        display({"text/plain": "Buttons: run this cell.", **still, **live}, raw=True)


def _option(letter, text):
    return f'<div style="margin-top:.2em"><b>{letter}</b>&emsp;{rich(text)}</div>'


def live_widgets():
    """Return ipywidgets, or raise ImportError: before 8, as on Colab, it gives nothing for a bundle."""
    import ipywidgets

    if not hasattr(ipywidgets.Widget, "_repr_mimebundle_"):
        raise ImportError(f"ipywidgets is {ipywidgets.__version__}, but live widgets need 8 or newer")
    return ipywidgets


def _buttons(rows, react):
    """The mime bundle of rows of buttons that Tab and Space reach, and of the answer under them."""
    ipywidgets = live_widgets()
    answer = ipywidgets.HTML()
    toggles = [
        ipywidgets.ToggleButtons(
            options=list(buttons),
            value=None,
            description=label,
            tooltips=list(buttons.values()),
            style={"button_width": "5em", "description_width": "6em"},
        )
        for label, buttons in rows.items()
    ]

    def chosen(_):
        reply = react([toggle.index for toggle in toggles])
        answer.value = reply if reply.startswith("<") else f'<div role="status">{rich(reply)}</div>'

    for toggle in toggles:
        toggle.observe(chosen, "index")
    view = ipywidgets.VBox([*toggles, answer])
    return {kind: data for kind, data in view._repr_mimebundle_().items() if kind != "text/plain"}
