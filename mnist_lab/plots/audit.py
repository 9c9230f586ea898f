"""A claim and what was measured: seeds beside a number, differences with their errors, rulings."""

from mnist_lab.plots import BLUE, GREY, ORANGE, RED
from mnist_lab.plots.analysis import small_figure

import numpy as np
from matplotlib.ticker import MultipleLocator, PercentFormatter

POINTS = PercentFormatter(1, decimals=0, symbol="")  # 0.02 is written as 2, in points


def claim_and_seeds(accuracies, *, claim, floor, rounding=0.005, title=""):
    """Return a Figure of one dot a seed, its bar one sampling floor, beside the claimed accuracy.

    All values are in [0, 1]. The band holds what would have been rounded to the claim.
    """
    figure, axes = small_figure(height=1.3 + 0.24 * len(accuracies))
    axes.axvspan(claim - rounding, claim + rounding, color=ORANGE, alpha=0.3, label="claimed, as rounded")
    axes.axvline(claim, color=ORANGE)
    places = range(len(accuracies))
    axes.errorbar(accuracies, places, xerr=floor, fmt="o", color=BLUE, capsize=3, label="measured, by seed")
    axes.axvline(np.mean(accuracies), color=BLUE, linestyle=":", label="their mean")
    axes.set_yticks(places, [f"seed {seed}" for seed in places])
    axes.set(xlabel="test accuracy", ylim=(len(accuracies) - 0.4, -0.6))
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MultipleLocator(rounding))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    figure.legend(fontsize=8, loc="outside lower center", ncols=3)
    axes.set_title(title, fontsize=11)
    return figure


def best_epochs(curves, *, claimed, floor, title=""):
    """Return a Figure of validation accuracy over epochs, a line a seed with its best epoch marked.

    curves holds a list of accuracies for each seed. The bar is one sampling floor either way.
    """
    figure, axes = small_figure(height=2.8)
    values = np.asarray(curves, dtype=float)
    epochs = np.arange(1, values.shape[1] + 1)
    for number, curve in enumerate(values):
        axes.plot(epochs, curve, color=BLUE, linewidth=0.9, alpha=0.6, label=None if number else "one seed")
    best = values.argmax(axis=1)
    axes.plot(best + 1, values.max(axis=1), "*", color=RED, markersize=11, label="its best epoch")
    axes.axvline(claimed, color=ORANGE, linestyle="--", label="the epoch that was reported")
    axes.errorbar(1.5, values.max() - floor, yerr=floor, fmt="none", ecolor=GREY, capsize=4)
    axes.annotate("one floor either way", (1.65, values.max() - floor), fontsize=8, color=GREY, va="center")
    axes.set(xlabel="epochs of training", ylabel="validation accuracy", xticks=epochs)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(fontsize=8, loc="lower right")
    axes.set_title(title, fontsize=11)
    return figure


def loss_by_epoch(curves, *, title=""):
    """Return a Figure of the loss over epochs: a thin line a seed, a thick one for the mean, its lowest too.

    curves is a dict of one or two arms: a list of losses in nats for each seed.
    """
    figure, axes = small_figure(height=2.8)
    for (arm, losses), colour, mark in zip(curves.items(), (BLUE, ORANGE), "os", strict=False):
        values = np.asarray(losses, dtype=float)
        epochs, mean = np.arange(1, values.shape[1] + 1), values.mean(axis=0)
        axes.plot(epochs, values.T, color=colour, linewidth=0.7, alpha=0.5)
        axes.plot(epochs, mean, color=colour, linewidth=2.2, label=f"{arm}: mean")
        axes.plot(mean.argmin() + 1, mean.min(), mark, color=colour, markersize=8, label=f"{arm}: its lowest")
    axes.set(xlabel="epochs of training", ylabel="loss (nats)", xticks=epochs)
    axes.legend(fontsize=8, ncols=len(curves))
    axes.set_title(title, fontsize=11)
    return figure


def paired_differences(panels, *, title=""):
    """Return a Figure of paired differences, a panel a measure: dots with the margin of each alone.

    panels is a dict of axis label: {name: evidence.Comparison}, the names of the first in order. A dot is
    filled if the difference is shown. Of many that were made together, some may be hollow though their
    bar does not reach zero.
    """
    names = list(next(iter(panels.values())))
    height = 1.1 + 0.3 * len(names)
    figure, row = small_figure(height=height, columns=len(panels), sharey=True, squeeze=False)
    for axes, (label, rows) in zip(row[0], panels.items(), strict=True):
        axes.axvline(0, color=GREY, linestyle=":")
        for place, name in enumerate(names):
            draw_difference(axes, place, rows[name], BLUE)
        axes.set(xlabel=label, ylim=(len(names) - 0.5, -0.5))
        if "points" in label:
            axes.xaxis.set_major_formatter(POINTS)
    row[0][0].set_yticks(range(len(names)), names)
    figure.suptitle(title, fontsize=11)
    return figure


def cost_of_changes(arms, *, allowed, title=""):
    """Return a Figure of what each change costs in accuracy, with the margin of each alone around its dot.

    arms is a dict of arm: {change: evidence.Comparison} of lost accuracy in [0, 1] minus the loss that was
    allowed beforehand; the line stands at that loss, the axis is logarithmic beyond it, and a dot is
    filled if it is shown to lie on one side of it.
    """
    changes = list(next(iter(arms.values())))
    figure, axes = small_figure(height=1.2 + 0.36 * len(changes))
    axes.axvline(allowed, color=RED, linestyle="--", label="allowed")
    for number, (arm, rows) in enumerate(arms.items()):
        shift, look = 0.24 * (number - (len(arms) - 1) / 2), ((BLUE, ORANGE)[number], "os"[number])
        for place, change in enumerate(changes):
            label = None if place else arm
            draw_difference(axes, place + shift, rows[change], *look, label=label, line=allowed)
    axes.set_yticks(range(len(changes)), changes)
    axes.set_xscale("symlog", linthresh=allowed)
    axes.set_xticks([0, allowed / 2, allowed, 0.05, 0.1, 0.2, 0.4])
    axes.minorticks_off()
    axes.set(xlabel="test accuracy lost (points; log scale beyond the line)", ylim=(len(changes) - 0.5, -0.5))
    axes.xaxis.set_major_formatter(POINTS)
    figure.legend(fontsize=8, loc="outside lower center", ncols=1 + len(arms))
    axes.set_title(title, fontsize=11)
    return figure


def draw_difference(axes, place, comparison, colour, marker="o", label=None, line=0):
    """Draw one difference from a line, with its margin; filled if it is shown."""
    axes.errorbar(
        comparison.difference + line, place, xerr=comparison.margin, fmt=marker, color=colour,
        mfc=colour if comparison.shown else "white", capsize=3, label=label,
    )  # fmt: skip
