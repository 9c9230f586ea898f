"""Knobs in pictures: range tests, batch sizes, optimizers, heat maps."""

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, RED, new_figure
from mnist_lab.ranges import check_number

import numpy as np
from matplotlib.ticker import PercentFormatter

PERCENT = PercentFormatter(1, decimals=0)
KNOBS = ("learning rate", "batch size")
STYLES = tuple(zip((BLUE, RED, GREEN, ORANGE, PINK), "os^Dv", ("-", "--", "-.", ":", "-"), strict=True))


def smooth(values, *, reach=3):
    """Return the mean of each value and up to reach neighbours on either side."""
    places = range(len(values))
    return [float(np.mean(values[max(0, i - reach) : i + reach + 1])) for i in places]


def range_tests(tests, *, reference, ring=True, title=""):
    """Return a Figure of the loss over the learning rate, a smoothed line and its dots for each name.

    tests is a dict of name: RangeTest. With ring the lowest place of each smoothed line is marked.
    reference, a (name, loss), is a dotted line.
    """
    figure, axes = new_figure(height=3.0)
    for (name, (rates, losses)), (colour, _, style) in zip(tests.items(), STYLES, strict=False):
        check_number(f"the number of steps of {name}", len(losses), 1, advice="its first loss was not finite")
        line = smooth(losses)
        lowest = int(np.argmin(line))
        axes.plot(rates, losses, ".", color=colour, alpha=0.4, markersize=4)
        axes.plot(rates, line, style, color=colour, label=f"{name}: mean of 7 steps")
        if ring:
            axes.plot(rates[lowest], line[lowest], "o", color=colour, markersize=9, mfc="white", mew=2)
    axes.axhline(reference[1], color=GREY, linestyle=":", label=reference[0])
    axes.set(xscale="log", xlabel="learning rate (log scale)", ylabel="loss of the batch (nats)")
    axes.set_ylim(0, 1.3 * reference[1])
    axes.grid(alpha=0.3)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.legend(fontsize=8, loc="lower left")
    axes.set_title(title, fontsize=11)
    return figure


def range_and_training(tests, trainings, *, ring, title=""):
    """Return a Figure of range tests above, and below them the accuracy of whole trainings at some rates.

    tests is a dict of name: RangeTest, trainings of rate: accuracies, a dot each. ring is the rate of a
    lowest loss; the band reaches from a tenth of it to a third.
    """
    figure, (above, below) = new_figure(height=4.2, rows=2, sharex=True)
    for (name, (rates, losses)), (colour, _, style) in zip(tests.items(), STYLES, strict=False):
        above.plot(rates, smooth(losses), style, color=colour, label=name)
    above.set(ylabel="loss (nats)", xscale="log")
    draw_runs(below, trainings, color=GREY)
    below.set(ylabel="validation accuracy", xlabel="learning rate (log scale)", ylim=(0, 1))
    below.yaxis.set_major_formatter(PERCENT)
    for axes in (above, below):
        axes.axvspan(ring / 10, ring / 3, color=GREEN, alpha=0.15, label="3 to 10 times lower")
        axes.axvline(ring, color=GREY, linestyle=":", label="ring")
        axes.xaxis.set_major_formatter("{x:g}")
    above.set_title("range tests: a short run each", fontsize=10)
    below.set_title("whole trainings: a dot a seed, and their mean", fontsize=10)
    above.legend(fontsize=8)
    figure.suptitle(title, fontsize=11)
    return figure


def draw_runs(axes, row, *, color):
    """Draw a dict of level: accuracies, a pale dot each, and a line through the means."""
    pairs = [(level, run) for level, runs in row.items() for run in runs]
    axes.plot(*zip(*pairs, strict=True), ".", color=color, alpha=0.4)
    axes.plot(list(row), [np.mean(runs) for runs in row.values()], "-", color=color, label="mean")


def by_level(panels, *, xlabel, ylabel="accuracy", title=""):
    """Return a Figure of the runs at each level and their means, a panel for each name in a dict.

    panels is a dict of name: {level: accuracies}, the levels on a log scale.
    """
    figure, axes_of = new_figure(height=2.8, columns=len(panels), sharey=True, squeeze=False)
    for axes, (name, row) in zip(axes_of[0], panels.items(), strict=True):
        draw_runs(axes, row, color=BLUE)
        axes.set(xscale="log", xlabel=xlabel)
        axes.set_xticks(list(row), [f"{level:,}" for level in row])
        axes.minorticks_off()
        axes.set_title(name, fontsize=10)
    axes_of[0][0].set(ylabel=ylabel)
    axes_of[0][0].yaxis.set_major_formatter(PERCENT)
    figure.suptitle(title, fontsize=11)
    return figure


def valley(height_of, paths, *, title=""):
    """Return a Figure of a valley of two weights seen from above, with a panel for each path in a dict.

    height_of takes two arrays; a path is a sequence of (w1, w2). The lowest point is at (0, 0).
    """
    figure, panels = new_figure(height=2.4, columns=len(paths), sharey=True, squeeze=False)
    points = np.concatenate([np.asarray(path, dtype=float) for path in paths.values()])
    low, high = points.min(axis=0), points.max(axis=0)
    edge = 0.1 * (high - low)
    grid = np.meshgrid(*(np.linspace(a, b, 80) for a, b in zip(low - edge, high + edge, strict=True)))
    heights = height_of(*grid)
    for axes, (name, path) in zip(panels[0], paths.items(), strict=True):
        levels = np.geomspace(heights.max() / 300, heights.max(), 9)
        axes.contour(*grid, heights, levels=levels, colors=GREY, linewidths=0.5)
        axes.plot(*np.asarray(path, dtype=float).T, "o-", color=BLUE, markersize=2.5, linewidth=1)
        axes.plot(0, 0, "*", color=RED, markersize=10)
        axes.set_label("{} steps, to {:.2g} and {:.2g}".format(len(path) - 1, *path[-1]))
        axes.set(xlabel="weight 1")
        axes.set_title(name, fontsize=10)
    panels[0][0].set(ylabel="weight 2")
    figure.suptitle(title, fontsize=11)
    return figure


