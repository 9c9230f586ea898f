"""What a network gets wrong, and how sure it is, in pictures."""

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, RED, SKY, new_figure

import numpy as np
from matplotlib.ticker import PercentFormatter

PERCENT = PercentFormatter(1, decimals=0)
STYLES = ((BLUE, "o-"), (ORANGE, "s--"), (GREEN, "^-."))


def small_figure(**options):
    """Return a figure and its axes as new_figure does, with fewer pixels: the lesson has many pictures."""
    figure, axes = new_figure(**options)
    figure.set_dpi(80)
    return figure, axes


def shares(rows, *, xlabel, title=""):
    """Return a Figure of a share in [0, 1] for each name: rows is a dict of name: (share, error, n)."""
    figure, axes = small_figure(height=1.0 + 0.36 * len(rows))
    for place, (share, error, number) in enumerate(rows.values()):
        axes.errorbar(share, place, xerr=error, fmt="o", color=BLUE, capsize=4)
        axes.text(share, place - 0.2, f"{share:.1%} of {number:,}", fontsize=8, ha="center", va="bottom")
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set(xlabel=xlabel, ylim=(len(rows) - 0.6, -0.8))
    axes.margins(x=0.12)
    axes.xaxis.set_major_formatter(PERCENT)
    axes.set_title(title, fontsize=11)
    return figure


def reliability_diagram(diagrams, *, title=""):
    """Return a Figure of accuracy over confidence, a column for each name, with the counts below.

    diagrams is a dict of name: (analysis.calibration.ReliabilityBins, intervals), the intervals of
    accuracy (B, 2) or None. The diagonal is where confidence and accuracy are equal.
    """
    figure, panels = small_figure(
        height=3.9, rows=2, columns=len(diagrams), squeeze=False, sharex=True, height_ratios=(3, 1)
    )
    for top, bottom, (name, (bins, intervals)) in zip(*panels, diagrams.items(), strict=True):
        draw_dots(top, bins, intervals)
        middles = (np.asarray(bins.edges)[:-1] + np.asarray(bins.edges)[1:]) / 2
        bars = bottom.bar(middles, np.asarray(bins.counts), width=0.9 / len(middles), color=SKY)
        bottom.bar_label(bars, [f"{count:,}" if count else "" for count in bins.counts], fontsize=8)
        bottom.set(xlabel="confidence: how sure it was", yscale="symlog", yticks=[])
        bottom.margins(y=0.35)
        top.set_title(name, fontsize=10)
        for axis in (top.xaxis, top.yaxis, bottom.xaxis):
            axis.set_major_formatter(PERCENT)
    panels[0][0].set_ylabel("accuracy in the bin")
    panels[1][0].set_ylabel("answers\n(log)")
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=8, ncols=2, loc="outside lower center")
    figure.suptitle(title, fontsize=11)
    return figure


def draw_dots(axes, bins, intervals):
    """Draw the upper part of a reliability diagram: a dot, its distance and its interval for each bin."""
    confidence, accuracy = np.asarray(bins.confidence), np.asarray(bins.accuracy)
    axes.plot([0, 1], [0, 1], ":", color=GREY, label="calibrated")
    axes.vlines(confidence, confidence, accuracy, color=RED, linewidth=3, alpha=0.4, label="distance")
    if intervals is not None:
        low, high = np.asarray(intervals).T
        axes.vlines(confidence, low, high, color=BLUE, label="bootstrap interval")
    axes.plot(confidence, accuracy, "o", color=BLUE, label="share that was right")
    axes.set(xlim=(0, 1.03), ylim=(-0.02, 1.04))


def temperature_curve(temperatures, losses, *, chosen, title=""):
    """Return a Figure of the loss over the temperature, with the chosen one marked."""
    figure, axes = small_figure(height=2.5)
    axes.plot(temperatures, losses, ".-", color=BLUE)
    axes.axvline(1, color=GREY, linestyle=":", label="as trained: 1")
    axes.axvline(chosen, color=ORANGE, linestyle="--", label="least loss")
    axes.set(xlabel="temperature", ylabel="validation loss (nats)")
    axes.legend(fontsize=8)
    axes.set_title(title, fontsize=11)
    return figure


def own_reliability(made, *, title=""):
    """Return a Figure of a reader's predictions: made is a dict of percent: (right, made).

    Each bar is one standard error of a share of that many.
    """
    figure, axes = small_figure(width=4.6, height=3.0)
    axes.plot([0.4, 1], [0.4, 1], ":", color=GREY, label="calibrated")
    for percent, (right, number) in made.items():
        share = (right + 1) / (number + 2)  # a share of 0 or 1 has an error, too (Laplace)
        error = (share * (1 - share) / (number + 3)) ** 0.5
        axes.errorbar(percent / 100, right / number, yerr=error, fmt="o", color=BLUE, capsize=4)
        place = (percent / 100 + 0.015, right / number)
        axes.annotate(f"{right} of {number}", place, fontsize=8, va="center")
    axes.set(xlabel="how sure", ylabel="share that was right", xlim=(0.4, 1.02), ylim=(-0.05, 1.08))
    axes.xaxis.set_major_formatter(PERCENT)
    axes.yaxis.set_major_formatter(PERCENT)
    axes.legend(fontsize=8, loc="lower right")
    axes.set_title(title, fontsize=11)
    return figure


def confidence_histogram(confidences, *, title=""):
    """Return a Figure of how sure a network was: for each name the share of its answers in each tenth."""
    figure, axes = small_figure(height=2.7)
    edges = np.linspace(0, 1, 11)
    for (name, values), (colour, style) in zip(confidences.items(), STYLES, strict=False):
        values = np.asarray(values)
        weights = np.full(len(values), 1 / len(values))
        look = {"color": colour, "linestyle": style[1:], "linewidth": 1.8, "histtype": "step"}
        axes.hist(values, edges, weights=weights, label=f"{name} ({len(values):,})", **look)
    axes.set(xlabel="confidence: how sure it was", ylabel="share of the answers", xlim=(0, 1))
    axes.xaxis.set_major_formatter(PERCENT)
    axes.yaxis.set_major_formatter(PERCENT)
    axes.legend(fontsize=8, loc="upper left")
    axes.set_title(title, fontsize=11)
    return figure
