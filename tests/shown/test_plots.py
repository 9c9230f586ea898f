"""Every plot function has a sample here: a Figure that can be drawn, has a title, and names its axes."""

import importlib
import inspect
import math
import pkgutil
import re
from functools import partial

from mnist_lab import plots
from mnist_lab.analysis.calibration import ReliabilityBins
from mnist_lab.anatomy import receptive_field, trace_shapes
from mnist_lab.evidence import Comparison, summarise
from mnist_lab.handwriting.photo import Found
from mnist_lab.handwriting.writers import example_photo
from mnist_lab.models import SimpleCNN
from mnist_lab.plots import (
    analysis,
    audit,
    classroom,
    convolution,
    curve_pairs,
    curves,
    data,
    devices,
    drawing,
    explored,
    graph,
    handwriting,
    hyperparameters,
    images,
    maps,
    network,
    overfitting,
    own_digits,
    persistence,
    recipes,
    repair,
    scaling,
    searches,
    sight,
    speedrun,
    sweep,
)
from mnist_lab.plots.described import described
from mnist_lab.training import History, RangeTest, Score

import numpy as np
import pytest
import torch
from figures import panels, png, texts
from PIL import Image

TITLE = "What the picture shows"
NUMBER = re.compile(r"[−-]?[\d.,]+%?|\$.*\$")  # Matplotlib writes powers of ten between dollars

DIGITS = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0)) * 2 - 1
DIGIT, SMALL = DIGITS[0, 0], DIGITS[:, 0, :3, :3]
SEEDS = [0.95, 0.96, 0.97]
SUMMARY, HIGHER = summarise(SEEDS), summarise([0.98, 0.99])
DIFFERENCE = Comparison(5, 0.05, 0.01, p=0.01)
HISTORY = History([1.0, 0.4], [0.6, 0.9], [0.5, 0.3], [0.88, 0.92])
SCORES = [Score(1.0, 0.6), Score(0.5, 0.9)]
RATES = RangeTest([0.001, 0.01, 0.1], [2.3, 1.0, 2.0])
BINS = ReliabilityBins(*map(torch.tensor, ([0.0, 0.5, 1.0], [3, 20], [0.4, 0.9], [0.3, 0.8])))
LOSSES, LN_10 = {"one": [2.3, 2.0], "other": [2.3, 9.0]}, ("ln 10", 2.3)
LEVELS = {"learning_rate": [0.001, 0.01], "batch_size": [16, 64]}
GRID = [{"RATE": rate, "SIZE": size, "loss": rate + size} for rate in (0.1, 0.2) for size in (1, 2)]
RUN = {f"{split}_{what}": [0.5, 0.7] for split in ("train", "held_out") for what in ("loss", "accuracy")}
KINDS = dict.fromkeys(("shift", "noise", "blur"), ((0, 1), "pixels"))
TWO_WEIGHTS = {"x": 2, "w1": 1, "z": 2, "hidden": 2, "w2": 2.5, "output": 5, "loss": 1}
POINTS = torch.tensor([[0.0, 1.0], [2.0, 0.5], [1.0, 1.5]])
GREY_PAGE = np.full((60, 40), 180, dtype=np.uint8)
FOUND = Found((10, 5, 40, 35), (DIGIT * 127 + 128).to(torch.uint8), 3, torch.full((10,), 0.1))
MEASURED = {"seconds": [400.0, 500.0], "accuracies": [0.988, 0.990], "stored": False}

