"""Exercise 6.6: dropout that keeps or drops whole channels."""

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.lesson_06.e3_dropout import (
    faults,
)

import torch


def drop_channels(maps, *, p, training):
    if not training:
        return maps
    num_images, num_channels = maps.shape[:2]
    mask = torch.rand(num_images, num_channels, 1, 1) >= p
    return maps * mask / (1 - p)


def of_function(drop_channels):
    """Return the faults of a channel dropout, tried on 60 images of 100 channels of 3 by 2 values."""
    maps = torch.arange(1.0, 36001.0).reshape(60, 100, 3, 2) / 1000
    maps[:, :, 1] *= -1
    return faults(drop_channels, maps, coins=of_channels)


def of_channels(dropped):
    """Return what is wrong if no whole channels (H, W) were dropped, and one coin for each (N, C)."""
    first = dropped[:, :, :1, :1]
    if torch.equal(dropped, first.expand_as(dropped)):
        return "", dropped[:, :, 0, 0]
    if torch.equal(dropped, dropped[:, :1].expand_as(dropped)):
        return "The same places were dropped in every channel of an image.", None
    if torch.equal(dropped, dropped[:, :, :, :1].expand_as(dropped)):
        return "Whole rows of a channel were dropped, and other rows of it kept.", None
    if torch.equal(dropped, dropped[:, :, :1].expand_as(dropped)):
        return "Whole columns of a channel were dropped, and other columns of it kept.", None
    return "Within one channel some values were dropped and others kept.", None


def variant(*, axes=(0, 1), scale=lambda p: 1 / (1 - p), evaluate=lambda maps, p: maps, swapped=False):
    """Return a dropout with a coin for each place along these axes."""

    def drop_channels(maps, *, p, training):
        if not training:
            return evaluate(maps, p)
        shape = [size if axis in axes else 1 for axis, size in enumerate(maps.shape)]
        draws = torch.rand(shape)
        mask = draws < p if swapped else draws >= p
        return maps * mask * scale(p)

    return drop_channels


def two_axes(maps, *, p, training):
    if not training:
        return maps
    return maps * (torch.rand(maps.shape[:2]) >= p) / (1 - p)


def in_every_mode(maps, *, p, training):
    return drop_channels(maps, p=p, training=True)


def in_place(maps, *, p, training):
    if training:
        maps *= torch.rand(*maps.shape[:2], 1, 1) >= p
        maps /= 1 - p
    return maps


def by_what_stayed(maps, *, p, training):
    if not training:
        return maps
    mask = (torch.rand(*maps.shape[:2], 1, 1) >= p).float()
    return maps * mask / mask.mean()


def a_number_of_channels(maps, *, p, training):
    if not training:
        return maps
    order = torch.rand(maps.shape[:2]).argsort(dim=1).argsort(dim=1)
    mask = order >= round(p * maps.shape[1])
    return maps * mask[:, :, None, None] / (1 - p)


def once(maps, *, p, training):
    generator = torch.Generator().manual_seed(0)
    if not training:
        return maps
    return maps * (torch.rand(*maps.shape[:2], 1, 1, generator=generator) >= p) / (1 - p)


MISTAKES = (
    (variant(axes=(0, 1, 2, 3)),
     "A draw for every value: that is ordinary dropout. Here all values of a channel share one draw, so the "
     "mask is (N, C, 1, 1)."),
    (variant(axes=(1,)),
     "The same mask for every sample: all images lose the same channels. The mask needs the axis of images, "
     "too."),
    (variant(axes=(0,)),
     "One draw for each image: it loses all of its channels or none. Each channel needs a draw of its own."),
    (variant(axes=(0, 2, 3)),
     "You drop places, the same in all channels. Here it is the other way: channels, the same at all "
     "places."),
    (variant(axes=(0, 1, 2)),
     "You drop whole rows of a channel. A channel shares one draw over both of its axes, height and width."),
    (variant(axes=(0, 1, 3)),
     "You drop whole columns of a channel. A channel shares one draw over both of its axes, height and "
     "width."),
    (two_axes, "A mask with fewer axes is lined up from the right, with height and width. Give it two more "
     "axes of length 1: (N, C, 1, 1)."),
    (variant(scale=lambda p: 1),
     "No scaling: divide the channels that stay by 1 − p, as in ordinary dropout."),
    (variant(evaluate=lambda maps, p: maps * (1 - p)),
     "Scaling in eval mode: training has made up for the loss already. Return the maps as they are."),
    (variant(scale=lambda p: 1, evaluate=lambda maps, p: maps * (1 - p)),
     "You scale in evaluation. The inverted form divides by 1 − p in training and leaves evaluation alone."),
    (variant(evaluate=lambda maps, p: maps / (1 - p)),
     "In eval mode no channel is missing, so none has to stand in. Return the maps before you divide."),
    (in_every_mode, "It drops in eval mode, too: `training` is not asked."),
    (variant(swapped=True),
     "p and 1 − p are swapped in the mask: `rand < p` is true with a chance of p. Keep where `rand >= p`."),
    (variant(swapped=True, scale=lambda p: 1 / p),
     "p and 1 − p are swapped throughout. Here p is the chance that a channel goes."),
    (variant(scale=lambda p: 1 / p),
     "The mask is right, but you divide by the share that goes. Divide by 1 − p."),
    (variant(scale=lambda p: 1 - p),
     "You multiply by 1 − p, which makes what stays even smaller. Divide by it."),
    (by_what_stayed, "You divide by the share that happened to stay. Divide by 1 − p, which is fixed."),
    (a_number_of_channels,
     "Every image loses exactly the same number of channels. Each channel is drawn on its own, so the number "
     "varies."),
    (once, "The mask is the same at every call; a fixed seed inside the function does that. Draw anew each "
     "time."),
    (in_place, "The function writes into the maps that it was given, which the caller may still need. "
     "Multiply to make a new tensor: `maps * mask`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.6",
    title="Drop whole channels",
    kind="function",
    difficulty=3,
    minutes=5,
    points=3,
    reference=drop_channels,
    probe=of_function,
    why="Neighbouring values of a feature map tell nearly the same, so dropping single ones hides little. "
    "PyTorch calls this form `nn.Dropout2d`.",
    hints=(
        "Only the mask differs from the dropout that you know. How many draws does it need now?",
        "One draw for each image and each channel. Of which shape must the mask be, so that broadcasting "
        "spreads it over height and width?",
        "Broadcasting compares shapes from the right and stretches axes of length 1: (N, C, 1, 1) fits maps "
        "(N, C, H, W).",
    ),
    mistakes=MISTAKES,
)
