"""sight: what is drawn is what was given."""

from mnist_lab.plots import sight

import numpy as np
import torch
from figures import panels, places, texts, y

IMAGES = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1
MAPS = torch.arange(3 * 64.0).reshape(3, 1, 8, 8) - 50
POINTS = np.array([[0.0, 0.0], [2.0, 4.0], [5.0, 5.0]])
KINDS = {"shift": ((0, 1, 2), "pixels"), "noise": ((0.0, 0.5), "deviation"), "blur": ((0, 1), "pixels")}
ARMS = {
    arm: {
        "shift": [[0.9, 1.0], [0.8, 0.6], [0.5, 0.1]],
        "noise": [[0.9, 1.0], [0.7, 0.7]],
        "blur": [[0.9, 0.9], [0.4, 0.2]],
    }
    for arm in ("plain", "augmented")
}


def sheet(axes):
    return np.asarray(axes.images[0].get_array())


def test_each_heat_map_has_a_scale_of_its_own():
    figure = sight.heat_sheets(IMAGES, {"a": MAPS * torch.tensor([1.0, 9.0, 0.0]).view(3, 1, 1, 1)})
    picture, heat = (sheet(axes) for axes in figure.axes)
    assert [axes.get_ylabel() for axes in figure.axes] == ["image", "a"]
    np.testing.assert_allclose(picture[:, :8], IMAGES[0, 0], atol=1e-6)
    np.testing.assert_allclose(heat[:, :8], MAPS[0, 0] / MAPS[0].abs().max(), atol=1e-6)
    np.testing.assert_allclose(heat[:, 10:18], MAPS[1, 0] / MAPS[1].abs().max(), atol=1e-6)
    assert (heat[:, 20:28] == 0).all()  # a map of nothing stays dark


def test_signed_maps_have_their_zero_in_the_middle():
    for signed, lowest in ((False, 0), (True, -1)):
        figure = sight.heat_sheets(IMAGES, {"a": MAPS}, signed=signed)
        assert figure.axes[1].images[0].get_clim() == (lowest, 1)


def test_a_class_stands_at_the_mean_of_its_points():
    figure = sight.planes({"before": POINTS, "after": POINTS + 1}, torch.tensor([0, 0, 3]))
    for axes, moved in zip(figure.axes, (0, 1), strict=True):
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("first direction", "second direction")
        assert places(axes) == {"0": (1 + moved, 2 + moved), "3": (5 + moved, 5 + moved)}
        assert sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() == ".") == 3


def test_numbers_of_classes_that_lie_together_are_pushed_apart():
    means = np.array([[0.0, 0.0], [0.01, 0.0], [0.0, 0.01], [0.01, 0.01], [5.0, 5.0]])
    moved = sight.apart(means, np.array([0.5, 0.5]))
    assert all(np.hypot(*(a - b)) >= 0.49 for i, a in enumerate(moved) for b in moved[:i])
    assert tuple(moved[4]) == (5, 5) and np.abs(moved - means).max() < 1.5


def test_a_strength_stands_below_its_image():
    figure = sight.strength_sheet({"a": IMAGES, "b": IMAGES[:2]}, {"a": (0, 1, 2), "b": (0.0, 0.5)})
    assert [axes.get_ylabel() for axes in figure.axes] == ["a", "b"]
    for axes, names in zip(figure.axes, (["0", "1", "2"], ["0", "0.5"]), strict=True):
        assert texts(axes.get_xticklabels()) == names
        assert list(axes.get_xticks()) == [3.5 + 10 * i for i in range(len(names))]
        assert axes.get_xlim()[1] == 27.5  # both rows are as wide as the longest


def test_the_curves_are_the_means_and_every_seed_is_there():
    figure = sight.corruption_curves(KINDS, ARMS)
    assert list(panels(figure)) == ["shift", "noise", "blur"]
    axes = panels(figure)["shift"]
    np.testing.assert_allclose(y(axes, "plain"), [0.95, 0.7, 0.3])
    assert axes.get_xlabel() == "pixels" and len(axes.lines) == 2 * (2 + 1) + 1
    assert texts(figure.legends[0].texts) == ["plain", "augmented", "chance"]


def test_a_panel_without_a_corruption_is_empty():
    assert not sight.corruption_curves(KINDS, ARMS).axes[3].axison
