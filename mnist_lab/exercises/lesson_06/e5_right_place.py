"""Exercise 6.5: one line of a forward pass to change, so that dropout stands in the right place."""

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.models import SimpleCNN

import torch
from torch import nn


def logits_with_dropout(model, images):
    x = model.pool(model.relu(model.conv1(images)))
    x = model.pool(model.relu(model.conv2(x)))
    x = model.flatten(x)
    x = model.dropout(model.relu(model.fc1(x)))
    return model.fc2(x)


PLACES = {
    1: "Dropout was given the pixels of the image.",
    32: "Dropout was given the maps of the first convolution.",
    64: "Dropout was given the maps of the second convolution.",
    2304: "Dropout was given the flattened maps.",
    128: "",
    10: "Dropout was given the ten logits.",
}


class Watched(nn.Module):
    """Stands in for a dropout in eval mode: keeps the widths that it is given, and multiplies by a factor."""

    p = 0.5

    def __init__(self, factor):
        super().__init__()
        self.factor, self.widths = factor, []
        self.eval()

    def forward(self, values):
        self.widths.append(values.shape[1])
        return values * self.factor


def of_function(logits_with_dropout):
    """Return where the function puts model.dropout, and what else it changes."""
    model = SimpleCNN().eval()
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    expected = model(images)
    model.dropout = Watched(factor=1)
    logits = logits_with_dropout(model, images)
    if not isinstance(logits, torch.Tensor) or logits.shape != expected.shape:
        return ["No logits (N, 10) came: does the function end with `return model.fc2(x)`?"]
    if not torch.allclose(logits, logits_with_dropout(model, images)):
        return ["The logits of a model in eval mode differ from call to call."]
    widths = model.dropout.widths[: len(model.dropout.widths) // 2]
    if not widths:
        return ["`model.dropout` was never called."]
    problems = [PLACES.get(width, "Dropout was given something else.") for width in widths]
    problems = list(dict.fromkeys(filter(None, problems)))
    if problems and 128 in widths:
        problems.append("The hidden values went through it as well.")
    if widths.count(128) > 1:
        problems.append("The hidden values go through dropout more than once.")
    if not problems and not torch.allclose(logits, expected, atol=1e-5):
        problems.append("The logits are others than before, even where nothing is dropped.")
    return problems or _unused(logits_with_dropout, model, images)


def _unused(logits_with_dropout, model, images):
    """Is what dropout returns what the last layer gets? Where it returns 0, only the biases are left."""
    model.dropout = Watched(factor=0)
    logits = logits_with_dropout(model, images)
    if torch.allclose(logits, model.fc2.bias.expand_as(logits)):
        return []
    return ["What `model.dropout` returned was not used."]


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
     "The hidden values are dropped twice, so that more of them go than the model's p says."),
    (DROPPED, f"{HIDDEN}\n    model.dropout(x)",
     "Dropout was called, and its result thrown away. It returns a new tensor: `x = model.dropout(x)`."),
    ("model.dropout", "nn.functional.dropout",
     "Perhaps you made a dropout on the spot. It is always in training mode, since `model.eval()` does not "
     "reach it. Use `model.dropout`, which belongs to the model."),
    (DROPPED, f"nn.functional.dropout({HIDDEN}, training=model.training)",
     "`model.dropout` was not called. It knows the p that the model was built with and the mode: call it on "
     "the hidden values."),
    (HIDDEN, "model.fc1(x)", "The place is right, but the ReLU got lost: `model.dropout(model.relu(…))`."),
    (HIDDEN, "model.relu(x)",
     "The first linear layer got lost, so 2,304 values arrive where 128 are expected. Keep `fc1` inside the "
     "brackets."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.5",
    title="The right place",
    kind="function",
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
