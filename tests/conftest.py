"""What tests rely on: fixed seeds, each device of this machine, and full MNIST where it has it."""

import os
import random
from pathlib import Path

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


@pytest.fixture(scope="session")
def full_mnist():
    """Return the root folder of full MNIST, as torchvision lays it out, or skip the test."""
    root = Path(os.environ.get("MNIST_LAB_DATA") or CHECKOUT.parent / "shared" / "mnist")
    if not (root / "MNIST" / "raw").is_dir():
        pytest.skip(f"needs full MNIST in {root}; set MNIST_LAB_DATA to a folder that has it")
    return root


def devices_here():
    """The CPU, and the accelerator where there is one."""
    found = torch.accelerator.current_accelerator(check_available=True)
    return [torch.device("cpu"), *([found] if found else [])]


@pytest.fixture(params=devices_here(), ids=str)
def device(request):
    """A torch.device; a test that takes it runs on the CPU, and on the accelerator where there is one.

    On a CUDA card float32 is float32 here, and a run repeats itself; neither is the default.
    """
    with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
        yield request.param
