"""Heat maps against captum's and against differences; the model is left as it was."""

import copy
import warnings

from mnist_lab.analysis.explanations import fgsm, grad_cam, occlusion, saliency
from mnist_lab.data import InMemoryLoader, load_digits
from mnist_lab.models import SimpleCNN
from mnist_lab.training import train_one_epoch

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import Subset

attr = pytest.importorskip("captum.attr", reason="captum comes with the dev extra")

HALVES = {"size": 4, "stride": 2, "background": -1.0}


@pytest.fixture(scope="module")
def trained():
    """SimpleCNN after one short epoch, in training mode, with dropout: eval mode has to matter."""
    torch.manual_seed(0)
    model = SimpleCNN(dropout=0.5)
    loader = InMemoryLoader(Subset(load_digits().train, range(800)), batch_size=50)
    train_one_epoch(model, loader, torch.optim.Adam(model.parameters(), lr=0.002))
    return model


@pytest.fixture(params=["trained", "untrained"])
def model(request, device):
    model = request.getfixturevalue("trained") if request.param == "trained" else SimpleCNN(dropout=0.5)
    return copy.deepcopy(model).to(device).train()


@pytest.fixture
def asked(device):
    """Six real digits, and a different class to ask about for each."""
    images = InMemoryLoader(Subset(load_digits().test, range(6)), device=device).images
    return images, torch.tensor([7, 2, 1, 0, 4, 9], device=device)


def from_captum(model, make):
    """What captum finds for a copy of the model in eval mode."""
    model = copy.deepcopy(model).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # captum sets requires_grad of the input, and says so
        return make(model).detach()


# Against captum ----------------------------------------------------------------------------------


