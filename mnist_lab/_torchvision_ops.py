"""Let torchvision import beside a torch build that it does not match.

torchvision keeps a few operators (for object detection, unused here) in a compiled library. That
library opens only beside the torch build it was compiled for. Where it does not open, for example
with a CPU-only torch and the torchvision of the package index, `import torchvision` still describes
the results of two of these operators to torch, which answers "operator torchvision::nms does not
exist" (pytorch/pytorch#157648, pytorch/vision#9085). It is enough to tell torch that operators of
these names and signatures exist: data sets and transforms then work. Calling one of the operators
still fails, with torchvision's own message. `mnist-lab doctor` names the mismatch and the command
that installs a matching pair.

This happens when torchvision is first imported, not before: `import mnist_lab` imports no torch.
"""

import importlib.util
import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder
from pathlib import Path

SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
NAMES = ("nms", "qnms")  # the operators that `import torchvision` describes to torch


def find_torchvision():
    """Return the folder of the installed torchvision without importing it, or None."""
    spec = importlib.util.find_spec("torchvision")
    locations = spec.submodule_search_locations if spec else None
    return Path(next(iter(locations))) if locations else None


def load_operators(folder):
    """Load the compiled operators in folder as torchvision itself does, or raise OSError."""
    from torch import ops

    folder = str(folder)
    if os.name == "nt":
        os.add_dll_directory(folder)
    finder = FileFinder(folder, (ExtensionFileLoader, EXTENSION_SUFFIXES))
    spec = finder.find_spec("_C_stable") or finder.find_spec("_C")  # the first from torchvision 0.29 on
    if spec is None:
        raise OSError(f"expected torchvision's compiled operators, a file _C*, in {folder}")
    ops.load_library(spec.origin)


def register_missing_operators():
    """Register torchvision's operator signatures if, and only if, the compiled ones cannot load.

    Does nothing without torch or torchvision, or where the operators are registered already.
    Returns the names registered. Also mends a process in which `import torchvision` has failed.
    """
    try:
        from torch import library, ops
    except Exception:  # a broken torch raises anything; the lesson's own `import torch` shows it
        return ()
    folder = find_torchvision()
    if folder is None or hasattr(ops.torchvision, NAMES[0]):
        return ()
    try:
        load_operators(folder)
    except OSError:
        for name in NAMES:  # without `lib`, torch keeps the definition as long as the process lives
            library.define(f"torchvision::{name}", SIGNATURE)
        return NAMES
    return ()


class TorchvisionFinder:
    """Finds torchvision as Python does, and has its missing operators registered just before it runs."""

    def find_spec(self, name, path=None, target=None):
        if name != "torchvision":
            return None
        others = (finder for finder in sys.meta_path if not isinstance(finder, TorchvisionFinder))
        specs = (finder.find_spec(name, path, target) for finder in others)
        spec = next(filter(None, specs), None)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def register_and_execute(module):
                register_missing_operators()
                execute(module)

            spec.loader.exec_module = register_and_execute
        return spec


def watch_for_torchvision():
    """Let `import torchvision` work beside a torch that it does not match, from now on in this process."""
    if not any(type(finder).__name__ == TorchvisionFinder.__name__ for finder in sys.meta_path):
        sys.meta_path.insert(0, TorchvisionFinder())
