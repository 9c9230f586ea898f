"""Kernels of our runs end at once, in order; those out of a nursery know nothing of each other."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from mnist_lab.workshop.batch import kernels
from mnist_lab.workshop.batch.execution import execute

import psutil
import pytest
from lesson_files import put, recording

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="there are nurseries on Linux only")


def recorded(folder, *codes, **figures):
    """Run a lesson of these cells and return the figures that it records."""
    _, run = execute(put(folder, "00_lesson", *codes, recording(**figures)))
    assert run.status == "passed", run.error
    return run.figures


def test_a_kernel_ends_in_order_and_leaves_nothing(tmp_path):
    """The exit functions run, the last first, a temporary folder vanishes, and no module is taken apart."""
    codes = [
        "import atexit, sys, tempfile, types\nplace = tempfile.TemporaryDirectory()",
        "for number in (1, 2): atexit.register(lambda n=number: print(n, file=open('ended', 'a')))",
        "class Left:\n    def __del__(self, open=open): open('taken apart', 'w').close()",
        "sys.modules['left'] = module = types.ModuleType('left')\nmodule.left = Left()\ndel module",
    ]
    place = Path(recorded(tmp_path, *codes, place="place.name")["place"])
    assert (tmp_path / "ended").read_text() == "2\n1\n"
    assert not place.exists() and not (tmp_path / "taken apart").exists()


def test_a_kernel_of_another_kind_starts_as_ever(monkeypatch):
    started = []

    async def launch(self, cmd, **options):
        started.append(cmd)

    monkeypatch.setattr(kernels.LocalProvisioner, "launch_kernel", launch)
    others = [["R", "-f", "x"], [sys.executable, "-m", "xeus"], ["python0", "-m", "ipykernel_launcher"]]
    for command in [*others, [sys.executable, "-m", "ipykernel_launcher", "-f", "x"]]:
        with pytest.raises(StopIteration):
            kernels.QuickProvisioner().launch_kernel(command).send(None)
    assert started == [*others, [*kernels.QUICK, "-f", "x"]]


class Gone(kernels.Nursery):
    """A nursery that has ended without a word."""

    def __init__(self):
        self.process = psutil.Popen([sys.executable, "-c", ""], stdin=-1, stdout=-1, text=True)
        self.process.wait()


def test_where_the_nursery_is_gone_a_kernel_starts_as_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(kernels, "NURSERIES", [Gone()])
    assert recorded(tmp_path, parent="__import__('os').getppid()") == {"parent": os.getpid()}


def test_a_signal_that_comes_after_the_end_is_no_error():
    child = psutil.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    forked = kernels.Forked(child.pid)
    assert forked.poll() is None
    child.communicate(b"\n")
    assert forked.poll() == 0
    forked.send_signal(signal.SIGTERM)


@pytest.fixture
def nursery(monkeypatch):
    monkeypatch.setattr(kernels, "NURSERIES", [])
    kernels.open_nursery()
    (nursery,) = kernels.NURSERIES
    yield nursery.process
    nursery.process.kill()
    nursery.process.communicate()


LEAVES_TRACES = """
import json, os, random, sys
import torch
json.trace, sys.trace, torch.nn.trace, os.environ["TRACE"] = 1, 1, 1, "1"
torch.manual_seed(5), torch.set_num_threads(7), torch.set_grad_enabled(False)
os.chdir(os.sep)
"""
LOOKS = {
    "traces": "sum(hasattr(module, 'trace') for module in (json, sys, torch.nn)) + ('TRACE' in os.environ)",
    "with_gradients": "torch.is_grad_enabled()",
    "threads": "torch.get_num_threads()",
    "here": "os.getcwd()",
    "backend": "os.environ['MPLBACKEND']",
    "bar": "tqdm.auto.tqdm.__name__",
    "memory": "'trace' in globals()",
}
DRAWS = {"numpy": "numpy.random.rand()", "torch": "torch.rand(1).item()", "random": "random.random()"}
IMPORTS = "import json, os, random, sys\nimport numpy, torch, tqdm.auto"


@pytest.mark.slow
@on_linux
def test_kernels_of_a_nursery_are_as_new_and_know_nothing_of_each_other(tmp_path, nursery):
    recorded(tmp_path, LEAVES_TRACES, "trace = 1")
    one, another = (recorded(tmp_path, IMPORTS, **DRAWS) for _ in range(2))
    assert all(one[library] != another[library] for library in DRAWS)
    seen = recorded(tmp_path, IMPORTS, **LOOKS)
    assert recorded(tmp_path, parent="__import__('os').getppid()") == {"parent": nursery.pid}
    nursery.kill()
    nursery.wait()
    assert recorded(tmp_path, IMPORTS, **LOOKS) == seen, "a kernel that starts as ever sees something else"
    assert (seen["traces"], seen["here"], seen["memory"]) == (0, str(tmp_path), False)


@pytest.mark.slow
@on_linux
def test_a_kernel_of_a_nursery_dies_and_ends_as_any(tmp_path, nursery):
    _, run = execute(put(tmp_path, "00_dies", "import os", "os._exit(3)"))
    assert run.error.startswith("cell [3]: the kernel died")
    _, run = execute(put(tmp_path, "01_hangs", "while True: pass"), timeout=1)
    assert run.error == "cell [2]: the cell did not end within 1 seconds"
    ended = "import atexit; atexit.register(lambda: open('ended', 'w').close())"
    recorded(tmp_path, ended)
    assert (tmp_path / "ended").exists()
    assert psutil.Process(nursery.pid).children() == [], "a kernel was left"
