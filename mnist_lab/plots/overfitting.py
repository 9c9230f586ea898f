"""Overfitting in pictures: curves that part, confident mistakes, thinned layers, remedies ranked."""

from math import comb, log

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, RED, new_figure

import numpy as np
from matplotlib.ticker import PercentFormatter

UNITS = {"loss": "loss (nats)", "accuracy": "accuracy"}
PERCENT = PercentFormatter(1, decimals=0)


def parting_curves(epochs, train, held_out, *, baseline=None, title=""):
    """Return a Figure of loss and accuracy after the given epochs, on training and on held-out digits.

    train and held_out hold a Score for each of the epochs. The lowest held-out loss is marked, and
    the axis of losses ends above what follows it, so that the first losses may lie outside.
    baseline is an accuracy to stand beside, as (name, value).
    """
    lowest = min(range(len(epochs)), key=lambda i: held_out[i].loss)
    figure, panels = new_figure(columns=2, height=3.0)
    for axes, what in zip(panels, UNITS, strict=True):
        for scores, style, colour, label in (
            (train, "^-.", GREEN, "training digits, re-scored"),
            (held_out, "o-", ORANGE, "held-out digits"),
        ):
            values = [getattr(score, what) for score in scores]
            axes.plot(epochs, values, style, color=colour, markersize=4, label=label)
        axes.axvline(epochs[lowest], color=GREY, linestyle=":", label="lowest held-out loss")
        axes.set(xlabel="epochs of training", ylabel=UNITS[what])
    panels[0].set_ylim(0, 1.6 * max(score.loss for score in held_out[lowest:]))
    if baseline is not None:
        panels[1].axhline(baseline[1], color=BLUE, linestyle=(0, (1, 3)), label=baseline[0])
    panels[1].yaxis.set_major_formatter(PERCENT)
    panels[1].legend(fontsize=8)
    figure.suptitle(title, fontsize=11)
    return figure


def confident_mistakes(sure, *, title=""):
    """Return a Figure of how sure a network is of its wrong answers, a line of counts for each name.

    sure is a dict of name: probabilities in [0, 1] of the answers that were wrong.
    """
    figure, axes = new_figure(height=2.8)
    edges = np.linspace(0, 1, 11)
    for (name, values), colour, style in zip(sure.items(), (BLUE, RED), ("-", "--"), strict=True):
        values = np.asarray(values)
        label = f"{name}: {len(values):,} wrong answers"
        axes.hist(values, edges, histtype="step", color=colour, linestyle=style, linewidth=1.8, label=label)
    axes.set(xlabel="how sure the network was of its wrong answer", ylabel="wrong answers", xlim=(0, 1))
    axes.xaxis.set_major_formatter(PERCENT)
    axes.legend(fontsize=8, loc="upper left")
    axes.set_title(title, fontsize=11)
    return figure


def loss_shares(parts, *, title=""):
    """Return a Figure of stacked bars, one a name: the loss from right answers and from wrong ones.

    parts is a dict of name: (from right answers, from wrong answers), in nats a digit.
    """
    right, wrong = np.array(list(parts.values()), dtype=float).T
    figure, axes = new_figure(height=1.2 + 0.4 * len(parts))
    bars = axes.barh(list(parts), right, color=BLUE, label="from right answers")
    axes.bar_label(bars, fmt="%.2f", label_type="center", fontsize=8, color="white")
    bars = axes.barh(list(parts), wrong, left=right, color=ORANGE, hatch="//", label="from wrong answers")
    axes.bar_label(bars, [f"{share:.2f}" for share in wrong], padding=4, fontsize=8)
    axes.invert_yaxis()
    axes.set(xlabel="mean loss of all held-out digits (nats)", xlim=(0, 1.12 * (right + wrong).max()))
    figure.legend(fontsize=8, loc="outside lower center", ncols=2)
    axes.set_title(title, fontsize=11)
    return figure


def kept_counts(counts, *, num_values, rate, title=""):
    """Return a Figure of how many of num_values a dropout kept, a panel for each name in a dict.

    counts is a dict of name: one count a row. The dots are the binomial distribution, that is
    num_values independent coins.
    """
    places = np.arange(num_values + 1)
    chance = [comb(num_values, k) * (1 - rate) ** k * rate ** (num_values - k) for k in places]
    figure, panels = new_figure(height=2.6, columns=len(counts), sharey=True, squeeze=False)
    for axes, (name, values) in zip(panels[0], counts.items(), strict=True):
        share = np.bincount(np.asarray(values), minlength=num_values + 1) / len(values)
        axes.bar(places, share, width=1.0, color=BLUE, alpha=0.6, label="counted")
        axes.plot(places, chance, ".", color=ORANGE, label="independent coins")
        middle, width = num_values * (1 - rate), 4 * np.sqrt(num_values * rate * (1 - rate))
        axes.set(xlabel=f"values kept, of {num_values}", xlim=(middle - width, middle + width))
        axes.set_title(name, fontsize=10)
    panels[0][0].set(ylabel="share of the rows")
    handles, names = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, names, fontsize=8, loc="outside lower center", ncols=2)
    figure.suptitle(title, fontsize=11)
    return figure