def rate_lines(rows, *, chosen, title=""):
    """Return a Figure of the mean accuracy over the learning rate, a line for each name in a dict.

    rows is a dict of name: {rate: accuracies}; chosen of name: the rate to be ringed. Bars reach from the
    lowest run to the highest.
    """
    figure, axes = new_figure(height=3.4)
    for (name, row), (colour, mark, style) in zip(rows.items(), STYLES, strict=False):
        means = [np.mean(runs) for runs in row.values()]
        reach = [[m - min(runs) for m, runs in zip(means, row.values(), strict=True)],
                 [max(runs) - m for m, runs in zip(means, row.values(), strict=True)]]  # fmt: skip
        look = {"color": colour, "marker": mark, "linestyle": style, "markersize": 5, "capsize": 2}
        axes.errorbar(list(row), means, yerr=reach, label=name, **look)
        axes.plot(
            chosen[name], np.mean(row[chosen[name]]), "o", color=colour, markersize=14, mfc="none", mew=2
        )
    axes.set(xscale="log", xlabel="learning rate (log scale)", ylabel="validation accuracy", ylim=(0, 1))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter(PERCENT)
    figure.legend(fontsize=8, loc="outside lower center", ncols=len(rows))
    axes.set_title(title, fontsize=11)
    return figure


def heat_maps(maps, rates, sizes, *, names=KNOBS, decimals=1, scale=100, best=np.nanmax, title=""):
    """Return a Figure of shares by learning rate (down) and batch size (across), written in as percent.

    maps is a dict of name: rows of numbers, a panel each with colours of its own; the best number of each
    is framed. Other knobs go by their names, other numbers are written times scale; nan is a gap.
    """
    height = 1.3 + 0.32 * len(rates)
    figure, panels = new_figure(height=height, columns=len(maps), sharey=True, squeeze=False)
    for axes, (name, values) in zip(panels[0], maps.items(), strict=True):
        values = np.asarray(values, dtype=float)
        axes.imshow(values, cmap="cividis", aspect="auto")
        middle = (np.nanmin(values) + np.nanmax(values)) / 2
        for (row, column), value in np.ndenumerate(values):
            axes.text(
                column, row, "–" if np.isnan(value) else f"{scale * value:.{decimals}f}", ha="center",
                va="center", color="white" if value <= middle else "black", fontsize=8,
                bbox={"fill": False, "edgecolor": "black", "linewidth": 2} if value == best(values) else None,
            )  # fmt: skip
        axes.set_xticks(range(len(sizes)), [level_text(size) for size in sizes])
        axes.set(xlabel=names[1])
        axes.set_title(name, fontsize=10)
    panels[0][0].set_yticks(range(len(rates)), [level_text(rate) for rate in rates])
    panels[0][0].set(ylabel=names[0])
    figure.suptitle(title, fontsize=11)
    return figure


def level_text(level):
    """Return a level as it stands at an axis."""
    return f"{level:g}" if isinstance(level, int | float) and not isinstance(level, bool) else str(level)


def knob_spread(levels, accuracies, *, title=""):
    """Return a Figure with a panel for each knob: a dot for every run, and the mean at each level.

    levels is a dict of knob: list of levels; accuracies an array with one axis a knob, in that order. At the
    right of each panel stand two bars, one standard deviation up and down: of all runs, and of the means.
    """
    accuracies = np.asarray(accuracies, dtype=float)
    options = {"sharey": True, "squeeze": False, "width_ratios": [4 + len(row) for row in levels.values()]}
    figure, panels = new_figure(width=8.0, height=3.0, columns=len(levels), **options)
    shift = np.random.default_rng(0).uniform(-0.3, 0.3, accuracies.size)
    for place, (axes, (name, row)) in enumerate(zip(panels[0], levels.items(), strict=True)):
        runs = np.moveaxis(accuracies, place, 0).reshape(len(row), -1)
        across = np.repeat(np.arange(len(row)), runs.shape[1])
        axes.plot(across + shift, runs.ravel(), ".", color=GREY, markersize=2, alpha=0.4)
        axes.plot(runs.mean(axis=1), "o-", color=RED, markersize=4, label="mean")
        for right, values, color in ((0.1, accuracies, GREY), (0.6, runs.mean(axis=1), RED)):
            middle, reach = np.mean(values), np.std(values)
            axes.vlines(len(row) + right, middle - reach, middle + reach, color=color, linewidth=5)
        axes.set_xticks(range(len(row)), [f"{level:g}" for level in row], rotation=90, fontsize=8)
        axes.set_title(name.replace("_", " "), fontsize=10)
        axes.set(xlabel="level")
    panels[0][0].set(ylabel="validation accuracy")
    panels[0][0].yaxis.set_major_formatter(PERCENT)
    figure.legend(*panels[0][0].get_legend_handles_labels(), fontsize=8, loc="outside upper right")
    figure.suptitle(title, fontsize=11)
    return figure
