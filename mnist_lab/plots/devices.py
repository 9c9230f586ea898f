"""Where things are, when they are done, how long they take, and how far results drift apart."""

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, SKY, new_figure

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator

COLOURS, MARKERS = (BLUE, ORANGE, GREEN, PINK, SKY), ("o", "s", "^", "D", "v")
THINGS = {"model": BLUE, "images": ORANGE, "labels": GREEN}


def two_memories(places, *, title=""):
    """Return a Figure of one box a memory; places maps the memory's name to the things in it."""
    figure, axes = new_figure(height=1.8)
    for column, (memory, things) in enumerate(places.items()):
        left = 1.25 * column
        axes.add_patch(_box(left, 0, 1.05, 1, edgecolor=GREY, facecolor="#F4F4F4"))
        axes.text(left + 0.525, 1.09, memory, ha="center", va="bottom", fontsize=10)
        for i, name in enumerate(things):
            x = left + 0.05 + 0.33 * i
            axes.add_patch(_box(x, 0.3, 0.29, 0.4, facecolor=THINGS.get(name, GREY), alpha=0.35))
            axes.text(x + 0.145, 0.5, name, ha="center", va="center", fontsize=10)
        if not things:
            axes.text(left + 0.525, 0.5, "(empty)", ha="center", va="center", color=GREY)
    axes.set(title=title, xlim=(-0.05, 1.25 * len(places) - 0.15), ylim=(-0.05, 1.35))
    axes.axis("off")
    return figure


def _box(x, y, width, height, **style):
    return Rectangle((x, y), width, height, **style)


def request_and_work(*, num_kernels=4, title="Asking is quick, working takes longer"):
    """Return a Figure, a sketch without units: a processor asks, a graphics card works, two stopwatches."""
    figure, axes = new_figure(height=2.5)
    ask, work = 0.5, 1.6
    for i in range(num_kernels):
        start = ask + work * i
        axes.add_patch(_box(ask * i, 1.1, 0.9 * ask, 0.5, facecolor=BLUE))
        axes.add_patch(_box(start, 0.1, 0.97 * work, 0.5, facecolor=ORANGE))
        axes.text(ask * (i + 0.45), 1.35, f"ask {i + 1}", ha="center", va="center", fontsize=7, color="white")
        axes.text(start + work / 2, 0.35, f"work {i + 1}", ha="center", va="center", fontsize=9)
    asked, done = ask * num_kernels, ask + work * num_kernels
    axes.annotate("", (done, 1.35), (asked, 1.35), arrowprops={"arrowstyle": "->", "color": GREY})
    axes.text((asked + done) / 2, 1.45, "synchronize: wait", ha="center", va="bottom", color=GREY)
    for place, text in ((asked, "stopped without waiting"), (done, "stopped after waiting")):
        axes.vlines(place, 0, 1.75, color="black", linestyle="--", linewidth=1)
        axes.text(place, -0.12, text, ha="center", va="top", fontsize=9)
    axes.set_yticks([1.35, 0.35], ["processor", "graphics card"])
    axes.set(title=title, xlim=(-0.1, done + 1), ylim=(-0.4, 1.85), xlabel="time →", xticks=[])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    return figure


def run_bars(seconds, *, title=""):
    """Return a Figure of one bar a run in milliseconds, with mean and median; seconds is a list."""
    figure, axes = new_figure(height=2.8)
    values = 1000 * np.asarray(seconds, dtype=float)
    axes.bar(np.arange(1, len(values) + 1), values, color=[ORANGE] + [BLUE] * (len(values) - 1))
    axes.axhline(values.mean(), color=GREY, linestyle=":", label=f"mean {values.mean():.2f} ms")
    median = np.median(values)
    axes.axhline(median, color="black", linestyle="--", label=f"median {median:.2f} ms")
    axes.set_xticks(range(1, len(values) + 1))
    axes.set(title=title, xlabel="run", ylabel="time (ms)", ylim=(0, 1.25 * values.max()))
    axes.legend(frameon=False, loc="upper right", ncols=2)  # in the room above the bars
    return figure


def time_by_batch_size(seconds, *, title=""):
    """Return a Figure of microseconds an image over the batch size, both on log axes.

    seconds maps a name to {batch size: seconds a batch}.
    """
    figure, axes = new_figure(height=3.2)
    for i, (name, times) in enumerate(seconds.items()):
        sizes = np.array(list(times), dtype=float)
        microseconds = 1e6 * np.array(list(times.values())) / sizes
        axes.plot(sizes, microseconds, MARKERS[i], linestyle="-", color=COLOURS[i], label=name)
    axes.set(title=title, xlabel="batch size (log scale)", ylabel="time per image (µs, log scale)")
    axes.set(xscale="log", yscale="log")
    axes.set_xticks(sizes, [f"{size:.0f}" for size in sizes], minor=False)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.minorticks_off()
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def drift(differences, *, title=""):
    """Return a Figure of the largest difference a step on a log axis; equal results leave no mark.

    differences maps a name to one number a step; a name whose numbers are all 0 is only listed.
    """
    figure, axes = new_figure(height=3.2)
    for i, (name, values) in enumerate(differences.items()):
        values = np.asarray(values, dtype=float)
        steps = np.flatnonzero(values > 0)
        label = name if len(steps) else f"{name}: no difference at any step"
        axes.plot(steps, values[steps], MARKERS[i], color=COLOURS[i], label=label, markersize=4)
    axes.set(title=title, xlabel="training step", ylabel="largest difference of a logit", yscale="log")
    axes.set_xlim(-1, len(values))
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def speed_and_accuracy(rows, *, title=""):
    """Return a Figure of horizontal bars, images a second, with the accuracy written beside each.

    rows maps a name to (images a second, accuracy in [0, 1]).
    """
    figure, axes = new_figure(height=0.9 + 0.35 * len(rows))
    speeds = [speed for speed, _ in rows.values()]
    bars = axes.barh(list(rows), speeds, color=[GREY] + [BLUE] * (len(rows) - 1), height=0.65)
    texts = [f"{speed:,.0f}   accuracy {accuracy:.1%}" for speed, accuracy in rows.values()]
    axes.bar_label(bars, labels=texts, padding=4, fontsize=9)
    axes.set(title=title, xlabel="images per second in training", xlim=(0, 1.65 * max(speeds)))
    axes.invert_yaxis()
    return figure
