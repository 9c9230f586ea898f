"""Where the seconds go, in pictures: first steps, the rungs of a ladder, parts of a step, mistakes."""

from statistics import fmean, median

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, new_figure

PARTS = ((GREY, ""), (SKY, "///"), (BLUE, "\\\\\\"), (ORANGE, "..."), (PINK, "xx"), (GREEN, "--"))

STYLES = ((BLUE, "o", "-"), (ORANGE, "s", "-"), (PINK, "v", "--"), (SKY, "^", "-."), (GREEN, "*", "-"))


def first_steps(seconds, *, title=""):
    """Return a Figure of the milliseconds of each step of one run, the first one marked, log scale up."""
    figure, axes = new_figure(height=2.6)
    milliseconds = [1000 * value for value in seconds]
    axes.plot(range(1, len(seconds) + 1), milliseconds, "o-", color=BLUE, markersize=4, label="each step")
    axes.plot(1, milliseconds[0], "D", color=RED, markersize=9, mfc="none", mew=2, label="the first one")
    axes.axhline(median(milliseconds), color=GREY, linestyle=":", label="median")
    axes.set(xlabel="step", ylabel="milliseconds (log scale)", yscale="log")
    plain_numbers(axes.yaxis)
    axes.legend(fontsize=8)
    axes.set_title(title, fontsize=11)
    return figure


def plain_numbers(axis):
    """Write the numbers of a log axis as they are; between powers of ten only where it spans few of them."""
    low, high = axis.get_view_interval()
    leading = "123456789" if high < 5 * low else "25" if high < 50 * low else ""
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(lambda x, place: f"{x:g}" if f"{x:e}"[0] in leading else "")
    axis.set_tick_params(which="minor", labelsize=7)


def ladder(rows, *, title=""):
    """Return a Figure of each rung, from above: its steps, the time of one, and their product in seconds.

    rows is a dict of name: dict with steps, and seconds, one a seed. Points are medians, and bars reach
    from the smallest to the largest. All three axes are logarithmic.
    """
    steps = [[row["steps"]] for row in rows.values()]
    seconds = [row["seconds"] for row in rows.values()]
    a_step = [[1000 * s / n for s in own] for own, (n,) in zip(seconds, steps, strict=True)]
    panels = {
        "steps": steps,
        "milliseconds a step": a_step,
        "seconds of training": seconds,
    }
    figure, row_of_axes = new_figure(width=8.0, height=0.9 + 0.32 * len(rows), columns=3, sharey=True)
    for axes, (name, values), colour in zip(row_of_axes, panels.items(), (GREEN, ORANGE, BLUE), strict=True):
        axes.plot([median(own) for own in values], range(len(rows)), "o-", color=colour, markersize=5)
        axes.hlines(range(len(rows)), list(map(min, values)), list(map(max, values)), color=colour)
        axes.set(xscale="log", xlabel=f"{name} (log scale)")
        axes.margins(x=0.1, y=0.08)
        axes.grid(alpha=0.3)
        plain_numbers(axes.xaxis)
    row_of_axes[0].set_yticks(range(len(rows)), rows)
    row_of_axes[0].invert_yaxis()
    figure.suptitle(title, fontsize=11)
    return figure


def step_parts(networks, *, xlabel="milliseconds a step", title=""):
    """Return a Figure with a bar a network: the milliseconds of each part of a step, end to end.

    networks is a dict of name: dict of part: seconds; every network has the same parts.
    """
    figure, axes = new_figure(height=1.2 + 0.42 * len(networks))
    parts = next(iter(networks.values()))
    before = [0.0] * len(networks)
    for part, (colour, hatch) in zip(parts, PARTS, strict=False):
        widths = [1000 * seconds[part] for seconds in networks.values()]
        look = {"color": colour, "hatch": hatch, "edgecolor": "white", "height": 0.6}
        axes.barh(range(len(networks)), widths, left=before, label=part, **look)
        before = [start + width for start, width in zip(before, widths, strict=True)]
    axes.set_yticks(range(len(networks)), networks)
    axes.invert_yaxis()
    axes.set(xlabel=xlabel)
    axes.legend(fontsize=8, loc="lower right", ncols=2)
    axes.set_title(title, fontsize=11)
    return figure


