"""What the tests of pictures share: the words on one, and which line, bar or dot is which."""

import io

from matplotlib.colors import to_hex, to_rgba
from matplotlib.container import Container
from matplotlib.figure import Figure


def png(figure):
    """Draw a Figure; return the bytes, without the metadata that names Matplotlib's version."""
    assert isinstance(figure, Figure)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def texts(labels):
    """The words of some texts, such as axes.texts, tick labels or the texts of a legend."""
    return [label.get_text() for label in labels]


def panels(figure):
    """The axes of a figure by their titles; those without one, such as colour bars, are left out."""
    return {axes.get_title(): axes for axes in figure.axes if axes.get_title()}


def by_label(artists):
    """Some lines, bars or containers by their labels, of which no two may be alike."""
    named = [artist for artist in artists if not artist.get_label().startswith("_")]
    result = {artist.get_label(): artist for artist in named}
    assert len(result) == len(named), "two artists bear one label"
    return result


def lines(axes):
    return by_label(axes.lines)


def y(axes, label):
    """The heights of the line of that label."""
    return list(lines(axes)[label].get_ydata())


def point(line):
    """Where a line begins: the place of a line that is one mark."""
    return tuple(line.get_xydata()[0])


def of_colour(artists, colour):
    """Those of some lines, bars or error bars that have that colour."""
    return [artist for artist in artists if to_hex(colour_of(artist)) == to_hex(colour)]


def colour_of(artist):
    if isinstance(artist, Container):
        artist = artist.lines[0]
    return artist.get_color() if hasattr(artist, "get_color") else artist.get_facecolor()


def marked(axes, *marks):
    """The lines that are drawn with one of these marks."""
    return [line for line in axes.lines if line.get_marker() in marks]


def is_filled(line):
    """Whether a mark is filled, and no ring."""
    face = line.get_markerfacecolor()
    return face != "none" and to_rgba(face) != to_rgba("white")


def rings(axes):
    return [line for line in marked(axes, "o") if not is_filled(line)]


def spans(container, axis=0):
    """The two ends of each error bar of a container: from left to right, or with axis=1 from below."""
    return [tuple(segment[:, axis]) for segment in container.lines[2][0].get_segments()]


def places(axes):
    """Where each word on an axes stands."""
    return {text.get_text(): text.get_position() for text in axes.texts}


def framed(axes):
    """The words on an axes that stand in a frame."""
    return texts(text for text in axes.texts if text.get_bbox_patch())
