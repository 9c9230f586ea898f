"""Lessons 06 and 07: what the stored studies hold, to be walked through."""

from mnist_lab.plots.explored import stored_curves
from mnist_lab.plots.hyperparameters import level_text
from mnist_lab.plots.sweep import is_share, picture
from mnist_lab.widgets.explorer import Choice, Explorer

MEANS = "mean of the runs"
PICKS = {MEANS: None, "highest run": max, "lowest run": min}


def grid_explorer(study, *, num_digits=None, dropout=0.0):
    """Return a widget over the grid of the overfitting study: training digits and dropout; the curves.

    study is recorded("overfitting").
    """
    check_holds(study, "grid", 'recorded("overfitting")')
    cells = {(cell["num_digits"], cell["dropout"]): cell for cell in study["grid"]["cells"]}
    sizes, rates = (sorted({key[place] for key in cells}) for place in (0, 1))
    highest = max(max(cell["held_out_loss"]) for cell in cells.values())
    lowest = min(min(cell["held_out_accuracy"]) for cell in cells.values())

    limits = (1.05 * highest, max(0.0, lowest - 0.02))

    def draw(num_digits, dropout):
        cell, plain = cells[num_digits, dropout], cells[num_digits, 0.0] if dropout else None
        title = f"{num_digits:,} training digits, dropout {dropout:g}"
        words = f"{title}: {ending_of(cell)} Means of {study['grid']['n']} seeds."
        return stored_curves(cell["epoch"], cell, plain, limits=limits, title=title), words

    controls = {
        "num_digits": Choice("Training digits", sizes, sizes[0] if num_digits is None else num_digits),
        "dropout": Choice("Dropout", rates, dropout),
    }
    how = "Choose how many digits there were to learn from, and the share of dropout, and see the curves."
    return Explorer(draw, controls, name="Digits and dropout", css="grid", how=how)


def ending_of(cell):
    """Return where the held-out loss of stored curves is lowest, and how they end, in a sentence."""
    lowest, epoch = min(zip(cell["held_out_loss"], cell["epoch"], strict=True))
    return (
        f"the held-out loss is lowest after epoch {epoch} ({lowest:.2f} nats) and "
        f"{cell['held_out_loss'][-1]:.2f} at the end, where held-out accuracy is "
        f"{cell['held_out_accuracy'][-1]:.1%}."
    )


def landscape_explorer(rows, axes, *, figures=None, down=None, across=None):
    """Return a widget over the table of a sweep: two parameters and a figure; a line or a heat map.

    rows are dicts as in a sweep's results.jsonl, axes a dict of parameter: levels. figures are the names
    of the columns to choose from, all with "accuracy" in their name if left out. The same parameter
    twice gives a line.
    """
    names, figures = list(axes), figures or [name for name in (rows or [{}])[0] if is_share(name)]
    check_has_figures(names, figures)

    def draw(down, across, runs, figure=figures[0]):
        chosen = {name: axes[name] for name in dict.fromkeys((down, across))}
        shown = rows if PICKS[runs] is None else picked(rows, chosen, figure, PICKS[runs])
        drawn = picture(shown, chosen, figure, title=f"{runs[0].upper()}{runs[1:]} in each cell")
        hold_still(drawn)
        words = f"{figure}, {runs}: {largest_of(shown, chosen, figure)} There are {len(rows)} runs in all."
        return drawn, words

    controls = {
        "down": Choice("Down", names, names[-1] if down is None else down),
        "across": Choice("Across", names, names[0] if across is None else across),
        "runs": Choice("In each cell", list(PICKS), MEANS),
    }
    if len(figures) > 1:
        controls["figure"] = Choice("Figure", figures, figures[0])
    how = "Choose two parameters and what is shown of the runs in each cell."
    return Explorer(draw, controls, name="Landscape explorer", css="landscape", how=how)


def hold_still(figure):
    """Give a Figure the size and the margins of all others, so that nothing jumps; works in place."""
    figure.set_size_inches(8.5, 3.5)
    figure.set_layout_engine(None)  # fitting the axes to their labels would take half of the time
    figure.subplots_adjust(left=0.11, right=0.98, bottom=0.2, top=0.84)
    figure.axes[0].tick_params(axis="x", labelsize=8, rotation=0)  # many levels stand close


def picked(rows, axes, figure, pick):
    """Return one row for each cell of the axes: the one with the highest, or the lowest, figure."""
    return [pick(cell, key=lambda row: row[figure]) for cell in cells_of(rows, axes, figure).values()]


def largest_of(rows, axes, figure):
    """Return where the mean of the figure is largest, in a sentence."""
    cells = cells_of(rows, axes, figure)
    means = {place: sum(row[figure] for row in cell) / len(cell) for place, cell in cells.items()}
    best = max(means, key=means.get)
    place = ", ".join(f"{name} {level_text(level)}" for name, level in zip(axes, best, strict=True))
    return f"largest at {place}, {means[best]:{'.1%' if is_share(figure) else '.4g'}}."


def cells_of(rows, axes, figure):
    """Return {levels: rows that have a number there} for each cell of the axes."""
    cells = {}
    for row in rows:
        if isinstance(row.get(figure), int | float):
            cells.setdefault(tuple(row[name] for name in axes), []).append(row)
    return cells


def check_has_figures(names, figures):
    """Raise ValueError unless a table has parameters and something to show over them."""
    if not names or not figures:
        raise ValueError(
            "A landscape needs rows with a figure, and axes, but found none; give it the rows of a sweep and "
            "its grid, and the names of the figures if none is an accuracy."
        )


def check_holds(study, name, source):
    """Raise ValueError unless a stored result has the part that a widget walks through."""
    if not isinstance(study, dict) or name not in study:
        raise ValueError(f"expected a stored result with {name!r} in it; give it {source}.")
