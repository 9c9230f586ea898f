"""Choose a device, say what it is, move things there, wait for it, seed everything."""

import platform
import random

import torch


def pick_device(name="auto"):
    """Return the torch.device of that name; "auto" is the accelerator if there is one, else the CPU."""
    if name == "auto":
        found = torch.accelerator.current_accelerator(check_available=True)
        return found or torch.device("cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or not _is_here(device):
        raise ValueError(
            f"There is no device {name!r} here; there are {', '.join(available_devices())}. "
            'Choose one of them, or "auto".'
        )
    return device


def available_devices():
    """Return the names of the devices that this machine has, the CPU first."""
    found = torch.accelerator.current_accelerator(check_available=True)
    if found is None:
        return ["cpu"]
    if torch.accelerator.device_count() < 2:
        return ["cpu", found.type]
    return ["cpu", *(f"{found.type}:{i}" for i in range(torch.accelerator.device_count()))]


def _is_here(device):
    if device.type in ("cpu", "meta"):
        return True
    found = torch.accelerator.current_accelerator(check_available=True)
    return (
        found is not None
        and found.type == device.type
        and (device.index or 0) < torch.accelerator.device_count()
    )


def describe(device):
    """Return one line: Python, torch, the device, and the number of CPU threads."""
    device = torch.device(device)
    name = device.type
    if device.type == "cuda":
        name = f"{device} ({torch.cuda.get_device_name(device)})"
    threads = torch.get_num_threads()
    return (
        f"Python {platform.python_version()} · torch {torch.__version__} · "
        f"device {name} · {threads} CPU thread{'s' if threads != 1 else ''}"
    )


def move_to(value, device):
    """Return value with every tensor in it on the device; lists, tuples and dicts are rebuilt."""
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return type(value)({key: move_to(item, device) for key, item in value.items()})
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(move_to(item, device) for item in value))
    if isinstance(value, list | tuple):
        return type(value)(move_to(item, device) for item in value)
    return value


def synchronize(device):
    """Wait until the device has done all that was asked of it; the CPU never has anything waiting."""
    if torch.device(device).type not in ("cpu", "meta"):
        torch.accelerator.synchronize(device)


def seed_everything(seed):
    """Seed Python's and torch's random numbers, on every device."""
    random.seed(seed)
    torch.manual_seed(seed)
