"""A computation drawn as a graph: values flow to the right, slopes flow back."""

from mnist_lab.plots import BLUE, GREY, RED, new_figure

OPERATIONS = ("· w1", "ReLU", "· w2", "(· − {target:g})²")
STATIONS = ("x", "z", "hidden", "output", "loss")
ENTERS = {"w1": 0, "w2": 2}  # each weight, and the place of the operation that it enters


def two_weights(values, slopes=None, *, target, title=""):
    """Return a Figure of x · w1, ReLU, · w2 and the squared error as a graph with numbers.

    values is a dict of x, w1, z, hidden, w2, output and loss. slopes has those of the loss with respect to
    w1, z, hidden, w2 and output; without it a question mark stands in place of each.
    """
    figure, axes = new_figure(height=2.1)
    for place, name in enumerate(STATIONS):
        _arrow(axes, (2 * place + 0.05, 0), (2 * place + 1.05, 0))
        _numbers(axes, 2 * place + 0.5, 0, name, values, slopes, gap=0.17)
    for place, operation in enumerate(OPERATIONS):
        frame = {"boxstyle": "round", "facecolor": "white", "edgecolor": GREY}
        words = operation.format(target=target)
        axes.text(2 * place + 1.5, 0, words, ha="center", va="center", fontsize=9, bbox=frame)
    for name, place in ENTERS.items():
        _arrow(axes, (2 * place + 1.5, -0.95), (2 * place + 1.5, -0.3))
        _numbers(axes, 2 * place + 1.5, -1.35, name, values, slopes, gap=0.03)
    axes.set(xlim=(-0.1, 9.2), ylim=(-1.8, 0.75))
    axes.set_axis_off()
    axes.set_title(title, fontsize=11)
    return figure


def _arrow(axes, start, end):
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->"})


def _numbers(axes, x, y, name, values, slopes, *, gap):
    """Write a name with its value above a place, and its slope below it."""
    said = f"{name} = {_plain(values[name])}"
    axes.text(x, y + gap, said, ha="center", va="bottom", color=BLUE, fontsize=9)
    if name in ("x", "loss"):  # no slope is asked for
        return
    slope = "?" if slopes is None else _plain(slopes[name])
    axes.text(x, y - gap, f"slope {slope}", ha="center", va="top", color=RED, fontsize=9, weight="bold")


def _plain(number):
    """A number in few digits, with a real minus and no minus before 0."""
    return f"{number + 0.0:g}".replace("-", "−")
