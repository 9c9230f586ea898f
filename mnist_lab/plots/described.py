"""A Figure in words, for those who cannot see it: its title, its axes, and what each panel shows."""

import re
from functools import partial
from textwrap import shorten

import numpy as np
from matplotlib.category import StrCategoryFormatter
from matplotlib.container import BarContainer
from matplotlib.patches import Polygon
from matplotlib.ticker import FixedLocator, PercentFormatter

LONGEST = 250  # characters: whoever listens cannot skip within a description
MOST = 60  # words on a picture that are read out
FEW = 4  # values that are told one by one; of more only the ends, the lowest and the highest


def described(figure):
    """Return what a Figure shows, in one paragraph of at most LONGEST characters.

    It is read off titles, axis labels, legends, texts and data. The label of an Axes, which is not drawn,
    says what its pictures are, or what its drawing shows.
    """
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    panels = [_Panel(axes) for axes in panels if axes.has_data() or axes.texts]
    title = figure.get_suptitle() or (panels[0].axes.get_title() if len(panels) == 1 else "")
    end = "" if title[-1:] in ("", "?") else "."
    for brief in (False, True):
        text = f"{title}{end} {'; '.join(_pieces(panels, brief=brief))}."
        text = re.sub(r"\s+", " ", text.replace("$", "")).strip()
        if len(text) <= LONGEST:
            break
    return shorten(text, LONGEST, placeholder=" …")


def _pieces(panels, *, brief):
    """Yield what is drawn, of what over what, and then panel by panel what it shows."""
    head = " and ".join(dict.fromkeys(panel.kind for panel in panels)).capitalize()
    of, over = ({panel.labels[which] for panel in panels} - {""} for which in (0, 1))
    head += "".join(f" of {label}" for label in of if len(of) == 1)
    head += "".join(f" over {label}" for label in over if len(over) == 1)
    head += f", {len(panels)} panels: " if len(panels) > 1 else ": "
    for panel in panels:
        names = [panel.axes.get_title() * (len(panels) > 1), panel.labels[0] * (len(of) > 1)]
        name = ", ".join(filter(None, names))
        for piece in panel.told(brief=brief):
            yield f"{head}{name}{': ' if name and piece else ''}{piece}"
            head = name = ""


