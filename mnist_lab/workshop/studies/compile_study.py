"""What does torch.compile gain on a CPU, at what cost? Run by `mnist-lab study compile` for lesson 04.

Compared: a chain of seven small operations, and the forward pass of SimpleCNN, both on 64 digits in one
thread, as they are and compiled. A run is a new process with an empty cache, so its first call compiles
everything anew; its seconds are the clock's. Then plain and compiled calls take turns, and their medians
are a pair. They are processor time, which a busy machine does not lengthen as it does the clock's.

Nothing is chosen. n is the number of runs; a seed decides only the weights and the digits.
"""

import os
import shutil
import statistics
import tempfile
import time
from functools import partial

from mnist_lab.devices import describe, seed_everything
from mnist_lab.models import SimpleCNN
from mnist_lab.workshop.studies.tables import columns
from mnist_lab.workshop.studies.workers import in_workers

import torch

BATCH_SIZE, NUM_CALLS = 64, 101
COMPILERS = ("g++", "clang++", "cl")
SOURCES = ("workshop/studies/compile_study.py", "models.py", "devices.py")


def chain(images):
    """Seven operations: each reads and writes every pixel, unless something joins them."""
    return ((images - 0.1307) / 0.3081).clamp(-1, 2).mul(0.5).add(0.5).square().neg()


def network():
    return SimpleCNN().eval()


WORK = {"seven small operations": lambda: chain, "SimpleCNN, forward": network}


def run(*, seeds, workers, device):
    """Return {"device", "setup", "work"}; work is {name: {measure: a list over the runs}}.

    One run after the other, whatever workers says: they would disturb each other's times.
    """
    if torch.device(device).type != "cpu":
        raise ValueError(f"This study compares on the CPU, and {device} was asked for: say --device cpu.")
    if not any(map(shutil.which, COMPILERS)):
        raise ValueError(f"torch.compile needs a C++ compiler here: install one of {', '.join(COMPILERS)}.")
    work = {name: columns([alone(measure, name, seed) for seed in range(seeds)]) for name in WORK}
    setup = {"batch_size": BATCH_SIZE, "num_calls": NUM_CALLS}
    return {"device": alone(describe, "cpu"), "setup": setup, "work": work}


def alone(function, *arguments):
    """Return function(*arguments) of a new process with one thread, in which nothing is compiled yet."""
    ((_, result),) = in_workers([partial(function, *arguments)])
    return result


def measure(name, seed):
    """Return the clock's seconds of the first compiled call, and medians of later calls in milliseconds."""
    seed_everything(seed)
    plain, images = WORK[name](), torch.rand(BATCH_SIZE, 1, 28, 28)
    with tempfile.TemporaryDirectory() as cache, torch.inference_mode():
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache
        compiled = torch.compile(plain)
        start = time.perf_counter()
        compiled(images)
        first_call = time.perf_counter() - start
        pairs = [(milliseconds(plain, images), milliseconds(compiled, images)) for _ in range(NUM_CALLS)]
        difference = (compiled(images) - plain(images)).abs().max().item()
    plain_ms, compiled_ms = map(statistics.median, zip(*pairs, strict=True))
    return {
        "first_call_seconds": round(first_call, 1),
        "plain_ms": round(plain_ms, 4),
        "compiled_ms": round(compiled_ms, 4),
        "largest_difference": difference,
    }


def milliseconds(function, images):
    """Return the processor time of one call."""
    start = time.process_time()
    function(images)
    return 1000 * (time.process_time() - start)
