"""Which digits a run learns from and which it is scored on."""

from mnist_lab.data import as_tensors, load_digits
from mnist_lab.data._files import chosen_root

import torch
from torch.utils.data import ConcatDataset


class Joined(ConcatDataset):
    """Several splits as one dataset, for a loader with transforms and, as raw pixels, for one in memory."""

    def __init__(self, splits):
        super().__init__(splits)
        pixels, labels = zip(*(as_tensors(split) for split in splits), strict=True)
        self.data, self.targets = torch.cat(pixels), torch.cat(labels)


def choose_splits(digits, *, root=None, transform=None, tune=False):
    """Return the dataset to learn from, the one to score, and the name of the set that it belongs to.

    With tune these are the training and the validation split; otherwise both of them together and the
    test split. A run on the bundled digits is scored on the official 10,000 test digits where this
    machine has them: all bundled digits are training digits of the full set.
    """
    splits = load_digits(digits, root=root, transform=transform)
    if tune:
        return Joined([splits.train]), splits.validation, digits
    scored = name_of_test_set(digits, root=root)
    test = splits.test if scored == digits else load_digits(scored, root=root).test
    return Joined([splits.train, splits.validation]), test, scored


def name_of_test_set(digits, *, root=None):
    """Return the name of the set whose test digits a run on these digits is scored on."""
    return "full" if digits == "bundled" and full_is_here(root) else digits


def full_is_here(root=None):
    """Return whether the full digits can be read here without a download."""
    return (chosen_root(root) / "MNIST" / "raw" / "t10k-images-idx3-ubyte").is_file()