class _Panel:
    """One Axes, and what of it is told: kind, labels (of values, of places), and told()."""

    def __init__(self, axes):
        self.axes = axes
        self.bars = [group for group in axes.containers if isinstance(group, BarContainer)]
        self.errors = [group for group in axes.containers if not isinstance(group, BarContainer)]
        self.outlines = [patch for patch in axes.patches if type(patch) is Polygon]
        lies = bool(_names(axes.yaxis) and not _names(axes.xaxis))
        self.lies = self.bars[0].orientation == "horizontal" if self.bars else lies  # values run to the right
        self.values, self.places = (axes.yaxis, axes.xaxis)[:: -1 if self.lies else 1]
        self.labels = self.values.get_label_text(), self.places.get_label_text()
        if axes.images and not len(axes.get_xticks()):  # what stands beside a bare picture names it
            self.labels = " ".join(filter(None, self.labels)), ""

    @property
    def kind(self):
        if self.axes.images or self.axes.get_label():
            return "picture" if self.axes.images else "drawing"
        drawn = any(line.get_linestyle() != "None" and len(line.get_xdata()) > 2 for line in self.axes.lines)
        kinds = {"bars": self.bars, "lines": drawn or self.outlines, "dots": self.axes.lines, "drawing": True}
        return next(kind for kind, is_there in kinds.items() if is_there)

    def told(self, *, brief):
        """Yield what is shown, piece by piece."""
        series = [] if self.axes.images or self.axes.get_label() else self.series()
        form = "{0} {1}" if _names(self.places) else "{1} at {0}"
        for name, points, is_line in series:
            said = [(self.place(x), _value(self.values, y), y) for x, y in points if np.isfinite(y)]
            yield f"{f'{name}: ' if name else ''}{_summary(said, form, is_line=is_line, brief=brief)}"
        if not series:
            yield self.picture(brief=brief)

    def place(self, number, axis=None):
        """Return the nearest tick where ticks have names or stand under bars, else the number."""
        axis = axis or self.places
        names = _names(axis)
        if not names and self.bars and isinstance(axis.get_major_locator(), FixedLocator):
            names = {place: f"{place:g}" for place in axis.get_ticklocs()} or {0: ""}
        return names[min(names, key=lambda place: abs(place - number))] if names else _value(axis, number)

    def picture(self, *, brief):
        """Return its label and the words on it; without any, or on a table of numbers, its range."""
        axes, label = self.axes, _plain(self.axes.get_label())
        weights = {text.get_weight() for text in axes.texts if axes.images}
        bold = "bold" if len(weights) > 1 else None
        words = [text.get_text() + " (bold)" * (text.get_weight() == bold) for text in axes.texts]
        words += [patch.get_label() for patch in axes.patches if not patch.get_label().startswith("_")]
        words = [_plain(" ".join(text.split())) for text in words if text]
        numbers = np.ma.masked_invalid(axes.images[0].get_array() if axes.images else [])
        is_table = len(words) == numbers.size > 36 or bool(axes.images and _names(axes.xaxis))
        if axes.images and not label and (is_table or not words):
            low, high, size = numbers.min(), numbers.max(), " × ".join(map(str, numbers.shape))
            if np.ma.is_masked(high):
                return f"{size}, all empty"
            row, column = np.argwhere(numbers == high)[0][:2]
            at = f" at {self.place(row, axes.yaxis)}, {self.place(column, axes.xaxis)}" if is_table else ""
            range_of = f"{size}, from {low:.3g} to {high:.3g}{at}"
            return _plain(f"highest {high:.3g}{at}" * is_table if brief else range_of)
        words = words if len(words) <= MOST and (axes.images or not label) else []
        told = ("; " if any("," in text for text in words) else ", ").join(words)
        room = 150 if axes.images else LONGEST
        return shorten("; ".join(filter(None, [label, told])), room, placeholder=" …")

    def series(self):
        """Return [(name, [(place, value)], whether a line)], with dots joined that look the same.

        What the legend leaves out counts where it names nothing at all; then it is one series.
        """
        names = {group[0]: group.get_label() for group in self.errors}
        left_out = {cap for group in self.errors for cap in group[1]}
        found = [(patch.get_label(), patch.get_xy(), True, patch) for patch in self.outlines]
        for line in self.axes.lines:
            points = list(zip(*line.get_data(orig=False)[:: -1 if self.lies else 1], strict=True))
            style, look = line.get_linestyle(), (line.get_color(), line.get_marker())
            is_guide = (style == ":" and len(points) < 3) or line.get_transform() != self.axes.transData
            if line not in left_out and not is_guide:
                found.append((names.get(line, line.get_label()), points, style != "None", look))
        for bars in self.bars:
            middles = [bar.get_center()[int(self.lies)] for bar in bars]
            points = list(zip(middles, bars.datavalues, strict=True))
            found.append((bars.get_label(), points, False, bars[0].get_facecolor()))
        named = [(name, list(points), *more) for name, points, *more in found if name[:1] != "_"]
        for name, points, *kind in found:
            for _, own, *own_kind in named if name[:1] == "_" else []:
                own.extend(points if kind == own_kind and not kind[0] else [])
        rest = [point for _, points, *_ in found for point in points]
        whole = [("", rest, len(found) == 1 and found[0][2])] if rest else []
        return [it[:3] for it in named] or whole


def _summary(said, form, *, is_line, brief):
    """Tell (place, words, value): few one by one; of a line its ends; of all the lowest and the highest."""
    if len({place for place, _, _ in said}) == len(said) <= FEW and not is_line:
        return ", ".join(form.format(*it) if it[0] else it[1] for it in said) or "none"
    low, high = (choose(said, key=lambda it: it[2]) for choose in (min, max))
    if low[1] == high[1]:
        return f"{low[1]} throughout"
    ends = (said[0][1], said[-1][1]) if is_line else ()
    extremes = (
        [] if brief and is_line else [("highest", high)] if brief else [("lowest", low), ("highest", high)]
    )
    told = [f"{word} {words} at {place}" for word, (place, words, _) in extremes if words not in ends]
    return ", ".join([" to ".join(ends)] * is_line + told)


def _ticks(axis):
    """Return {place: words} of an axis whose ticks were given words, else {}."""
    places, formatter = axis.get_ticklocs(), axis.get_major_formatter()
    is_given = isinstance(getattr(formatter, "func", formatter), partial | StrCategoryFormatter)
    return dict(zip(places, formatter.format_ticks(places), strict=True)) if is_given else {}


def _names(axis):
    """Return the ticks of an axis of names; an axis on which one number of several has a name is none."""
    ticks = _ticks(axis)
    return ticks if 2 * sum(words != f"{place:g}" for place, words in ticks.items()) > len(ticks) else {}


def _value(axis, number):
    formatter = axis.get_major_formatter()
    if isinstance(formatter, PercentFormatter):
        text = f"{100 * number / formatter.xmax:.1f}{'%' if formatter.symbol else ''}"
    else:
        text = f"{number:,.0f}" if 1000 <= abs(number) < 1e9 else f"{number:.3g}"
    return _ticks(axis).get(number) or _plain(text)


def _plain(text):
    """Text with real minus signs, and none before 0."""
    return re.sub(r"(?<!\w)-(?=[\d.])|(?<=\de)-", "−", re.sub(r"(?<!\w)-(?=0(\.0)?\b(?!\.))", "", text))
