"""Exercise 6.5: one line of a forward pass to change, so that dropout stands in the right place."""

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import whole_number
from mnist_lab.models import SimpleCNN

import torch
from torch import nn


def logits_with_dropout(model, images):
    x = model.pool(model.relu(model.conv1(images)))
    x = model.pool(model.relu(model.conv2(x)))
    x = model.flatten(x)
    x = model.dropout(model.relu(model.fc1(x)))
    return model.fc2(x)


HIDDEN_VALUES = (2, 128)
PLACES = {  # number of axes, and length of the second one
    (4, 1): "Dropout was given the pixels of the image.",
    (4, 32): "Dropout was given the maps of the first convolution.",
    (4, 64): "Dropout was given the maps of the second convolution.",
    (2, 2304): "Dropout was given the flattened maps.",
    HIDDEN_VALUES: "",
    (2, 10): "Dropout was given the ten logits.",
}
CHANGED = "The function changed the mode of the model, or the p of its dropout."
OTHERS = "The logits are not those of the hidden values that `model.dropout` returned."


class Network(SimpleCNN):
    """Does not use its dropout by itself."""

    def hidden(self, images):
        x = self.pool(self.relu(self.conv1(images)))
        x = self.pool(self.relu(self.conv2(x)))
        return self.relu(self.fc1(self.flatten(x)))

    def forward(self, images):
        return self.fc2(self.hidden(images))


class Watched(nn.Dropout):
    """Keeps the masks with which it multiplies."""

    def __init__(self, p):
        super().__init__(p)
        self.masks = []

    def forward(self, values):
        self.masks.append(nn.functional.dropout(torch.ones_like(values), self.p, self.training))
        return values * self.masks[-1]


def of_function(logits_with_dropout, generator):
    """Return where the function puts model.dropout, and what else it changes."""
    torch.manual_seed(whole_number(generator, 0, 1_000_000))
    model = Network()
    model.dropout = Watched(p=whole_number(generator, 30, 60) / 100)
    images = torch.rand(whole_number(generator, 3, 7), 1, 28, 28, generator=generator)
    hidden = model.hidden(images)
    problems = _in_eval(logits_with_dropout, model.eval(), images, hidden)
    return problems or _in_training(logits_with_dropout, model.train(), images, hidden)


def _settings(model):
    return [(module.training, getattr(module, "p", None)) for module in model.modules()]


def _in_eval(logits_with_dropout, model, images, hidden):
    expected, settings = model.fc2(hidden), _settings(model)
    logits = logits_with_dropout(model, images)
    if not isinstance(logits, torch.Tensor) or logits.shape != expected.shape:
        return ["No logits (N, 10) came: does the function end with `return model.fc2(x)`?"]
    if _settings(model) != settings:
        return [CHANGED]
    if difference(logits, logits_with_dropout(model, images), strict=False):
        return ["The logits of a model in eval mode differ from call to call."]
    if difference(expected, logits, strict=False):
        return ["The logits are others than before, even where nothing is dropped."]
    return []


def _in_training(logits_with_dropout, model, images, hidden):
    masks, settings = model.dropout.masks, _settings(model)
    masks.clear()
    logits = logits_with_dropout(model, images)
    if not masks:
        return ["`model.dropout` was never called."]
    if _settings(model) != settings or all(mask.all() for mask in masks):
        return [CHANGED]
    if not getattr(logits, "requires_grad", False):
        return ["The logits hold no graph, so nothing could be learned from them."]
    mask = torch.cat([each.float().flatten() for each in masks])  # several where each image has its own call
    if mask.numel() != hidden.numel():
        return _places(masks) or [OTHERS]
    if difference(model.fc2(hidden), logits, strict=False) is None:
        return ["What `model.dropout` returned was not used."]
    dropped = model.fc2(hidden * mask.view_as(hidden))
    return [OTHERS] if difference(dropped, logits, strict=False) else []


