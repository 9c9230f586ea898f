"""Sizes, shapes, parameters, receptive fields and maps, each against PyTorch itself."""

from itertools import product

from mnist_lab.anatomy import (
    conv_output_size,
    count_parameters,
    feature_maps,
    layer_outputs,
    receptive_field,
    strongest_patches,
    trace_shapes,
)
from mnist_lab.models import SimpleCNN

import pytest
import torch
from torch import nn

GRID = list(product((1, 5, 8, 28), (1, 2, 3, 5), (0, 1, 2), (1, 2, 3), (1, 2, 3)))


def test_output_size_equals_pytorch_over_a_grid():
    num_fitting = 0
    for size, kernel_size, padding, stride, dilation in GRID:
        options = {"padding": padding, "stride": stride, "dilation": dilation}
        image, kernel = torch.zeros(1, 1, size, size), torch.zeros(1, 1, kernel_size, kernel_size)
        try:
            expected = nn.functional.conv2d(image, kernel, **options).shape[-1]
        except RuntimeError:
            with pytest.raises(ValueError, match="kernel spans"):
                conv_output_size(size, kernel_size, **options)
        else:
            num_fitting += 1
            assert conv_output_size(size, kernel_size, **options) == expected
    assert 0 < num_fitting < len(GRID)


@pytest.mark.parametrize("size", [4, 5, 12, 13])
def test_output_size_holds_for_pooling(size):
    expected = nn.functional.max_pool2d(torch.zeros(1, 1, size, size), 2).shape[-1]
    assert conv_output_size(size, 2, stride=2) == expected


@pytest.mark.parametrize("name", ["size", "kernel_size", "stride", "dilation"])
def test_output_size_refuses_what_is_not_a_count(name):
    settings = {"size": 8, "kernel_size": 3} | {name: 0}
    with pytest.raises(ValueError, match=f"{name} is a whole number from 1 up, but got 0; it counts pixels"):
        conv_output_size(settings.pop("size"), settings.pop("kernel_size"), **settings)


def test_output_size_refuses_negative_padding_and_says_what_would_help():
    with pytest.raises(ValueError, match=r"padding is a whole number from 0 up, but got -1"):
        conv_output_size(8, 3, padding=-1)
    with pytest.raises(ValueError, match=r"spans 9 pixels.* only 7; use a smaller kernel"):
        conv_output_size(7, 5, dilation=2)


def test_parameters_by_hand():
    model = SimpleCNN()
    assert count_parameters(model) == 315_146
    counts = [count_parameters(layer) for layer in (model.conv1, model.conv2, model.fc1, model.fc2)]
    assert counts == [320, 18_496, 295_040, 1_290]


def test_frozen_and_shared_parameters_are_counted_as_training_sees_them():
    model = SimpleCNN()
    model.fc1.requires_grad_(False)
    assert count_parameters(model) == 315_146 - 295_040
    layer = nn.Linear(3, 3)
    assert count_parameters(nn.Sequential(layer, layer)) == 12


def test_trace_has_a_row_for_every_call():
    rows = [(row.name, row.shape[1:]) for row in trace_shapes(SimpleCNN(), (4, 1, 28, 28))]
    assert rows == [
        ("conv1", (32, 28, 28)),
        ("relu", (32, 28, 28)),
        ("pool", (32, 14, 14)),
        ("conv2", (64, 12, 12)),
        ("relu", (64, 12, 12)),
        ("pool", (64, 6, 6)),
        ("flatten", (2304,)),
        ("fc1", (128,)),
        ("relu", (128,)),
        ("dropout", (128,)),
        ("fc2", (10,)),
    ]


def test_trace_keeps_the_batch_and_prints_as_a_table():
    trace = trace_shapes(SimpleCNN(), (4, 1, 28, 28))
    assert {row.shape[0] for row in trace} == {4}
    lines = str(trace).splitlines()
    assert len(lines) == 12 and lines[1].split() == ["conv1", "Conv2d", "(4,", "32,", "28,", "28)", "320"]


def test_of_a_layer_that_returns_several_the_first_tensor_is_its_map():
    class Reader(nn.Sequential):
        def forward(self, images):
            return self[0](images[:, 0])[0]

    model, images = Reader(nn.LSTM(28, 5, batch_first=True)), torch.rand(2, 1, 28, 28)
    torch.testing.assert_close(feature_maps(model, images, layer="0"), model(images).detach())


def test_trace_takes_a_network_of_any_precision():
    assert trace_shapes(SimpleCNN().double(), (1, 1, 28, 28)) == trace_shapes(SimpleCNN(), (1, 1, 28, 28))


def hooks(model):
    return [len(module._forward_hooks) for module in model.modules()]


@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (1, 1, 20, 20)], ids=["fits", "fails"])
def test_trace_leaves_modes_and_hooks_as_they_were(shape):
    model = SimpleCNN().train()
    model.dropout.eval()
    model.conv1.register_forward_hook(lambda *_: None)
    modes, before = [module.training for module in model.modules()], hooks(model)
    try:
        trace_shapes(model, shape)
    except RuntimeError:
        assert shape[-1] == 20
    else:
        assert shape[-1] == 28
    assert [module.training for module in model.modules()] == modes
    assert hooks(model) == before