SAMPLES = [
    partial(analysis.shares, {"open": (0.04, 0.01, 310)}, xlabel="share"),
    partial(analysis.reliability_diagram, {"before": (BINS, None), "after": (BINS, None)}),
    partial(analysis.temperature_curve, [0.5, 1.0, 2.0], [0.6, 0.4, 0.3], chosen=1.7),
    partial(analysis.own_reliability, {50: (4, 8), 90: (5, 5)}),
    partial(analysis.confidence_histogram, {"digits": [0.95, 0.99], "letters": [0.5]}),
    partial(audit.claim_and_seeds, SEEDS, claim=0.98, floor=0.001),
    partial(audit.best_epochs, [[0.90, 0.95], [0.91, 0.93]], claimed=2, floor=0.005),
    partial(audit.loss_by_epoch, {"a": [[0.3, 0.2], [0.4, 0.3]], "b": [[0.2, 0.1], [0.3, 0.2]]}),
    partial(audit.paired_differences, {"accuracy (points)": {"a": DIFFERENCE, "b": DIFFERENCE}}),
    partial(audit.cost_of_changes, {"a": {"shift": DIFFERENCE}, "b": {"shift": DIFFERENCE}}, allowed=0.02),
    partial(classroom.seat_histogram, dict(enumerate(SEEDS)), SUMMARY, floor=0.01, num_images=100),
    partial(handwriting.contact_sheet, np.eye(400).reshape(-1, 20, 20), torch.arange(10), [True]),
    partial(handwriting.photo_with_answers, Image.new("L", (90, 40), 200), [FOUND, FOUND]),
    partial(own_digits.beside, POINTS, POINTS[:2], torch.tensor([3, 4]), wrong=torch.tensor([True, False])),
    partial(own_digits.by_writer, [(97, 100), (90, 100)], [(0.91, 0.99), (0.82, 0.95)]),
    partial(own_digits.light_on_paper, GREY_PAGE, GREY_PAGE + 9),
    partial(own_digits.photo_and_page, example_photo(), GREY_PAGE),
    partial(convolution.panels, [DIGIT, SMALL[0]], ["large", "small"]),
    partial(convolution.panels, [torch.zeros(2, 2)], ["nothing"], maps=[0]),
    partial(convolution.kernels_at_work, DIGIT, {"blur": SMALL[0]}, [DIGIT]),
    partial(convolution.starting_positions, 8, 3, padding=1, stride=2),
    partial(curve_pairs.curve_pairs, {"first": HISTORY, "second": HISTORY}),
    partial(curves.descent, lambda w: (w - 3) ** 2, {"a": [1.0, 2.0]}, minimum=3),
    partial(curves.softmax_steps, [1.0, 2.0, -1.0], label=0),
    partial(curves.loss_of_probability),
    partial(curves.by_step, LOSSES, ylabel="loss (nats)", reference=LN_10),
    partial(curves.loss_panels, LOSSES, reference=LN_10),
    partial(curves.accuracy_bars, {"chance": 0.1, "1-NN": 0.93}),
    partial(curves.learning_curves, HISTORY),
    partial(curves.confusion_matrix, np.eye(10, dtype=int)),
    partial(curves.seed_spread, SEEDS, SUMMARY, floor=0.01),
    partial(data.pixel_histograms, {"raw": DIGIT * 50, "scaled": DIGIT}),
    partial(data.accuracy_dots, {"SGD": {"a": [0.1, 0.9], "b": [0.5]}}, xlabel="form"),
    partial(data.class_counts, {"one": [0, 0, 9]}),
    partial(data.accuracy_bars, {"honest": {"validation": (0.9, 0.01), "test": (0.88, 0.02)}}),
    partial(data.speed_bars, {"slow": 8_000, "fast": 2_000_000}),
    partial(data.transform_grid, {"before": DIGITS, "after": DIGITS}, titles="abc"),
    partial(data.byte_boxes, [0, 8, 3, 255], {"zero": 1, "type": 1, "axes": 2}),
    partial(devices.two_memories, {"one": ["images", "labels"], "other": []}),
    partial(devices.request_and_work),
    partial(devices.run_bars, [0.009, 0.002]),
    partial(devices.time_by_batch_size, {"cpu": {1: 1e-3, 10: 2e-3}}),
    partial(devices.drift, {"again": [0.0, 0.0], "other": [0.0, 1e-7]}),
    partial(devices.drift, {"again": [0.0, 0.0]}),
    partial(devices.speed_and_accuracy, {"plain": (1_000.4, 0.911)}),
    partial(drawing.reading, DIGIT, torch.full((10,), 0.1), saliency=DIGIT.abs()),
    partial(explored.convolved, DIGIT, SMALL[0], DIGIT[:26, :26], padding=0, stride=1),
    partial(explored.layer_output, DIGIT, SMALL, name="3 maps of 3 × 3"),
    partial(explored.layer_output, DIGIT, torch.rand(10), name="10 numbers"),
    partial(explored.one_step, [2.3, 1.0], 1, logits=torch.rand(2, 10), labels=[3, 1], limit=4,
            changes={"fc": [0.0, 0.1]}, reference=LN_10),
    partial(explored.stored_curves, [1, 2], RUN, RUN, limits=(2.0, 0.5)),
    partial(explored.growing_curves, [(2.3, 0.1), (1.0, 0.5)], [(2, 1.0, 0.5)], num_steps=4),
    partial(graph.two_weights, TWO_WEIGHTS, target=6),
    partial(graph.two_weights, TWO_WEIGHTS, dict.fromkeys(TWO_WEIGHTS, -1.0), target=6),
    partial(hyperparameters.range_tests, {"Adam": RATES}, reference=LN_10),
    partial(hyperparameters.range_and_training, {"a": RATES}, {0.1: [0.8, 0.9]}, ring=0.1),
    partial(hyperparameters.by_level, {"a": {16: [0.8, 0.9]}, "b": {16: [0.9]}}, xlabel="batch size"),
    partial(hyperparameters.valley, lambda w1, w2: w1**2 + w2**2, {"SGD": [(-3, 1), (-2, 0)]}),
    partial(hyperparameters.rate_lines, {"a": {0.001: [0.8], 0.01: [0.9, 0.95]}}, chosen={"a": 0.01}),
    partial(hyperparameters.heat_maps, {"m": [[0.1, 0.2]]}, [0.01], [16, 64]),
    partial(hyperparameters.knob_spread, LEVELS, np.eye(2)),
    partial(images.digit_grid, DIGITS, captions=[7, 1, 0], wrong=[False, True, False]),
    partial(images.pixel_values, SMALL[0]),
    partial(maps.two_sheets, SMALL, SMALL, ["before", "after"]),
    partial(maps.two_sheets, SMALL, SMALL, ["before", "after"], signed=True),
    partial(maps.receptive_squares, DIGIT, receptive_field(SimpleCNN()), place=(14, 14)),
    partial(maps.patch_sheets, [torch.rand(2, 9, 8, 8)] * 2, ["untrained", "trained"], ["a", "b"]),
    partial(maps.shift_curves, range(3), {"CNN": [0.9, 0.5, 0.1]}),
    partial(network.architecture, trace_shapes(SimpleCNN(), (1, 1, 28, 28)), DIGITS[0]),
    partial(overfitting.parting_curves, [1, 2], SCORES, SCORES),
    partial(overfitting.confident_mistakes, {"early": [0.4, 0.6], "late": [0.9]}),
    partial(overfitting.loss_shares, {"early": (0.1, 0.3), "late": (0.05, 0.5)}),
    partial(overfitting.kept_counts, {"a": [60, 64, 70], "b": [64]}, num_values=128, rate=0.5),
    partial(overfitting.gap_by_size, [100, 300], [HIGHER] * 2, [SUMMARY] * 2),
    partial(overfitting.ranking, {"plain": SUMMARY}, {"plain": SUMMARY}, shown={}, reference="plain"),
    partial(overfitting.gaps, {"a": 0.1, "b": 0.0}, {"a": 0.9, "b": 0.6}, names=["b"]),
    partial(overfitting.double_descent, {10: [(0.0, 0.4)], 20: [(0.0, 0.5)]}, num_digits=15),
    partial(persistence.held_numbers, SimpleCNN().state_dict()),
    partial(persistence.drift, {"nothing": [0.0, 0.0], "scheduler": [0.0, 1e-3]}, per_epoch=1),
    partial(persistence.drift, {"nothing": [0.0, 0.0]}, per_epoch=1),
    partial(persistence.power_cuts, {"over": ["broken", "new"], "beside": ["old", "new"]}),
    partial(recipes.speed_and_error, {"seed": MEASURED | {"stored": True}, "speedrun": MEASURED}),
    partial(recipes.speed_and_error, {"speedrun": MEASURED}),
    partial(repair.cut_rows, [4, 10], per_image=6, per_row=24),
    partial(repair.decision_tree, ("moves?", {"no": "leaf A", "yes": "leaf B"})),
    partial(repair.gradient_sizes, {"one": {"conv": 0.1, "fc": 0.01}, "other": {"conv": None, "fc": 0.0}}),
    partial(repair.flat_losses, LOSSES, healthy=[2.3, 1.0], clueless=math.log(10)),
    partial(repair.blown_up, {"0.1": [2.3, 2.0, 1.5], "10": [2.3, 1e20]}, clueless=math.log(10)),
    partial(scaling.finished, {"one worker": [3.0, 4.0], "two workers": [3.0, 3.1]}),
    partial(scaling.lanes, 5, workers=2, seconds_each=20, start=10, limit=60),
    partial(scaling.steps, {32: {"alone": (0.02, 0.0), "two processes": (0.01, 0.004)}}),
    partial(scaling.speed_ups, {"a": 0.1, "b": 0.01}),
    partial(searches.two_searches, {"grid": [(0, 0), (1, 1)], "random": [(0, 1), (1, 0)]}, LEVELS),
    partial(searches.by_price, {"random": {64: [0.8, 0.9]}, "halving": {64: [0.9, 0.95]}}),
    partial(searches.lucky_seeds, [0.9, 0.95], [0.91, 0.92], [1]),
    partial(searches.leads, [1, 2], [0.0, 0.01], [0.0, 0.002]),
    partial(sight.heat_sheets, DIGITS, {"a": DIGITS.abs(), "b": DIGITS.abs()}),
    partial(sight.heat_sheets, DIGITS, {"a": DIGITS}, signed=True),
    partial(sight.planes, {"before": np.eye(3, 2), "after": np.eye(3, 2)}, [0, 0, 3]),
    partial(sight.strength_sheet, {"a": DIGITS, "b": DIGITS[:2]}, {"a": (0, 1, 2), "b": (0, 1)}),
    partial(sight.corruption_curves, KINDS, {"plain": {kind: [[0.9, 1.0], [0.8, 0.6]] for kind in KINDS}}),
    partial(speedrun.first_steps, [0.9, 0.02, 0.03]),
    partial(speedrun.ladder, {"seed": {"steps": 1_000, "seconds": [50.0]}}),
    partial(speedrun.step_parts, {"seed": {"data": 0.3, "forward": 0.2}}),
    partial(speedrun.mistakes, {"seed": MEASURED | {"num_test": 1_000}}, floors={"seed": 0.005}),
    partial(speedrun.covariances, np.array([[2.0, 1.0], [1.0, 2.0]]), np.eye(2)),
    partial(speedrun.along, {"a": [MEASURED], "b": [MEASURED]}, target=0.9, ends={"c": MEASURED}),
    partial(sweep.picture, GRID, {"RATE": [0.1, 0.2]}, "loss"),
    partial(sweep.line, GRID, {"RATE": [0.1, 0.2]}, "loss"),
    partial(sweep.heat_map, GRID, {"RATE": [0.1, 0.2], "SIZE": [1, 2]}, "loss"),
    partial(sweep.parallel, GRID, {"RATE": [0.1, 0.2], "SIZE": [1, 2]}, "loss"),
]  # fmt: skip

