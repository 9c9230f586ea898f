"""Inside a network as pictures: filters and maps, receptive fields, patches, shift curves."""

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, new_figure
from mnist_lab.plots.images import as_array, tile

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import Rectangle

GREY_ON_SKY = colormaps["gray"].with_extremes(bad=SKY)  # gaps that no pixel can be taken for


def two_sheets(left, right, captions, *, columns=8, signed=False, title=""):
    """Return a Figure of two stacks of small images (N, H, W) side by side, on one scale: before and after.

    Images are grey, from the smallest value to the largest. signed paints weights or maps: 0 white,
    negative numbers purple, positive ones orange.
    """
    figure, axes = new_figure(width=7.4, height=0.7 + 3.5 * -(-len(left) // columns) / columns, columns=2)
    figure.get_layout_engine().set(wspace=0.1)  # between the sheets more room than within them
    sheets = [tile(images, columns=columns, gap=max(1, images.shape[-1] // 10)) for images in (left, right)]
    lowest, highest = min(map(np.nanmin, sheets)), max(map(np.nanmax, sheets))
    limit = max(-lowest, highest) or 1.0
    options = {"cmap": "gray", "vmin": lowest, "vmax": highest}
    if signed:
        options = {"cmap": "PuOr_r", "vmin": -limit, "vmax": limit}
    for axis, sheet, caption in zip(axes, sheets, captions, strict=True):
        drawn = axis.imshow(sheet, interpolation="nearest", **options)
        axis.set_title(caption, fontsize=9)
        axis.set_label(f"{len(left)} images from {np.nanmin(sheet):.3g} to {np.nanmax(sheet):.3g}")
        axis.axis("off")
    if signed:
        figure.colorbar(drawn, ax=axes, label="value", fraction=0.025, pad=0.02, shrink=0.7)
    figure.suptitle(title, fontsize=11)
    return figure


def receptive_squares(image, fields, *, place, title=""):
    """Return a Figure: the square of pixels that each layer's value at that place depends on.

    fields are the rows of anatomy.receptive_field; place is a (row, column) of the image.
    """
    figure, axes = new_figure(width=4.4, height=3.0)
    axes.imshow(as_array(image)[0], cmap="gray", interpolation="nearest")
    for number, field in enumerate(fields):
        row, column = (nearest_start(field, middle) for middle in place)
        colour = (BLUE, GREEN, ORANGE, RED, PINK)[number % 5]
        square = Rectangle(
            (column - 0.5, row - 0.5),
            field.size,
            field.size,
            fill=False,
            edgecolor=colour,
            linewidth=2,
        )
        square.set_label(f"{field.name}: {field.size} × {field.size}")
        axes.add_patch(square)
    axes.set(title=title, xlabel="column", ylabel="row")
    axes.title.set_fontsize(10)
    figure.legend(loc="outside right upper", fontsize=9, frameon=False)
    return figure


def nearest_start(field, middle):
    """Where the field begins whose middle is nearest to that pixel, along one axis."""
    first = field.start + (field.size - 1) / 2
    return field.start + field.step * round((middle - first) / field.step)


def patch_sheets(rows, names, captions, *, title=""):
    """Return a Figure: a row for each name, in it a sheet of patches (9, H, W) for each caption."""
    columns = len(captions)
    figure, axes = new_figure(
        width=1.35 * columns,
        height=0.5 + 1.5 * len(rows),
        rows=len(rows),
        columns=columns,
        squeeze=False,
    )
    for line, row, name in zip(axes, rows, names, strict=True):
        for axis, patches, caption in zip(line, row, captions, strict=True):
            axis.imshow(tile(patches, columns=3, gap=1), cmap=GREY_ON_SKY, interpolation="nearest")
            axis.set_title(caption, fontsize=8)
            axis.set(xticks=[], yticks=[], frame_on=False)
        line[0].set_ylabel(name, fontsize=10)
    figure.suptitle(title, fontsize=11)
    return figure


def shift_curves(shifts, curves, *, lowest=0, title="", xlabel="shift in pixels"):
    """Return a Figure: accuracy in [0, 1] over the shifts, a line for each name in curves.

    lowest is the percentage at which the axis begins.
    """
    figure, axes = new_figure(width=5.2, height=3.0)
    figure.set_dpi(85)  # keeps the committed lesson small
    styles = zip((BLUE, RED, GREEN, PINK), "osD^", strict=True)
    places = range(len(shifts))
    for (name, accuracies), (colour, marker) in zip(curves.items(), styles, strict=False):
        axes.plot(places, [100 * a for a in accuracies], color=colour, marker=marker, label=name)
    if lowest < 10:
        axes.axhline(10, color=GREY, linestyle=":", linewidth=1)
        axes.text(0, 11.5, "chance", color=GREY, fontsize=8)
    axes.set(xlabel=xlabel, ylabel="accuracy in percent", ylim=(lowest, 102), xticks=places)
    axes.set_xticklabels(shifts)
    figure.suptitle(title, fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=len(curves), fontsize=9, frameon=False)
    return figure
