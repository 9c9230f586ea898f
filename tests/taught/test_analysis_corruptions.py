"""Corruptions do what they say, to the pixel, against loops and slices; strength 0 does nothing."""

import itertools

from mnist_lab.analysis.corruptions import (
    CORRUPTIONS,
    add_noise,
    blur,
    rotate,
    shift,
    thicken,
    thin,
)
from mnist_lab.data import InMemoryLoader, load_digits

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from torch.utils.data import Subset

each_corruption = pytest.mark.parametrize("corruption", CORRUPTIONS.values(), ids=CORRUPTIONS)


@pytest.fixture
def digits(device):
    """Twenty real digits, normalised: black is −1."""
    return InMemoryLoader(Subset(load_digits().test, range(20)), device=device).images


def ink(images):
    """The sum of each image's brightness above black."""
    return (images + 1).flatten(1).sum(dim=1)


@each_corruption
def test_a_strength_of_0_leaves_every_value_as_it_is(corruption, digits):
    assert corruption.strengths[0] == 0 and sorted(set(corruption.strengths)) == list(corruption.strengths)
    kept = corruption.function(digits, 0)
    assert torch.equal(kept, digits) and kept.data_ptr() != digits.data_ptr()


@each_corruption
def test_every_strength_changes_the_images_more_and_repeats_itself(corruption, digits):
    kept, state, distances = digits.clone(), torch.get_rng_state(), []
    for strength in corruption.strengths:
        corrupted = corruption.function(digits, strength)
        for form in ("shape", "dtype", "device"):
            assert getattr(corrupted, form) == getattr(digits, form)
        assert torch.equal(corrupted, corruption.function(digits, strength))
        distances.append((corrupted - digits).abs().mean().item())
    assert distances == sorted(distances) and len(set(distances)) == len(distances)
    assert torch.equal(digits, kept), "the images that were given have changed"
    assert torch.equal(torch.get_rng_state(), state), "drawn from the global state"


@each_corruption
def test_the_same_on_every_device_and_for_other_types(corruption, digits):
    strength = corruption.strengths[2]
    here = corruption.function(digits.cpu(), strength)
    torch.testing.assert_close(corruption.function(digits, strength).cpu(), here, atol=1e-4, rtol=0)
    precise = corruption.function(digits.cpu().double(), strength)
    assert precise.dtype == torch.float64
    torch.testing.assert_close(precise.float(), here, atol=1e-4, rtol=0)


@pytest.mark.parametrize("background", [-1.0, -0.4242])
def test_what_comes_in_from_outside_is_background(background, device):
    black = torch.full((8, 1, 28, 28), background, device=device)
    white = torch.ones(8, 1, 28, 28, device=device)
    for function, strength in [(shift, 3), (rotate, 45), (blur, 1.0), (thicken, 2), (thin, 2)]:
        corrupted = function(black, strength, background=background)
        torch.testing.assert_close(corrupted, black, atol=1e-5, rtol=0)
    for function, strength in [(shift, 3), (rotate, 45), (thin, 2)]:
        edges = function(white, strength, background=background).amin(dim=(1, 2, 3))
        torch.testing.assert_close(edges, torch.full((8,), background, device=device), atol=1e-5, rtol=0)


@pytest.mark.parametrize("pixels", [1, 3, 6])
def test_a_shift_moves_each_image_by_exactly_so_many_pixels(pixels, device):
    images = torch.rand(40, 1, 28, 28, device=device)
    framed = F.pad(images, [pixels] * 4, value=-1.0)
    ways = []
    for image, result in zip(framed, shift(images, pixels), strict=True):
        for down, right in [(0, 1), (0, -1), (1, 0), (-1, 0)]:
            top, left = pixels - down * pixels, pixels - right * pixels
            if torch.allclose(result, image[:, top : top + 28, left : left + 28], atol=1e-5):
                ways.append((down, right))
    assert len(ways) == 40 and len(set(ways)) == 4


def test_a_turn_by_90_degrees_is_a_quarter_turn(device):
    images = torch.rand(30, 1, 28, 28, device=device)
    turns = []
    for image, result in zip(images, rotate(images, 90), strict=True):
        for quarters in (1, -1):
            if torch.allclose(result, torch.rot90(image, quarters, dims=(1, 2)), atol=1e-5):
                turns.append(quarters)
    assert len(turns) == 30 and set(turns) == {1, -1}


@pytest.mark.parametrize("function", [shift, rotate, add_noise])
def test_the_seed_decides_the_draws(function, digits):
    assert torch.equal(function(digits, 5), function(digits, 5, seed=0))
    assert not torch.equal(function(digits, 5), function(digits, 5, seed=1))


