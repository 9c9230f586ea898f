"""What the widgets show: a convolution at work, a layer's output, one batch that learns, a stored run."""

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, RED
from mnist_lab.plots.convolution import write_numbers
from mnist_lab.plots.images import as_array, tile

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

PERCENT = PercentFormatter(1, decimals=0)
NUMBERS_FIT = 25  # a kernel of more weights than these is drawn without its numbers
BARS_FIT = 250  # more numbers than these are drawn as one shape


def steady_figure(*, width=8.0, height=3.2, ratios=(1, 1), **margins):
    """Return a Figure of that size in inches and a row of axes whose places never change.

    new_figure fits its axes to their labels, which takes several times as long to draw, and makes
    them jump from one picture to the next. margins are those of Figure.subplots_adjust.
    """
    figure = Figure(figsize=(width, height))
    figure.subplots_adjust(**{"left": 0.08, "right": 0.98, "bottom": 0.17, "top": 0.88, **margins})
    return figure, figure.subplots(1, len(ratios), width_ratios=ratios)


def convolved(image, kernel, output, *, padding, stride, title=""):
    """Return a Figure of a padded image, a kernel with its numbers, and the map that comes out.

    Pixels of input and output are equally large. The first two windows along a row are framed, and
    the two output pixels that they make. In the output 0 is white, below it purple, above it orange.
    """
    image, kernel, output = (as_array(array)[0] for array in (image, kernel, output))
    padded = np.pad(image, padding)
    ratios = [padded.shape[1], 0.4 * padded.shape[1], padded.shape[1]]
    margins = {"left": 0.01, "right": 0.9, "bottom": 0.02, "top": 0.78, "wspace": 0.08}
    figure, axes = steady_figure(height=3.5, ratios=ratios, **margins)
    axes[0].imshow(padded, cmap="gray", interpolation="nearest")
    if padding:
        frame_pixels(axes[0], padding, padding, image.shape, colour=GREY, style=":")
    for array, axis in ((kernel, axes[1]), (output, axes[2])):
        limit = float(np.abs(array).max()) or 1.0
        drawn = axis.imshow(array, cmap="PuOr_r", vmin=-limit, vmax=limit, interpolation="nearest")
    if kernel.size <= NUMBERS_FIT:
        write_numbers(axes[1], kernel, axes[1].images[0], fontsize=8)
    for step, (colour, style) in enumerate(((BLUE, "-"), ("black", "--"))[: output.shape[1]]):
        frame_pixels(axes[0], 0, step * stride, kernel.shape, colour=colour, style=style)
        frame_pixels(axes[2], 0, step, (1, 1), colour=colour, style=style)
    axes[2].set(xlim=(-0.5, padded.shape[1] - 0.5), ylim=(padded.shape[0] - 0.5, -0.5))
    border = f", padding {padding}" if padding else ""
    name_sizes(axes, {f"input{border}": padded, "kernel": kernel, "output": output})
    scale = figure.colorbar(drawn, cax=figure.add_axes((0.92, 0.08, 0.012, 0.6)))
    scale.locator = MaxNLocator(nbins=5)
    figure.suptitle(title, fontsize=11)
    return figure


def name_sizes(axes, named):
    """Write the name and the size of each array above its axes."""
    for axis, (name, array) in zip(axes, named.items(), strict=True):
        axis.set_title(f"{name}\n{array.shape[0]} × {array.shape[1]}", fontsize=10)
        axis.axis("off")


def frame_pixels(axes, row, column, shape, *, colour, style="-"):
    """Draw a frame around shape = (height, width) pixels from (row, column) on."""
    height, width = shape
    corner = (column - 0.5, row - 0.5)
    look = {"fill": False, "edgecolor": colour, "linestyle": style, "linewidth": 2, "clip_on": False}
    axes.add_patch(Rectangle(corner, width, height, **look))


