"""Augmentation of whole batches: every image is rotated, scaled and shifted by an amount of its own."""

import math

import torch
from torch.nn import functional as F


def random_affine(images, *, degrees=10.0, scale=0.1, pixels=2.0, background=-1.0):
    """Return a batch (N, C, S, S) in which each image is turned, scaled and shifted a little.

    Up to degrees either way, 1 ± scale, and up to pixels along each axis, drawn evenly for each
    image. What comes in from outside is background: black, as mean 0.5 and std 0.5 leave it. The
    draws are torch's global ones on the CPU, whatever the device, so torch.manual_seed repeats them.
    """
    check_square(images)
    turn, grow, *shift = torch.rand(4, len(images)) * 2 - 1  # each from −1 to 1
    return affine_batch(
        images,
        degrees=turn * degrees,
        scale=1 + grow * scale,
        pixels=torch.stack(shift, dim=1) * pixels,
        background=background,
    )


def affine_batch(images, *, degrees, scale, pixels, background=-1.0):
    """Return each image turned anticlockwise by its degrees (N,), scaled by its scale (N,), then shifted.

    pixels (N, 2) is how far to the right and down. Values between pixels are bilinear.
    """
    check_square(images)
    return sample(images, affine_grid(images, degrees, scale, pixels, shear=0.0), background)


def random_warp(images, *, degrees=12.0, scale=0.12, shear=0.12, pixels=2.0, elastic=0.5, background=-1.0):
    """Return a batch as random_affine does, in which each image is also slanted and bent a little.

    Up to shear pixels sideways for each pixel up or down. elastic is the standard deviation in
    pixels of a displacement drawn at 5 × 5 points and smooth between them. Source for elastic
    distortion: P. Simard, D. Steinkraus, J. Platt, Best practices for convolutional networks, 2003.
    """
    check_square(images)
    turn, grow, slant, *shift = torch.rand(5, len(images)) * 2 - 1  # each from −1 to 1
    shift = torch.stack(shift, dim=1) * pixels
    grid = affine_grid(images, turn * degrees, 1 + grow * scale, shift, shear=slant * shear)
    if elastic:
        size = images.shape[-1]
        points = torch.randn(len(images), 2, 5, 5).to(images) * elastic * 2 / size
        bend = F.interpolate(points, size=(size, size), mode="bicubic", align_corners=True)
        grid = grid + bend.permute(0, 2, 3, 1)
    return sample(images, grid, background)


def affine_grid(images, degrees, scale, pixels, *, shear):
    """Return the places (N, S, S, 2) in the input that each pixel of the output comes from."""
    if not len(images):
        return images.new_empty(0, *images.shape[2:], 2)  # which F.affine_grid refuses
    angle = degrees * math.pi / 180
    cos, sin = angle.cos() / scale, angle.sin() / scale
    back = torch.stack(
        [torch.stack([cos, shear * cos - sin], dim=1), torch.stack([sin, shear * sin + cos], dim=1)], dim=1
    )
    shift = pixels * 2 / images.shape[-1]  # affine_grid's image is 2 wide
    where = torch.cat([back, -back @ shift.unsqueeze(2)], dim=2)  # (N, 2, 3), from output to input
    return F.affine_grid(where.to(images), images.shape, align_corners=False)


def sample(images, grid, background):
    """Return the images read at the places of the grid, bilinearly; outside lies the background."""
    # grid_sample fills with 0, so the background has to be 0 while it works
    return F.grid_sample(images - background, grid, align_corners=False) + background


def check_square(images):
    """Raise ValueError for anything but a batch of square float images."""
    square = images.dim() == 4 and images.shape[2] == images.shape[3]
    if not square or not images.is_floating_point():
        raise ValueError(
            f"expected a batch of square float images (N, C, S, S), but got {images.dtype} "
            f"{tuple(images.shape)}; give it the batch of a loader, and a single image as image[None]."
        )
