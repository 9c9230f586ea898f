"""Searches and luck in pictures: what two searches tried, their scores, lucky seeds and leads by luck."""

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, RED, new_figure

import numpy as np
from matplotlib.ticker import PercentFormatter

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
        tried = sorted({column for column, _ in runs})
        axes.plot(tried, [-0.7] * len(tried), "|", color=RED, markersize=12, mew=3)
        axes.set_xticks(range(len(first)), [f"{level:g}" for level in first], rotation=90, fontsize=8)
        axes.set(xlabel=across, xlim=(-0.5, len(first) - 0.5), ylim=(-1, len(second) - 0.5))
        axes.set_title(f"{name}: {across} at {len(tried)} levels", fontsize=10)
    panels[0][0].set_yticks(range(len(second)), [f"{level:g}" for level in second])
    panels[0][0].set(ylabel=down)
    figure.suptitle(title, fontsize=11)
    return figure


def search_scores(groups, *, title=""):
    """Return a Figure of how many searches ended at which accuracy, a panel for each group of a dict.

    groups is a dict of name: {kind of search: accuracies}, with the mean of each kind as a line.
    """
    figure, panels = new_figure(height=2.8, columns=len(groups), sharex=True, sharey=True, squeeze=False)
    every = [value for kinds in groups.values() for values in kinds.values() for value in values]
    edges = np.linspace(np.quantile(every, 0.01), max(every), 25)
    for axes, (name, kinds) in zip(panels[0], groups.items(), strict=True):
        for (kind, values), (colour, _, style) in zip(kinds.items(), STYLES, strict=False):
            look, inside = {"color": colour, "linestyle": style}, np.clip(values, edges[0], None)
            axes.hist(inside, edges, histtype="step", linewidth=1.6, label=kind, **look)
            axes.axvline(np.mean(values), linewidth=1, **look)
        axes.set(xlabel="held-out accuracy of the chosen run")
        axes.xaxis.set_major_formatter(PERCENT)
        axes.set_title(name, fontsize=10)
    panels[0][0].set(ylabel="searches")
    panels[0][0].legend(fontsize=8, loc="upper left")
    figure.suptitle(title, fontsize=11)
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
    axes.yaxis.set_major_formatter(POINTS)
    axes.legend(fontsize=8)
    axes.set_title(title, fontsize=11)
    return figure