def layer_output(image, output, *, name, title=""):
    """Return a Figure of an image and what a layer makes of it: maps (C, H, W) or numbers (K,).

    All maps are painted on one scale, from the smallest value to the largest.
    """
    output = np.asarray(output, dtype=float)
    margins = {"left": 0.02, "right": 0.9, "bottom": 0.15, "top": 0.82, "wspace": 0.2}
    figure, axes = steady_figure(height=3.5, ratios=(1, 2.6), **margins)
    axes[0].imshow(as_array(image)[0], cmap="gray", interpolation="nearest")
    axes[0].set_title("the digit", fontsize=10)
    axes[0].axis("off")
    if output.ndim == 1:
        draw_numbers(axes[1], output)
        axes[1].axhline(0, color=GREY, linewidth=0.8)
        axes[1].set(xlabel="output", ylabel="value")
        axes[1].xaxis.set_major_locator(MaxNLocator(integer=True, nbins=11))
    else:
        columns = int(np.ceil(np.sqrt(2 * len(output))))
        sheet = tile(output, columns=columns, gap=max(1, output.shape[-1] // 10))
        drawn = axes[1].imshow(sheet, cmap="gray", interpolation="nearest")
        figure.colorbar(drawn, cax=figure.add_axes((0.91, 0.15, 0.012, 0.67)), label="value")
        axes[1].axis("off")
    axes[1].set_title(name, fontsize=10)
    figure.suptitle(title, fontsize=11)
    return figure


def draw_numbers(axes, numbers):
    """Draw numbers (K,) as bars; very many as one shape, because thousands of bars take a second to draw."""
    if len(numbers) <= BARS_FIT:
        axes.bar(range(len(numbers)), numbers, color=BLUE)
    else:
        shape = axes.fill_between(range(len(numbers)), numbers, step="mid", color=BLUE, linewidth=0)
        shape.sticky_edges.y.append(0)  # as bars do: no margin below 0


def one_step(losses, step, *, logits, labels, limit, changes, reference, title=""):
    """Return a Figure of one batch after so many steps: its losses, the logits, how far the weights went.

    logits (n, K) are of the images with these labels, the right ones framed; the deepest colours stand
    for limit either way. changes is a dict of layer: list of its change after each step, a share of its
    length at the start. reference, a (name, loss), is a dotted line.
    """
    margins = {"left": 0.065, "right": 0.97, "wspace": 0.32, "top": 0.8}
    figure, (curve, scores, bars) = steady_figure(width=9.0, height=3.5, ratios=(3, 4, 3), **margins)
    curve.plot(losses, color=GREY, linewidth=1)
    curve.plot(losses[: step + 1], "o-", color=BLUE, markersize=3)
    curve.plot(step, losses[step], "D", color=RED, markersize=8)
    curve.axhline(reference[1], color=GREY, linestyle=":")
    curve.text(
        len(losses) - 1, 1.02 * reference[1], reference[0], color=GREY, ha="right", va="bottom", fontsize=8
    )
    curve.set(xlabel="steps taken", ylabel="loss (nats)", ylim=(0, 1.15 * max(*losses, reference[1])))
    curve.set_title(f"loss {losses[step]:.3f}", fontsize=10)
    curve.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    draw_logits(scores, np.asarray(logits, dtype=float), [int(label) for label in labels], limit)
    names = list(changes)
    bars.barh(names, [changes[name][step] for name in names], color=GREEN)
    bars.set(xlim=(0, 1.05 * max(max(row) for row in changes.values()) or 1.0), xlabel="share of its length")
    bars.xaxis.set_major_formatter(PERCENT)
    bars.xaxis.set_major_locator(MaxNLocator(nbins=4))
    bars.invert_yaxis()
    bars.set_title("how far each layer moved", fontsize=10)
    figure.suptitle(title, fontsize=11)
    return figure


def draw_logits(axes, logits, labels, limit):
    """Draw the logits of some images as rows of colours, the right class of each framed."""
    axes.imshow(logits, cmap="PuOr_r", vmin=-limit, vmax=limit, aspect="auto")
    for row, label in enumerate(labels):
        frame_pixels(axes, row, label, (1, 1), colour="black")
    axes.set_xticks(range(logits.shape[1]))
    axes.set_yticks(range(len(labels)), labels, fontsize=8)
    axes.set(xlabel="class", ylabel="an image of a …")
    axes.set_title(
        f"logits: purple −{limit:.0f}, white 0, orange {limit:.0f}\n(framed: the right class)", fontsize=9
    )


def stored_curves(epochs, curves, plain, *, limits, title=""):
    """Return a Figure of loss and accuracy of a stored run over its epochs, beside a plain run in grey.

    curves and plain are dicts of train_loss, train_accuracy, held_out_loss and held_out_accuracy;
    plain may be None. limits are the largest loss and the smallest accuracy that the axes show.
    """
    figure, panels = steady_figure(height=3.5, bottom=0.25, wspace=0.25, top=0.88)
    for axes, what in zip(panels, ("loss", "accuracy"), strict=True):
        if plain is not None:
            grey = plain[f"held_out_{what}"]
            axes.plot(epochs, grey, "s:", color=GREY, markersize=3, label="held-out, without dropout")
        axes.plot(epochs, curves[f"train_{what}"], "^-.", color=GREEN, markersize=4, label="training")
        axes.plot(epochs, curves[f"held_out_{what}"], "o-", color=ORANGE, markersize=4, label="held-out")
        axes.set(xlabel="epochs of training", ylabel={"loss": "loss (nats)"}.get(what, what))
        axes.grid(alpha=0.25)
    lowest = int(np.argmin(curves["held_out_loss"]))
    panels[0].plot(epochs[lowest], curves["held_out_loss"][lowest], "D", color=RED, label="lowest loss")
    panels[0].set_ylim(0, limits[0])
    panels[1].set_ylim(limits[1], 1.01)
    panels[1].yaxis.set_major_formatter(PERCENT)
    lines, names = panels[0].get_legend_handles_labels()
    figure.legend(lines, names, loc="lower center", ncols=4, fontsize=9, frameon=False)
    figure.suptitle(title, fontsize=11)
    return figure


def growing_curves(running, epochs, *, num_steps=None, title=""):
    """Return a Figure of loss and accuracy so far: running ones by step, validation at each epoch's end.

    running is a list of (loss, accuracy), one a step; epochs of (steps taken by then, loss, accuracy).
    The axes reach to num_steps, so that the curves grow into them.
    """
    figure, panels = steady_figure(height=3.0, bottom=0.19, wspace=0.25)
    steps = range(1, len(running) + 1)
    for axes, place, name in zip(panels, (0, 1), ("loss (nats)", "accuracy"), strict=True):
        axes.plot(steps, [score[place] for score in running], color=BLUE, label="training, running")
        ends, values = [epoch[0] for epoch in epochs], [epoch[1 + place] for epoch in epochs]
        axes.plot(ends, values, "o-", color=ORANGE, label="validation")
        axes.set(xlabel="steps taken", ylabel=name, xlim=(0, max(num_steps or 1, len(running))))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[0].set_ylim(bottom=0)
    panels[1].set_ylim(0, 1.01)
    panels[1].yaxis.set_major_formatter(PERCENT)
    panels[1].legend(fontsize=8, loc="lower right")
    figure.suptitle(title, fontsize=11)
    return figure
