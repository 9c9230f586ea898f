"""The table of a sweep as a picture that fits: a line, a heat map, or parallel coordinates."""

from mnist_lab.plots import BLUE, GREY, new_figure
from mnist_lab.plots.hyperparameters import heat_maps, level_text

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import PercentFormatter

LOWER_IS_BETTER = (
    "loss", "error", "seconds", "wrong", "mistake", "lost", "gap", "misread", "drift", "epochs_to", "steps_to"
)  # fmt: skip


def picture(rows, axes, figure, *, title=""):
    """Return a Figure of a recorded figure over the axes of a sweep.

    rows are dicts as in results.jsonl, axes is a dict of parameter: levels, figure the name of a column.
    One axis gives a line, two a heat map, more parallel coordinates. Rows that differ in no axis, such as
    those of several seeds, are averaged; rows without a number are left out.
    """
    kinds = {1: line, 2: heat_map}
    return kinds.get(len(axes), parallel)(rows, axes, figure, title=title)


def line(rows, axes, figure, *, title=""):
    """Return a Figure of each run as a dot over the levels of one axis, and a line of their means.

    The bars are the standard deviation where a level has more than one run.
    """
    ((name, levels),) = axes.items()
    runs = values_at(rows, axes, figure)
    is_numeric = all(isinstance(level, int | float) for level in levels)
    places = sorted(runs, key=lambda place: levels[place[0]]) if is_numeric else sorted(runs)
    across = [levels[place] if is_numeric else place for (place,) in places]
    drawn, panel = new_figure()
    for x, place in zip(across, places, strict=True):
        panel.plot([x] * len(runs[place]), runs[place], "o", color=GREY, alpha=0.5, markersize=4)
    means = [np.mean(runs[place]) for place in places]
    spread = [np.std(runs[place], ddof=1) if len(runs[place]) > 1 else 0 for place in places]
    panel.errorbar(across, means, yerr=spread, fmt="o-" if is_numeric else "o", color=BLUE, capsize=3)
    if is_numeric and min(across) > 0 and max(across) / min(across) >= 10:
        panel.set(xscale="log")
    panel.set_xticks(across, [level_text(levels[place]) for (place,) in places])
    panel.minorticks_off()
    if len(across) > 8:  # or the labels of levels would touch
        panel.tick_params(axis="x", rotation=90)
    panel.set(xlabel=name, ylabel=in_words(figure))
    if is_share(figure):
        panel.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    panel.set_title(title, fontsize=11)
    return drawn


def heat_map(rows, axes, figure, *, title=""):
    """Return a Figure of the mean at each pair of levels, the first axis down; the best is framed."""
    values = means_at(rows, axes, figure)
    scale = 100 if is_share(figure) else 1
    largest = scale * np.nanmax(np.abs(values))
    decimals = 1 if is_share(figure) else max(0, 2 - int(np.floor(np.log10(largest or 1))))
    best = np.nanmin if any(word in figure for word in LOWER_IS_BETTER) else np.nanmax
    options = {"names": tuple(axes), "decimals": decimals, "scale": scale, "best": best, "title": title}
    return heat_maps(
        {f"{in_words(figure)}{' (percent)' * is_share(figure)}": values}, *axes.values(), **options
    )


def parallel(rows, axes, figure, *, title=""):
    """Return a Figure with an upright axis for each parameter and a line for each point of the grid."""
    runs = values_at(rows, axes, figure)
    means = {place: np.mean(numbers) for place, numbers in runs.items()}
    norm = Normalize(min(means.values()), max(means.values()))
    drawn, panel = new_figure(width=8.0, height=3.6)
    for place in sorted(means, key=means.get):
        heights = [at / max(1, len(levels) - 1) for at, levels in zip(place, axes.values(), strict=True)]
        panel.plot(heights, color=colormaps["cividis"](norm(means[place])), linewidth=1.5)
    for number, levels in enumerate(axes.values()):
        panel.axvline(number, color=GREY, linewidth=0.8)
        for at, level in enumerate(levels):
            height = at / max(1, len(levels) - 1)
            panel.text(number + 0.02, height, level_text(level), fontsize=8, va="center",
                       bbox={"color": "white", "alpha": 0.8, "pad": 1})  # fmt: skip
    panel.set_xticks(range(len(axes)), list(axes), fontsize=9)
    panel.set(yticks=[], xlim=(-0.1, len(axes) - 0.8))
    scale = PercentFormatter(1, decimals=1) if is_share(figure) else None
    drawn.colorbar(ScalarMappable(norm, "cividis"), ax=panel, label=in_words(figure), format=scale)
    panel.set_title(title, fontsize=11)
    return drawn


def values_at(rows, axes, figure):
    """Return {places of the levels: the numbers of the runs there}."""
    groups = {}
    for row in rows:
        if isinstance(row.get(figure), int | float):
            place = tuple(levels.index(row[name]) for name, levels in axes.items())
            groups.setdefault(place, []).append(row[figure])
    if not groups:
        raise ValueError(f"No row of the sweep has a number named {figure!r}, so there is nothing to draw.")
    return groups


def means_at(rows, axes, figure):
    """Return an array of the means at each combination of levels, with an axis a parameter; nan is none."""
    means = np.full([len(levels) for levels in axes.values()], np.nan)
    for place, numbers in values_at(rows, axes, figure).items():
        means[place] = np.mean(numbers)
    return means


def in_words(figure):
    """Return the name of a figure as it is read."""
    return figure.replace("_", " ")


def is_share(figure):
    """Whether the numbers of that name are shares, to be shown in percent."""
    return "accuracy" in figure
