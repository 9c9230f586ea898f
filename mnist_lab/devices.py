"""Choose a device, say what it is, move things there, wait for it, time it, seed everything."""

import platform
import random
import statistics
import time
from contextlib import contextmanager
from pathlib import Path

from mnist_lab.ranges import check_seed

import torch


def pick_device(name="auto"):
    """Return the torch.device of that name; "auto" is the accelerator if there is one, else the CPU.

    Raises ValueError, with the names of the devices that are here, for one that is not.
    """
    if name == "auto":
        is_one_here = torch.accelerator.is_available()
        return torch.accelerator.current_accelerator() if is_one_here else torch.device("cpu")
    if not is_here(name):
        known = ", ".join([*available_devices(), "auto"])
        raise ValueError(f"There is no device {name!r} here. Choose one of these: {known}.")
    return torch.device(name)


def available_devices():
    """Return the names of the devices that this machine has, the CPU first."""
    if not torch.accelerator.is_available():
        return ["cpu"]
    found = torch.accelerator.current_accelerator()
    if torch.accelerator.device_count() < 2:
        return ["cpu", found.type]
    return ["cpu", *(f"{found.type}:{i}" for i in range(torch.accelerator.device_count()))]


def is_here(name):
    """Return whether torch knows a device of that name and this machine has it.

    There is one CPU however many cores it has, and "meta", which holds shapes without numbers,
    is everywhere.
    """
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError):
        return False
    if device.type in ("cpu", "meta"):
        return not device.index
    return (
        torch.accelerator.is_available()
        and torch.accelerator.current_accelerator().type == device.type
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


def hardware_name(device="cpu"):
    """Return what the maker calls the graphics card or, for other devices, the processor."""
    device = torch.device(device)
    if device.type in ("cuda", "xpu"):
        return getattr(torch, device.type).get_device_name(device)
    return processor_name() or platform.processor() or platform.machine()


def processor_name(cpuinfo="/proc/cpuinfo"):
    """Return the processor's name from where Linux keeps it, or None."""
    path = Path(cpuinfo)
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else None


def cpu_has(*names):
    """Return whether the processor has one of these sets of instructions, such as "avx512_bf16".

    An older torch knows only that one.
    """
    if hasattr(torch.cpu, "get_capabilities"):
        here = torch.cpu.get_capabilities()
        return any(here.get(name, False) for name in names)
    return "avx512_bf16" in names and torch.cpu._is_avx512_bf16_supported()


def move_to(value, device):
    """Return value with every tensor in it on the device; the original stays as it was.

    Lists, tuples, named tuples and dicts are rebuilt, to any depth; what is no tensor is kept.
    """
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {key: move_to(item, device) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):  # a named tuple
        return type(value)(*(move_to(item, device) for item in value))
    if isinstance(value, list | tuple):
        return type(value)(move_to(item, device) for item in value)
    return value


def synchronize(device):
    """Wait until the device has done all that was asked of it; the CPU never has anything waiting."""
    if torch.device(device).type not in ("cpu", "meta"):
        torch.accelerator.synchronize(device)


def median_seconds(function, *, device="cpu", repeats=9, warmup=2):
    """Return the median of the seconds that function() takes, after warmup runs that do not count.

    Waits for the device before each look at the clock.
    """
    for _ in range(warmup):
        function()
    seconds = []
    for _ in range(repeats):
        synchronize(device)
        start = time.perf_counter()
        function()
        synchronize(device)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


@contextmanager
def cpu_threads(number):
    """Let torch use that many CPU threads for a block, then as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def seed_everything(seed):
    """Seed Python's and torch's random numbers, on every device."""
    random.seed(check_seed(seed))
    torch.manual_seed(check_seed(seed))
