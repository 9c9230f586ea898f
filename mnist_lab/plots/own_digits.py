"""A sheet of one's own digits, and a class's, in pictures."""

from mnist_lab.plots import BLUE, GREY, RED, SKY
from mnist_lab.plots.analysis import PERCENT, small_figure

import numpy as np
from matplotlib.lines import Line2D
from PIL import Image, ImageOps


def photo_and_page(photo, page, *, title=""):
    """Return a Figure of the photo in a file, as small as it is shown, beside the page (H, W) found in it."""
    with Image.open(photo) as opened:
        small = ImageOps.exif_transpose(opened.convert("RGB"))
    small.thumbnail((240, 240))
    height, width = page.shape
    page = Image.fromarray(page).resize((round(240 * width / height), 240))
    figure, panels = small_figure(width=5.0, height=3.4, columns=2)
    figure.set_dpi(72)
    for axes, picture, name in zip(panels, (small, page), ("photo", "page"), strict=True):
        axes.imshow(np.asarray(picture), cmap="gray", vmin=0, vmax=255)
        axes.set_title(name, fontsize=10)
        axes.axis("off")
    figure.suptitle(title, fontsize=11)
    return figure


def light_on_paper(grey, evened, *, title=""):
    """Return a Figure of a grey picture (H, W) and of what is left of it, each cut through its middle."""
    figure, panels = small_figure(height=3.2, rows=2, columns=2, height_ratios=(2, 1))
    figure.set_dpi(72)
    for column, picture, name in zip(panels.T, (grey, evened), ("photo", "paper evened out"), strict=True):
        place = picture.shape[1] // 2 + 6  # beside a printed line, which stands in the middle
        column[0].imshow(picture, cmap="gray", vmin=0, vmax=255)
        column[0].axvline(place, color=RED, linewidth=1)
        column[0].set_title(name, fontsize=10)
        column[0].axis("off")
        column[1].plot(picture[:, place], color=RED, linewidth=1)
        column[1].set(ylim=(0, 265), xlabel="row, along the red line", ylabel="brightness")
    figure.suptitle(title, fontsize=11)
    return figure


def beside(points, own_points, own_labels, *, wrong, title=""):
    """Return a Figure of points (N, 2) as grey dots and own_points (M, 2) as numerals, wrong ones red."""
    figure, axes = small_figure(height=4.2)
    figure.set_dpi(64)
    axes.plot(*np.asarray(points).T, ".", markersize=3, color=GREY, alpha=0.5)
    for (x, y), label, is_wrong in zip(own_points.tolist(), own_labels.tolist(), wrong.tolist(), strict=True):
        look = {"color": RED, "fontweight": "bold"} if is_wrong else {"color": BLUE}
        axes.text(x, y, label, fontsize=9, ha="center", va="center", zorder=2 + is_wrong, **look)
    marks = [
        Line2D([], [], marker=".", linestyle="", color=GREY, label="a test digit"),
        Line2D([], [], marker="$7$", linestyle="", color=BLUE, label="yours, read right"),
        Line2D([], [], marker="$7$", linestyle="", color=RED, label="yours, misread"),
    ]
    figure.legend(handles=marks, fontsize=9, loc="outside lower center", ncols=3)
    axes.set(xlabel="first direction", ylabel="second direction", xticks=[], yticks=[])
    axes.set_title(title, fontsize=11)
    return figure


def by_writer(counts, intervals, *, title=""):
    """Return a Figure of the share read right of each writer, from (right, of) and (lower, upper) of each."""
    shares = np.array([right / of for right, of in counts])
    ends = np.asarray(intervals)
    figure, axes = small_figure(height=3.0)
    places = np.arange(len(shares))
    axes.vlines(places, *ends.T, color=SKY, linewidth=4)
    axes.plot(places, shares, "o", color=BLUE)
    names = [f"{place}\n{right} of {of}" for place, (right, of) in enumerate(counts)]
    axes.set_xticks(places, names, fontsize=8)
    axes.set(xlabel="writer, and how many digits were read right", ylabel="read right")
    axes.yaxis.set_major_formatter(PERCENT)
    axes.set_title(title, fontsize=11)
    return figure
