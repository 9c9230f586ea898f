"""From a folder of digits to batches: splits, a loader of files, a loader of one tensor."""

import math
from typing import NamedTuple

from mnist_lab.data._files import find_root
from mnist_lab.ranges import check_number, check_seed

import torch
from torch.utils.data import DataLoader, Dataset, Subset

LARGEST = 1e6  # of a mean or std, far beyond any use


class Splits(NamedTuple):
    """Three datasets with no image in common: learn from train, choose on validation, test once."""

    train: Dataset
    validation: Dataset
    test: Dataset


def load_digits(name="bundled", *, root=None, transform=None):
    """Return the Splits of a set: bundled 3,500 / 500 / 1,000, full 55,000 / 5,000 / 10,000.

    Other torchvision sets of the same shape go by their own name, such as "FashionMNIST", and a set of
    one's own by its folder, the one with MNIST/raw in it; it may have any number of digits.
    root is where a set that is not bundled lies or is downloaded to; without it, the folder in
    MNIST_LAB_DATA, else a cache folder of this user. Raises ValueError where it cannot be had.
    """
    dataset_class, root = find_root(name, root)
    train = dataset_class(root, train=True, transform=transform)
    test = dataset_class(root, train=False, transform=transform)
    validation_size = min(5_000, len(train) // 8)
    rest, held_out = stratified_split(class_labels(train), validation_size=validation_size)
    return Splits(Subset(train, rest), Subset(train, held_out), test)


def stratified_split(labels, *, validation_size, seed=0):
    """Return two lists of indices, the rest and validation_size others, every class in proportion.

    Shuffles, sorts by class (a stable sort keeps the shuffle within a class), takes evenly spaced
    ones. The same seed gives the same split.
    """
    labels, n, size = torch.as_tensor(labels), len(labels), validation_size
    check_number("validation_size", size, 0, max(0, n - 1), why=f" of {n} labels", advice="try half")
    if labels.dim() != 1:
        raise ValueError(f"labels are one number for each sample, (N,), but got {tuple(labels.shape)}.")
    shuffled = torch.randperm(len(labels), generator=torch.Generator().manual_seed(check_seed(seed)))
    by_class = shuffled[labels[shuffled].argsort(stable=True)]
    spaced = torch.arange(validation_size) * len(labels) // validation_size
    is_held_out = torch.zeros(len(labels), dtype=torch.bool)
    is_held_out[by_class[spaced]] = True
    return (~is_held_out).nonzero().flatten().tolist(), is_held_out.nonzero().flatten().tolist()


def make_loader(dataset, *, batch_size=64, shuffle=False, seed=0, num_workers=0):
    """Return a DataLoader of (images, labels); the seed fixes the order of a shuffled one.

    num_workers is 0 because these images are small: starting processes costs more than they save.
    """
    return DataLoader(
        dataset,
        batch_size=batch_size,
        shuffle=shuffle,
        generator=torch.Generator().manual_seed(int(seed)),
        num_workers=num_workers,
    )


class InMemoryLoader:
    """A split as one tensor on the device, normalised once, cut into (images, labels).

    Takes the raw pixels: a transform of the dataset is not applied. augment, if given, is called on
    each batch of images (N, 1, 28, 28). The seed fixes the orders of a shuffled one, a new order
    each epoch.
    """

    def __init__(
        self,
        dataset,
        *,
        batch_size=64,
        shuffle=False,
        seed=0,
        mean=0.5,
        std=0.5,
        device="cpu",
        augment=None,
    ):
        check_loader_options(dataset, batch_size=batch_size, mean=mean, std=std, seed=seed)
        pixels, labels = as_tensors(dataset)
        images = pixels.to(device).unsqueeze(1).float() / 255  # (N, 1, 28, 28)
        self.images = (images - mean) / std
        self.labels = labels.to(device)
        self.batch_size, self.shuffle, self.augment = batch_size, shuffle, augment
        self.generator = torch.Generator().manual_seed(int(seed))

    def __len__(self):
        return math.ceil(len(self.labels) / self.batch_size)

    def __iter__(self):
        n = len(self.labels)
        order = torch.randperm(n, generator=self.generator) if self.shuffle else torch.arange(n)
        for chosen in order.to(self.labels.device).split(self.batch_size):
            images = self.images[chosen]
            yield (self.augment(images) if self.augment else images), self.labels[chosen]


def as_tensors(dataset):
    """Return the raw pixels uint8 (N, 28, 28) and the labels int64 (N,) of a split, untransformed.

    Raises ValueError for a dataset that is not a torchvision set like MNIST, or a Subset of one.
    """
    if isinstance(dataset, Subset):
        pixels, labels = as_tensors(dataset.dataset)
        chosen = torch.as_tensor(dataset.indices, dtype=torch.int64)
        return pixels[chosen], labels[chosen]
    if not hasattr(dataset, "data") or not hasattr(dataset, "targets"):
        raise ValueError(
            f"as_tensors expects a torchvision set like MNIST, or a Subset of one, but got a "
            f"{type(dataset).__name__}; use make_loader for other datasets."
        )
    pixels = torch.as_tensor(dataset.data)
    if pixels.dtype != torch.uint8 or pixels.shape[1:] != (28, 28):
        raise ValueError(
            f"as_tensors expects pixels uint8 (N, 28, 28), but {type(dataset).__name__} holds "
            f"{pixels.dtype} {tuple(pixels.shape)}; use make_loader with transforms for it."
        )
    return pixels, class_labels(dataset)


def class_labels(dataset):
    """Return the labels int64 (N,) of a torchvision set; QMNIST's table holds them in column 0."""
    targets = torch.as_tensor(dataset.targets)
    return (targets[:, 0] if targets.dim() == 2 else targets).long()


def check_loader_options(dataset, *, batch_size, mean, std, seed):
    """Raise ValueError for an empty set, and for numbers that are out of range, such as a std of 0."""
    if len(dataset) == 0:
        raise ValueError("A loader needs at least one image, but the split is empty; check its indices.")
    check_number("batch_size", batch_size, 1, advice="64 is a good start")
    mean, std = (value.item() if hasattr(value, "item") else value for value in (mean, std))  # of a tensor
    check_number("mean", mean, -LARGEST, LARGEST, advice="0.5 is the lessons' value")
    check_number("std", std, 1 / LARGEST, LARGEST, advice="0.5 is the lessons' value")
    check_seed(seed)
