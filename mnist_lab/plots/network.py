"""A network as pictures: its architecture, filters and maps, what excites it, how it takes shifts."""

from dataclasses import dataclass
from itertools import pairwise

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, RED, new_figure
from mnist_lab.plots.images import as_array, tile

import numpy as np
from matplotlib.patches import Rectangle

COLOURS = {"Conv2d": BLUE, "MaxPool2d": GREEN, "Flatten": GREY, "Linear": RED}
MAP_SIDE, SHEET, GAP, TALLEST = 2.8, 0.09, 1.5, 3.6  # in the drawing's own units


@dataclass
class Stage:
    """One thing in the drawing: what a layer puts out, its left edge x, its width and height."""

    name: str
    kind: str
    shape: tuple
    parameters: int = 0
    value: object = None
    relu: bool = False
    x: float = 0.0
    width: float = 0.3
    height: float = 0.3

    @property
    def sheets(self):
        """How many sheets of paper stand for the channels."""
        return min(9, 1 + self.shape[0] // 6) if len(self.shape) == 3 else 1

    @property
    def right(self):
        return self.x + self.width + SHEET * (self.sheets - 1)


def architecture(trace, image, *, values=None, title=None):
    """Return a Figure of a plain chain of layers, from the rows of anatomy.trace_shapes.

    image (1, H, W) is the input. values, what each row put out for that image, each (1, ...), as
    anatomy.layer_outputs returns them, fills the maps and vectors with real numbers.
    """
    image = as_array(image)
    stages = stages_of(trace, image, values or [None] * len(trace))
    place(stages, largest=image.shape[-1])
    width = stages[-1].right + 0.7
    figure, axes = new_figure(width=width * 0.62, height=6.0 * 0.62)
    for before, after in pairwise(stages):
        draw_step(axes, before, after)
    for stage in stages:
        draw_stage(axes, stage)
    total = sum(stage.parameters for stage in stages)
    axes.set_title(title or f"From a digit to ten scores: {total:,} parameters", fontsize=12)
    axes.set(xlim=(-0.3, width - 0.3), ylim=(-3.1, 2.6), aspect="equal")
    axes.axis("off")
    return figure


def stages_of(trace, image, values):
    """The layers that change the shape or have parameters; ReLU becomes a mark on the one before."""
    stages = [Stage("input", "input", image.shape, value=image)]
    for (name, kind, shape, parameters), value in zip(trace, values, strict=True):
        if kind == "ReLU":
            stages[-1].relu, stages[-1].value = True, value
        elif parameters or tuple(shape[1:]) != stages[-1].shape:
            stages.append(Stage(name, kind, tuple(shape[1:]), parameters, value))
    return stages


def place(stages, *, largest):
    """Give every stage its place and its size, from left to right."""
    x = 0.0
    for stage in stages:
        if len(stage.shape) == 3:
            stage.width = stage.height = MAP_SIDE * max(stage.shape[-1] / largest, 0.1)
        else:
            stage.height = min(TALLEST, 1.8 + 0.75 * np.log10(max(stage.shape[-1] / 10, 1)))
        stage.x, x = x, x + stage.width + SHEET * (stage.sheets - 1) + GAP


def draw_stage(axes, stage):
    """Draw maps as sheets of paper, the first on top, or a vector as a strip; name it below."""
    colour = COLOURS.get(stage.kind, GREY)
    pictures = None if stage.value is None else as_array(vector_as_image(stage.value))
    for sheet in reversed(range(stage.sheets)):
        left, bottom = stage.x + SHEET * sheet, SHEET * sheet - stage.height / 2
        frame = Rectangle(
            (left, bottom), stage.width, stage.height, fill=False, edgecolor=colour, zorder=3
        )
        frame.set(facecolor="#EEF2F5", fill=pictures is None, linewidth=1.1)
        axes.add_patch(frame)
        if pictures is not None:
            extent = (left, left + stage.width, bottom, bottom + stage.height)
            axes.imshow(
                pictures[sheet], extent=extent, cmap="gray", interpolation="nearest", zorder=2
            )
    middle, shape = stage.x + stage.width / 2, " × ".join(f"{n:,}" for n in stage.shape)
    axes.text(
        middle,
        -1.95,
        stage.name,
        ha="center",
        va="top",
        fontsize=9,
        color=colour,
        fontweight="bold",
    )
    axes.text(middle, -2.4, shape, ha="center", va="top", fontsize=9)
    if stage.shape == (10,):
        write_digits(axes, stage)


def vector_as_image(value):
    """Turn a vector (1, n) into an image (n, 1); leave maps as they are."""
    return value.reshape(-1, 1) if value.ndim == 2 else value


def write_digits(axes, stage):
    """Write 0 to 9 beside a strip of ten scores, the highest one bold."""
    winner = None if stage.value is None else int(stage.value.argmax())
    for k in range(10):
        y = stage.height * (0.5 - (k + 0.5) / 10)
        style = {"color": RED, "fontweight": "bold"} if k == winner else {"color": GREY}
        axes.text(stage.right + 0.12, y, str(k), va="center", fontsize=8, **style)


def draw_step(axes, before, after):
    """Draw the arrow from one stage to the next: above it the operation, below it the parameters."""
    start, end = before.right + 0.12, after.x - 0.12
    if before.shape == (10,):
        start += 0.25
    arrow = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (end, 0), (start, 0), arrowprops=arrow)
    middle = (start + end) / 2
    axes.text(middle, 0.12, operation(before, after), ha="center", va="bottom", fontsize=7.5)
    if after.parameters:
        text = f"{after.parameters:,}\nparameters"
        axes.text(
            middle, -0.12, text, ha="center", va="top", fontsize=7.5, color=COLOURS.get(after.kind)
        )


