"""The widgets of lessons 01, 02, 03, 06 and 07: state in, picture out, sentences for bad input."""

import sys
from itertools import product

from mnist_lab.lesson import recorded
from mnist_lab.models import SimpleCNN
from mnist_lab.plots import explored
from mnist_lab.plots.data import transform_grid
from mnist_lab.plots.sweep import heat_map, line
from mnist_lab.widgets.convolution_explorer import convolution_explorer
from mnist_lab.widgets.map_browser import feature_map_browser
from mnist_lab.widgets.one_batch import learn_one_batch, watch_one_batch
from mnist_lab.widgets.shown import as_png
from mnist_lab.widgets.stored import grid_explorer, hold_still, landscape_explorer
from mnist_lab.widgets.transforms import transform_playground

import pytest
import torch
from torch import nn
from torch.nn import functional as F

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


def every_widget():
    images = digits()
    return {
        "convolution": convolution_explorer(images, KERNELS),
        "maps": feature_map_browser({"new": small_model(), "other": small_model()}, images),
        "transforms": transform_playground(images),
        "step": watch_one_batch(small_model(), images[:, None], torch.tensor([3, 1, 4, 1]), num_steps=3),
        "grid": grid_explorer(recorded("overfitting")),
        "landscape": landscape_explorer(table(), LEVELS),
    }


def moved(control):
    """Return another value than the one that a control has."""
    if hasattr(control, "options"):
        values = [option[1] if isinstance(option, tuple) else option for option in control.options]
        return next(value for value in values if value != control.value)
    return control.value + 1 if control.value < control.max else control.min


@pytest.mark.slow
@pytest.mark.parametrize("name", ["convolution", "maps", "transforms", "step", "grid", "landscape"])
def test_each_control_changes_the_picture_and_is_labelled(name):
    widget = every_widget()[name]
    for key, control in widget.controls.items():
        before = widget.screen.png
        # two networks that are alike, and a strength of 0, would rightly change nothing
        control.value = moved(control)
        assert 'role="status"' in widget.screen.line.value, widget.screen.words
        assert widget.screen.png != before, key
        assert control.description
        assert control.style.description_width == "initial"
    assert f"mnist-lab-{name}" in widget.view._dom_classes


