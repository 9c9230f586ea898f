"""Arrays or a History in, a Matplotlib Figure out; never show, never savefig."""

from mnist_lab.plots.described import described

import matplotlib.figure

# Okabe and Ito's palette, told apart also without red-green vision (Color Universal Design, 2008).
BLUE, ORANGE, GREEN, PINK, SKY, RED, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#666666",
)


class Figure(matplotlib.figure.Figure):
    """Matplotlib's Figure; where a notebook shows one, the output's metadata say in words what it shows."""

    def _repr_mimebundle_(self, include=None, exclude=None):
        try:
            return {}, {"image/png": {"alt": described(self)}}
        except Exception:  # of what a reader has put into it; the picture is worth more than its words
            return {}, {}


def new_figure(*, width=7.0, height=3.0, rows=1, columns=1, **options):
    """Return a Figure of that size in inches and its axes, as plt.subplots would, without pyplot's state."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)
