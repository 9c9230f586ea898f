"""What the network gets to see: pixel values, classes, transforms, and how fast it comes."""

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, new_figure
from mnist_lab.plots.images import as_array, tile

import numpy as np

COLOURS, MARKERS = (BLUE, ORANGE, GREEN, PINK), ("o", "s", "^", "D")


def pixel_histograms(forms, *, title=""):
    """Return a Figure of one histogram a form; forms maps a name to its pixel values, any shape."""
    figure, axes = new_figure(height=2.6, columns=len(forms), sharey=True, squeeze=False)
    for axis, (name, pixels) in zip(axes[0], forms.items(), strict=True):
        values = as_array(pixels).ravel()
        axis.hist(values, bins=40, weights=np.full(len(values), 1 / len(values)), color=BLUE)
        axis.set(title=name, xlabel="pixel value", yscale="log")
    axes[0, 0].set_ylabel("share of pixels (log scale)")
    figure.suptitle(title, fontsize=11)
    return figure


def accuracy_dots(results, *, title="", xlabel=""):
    """Return a Figure of one dot a run; results maps a series to {group: accuracies in [0, 1]}."""
    figure, axes = new_figure(height=3.2)
    groups = list(dict.fromkeys(group for runs in results.values() for group in runs))
    for i, (series, runs) in enumerate(results.items()):
        places = [groups.index(group) for group in runs for _ in runs[group]]
        shift = 0.16 * (i - (len(results) - 1) / 2)
        values = [100 * accuracy for group in runs for accuracy in runs[group]]
        axes.plot(np.array(places) + shift, values, MARKERS[i], color=COLOURS[i], label=series, alpha=0.8)
    axes.axhline(10, color=GREY, linestyle=":", label="guessing one of ten")
    axes.set_xticks(range(len(groups)), groups)
    axes.set(title=title, xlabel=xlabel, ylabel="accuracy (%)", ylim=(0, 100))
    axes.set_xlim(-0.5, len(groups) - 0.5)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def class_counts(groups, *, num_classes=10, title=""):
    """Return a Figure of images a class; groups maps a name to its labels (N,)."""
    figure, axes = new_figure(height=2.6)
    width = 0.8 / len(groups)
    for i, (name, labels) in enumerate(groups.items()):
        counts = np.bincount(np.asarray(labels), minlength=num_classes)
        places = np.arange(num_classes) + width * (i - (len(groups) - 1) / 2)
        axes.bar(places, counts, width, color=COLOURS[i], label=name)
    axes.set_xticks(range(num_classes))
    axes.set(title=title, xlabel="class", ylabel="images")
    figure.legend(loc="outside lower center", ncols=len(groups), frameon=False)
    return figure


def accuracy_bars(results, *, title=""):
    """Return a Figure of bars with error bars.

    results maps a group to {name: (accuracy, standard error)}, both in [0, 1].
    """
    figure, axes = new_figure(width=6.0, height=3.0)
    names = list(next(iter(results.values())))
    width = 0.8 / len(names)
    for i, name in enumerate(names):
        values = 100 * np.array([results[group][name] for group in results])  # (groups, 2)
        places = np.arange(len(results)) + width * (i - (len(names) - 1) / 2)
        bars = axes.bar(places, values[:, 0], 0.9 * width, yerr=values[:, 1], color=COLOURS[i], label=name)
        ink = "white" if i == 0 else "black"
        axes.bar_label(bars, fmt="%.1f", label_type="center", color=ink)
    axes.set_xticks(range(len(results)), list(results))
    axes.set(title=title, ylabel="accuracy (%)", ylim=(0, 104))
    figure.legend(loc="outside lower center", ncols=len(names), frameon=False)
    return figure


def speed_bars(speeds, *, title=""):
    """Return a Figure of horizontal bars on a log axis; speeds maps a name to images a second."""
    figure, axes = new_figure(height=0.9 + 0.4 * len(speeds))
    bars = axes.barh(list(speeds), list(speeds.values()), color=COLOURS[: len(speeds)], height=0.6)
    axes.bar_label(bars, labels=[f"{speed:,.0f}" for speed in speeds.values()], padding=4)
    fastest, slowest = max(speeds.values()), min(speeds.values())
    axes.set(title=title, xlabel="images per second (log scale)", xscale="log")
    axes.set(xlim=(slowest / 10, 8 * fastest))
    axes.invert_yaxis()
    return figure


def transform_grid(rows, *, titles=None, limits=None, title=""):
    """Return a Figure of one row of images a name, all on one sheet.

    rows maps a name to images (k, H, W) or (k, 1, H, W), the same k in each. titles are k column
    headings; limits are the values shown black and white, else the smallest and the largest.
    """
    rows = {name: np.concatenate([as_array(image) for image in row]) for name, row in rows.items()}
    sheet = np.concatenate(list(rows.values()))
    columns, side = len(sheet) // len(rows), sheet.shape[-1] + 2
    figure, axes = new_figure(height=0.6 + 6.0 * len(rows) / columns)
    black, white = limits or (None, None)
    picture = tile(sheet, columns=columns)
    axes.imshow(picture, cmap="gray", vmin=black, vmax=white, interpolation="nearest")
    axes.set_yticks([side * i + side / 2 for i in range(len(rows))], list(rows))
    names = [str(name) for name in titles] if titles is not None else []
    axes.set_label(
        "; ".join([f"{len(rows)} rows of {columns} images", *filter(None, map(str, rows)), *names])
    )
    axes.set_xticks([side * i + side / 2 for i in range(len(names))], names)
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    axes.set_frame_on(False)
    axes.set_title(title, fontsize=11)
    return figure


def byte_boxes(values, fields, *, title=""):
    """Return a Figure of bytes in boxes; fields maps a name to how many bytes in turn it takes."""
    figure, axes = new_figure(height=1.5)
    place, told = 0, []
    for i, (name, count) in enumerate(fields.items()):
        for k in range(place, place + count):
            axes.text(k, 0, str(values[k]), ha="center", va="center", fontsize=9)
        axes.bar(range(place, place + count), 1, 0.94, bottom=-0.5, color=COLOURS[i % 4], alpha=0.3)
        axes.text(place + (count - 1) / 2, -1.0, name, ha="center", va="center", fontsize=9)
        told.append(f"{name}: {' '.join(map(str, values[place : place + count]))}")
        place += count
    axes.set_label("; ".join(told))
    axes.set(title=title, xlim=(-0.7, place - 0.3), ylim=(-1.4, 0.8))
    axes.axis("off")
    return figure
