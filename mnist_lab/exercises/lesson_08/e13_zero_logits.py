"""Exercise 8.13: Patient 11, tied at zero."""

from mnist_lab.exercises.engine.call_watch import CallWatch
from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch import nn
from torch.nn import functional as F


def classifier(num_classes):
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 64),
        nn.ReLU(),
        nn.Linear(64, num_classes),
    )


def free_logits(classifier, generator):
    """Are the logits those of two layers with a ReLU in between, for two numbers of classes?"""
    torch.manual_seed(whole_number(generator, 0, 999_999))
    faults = []
    for num_classes in (whole_number(generator, 11, 20), whole_number(generator, 6, 9)):
        model = classifier(num_classes)
        if not isinstance(model, nn.Module):
            return ["What comes back is no network."]
        images = 100 * torch.randn(400, 1, 28, 28)
        with torch.no_grad(), CallWatch("linear") as watch:
            logits = model(images)
        if not isinstance(logits, torch.Tensor) or logits.shape != (400, num_classes):
            shape = f"the shape {tuple(logits.shape)}" if hasattr(logits, "shape") else kind_of(logits)
            return [f"400 images gave {shape}, for {num_classes} classes."]
        with torch.no_grad():
            faults += _layers(model, watch.seen, num_classes) or _between(model, watch.seen, images, logits)
    return list(dict.fromkeys(faults))


def _layers(model, calls, num_classes):
    """Say so unless the two linear layers work that were there, and the network knows them."""
    if [tuple(call.tensors[1].shape) for call in calls] != [(64, 784), (num_classes, 64)]:
        return ["The linear layers are no longer the two that were there."]
    known = {id(weight) for weight in model.parameters() if weight.requires_grad}
    if all(id(weight) in known for call in calls for weight in call.tensors[1:]):
        return []
    return ["A layer is not among the weights that the network would train."]


def _between(model, calls, images, logits):
    """Say what is done to the numbers besides the two layers and a ReLU between them."""
    first, second = (call.tensors[1:] for call in calls)
    expected = F.linear(F.relu(F.linear(images.flatten(1), *first)), *second)
    if difference(expected, logits, tolerance=1e-3) is None:
        return []
    others = "The scores are not those of two linear layers with a ReLU between them."
    return _range(logits) or _bends(model, images, logits) or [others]


def _range(logits):
    """Say in which range the logits are caught, if they are."""
    low, high = logits.min().item(), logits.max().item()
    ones, zeros = torch.ones(len(logits)), (logits == 0).float().mean().item()
    ranges = {
        "The scores are logarithms of shares already.": torch.allclose(logits.exp().sum(1), ones, atol=1e-3),
        "The scores of an image are shares, from 0 to 1.": torch.allclose(logits.sum(1), ones, atol=1e-3),
        "The scores stay between 0 and 1.": low >= 0 and high <= 1,
        "The scores stay between −1 and 1.": abs(low) <= 1 and abs(high) <= 1,
        "No score is ever below 0, and many are exactly 0.": low >= -1e-6 and zeros > 0.05,
        "No score is below 0.": low >= -1e-6,
        "No score is ever above 0.": high <= 0,
        "Scores below 0 are pressed together.": low > -0.2 * high,
        "Many scores are exactly 0.": zeros > 0.05,
    }
    return [sentence for sentence, fits in ranges.items() if fits][:1]


def _bends(model, images, logits):
    """A linear network answers the mean of two images with the mean of its two answers."""
    middle = model((images[::2] + images[1::2]) / 2)
    straight = (logits[::2] + logits[1::2]) / 2
    if torch.allclose(middle, straight, atol=1e-2 * straight.abs().max().item()):
        return ["The network does not bend any more: two linear layers in a row are one."]
    return []


LAST = "nn.Linear(64, num_classes),"


def ending(layer):
    """The edit that puts another layer behind the last one."""
    return {LAST: f"{LAST} {layer},"}


MISTAKES = (
    (ending("nn.ReLU(inplace=True)"),  # without `inplace` it would be the code as it was given
     "There is still a ReLU on the logits. Where a score sinks below 0 it has no slope, and the class learns "
     "nothing. The ReLU to keep is the one in the middle."),
    ("nn.ReLU(),", "",
     "The logits are free, but the ReLU in the middle went too: two linear layers in a row are one."),
    (ending("nn.LeakyReLU(0.1)"),
     "No score ties at 0 any more, but whatever stands behind the last layer still presses the scores "
     "below 0 together. Logits need no activation at all."),
    (ending("nn.Softmax(dim=1)"),
     "Softmax on the logits is the next illness: `cross_entropy` applies it itself, and the loss would not "
     "pass below 1.46."),
    (ending("nn.Sigmoid()"),
     "Between 0 and 1 all scores are nearly alike to `cross_entropy`. Logits need no activation."),
    (ending("nn.Tanh()"), "Between −1 and 1 no answer can be sure. Logits need no activation."),
    (ending("nn.Softplus()"),
     "Still no score gets below 0. (A softplus, say, is a ReLU with a round corner.) Logits need no "
     "activation."),
    (ending("nn.LogSoftmax(dim=1)"),
     "It does no harm, because log-softmax taken twice is log-softmax. But `cross_entropy` does it itself, "
     "so end with the linear layer."),
    (LAST, "nn.Linear(64, 10),",
     "The ReLU at the end is gone. But 10 is written in now, where `num_classes` was."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.13",
    title="Patient 11, tied at zero",
    difficulty=1,
    minutes=3,
    points=2,
    reference=classifier,
    given={"num_classes),": "num_classes),\n        nn.ReLU(),"},
    probe=free_logits,
    why="Below 0 ReLU has no slope, so a class whose score has sunk there is deaf to its own mistakes. "
    "Logits need no activation.",
    hints=(
        "Which line can give a score of exactly 0, again and again?",
        "`cross_entropy` takes logits: any numbers, below 0 too. What does the last layer make of those?",
        "The ReLU between the linear layers is needed. The one at the end is not.",
    ),
    mistakes=MISTAKES,
)