def test_saliency_equals_captum_s(model, asked):
    images, targets = asked
    expected = from_captum(model, lambda m: attr.Saliency(m).attribute(images.clone(), target=targets))
    heat = saliency(model, images, targets)
    assert heat.shape == images.shape and heat.max() > 0
    torch.testing.assert_close(heat, expected, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(("size", "stride"), [(4, 2), (5, 3), (7, 7), (6, 5)])
@pytest.mark.parametrize("background", [-1.0, 0.0])
def test_occlusion_equals_captum_s(model, asked, size, stride, background):
    images, targets = asked[0][:3], asked[1][:3]
    options = {"sliding_window_shapes": (1, size, size), "strides": (1, stride, stride)}
    expected = from_captum(
        model,
        lambda m: attr.Occlusion(m).attribute(images, target=targets, baselines=background, **options),
    )
    heat = occlusion(model, images, targets, size=size, stride=stride, background=background)
    torch.testing.assert_close(heat, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("layer", ["conv1", "conv2", "pool"])
def test_grad_cam_equals_captum_s(model, asked, layer):
    images, targets = asked

    def make(copied):
        cam = attr.LayerGradCam(copied, getattr(copied, layer))
        heat = cam.attribute(images, target=targets, relu_attributions=True)
        return attr.LayerAttribution.interpolate(heat, (28, 28), interpolate_mode="bilinear")

    heat = grad_cam(model, layer, images, targets)
    assert heat.shape == (6, 1, 28, 28) and heat.min() == 0 and heat.max() > 0
    torch.testing.assert_close(heat, from_captum(model, make), atol=1e-6, rtol=1e-4)


# Against arithmetic ------------------------------------------------------------------------------


def test_saliency_is_the_slope_found_by_nudging_a_pixel(trained, asked, device):
    model, (images, targets) = copy.deepcopy(trained).to(device).eval(), asked
    images = images + 0.1 * torch.rand_like(images)  # equal pixels in a pool have no one slope
    heat = saliency(model, images, targets)
    exact = copy.deepcopy(model).cpu().double()
    for i, row, column in [(0, 14, 14), (3, 9, 20), (5, 0, 0)]:
        both = images[i].cpu().double().repeat(2, 1, 1, 1)
        both[0, 0, row, column] += 1e-5
        both[1, 0, row, column] -= 1e-5
        above, below = exact(both).detach()[:, targets[i]]
        expected = (above - below).abs().item() / 2e-5
        assert heat[i, 0, row, column].item() == pytest.approx(expected, abs=1e-5, rel=1e-3)


class FirstPixels(nn.Module):
    """Logit k is k + 1 times pixel (0, k): each map is known beforehand."""

    def forward(self, images):
        return images[:, 0, 0, :3] * torch.tensor([1.0, 2.0, 3.0], device=images.device)


def test_maps_of_a_linear_model_are_its_weights(device):
    images, targets = torch.ones(3, 1, 6, 6, device=device), torch.tensor([0, 1, 2], device=device)
    expected = torch.zeros(3, 1, 6, 6, device=device)
    expected[[0, 1, 2], 0, 0, [0, 1, 2]] = torch.tensor([1.0, 2.0, 3.0], device=device)
    torch.testing.assert_close(saliency(FirstPixels(), images, targets), expected)
    heat = occlusion(FirstPixels(), images, targets, size=1, stride=1, background=-1.0)
    torch.testing.assert_close(heat, 2 * expected)  # from 1 to −1
    heat = occlusion(FirstPixels(), images, targets, size=2, stride=2, background=0.0)
    assert heat[2, 0, :2, 2:4].eq(3).all() and heat[2].sum() == 12


def test_occlusion_of_a_probability_takes_a_softmax(trained, asked, device):
    model, (images, targets) = copy.deepcopy(trained).to(device).eval(), asked
    likely = nn.Sequential(model, nn.Softmax(dim=1))
    heat = occlusion(likely, images, targets, size=28, stride=28, background=-1.0)
    with torch.inference_mode():
        before, after = likely(images), likely(torch.full_like(images, -1.0))
    rows = torch.arange(6, device=device)
    expected = (before - after)[rows, targets]
    torch.testing.assert_close(heat[:, 0, 5, 5], expected)


def test_background_has_to_be_given(trained, asked):
    with pytest.raises(TypeError, match="background"):
        occlusion(trained, *asked, size=4, stride=2)


# What is left as it was --------------------------------------------------------------------------

CALLS = {
    "saliency": saliency,
    "occlusion": lambda model, images, targets: occlusion(
        model, images, targets, size=14, stride=14, background=-1.0
    ),
    "grad_cam": lambda model, images, targets: grad_cam(model, "conv2", images, targets),
    "fgsm": lambda model, images, targets: fgsm(model, images, targets, epsilon=0.1, lowest=-1, highest=1),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@each_call
def test_the_model_and_the_images_are_left_as_they_were(call, model, asked):
    images, targets = asked
    model.fc1.eval()
    model.conv1.requires_grad_(False)
    model.conv2.weight.grad = torch.ones_like(model.conv2.weight)
    kept, weights = images.clone(), copy.deepcopy(model.state_dict())
    first = call(model, images, targets)
    assert torch.equal(first, call(model, images, targets)), "dropout was at work"
    assert model.training and model.dropout.training and not model.fc1.training
    assert not model.conv1.weight.requires_grad and model.conv2.weight.requires_grad
    assert model.conv2.weight.grad.eq(1).all() and model.fc1.weight.grad is None
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    assert torch.equal(images, kept) and not images.requires_grad and not first.requires_grad
    assert not any(module._forward_hooks for module in model.modules())


@each_call
def test_each_image_is_explained_as_if_it_were_alone(call, model, asked):
    images, targets = asked
    alone = torch.cat([call(model, images[i : i + 1], targets[i : i + 1]) for i in range(6)])
    torch.testing.assert_close(call(model, images, targets), alone, atol=2e-5, rtol=1e-4)


@each_call
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_frozen_weights_and_modes_without_gradients_change_nothing(call, mode, model, asked):
    expected = call(model, *asked)
    with mode():
        assert torch.equal(call(model.requires_grad_(False), *asked), expected)


@each_call
def test_a_model_that_fails_is_left_as_it_was(call, asked):
    class Broken(SimpleCNN):
        def forward(self, images):
            super().forward(images)
            raise RuntimeError("broken on purpose")

    images, targets = asked
    model = Broken().to(images.device).train()
    with pytest.raises(RuntimeError, match="on purpose"):
        call(model, images, targets)
    assert model.training and not any(module._forward_hooks for module in model.modules())


def test_a_relu_in_place_does_not_change_the_maps(asked, device):
    images = asked[0][:, :, ::2, ::2]
    targets = asked[1] % 3
    ways = []
    for inplace in (False, True):
        torch.manual_seed(0)
        layers = nn.Conv2d(1, 4, 3), nn.ReLU(inplace=inplace), nn.Flatten(), nn.Linear(4 * 12 * 12, 3)
        ways.append(grad_cam(nn.Sequential(*layers).to(device), "0", images, targets))
    torch.testing.assert_close(*ways)


# One adversarial step ----------------------------------------------------------------------------


def test_fgsm_steps_along_the_sign_of_the_gradient_and_stays_in_range(trained, asked, device):
    model, (images, _) = copy.deepcopy(trained).to(device).eval(), asked
    labels = torch.tensor([3, 8, 0, 1, 5, 5], device=device)
    leaf = images.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(leaf), labels), leaf)
    expected = (images + 0.2 * gradient.sign()).clamp(-1, 1)
    attacked = fgsm(model, images, labels, epsilon=0.2, lowest=-1, highest=1)
    near_zero = gradient.abs() < 1e-8
    torch.testing.assert_close(attacked[~near_zero], expected[~near_zero])
    assert attacked.min() >= -1 and attacked.max() <= 1 and (attacked - images).abs().max() <= 0.2 + 1e-6
    with torch.inference_mode():
        before, after = (F.cross_entropy(model(x), labels) for x in (images, attacked))
    assert after > before
    assert torch.equal(fgsm(model, images, labels, epsilon=0, lowest=-1, highest=1), images)
    assert fgsm(model, images[:0], labels[:0], epsilon=0.2, lowest=-1, highest=1).shape == (0, 1, 28, 28)


# Promised errors ---------------------------------------------------------------------------------


@each_call
def test_targets_that_do_not_fit_are_refused(call, trained, asked):
    images, targets = asked[0].cpu(), asked[1].cpu()
    with pytest.raises(ValueError, match=r"a target int64 for each of 6 images, but got .* \(5,\); logits"):
        call(trained, images, targets[:5])
    with pytest.raises(ValueError, match=r"a target int64 for each of 6 images, but got torch\.float32"):
        call(trained, images, targets.float())
    with pytest.raises(ValueError, match="targets go from 0 to 9, but got 0 to 12; a target is the number"):
        call(trained, images, torch.tensor([0, 1, 2, 3, 4, 12]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 0}, "size is from 1 to 28 pixels, but got 0"),
        ({"size": 29, "stride": 1}, "size is from 1 to 28 pixels, but got 29"),
        ({"stride": 0}, "stride is from 1 to size=4, .* but got 0; use half the size"),
        ({"stride": 5}, "pixels between the squares are never hidden, but got 5"),
    ],
)
def test_squares_that_do_not_fit_are_refused(options, message, trained, asked):
    with pytest.raises(ValueError, match=message):
        occlusion(trained, asked[0].cpu(), asked[1].cpu(), **{**HALVES, **options})


def test_layers_that_are_not_there_or_not_called_are_refused(trained, asked):
    images, targets = asked[0].cpu(), asked[1].cpu()
    with pytest.raises(ValueError, match="no layer 'conv9'; choose one of conv1, conv2, fc1"):
        grad_cam(trained, "conv9", images, targets)
    model = SimpleCNN()
    model.spare = nn.Conv2d(1, 1, 3)
    with pytest.raises(ValueError, match=r"maps \(N, C, h, w\), but 'fc1' puts out \(6, 128\); choose"):
        grad_cam(model, "fc1", images, targets)
    with pytest.raises(ValueError, match="has 'spare', but its forward never calls it; choose another"):
        grad_cam(model, "spare", images, targets)


def test_steps_that_make_no_sense_are_refused(trained, asked):
    images, labels = asked[0].cpu(), asked[1].cpu()
    with pytest.raises(ValueError, match=r"epsilon is how far a pixel moves, at least 0, but got -0\.1"):
        fgsm(trained, images, labels, epsilon=-0.1, lowest=-1, highest=1)
    with pytest.raises(ValueError, match="from lowest=0 to highest=1, but got -1 to 1; give black and white"):
        fgsm(trained, images, labels, epsilon=0.1, lowest=0, highest=1)
