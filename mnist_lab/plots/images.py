"""Digits as pictures: grids, pixel values, predictions."""

from mnist_lab.plots import BLUE, RED, new_figure
from mnist_lab.ranges import check_number

import numpy as np


def as_array(images):
    """Return images of shape (N, H, W), (N, 1, H, W) or (H, W), tensor or not, as a numpy array (N, H, W)."""
    array = images.detach().cpu().numpy() if hasattr(images, "detach") else np.asarray(images)
    return array.reshape(-1, *array.shape[-2:])


def tile(images, *, columns=10, gap=2):
    """Return one float array that holds all images side by side, row by row, with nan in the gaps."""
    images = as_array(images)
    height, width = images.shape[1] + gap, images.shape[2] + gap
    rows = -(-len(images) // columns)
    sheet = np.full((rows * height - gap, columns * width - gap), np.nan)
    for i, image in enumerate(images):
        top, left = i // columns * height, i % columns * width
        sheet[top : top + height - gap, left : left + width - gap] = image
    return sheet


def digit_grid(images, *, captions=None, wrong=None, columns=10, title=""):
    """Return a Figure of images as one sheet, bright ink on black, with a caption under each.

    wrong, a list of booleans, turns the caption of an image red and bold, the others blue.
    """
    images = as_array(images)
    columns = min(columns, check_number("the number of images", len(images), 1, advice="draw some"))
    rows, gap = -(-len(images) // columns), 2 if captions is None else 14 if columns > 3 else 8
    cell = images.shape[-1] + gap
    width = min(7.0, 2.2 * columns)
    figure, axes = new_figure(width=width, height=0.35 + width * rows / columns)
    axes.imshow(tile(images, columns=columns, gap=gap), cmap="gray", interpolation="nearest")
    for i, caption in enumerate([] if captions is None else captions):
        is_wrong = wrong is not None and bool(wrong[i])
        axes.text(
            i % columns * cell + images.shape[-1] / 2,
            i // columns * cell + images.shape[-1] + gap * 0.45,
            str(caption),
            ha="center",
            va="center",
            fontsize=10,
            color=RED if is_wrong else BLUE,
            fontweight="bold" if is_wrong else "normal",
        )
    label = f"{len(images)} images, {columns} in a row"
    axes.set(ylim=(rows * cell - 1, -1), label=label if len(images) > 1 else "")
    axes.set_title(title, fontsize=11)
    axes.axis("off")
    return figure


def pixel_values(image, *, title=""):
    """Return a Figure of one image (H, W) with the number written into every pixel that is not 0."""
    image = as_array(image)[0]
    figure, axes = new_figure(width=6.0, height=6.2)
    axes.imshow(image, cmap="gray")
    middle = (float(image.min()) + float(image.max())) / 2
    for row, column in np.argwhere(image != 0):
        value = image[row, column]
        text = f"{value:.1f}" if image.dtype.kind == "f" else str(value)
        colour = "black" if value > middle else "#BBBBBB"
        axes.text(column, row, text, ha="center", va="center", fontsize=4.8, color=colour)
    axes.set(title=title, xlabel="column", ylabel="row")
    axes.set_label(
        f"{image.size} pixels from {image.min():g} to {image.max():g}, a number in each that is not 0"
    )
    return figure