@pytest.mark.slow
def test_without_ipywidgets_every_widget_is_a_picture_and_a_text(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    for name, widget in every_widget().items():
        data, _ = widget._repr_mimebundle_()
        assert set(data) == {"image/png", "text/plain"}, name


def test_the_convolution_is_pytorchs_and_its_first_picture_the_plots():
    images = digits()
    widget = convolution_explorer(images, KERNELS, digit=2, kernel="blur", padding=1, stride=3)
    output = F.conv2d(images[2][None, None], KERNELS["blur"][None, None], padding=1, stride=3)[0, 0]
    figure = explored.convolved(
        images[2], KERNELS["blur"], output, padding=1, stride=3, title="“blur” with padding 1 and stride 3"
    )
    assert widget.screen.png == as_png(figure)
    assert "stride 3: 28 × 28 pixels give 9 × 9 sums" in widget.screen.words


def test_a_kernel_that_does_not_fit_is_said_beneath_the_picture():
    widget = convolution_explorer(digits(), {**KERNELS, "huge": torch.ones(31, 31)})
    before = widget.screen.png
    widget.controls["kernel"].value = "huge"
    assert "The kernel spans 31 pixels, but the padded input has only 28" in widget.screen.words
    assert widget.screen.png == before
    widget.controls["padding"].value = 2
    assert "give 2 × 2 sums" in widget.screen.words


def test_bad_images_and_kernels_are_refused():
    with pytest.raises(
        ValueError, match=r"at least one image, .* but got \(28, 28\); give a single image as"
    ):
        convolution_explorer(digits()[0], KERNELS)
    with pytest.raises(ValueError, match=r"'flat' has the shape \(9,\); expected a square one"):
        convolution_explorer(digits(), {"flat": torch.ones(9)})
    with pytest.raises(ValueError, match="dict of kernels is empty"):
        convolution_explorer(digits(), {})
    with pytest.raises(ValueError, match="Digit goes from 0 to 3, but got 4"):
        convolution_explorer(digits(), KERNELS, digit=4)


def test_the_maps_are_the_layers_own():
    model, images = small_model(), digits()
    model.train()
    widget = feature_map_browser({"new": model}, images[:, None], digit=1, layer=2)
    maps = model[2](model[1](model[0](images[1][None, None])))[0].detach()
    figure = explored.layer_output(
        images[1], maps, name="4 maps of 2 × 2", title="new: what layer 3, 2, makes of digit 1"
    )
    assert widget.screen.png == as_png(figure)
    assert model.training
    widget.controls["layer"].value = 4
    assert "10 numbers" in widget.screen.words


def test_a_browser_needs_a_model_that_takes_the_images():
    with pytest.raises(ValueError, match="dict of models is empty"):
        feature_map_browser({}, digits())
    with pytest.raises(ValueError, match="Layer has no option 9"):
        feature_map_browser({"new": small_model()}, digits(), layer=9)


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


def test_one_batch_learns_as_the_five_lines_do():
    model, images, labels = small_model(), digits()[:, None], torch.tensor([3, 1, 4, 1])
    start = {name: value.clone() for name, value in model.state_dict().items()}
    steps = learn_one_batch(model, images, labels, 3, 0.01, torch.optim.SGD)
    assert all(torch.equal(model.state_dict()[name], value) for name, value in start.items())
    optimizer, losses = torch.optim.SGD(model.parameters(), lr=0.01), []
    for _ in range(4):
        loss = F.cross_entropy(model(images), labels)
        losses.append(loss.item())
        moved_by = (model[4].weight - start["4.weight"]).norm() / start["4.weight"].norm()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert steps.losses == pytest.approx(losses)
    assert steps.changes["4"][-1] == pytest.approx(moved_by.item(), rel=1e-4)
    assert steps.changes["0"][0] == 0
    assert [logits.shape for logits in steps.logits] == [(4, 10)] * 4


def test_a_batch_needs_a_step_and_a_rate_that_stays_finite():
    images, labels = digits()[:, None], torch.tensor([3, 1, 4, 1])
    with pytest.raises(ValueError, match="num_steps counts steps and is at least 1, but got 0"):
        watch_one_batch(small_model(), images, labels, num_steps=0)
    with pytest.raises(ValueError, match="lower learning rate"):
        watch_one_batch(
            small_model(), images * 1e30, labels, make_optimizer=torch.optim.SGD, learning_rate=1e9
        )


def test_the_grid_says_what_is_stored():
    study = recorded("overfitting")
    widget = grid_explorer(study, num_digits=300, dropout=0.5)
    cell = next(c for c in study["grid"]["cells"] if (c["num_digits"], c["dropout"]) == (300, 0.5))
    lowest = min(cell["held_out_loss"])
    epoch = cell["epoch"][cell["held_out_loss"].index(lowest)]
    assert f"lowest after epoch {epoch} ({lowest:.2f} nats)" in widget.screen.words
    assert f"Means of {study['grid']['n']} seeds." in widget.screen.words


def test_a_study_without_a_grid_is_refused():
    with pytest.raises(ValueError, match=r"'grid' in it; give it recorded\(\"overfitting\"\)"):
        grid_explorer({"rows": []})


def test_the_landscape_is_the_sweeps_picture():
    widget = landscape_explorer(table(), LEVELS, down="size", across="rate")
    axes = {name: LEVELS[name] for name in ("size", "rate")}
    figure = heat_map(table(), axes, "validation_accuracy", title="Mean of the runs in each cell")
    hold_still(figure)
    assert widget.screen.png == as_png(figure)
    assert "largest at size 32, rate 0.3, 20.5%. There are 12 runs in all." in widget.screen.words
    widget.controls["runs"].value = "highest run"
    assert "largest at size 32, rate 0.3, 21.0%" in widget.screen.words
    widget.controls["down"].value = "decay"
    assert "largest at decay off, rate 0.3" in widget.screen.words
    widget.controls["down"].value = "rate"
    figure = line(
        [row for row in table() if row["size"] == 32 and row["decay"] == "off"],
        {"rate": LEVELS["rate"]},
        "validation_accuracy",
        title="Highest run in each cell",
    )
    hold_still(figure)
    assert widget.screen.png == as_png(figure)


def test_a_landscape_needs_rows_with_a_figure():
    with pytest.raises(ValueError, match="needs rows with a figure, and axes, but found none"):
        landscape_explorer([], LEVELS)
    with pytest.raises(ValueError, match="needs rows with a figure, and axes, but found none"):
        landscape_explorer([{"rate": 0.1, "loss": 1.0}], {"rate": [0.1]})


def test_network_of_the_lesson_fits_the_browser():
    widget = feature_map_browser({"new": SimpleCNN()}, digits(1), layer=4)
    assert "layer 5 (relu, ReLU): 64 maps of 12 × 12" in widget.screen.words
