"""The network that comes with the package and reads drawings and photos."""

from pathlib import Path

from mnist_lab.checkpoints import load_model
from mnist_lab.recipes import SMALL
from mnist_lab.recipes.layers import build

READER = Path(__file__).with_name("drawing_reader.pt")  # workshop/upkeep/drawing_reader.py made it


def load_reader():
    """Return the network that comes with the package, in eval mode; its images have mean and std 0.5."""
    return load_model(READER, model=build(SMALL))
