"""The last hidden layer as points in a plane: what the network finds alike lies close together."""

from typing import NamedTuple

from mnist_lab.anatomy import feature_maps
from mnist_lab.ranges import check_number

import torch


def hidden_values(model, layer, images, *, batch_size=500):
    """Return what the named layer puts out for images at its last call, (N, features) on the CPU.

    For SimpleCNN, "relu" is the last hidden layer, (N, 128): its ReLU is called last after fc1.
    Leaves the model in the mode it was in. Raises ValueError for a layer that it never calls.
    """
    batches = images.split(check_number("batch_size", batch_size, 1, advice="500 is a good size"))
    return torch.cat([feature_maps(model, batch, layer=layer).flatten(1) for batch in batches])


class Plane(NamedTuple):
    """Where values vary most: their mean (D,), two axes (2, D), the share of the variance along each (2,)."""

    mean: torch.Tensor
    axes: torch.Tensor
    shares: torch.Tensor

    def points(self, values):
        """Return values (N, D), these or others, as points (N, 2) of the plane."""
        return (values.detach().cpu().double() - self.mean) @ self.axes.T


def principal_plane(values):
    """Return the Plane of values (N, D), the first two principal components, in float64 on the CPU.

    An axis and its opposite are equally good; the one whose largest entry is positive is taken, so
    that the picture repeats itself.
    """
    values = values.detach().cpu().double()
    check_values(values)
    mean = values.mean(dim=0)
    _, lengths, directions = torch.linalg.svd(values - mean, full_matrices=False)
    axes = directions[:2]
    largest = axes.gather(1, axes.abs().argmax(dim=1, keepdim=True))  # (2, 1)
    variances = lengths**2
    return Plane(mean, axes * largest.sign(), variances[:2] / variances.sum())


def two_dimensions(values):
    """Return values (N, D) as points float64 (N, 2): principal component analysis."""
    return principal_plane(values).points(values)


def check_values(values):
    """Raise ValueError unless values are finite, (N, D), with two of each at least, and not all alike."""
    if values.dim() != 2 or min(values.shape) < 2:
        raise ValueError(
            f"expected values (N, D) of two samples and two features at least, but got "
            f"{tuple(values.shape)}; values.flatten(1) makes one row of each sample."
        )
    if not values.isfinite().all():
        raise ValueError("expected finite values, but got nan or inf; check the model's weights.")
    if (values == values[0]).all():
        raise ValueError(
            "expected values that differ, but all samples have the same; check the images and the layer."
        )
