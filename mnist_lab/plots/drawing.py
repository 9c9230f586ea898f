"""A drawing and what a network makes of it, in one picture that is quick to draw."""

from mnist_lab.plots import BLUE, GREY
from mnist_lab.plots.images import as_array

from matplotlib.figure import Figure

SIZE, BARS, GAP, HEIGHT = 1.8, 2.9, 0.15, 2.2  # inches: with a map it still fits beside the canvas


def reading(image, probabilities=None, *, saliency=None):
    """Return a Figure of an image uint8 (28, 28), beside the ten probabilities as bars.

    Without probabilities there are no bars. saliency (28, 28) is painted between the two, on a scale of
    its own. All places are fixed and no axis is drawn, so that nothing moves and a pad can keep up.
    """
    panels = [("28 × 28, as it is read", image, {"cmap": "gray", "vmin": 0, "vmax": 255})]
    if saliency is not None:
        panels.append(("saliency: what matters", saliency, {"cmap": "inferno", "vmin": 0}))
    width = GAP / 2 + len(panels) * (SIZE + GAP) + BARS
    figure = Figure(figsize=(width, HEIGHT))
    for place, (title, values, colours) in enumerate(panels):
        axes = figure.add_axes(((GAP / 2 + place * (SIZE + GAP)) / width, 0.04, SIZE / width, SIZE / HEIGHT))
        axes.set_axis_off()
        axes.imshow(as_array(values)[0], **colours)
        axes.set_title(title, fontsize=8)
    left = (GAP / 2 + len(panels) * (SIZE + GAP)) / width
    draw_bars(figure.add_axes((left, 0.04, 1 - left, SIZE / HEIGHT)), probabilities)
    return figure


def draw_bars(axes, probabilities):
    """Draw ten bars from 0 to 1 above the digits, the highest blue and with its number in percent."""
    axes.set_axis_off()
    axes.set(xlim=(-1.9, 9.6), ylim=(-0.16, 1.12))
    axes.set_title("no answer" if probabilities is None else "probability of each digit", fontsize=8)
    axes.hlines([0, 0.5, 1], -0.6, 9.6, colors=GREY, linewidths=[1.0, 0.4, 0.4])
    for height in (0, 0.5, 1):
        axes.text(-0.75, height, f"{height:.0%}", ha="right", va="center", fontsize=7, color=GREY)
    for digit in range(10):
        axes.text(digit, -0.03, digit, ha="center", va="top", fontsize=10)
    if probabilities is None:
        return
    shares = [float(share) for share in probabilities]
    highest = max(range(10), key=shares.__getitem__)
    axes.bar(range(10), shares, color=[BLUE if digit == highest else GREY for digit in range(10)])
    number = f"{shares[highest]:.0%}"
    axes.text(highest, shares[highest] + 0.02, number, ha="center", fontsize=9, color=BLUE, weight="bold")
