"""Functions for the mnist-lab lessons: each is written out in a lesson, then imported from here."""

from mnist_lab._torchvision_ops import watch_for_torchvision

__version__ = "0.1.0"

watch_for_torchvision()
