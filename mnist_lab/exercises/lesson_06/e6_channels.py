"""Exercise 6.6: dropout that keeps or drops whole channels."""

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers
from mnist_lab.exercises.lesson_06.e3_dropout_probe import faults

import torch


def drop_channels(maps, *, p, training):
    if not training:
        return maps
    num_images, num_channels = maps.shape[:2]
    mask = torch.rand(num_images, num_channels, 1, 1) >= p
    return maps * mask / (1 - p)


def of_function(drop_channels, generator):
    """Return the faults of a channel dropout, tried on 60 images of 100 channels, and on another size."""
    maps = *different_numbers(generator, 2, 12, 24), *different_numbers(generator, 2, 2, 5)
    return faults(drop_channels, generator, shapes=[(60, 100, 3, 2), maps], coins=of_channels)


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


MODE = "if not training:\n        return maps\n    "
IN_EVAL = "return maps\n"
SHAPE = "num_images, num_channels, 1, 1"
DRAW = f"torch.rand({SHAPE})"
SCALE = " / (1 - p)"

MISTAKES = (
    (SHAPE, "maps.shape",
     "Perhaps every value has its draw, as in ordinary dropout. Here all values of a channel share one draw, "
     "so the mask is (N, C, 1, 1)."),
    (SHAPE, "1, num_channels, 1, 1",
     "The same mask for every sample: all images lose the same channels. The mask needs the axis of images, "
     "too."),
    (SHAPE, "num_images, 1, 1, 1",
     "One draw for each image: it loses all of its channels or none. Each channel needs a draw of its own."),
    (SHAPE, "num_images, 1, *maps.shape[2:]",
     "You drop places, the same in all channels. Here it is the other way: channels, the same at all "
     "places."),
    (SHAPE, "num_images, num_channels, maps.shape[2], 1",
     "You drop whole rows of a channel. A channel shares one draw over both of its axes, height and width."),
    (SHAPE, "num_images, num_channels, 1, maps.shape[3]",
     "You drop whole columns of a channel. A channel shares one draw over both of its axes, height and "
     "width."),
    (SHAPE, "num_images, num_channels",
     "A mask with fewer axes is lined up from the right, with height and width. Give it two more axes of "
     "length 1: (N, C, 1, 1)."),
    (SCALE, "", "No scaling: divide the channels that stay by 1 − p, as in ordinary dropout."),
    (IN_EVAL, "return maps * (1 - p)\n",
     "Scaling in eval mode: training has made up for the loss already. Return the maps as they are."),
    ({SCALE: "", IN_EVAL: "return maps * (1 - p)\n"},
     "You scale in evaluation. The inverted form divides by 1 − p in training and leaves evaluation alone."),
    (IN_EVAL, "return maps / (1 - p)\n",
     "In eval mode no channel is missing, so none has to stand in. Return the maps before you divide."),
    (MODE, "", "It drops in eval mode, too: perhaps `training` is not asked."),
    (">= p", "< p",
     "p and 1 − p look swapped in the mask: `rand < p` is true with a chance of p. Keep where `rand >= p`."),
    ({">= p": "< p", SCALE: " / p"},
     "p and 1 − p look swapped throughout. Here p is the chance that a channel goes."),
    (SCALE, " / p", "The mask is right, but you divide by the share that goes. Divide by 1 − p."),
    (SCALE, " * (1 - p)", "You multiply by 1 − p, which makes what stays even smaller. Divide by it."),
    (SCALE, " / mask.float().mean()",
     "Perhaps you divide by the share that happened to stay. Divide by 1 − p, which is fixed."),
    ({DRAW: f"{DRAW}.argsort(dim=1).argsort(dim=1)", ">= p": ">= round(p * num_channels)"},
     "Every image loses exactly the same number of channels. Each channel is drawn on its own, so the number "
     "varies."),
    ({DRAW: "torch.randperm(num_images * num_channels).reshape(num_images, num_channels, 1, 1)",
      ">= p": ">= round(p * num_images * num_channels)"},
     "Every call drops exactly the same number of channels. Each channel is drawn on its own, so the number "
     "varies."),
    (SHAPE, f"{SHAPE}, generator=torch.Generator().manual_seed(0)",
     "The mask is the same at every call; a fixed seed inside the function does that. Draw anew each time."),
    ("return maps * mask / (1 - p)", "maps *= mask\n    maps /= 1 - p\n    return maps",
     "The function writes into the maps that it was given, which the caller may still need. Multiply to make "
     "a new tensor: `maps * mask`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.6",
    title="Drop whole channels",
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
