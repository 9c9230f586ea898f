"""How a recipe's network is scored: once, in float32, perhaps over shifted images."""

from mnist_lab.data import InMemoryLoader
from mnist_lab.recipes import parallel
from mnist_lab.training import evaluate

import torch
from torch import nn


def score_network(recipe, network, dataset, device):
    """Return the Score of the network, in float32 whatever it was trained in."""
    options = {"batch_size": 1000, "mean": recipe.mean, "std": recipe.std, "device": device}
    loader = InMemoryLoader(dataset, **options)
    if recipe.shifts:
        network = Shifted(network, recipe.shifts)
    return parallel.from_first(lambda: evaluate(network, loader, device=device))


class Shifted(nn.Module):
    """A network whose probabilities are the mean of five: of the image as it is, and moved four ways."""

    def __init__(self, network, pixels):
        super().__init__()
        self.network = network
        self.moves = [(0, 0), (pixels, 0), (-pixels, 0), (0, pixels), (0, -pixels)]

    def forward(self, images):
        # digits stand in the middle of a black frame, so rolling brings in nothing but black
        views = (torch.roll(images, move, dims=(2, 3)) for move in self.moves)
        return torch.stack([self.network(view).softmax(dim=1) for view in views]).mean(dim=0).log()


def scores(score, number, test_digits):
    """Return accuracy and loss under the names of the set that was scored; None means validation."""
    if test_digits is None:
        names = {"validation_accuracy": score.accuracy, "validation_loss": score.loss}
        return names | {"num_validation": number}
    names = {"test_accuracy": score.accuracy, "test_loss": score.loss, "num_test": number}
    return names | {"test_digits": test_digits}
