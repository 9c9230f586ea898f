"""Convolution as pictures: small arrays with their numbers, kernels at work, starting positions."""

import re

from mnist_lab.plots import BLUE, GREY, ORANGE, new_figure
from mnist_lab.plots.images import as_array

import numpy as np
from matplotlib.patches import Rectangle

SHORT = re.compile(r"^(-?)0\.")  # ".11" fits into a small pixel, "0.11" touches the next one
PIXELS_WITH_NUMBERS = 100  # an array of more pixels than these is drawn without its numbers


def panels(arrays, captions, *, maps=(), title="", height=2.0):
    """Return a Figure of arrays (H, W) side by side, each captioned; small ones show numbers.

    Arrays are images, painted grey, black to white. Those whose places stand in maps are kernels or
    maps: 0 white, negative numbers purple, positive ones orange.
    """
    arrays = [as_array(array)[0] for array in arrays]
    ratios = [array.shape[1] / array.shape[0] for array in arrays]
    width = min(9.0, height * sum(ratios) + 0.2 * len(arrays))
    figure, axes = new_figure(
        width=width,
        height=height + 0.5,
        columns=len(arrays),
        squeeze=False,
        gridspec_kw={"width_ratios": ratios},
    )
    figure.set_dpi(85)  # keeps the committed lesson small
    for place, (axis, array, caption) in enumerate(zip(axes[0], arrays, captions, strict=True)):
        options = _around_zero(array, *_like(arrays, place, maps)) if place in maps else {"cmap": "gray"}
        drawn = axis.imshow(array, interpolation="nearest", **options)
        if array.size <= PIXELS_WITH_NUMBERS:
            write_numbers(axis, array, drawn)
        axis.set_title(caption, fontsize=9)
        axis.set_xticks([])
        axis.set_yticks([])
    figure.suptitle(title, fontsize=11)
    return figure


def _like(arrays, place, maps):
    """The maps on whose scale the one at this place is painted: large ones share theirs."""
    if arrays[place].size <= PIXELS_WITH_NUMBERS:
        return []
    return [arrays[other] for other in maps if arrays[other].size > PIXELS_WITH_NUMBERS]


def _around_zero(*arrays):
    """The colours of maps on one scale: 0 white, the largest number orange, its negative purple."""
    limit = max(float(np.abs(array).max()) for array in arrays) or 1.0
    return {"cmap": "PuOr_r", "vmin": -limit, "vmax": limit}


def write_numbers(axis, array, drawn, *, fontsize=8):
    """Write each number of a small array into its pixel, dark on bright and bright on dark."""
    for (row, column), value in np.ndenumerate(array):
        red, green, blue, _ = drawn.cmap(drawn.norm(value))
        colour = "black" if 0.3 * red + 0.6 * green + 0.1 * blue > 0.45 else "white"
        value = float(value) + 0.0  # turns −0 into 0
        text = f"{value:.0f}" if value.is_integer() else SHORT.sub(r"\1.", f"{value:.2f}")
        axis.text(column, row, text, ha="center", va="center", fontsize=fontsize, color=colour)


def kernels_at_work(image, kernels, outputs, *, title=""):
    """Return a Figure: the image, then for each named kernel (H, W) its numbers and its output.

    In every kernel and output 0 is white, orange is above it, purple below; each has its own scale,
    and below an output stands the range of its numbers.
    """
    columns = len(kernels) + 1
    figure, axes = new_figure(
        width=1.5 * columns,
        height=3.0,
        rows=2,
        columns=columns,
        gridspec_kw={"height_ratios": [2, 3]},
    )
    figure.set_dpi(85)  # keeps the committed lesson small
    axes[1, 0].imshow(as_array(image)[0], cmap="gray", interpolation="nearest")
    axes[1, 0].set_title("input", fontsize=9)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    for column, ((name, kernel), output) in enumerate(zip(kernels.items(), outputs, strict=True), start=1):
        kernel, output = as_array(kernel)[0], as_array(output)[0]
        drawn = axes[0, column].imshow(kernel, **_around_zero(kernel))
        write_numbers(axes[0, column], kernel, drawn)
        axes[0, column].set_title(name, fontsize=9)
        axes[1, column].imshow(output, interpolation="nearest", **_around_zero(output))
        axes[1, column].spines[:].set_visible(True)
        axes[1, column].set_xlabel(f"{_minus(output.min())} to {_minus(output.max())}", fontsize=8)
    figure.suptitle(title, fontsize=11)
    return figure


def _minus(number):
    """A number with one decimal, a true minus sign, and no −0."""
    return f"{number + 0.0:.1f}".replace("-0.0", "0.0").replace("-", "−")


def starting_positions(size, kernel_size, *, padding=0, stride=1, dilation=1, title=""):
    """Return a Figure of one row of pixels and, below it, the kernel at each place where it fits."""
    reach = dilation * (kernel_size - 1) + 1
    starts = range(-padding, size + padding - reach + 1, stride)
    figure, axes = new_figure(width=6.0, height=0.75 + 0.27 * (len(starts) + 1))
    for pixel in range(-padding, size + padding):
        inside = 0 <= pixel < size
        draw_pixel(axes, pixel, 0, "white" if inside else "#DDDDDD", str(pixel) if inside else "pad")
    for row, start in enumerate(starts, start=1):
        axes.plot([start, start + reach - 1], [row, row], color=GREY, linewidth=1, zorder=0)
        for touched in range(start, start + reach, dilation):
            draw_pixel(axes, touched, row, ORANGE if touched == start else BLUE, "")
        axes.text(size + padding + 0.2, row, f"output {row - 1}", va="center", fontsize=8)
    axes.set(xlim=(-padding - 1, size + padding + 2), ylim=(len(starts) + 0.7, -0.7), title=title)
    axes.set_label(f"the kernel begins at pixel {', '.join(map(str, starts))}")
    axes.title.set_fontsize(10)
    axes.axis("off")
    return figure


def draw_pixel(axes, column, row, colour, text):
    """Draw one square pixel around (column, row)."""
    axes.add_patch(Rectangle((column - 0.42, row - 0.38), 0.84, 0.76, facecolor=colour, edgecolor=GREY))
    axes.text(column, row, text, ha="center", va="center", fontsize=7)