@pytest.mark.parametrize("strength", [0.1, 0.5, 1.0])
def test_noise_has_its_standard_deviation_everywhere(strength, device):
    images = torch.full((200, 1, 28, 28), -1.0, device=device)
    noise = add_noise(images, strength) - images
    assert noise.std().item() == pytest.approx(strength, rel=0.01)
    assert noise.mean().item() == pytest.approx(0, abs=0.01 * strength)
    by_pixel = noise.std(dim=0) / strength  # of 200 draws each
    assert by_pixel.min() > 0.75 and by_pixel.max() < 1.25
    assert not torch.equal(noise[0], noise[1])


def blur_by_hand(image, sigma, reach):
    """The oracle: each pixel is the mean of its neighbours, weighted by a bell, black outside."""
    steps = np.arange(-reach, reach + 1)
    bell = np.exp(-(steps[:, None] ** 2 + steps[None] ** 2) / (2 * sigma**2))
    bell /= bell.sum()
    framed = np.pad(image, reach, constant_values=-1.0)
    side = len(image)
    return np.array(
        [
            [(framed[r : r + 2 * reach + 1, c : c + 2 * reach + 1] * bell).sum() for c in range(side)]
            for r in range(side)
        ]
    )


@pytest.mark.parametrize(("sigma", "reach"), [(0.5, 2), (1.0, 3), (1.5, 5)])
def test_blur_is_a_mean_weighted_by_a_bell(sigma, reach, digits):
    corrupted = blur(digits[:2], sigma)
    for image, result in zip(digits[:2, 0], corrupted[:, 0], strict=True):
        expected = blur_by_hand(image.cpu().double().numpy(), sigma, reach)
        np.testing.assert_allclose(result.cpu().numpy(), expected, atol=1e-5)


def test_blur_keeps_the_mean_and_lowers_the_contrast(digits):
    digits = F.pad(digits, [4] * 4, value=-1.0)  # no ink is blurred out of the image
    for strength in (0.5, 1.0, 1.3):
        corrupted = blur(digits, strength)
        torch.testing.assert_close(ink(corrupted), ink(digits), rtol=1e-4, atol=0)
        assert (corrupted.amax(dim=(1, 2, 3)) <= digits.amax(dim=(1, 2, 3)) + 1e-6).all()
        assert (corrupted.std(dim=(1, 2, 3)) < digits.std(dim=(1, 2, 3))).all()


def neighbours_by_hand(image, strength, choose):
    """The oracle: the brightest or darkest of a square that starts strength // 2 before the pixel."""
    framed = np.pad(image, strength, constant_values=-1.0)
    side, result = len(image), np.empty_like(image)
    for row, column in itertools.product(range(side), range(side)):
        top, left = row + strength - strength // 2, column + strength - strength // 2
        result[row, column] = choose(framed[top : top + strength + 1, left : left + strength + 1])
    return result


@pytest.mark.parametrize("strength", [1, 2, 3])
def test_thickness_is_the_brightest_or_darkest_neighbour(strength, digits):
    for function, choose in ((thicken, np.max), (thin, np.min)):
        for image, result in zip(digits[:3, 0], function(digits[:3], strength)[:, 0], strict=True):
            expected = neighbours_by_hand(image.cpu().numpy(), strength, choose)
            np.testing.assert_array_equal(result.cpu().numpy(), expected)


@pytest.mark.parametrize("strength", [1, 2, 3, 4])
def test_thicken_never_darkens_and_thin_never_brightens(strength, digits):
    assert (thicken(digits, strength) >= digits).all() and (thin(digits, strength) <= digits).all()
    assert (ink(thicken(digits, strength)) > ink(digits)).all()
    assert (ink(thin(digits, strength)) < ink(digits)).all()
    torch.testing.assert_close(thicken(digits, float(strength)), thicken(digits, strength))


def test_a_stroke_gets_so_many_pixels_wider_and_narrower(device):
    stroke = torch.full((1, 1, 28, 28), -1.0, device=device)
    stroke[..., 12:16] = 1.0  # four pixels wide
    for strength in (1, 2, 3):
        assert (thicken(stroke, strength)[0, 0, 14] == 1).sum() == 4 + strength
        assert (thin(stroke, strength)[0, 0, 14] == 1).sum() == 4 - strength


@each_corruption
def test_what_makes_no_sense_is_refused(corruption, digits):
    for strength in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"strength is a number from 0.* but got {strength}; 0 changes"):
            corruption.function(digits, strength)
    with pytest.raises(ValueError, match=r"expected a batch of square float images .* image\[None\]"):
        corruption.function(digits[0], 1)


@pytest.mark.parametrize("function", [thicken, thin])
def test_half_a_pixel_of_thickness_is_refused(function, digits):
    with pytest.raises(ValueError, match=r"by whole pixels, but got the strength 0.5; use 0, 1 or 2"):
        function(digits, 0.5)
