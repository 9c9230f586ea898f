"""Augmentation of a batch: against an oracle of its own, image by image, and against torchvision."""

import math

from mnist_lab.data import InMemoryLoader, augment, load_digits
from mnist_lab.data.augment import affine_batch, random_affine
from mnist_lab.devices import available_devices

import pytest
import torch
from torch.utils.data import Subset
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as v2


@pytest.fixture(scope="module")
def digits():
    """Eight real digits, normalised: background −1."""
    return InMemoryLoader(Subset(load_digits().train, range(8))).images


def move(images, *, degrees=0.0, scale=1.0, right=0.0, down=0.0, **options):
    """affine_batch with the same amounts for every image."""
    n = len(images)
    return affine_batch(
        images,
        degrees=torch.full((n,), degrees),
        scale=torch.full((n,), scale),
        pixels=torch.tensor([[right, down]]).repeat(n, 1),
        **options,
    )


def move_by_hand(image, *, degrees, scale, right, down, background):
    """The oracle: ask of every pixel where it came from, and mix the four pixels around that place."""
    size, turn = len(image), math.radians(degrees)
    middle = (size - 1) / 2

    def value(row, column):
        inside = 0 <= row < size and 0 <= column < size
        return image[row, column].item() if inside else background

    result = torch.empty_like(image)
    for row in range(size):
        for column in range(size):
            # the shift undone, then the turn (anticlockwise; rows count downwards), then the scale
            x, y = column - middle - right, row - middle - down
            from_x = (math.cos(turn) * x - math.sin(turn) * y) / scale + middle
            from_y = (math.sin(turn) * x + math.cos(turn) * y) / scale + middle
            left, top = math.floor(from_x), math.floor(from_y)
            across, below = from_x - left, from_y - top
            result[row, column] = (
                (1 - below) * (1 - across) * value(top, left)
                + (1 - below) * across * value(top, left + 1)
                + below * (1 - across) * value(top + 1, left)
                + below * across * value(top + 1, left + 1)
            )
    return result


AMOUNTS = [
    {"degrees": 0.0, "scale": 1.0, "right": 0.0, "down": 0.0},
    {"degrees": 10.0, "scale": 1.0, "right": 0.0, "down": 0.0},
    {"degrees": 0.0, "scale": 1.1, "right": 0.0, "down": 0.0},
    {"degrees": 0.0, "scale": 1.0, "right": 1.7, "down": -0.4},
    {"degrees": -8.0, "scale": 0.9, "right": -1.3, "down": 2.0},
    {"degrees": 33.0, "scale": 1.3, "right": 5.0, "down": 3.0},
    {"degrees": 180.0, "scale": 0.5, "right": 9.0, "down": -9.0},
    {"degrees": -7.0, "scale": 1.05, "right": 0.5, "down": 0.5},
]


def tensors(amounts):
    """A list of amounts, one an image, as the arguments of affine_batch."""
    columns = {name: torch.tensor([one[name] for one in amounts]) for name in amounts[0]}
    pixels = torch.stack([columns.pop("right"), columns.pop("down")], dim=1)
    return {**columns, "pixels": pixels}


@pytest.mark.parametrize("background", [-1.0, 0.0, -0.4242])
def test_every_image_is_moved_as_by_hand(digits, background):
    noise = torch.rand(8, 1, 28, 28)  # also at the border, where background mixes in
    for images in (digits, noise):
        moved = affine_batch(images, **tensors(AMOUNTS), background=background)
        for image, result, amounts in zip(images, moved, AMOUNTS, strict=True):
            expected = move_by_hand(image[0], **amounts, background=background)
            torch.testing.assert_close(result[0], expected, atol=2e-5, rtol=0)


def test_every_image_is_moved_as_torchvision_moves_one(digits):
    moved = affine_batch(digits, **tensors(AMOUNTS))
    for image, result, amounts in zip(digits, moved, AMOUNTS, strict=True):
        expected = v2.affine(
            (image + 1) / 2,  # black is 0, which torchvision fills with
            angle=-amounts["degrees"],  # it turns clockwise
            scale=amounts["scale"],
            translate=[amounts["right"], amounts["down"]],
            shear=[0.0],
            interpolation=InterpolationMode.BILINEAR,
        )
        torch.testing.assert_close(result, expected * 2 - 1, atol=1e-4, rtol=0)


def test_a_quarter_turn_is_anticlockwise(digits):
    expected = torch.rot90(digits, k=1, dims=(2, 3))
    torch.testing.assert_close(move(digits, degrees=90.0), expected, atol=1e-5, rtol=0)


def test_a_shift_goes_right_and_down_and_leaves_background():
    images = torch.rand(3, 1, 28, 28)
    moved = move(images, right=2.0, down=1.0)
    torch.testing.assert_close(moved[:, :, 1:, 2:], images[:, :, :-1, :-2], atol=1e-5, rtol=0)
    torch.testing.assert_close(moved[:, :, :, :2], torch.full((3, 1, 28, 2), -1.0))
    torch.testing.assert_close(moved[:, :, :1, :], torch.full((3, 1, 1, 28), -1.0))


def test_nothing_asked_is_nothing_done(digits):
    kept = random_affine(digits, degrees=0.0, scale=0.0, pixels=0.0)
    torch.testing.assert_close(kept, digits, atol=1e-5, rtol=0)


def test_black_stays_black_and_white_gets_black_corners(digits):
    black = torch.full((4, 1, 28, 28), -1.0)
    assert torch.equal(random_affine(black, degrees=45.0, pixels=9.0), black)
    white = move(torch.ones(1, 1, 28, 28), degrees=45.0)[0, 0]
    assert white[0, 0] == -1 and white[14, 14] == pytest.approx(1, abs=1e-6)
    assert random_affine(digits).min() >= -1 - 1e-5 and random_affine(digits).max() <= 1 + 1e-5