def mistakes(rows, *, floors, title=""):
    """Return a Figure of the test digits misread by each recipe: a dot a run, and the mean of its runs.

    rows is a dict of name: dict with accuracies and num_test, the same for all; floors a dict of name:
    sampling floor in [0, 1]. The bars reach two floors to either side of the mean.
    """
    figure, axes = new_figure(height=1.1 + 0.36 * len(rows))
    for place, (name, row) in enumerate(rows.items()):
        wrong = [row["num_test"] * (1 - accuracy) for accuracy in row["accuracies"]]
        reach = 2 * row["num_test"] * floors[name]
        first = place == 0
        axes.errorbar(
            fmean(wrong), place, xerr=reach, fmt="D", color=BLUE, capsize=4, mfc="white", mew=2,
            label="mean of the runs, and two sampling floors" if first else None,
        )  # fmt: skip
        axes.plot(wrong, [place] * len(wrong), ".", color=ORANGE, label="one run" if first else None)
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set(xlabel=f"misread of {next(iter(rows.values()))['num_test']:,} test digits")
    axes.grid(alpha=0.3, axis="x")
    figure.legend(fontsize=8, loc="outside lower center", ncols=2)
    axes.set_title(title, fontsize=11)
    return figure


def covariances(before, after, *, title=""):
    """Return a Figure of the covariances of filters' answers, random ones and whitened ones, side by side.

    before and after are square arrays, as torch.Tensor.cov gives them.
    """
    figure, panels = new_figure(width=6.5, height=2.9, columns=2)
    for axes, (name, matrix) in zip(panels, (("random", before), ("whitened", after)), strict=True):
        reach = float(abs(matrix).max())
        picture = axes.imshow(matrix, cmap="PuOr", vmin=-reach, vmax=reach)
        axes.set(xlabel="filter", ylabel="filter")
        axes.set_title(name, fontsize=10)
        figure.colorbar(picture, ax=axes, shrink=0.8, label="covariance")
    figure.suptitle(title, fontsize=11)
    return figure


def along(recipes, *, target, ends, title=""):
    """Return a Figure of error over seconds along the training of each recipe, down to the target.

    recipes is a dict of name: list of looks, each a dict with seconds and accuracies, one a seed. A line
    goes through the medians; thin ones are the seeds. target is an accuracy. ends is a dict of name: dict
    with seconds and accuracies of recipes of which only the end is known. Both axes are logarithmic; errors
    above 10 % are left out, and a run without a mistake is drawn at 0.01 %.
    """
    figure, axes = new_figure(width=8.0, height=4.4)
    for (name, looks), (colour, mark, style) in zip(recipes.items(), STYLES, strict=False):
        seconds, errors = ([look[key] for look in looks] for key in ("seconds", "accuracies"))
        errors = [[_percent_wrong(accuracy) for accuracy in look] for look in errors]
        axes.plot(seconds, errors, color=colour, alpha=0.25, linewidth=0.8)
        middle = [median(look) for look in seconds], [median(look) for look in errors]
        axes.plot(*middle, mark + style, color=colour, markersize=4, label=name)
    for name, row in ends.items():
        place = median(row["seconds"]), _percent_wrong(median(row["accuracies"]))
        axes.plot(*place, "D", color=GREY, mfc="white")
        axes.annotate(name, place, xytext=(9, -13), textcoords="offset points", ha="right", fontsize=8)
    axes.axhline(_percent_wrong(target), color=GREY, linestyle=":", label=f"target: {target:.0%} right")
    axes.set(xscale="log", yscale="log")
    axes.set(xlabel="seconds of training so far (log scale)", ylabel="test error (%, log scale)")
    axes.margins(x=0.03, y=0.05)
    axes.set_ylim(top=10)
    for axis in (axes.xaxis, axes.yaxis):
        plain_numbers(axis)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper right")
    axes.set_title(title, fontsize=11)
    return figure


def _percent_wrong(accuracy):
    return max(100 * (1 - accuracy), 0.01)
