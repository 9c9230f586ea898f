"""Networks from short texts, and first filters from the images themselves."""

import json
from functools import partial

from mnist_lab.models import SimpleCNN

import torch
from torch import nn
from torch.nn import functional as F


def build(layers):
    """Return the network that a sequence of texts describes, (N, 1, 28, 28) to (N, 10) logits.

    For example ("unshuffle 2", "conv 32 3", "norm", "silu", "max", "linear 10"); what a layer takes
    in is read off the one before it. ("SimpleCNN",) is the lessons' network. Raises ValueError for a
    word that is not one of WORDS, or a layer that does not fit.
    """
    if tuple(layers) == ("SimpleCNN",):
        return SimpleCNN()
    modules, x = [], torch.zeros(2, 1, 28, 28)
    for text in layers:
        module = read_layer(text, x)
        try:
            x = module.eval()(x)
        except RuntimeError as error:
            raise ValueError(
                f"The layer {text!r} cannot follow values of shape {(None, *x.shape[1:])}: {error}. "
                "Before a linear layer comes flatten, mean or max."
            ) from error
        modules.append(module)
    if x.shape != (2, 10):
        raise ValueError(
            f"A network for digits ends in 10 logits an image, shape (None, 10), but these layers end in "
            f"{(None, *x.shape[1:])}; let the last ones be flatten, mean or max, and 'linear 10'."
        )
    return nn.Sequential(*modules).train()


def read_layer(text, x):
    """Return the module that a text such as "conv 32 3 pad=1" stands for, fit for the values x."""
    word, *rest = text.split()
    if word not in WORDS:
        raise ValueError(f"There is no layer {word!r}; there are {', '.join(WORDS)}.")
    try:
        numbers = [json.loads(item) for item in rest if "=" not in item]
        pairs = (item.split("=") for item in rest if "=" in item)
        return WORDS[word](x, *numbers, **{name: int(value) for name, value in pairs})
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The layer {text!r} cannot be read ({error}); write it as one of these: {', '.join(FORMS)}."
        ) from error


def conv(x, out, size, *, stride=1, pad=0):
    return nn.Conv2d(x.shape[1], out, size, stride=stride, padding=pad)


def linear(x, out):
    return nn.Linear(x.shape[1], out)


def norm(x):
    return (nn.BatchNorm2d if x.dim() == 4 else nn.BatchNorm1d)(x.shape[1])


def over_all(pool, x):
    """Return the pooling of each whole map to one value, (N, C, H, W) to (N, C)."""
    return nn.Sequential(pool(1), nn.Flatten())


def plain(module, x, *numbers):
    return module(*numbers)


FORMS = (
    "unshuffle 2", "conv OUT SIZE [stride=1] [pad=0]", "pool 2", "average 2", "norm", "relu", "silu", "gelu",
    "dropout 0.5", "flatten", "linear OUT", "max", "mean",
)  # fmt: skip
WORDS = {
    "unshuffle": partial(plain, nn.PixelUnshuffle),
    "conv": conv,
    "pool": partial(plain, nn.MaxPool2d),
    "average": partial(plain, nn.AvgPool2d),
    "norm": norm,
    "relu": partial(plain, nn.ReLU),
    "silu": partial(plain, nn.SiLU),
    "gelu": partial(plain, nn.GELU),
    "dropout": partial(plain, nn.Dropout),
    "flatten": partial(plain, nn.Flatten),
    "linear": linear,
    "max": partial(over_all, nn.AdaptiveMaxPool2d),
    "mean": partial(over_all, nn.AdaptiveAvgPool2d),
}


@torch.no_grad()
def whiten(network, images, *, floor=0.01):
    """Let the first convolution answer patches of these images with values of unit variance, unrelated.

    Its filters become the patches' principal components, the strongest first, each divided by its
    standard deviation, then the same with the other sign; filters beyond twice the components stay.
    floor is added to each variance, so that faint components are not blown up. Sources: D. Page, How to
    train your ResNet, 2019; K. Jordan, 94% on CIFAR-10 in 3.29 Seconds, 2024.
    """
    first, x = None, images
    for module in network.children():
        if isinstance(module, nn.Conv2d):
            first = module
            break
        x = module(x)
    if first is None:
        raise ValueError("whiten expects a network with a convolution, but this one has none.")
    patches = F.unfold(x, first.kernel_size).transpose(1, 2).flatten(0, 1)  # (patches, values of one)
    variance, components = torch.linalg.eigh(patches.T.cov().cpu())  # no eigh on some accelerators
    filters = (components / (variance + floor).sqrt()).T.flip(0)[: first.out_channels // 2]
    filters = torch.cat([filters, -filters]).unflatten(1, first.weight.shape[1:])
    first.weight[: len(filters)] = filters.to(first.weight)
    first.bias[: len(filters)] = 0