def test_every_image_of_a_batch_has_amounts_of_its_own(digits):
    copies = digits[:1].repeat(16, 1, 1, 1)
    moved = random_affine(copies)
    for i in range(16):
        for j in range(i):
            assert (moved[i] - moved[j]).abs().max() > 0.05


def test_the_amounts_fill_their_ranges_independently(monkeypatch):
    drawn = {}
    monkeypatch.setattr(augment, "affine_batch", lambda images, **amounts: drawn.update(amounts))
    random_affine(torch.empty(20_000, 1, 1, 1), degrees=12.0, scale=0.2, pixels=3.0)
    columns = torch.stack([drawn["degrees"] / 12, (drawn["scale"] - 1) / 0.2, *(drawn["pixels"] / 3).T])
    assert columns.min() >= -1 - 1e-5 and columns.max() <= 1 + 1e-5
    torch.testing.assert_close(columns.mean(dim=1), torch.zeros(4), atol=0.03, rtol=0)
    torch.testing.assert_close(columns.var(dim=1), torch.full((4,), 1 / 3), atol=0.02, rtol=0)
    torch.testing.assert_close(torch.corrcoef(columns), torch.eye(4), atol=0.04, rtol=0)


def test_torch_s_random_state_repeats_the_draws(digits):
    loader = InMemoryLoader(Subset(load_digits().train, range(20)), batch_size=8, augment=random_affine)
    state = torch.get_rng_state()
    first = [images for images, _ in loader]
    assert not torch.equal(first[0], next(iter(loader))[0])
    torch.set_rng_state(state)
    again = [images for images, _ in loader]
    assert [len(images) for images in again] == [8, 8, 4]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    plain = InMemoryLoader(Subset(load_digits().train, range(20)), batch_size=8)
    assert torch.equal(plain.images, loader.images), "augmentation changed the stored images"


@pytest.mark.parametrize("device", [*available_devices(), "meta"])
def test_the_images_stay_on_their_device_and_the_draws_are_the_same(digits, device):
    torch.manual_seed(3)
    here = random_affine(digits)
    torch.manual_seed(3)
    there = random_affine(digits.to(device))
    assert there.device == digits.to(device).device and there.shape == here.shape
    if device != "meta":
        torch.testing.assert_close(there.cpu(), here, atol=1e-4, rtol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_type_and_channels_are_kept(dtype):
    images = torch.rand(2, 3, 12, 12, dtype=dtype)
    moved = random_affine(images, background=0.0)
    assert (moved.dtype, moved.shape) == (dtype, images.shape)


@pytest.mark.parametrize(
    "images",
    [torch.zeros(1, 28, 28), torch.zeros(2, 1, 28, 20), torch.zeros(2, 1, 28, 28, dtype=torch.uint8)],
)
def test_what_is_no_batch_of_square_float_images_is_refused(images):
    with pytest.raises(ValueError, match=r"expected a batch of square float images .* image\[None\]"):
        random_affine(images)


def test_a_warp_without_slant_and_bend_is_the_affine_one(digits):
    amounts = {"degrees": 12.0, "scale": 0.1, "pixels": 2.0}
    torch.manual_seed(0)
    warped = augment.random_warp(digits, **amounts, shear=0.0, elastic=0.0)
    torch.manual_seed(0)
    turn, grow, _, right, down = torch.rand(5, len(digits)) * 2 - 1
    moved = affine_batch(
        digits, degrees=turn * 12, scale=1 + grow * 0.1, pixels=torch.stack([right, down], dim=1) * 2
    )
    assert torch.equal(warped, moved)


@pytest.mark.parametrize("function", [random_affine, augment.random_warp])
def test_a_batch_without_images_stays_one(function, digits):
    assert function(digits[:0]).shape == (0, 1, 28, 28)


def test_a_slant_moves_each_row_sideways_by_its_height(digits):
    n, slant = len(digits), 0.25
    still = {"degrees": torch.zeros(n), "scale": torch.ones(n), "pixels": torch.zeros(n, 2)}
    grid = augment.affine_grid(digits, **still, shear=torch.full((n,), slant))
    slanted = augment.sample(digits, grid, -1.0)
    for row in range(28):
        expected = move(digits, right=-slant * (row - 13.5))[:, :, row]
        torch.testing.assert_close(slanted[:, :, row], expected, atol=1e-5, rtol=0)


def test_a_bend_is_smooth_of_the_size_asked_for_and_another_for_each_image():
    # an image whose pixels say where they are: what is read off it is the displacement
    ramp = torch.arange(28.0).repeat(28, 1).expand(400, 1, 28, 28).clone()
    torch.manual_seed(0)
    still = {"degrees": 0.0, "scale": 0.0, "shear": 0.0, "pixels": 0.0}
    moved = (augment.random_warp(ramp, **still, elastic=0.5, background=0.0) - ramp)[:, 0, 4:24, 4:24]
    assert 0.3 < moved.std() < 0.6  # smoothing between the points takes a little off
    assert (moved[..., 1:] - moved[..., :-1]).abs().max() < 0.7
    assert (moved[0] - moved[1]).abs().max() > 0.1


def test_a_warp_repeats_with_the_seed_and_keeps_the_background(digits):
    torch.manual_seed(3)
    first = augment.random_warp(digits)
    torch.manual_seed(3)
    assert torch.equal(first, augment.random_warp(digits))
    assert not torch.equal(first, augment.random_warp(digits))
    assert first[:, :, 0, 0].eq(-1).all() and first.min() >= -1 - 1e-6
    with pytest.raises(ValueError, match="batch of square float images"):
        augment.random_warp(digits[0, 0])
