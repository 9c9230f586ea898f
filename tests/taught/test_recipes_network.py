"""Networks from texts, whitened first filters, schedules of the learning rate."""

from mnist_lab.data import as_tensors, load_digits
from mnist_lab.models import SimpleCNN
from mnist_lab.recipes.layers import FORMS, WORDS, build, whiten
from mnist_lab.recipes.schedules import cosine, make_schedule, triangle

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import lr_scheduler


@pytest.fixture(scope="module")
def images():
    pixels, _ = as_tensors(load_digits("bundled").train)
    return pixels[:300].unsqueeze(1).float() / 255


def first(network, kind):
    return next(module for module in network.modules() if isinstance(module, kind))


# build


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("unshuffle 2", nn.PixelUnshuffle, {"downscale_factor": 2}),
        ("conv 6 3", nn.Conv2d, {"kernel_size": (3, 3), "stride": (1, 1), "padding": (0, 0)}),
        ("conv 6 5 stride=2 pad=1", nn.Conv2d, {"kernel_size": (5, 5), "stride": (2, 2), "padding": (1, 1)}),
        ("pool 2", nn.MaxPool2d, {"kernel_size": 2}),
        ("average 4", nn.AvgPool2d, {"kernel_size": 4}),
        ("norm", nn.BatchNorm2d, {"num_features": 1}),
        ("relu", nn.ReLU, {}),
        ("silu", nn.SiLU, {}),
        ("gelu", nn.GELU, {}),
        ("dropout 0.25", nn.Dropout, {"p": 0.25}),
        ("max", nn.AdaptiveMaxPool2d, {"output_size": 1}),
        ("mean", nn.AdaptiveAvgPool2d, {"output_size": 1}),
    ],
)
def test_each_word_is_its_layer(text, kind, values):
    end = () if text in ("max", "mean") else ("flatten",)
    network = build((text, *end, "linear 10"))
    assert {name: getattr(first(network, kind), name) for name in values} == values
    assert network(torch.zeros(4, 1, 28, 28)).shape == (4, 10)
    assert all(module.training for module in network.modules())


def test_every_word_is_shown_to_who_misspells_one():
    assert {form.split()[0] for form in FORMS} == set(WORDS)


def test_norm_after_flatten_is_that_of_vectors_and_starts_unused():
    norm = first(build(("flatten", "norm", "linear 10")), nn.BatchNorm1d)
    assert norm.num_features == 784
    assert norm.num_batches_tracked == 0 and norm.running_var.eq(1).all()


def test_max_and_mean_are_those_over_the_whole_map(images):
    for word, reduce in (("max", torch.amax), ("mean", torch.mean)):
        network = build(("conv 7 3", word, "linear 10"))
        conv, pool, linear = network
        assert torch.allclose(pool(conv(images)), reduce(conv(images), dim=(2, 3)), atol=1e-6)
        assert linear.in_features == 7


def test_the_lessons_network_goes_by_its_name():
    assert isinstance(build(("SimpleCNN",)), SimpleCNN)


def test_the_seed_decides_the_weights():
    networks = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        networks.append(build(("conv 4 3", "max", "linear 10"))[0].weight)
    assert torch.equal(networks[0], networks[1]) and not torch.equal(networks[0], networks[2])


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (("convolve 3",), "no layer 'convolve'; there are unshuffle, conv, pool"),
        (("conv 3",), r"layer 'conv 3' cannot be read .* conv OUT SIZE"),
        (("conv 3 three",), "layer 'conv 3 three' cannot be read"),
        (("conv 3 3 padding=1",), "cannot be read .*'padding'"),
        (("relu 3 4",), "layer 'relu 3 4' cannot be read"),
        (("dropout 2.5",), "layer 'dropout 2.5' cannot be read .*between 0 and 1"),
        (("conv 3 29", "max", "linear 10"), r"'conv 3 29' cannot follow values of shape \(None, 1, 28, 28\)"),
        (("conv 3 3", "linear 10"), "linear 10' cannot follow .* comes flatten, mean or max"),
        (("flatten", "linear 9"), r"ends in 10 logits .* end in \(None, 9\)"),
        ((), "ends in 10 logits"),
    ],
)
def test_layers_that_make_no_network_are_refused(layers, message):
    with pytest.raises(ValueError, match=message):
        build(layers)


# whiten


def patches_of(images, size):
    return F.unfold(images, size).transpose(1, 2).flatten(0, 1)


def test_after_whitening_the_filters_answers_are_unrelated_and_of_unit_variance(images):
    network = build(("unshuffle 2", "conv 32 3", "max", "linear 10"))
    halved = network[0](images)
    whiten(network, images, floor=0.0)
    answers = network[1](halved).permute(0, 2, 3, 1).flatten(0, 2)
    assert torch.allclose(answers[:, :16].T.cov(), torch.eye(16), atol=1e-3)
    assert torch.equal(network[1].weight[:16], -network[1].weight[16:])
    assert network[1].bias.eq(0).all()


def test_the_filters_are_the_strongest_components_over_their_deviation(images):
    network = build(("conv 6 5", "max", "linear 10"))
    whiten(network, images, floor=0.01)
    covariance = patches_of(images, 5).T.cov()
    variance, _ = torch.linalg.eigh(covariance)
    filters = network[0].weight[:3].flatten(1)
    answered = filters @ covariance @ filters.T
    assert torch.allclose(answered, torch.diag((variance / (variance + 0.01)).flip(0)[:3]), atol=1e-4)


def test_filters_beyond_both_signs_of_all_components_stay(images):
    network = build(("conv 20 2", "max", "linear 10"))
    before = network[0].weight.clone()
    whiten(network, images)
    changed = (network[0].weight != before).flatten(1).any(dim=1)
    assert changed.tolist() == [True] * 8 + [False] * 12


def test_a_network_without_convolution_cannot_be_whitened(images):
    with pytest.raises(ValueError, match="expects a network with a convolution"):
        whiten(build(("flatten", "linear 10")), images)


# schedules


def rates(make, steps):
    """The learning rate of each step."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)
    schedule, values = make(optimizer), []
    for _ in range(steps):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return values


def rates_of(kind, steps, **options):
    return rates(lambda o: make_schedule(o, kind, steps=steps, epoch_steps=4, **options), steps)


def test_constant_stays():
    assert rates_of("constant", 5) == [0.5] * 5


def test_the_triangle_is_linear_up_and_linear_down():
    expected = [0.05, 0.25, 0.5, 0.4375, 0.375, 0.3125, 0.25, 0.1875, 0.125, 0.0625]
    assert rates_of("triangle", 10, warmup=0.2) == pytest.approx(expected)
    assert triangle(1.0, final=0.3) == pytest.approx(0.3)
    assert triangle(0.0, start=0.4) == 0.4 and triangle(0.0, warmup=0.0) == 1


def test_the_cosine_falls_as_torchs_own():
    torchs = rates(lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=8), 8)
    assert rates_of("cosine", 8, warmup=0.0) == pytest.approx(torchs)
    assert cosine(0.0, warmup=0.1, start=0.05) == 0.05
    assert cosine(0.1, warmup=0.1) == pytest.approx(1) and cosine(1.0, final=0.2) == pytest.approx(0.2)


def test_a_step_comes_after_each_epoch():
    assert rates_of("step", 9, gamma=0.5) == [0.5] * 4 + [0.25] * 4 + [0.125]


def test_one_cycle_is_torchs_own():
    torchs = rates(lambda o: lr_scheduler.OneCycleLR(o, 0.5, total_steps=12, cycle_momentum=False), 12)
    assert rates_of("one-cycle", 12) == torchs
