"""Numbers that change or compare: descents, losses, learning curves, confusions, spreads."""

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, RED, new_figure

import numpy as np
from matplotlib.ticker import MaxNLocator, PercentFormatter

SPLITS = ("train", "validation")
UNITS = {"loss": "loss (nats)", "accuracy": "accuracy"}


def descent(loss_of, paths, *, minimum, title=""):
    """Return a Figure of the loss over one weight, with a panel for each path of weights in a dict.

    Every panel shows the same stretch of the curve: all the paths, with the minimum in the middle.
    """
    reach = max(abs(weight - minimum) for path in paths.values() for weight in path) * 1.1
    weights = np.linspace(minimum - reach, minimum + reach, 200)
    figure, panels = new_figure(height=2.8, columns=len(paths), sharey=True, squeeze=False)
    for axes, (label, path) in zip(panels[0], paths.items(), strict=True):
        axes.plot(weights, [loss_of(weight) for weight in weights], color=GREY, linewidth=1)
        axes.axvline(minimum, color=GREEN, linestyle=":", label="smallest loss")
        losses = [loss_of(weight) for weight in path]
        axes.plot(path, losses, "o-", color=BLUE, markersize=4, linewidth=1, label="steps")
        axes.plot(path[0], losses[0], "s", color=RED, markersize=7, label="start")
        axes.set_title(label, fontsize=10)
        axes.set(xlabel="weight")
    panels[0][0].set(ylabel="loss")
    panels[0][0].legend(loc="upper center", fontsize=8)
    figure.suptitle(title, fontsize=11)
    return figure


def softmax_steps(logits, *, label, title="From scores to probabilities"):
    """Return a Figure of bars for one image: its logits, e to the power of each, the shares of the sum.

    The bar of the right class, label, is orange with a black edge.
    """
    logits = np.asarray(logits, dtype=float)
    exponentials = np.exp(logits)
    stages = {
        "logits": logits,
        "powers of e": exponentials,
        "shares of the sum": exponentials / exponentials.sum(),
    }
    figure, panels = new_figure(columns=3, height=2.6)
    for axes, (name, values) in zip(panels, stages.items(), strict=True):
        bars = axes.bar(range(len(values)), values, color=BLUE)
        bars[label].set(facecolor=ORANGE, edgecolor="black", linewidth=1.5)
        axes.bar_label(bars, fmt="%.2f", fontsize=8)
        axes.axhline(0, color="black", linewidth=0.8)
        axes.margins(y=0.15)
        axes.set(title=name, xlabel="class", xticks=range(len(values)))
        axes.title.set_fontsize(10)
    figure.suptitle(f"{title} (the right class is {label})", fontsize=11)
    return figure


def loss_of_probability(*, num_classes=10):
    """Return a Figure of the loss −ln p over the probability p of the right class, 1/K marked."""
    p = np.linspace(0.005, 1, 400)
    figure, axes = new_figure(height=2.8)
    axes.plot(p, -np.log(p), color=BLUE)
    axes.plot(1 / num_classes, np.log(num_classes), "o", color=RED)
    axes.annotate(
        f"clueless: p = 1/{num_classes}, loss = ln {num_classes}",
        (1 / num_classes, np.log(num_classes)),
        xytext=(12, 4),
        textcoords="offset points",
        color=RED,
    )
    axes.set(xlim=(0, 1.02), ylim=(0, 5.5))
    axes.set(xlabel="probability of the right class", ylabel="loss (nats)")
    axes.set_title("The loss of one image", fontsize=11)
    return figure


def by_step(lines, *, ylabel, reference, title=""):
    """Return a Figure of a line of values, one a step, for each name in a dict.

    reference, a (name, value) to compare with, is a dotted line.
    """
    figure, axes = new_figure(height=2.6)
    styles = ((BLUE, "-"), (RED, "--"), (GREEN, "-."))
    for (name, values), (colour, style) in zip(lines.items(), styles, strict=False):
        axes.plot(values, style, color=colour, label=name)
    axes.axhline(reference[1], color=GREY, linestyle=":", label=reference[0])
    axes.set(xlabel="steps taken", ylabel=ylabel)
    axes.set_title(title, fontsize=11)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(fontsize=8)
    return figure