# What is public in mnist_lab/plots and neither returns a finished Figure nor draws into axes given first.
HELPERS = {
    "plots": {"new_figure"},
    "analysis": {"small_figure"},
    "explored": {"steady_figure"},
    "hyperparameters": {"level_text", "smooth"},
    "images": {"as_array", "tile"},
    "maps": {"nearest_start"},
    "described": {"described"},
    "network": {"kernel_side", "operation", "place", "stages_of", "vector_as_image"},
    "persistence": {"as_table"},
    "repair": {"count_leaves", "depth", "rows_of"},
    "sight": {"apart"},
    "sweep": {"in_words", "is_share", "means_at", "values_at"},
}


# Numbers that have their name elsewhere than at their axis.
NAMED_ELSEWHERE = {
    ("analysis.reliability_diagram", "y"),  # at the left column
    ("curves.softmax_steps", "y"),  # above each panel
    ("explored.convolved", "y"),  # the colour bar has none
    ("sight.strength_sheet", "x"),  # at the left of each row
}


def name_of(function):
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def public_functions():
    """All public functions of mnist_lab/plots, but for those that draw into axes given first."""
    names = [module.name for module in pkgutil.iter_modules(plots.__path__, f"{plots.__name__}.")]
    for module in map(importlib.import_module, [plots.__name__, *names]):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            first = next(iter(inspect.signature(function).parameters))
            is_its_own = function.__module__ == module.__name__
            if is_its_own and not name.startswith("_") and first not in ("axes", "axis"):
                yield function


