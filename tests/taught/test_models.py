"""SimpleCNN: its size, its names, and where dropout acts."""

from mnist_lab.models import SimpleCNN

import pytest
import torch


def test_it_has_315_146_parameters():
    assert sum(parameter.numel() for parameter in SimpleCNN().parameters()) == 315_146


def test_its_state_dict_keeps_its_names_and_shapes():
    shapes = {name: tuple(tensor.shape) for name, tensor in SimpleCNN().state_dict().items()}
    assert shapes == {
        "conv1.weight": (32, 1, 3, 3),
        "conv1.bias": (32,),
        "conv2.weight": (64, 32, 3, 3),
        "conv2.bias": (64,),
        "fc1.weight": (128, 2304),
        "fc1.bias": (128,),
        "fc2.weight": (10, 128),
        "fc2.bias": (10,),
    }


@pytest.mark.parametrize("num_images", [1, 2, 7])
def test_every_batch_size_gives_ten_logits_an_image_where_the_weights_are(num_images, device):
    logits = SimpleCNN().to(device)(torch.randn(num_images, 1, 28, 28, device=device))
    assert logits.shape == (num_images, 10) and logits.device.type == device.type


def test_an_image_gets_the_same_logits_alone_and_in_a_batch(device):
    model, images = SimpleCNN().eval().to(device), torch.randn(5, 1, 28, 28, device=device)
    torch.testing.assert_close(model(images)[2:3], model(images[2:3]))


def test_the_logits_are_the_same_on_every_device(device):
    model, images = SimpleCNN().eval(), torch.randn(5, 1, 28, 28)
    expected = model(images)
    torch.testing.assert_close(model.to(device)(images.to(device)).cpu(), expected, atol=1e-5, rtol=1e-4)


def test_forward_is_the_chain_it_claims_to_be(device):
    model, x = SimpleCNN().eval().to(device), torch.randn(3, 1, 28, 28, device=device)
    functional = torch.nn.functional
    maps = functional.conv2d(x, model.conv1.weight, model.conv1.bias, padding=1)
    maps = functional.max_pool2d(maps.clamp(min=0), 2)
    maps = functional.conv2d(maps, model.conv2.weight, model.conv2.bias)
    maps = functional.max_pool2d(maps.clamp(min=0), 2)
    hidden = (maps.reshape(3, -1) @ model.fc1.weight.T + model.fc1.bias).clamp(min=0)
    expected = hidden @ model.fc2.weight.T + model.fc2.bias
    torch.testing.assert_close(model(x), expected, atol=1e-5, rtol=1e-4)


def test_dropout_acts_in_training_mode_only(device):
    model, images = SimpleCNN(dropout=0.5).to(device), torch.randn(4, 1, 28, 28, device=device)
    assert not torch.equal(model.train()(images), model(images))
    assert torch.equal(model.eval()(images), model(images))


def test_without_dropout_the_modes_agree(device):
    model, images = SimpleCNN().to(device), torch.randn(4, 1, 28, 28, device=device)
    assert torch.equal(model.train()(images), model.eval()(images))


def test_dropout_adds_no_parameters_and_loads_the_same_weights():
    SimpleCNN(dropout=0.5).load_state_dict(SimpleCNN().state_dict())


def test_dropout_is_an_option_by_name():
    with pytest.raises(TypeError, match="positional"):
        SimpleCNN(0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        SimpleCNN(dropout=1.5)
