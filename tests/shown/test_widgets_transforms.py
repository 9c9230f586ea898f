"""The playground of transforms: equal seeds draw equally, strength 0 does nothing, others may join."""

from mnist_lab.plots.data import transform_grid
from mnist_lab.widgets.shown import as_png
from mnist_lab.widgets.transforms import transform_playground

import torch
from widget_inputs import digits


def test_equal_seeds_draw_equally_and_the_lessons_random_numbers_stay():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    widgets = [transform_playground(digits(), seed=7) for _ in range(2)]
    assert torch.equal(torch.rand(3), expected)
    assert widgets[0].screen.png == widgets[1].screen.png
    widgets[1].controls["seed"].value = 8
    assert widgets[0].screen.png != widgets[1].screen.png


def test_strength_nought_leaves_the_digits_as_they_are():
    images = digits(2)[:, None]
    for name in ("rotation", "shift", "scale", "slant", "elastic"):
        widget = transform_playground(images, transform=name, strength=0)
        limits = float(images.min()), float(images.max())
        rows = dict.fromkeys(("before", "after", "again"), images)
        figure = transform_grid(rows, limits=limits, title=f"{name}, strength 0")
        assert widget.screen.png == as_png(figure), name


def test_a_transform_of_ones_own_joins_and_its_error_is_said():
    def dark(strength):
        if strength > 4:
            raise ValueError("So dark nobody can see it; stay at 4.")
        return lambda image: image / (1 + strength)

    widget = transform_playground(digits(), transforms={"dark": dark}, transform="dark", strength=4)
    assert widget.screen.words.startswith("dark: strength 4.")
    widget.controls["strength"].value = 5
    assert "So dark nobody can see it; stay at 4." in widget.screen.words
