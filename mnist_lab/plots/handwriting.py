"""Photos of handwriting, with what was found in them."""

from mnist_lab.handwriting.ink import ink_on_black
from mnist_lab.handwriting.sheet import cut
from mnist_lab.plots import BLUE, RED, new_figure
from mnist_lab.plots.images import tile

import numpy as np
import torch
from matplotlib.patches import Rectangle


def photo_with_answers(photo, found, *, title=""):
    """Return a Figure of a photo with a box and an answer at each digit found, beside what a network gets.

    photo is the PIL image that open_photo returned, found a list of Found. Under each image stands its
    answer, and how sure of it the network is.
    """
    columns = max(min(5, len(found)), round(len(found) ** 0.5))
    height = 0.4 + 4.4 * max(photo.height / photo.width, -(-len(found) // columns) / columns)
    figure, (left, right) = new_figure(width=9.0, height=min(height, 9.0), columns=2)
    figure.set_dpi(64)
    left.imshow(np.asarray(photo), cmap="gray", vmin=0, vmax=255)
    cell, size = 28 + 14, 9 if columns < 8 else 5
    right.imshow(tile([each.image.numpy() for each in found], columns=columns, gap=14), cmap="gray")
    right.set_ylim(-(-len(found) // columns) * cell - 1, -1)
    for place, (box, _, answer, probabilities) in enumerate(found):
        x0, y0, x1, y1 = box
        left.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=BLUE, linewidth=1.5))
        label = {"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8}
        left.text(x0, y0, answer, color=BLUE, fontsize=size + 2, va="bottom", weight="bold", bbox=label)
        x, y = place % columns * cell + 14, place // columns * cell + 34
        words = f"{answer}: {float(probabilities[answer]):.0%}"
        right.text(x, y, words, color=BLUE, fontsize=size, ha="center", va="center")
    for axes, name in ((left, "the photo"), (right, "what the network gets, and its answers")):
        axes.set_title(name, fontsize=10)
        axes.axis("off")
    figure.suptitle(title, fontsize=11)
    return figure


def contact_sheet(images, labels=None, flags=None, *, title=""):
    """Return a Figure of a sheet's cells to look through; the flagged ones are framed.

    images is a Sheet, or images (N, H, W) with their labels (N,) and flags (N,), which may be left out. A
    cell of a Sheet that is empty or struck out is blank.
    """
    if hasattr(images, "over_border"):
        sheet = images
        left_out = sheet.is_empty[:, None, None]
        ink = torch.from_numpy(cut(ink_on_black(sheet.page.numpy())))
        images = ink.float().masked_fill(left_out, float("nan"))
        labels, flags = sheet.labels, sheet.over_border & ~sheet.is_empty
    side, rows = images.shape[-1] + 2, -(-len(images) // 10)
    figure, axes = new_figure(width=7.0, height=0.7 * rows + 0.2)
    figure.set_dpi(64)
    axes.imshow(tile(images), cmap="gray", interpolation="nearest")
    axes.set_facecolor("white")
    for cell, flagged in enumerate([] if flags is None else flags):
        if flagged:
            corner = (cell % 10 * side - 1, cell // 10 * side - 1)
            axes.add_patch(Rectangle(corner, side, side, fill=False, edgecolor=RED, linewidth=2))
    starts = [] if labels is None else labels[::10].tolist()
    axes.set_yticks([row * side + side / 2 for row in range(len(starts))], starts)
    axes.set_xticks([column * side + side / 2 for column in range(10)], range(1, 11))
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    axes.set(xlabel="box", ylabel="digit")
    axes.set_title(title, fontsize=11)
    return figure
