"""A network as a picture: its architecture and where its parameters are, from a trace of shapes."""

from dataclasses import dataclass
from itertools import pairwise

from mnist_lab.plots import BLUE, GREEN, GREY, RED, new_figure
from mnist_lab.plots.images import as_array

import numpy as np
from matplotlib.patches import Rectangle

COLOURS = {"Conv2d": BLUE, "MaxPool2d": GREEN, "Linear": RED}
# in the drawing's own units, of which UNIT is the length in inches
UNIT, MAP_SIDE, SHEET, GAP, TALLEST = 0.45, 2.8, 0.11, 1.55, 3.4


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
        return min(7, 1 + self.shape[0] // 6) if len(self.shape) == 3 else 1

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
    left, right, bottom, top = -1.3, stages[-1].right + 0.9, -3.9, 2.4
    figure, axes = new_figure(width=UNIT * (right - left), height=UNIT * (top - bottom) + 0.35)
    figure.set_dpi(80)  # as wide as a notebook's page
    for before, after in pairwise(stages):
        draw_step(axes, before, after)
    for stage in stages:
        draw_stage(axes, stage)
    total = sum(stage.parameters for stage in stages)
    axes.set_title(title or f"From a digit to ten scores: {total:,} parameters", fontsize=12)
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    axes.axis("off")
    return figure


def stages_of(trace, image, values):
    """The layers that change the shape or have parameters; ReLU marks the one before it."""
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
            stage.height = min(TALLEST, 2.5 + 0.45 * np.log10(max(stage.shape[-1] / 10, 1)))
        stage.x, x = x, x + stage.width + SHEET * (stage.sheets - 1) + GAP


def draw_stage(axes, stage):
    """Draw maps as sheets of paper, the first on top, or a vector as a strip; name it below."""
    colour = COLOURS.get(stage.kind, GREY)
    pictures = None if stage.value is None else as_array(vector_as_image(stage.value))
    for sheet in reversed(range(stage.sheets)):
        left, bottom = stage.x + SHEET * sheet, SHEET * sheet - stage.height / 2
        frame = Rectangle((left, bottom), stage.width, stage.height, fill=False, edgecolor=colour, zorder=3)
        frame.set(facecolor="#EEF2F5", fill=pictures is None, linewidth=1.1)
        axes.add_patch(frame)
        if pictures is not None:
            extent = (left, left + stage.width, bottom, bottom + stage.height)
            axes.imshow(pictures[sheet], extent=extent, cmap="gray", interpolation="nearest", zorder=2)
    write_captions(axes, stage, colour)
    if stage.shape == (10,):
        write_digits(axes, stage)


def write_captions(axes, stage, colour):
    """Write a stage's name, shape and parameters below it."""
    middle = (stage.x + stage.right) / 2
    style = {"ha": "center", "va": "top", "color": colour}
    shape = " × ".join(f"{n:,}" for n in stage.shape)
    axes.text(middle, -1.95, stage.name, fontsize=10, fontweight="bold", **style)
    axes.text(middle, -2.5, shape, fontsize=9, ha="center", va="top")
    if stage.parameters:
        axes.text(middle, -3.0, f"{stage.parameters:,}\nparameters", fontsize=8, **style)


def vector_as_image(value):
    """Turn a vector (1, n) into an image (n, 1); leave maps as they are."""
    return value.reshape(-1, 1) if value.ndim == 2 else value


def write_digits(axes, stage):
    """Write 0 to 9 beside a strip of ten scores, the highest one bold."""
    winner = None if stage.value is None else int(stage.value.argmax())
    for k in range(10):
        y = stage.height * (0.5 - (k + 0.5) / 10)
        style = {"color": RED, "fontweight": "bold"} if k == winner else {"color": GREY}
        axes.text(stage.right + 0.12, y, str(k), va="center", fontsize=6.5, **style)


def draw_step(axes, before, after):
    """Draw the arrow from one stage to the next and write the operation above it."""
    start, end = before.right + 0.12, after.x - 0.12
    arrow = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (end, 0), (start, 0), arrowprops=arrow)
    text = operation(before, after)
    axes.text((start + end) / 2, 0.12, text, ha="center", va="bottom", fontsize=8)


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
    """The side of a square kernel with biases, from parameters = out · (in · side² + 1), or None."""
    squared = (after.parameters / after.shape[0] - 1) / before.shape[0]
    side = round(max(squared, 0) ** 0.5)
    return side if side and side**2 == squared else None
