"""What the files of a digit set hold: their SHA-256 where it is known, else all that can be known of them."""

import math
import os
import struct
from functools import cache
from pathlib import Path

from mnist_lab.files import regular_file, sha256_of

import numpy as np
import torch
from torchvision import datasets

SETS = {  # name: torchvision's class, number of training digits, number of test digits
    "bundled": (datasets.MNIST, 4_000, 1_000),
    "full": (datasets.MNIST, 60_000, 10_000),
    "FashionMNIST": (datasets.FashionMNIST, 60_000, 10_000),
    "KMNIST": (datasets.KMNIST, 60_000, 10_000),
    "QMNIST": (datasets.QMNIST, 60_000, 60_000),
}
SHA256 = {  # of unpacked files; those of torchvision's sets come from archives with its MD5
    "bundled": {
        "train-images-idx3-ubyte": "74422b12132c7d8b0957cdb994d971a505f77a57ddac808ef1ea84f4bb9e7a2e",
        "train-labels-idx1-ubyte": "5dbd7686910cb66a8a6303f16940c2fae43896243c187897cd3976aab00f4817",
        "t10k-images-idx3-ubyte": "39a5f23fe7320d50d2b650bd96c756db7999a84cb13541d939296ed59f1e0663",
        "t10k-labels-idx1-ubyte": "66e4c6deb5f2a061f7d8cd5ec53025fdb9dabb08265e449acb8cf64b8cd36cac",
    },
    "full": {
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    "FashionMNIST": {
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
    "QMNIST": {
        "qmnist-train-labels-idx2-int": "bb1b6e1ec7b04fd5696f1ed50b5f58f8ef195118edd5c93c81783df9740b8ac5",
        "qmnist-test-labels-idx2-int": "92d0ccb8c25f9c6534270fb4be7e1d24a1c6d315edfc8a638bfbd31c70f362dd",
    },
}
IMAGES, LABELS, LABEL_TABLE = 2051, 2049, 3074  # IDX magic numbers: type of a value, number of axes
OFFLINE = 'DIGITS = "bundled" works offline.'
RESTORE = (
    "Restore it: install mnist-lab again, `git checkout` the file, or run "
    "`python mnist_lab/workshop/upkeep/rebuild_digits.py`."
)


class DigitsError(ValueError):
    """The files of a digit set are wrong, or missing and could not be downloaded."""


def set_of(name):
    """Return torchvision's class of a set and its numbers of training and test digits.

    name is one of SETS, or the folder of a set of one's own, which may have any number of digits; as many as
    its files of labels say.
    """
    return SETS.get(name) or (MNIST, *(_number_in(name, prefix) for prefix in ("train", "t10k")))


class MNIST(datasets.MNIST):
    """A set of one's own. A single writer's has no training digits, and torchvision reads no empty file."""

    def _load_data(self):
        if self.train and Path(self.raw_folder, "train-labels-idx1-ubyte").stat().st_size == 8:
            return torch.empty(0, 28, 28, dtype=torch.uint8), torch.empty(0, dtype=torch.int64)
        return super()._load_data()


def _number_in(folder, prefix):
    """Return how many labels a file of one's own set says it has; at least 1 for a test set."""
    least = 1 if prefix == "t10k" else 0
    try:
        with open(Path(folder, "MNIST", "raw", f"{prefix}-labels-idx1-ubyte"), "rb") as file:
            return max(least, *struct.unpack(">4xI", file.read(8)))
    except (OSError, struct.error):
        return least


def expected_files(name):
    """Return {file name: (magic number, shape)} of the IDX files that torchvision reads."""
    prefixes, suffix, magic, columns = ("train", "t10k"), "labels-idx1-ubyte", LABELS, ()
    if name == "QMNIST":  # a label is a row of eight numbers, the class first
        prefixes, suffix = ("qmnist-train", "qmnist-test"), "labels-idx2-int"
        magic, columns = LABEL_TABLE, (8,)
    files = {}
    for prefix, count in zip(prefixes, set_of(name)[1:], strict=True):
        files[f"{prefix}-images-idx3-ubyte"] = (IMAGES, (count, 28, 28))
        files[f"{prefix}-{suffix}"] = (magic, (count, *columns))
    return files


def check_files(name, raw):
    """Return the names of the files that are missing; raise DigitsError for one that is wrong."""
    advice = RESTORE if name == "bundled" else f"Delete it and run this again to download it anew. {OFFLINE}"
    advice = advice if name in SETS else "Write the set again with `mnist-lab sheet --read`."
    missing = []
    for file in expected_files(name):
        if not os.path.lexists(raw / file):
            missing.append(file)
            continue
        try:
            problem = find_problem(name, raw / file)
        except OSError as error:
            problem = f"a file that can be read, but got: {error}"
        if problem:
            raise DigitsError(
                f"{raw / file} is not the file that {name!r} needs: expected {problem}. {advice}"
            )
    return missing


def find_problem(name, path):
    """Return what is wrong with a file of a set, as a sentence's end, or None; may raise OSError."""
    status = regular_file(path)
    magic, shape = expected_files(name)[path.name]
    expected = SHA256.get(name, {}).get(path.name)
    problem = problem_inside(
        path, status.st_size, status.st_mtime_ns, magic, shape, not expected and name in SETS
    )
    if problem or not expected or sha256_of(path) == expected:
        return problem
    return f"the SHA-256 {expected[:12]}…, but it has {sha256_of(path)[:12]}…: some bytes are not the set's"


@cache
def problem_inside(path, size, changed, magic, shape, is_unknown):
    """Return what is wrong with an IDX file's header, size or labels, or None if nothing is.

    Of an unknown file the images and the balance of the classes are looked at too. A file of the same size
    and time of change is read once.
    """
    item = np.dtype(">i4" if magic == LABEL_TABLE else "u1")
    header = struct.Struct(f">{1 + len(shape)}I")  # the magic number, then the length of each axis
    expected_size = header.size + math.prod(shape) * item.itemsize
    with open(path, "rb") as file:
        start = file.read(header.size)
        if len(start) < header.size:
            return f"{expected_size:,} bytes, but it holds {size:,}"
        found_magic, *found_shape = header.unpack(start)
        if found_magic != magic:
            return f"the magic number {magic}, but it starts with {found_magic}"
        if tuple(found_shape) != shape:
            return f"the shape {shape}, but its header says {tuple(found_shape)}"
        if size != expected_size:
            return f"{expected_size:,} bytes, but it holds {size:,}"
        values = np.frombuffer(file.read(), item).reshape(shape[0], math.prod(shape[1:]))
    if magic == IMAGES:
        return problem_of_images(values) if is_unknown else None
    return problem_of_labels(values[:, 0], is_unknown)


def problem_of_labels(labels, is_unknown):
    """Return where the first label outside 0 to 9 stands, or which class is too frequent, or None."""
    wrong = np.flatnonzero((labels < 0) | (labels > 9))
    if len(wrong):
        return f"labels from 0 to 9, but the label at index {wrong[0]} is {labels[wrong[0]]}"
    counts = np.bincount(labels, minlength=10)
    if is_unknown and counts.max() != counts.min():  # a set without a SHA-256 is balanced
        return f"{len(labels) // 10:,} labels of each class, but {counts.max():,} are {counts.argmax()}"
    return None


def problem_of_images(images):
    """Return how many images hold nothing, if no set has so many: an interrupted copy may end in zeros."""
    blank = ~images.any(axis=1)
    if blank[-1] or blank.mean() > 0.01:
        return f"images that hold something, but {blank.sum():,} are all black, one at {blank.argmax():,}"
    return None
