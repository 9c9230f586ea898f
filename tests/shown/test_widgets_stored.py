"""Stored studies and sweeps to explore: the pictures and the words are those of the stored numbers."""

from mnist_lab.lesson import recorded
from mnist_lab.plots.sweep import heat_map, line
from mnist_lab.widgets.shown import as_png
from mnist_lab.widgets.stored import grid_explorer, hold_still, landscape_explorer

import pytest
from widget_inputs import LEVELS, table


def test_the_grid_says_what_is_stored():
    study = recorded("overfitting")
    widget = grid_explorer(study, num_digits=300, dropout=0.5)
    cell = next(c for c in study["grid"]["cells"] if (c["num_digits"], c["dropout"]) == (300, 0.5))
    lowest = min(cell["held_out_loss"])
    epoch = cell["epoch"][cell["held_out_loss"].index(lowest)]
    assert f"lowest after epoch {epoch} ({lowest:.2f} nats)" in widget.screen.words
    assert f"Means of {study['grid']['n']} seeds." in widget.screen.words


def test_a_study_without_a_grid_is_refused():
    with pytest.raises(ValueError, match=r"'grid' in it; give it recorded\(\"overfitting\"\)"):
        grid_explorer({"rows": []})


def test_the_landscape_is_the_sweeps_picture():
    widget = landscape_explorer(table(), LEVELS, down="size", across="rate")
    axes = {name: LEVELS[name] for name in ("size", "rate")}
    figure = heat_map(table(), axes, "validation_accuracy", title="Mean of the runs in each cell")
    hold_still(figure)
    assert widget.screen.png == as_png(figure)
    assert "largest at size 32, rate 0.3, 20.5%. There are 12 runs in all." in widget.screen.words
    widget.controls["runs"].value = "highest run"
    assert "largest at size 32, rate 0.3, 21.0%" in widget.screen.words
    widget.controls["down"].value = "decay"
    assert "largest at decay off, rate 0.3" in widget.screen.words
    widget.controls["down"].value = "rate"
    figure = line(
        [row for row in table() if row["size"] == 32 and row["decay"] == "off"],
        {"rate": LEVELS["rate"]},
        "validation_accuracy",
        title="Highest run in each cell",
    )
    hold_still(figure)
    assert widget.screen.png == as_png(figure)


def test_a_landscape_needs_rows_with_a_figure():
    with pytest.raises(ValueError, match="needs rows with a figure, and axes, but found none"):
        landscape_explorer([], LEVELS)
    with pytest.raises(ValueError, match="needs rows with a figure, and axes, but found none"):
        landscape_explorer([{"rate": 0.1, "loss": 1.0}], {"rate": [0.1]})