def gap_by_size(sizes, train, held_out, *, title=""):
    """Return a Figure of training and held-out accuracy over the number of digits, the gap shaded.

    train and held_out hold an evidence.Summary for each size.
    """
    figure, axes = new_figure(height=3.0)
    for summaries, style, colour, label in (
        (train, "^-.", GREEN, "training digits, re-scored"),
        (held_out, "o-", ORANGE, "held-out digits"),
    ):
        means, spread = [s.mean for s in summaries], [s.std for s in summaries]
        axes.errorbar(sizes, means, yerr=spread, fmt=style, color=colour, capsize=3, label=label)
    low, high = [s.mean for s in held_out], [s.mean for s in train]
    axes.fill_between(sizes, low, high, color=GREY, alpha=0.15, label="the gap")
    axes.set(xscale="log", xlabel="training digits (log scale)", ylabel="accuracy")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(PERCENT)
    axes.legend(fontsize=8, loc="lower right")
    axes.set_title(title, fontsize=11)
    return figure


def ranking(accuracy, loss, *, shown, reference, title=""):
    """Return a Figure of held-out accuracy and loss of each arm: mean and standard deviation.

    accuracy and loss are dicts of arm: evidence.Summary, drawn in their order from the top. A mark
    is filled where shown[arm] = (accuracy, loss) says that the difference from the arm reference is.
    """
    figure, panels = new_figure(height=1.1 + 0.27 * len(accuracy), columns=2, sharey=True)
    for column, (axes, summaries) in enumerate(zip(panels, (accuracy, loss), strict=True)):
        axes.axvline(summaries[reference].mean, color=GREY, linestyle=":")
        for place, (arm, summary) in enumerate(summaries.items()):
            colour = GREY if arm == reference else BLUE
            fill = colour if arm == reference or shown[arm][column] else "white"
            axes.errorbar(summary.mean, place, xerr=summary.std, fmt="o", color=colour, mfc=fill, capsize=3)
    panels[0].set(xlabel="held-out accuracy\n(right is better)")
    panels[0].xaxis.set_major_formatter(PERCENT)
    panels[1].set(xlabel="held-out loss in nats\n(left is better)")
    panels[0].set_yticks(range(len(accuracy)), list(accuracy))
    panels[0].set_ylim(len(accuracy) - 0.5, -0.5)
    figure.suptitle(title, fontsize=11)
    return figure


def gaps(gap, accuracy, *, names=(), title=""):
    """Return a Figure of one dot an arm, with its name: held-out accuracy over the gap; arms in names in red.

    gap and accuracy are dicts of arm: value in [0, 1]; the gap is training minus held-out accuracy.
    """
    figure, axes = new_figure(height=3.4)
    for arm in gap:
        form, colour = ("s", RED) if arm in names else ("o", BLUE)
        axes.plot(gap[arm], accuracy[arm], form, color=colour)
        place = (gap[arm], accuracy[arm])
        axes.annotate(arm, place, xytext=(6, -12), textcoords="offset points", color=colour, fontsize=9)
    axes.set(xlabel="gap: training minus held-out accuracy (points)", ylabel="held-out accuracy")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=""))
    axes.yaxis.set_major_formatter(PERCENT)
    axes.margins(x=0.15, y=0.15)
    axes.set_title(title, fontsize=11)
    return figure


def double_descent(mistakes, *, num_digits, title=""):
    """Return a Figure of wrong answers over the number of hidden values: a dot a draw, a line of means.

    mistakes is a dict of width: a list of (share wrong on training digits, share wrong on held-out digits).
    The width at which the hidden values are as many as the training digits is marked.
    """
    figure, axes = new_figure(height=3.2)
    widths = list(mistakes)
    for place, (style, dot, colour, label) in enumerate(
        (("-.", "^", GREEN, "training digits"), ("-", "o", ORANGE, "held-out digits"))
    ):
        draws = [[draw[place] for draw in mistakes[width]] for width in widths]
        axes.plot(widths, [sum(row) / len(row) for row in draws], style, color=colour, label=label)
        for values in zip(*draws, strict=True):
            axes.plot(widths, values, dot, color=colour, markersize=4)
    axes.axvline(num_digits, color=GREY, linestyle=":", label="as many hidden values as digits")
    axes.set(xscale="log", xlabel="hidden values (log scale)", ylabel="wrong answers", ylim=(-0.03, None))
    apart = [width for width in widths if width == num_digits or abs(log(width / num_digits)) > 0.5]
    axes.set_xticks(apart, [f"{width:,}" for width in apart])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(PERCENT)
    axes.legend(fontsize=8)
    axes.set_title(title, fontsize=11)
    return figure
