"""Runs side by side: their losses above, their accuracies below."""

from mnist_lab.plots import BLUE, ORANGE, new_figure

from matplotlib.ticker import MaxNLocator, PercentFormatter

STYLES = {"train": ("training", BLUE, "--"), "validation": ("validation", ORANGE, "-")}


def curve_pairs(histories, *, title=""):
    """Return a Figure with a column for each History in a dict: training and validation over the epochs.

    All losses share one axis, and so do all accuracies. The keys of the dict stand above the columns.
    """
    if not histories:
        raise ValueError("The dict of histories is empty; expected at least one History.")
    figure, panels = new_figure(
        height=4.0, rows=2, columns=len(histories), sharex=True, sharey="row", squeeze=False
    )
    for column, (name, history) in enumerate(histories.items()):
        for axes, what in zip(panels[:, column], ("loss", "accuracy"), strict=True):
            draw_pair(axes, history, what)
        panels[0, column].set_title(name, fontsize=12, fontweight="bold")
    panels[0, 0].set(ylabel="loss (nats)", ylim=(0, None))
    panels[1, 0].set(ylabel="accuracy", ylim=(0, 1.03))
    panels[1, 0].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    lines, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=2, fontsize=9, frameon=False)
    figure.suptitle(title, fontsize=11)
    return figure


def draw_pair(axes, history, what):
    """Draw the training and the validation curve of a History, of its loss or its accuracy."""
    for split, (name, colour, style) in STYLES.items():
        values = getattr(history, f"{split}_{what}")
        axes.plot(range(1, len(values) + 1), values, style, color=colour, label=name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    axes.grid(alpha=0.25)
    if what == "accuracy":
        axes.set(xlabel="epochs")
