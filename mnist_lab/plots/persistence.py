"""What is kept of a network: the numbers in a file, runs that were resumed, writes cut short."""

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, new_figure

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter

COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, RED)
STYLES = ("-", "--", "-.", (0, (5, 1, 1, 1, 1, 1)), ":")
SIX_GREYS = colormaps["gray"].resampled(6)  # more would only make the picture of noise a large file
# What a reader finds on the disk, by number in power_cuts.
STATES = {"old": (SKY, ""), "broken": (RED, "///"), "new": (GREEN, "")}


def held_numbers(state, *, title="What a state dict holds"):
    """Return a Figure of a state dict: each weight tensor as a picture, and each layer's share of the bytes.

    Tensors of two axes and more are shown as tables, first axis down; a layer's name ends at the last dot.
    """
    tables = {name: as_table(tensor) for name, tensor in state.items() if tensor.ndim > 1}
    figure, panels = new_figure(height=3.4, rows=2, columns=len(tables), squeeze=False, height_ratios=(4, 1))
    for axes, (name, table) in zip(panels[0], tables.items(), strict=True):
        reach = np.quantile(np.abs(table), 0.99)
        look = {"cmap": SIX_GREYS, "aspect": "auto", "interpolation": "nearest"}
        axes.imshow(table, vmin=-reach, vmax=reach, **look)
        axes.set_title(name, fontsize=10)
        axes.set_xlabel(" × ".join(str(n) for n in state[name].shape), fontsize=9)
        axes.set(xticks=[], yticks=[])
    for axes in panels[1]:
        axes.remove()
    draw_shares(figure.add_subplot(panels[1][0].get_gridspec()[1, :]), state)
    figure.suptitle(title, fontsize=11)
    return figure


def as_table(tensor):
    """A tensor of two axes and more as a table: its first axis down, all others across."""
    return tensor.detach().cpu().float().flatten(1).numpy()


def draw_shares(axes, state):
    """Draw one bar of all bytes, cut into the layers; layers of at least a tenth are named inside."""
    sizes = {}
    for name, tensor in state.items():
        layer = name.rpartition(".")[0]
        sizes[layer] = sizes.get(layer, 0) + tensor.numel() * tensor.element_size()
    total, left = sum(sizes.values()), 0.0
    for (layer, size), colour in zip(sizes.items(), COLOURS * len(sizes), strict=False):
        axes.barh(0, size / total, left=left, color=colour, edgecolor="white", label=layer)
        if size / total >= 0.1:
            axes.text(left + size / total / 2, 0, layer, ha="center", va="center", color="white")
        left += size / total
    axes.set(xlim=(0, 1), yticks=[], xlabel=f"share of {total:,} bytes")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(ncols=len(sizes), fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)


def drift(distances, *, per_epoch, title="How far a resumed run drifts from the one never stopped"):
    """Return a Figure of a line for each name in a dict: a distance after each batch, on a log scale.

    A distance of exactly 0 is drawn on a floor of its own at the bottom. Dotted lines end the epochs.
    """
    positive = [value for values in distances.values() for value in values if value > 0]
    low, high = min(positive, default=1e-4), max(positive, default=1e-2)
    floor = low / 6
    figure, axes = new_figure(height=3.4)
    for number, (name, values) in enumerate(distances.items()):
        look = {"color": COLOURS[number % len(COLOURS)], "linestyle": STYLES[number % len(STYLES)]}
        if not any(values):
            look = {"color": GREY, "linewidth": 4, "alpha": 0.45}
        axes.semilogy(range(1, len(values) + 1), [value or floor for value in values], label=name, **look)
    for step in range(per_epoch, max(map(len, distances.values())), per_epoch):
        line = axes.axvline(step + 0.5, color=GREY, linestyle=":", linewidth=1)
        line.set_label("(end of an epoch)" if step == per_epoch else None)
    axes.axhspan(floor / 2, floor * 2, color=GREY, alpha=0.12)
    axes.set(ylim=(floor / 2, high * 2.5), xlabel="batches since the run was resumed")
    axes.set_ylabel("largest difference of a weight (log scale)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    name_the_floor(axes, floor)
    axes.set_title(title, fontsize=11)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5), title="forgotten")
    return figure


def name_the_floor(axes, floor):
    """Put a tick "0 exactly" at the floor, and powers of ten above it only."""
    top = axes.get_ylim()[1]
    powers = [10.0**k for k in range(-12, 3) if floor * 2 < 10.0**k < top]
    axes.set_yticks([floor, *powers], ["0 exactly", *(f"{power:g}" for power in powers)])
    axes.yaxis.minorticks_off()


def power_cuts(found, *, title="What is on the disk if the power fails while a file is written"):
    """Return a Figure of a strip for each name in a dict: what is found after each share of the bytes.

    Each strip is a list of "old", "broken" or "new", from no byte written to all of them.
    """
    figure, axes = new_figure(height=0.9 + 0.45 * len(found))
    for row, states in enumerate(found.values()):
        for place, state in enumerate(states):
            colour, hatch = STATES[state]
            look = {"color": colour, "hatch": hatch, "edgecolor": "white"}
            axes.barh(row, 1 / len(states), left=place / len(states), **look)
    axes.set(yticks=range(len(found)), yticklabels=list(found), xlim=(0, 1))
    told = (f"{name}: {', '.join(dict.fromkeys(states))}" for name, states in found.items())
    axes.set_label(f"{'; '.join(told)}")
    axes.set_xlabel("share of the bytes written when the power fails")
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_title(title, fontsize=11)
    handles = [Patch(facecolor=c, hatch=h, edgecolor="white", label=name) for name, (c, h) in STATES.items()]
    axes.legend(handles=handles, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure
