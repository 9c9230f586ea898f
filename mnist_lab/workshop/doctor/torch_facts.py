"""Look at torch, torchvision and NVIDIA's driver, none of which may be there or whole."""

import importlib
import os
import re
import shutil
import subprocess
import warnings
from functools import partial
from importlib import metadata
from pathlib import Path


def torch_facts():
    """Return the Facts about torch, torchvision and what torch runs on; imports both."""
    torch, torch_error = import_or_error("torch")
    torchvision, torchvision_error = import_or_error("torchvision")
    driver, driver_cuda = nvidia_driver()
    return {
        **_facts_of(torch),
        "torch_error": torch_error,
        "torchvision": _version_of(torchvision, "torchvision"),
        "torchvision_error": torchvision_error,
        "operators_load": _operators_load(torch, torchvision),
        "cuda_hidden": os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"),
        "nvidia_card": _nvidia_card(),
        "driver": driver,
        "driver_cuda": driver_cuda,
    }


def import_or_error(name):
    """Return the module or None, and what went wrong; nothing did if there is no such package."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name), None
    except Exception as error:  # a broken install raises anything, and it is what we look for
        if isinstance(error, ModuleNotFoundError) and error.name == name:
            return None, None
        return None, f"{type(error).__name__}: {error}".splitlines()[0]


def version(name):
    try:
        return metadata.version(name)
    except Exception:  # not there, or broken
        return None


def _version_of(module, name):
    """Return the version, from the module if it can: only there does torchvision name its build."""
    return getattr(module, "__version__", None) or version(name)


def _facts_of(torch):
    facts = {
        "torch": _version_of(torch, "torch"),
        "torch_cuda": None,
        "device": None,
        "cuda_error": None,
        "threads": None,
    }
    if not hasattr(torch, "get_num_threads"):  # absent, or the leftovers of one
        return facts
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of an old driver; the report says it instead
        facts["device"] = _device(torch)
        facts["torch_cuda"] = torch.version.cuda
        facts["cuda_error"] = _cuda_error(torch)
    facts["threads"] = torch.get_num_threads()
    return facts


def _device(torch):
    from mnist_lab.devices import pick_device

    try:
        device = pick_device().type
        return f"cuda ({torch.cuda.get_device_name()})" if device == "cuda" else device
    except Exception:  # a torch too old to ask, or a driver that breaks when it is asked
        return None


def _cuda_error(torch):
    if torch.version.cuda is None or torch.cuda.is_available():
        return None
    try:
        torch.cuda.init()
    except Exception as error:
        return str(error).splitlines()[0]
    return "torch.cuda.is_available() is False"


def _operators_load(torch, torchvision):
    try:
        torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
    except Exception:  # also where there is no torchvision to ask
        return False
    return True


def nvidia_driver():
    """Return the version of NVIDIA's driver and of the newest CUDA it can run, None for unknown."""
    program = shutil.which("nvidia-smi")
    printed = _output_of(program) if program else ""
    driver = re.search(r"(?:Driver|KMD) Version:\s*([\d.]+)", printed)
    cuda = re.search(r"CUDA (?:UMD )?Version:\s*(\d+\.\d+)", printed)
    return driver and driver[1], cuda and cuda[1]


def _output_of(program):
    """Return what a program prints, "" if it does not end; a worker runs it, which ends it with us."""
    from mnist_lab.workshop.batch.pool import LocalPool

    options = {"capture_output": True, "text": True, "errors": "replace", "timeout": 20, "check": False}
    ((_, done),) = LocalPool().run(partial(subprocess.run, stdin=subprocess.DEVNULL, **options), [[program]])
    return "" if isinstance(done, Exception) else done.stdout


def _nvidia_card():
    """Return whether Linux lists a graphics card of NVIDIA's (PCI vendor 10de, class 03)."""
    for vendor in Path("/sys/bus/pci/devices").glob("*/vendor"):
        try:
            kind = vendor.with_name("class").read_text()
            if vendor.read_text().strip() == "0x10de" and kind.startswith("0x03"):
                return True
        except OSError:
            continue
    return False