def loss_panels(losses, *, reference, title=""):
    """Return a Figure of a panel for each name in a dict of losses, one loss a step, on one log scale.

    reference, a (name, value) to compare with, is a dotted line.
    """
    figure, panels = new_figure(height=2.6, columns=len(losses), sharey=True, squeeze=False)
    for axes, (name, values) in zip(panels[0], losses.items(), strict=True):
        axes.semilogy(values, color=BLUE)
        axes.axhline(reference[1], color=GREY, linestyle=":", label=reference[0])
        axes.set_title(name, fontsize=11)
        axes.set(xlabel="steps taken")
    panels[0][0].set(ylabel="loss (nats)")
    panels[0][0].yaxis.set_major_formatter("{x:g}")
    panels[0][0].legend(fontsize=8)
    figure.suptitle(title, fontsize=11)
    return figure


def accuracy_bars(accuracies, *, title=""):
    """Return a Figure of a bar for each accuracy in a dict of values in [0, 1], with its number."""
    figure, axes = new_figure(height=0.9 + 0.35 * len(accuracies))
    bars = axes.barh(list(accuracies), list(accuracies.values()), color=BLUE)
    axes.bar_label(bars, labels=[f"{value:.1%}" for value in accuracies.values()], padding=4)
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.12), xlabel="accuracy")
    axes.set_title(title, fontsize=11)
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure


def learning_curves(history, *, rescored=None, baseline=None, title="Learning curves"):
    """Return a Figure of loss and accuracy over the epochs of a History.

    rescored, a Score an epoch, adds training digits scored anew after each epoch. baseline is an
    accuracy to stand beside, as (name, value).
    """
    if len(history) == 0:
        raise ValueError("The History has no epochs; expected at least one. Train with fit first.")
    epochs = range(1, len(history) + 1)
    figure, panels = new_figure(columns=2, height=2.9)
    for axes, what in zip(panels, ("loss", "accuracy"), strict=True):
        running, validation = (getattr(history, f"{split}_{what}") for split in SPLITS)
        axes.plot(epochs, running, "s--", color=BLUE, markersize=4, label="training, running")
        if rescored is not None:
            again = [getattr(score, what) for score in rescored]
            axes.plot(epochs, again, "^-.", color=GREEN, markersize=5, label="training, re-scored")
        axes.plot(epochs, validation, "o-", color=ORANGE, markersize=4, label="validation")
        axes.set(xlabel="epochs of training", ylabel=UNITS[what])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if baseline is not None:
        panels[1].axhline(baseline[1], color=GREY, linestyle=":", label=baseline[0])
    panels[1].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    panels[1].legend(fontsize=8, loc="lower right")
    figure.suptitle(title, fontsize=11)
    return figure


def confusion_matrix(counts, *, title="Confusion matrix"):
    """Return a Figure of counts (K, K), true class down and answer across, every count written in.

    The shade and the bold type are for the mistakes, off the diagonal.
    """
    counts = np.asarray(counts)
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    shade = np.where(mistakes > 0, mistakes, np.nan)
    figure, axes = new_figure(width=4.6, height=4.3)
    axes.imshow(shade, cmap="Oranges", vmin=0, vmax=max(4, 1.5 * mistakes.max()))
    for (row, column), count in np.ndenumerate(counts):
        colour = GREY if row == column or count == 0 else "black"
        weight = "bold" if mistakes[row, column] else "normal"
        style = {"color": colour, "fontweight": weight, "fontsize": 8}
        axes.text(column, row, count, ha="center", va="center", **style)
    axes.set(xlabel="the network's answer", ylabel="the writer's digit")
    axes.set_title(title, fontsize=11)
    axes.set(xticks=range(len(counts)), yticks=range(len(counts)))
    return figure


def seed_spread(accuracies, summary, *, floor, title=""):
    """Return a Figure of one dot a seed, their mean and standard deviation, and the sampling floor.

    summary is evidence.summarise(accuracies); floor is evidence.sampling_floor of the mean.
    """
    figure, axes = new_figure(height=2.2)
    axes.plot(accuracies, [2] * len(accuracies), "o", color=BLUE, alpha=0.7)
    bars = {"fmt": "D", "capsize": 5}
    axes.errorbar(summary.mean, 1, xerr=summary.std, color=ORANGE, **bars)
    axes.errorbar(summary.mean, 0, xerr=floor, color=GREEN, **bars)
    names = ["sampling floor: one standard error", "mean ± standard deviation", "one seed each"]
    axes.set(yticks=[0, 1, 2], yticklabels=names, ylim=(-0.6, 2.6), xlabel="accuracy")
    axes.set_title(title, fontsize=11)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    return figure
