"""Recipes in pictures: the seconds of training against the mistakes that are left."""

from statistics import fmean, median

from mnist_lab.plots import BLUE, ORANGE, new_figure


def speed_and_error(rows, *, title="Seconds of training, and what is still wrong"):
    """Return a Figure with a named point for each recipe: median seconds across, mean test error up.

    rows is a dict of name: dict with seconds and accuracies, one a run, and stored. The small dots
    are the runs. Both axes are logarithmic; a run without a mistake is drawn at 0.01 %.
    """
    figure, axes = new_figure(width=7.0, height=4.2)
    for name, row in rows.items():
        errors = [max(100 * (1 - accuracy), 0.01) for accuracy in row["accuracies"]]
        colour, mark = (ORANGE, "s") if row["stored"] else (BLUE, "o")
        axes.plot(row["seconds"], errors, mark, color=colour, alpha=0.25, markersize=3)
        place = median(row["seconds"]), fmean(errors)
        axes.plot(*place, mark, color=colour, markersize=9, markeredgecolor="black")
        axes.annotate(name, place, xytext=(0, 9), textcoords="offset points", ha="center", fontsize=9)
    axes.set(xscale="log", yscale="log")
    axes.set(xlabel="seconds of training (log scale)", ylabel="test error (%, log scale)")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.tick_params(axis="y", which="minor", labelsize=7)
    axes.margins(x=0.15, y=0.2)
    axes.grid(alpha=0.3, which="both")
    key(axes, rows)
    axes.set_title(title, fontsize=11)
    return figure


def key(axes, rows):
    """Explain the marks that are there."""
    kinds = ((False, BLUE, "o", "measured here"), (True, ORANGE, "s", "stored"))
    for stored, colour, mark, text in kinds:
        if any(row["stored"] == stored for row in rows.values()):
            axes.plot([], [], mark, color=colour, markeredgecolor="black", label=f"{text}: median and mean")
            axes.plot([], [], mark, color=colour, alpha=0.4, markersize=3, label=f"{text}: one run")
    axes.legend(fontsize=8, loc="best")
