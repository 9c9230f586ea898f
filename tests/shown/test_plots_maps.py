"""Inside a network as pictures: the square that a value sees, filters and maps, shift curves."""

from mnist_lab.anatomy import receptive_field
from mnist_lab.models import SimpleCNN
from mnist_lab.plots.maps import nearest_start, receptive_squares, shift_curves, two_sheets

import pytest
import torch
from figures import texts, y


def test_the_square_is_the_one_whose_middle_is_nearest():
    fields = receptive_field(SimpleCNN())
    for field in fields:
        start = nearest_start(field, 14)
        assert (start - field.start) % field.step == 0
        assert abs(start + (field.size - 1) / 2 - 14) <= field.step / 2
    figure = receptive_squares(torch.rand(1, 28, 28), fields, place=(14, 14))
    assert texts(figure.legends[0].texts)[-1] == "pool: 10 × 10"


def test_shift_curves_are_in_percent():
    (axes,) = shift_curves(range(3), {"CNN": [0.9, 0.5, 0.1]}).axes
    assert y(axes, "CNN") == pytest.approx([90, 50, 10])
    assert "percent" in axes.get_ylabel() and "chance" in texts(axes.texts)
    (axes,) = shift_curves(range(3), {"CNN": [0.9, 0.8, 0.7]}, lowest=60).axes
    assert axes.get_ylim()[0] == 60 and not axes.texts


def test_two_sheets_share_one_scale():
    small, large = torch.rand(4, 3, 3), 5 * torch.rand(4, 3, 3) - 6
    grey = {axes.images[0].get_clim() for axes in two_sheets(small, large, ["a", "b"]).axes}
    assert len(grey) == 1
    signed = two_sheets(small, large, ["a", "b"], signed=True)
    limit = -large.min().item()
    assert {axes.images[0].get_clim() for axes in signed.axes[:2]} == {(-limit, limit)}
