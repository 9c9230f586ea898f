"""A figure in words: each kind of plot says what there is to see, and no figure is lost for its words."""

from mnist_lab.plots import (
    analysis,
    audit,
    convolution,
    curves,
    images,
    maps,
    new_figure,
    persistence,
    repair,
    sight,
)
from mnist_lab.plots.described import LONGEST, described
from mnist_lab.plots.hyperparameters import heat_maps
from mnist_lab.plots.speedrun import mistakes
from mnist_lab.training import History

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

GOING_DOWN = History([2.3, 0.5, 0.25], [0.2, 0.8, 0.9], [2.0, 0.4, 0.6], [0.3, 0.85, 0.8])
DIGITS = np.zeros((12, 28, 28))
COMPARISON = type("Comparison", (), {"difference": -0.0241, "margin": 0.01, "shown": True})


def cases():
    bars = curves.accuracy_bars({"chance": 0.1, "linear model": 0.898}, title="Baselines")
    yield bars, "Baselines. Bars of accuracy: chance 10.0%, linear model 89.8%."
    yield (
        curves.learning_curves(GOING_DOWN),
        "Learning curves. Lines over epochs of training, 2 panels: loss (nats): training, running: 2.3 to "
        "0.25; validation: 2 to 0.6, lowest 0.4 at 2; accuracy: training, running: 20.0% to 90.0%; "
        "validation: 30.0% to 80.0%, highest 85.0% at 2.",
    )
    grid = images.digit_grid(DIGITS, captions=[*range(10), "7, is 1", 2], wrong=[0] * 10 + [1, 0], title="T")
    yield grid, ("T. Picture: 12 images, 10 in a row; 0; 1; 2; 3; 4; 5; 6; 7; 8; 9; 7, is 1 (bold); 2.")
    yield (
        analysis.shares(
            {"as written": (0.03, 0.01, 40), "top": (0.36, 0.1, 40)}, xlabel="share", title="Which?"
        ),
        "Which? Dots of share: as written 3.0%, top 36.0%.",
    )
    yield (
        audit.paired_differences({"loss (nats)": {"300 digits": COMPARISON, "all": COMPARISON}}, title="T"),
        "T. Dots of loss (nats): 300 digits −0.0241, all −0.0241.",
    )
    rates = {"accuracy": np.array([[0.1, 0.5], [0.9, 0.2]])}
    yield (
        heat_maps(rates, [0.1, 0.2], [16, 32], title="T"),
        "T. Picture of learning rate over batch size: 2 × 2, from 0.1 to 0.9 at 0.2, 16.",
    )
    yield (
        convolution.panels(
            [np.array([[0.0, -1.0], [2.5, -0.0]])] * 2, ["kernel", "copy"], maps=[0, 1], title="$k$"
        ),
        "k. Picture, 2 panels: kernel: 0, −1, 2.50, 0; copy: 0, −1, 2.50, 0.",
    )
    yield (
        convolution.starting_positions(8, 3, padding=1, stride=2, title="8 pixels"),
        "8 pixels. Drawing: the kernel begins at pixel −1, 1, 3, 5.",
    )
    yield (
        maps.two_sheets(DIGITS[:8], DIGITS[:8] - 1, ["before", "after"], title="T"),
        "T. Picture, 2 panels: before: 8 images from 0 to 0; after: 8 images from −1 to −1.",
    )
    yield (
        persistence.power_cuts(
            {"over it": ["broken"] * 3 + ["new"], "beside it": ["old", "old", "new"]}, title="T"
        ),
        "T. Drawing of share of the bytes written when the power fails: over it: broken, new; beside it: "
        "old, new.",
    )
    yield (
        repair.decision_tree(("Is it 2.30?", {"yes": "look here", "no": "there"}), title="T"),
        "T. Drawing: Is it 2.30?; yes; no; look here; there.",
    )
    sheet = sight.strength_sheet(
        {"shift": DIGITS[:3], "noise": DIGITS[:2]}, {"shift": [0, 1, 2], "noise": [0, 0.5]}
    )
    yield sheet, "Picture, 2 panels: shift: 0 to 2; noise: 0 to 0.5."


@pytest.mark.parametrize(("figure", "words"), list(cases()))
def test_a_figure_says_what_there_is_to_see(figure, words):
    assert described(figure) == words


def test_dots_count_to_the_series_whose_look_they_have_and_lines_of_one_look_are_told_apart():
    rows = {name: {"accuracies": [0.98, 0.97], "num_test": 100} for name in ("seed", "record")}
    words = described(mistakes(rows, floors={"seed": 0.01, "record": 0.01}, title="T"))
    assert "one run: seed 2" not in words and words.endswith("one run: lowest 2 at seed, highest 3 at seed.")
    figure, axes = new_figure()
    for number in range(2):
        axes.plot([1.0, number, 5.0], color="black", label=f"line {number}")
    assert described(figure) == "Lines: line 0: 1 to 5, lowest 0 at 1; line 1: 1 to 5."


def test_what_is_too_long_loses_its_details_first_and_then_its_end():
    long = {f"a network whose name is not at all short, but {number}": [3.0, 9.0, 1.0] for number in range(3)}
    words = described(curves.by_step(long, ylabel="loss", reference=("clueless", 2.3), title="T"))
    assert words.count("3 to 1") == 3 and "highest" not in words and len(words) <= LONGEST
    figure = images.digit_grid(DIGITS, captions=["the same words again"] * 12, title="T" * 200)
    assert len(described(figure)) <= LONGEST and described(figure).endswith("…")


def test_a_notebook_gets_the_words_with_the_picture():
    figure = curves.accuracy_bars({"chance": 0.1})
    bundle, metadata = DisplayFormatter().format(figure)
    assert metadata == {"image/png": {"alt": described(figure)}}
    assert bundle["text/plain"].startswith("<Figure size"), "the picture itself is the inline backend's"


def test_a_figure_whose_words_fail_is_shown_all_the_same(monkeypatch):
    monkeypatch.setattr("mnist_lab.plots.described", lambda figure: 1 / 0)
    bundle, metadata = DisplayFormatter().format(curves.accuracy_bars({"chance": 0.1}))
    assert bundle["text/plain"] and metadata == {}
