"""What a network looks at, and what it sees when digits change, in pictures."""

from textwrap import fill

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY
from mnist_lab.plots.analysis import PERCENT, STYLES, small_figure
from mnist_lab.plots.images import tile

import numpy as np


def heat_sheets(images, maps, *, signed=False, title=""):
    """Return a Figure: images (N, 1, H, W) in the first row, and below a row of N maps for each name.

    maps is a dict of name: (N, 1, H, W). Each map is painted on its own scale, from 0 (signed: from
    minus) to its largest size, and the outline of its image is drawn over it.
    """
    number = len(images)
    side = 1.45  # of an image, in inches
    figure, panels = small_figure(
        width=0.4 + side * number, height=0.4 + side * (1 + len(maps)), rows=1 + len(maps)
    )
    figure.set_dpi(52)
    outlines = np.nan_to_num(tile(images, columns=number), nan=-1.0)
    panels[0].imshow(outlines, cmap="gray", interpolation="nearest")
    panels[0].set_ylabel("image", fontsize=12)
    low, colours = (-1, "PuOr") if signed else (0, "inferno")
    for axes, (name, values) in zip(panels[1:], maps.items(), strict=True):
        largest = values.abs().amax(dim=(1, 2, 3), keepdim=True).clamp_min(1e-12)
        sheet = tile(values / largest, columns=number)
        axes.imshow(sheet, cmap=colours, vmin=low, vmax=1, interpolation="nearest")
        axes.contour(outlines, levels=[0], colors="black" if signed else "white", linewidths=0.5)
        axes.set_ylabel(name, fontsize=12)
    for axes in panels:
        axes.set_label(f"{number} images")
        axes.set(xticks=[], yticks=[], frame_on=False)
    figure.suptitle(title, fontsize=14)
    return figure


def planes(points, labels, *, title=""):
    """Return a Figure of a dot for each of the points (N, 2) of each name, in the colour of its class.

    points is a dict of name: (N, 2). A class's number stands at the mean of its points, or beside it,
    with a line to it, where another stands there already.
    """
    figure, panels = small_figure(height=3.4, columns=len(points), squeeze=False)
    labels = np.asarray(labels)
    colours = (BLUE, ORANGE, GREEN, PINK, SKY, RED, GREY, "black", "#8C6D1F", "#5B3A99")
    for axes, (name, values) in zip(panels[0], points.items(), strict=True):
        values, classes = np.asarray(values), np.unique(labels)
        means = np.array([values[labels == label].mean(axis=0) for label in classes])
        places = apart(means, 0.08 * np.maximum(np.ptp(values, axis=0), 1e-12))
        for label, mean, place in zip(classes, means, places, strict=True):
            colour = colours[label % 10]
            axes.plot(*values[labels == label].T, ".", markersize=3, alpha=0.6, color=colour)
            axes.plot(*np.transpose([mean, place]), color=colour, linewidth=1)
            box = {"facecolor": "white", "edgecolor": colour, "pad": 1.5}
            axes.text(*place, label, fontsize=9, ha="center", va="center", bbox=box, zorder=3)
        axes.set(xlabel="first direction", ylabel="second direction", xticks=[], yticks=[])
        axes.set_label(f"{len(values)} dots of {len(classes)} classes, the name of each at its mean")
        axes.set_title(name, fontsize=10)
    figure.suptitle(title, fontsize=11)
    return figure


def apart(places, least):
    """Return places (N, 2), pushed from one another until no two are closer than least (width, height)."""
    places = np.array(places, dtype=float)
    for _ in range(200):
        between = (places[:, None] - places) / least
        distance = np.hypot(*np.moveaxis(between, -1, 0))
        close = (distance < 1) & ~np.eye(len(places), dtype=bool)
        if not close.any():
            break
        push = np.where(close, 0.55 * (1 - distance) / np.maximum(distance, 1e-6), 0)
        places += least * (push[..., None] * between).sum(axis=1)
    return places


def strength_sheet(rows, strengths, *, title=""):
    """Return a Figure of one sheet: a row of images (S, H, W) for each name, the strength below each.

    strengths is a dict of name: S numbers. Shorter rows leave their end empty.
    """
    longest = max(len(images) for images in rows.values())
    figure, panels = small_figure(width=7.0, height=0.4 + 0.92 * len(rows), rows=len(rows))
    figure.set_dpi(66)
    for axes, (name, images) in zip(panels, rows.items(), strict=True):
        axes.imshow(tile(images, columns=len(images)), cmap="gray", interpolation="nearest", vmin=-1, vmax=1)
        side = images.shape[-1] + 2
        axes.set_xlim(-0.5, longest * side - 2.5)
        middles = [i * side + side / 2 - 1.5 for i in range(len(images))]
        axes.set_xticks(middles, [f"{strength:g}" for strength in strengths[name]], fontsize=8)
        axes.set(yticks=[], frame_on=False)
        axes.set_label(f"{strengths[name][0]:g} to {strengths[name][-1]:g}")
        axes.tick_params(length=0, pad=1)
        axes.set_ylabel(fill(name, 19), fontsize=9, rotation=0, ha="right", va="center")
    figure.suptitle(title, fontsize=11)
    return figure


def corruption_curves(corruptions, accuracies, *, chance=0.1, title=""):
    """Return a Figure of accuracy over strength, a panel for each corruption, a line for each arm.

    corruptions is a dict of name: (strengths, unit); accuracies a dict of arm: {name: (S, seeds)},
    drawn as the mean with every seed as a thin line.
    """
    figure, panels = small_figure(height=4.4, rows=2, columns=-(-len(corruptions) // 2), sharey=True)
    for axes in panels.flat[len(corruptions) :]:
        axes.axis("off")
    for axes, (name, (strengths, unit)) in zip(panels.flat, corruptions.items(), strict=False):
        for (colour, style), (arm, table) in zip(STYLES, accuracies.items(), strict=False):
            values = np.asarray(table[name])
            axes.plot(strengths, values, color=colour, linewidth=0.6, alpha=0.5)
            axes.plot(strengths, values.mean(axis=1), style, color=colour, markersize=4, label=arm)
        axes.axhline(chance, color=GREY, linestyle=":", linewidth=1, label="chance")
        axes.set(xlabel=unit, ylim=(0, 1.03))
        axes.set_title(name, fontsize=10)
    panels.flat[0].yaxis.set_major_formatter(PERCENT)
    for axes in panels[:, 0]:
        axes.set_ylabel("accuracy")
    handles, names = panels.flat[0].get_legend_handles_labels()
    figure.legend(handles, names, fontsize=9, loc="outside lower center", ncols=len(names))
    figure.suptitle(title, fontsize=11)
    return figure
