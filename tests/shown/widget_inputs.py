"""What the tests of several widgets give them: digits, kernels, a small network, the table of a sweep."""

from itertools import product

import torch
from torch import nn

KERNELS = {"edges": torch.tensor([[-1.0, 0, 1]] * 3), "blur": torch.full((5, 5), 1 / 25)}
LEVELS = {"rate": [0.1, 0.2, 0.3], "size": [16, 32], "decay": ["on", "off"]}


def digits(count=4):
    generator = torch.Generator().manual_seed(0)
    return torch.rand(count, 28, 28, generator=generator)


def small_model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(13), nn.Flatten(), nn.Linear(16, 10))


def table():
    return [
        {**dict(zip(LEVELS, places, strict=True)), "validation_accuracy": 0.1 + 0.01 * number}
        for number, places in enumerate(product(*LEVELS.values()))
    ]