def operation(before, after):
    """Say what turns one stage into the next."""
    words = {"Conv2d": "convolve", "MaxPool2d": "max pool", "Linear": "fully\nconnected"}
    text = words.get(after.kind, after.kind.lower())
    if after.kind == "Conv2d" and (size := kernel_side(before, after)):
        text += f"\n{size} × {size}"
    if after.kind == "MaxPool2d":
        text += f"\n{(size := before.shape[-1] // after.shape[-1])} × {size}"
    return text + ("\nReLU" if after.relu else "")


def kernel_side(before, after):
    """The side of a square kernel with biases: parameters = out · (in · side² + 1); None otherwise."""
    side = ((after.parameters / after.shape[0] - 1) / before.shape[0]) ** 0.5
    return int(side) if side == int(side) else None


def two_sheets(left, right, captions, *, columns=8, title=""):
    """Return a Figure of two stacks of small images (N, H, W) side by side, such as before and after.

    Each stack is painted from its own smallest to its own largest value.
    """
    figure, axes = new_figure(
        width=8.0, height=0.7 + 4.0 * -(-len(left) // columns) / columns, columns=2
    )
    for axis, images, caption in zip(axes, (left, right), captions, strict=True):
        axis.imshow(tile(images, columns=columns, gap=max(1, images.shape[-1] // 10)), cmap="gray")
        axis.set_title(caption, fontsize=9)
        axis.axis("off")
    figure.suptitle(title, fontsize=11)
    return figure


def receptive_squares(image, fields, *, place, title=""):
    """Return a Figure: the square of pixels that each layer's value at the image's middle depends on.

    fields are the rows of anatomy.receptive_field; place is a (row, column) of the image.
    """
    figure, axes = new_figure(width=4.6, height=3.4)
    axes.imshow(as_array(image)[0], cmap="gray")
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
    """Return a Figure: a row for each name, in it one sheet of patches (9, H, W) for each caption."""
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
            axis.imshow(tile(patches, columns=3, gap=1), cmap="gray")
            axis.set_title(caption, fontsize=8)
            axis.set(xticks=[], yticks=[], frame_on=False)
        line[0].set_ylabel(name, fontsize=10)
    figure.suptitle(title, fontsize=11)
    return figure


def parameter_shares(trace, *, title="Where the parameters are"):
    """Return a Figure: a bar for each layer that has parameters, with its number and its share."""
    rows = [row for row in trace if row.parameters]
    total = sum(row.parameters for row in rows)
    figure, axes = new_figure(width=6.5, height=0.8 + 0.32 * len(rows))
    names, numbers = [row.name for row in rows], [row.parameters for row in rows]
    bars = axes.barh(names, numbers, color=[COLOURS.get(row.kind, GREY) for row in rows])
    axes.bar_label(bars, [f" {n:,}  ({n / total:.1%})" for n in numbers], fontsize=9)
    axes.set(title=title, xlabel="parameters", xlim=(0, 1.3 * max(numbers)))
    axes.title.set_fontsize(11)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def shift_curves(shifts, curves, *, title="", xlabel="shift in pixels"):
    """Return a Figure: accuracy in [0, 1] over the shifts, a line for each name in curves."""
    figure, axes = new_figure(width=6.5, height=3.3)
    styles = zip((BLUE, RED, GREEN, PINK), "osD^", strict=True)
    places = range(len(shifts))
    for (name, accuracies), (colour, marker) in zip(curves.items(), styles, strict=False):
        axes.plot(places, [100 * a for a in accuracies], color=colour, marker=marker, label=name)
    axes.axhline(10, color=GREY, linestyle=":", linewidth=1)
    axes.text(0, 11.5, "chance", color=GREY, fontsize=8)
    axes.set(title=title, xlabel=xlabel, ylabel="accuracy in percent", ylim=(0, 102), xticks=places)
    axes.set_xticklabels(shifts)
    axes.title.set_fontsize(11)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", fontsize=9, frameon=False)
    return figure
