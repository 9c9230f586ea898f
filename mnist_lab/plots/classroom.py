"""The class experiment as a picture."""

from mnist_lab.plots import BLUE, GREEN, ORANGE, new_figure

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter


def seat_histogram(accuracies, summary, *, floor, num_images, title=""):
    """Return a Figure of a histogram in which every block is a seat, from a dict {seat: accuracy}.

    A column is one image wide, or as few as give no more than 24 columns. Below stand mean and standard
    deviation (summary, as evidence.summarise gives it) and the sampling floor.
    """
    counts = {seat: round(accuracy * num_images) for seat, accuracy in accuracies.items()}
    lowest = min(counts.values())
    width = 1 + (max(counts.values()) - lowest) // 24
    columns = {}
    for seat in sorted(counts):
        columns.setdefault((counts[seat] - lowest) // width, []).append(seat)
    tallest = max(map(len, columns.values()))
    figure, (blocks, bars) = new_figure(
        width=8.5, height=2.1 + 0.3 * tallest, rows=2, sharex=True, height_ratios=[tallest + 1, 3]
    )
    draw_blocks(blocks, columns, left=(lowest - 0.5) / num_images, width=width / num_images)
    draw_bars(bars, summary, floor)
    reach, margin = max(summary.std, floor), 2 * width / num_images
    left = min(*accuracies.values(), summary.mean - reach) - margin
    blocks.set(xlim=(left, max(*accuracies.values(), summary.mean + reach) + margin))
    ticks = np.arange(0, tallest + 1, max(1, tallest // 4))
    blocks.set(ylim=(0, tallest + 0.3), ylabel="seats", yticks=ticks)
    blocks.set_title(title, fontsize=11)
    blocks.set_label(
        f"{len(accuracies)} seats from {min(accuracies.values()):.1%} to {max(accuracies.values()):.1%}"
    )
    return figure


def draw_blocks(axes, columns, *, left, width):
    """Draw a block with its seat's number for each seat of each column; the first column starts at left."""
    for column, seats in columns.items():
        x = left + column * width
        for row, seat in enumerate(seats):
            axes.add_patch(Rectangle((x, row), width, 1, facecolor=BLUE, edgecolor="white", alpha=0.85))
            axes.text(x + width / 2, row + 0.5, seat, ha="center", va="center", fontsize=9, color="white")


def draw_bars(axes, summary, floor):
    """Draw mean ± standard deviation, and below it the mean ± the sampling floor."""
    axes.errorbar(summary.mean, 1, xerr=summary.std, fmt="D", capsize=5, color=ORANGE)
    axes.errorbar(summary.mean, 0, xerr=floor, fmt="D", capsize=5, color=GREEN)
    names = ["sampling floor:\none standard error", "mean ± standard\ndeviation"]
    axes.set(ylim=(-0.6, 1.6), xlabel="test accuracy")
    axes.set_yticks([0, 1], names, fontsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=1))
