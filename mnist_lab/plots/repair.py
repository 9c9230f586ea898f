"""Networks that do not learn: rows cut across images, a tree of questions, gradients, flat losses."""

import textwrap

from mnist_lab.plots import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, new_figure

from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

COLOURS = (BLUE, ORANGE, GREEN, PINK)
BOX = {"boxstyle": "round,pad=0.5", "linewidth": 1.5}


def cut_rows(sizes, *, per_image, per_row, title="Where view cuts the numbers of a batch"):
    """Return a Figure of a strip for each batch size: its images end to end, cut every per_row numbers.

    What is left behind the last whole row is hatched; then view raises an error.
    """
    figure, axes = new_figure(height=1.1 + 0.5 * len(sizes))
    for place, size in enumerate(sizes):
        for image in range(size):
            look = {"color": COLOURS[image % len(COLOURS)], "edgecolor": "white", "height": 0.6}
            axes.barh(place, per_image, left=image * per_image, **look)
        total = size * per_image
        rows, rest = divmod(total, per_row)
        if rest:
            axes.barh(place, rest, left=total - rest, color="none", edgecolor=RED, hatch="////", height=0.74)
        for row in range(rows + 1):
            axes.vlines(row * per_row, place - 0.42, place + 0.42, color="black", linewidth=2.5)
        axes.text(total + per_image / 3, place, rows_of(size, rows, rest), va="center", fontsize=9)
    axes.set(xlim=(-per_image / 5, (max(sizes) + 5) * per_image), yticks=range(len(sizes)))
    batches = [f"{size} image{'s' if size > 1 else ''}" for size in sizes]
    axes.set_yticklabels(batches)
    told = [rows_of(size, *divmod(size * per_image, per_row)) for size in sizes]
    axes.set_label("; ".join(map(": ".join, zip(batches, told, strict=True))))
    axes.set_xticks(range(0, max(sizes) * per_image + 1, per_row))
    axes.set(xlabel="numbers, in the order in which they lie in memory")
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, fontsize=11)
    return figure


def rows_of(size, rows, rest):
    """What a batch is cut into, in words."""
    if rest:
        return "numbers left over: an error"
    return f"{rows} row{'s' if rows > 1 else ''}" + ("" if rows == size else f", where {size} should be")


def decision_tree(tree, *, title=""):
    """Return a Figure of a tree: a tuple (question, {answer: tree}), or a text, which is a leaf."""
    levels, leaves = depth(tree), count_leaves(tree)
    figure, axes = new_figure(width=1.9 * leaves, height=0.5 + 0.95 * levels)
    draw_tree(axes, tree, left=0, level=0)
    axes.set_label(
        "; ".join(text.get_text() for text in sorted(axes.texts, key=lambda it: -it.get_position()[1]))
    )
    axes.set(xlim=(-0.05, leaves + 0.05), ylim=(-levels + 0.55, 0.4))
    axes.axis("off")
    axes.set_title(title, fontsize=11)
    return figure


def depth(tree):
    return 1 if isinstance(tree, str) else 1 + max(map(depth, tree[1].values()))


def count_leaves(tree):
    return 1 if isinstance(tree, str) else sum(map(count_leaves, tree[1].values()))


def draw_tree(axes, tree, *, left, level):
    """Draw a tree whose first leaf takes the place from left to left + 1; return where its root stands."""
    if isinstance(tree, str):
        x = left + 0.5
        draw_box(axes, x, -level, tree, width=19, facecolor="#fdf2dc", edgecolor=ORANGE)
        return x
    question, answers = tree
    roots = {}
    for answer, branch in answers.items():
        roots[answer] = draw_tree(axes, branch, left=left, level=level + 1)
        left += count_leaves(branch)
    x = sum(roots.values()) / len(roots)
    for answer, root in roots.items():
        axes.plot([x, root], [-level, -level - 1], color=GREY, linewidth=1.5, zorder=1)
        middle = (x + root) / 2, -level - 0.5
        label = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"}
        axes.text(*middle, answer, ha="center", va="center", fontsize=10, bbox=label, zorder=2)
    draw_box(axes, x, -level, question, width=24, facecolor="#e6f1f8", edgecolor=BLUE)
    return x


def draw_box(axes, x, y, text, *, width, **look):
    wrapped = "\n".join(textwrap.wrap(text, width))
    axes.text(x, y, wrapped, ha="center", va="center", fontsize=9.5, bbox={**BOX, **look}, zorder=3)


def gradient_sizes(networks, *, title="How large is the gradient, layer by layer?"):
    """Return a Figure of a panel for each name in a dict of {layer: size of its gradient, or None}."""
    figure, panels = new_figure(height=2.4, columns=len(networks), sharex=True, sharey=True, squeeze=False)
    known = [size for sizes in networks.values() for size in sizes.values() if size]
    low, high = min(known) / 5, max(known) * 5
    for axes, (name, sizes) in zip(panels[0], networks.items(), strict=True):
        for place, size in enumerate(sizes.values()):
            if size:
                axes.plot(size, place, "o", color=BLUE)
            else:
                axes.text(low * 1.3, place, "no gradient", color=RED, va="center", weight="bold")
        axes.set(xscale="log", xlim=(low, high), yticks=range(len(sizes)), yticklabels=list(sizes))
        axes.set_ylim(-0.5, len(sizes) - 0.5)
        axes.grid(axis="y", alpha=0.3)
        axes.set_xlabel("mean size of a gradient (log scale)")
        axes.xaxis.set_major_locator(LogLocator(numticks=6))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_title(name, fontsize=10)
    panels[0][0].invert_yaxis()
    figure.suptitle(title, fontsize=11)
    return figure


def flat_losses(losses, *, healthy, clueless, title="The loss stays at 2.30, for four reasons"):
    """Return a Figure of a panel for each name in a dict of losses, one a step, beside a healthy run's.

    clueless, the loss of one who knows nothing, is a dotted line.
    """
    figure, panels = new_figure(height=2.7, columns=len(losses), sharey=True, squeeze=False)
    for axes, (name, values) in zip(panels[0], losses.items(), strict=True):
        axes.axhline(clueless, color="black", linestyle=":", linewidth=1, label="ln 10")
        axes.plot(healthy, color=SKY, linestyle="--", label="a healthy run")
        axes.plot(values, color=RED, label="this one")
        axes.set_title(name, fontsize=10)
        axes.set(xlabel="steps taken", ylim=(0, 1.3 * clueless))
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    panels[0][0].set(ylabel="loss (nats)")
    panels[0][0].legend(fontsize=8, loc="lower left")
    figure.suptitle(title, fontsize=11)
    return figure


def blown_up(losses, *, clueless, title="Three learning rates"):
    """Return a Figure of a line for each name in a dict of losses, one a step, on a log scale.

    A cross marks the last finite loss of a line that ends early. clueless is a dotted line.
    """
    figure, axes = new_figure(height=2.8)
    longest = max(map(len, losses.values()))
    for (name, values), colour, style in zip(losses.items(), COLOURS, ("-", "--", "-."), strict=False):
        axes.semilogy(values, color=colour, linestyle=style, label=name)
        if len(values) < longest:
            axes.plot(len(values) - 1, values[-1], "X", color=RED, markersize=10)
            axes.annotate("then nan", (len(values) - 1, values[-1]), (10, -4), textcoords="offset points")
    axes.axhline(clueless, color="black", linestyle=":", linewidth=1, label="ln 10")
    axes.set(xlabel="steps taken", ylabel="loss (nats)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title(title, fontsize=11)
    axes.legend(fontsize=8, loc="center right")
    return figure