def test_every_plot_function_has_a_sample():
    helpers = {f"{module}.{name}" for module, names in HELPERS.items() for name in names}
    sampled = {name_of(sample.func) for sample in SAMPLES}
    assert sampled | helpers == set(map(name_of, public_functions())) and not sampled & helpers


def is_named(axes, side):
    """Whether one side of an axes bears a label, or has words at its ticks, or nothing at all."""
    ticks = [text for text in texts(getattr(axes, f"get_{side}ticklabels")()) if text]
    if getattr(axes, f"get_{side}label")() or not (axes.axison and ticks):
        return True
    return not all(map(NUMBER.fullmatch, ticks))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: name_of(sample.func))
def test_every_figure_says_more_than_its_title_in_words(sample):
    figure = sample()
    title = figure.get_suptitle() or ("" if figure.axes[1:] else figure.axes[0].get_title())
    told = described(figure).removeprefix(title)
    assert len(told) > 15 and not re.search(r"nan|None|Container|_child|: [.;]|[;:]{2}|\n", told), told


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: name_of(sample.func))
def test_every_figure_is_labelled_and_can_be_drawn(sample):
    takes_title = "title" in inspect.signature(sample.func).parameters
    figure = sample(title=TITLE) if takes_title else sample()
    assert png(figure)
    titles = [figure.get_suptitle(), *panels(figure)]
    assert any(TITLE in title for title in titles) if takes_title else any(titles)
    nameless = {side for side in "xy" for axes in figure.axes if not is_named(axes, side)}
    assert nameless == {side for name, side in NAMED_ELSEWHERE if name == name_of(sample.func)}
