"""Write what the alive pages read, as scripts: `python -m mnist_lab.workshop.site.write_parts FOLDER`.

Scripts, because a page that is opened from file:// may load no other kind of file. Three are written:
weights.js (the stored reader), drawings.js (the stored drawings) and digits.js (the bundled digits).
"""

import argparse
import base64
import json
import zlib
from pathlib import Path

from mnist_lab.data import as_tensors, load_digits
from mnist_lab.handwriting.reader import load_reader
from mnist_lab.widgets.drawing_examples import EXAMPLES

import torch
from torch.nn import functional as F


def write_parts(folder):
    """Write the three scripts into a folder that exists, and return their paths."""
    parts = {"weights": reader_stages(load_reader()), "drawings": EXAMPLES, "digits": packed_digits()}
    paths = [Path(folder) / f"{name}.js" for name in parts]
    for path, (name, content) in zip(paths, parts.items(), strict=True):
        path.write_text(f"Alive.{name} = {json.dumps(content)};\n", encoding="utf-8")
    return paths


@torch.no_grad()
def reader_stages(reader):
    """Return the stages of network.js that give the reader's logits (recipes.SMALL), with base64 weights.

    A batch norm is a factor and a shift for each map: both go into the kernels and biases before it. The
    first one stands behind a pooling, which only a factor above zero leaves as it was; raises ValueError
    for another. PixelUnshuffle and a kernel of 3 by 3 are a kernel of 6 by 6 that moves by two pixels.
    """
    conv1, norm1, conv2, norm2, conv3, norm3 = (reader[i] for i in (1, 3, 5, 6, 8, 9))
    if norm1.weight.min() <= 0:
        raise ValueError(
            f"write_parts expects the factors of the first batch norm to be above 0, but one is "
            f"{norm1.weight.min().item():.3g}; train the reader with another seed."
        )
    weight, bias = folded(conv1, norm1)
    return [
        conv(F.pixel_shuffle(weight, 2), bias, stride=2),
        {"kind": "pool", "size": 2, "activation": "silu"},
        conv(*folded(conv2, norm2), activation="silu"),
        conv(*folded(conv3, norm3), activation="silu"),
        {"kind": "pool", "size": 2},
        conv(reader[12].weight[:, :, None, None], reader[12].bias),
    ]


def folded(layer, norm):
    """Return the weight and the bias of a convolution together with the batch norm that follows it."""
    factor = norm.weight / (norm.running_var + norm.eps).sqrt()
    return layer.weight * factor[:, None, None, None], (layer.bias - norm.running_mean) * factor + norm.bias


def conv(weight, bias, **options):
    """Return a stage of network.js; weight is (outputs, inputs, size, size)."""
    numbers = {"weight": in_base64(weight), "bias": in_base64(bias)}
    return {"kind": "conv", "outputs": len(bias), "size": weight.shape[-1], **options, **numbers}


def packed_digits():
    """Return the 3,500 training and 500 validation digits: labels as text, pixels as zlib and base64."""
    sets = zip(("train", "validation"), load_digits(), strict=False)  # the test set stays behind
    packed = {}
    for name, (pixels, labels) in ((name, as_tensors(split)) for name, split in sets):
        compressed = zlib.compress(pixels.numpy().tobytes(), 9)
        packed[name] = {
            "labels": "".join(map(str, labels.tolist())),
            "pixels": base64.b64encode(compressed).decode(),
        }
    return packed


def in_base64(values):
    """Return a tensor as the base64 of float32, the lowest byte first."""
    return base64.b64encode(values.contiguous().numpy().astype("<f4").tobytes()).decode()


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Write weights, drawings and digits for the alive pages.")
    parser.add_argument("folder", type=Path)
    for path in write_parts(parser.parse_args(arguments).folder):
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
