"""How long a slider takes: every control of every widget, from a move to the new picture."""

import time
from functools import partial
from itertools import product

from mnist_lab.data import as_tensors, load_digits
from mnist_lab.lesson import recorded
from mnist_lab.models import SimpleCNN
from mnist_lab.widgets.convolution_explorer import convolution_explorer
from mnist_lab.widgets.drawing_pad import DrawingPad
from mnist_lab.widgets.map_browser import feature_map_browser
from mnist_lab.widgets.one_batch import watch_one_batch
from mnist_lab.widgets.stored import grid_explorer, landscape_explorer
from mnist_lab.widgets.transforms import transform_playground

import torch


def slider_waits():
    """Return {widget · control: list of (seconds, processor seconds), one a move}, in this process.

    A move is all that the kernel does: what is worked out, the picture drawn and turned into a PNG. What
    the browser does is not in it. The widgets are those of the lessons, on their digits, with a network
    that has learned nothing. Of the drawing pad it is a reading, as while a stroke is being drawn.
    """
    waits = {}
    for explorer in explorers():
        for key, control in explorer.controls.items():
            moves = [partial(setattr, control, "value", place) for place in places(control)]
            waits[f"{explorer.name} · {key}"] = [timed(move) for move in [*moves, moves[0]]]
    for saliency in (False, True):
        pad = DrawingPad(saliency=saliency)
        waits[f"{pad.name} · stroke{', with a map' * saliency}"] = [timed(pad.read) for _ in range(10)]
    return waits


def explorers():
    """Yield the widgets with controls, as lessons 01, 02, 03, 06 and 07 make them."""
    pixels, labels = as_tensors(load_digits("bundled").train)
    scaled, model = pixels.float() / 255, SimpleCNN()
    ten = torch.stack([scaled[labels == digit][0] for digit in range(10)])
    yield convolution_explorer(
        ten, {"edges": torch.tensor([[-1.0, 0, 1]] * 3), "blur": torch.ones(5, 5) / 25}
    )
    images = (ten - 0.5) / 0.5
    yield feature_map_browser({"one": model, "another": SimpleCNN()}, images[:, None])
    yield transform_playground(ten)
    yield watch_one_batch(model, scaled[:64, None], labels[:64])
    yield grid_explorer(recorded("overfitting"), num_digits=100, dropout=0.5)
    knobs = recorded("hyperparameters")["knobs"]
    runs = zip(product(*knobs["levels"].values()), knobs["validation_accuracy"], strict=True)
    rows = [
        {**dict(zip(knobs["levels"], run, strict=True)), "validation_accuracy": value} for run, value in runs
    ]
    yield landscape_explorer(rows, knobs["levels"])


def places(control):
    """Return the other places of a slider or a list, at most 24, before the one at which it is."""
    if hasattr(control, "options"):
        every = [place[1] if isinstance(place, tuple) else place for place in control.options]
    else:
        every = list(range(control.min, control.max + 1))
    others = [place for place in every if place != control.value]
    return [*others[:24], control.value]


def timed(move):
    """Return the seconds and the processor seconds of move()."""
    clock, processor = time.perf_counter(), time.process_time()
    move()
    return time.perf_counter() - clock, time.process_time() - processor