def _places(masks):
    """Name what dropout was given, where it was not once the hidden values."""
    places = [(mask.dim(), *mask.shape[1:2]) for mask in masks]
    others = [f"Dropout was given shape {tuple(mask.shape)}, not the hidden values." for mask in masks]
    problems = list(dict.fromkeys(filter(None, map(PLACES.get, places, others))))
    if problems and HIDDEN_VALUES in places:
        problems.append("The hidden values went through it as well.")
    if places.count(HIDDEN_VALUES) > 1:
        problems.append("The hidden values go through dropout more than once.")
    return problems


HIDDEN = "model.relu(model.fc1(x))"
DROPPED = f"model.dropout({HIDDEN})"
UNDROPPED = {DROPPED: HIDDEN}

MISTAKES = (
    (UNDROPPED | {"model.fc2(x)": "model.dropout(model.fc2(x))"},
     "Dropout on the logits: you delete the answer. No later layer can make up for a score that was set to "
     "0, right or wrong."),
    ("model.fc2(x)", "model.dropout(model.fc2(x))",
     "The hidden values are right. But dropout on the logits, too, deletes the answer."),
    (UNDROPPED | {"images)))": "model.dropout(images))))"},
     "These are the pixels. With a normalisation from −1 to 1 a dropped pixel turns grey, which is noise in "
     "the picture. Drop hidden values."),
    (UNDROPPED | {"conv2(x)": "conv2(model.dropout(x))"},
     "These are the maps of the first convolution, where neighbours tell nearly the same. Drop the 128 "
     "hidden values."),
    (UNDROPPED | {"flatten(x)": "flatten(model.dropout(x))"},
     "These are the maps of the second convolution. The 128 hidden values are made by `fc1`, one line "
     "further down."),
    (UNDROPPED | {"fc1(x)": "fc1(model.dropout(x))"},
     "These are the 2,304 flattened maps, before the first linear layer. Some networks do that; here the 128 "
     "values after `fc1` are asked for."),
    ("fc1(x)", "fc1(model.dropout(x))",
     "The hidden values are right. The flattened maps were dropped, too: change only one line."),
    (DROPPED, f"model.dropout({DROPPED})",
     "Dropout is called on the hidden values more than once. One on top of the other drops more of them than "
     "the model's p says."),
    (DROPPED, f"{HIDDEN}\n    model.dropout(x)",
     "Dropout was called, and its result thrown away. It returns a new tensor: `x = model.dropout(x)`."),
    ("model.dropout", "nn.functional.dropout",
     "Perhaps you made a dropout on the spot. It is always in training mode, since `model.eval()` does not "
     "reach it. Use `model.dropout`, which belongs to the model."),
    (DROPPED, f"nn.functional.dropout({HIDDEN}, training=model.training)",
     "`model.dropout` was not called. It knows the p that the model was built with and the mode: call it on "
     "the hidden values."),
    (HIDDEN, "model.fc1(x)",
     "Something else changed, too. Perhaps the ReLU got lost: `model.dropout(model.relu(…))`."),
    (HIDDEN, "model.relu(x)",
     "The first linear layer got lost, so 2,304 values arrive where 128 are expected. Keep `fc1` inside the "
     "brackets."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.5",
    title="The right place",
    difficulty=1,
    minutes=3,
    points=1,
    reference=logits_with_dropout,
    given={"model.dropout(model.relu(model.fc1(x)))": "model.relu(model.fc1(x))"},
    probe=of_function,
    why="The hidden values are many, and one can stand in for another. Pixels and answers have no "
    "substitute.",
    hints=(
        "Which line makes the 128 hidden values, and which one makes the answer?",
        "Dropout belongs between the two linear layers. Wrap it around what the hidden line calculates.",
        "`x = model.dropout(…)` with the right side of the hidden line inside the brackets.",
    ),
    mistakes=MISTAKES,
)
