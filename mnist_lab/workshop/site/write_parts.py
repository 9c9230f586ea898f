"""Write what the alive pages read: the stored reader, the stored drawings, and digits to learn from.

These are scripts, because a page that is opened from file:// may load no other kind of file.
"""

import base64
import json
from pathlib import Path

from mnist_lab.data import as_tensors, load_digits
from mnist_lab.handwriting.reader import load_reader
from mnist_lab.widgets.drawing_examples import EXAMPLES

import torch
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval


def write_parts(folder):
    """Write the three scripts into a folder that exists."""
    parts = {"weights": reader_stages(load_reader()), "drawings": EXAMPLES, "digits": stored_digits()}
    for name, content in parts.items():
        Path(folder, f"{name}.js").write_text(f"Alive.{name} = {json.dumps(content)};\n", encoding="utf-8")


@torch.no_grad()
def reader_stages(reader):
    """Return the stages of network.js that give the reader's logits (recipes.SMALL), with base64 weights.

    Each batch norm goes into the kernels and biases of the convolution before it. The first one stands
    behind a pooling, which only a factor above zero leaves as it was; raises ValueError for another.
    PixelUnshuffle and a kernel of 3 by 3 are a kernel of 6 by 6 that moves by two pixels.
    """
    if (least := reader[3].weight.min().item()) <= 0:
        raise ValueError(
            f"write_parts expects the factors of the first batch norm to be above 0, but one is {least:.3g}; "
            "train the reader with another seed."
        )
    first, second, third = (fuse_conv_bn_eval(reader[i], reader[j]) for i, j in ((1, 3), (5, 6), (8, 9)))
    return [
        conv(F.pixel_shuffle(first.weight, 2), first.bias, stride=2),
        {"kind": "pool", "size": 2, "activation": "silu"},
        conv(second.weight, second.bias, activation="silu"),
        conv(third.weight, third.bias, activation="silu"),
        {"kind": "pool", "size": 2},
        conv(reader[12].weight[:, :, None, None], reader[12].bias),
    ]


def conv(weight, bias, **options):
    """Return a stage of network.js; weight is (outputs, inputs, size, size)."""
    numbers = {"weight": in_base64(weight), "bias": in_base64(bias)}
    return {"kind": "conv", "outputs": len(bias), "size": weight.shape[-1], **options, **numbers}


def stored_digits():
    """Return the 3,500 training and 500 validation digits, pixels in base64; the test set stays behind."""
    digits = load_digits()
    sets = {"train": as_tensors(digits.train), "validation": as_tensors(digits.validation)}
    return {
        name: {"labels": labels.tolist(), "pixels": in_base64(pixels)}
        for name, (pixels, labels) in sets.items()
    }


def in_base64(values):
    """Return the bytes of a tensor in base64."""
    return base64.b64encode(values.contiguous().numpy().tobytes()).decode()