def positive(model):
    """Make every weight positive, so that no gradient can cancel or be cut off by ReLU."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(0.1)
    return model


NETWORKS = {
    "plain": lambda: [nn.Conv2d(1, 1, 3), nn.Conv2d(1, 1, 5)],
    "strided": lambda: [nn.Conv2d(1, 1, 3, stride=2), nn.ReLU(), nn.Conv2d(1, 1, 3)],
    "dilated": lambda: [nn.Conv2d(1, 1, 2), nn.Conv2d(1, 1, 3, dilation=2), nn.Conv2d(1, 1, 2)],
    "averaged": lambda: [nn.Conv2d(1, 1, 3), nn.AvgPool2d(2), nn.Conv2d(1, 1, 3)],
    "padded": lambda: [nn.Conv2d(1, 1, 3, padding=1, stride=2), nn.Conv2d(1, 1, 3, padding=1)],
}


@pytest.mark.parametrize("name", NETWORKS)
def test_receptive_field_is_where_the_gradient_is_not_zero(name):
    model = positive(nn.Sequential(*NETWORKS[name]()))
    field = receptive_field(model)[-1]
    image = torch.rand(1, 1, 28, 28, requires_grad=True)
    place = 4  # far enough from the rim for the whole field to lie in the image
    model(image)[0, 0, place, place].backward()
    touched = image.grad[0, 0].nonzero()
    first = field.start + field.step * place
    assert touched.min(dim=0).values.tolist() == [first, first]
    assert touched.max(dim=0).values.tolist() == [first + field.size - 1] * 2


def test_receptive_field_of_simple_cnn():
    fields = [(f.name, f.size, f.step, f.start) for f in receptive_field(SimpleCNN())]
    assert fields == [("conv1", 3, 1, -1), ("pool", 4, 2, -1), ("conv2", 8, 2, -1), ("pool", 10, 4, -1)]


@pytest.mark.parametrize("padding", [(0, 1), "same"])
def test_receptive_field_refuses_what_one_number_cannot_say(padding):
    with pytest.raises(ValueError, match=r"one number for both axes.*by hand"):
        receptive_field(nn.Conv2d(1, 1, 3, padding=padding))


@pytest.mark.parametrize("moved", [nn.PixelUnshuffle(2), nn.Upsample(scale_factor=2), nn.ZeroPad2d(1)])
def test_receptive_field_refuses_what_else_changes_the_size(moved):
    model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), moved, nn.LazyConv2d(4, 3))
    model(torch.zeros(1, 1, 28, 28))
    with pytest.raises(ValueError, match=r"something else does before '2'; look at that one by hand"):
        receptive_field(model)


def test_feature_maps_are_what_the_layer_puts_out():
    model, images = SimpleCNN().train(), torch.randn(3, 1, 28, 28)
    torch.testing.assert_close(feature_maps(model, images, layer="conv1"), model.conv1(images))
    assert feature_maps(model, images, layer="pool").shape == (3, 64, 6, 6)  # the last call
    assert model.training and not any(hooks(model))


def test_feature_maps_survive_a_relu_in_place():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(inplace=True))
    images = torch.randn(1, 1, 8, 8)
    assert (layer_outputs(model, images)[0] < 0).any()


def test_feature_maps_name_the_layers_there_are():
    model, images = SimpleCNN(), torch.zeros(1, 1, 28, 28)
    with pytest.raises(ValueError, match=r"no layer 'conv3'; choose one of conv1, conv2"):
        feature_maps(model, images, layer="conv3")
    model.spare = nn.ReLU()
    with pytest.raises(ValueError, match="never calls it"):
        feature_maps(model, images, layer="spare")


def test_layer_outputs_match_the_rows_of_a_trace():
    model, images = SimpleCNN().eval(), torch.randn(2, 1, 28, 28)
    outputs = layer_outputs(model, images)
    assert [tuple(output.shape) for output in outputs] == [
        row.shape for row in trace_shapes(model, images.shape)
    ]
    torch.testing.assert_close(outputs[-1], model(images))


def test_a_patch_alone_gives_the_value_that_it_was_chosen_for():
    model, images = SimpleCNN(), torch.rand(20, 1, 28, 28)
    patches = strongest_patches(model, images, layer="conv2", channels=[0, 5], count=4)
    assert patches.shape == (2, 4, 1, 8, 8)
    unpadded = nn.Conv2d(1, 32, 3)  # a patch brings its own surroundings
    unpadded.load_state_dict(model.conv1.state_dict())
    alone = nn.Sequential(unpadded, model.relu, model.pool, model.conv2)
    num_checked = 0
    for channel, strongest in zip([0, 5], patches, strict=True):
        peaks = feature_maps(model, images, layer="conv2")[:, channel].flatten(1).max(dim=1)
        order = peaks.values.topk(4).indices.tolist()
        for i, patch in zip(order, strongest, strict=True):
            row, column = divmod(peaks.indices[i].item(), 12)
            if 0 < row < 11 and 0 < column < 11:  # at the rim conv1 saw its own padding
                num_checked += 1
                torch.testing.assert_close(alone(patch[None])[0, channel, 0, 0], peaks.values[i])
    assert num_checked


def test_a_patch_at_the_rim_is_filled_with_the_smallest_value():
    model, images = positive(SimpleCNN()), torch.full((1, 1, 28, 28), -1.0)
    images[0, 0, 0, 0] = 5.0  # the strongest place of every channel is the first corner
    patch = strongest_patches(model, images, layer="conv2", channels=[3], count=1)[0, 0, 0]
    expected = torch.full((8, 8), -1.0)
    expected[1, 1] = 5.0
    torch.testing.assert_close(patch, expected)


def test_strongest_patches_refuse_a_layer_without_places():
    with pytest.raises(ValueError, match="patches for conv1, pool, conv2, but not for 'fc1'"):
        strongest_patches(SimpleCNN(), torch.zeros(9, 1, 28, 28), layer="fc1", channels=[0])
