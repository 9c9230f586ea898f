"""Exercise 8.13: Patient 11, tied at zero."""

from mnist_lab.exercises.engine.model import Exercise

import torch
from torch import nn


def classifier(num_classes):
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 64),
        nn.ReLU(),
        nn.Linear(64, num_classes),
    )


def given_classifier(num_classes):
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 64),
        nn.ReLU(),
        nn.Linear(64, num_classes),
        nn.ReLU(),
    )


def free_logits(classifier):
    """Can every logit be any number, for 10 classes and for 7, and does the network bend in between?"""
    found = []
    for num_classes in (10, 7):
        model = classifier(num_classes)
        if not isinstance(model, nn.Module):
            return ["What comes back is no network."]
        images = 100 * torch.randn(400, 1, 28, 28, generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            logits = model(images)
            if logits.shape != (400, num_classes):
                return [f"400 images gave the shape {tuple(logits.shape)}, for {num_classes} classes."]
            found += _range(logits) or _bends(model, images, logits)
        linear = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
        if [layer.in_features for layer in linear] != [784, 64]:
            found.append("The linear layers are no longer the two that were there.")
    return list(dict.fromkeys(found))


def _range(logits):
    """Say in which range the logits are caught, if they are."""
    low, high = logits.min().item(), logits.max().item()
    if torch.allclose(logits.exp().sum(dim=1), torch.ones(len(logits)), atol=1e-3):
        return ["The scores are logarithms of shares already."]
    if torch.allclose(logits.sum(dim=1), torch.ones(len(logits)), atol=1e-3):
        return ["The scores of an image are shares, from 0 to 1."]
    if low >= 0 and high <= 1:
        return ["The scores stay between 0 and 1."]
    if abs(low) <= 1 and abs(high) <= 1:
        return ["The scores stay between −1 and 1."]
    if low >= -1e-6:
        zeros = (logits == 0).float().mean().item()
        return [
            "No score is ever below 0, and many are exactly 0." if zeros > 0.05 else "No score is below 0."
        ]
    if high <= 0:
        return ["No score is ever above 0."]
    if low > -0.2 * high:
        return ["Scores below 0 are pressed together."]
    return []


def _bends(model, images, logits):
    """A linear network answers the mean of two images with the mean of its two answers."""
    middle = model((images[::2] + images[1::2]) / 2)
    straight = (logits[::2] + logits[1::2]) / 2
    if torch.allclose(middle, straight, atol=1e-2 * straight.abs().max().item()):
        return ["The network does not bend any more: two linear layers in a row are one."]
    return []


def network(*end, between=nn.ReLU):
    """Return a classifier with something between the two linear layers, and something at its end."""

    def classifier(num_classes):
        first, last = nn.Linear(784, 64), nn.Linear(64, num_classes)
        return nn.Sequential(nn.Flatten(), first, between(), last, *(make() for make in end))

    return classifier


MISTAKES = (
    (network(nn.ReLU),
     "There is still a ReLU on the logits. Where a score sinks below 0 it has no slope, and the class learns "
     "nothing. The ReLU to keep is the one in the middle."),
    (network(between=nn.Identity),
     "The logits are free, but the ReLU in the middle went too: two linear layers in a row are one."),
    (network(lambda: nn.LeakyReLU(0.1)),
     "Leaky, it no longer ties at 0, but it still presses half of the scores together. Logits need no "
     "activation at all."),
    (network(lambda: nn.Softmax(dim=1)),
     "Softmax on the logits is the next illness: `cross_entropy` applies it itself, and the loss would not "
     "pass below 1.46."),
    (network(nn.Sigmoid),
     "Between 0 and 1 all scores are nearly alike to `cross_entropy`. Logits need no activation."),
    (network(nn.Tanh), "Between −1 and 1 no answer can be sure. Logits need no activation."),
    (network(nn.Softplus),
     "Softplus is a ReLU with a round corner: no score gets below 0. Logits need no activation."),
    (network(lambda: nn.LogSoftmax(dim=1)),
     "It does no harm, because log-softmax taken twice is log-softmax. But `cross_entropy` does it itself, "
     "so end with the linear layer."),
    (lambda num_classes: network()(10),
     "The ReLU at the end is gone. But 10 is written in now, where `num_classes` was."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.13",
    title="Patient 11, tied at zero",
    kind="function",
    difficulty=1,
    minutes=3,
    points=2,
    reference=classifier,
    given=given_classifier,
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
