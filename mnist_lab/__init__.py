"""Functions for the mnist-lab lessons: each is written out in a lesson, then imported from here."""

from mnist_lab._torchvision_ops import register_missing_operators

__version__ = "0.1.0"

register_missing_operators()
