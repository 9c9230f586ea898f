"""What tests rely on: fixed seeds, each device of this machine, and full MNIST where it has it."""

import os
import random
import sys
from pathlib import Path

from mnist_lab.lesson import kept

import numpy as np
import pytest
import torch

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def fixed_seeds():
    """Start every test from the same random state, whichever tests ran before it."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """Start every test as a kernel starts, in which nobody has answered anything."""
    monkeypatch.setattr(kept, "UNSAVED", [])
    monkeypatch.setattr(kept, "SAID", set())


@pytest.fixture(params=["none", "7"])
def no_live_widgets(request, monkeypatch):
    """No ipywidgets, or one older than 8, such as Colab's, whose widgets are nothing that a cell can show."""
    if request.param == "none":
        monkeypatch.setitem(sys.modules, "ipywidgets", None)
    else:
        monkeypatch.delattr("ipywidgets.Widget._repr_mimebundle_")


@pytest.fixture(scope="session")
def full_mnist():
    """Return the root folder of full MNIST, as torchvision lays it out, or skip the test."""
    root = Path(os.environ.get("MNIST_LAB_DATA") or CHECKOUT.parent / "shared" / "mnist")
    if not (root / "MNIST" / "raw").is_dir():
        pytest.skip(f"needs full MNIST in {root}; set MNIST_LAB_DATA to a folder that has it")
    return root


def devices_here():
    """The CPU, and the accelerator where there is one."""
    here = torch.accelerator.is_available()
    return [torch.device("cpu"), *([torch.accelerator.current_accelerator()] if here else [])]


@pytest.fixture(params=devices_here(), ids=str)
def device(request):
    """A torch.device; a test that takes it runs on the CPU, and on the accelerator where there is one.

    On a CUDA card float32 is float32 here, and a run repeats itself; neither is the default.
    """
    with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
        yield request.param
