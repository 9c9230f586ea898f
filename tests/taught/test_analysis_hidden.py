"""The last hidden layer, and its principal plane against the eigenvectors of the covariance."""

from mnist_lab.analysis.hidden import hidden_values, principal_plane, two_dimensions
from mnist_lab.data import InMemoryLoader, load_digits
from mnist_lab.models import SimpleCNN

import numpy as np
import pytest
import torch
from torch.utils.data import Subset


def make_values(n=60, features=7):
    """Values that vary by a different amount along every axis of a turned cross."""
    turned = torch.linalg.qr(torch.randn(features, features, dtype=torch.float64)).Q
    lengths = torch.tensor([5.0, 3.0, 1.0, 0.5, 0.3, 0.2, 0.1][:features], dtype=torch.float64)
    return torch.randn(n, features, dtype=torch.float64) * lengths @ turned + 4


def test_hidden_values_are_what_the_last_linear_layer_takes_in(device):
    images = InMemoryLoader(Subset(load_digits().test, range(25)), device=device).images
    model = SimpleCNN(dropout=0.5).to(device).train()
    values = hidden_values(model, "relu", images, batch_size=10)
    assert values.shape == (25, 128) and values.device.type == "cpu" and values.min() >= 0
    assert model.training and model.dropout.training
    with torch.inference_mode():
        logits = model.eval()(images).cpu()
        torch.testing.assert_close(model.cpu().fc2(values), logits, atol=1e-5, rtol=1e-5)


def test_maps_become_rows():
    assert hidden_values(SimpleCNN(), "conv2", torch.zeros(3, 1, 28, 28)).shape == (3, 64 * 12 * 12)
    with pytest.raises(ValueError, match="no layer 'fc9'; choose one of conv1"):
        hidden_values(SimpleCNN(), "fc9", torch.zeros(3, 1, 28, 28))


@pytest.mark.parametrize("n", [5, 60])  # fewer and more samples than features
def test_the_plane_is_that_of_the_largest_eigenvalues(n, device):
    values = make_values(n)
    plane = principal_plane(values.to(device) if device.type != "mps" else values)  # mps has no float64
    variances, vectors = np.linalg.eigh(np.cov(values.numpy(), rowvar=False))
    np.testing.assert_allclose(plane.shares, variances[::-1][:2] / variances.sum(), rtol=1e-9)
    for axis, vector in zip(plane.axes.numpy(), vectors.T[::-1], strict=False):
        assert abs(axis @ vector) == pytest.approx(1)
        assert axis[np.abs(axis).argmax()] > 0
    points = two_dimensions(values)
    assert points.shape == (n, 2)
    np.testing.assert_allclose(points.mean(dim=0), 0, atol=1e-12)
    np.testing.assert_allclose(points.var(dim=0), variances[::-1][:2], rtol=1e-9)
    expected = (values - values.mean(dim=0)).numpy() @ plane.axes.numpy().T
    np.testing.assert_allclose(points, expected, atol=1e-12)


def test_the_signs_repeat_themselves():
    values = make_values()
    points = two_dimensions(values)
    mixed = torch.randperm(60)
    torch.testing.assert_close(two_dimensions(values[mixed]), points[mixed])
    torch.testing.assert_close(two_dimensions(values + 100), points)
    torch.testing.assert_close(two_dimensions(values.float()), points, atol=1e-4, rtol=1e-4)


def test_other_values_land_in_the_same_plane():
    values = make_values()
    plane = principal_plane(values)
    torch.testing.assert_close(plane.points(values), two_dimensions(values))
    torch.testing.assert_close(
        plane.points(plane.mean + 2 * plane.axes[:1])[0], torch.tensor([2.0, 0]).double()
    )


def test_two_features_are_turned_and_nothing_is_lost():
    values = make_values(features=2)
    assert principal_plane(values).shares.sum().item() == pytest.approx(1)
    torch.testing.assert_close(torch.pdist(two_dimensions(values)), torch.pdist(values))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (torch.zeros(4), r"values \(N, D\) of two samples and two features .* got \(4,\); values.flatten"),
        (torch.zeros(1, 4), "two samples and two features"),
        (torch.zeros(4, 1), "two samples and two features"),
        (torch.tensor([[0.0, 1.0], [torch.nan, 1.0]]), "expected finite values, but got nan or inf; check"),
        (torch.ones(5, 3), "values that differ, but all samples have the same; check the images"),
    ],
)
def test_values_without_a_plane_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        two_dimensions(values)
