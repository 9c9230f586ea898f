"""Searches and luck in pictures: what two searches tried, what they cost, lucky seeds and leads by luck."""

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, RED, new_figure

import numpy as np
from matplotlib.ticker import MultipleLocator, PercentFormatter

PERCENT = PercentFormatter(1, decimals=0)
POINTS = PercentFormatter(1, decimals=1, symbol="")
STYLES = tuple(zip((BLUE, RED, GREEN, ORANGE, PINK), "os^Dv", ("-", "--", "-.", ":", "-"), strict=True))


def two_searches(searches, levels, *, title=""):
    """Return a Figure of the runs of each search over two knobs, and the levels that it tried of the first.

    searches is a dict of name: list of (place of the level of the first, of the second); levels is a
    dict of the two knobs: list of levels. Runs at one place are drawn side by side.
    """
    (across, first), (down, second) = levels.items()
    figure, panels = new_figure(height=2.7, columns=len(searches), sharey=True, squeeze=False)
    noise = np.random.default_rng(0)
    for axes, (name, runs) in zip(panels[0], searches.items(), strict=True):
        places = np.array(runs).T + noise.uniform(-0.2, 0.2, (2, len(runs)))
        axes.plot(*places, "o", color=BLUE, markersize=4)
        axes.set_label(f"{len(runs)} runs")
        tried = sorted({column for column, _ in runs})
        axes.plot(tried, [-0.7] * len(tried), "|", color=RED, markersize=12, mew=3)
        axes.set_xticks(range(len(first)), [f"{level:g}" for level in first], rotation=90, fontsize=8)
        axes.set(xlabel=across, xlim=(-0.5, len(first) - 0.5), ylim=(-1, len(second) - 0.5))
        axes.set_title(f"{name}: {across} at {len(tried)} levels", fontsize=10)
    panels[0][0].set_yticks(range(len(second)), [f"{level:g}" for level in second])
    panels[0][0].set(ylabel=down)
    figure.suptitle(title, fontsize=11)
    return figure


def by_price(searches, *, title=""):
    """Return a Figure of what searches found over what they cost, a line for each kind in a dict.

    searches is a dict of kind: {epochs: accuracies of the chosen runs}. A mark is their mean, and the bar
    leaves out a tenth of them at either end.
    """
    figure, axes = new_figure(height=2.8)
    for (kind, row), (colour, mark, style) in zip(searches.items(), STYLES, strict=False):
        means = [np.mean(found) for found in row.values()]
        axes.plot(list(row), means, color=colour, marker=mark, linestyle=style, label=kind)
        low, high = np.transpose([np.quantile(found, (0.1, 0.9)) for found in row.values()])
        axes.vlines(list(row), low, high, color=colour, linewidth=3, alpha=0.4)
    every = sorted({epochs for row in searches.values() for epochs in row})
    axes.set(xscale="log", xlabel="epochs of training, all runs together (log scale)")
    axes.set(ylabel="held-out accuracy\nof the chosen run")
    axes.set_xticks(every, [str(epochs) for epochs in every])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(PERCENT)
    axes.legend(fontsize=8, loc="lower right")
    axes.set_title(title, fontsize=11)
    return figure


def lucky_seeds(validation, test, lucky, *, title=""):
    """Return a Figure of a dot a seed, test over validation accuracy, both means, and the lucky ones.

    lucky holds the places of the seeds to be marked.
    """
    figure, axes = new_figure(width=5.5, height=3.2)
    axes.axvline(np.mean(validation), color=GREY, linestyle=":", label="mean of the seeds")
    axes.axhline(np.mean(test), color=GREY, linestyle=":")
    axes.plot(validation, test, "o", color=BLUE, alpha=0.7, label="one seed each")
    best = [[values[i] for i in lucky] for values in (validation, test)]
    axes.plot(*best, "D", color=RED, markersize=9, mfc="none", mew=2, label="luckiest on validation")
    axes.set(xlabel="validation accuracy", ylabel="test accuracy")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=1))
    axes.legend(fontsize=8, loc="lower right")
    axes.set_title(title, fontsize=11)
    return figure


def leads(tickets, validation, test, *, title=""):
    """Return a Figure of the mean lead of the luckiest of so many seeds, on validation and on test.

    tickets counts the seeds drawn; validation and test hold a mean lead for each, in [0, 1].
    """
    figure, axes = new_figure(height=2.8)
    axes.plot(tickets, validation, "o-", color=BLUE, label="on validation, where it was chosen")
    axes.plot(tickets, test, "s--", color=ORANGE, label="on test")
    axes.axhline(0, color=GREY, linestyle=":", label="mean of all seeds")
    axes.set(xlabel="seeds drawn, the luckiest kept", ylabel="lead over the mean (points)", xticks=tickets)
    axes.yaxis.set_major_locator(MultipleLocator(0.005))
    axes.yaxis.set_major_formatter(POINTS)
    axes.legend(fontsize=8)
    axes.set_title(title, fontsize=11)
    return figure
