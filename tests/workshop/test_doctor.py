"""mnist_lab.workshop.doctor: every case is a row of a table; what it finds is checked on this machine."""

import hashlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import mnist_lab
from mnist_lab.workshop.doctor import Facts, collect_facts, diagnose, report, torch_facts
from mnist_lab.workshop.doctor.facts import find_misfits, kernel_program, quoted, torch_versions_tested
from mnist_lab.workshop.doctor.file_facts import (
    DIGITS_FILES,
    digits_checksums,
    lesson_facts,
    sets_in,
    sets_root,
    unwritable_folders,
    wrong_with_lesson,
)
from mnist_lab.workshop.doctor.pairs import is_pair, matching_torchvision
from mnist_lab.workshop.doctor.torch_facts import nvidia_driver

import pytest
import torch

ROOT = Path(mnist_lab.__file__).parents[1]
GIB = 2**30
SHA = "0" * 64
HEALTHY = Facts(
    system="Linux",
    python=(3, 12, 4),
    python_command="python",
    torch="2.13.0+cpu",
    torch_error=None,
    torch_cuda=None,
    tested=("2.6.0", "2.9.1", "2.13.0"),
    torchvision="0.28.0+cpu",
    torchvision_error=None,
    operators_load=True,
    device="cpu",
    cuda_error=None,
    cuda_hidden=False,
    nvidia_card=False,
    driver=None,
    driver_cuda=None,
    threads=4,
    cores=8,
    omp_num_threads=None,
    memory=8 * GIB,
    disk=50 * GIB,
    kernel="python",
    kernel_here=True,
    unwritable=(),
    ipywidgets="8.1.9",
    jupyterlab_widgets="3.0.17",
    ipycanvas="0.14.3",
    opencv="5.0.0",
    sets_root="/cache",
    sets={},
    broken_lessons={},
    digits={name: (SHA, SHA) for name in DIGITS_FILES},
    home=str(Path.cwd()),
    lessons=4,
    lessons_in=str(Path.cwd() / "notebooks"),
    misfits=(),
    lab_misfits=(),
)
WHL = "https://download.pytorch.org/whl"
PAIR = "python -m pip install --force-reinstall torch==2.13.0 torchvision==0.28.0"
ONLY_TORCHVISION = "python -m pip install --force-reinstall --no-deps torchvision==0.28.0"
DRIVERS = "install a newer driver from https://www.nvidia.com/drivers, then restart the computer"
CUDA = {"torch": "2.13.0+cu130", "torch_cuda": "13.0", "torchvision": "0.28.0+cu130"}
NEW_DRIVER = {"driver": "580.65.06", "driver_cuda": "13.0"}
OLD_DRIVER = {"driver": "550.54.15", "driver_cuda": "12.4"}
ANCIENT_DRIVER = {"driver": "470.256.02", "driver_cuda": "11.4"}


def finding(name, **changes):
    return {line.name: line for line in diagnose(replace(HEALTHY, **changes))}[name]


def test_a_healthy_machine_has_only_ticks():
    assert [line for line in diagnose(HEALTHY) if not line.ok] == []


@pytest.mark.parametrize(
    ("name", "changes", "detail"),
    [
        ("Python", {"python": (3, 11, 0)}, "3.11.0"),
        ("Python", {"python": (3, 14, 2)}, "3.14.2"),
        ("torch", {"torch": "2.13.1"}, "2.13.1, on which the lessons are tested"),
        ("torch", {"torch": "2.9.0+cu126"}, "2.9.0+cu126, on which the lessons are tested"),
        ("torch", {"torch": "2.14.1"}, "nobody has tested the lessons; on 2.6.0, 2.9.1, 2.13.0 they are"),
        ("torchvision", {"torch": "2.13.1", "torchvision": "0.28.1"}, "a matching pair"),
        ("torchvision", {"torch": "2.12.0", "torchvision": "0.27.0"}, "a matching pair"),
        ("device", {"device": "mps", "system": "Darwin"}, "mps"),
        ("device", {**CUDA, **NEW_DRIVER, "device": "cuda (NVIDIA H100)"}, "cuda (NVIDIA H100)"),
        ("device", CUDA, "cpu: torch has CUDA 13.0, but no NVIDIA driver is here"),
        ("device", {**CUDA, **NEW_DRIVER, "cuda_hidden": True}, "as CUDA_VISIBLE_DEVICES asks"),
        ("device", {"torch": None, "device": None}, "unknown"),
        ("threads", {"threads": 1, "cores": 1, "omp_num_threads": "1"}, "1 of 1 processors"),
        ("threads", {"threads": 1, "omp_num_threads": None}, "1 of 8 processors"),
        ("memory", {"memory": 2 * GIB}, "2.0 GiB free"),
        ("memory", {"memory": None}, "unknown without psutil"),
        ("disk", {"disk": 2 * GIB}, "2.0 GiB free"),
    ],
)
def test_a_tick(name, changes, detail):
    line = finding(name, **changes)
    assert line.ok
    assert detail in line.detail


@pytest.mark.parametrize(
    ("name", "changes", "needed", "detail", "mend"),
    [
        pytest.param(
            "Python",
            {"python": (3, 10, 14)},
            True,
            "3.10.14, but torch 2.13.0 and its torchvision need 3.11 to 3.14",
            "python3.13 -m venv .venv",
            id="Python too old",
        ),
        pytest.param(
            "Python",
            {"python": (3, 15, 0), "torch": None, "torchvision": None, "system": "Windows"},
            True,
            "3.15.0, but torch 2.13.0 and its torchvision need 3.11 to 3.14",
            "py -3.13 -m venv .venv",
            id="Python too new",
        ),
        pytest.param(
            "Python",
            {"python": (3, 14, 1)},
            False,
            "not 3.14.1",
            "python3.13 -m venv .venv",
            id="the one Python that torchvision refuses, but both are here",
        ),
        pytest.param(
            "torch",
            {"torch": None, "torchvision": None, "device": None},
            True,
            "not installed",
            f"{PAIR} --index-url {WHL}/cpu",
            id="torch missing",
        ),
        pytest.param(
            "torch",
            {"torch": None, "device": None, **NEW_DRIVER},
            True,
            "not installed",
            f"{PAIR} --index-url {WHL}/cu130",
            id="torch missing beside a driver",
        ),
        pytest.param(
            "torch",
            {"torch": None, "device": None, "system": "Darwin"},
            True,
            "not installed",
            PAIR,
            id="torch missing on macOS, whose one build is in the usual index",
        ),
        pytest.param(
            "torch",
            {"torch_error": "ImportError: DLL load failed", "device": None},
            True,
            "does not import: ImportError: DLL load failed",
            f"{PAIR} --index-url {WHL}/cpu",
            id="torch broken",
        ),
        pytest.param(
            "torch",
            {"torch": "2.5.1+cpu", "torchvision": "0.20.1+cpu"},
            True,
            "2.5.1+cpu, but the lessons need 2.6.0 or newer",
            f"{PAIR} --index-url {WHL}/cpu",
            id="torch too old",
        ),
        pytest.param(
            "torchvision",
            {"torchvision": None},
            True,
            "not installed",
            f"{ONLY_TORCHVISION} --index-url {WHL}/cpu",
            id="torchvision missing",
        ),
        pytest.param(
            "torchvision",
            {"torch": None, "device": None},
            True,
            "does not import without torch",
            f"{PAIR} --index-url {WHL}/cpu",
            id="torchvision without torch",
        ),
        pytest.param(
            "torchvision",
            {"torchvision_error": "RuntimeError: CUDA versions differ"},
            True,
            "does not import: RuntimeError: CUDA versions differ",
            f"{ONLY_TORCHVISION} --index-url {WHL}/cpu",
            id="torchvision broken",
        ),
        pytest.param(
            "torchvision",
            {"torchvision": "0.27.0+cpu"},
            False,
            "0.27.0+cpu beside torch 2.13.0+cpu: these versions are not a pair",
            f"{ONLY_TORCHVISION} --index-url {WHL}/cpu",
            id="versions that are no pair",
        ),
        pytest.param(
            "torchvision",
            {"torch": "2.9.1+cpu", "torchvision": "0.28.0+cpu"},
            False,
            "these versions are not a pair",
            f"{ONLY_TORCHVISION[:-6]}0.24.1 --index-url {WHL}/cpu",
            id="a torch that works is kept, tested or not",
        ),
        pytest.param(
            "torchvision",
            {"torch": "2.15.0+cpu", "torchvision": None},
            True,
            "not installed",
            f"{ONLY_TORCHVISION[:-6]}0.29.2 --index-url {WHL}/cpu",
            id="a torch newer than any torchvision of its own",
        ),
        pytest.param(
            "torchvision",
            {"torch": "1.13.1", "torchvision": "0.28.0"},
            False,
            "these versions are not a pair",
            f"{PAIR} --index-url {WHL}/cpu",
            id="a torch older than the rule",
        ),
        pytest.param(
            "torchvision",
            {"torchvision": "0.28.0+cu130", "operators_load": False},
            False,
            "0.28.0+cu130 beside torch 2.13.0+cpu: its compiled operators do not load",
            f"{ONLY_TORCHVISION} --index-url {WHL}/cpu",
            id="compiled operators do not load, CPU",
        ),
        pytest.param(
            "torchvision",
            {"torch": "2.13.1", "torch_cuda": "12.6", "operators_load": False, "device": "cuda"},
            False,
            "do not load",
            f"{ONLY_TORCHVISION[:-1]}1 --index-url {WHL}/cu126",
            id="compiled operators do not load, CUDA",
        ),
        pytest.param(
            "torchvision",
            {"torch": "2.13.0+rocm7.2", "operators_load": False, "device": "cuda"},
            False,
            "do not load",
            f"{ONLY_TORCHVISION} --index-url {WHL}/rocm7.2",
            id="compiled operators do not load, ROCm",
        ),
        pytest.param(
            "torchvision",
            {"torchvision": "0.28.0+cu130", "operators_load": False, **NEW_DRIVER},
            False,
            "do not load",
            f"{PAIR} --index-url {WHL}/cu130",
            id="one command mends the pair and the device",
        ),
        pytest.param(
            "torchvision",
            {**CUDA, "operators_load": False, **OLD_DRIVER},
            False,
            "do not load",
            f"{PAIR} --index-url {WHL}/cu126",
            id="one command mends the pair and suits the older driver",
        ),
        pytest.param(
            "torchvision",
            {"operators_load": False, **NEW_DRIVER, "cuda_hidden": True},
            False,
            "do not load",
            f"{ONLY_TORCHVISION} --index-url {WHL}/cpu",
            id="who hides the card on purpose keeps the CPU build",
        ),
        pytest.param(
            "device",
            NEW_DRIVER,
            False,
            "NVIDIA driver 580.65.06 (CUDA 13.0), but torch 2.13.0+cpu is built without CUDA",
            f"{PAIR} --index-url {WHL}/cu130",
            id="CPU-only build",
        ),
        pytest.param(
            "device",
            OLD_DRIVER,
            False,
            "built without CUDA",
            f"{PAIR} --index-url {WHL}/cu126",
            id="CPU-only build, older driver",
        ),
        pytest.param(
            "device",
            {**CUDA, **OLD_DRIVER, "cuda_error": "The NVIDIA driver on your system is too old"},
            False,
            "driver 550.54.15 (CUDA 12.4) is too old for torch 2.13.0+cu130 (CUDA 13.0)",
            f"{PAIR} --index-url {WHL}/cu126",
            id="driver too old",
        ),
        pytest.param(
            "device",
            {**CUDA, **ANCIENT_DRIVER},
            False,
            "driver 470.256.02 (CUDA 11.4) is too old",
            DRIVERS,
            id="driver too old for every build",
        ),
        pytest.param(
            "device",
            {**CUDA, "nvidia_card": True},
            False,
            "an NVIDIA card is here, but no driver",
            DRIVERS,
            id="no driver",
        ),
        pytest.param(
            "device",
            {**CUDA, **NEW_DRIVER, "cuda_error": "CUDA unknown error"},
            False,
            "cpu: CUDA unknown error",
            "restart the computer, as after each update of the driver",
            id="CUDA that should work",
        ),
        pytest.param(
            "threads",
            {"threads": 1, "omp_num_threads": "1"},
            False,
            "1 of 8 processors: OMP_NUM_THREADS is 1",
            "unset OMP_NUM_THREADS",
            id="one thread",
        ),
        pytest.param(
            "threads",
            {"threads": 1, "omp_num_threads": "1", "system": "Windows"},
            False,
            "OMP_NUM_THREADS is 1",
            "Remove-Item Env:OMP_NUM_THREADS",
            id="one thread on Windows",
        ),
        pytest.param(
            "memory",
            {"memory": 2 * GIB - 2**28},
            False,
            "1.8 GiB free",
            "in JupyterLab, Kernel > Shut Down All Kernels",
            id="little memory",
        ),
        pytest.param(
            "disk",
            {"disk": GIB},
            False,
            "1.0 GiB free",
            "python -m pip cache purge",
            id="little disk",
        ),
        pytest.param(
            "kernel",
            {"kernel": None, "kernel_here": False},
            True,
            "Jupyter has no kernel python3",
            'python -m pip install "ipykernel>=6.29"',
            id="no kernel",
        ),
        pytest.param(
            "kernel",
            {"kernel": "/elsewhere/bin/python", "kernel_here": False},
            True,
            "starts another Python, /elsewhere/bin/python",
            "python -m ipykernel install --sys-prefix",
            id="the kernel of another environment",
        ),
        pytest.param(
            "widgets",
            {"ipywidgets": None},
            False,
            "ipywidgets is not installed",
            'python -m pip install "ipywidgets>=8.1" "jupyterlab_widgets>=3,<4"',
            id="no widgets",
        ),
        pytest.param(
            "widgets",
            {"jupyterlab_widgets": None},
            False,
            "ipywidgets 8.1.9, jupyterlab_widgets missing: JupyterLab would not show",
            'python -m pip install "ipywidgets>=8.1" "jupyterlab_widgets>=3,<4"',
            id="widgets without their front end",
        ),
        pytest.param(
            "widgets",
            {"ipywidgets": "7.7.2", "jupyterlab_widgets": "1.1.1"},
            False,
            "ipywidgets 7.7.2, jupyterlab_widgets 1.1.1",
            'python -m pip install "ipywidgets>=8.1" "jupyterlab_widgets>=3,<4"',
            id="widgets too old",
        ),
        pytest.param(
            "widgets",
            {"jupyterlab_widgets": "1.1.1"},
            False,
            "ipywidgets 8.1.9, jupyterlab_widgets 1.1.1",
            'python -m pip install "ipywidgets>=8.1" "jupyterlab_widgets>=3,<4"',
            id="widgets and front end that do not match",
        ),
        pytest.param(
            "digits",
            {"digits": {**HEALTHY.digits, "t10k-labels-idx1-ubyte": (None, SHA)}},
            True,
            "missing: t10k-labels-idx1-ubyte",
            "git checkout -- mnist_lab/digits",
            id="a file of digits is missing",
        ),
        pytest.param(
            "digits",
            {"digits": {**HEALTHY.digits, "train-images-idx3-ubyte": ("1" * 64, SHA)}},
            True,
            "damaged: train-images-idx3-ubyte",
            "git checkout -- mnist_lab/digits",
            id="a file of digits is damaged",
        ),
        pytest.param(
            "digits",
            {"digits": dict.fromkeys(DIGITS_FILES, (SHA, None)), "home": "/else where"},
            False,
            "README has no sha256 of train-images-idx3-ubyte",
            f"git -C {quoted('/else where')} checkout -- mnist_lab/digits",
            id="nothing to compare the digits with, seen from another folder",
        ),
        pytest.param(
            "digits",
            {"digits": {**HEALTHY.digits, "train-images-idx3-ubyte": ("it is a folder, not a file", SHA)}},
            True,
            "damaged: train-images-idx3-ubyte (it is a folder, not a file)",
            "git checkout -- mnist_lab/digits",
            id="something else in the place of a file",
        ),
        pytest.param(
            "Jupyter",
            {"unwritable": ("IPYTHONDIR=/ro/.ipython",), "system": "Windows"},
            True,
            "no kernel can start, since nothing can be written to IPYTHONDIR=/ro/.ipython",
            f'$Env:IPYTHONDIR = "{Path(tempfile.gettempdir()) / "jupyter"}"',
            id="a folder of Jupyter's that is read-only",
        ),
        pytest.param(
            "drawing pad",
            {"ipycanvas": None},
            False,
            "ipycanvas is not installed: stored drawings stand for it",
            'python -m pip install "ipycanvas>=0.14"',
            id="no canvas",
        ),
        pytest.param(
            "sheets",
            {"opencv": None},
            False,
            "OpenCV does not load: no sheet of paper can be read",
            'python -m pip install "opencv-python-headless>=4.10"',
            id="no OpenCV",
        ),
        pytest.param(
            "sheets",
            {"opencv": "4.6.0"},
            False,
            "OpenCV 4.6.0: no sheet of paper can be read",
            'python -m pip install "opencv-python-headless>=4.10"',
            id="an OpenCV that is too old",
        ),
        pytest.param(
            "other digits",
            {"sets": {"KMNIST": None, "full": "it holds 8 bytes"}},
            False,
            "it holds 8 bytes",
            "delete what is named there, then python -c "
            "\"from mnist_lab.data import load_digits; load_digits('full')\"",
            id="a damaged set",
        ),
        pytest.param(
            "lessons",
            {"broken_lessons": {"03_training.ipynb": "it is no notebook"}},
            True,
            "03_training.ipynb: it is no notebook",
            "git checkout -- notebooks/03_training.ipynb",
            id="a lesson that does not open",
        ),
        pytest.param(
            "lessons",
            {"broken_lessons": {"torch.py": "it hides the library torch"}, "lessons_in": "notebooks"},
            True,
            "torch.py: it hides the library torch",
            f"mv {Path('notebooks/torch.py')} {Path('notebooks/my_torch.py')}",
            id="a file that hides a library",
        ),
        pytest.param(
            "lessons",
            {"broken_lessons": {"03_training (1).ipynb": "it is no notebook"}},
            True,
            "03_training (1).ipynb: it is no notebook",
            f"git checkout -- {quoted('notebooks/03_training (1).ipynb')}",
            id="a lesson whose name needs quotation marks",
        ),
        pytest.param(
            "lessons",
            {"broken_lessons": {"03_training.ipynb": "it is no notebook"}, "lessons_in": "."},
            True,
            "03_training.ipynb: it is no notebook",
            "python -m mnist_lab.cli update",
            id="a learner's own copy that does not open",
        ),
        pytest.param(
            "lessons",
            {
                "broken_lessons": {"03_training.ipynb": "it is no notebook"},
                "lessons_in": "/p/mnist_lab/lessons",
            },
            True,
            "03_training.ipynb: it is no notebook",
            "python -m pip install --force-reinstall --no-deps mnist-lab",
            id="a lesson of the wheel that does not open",
        ),
        pytest.param(
            "lessons",
            {"lessons": 0, "lessons_in": "/site-packages/notebooks"},
            True,
            "no lessons in /site-packages/notebooks",
            "python -m pip install -e PATH_OF_YOUR_CLONE",
            id="no lessons",
        ),
        pytest.param(
            "packages",
            {"misfits": (("papermill>=2.6", "2.4.0"), ("tqdm>=4.67", "4.1"))},
            False,
            "papermill>=2.6 (here: 2.4.0), tqdm>=4.67 (here: 4.1)",
            'python -m pip install "papermill>=2.6" "tqdm>=4.67"',
            id="packages too old",
        ),
        pytest.param(
            "packages",
            {"misfits": (("papermill>=2.6", None),)},
            True,
            "papermill>=2.6 (here: missing)",
            'python -m pip install "papermill>=2.6"',
            id="a package is missing",
        ),
        pytest.param(
            "packages",
            {"lab_misfits": (("papermill>=2.6", None),)},
            False,
            "papermill>=2.6 (here: missing): no lesson needs these, but mnist-lab run and other commands do",
            'python -m pip install "papermill>=2.6"',
            id="only a package of the commands is missing",
        ),
    ],
)
def test_a_cross(name, changes, needed, detail, mend):
    line = finding(name, **changes)
    assert not line.ok
    assert line.needed is needed
    assert detail in line.detail
    assert line.mend == mend


def test_one_cause_gives_one_cross():
    """What does not depend on the cause keeps its tick."""
    crosses = [line.name for line in diagnose(replace(HEALTHY, **NEW_DRIVER)) if not line.ok]
    assert crosses == ["device"]


def test_the_command_names_the_python_that_runs_this():
    line = finding("disk", disk=0, python_command=".venv/bin/python")
    assert line.mend == ".venv/bin/python -m pip cache purge"


@pytest.mark.parametrize(
    ("torch_version", "expected"),
    [
        ("2.13.0+cpu", "0.28.0"),
        ("2.14.1", "0.29.1"),
        ("2.15.0", "0.29.2"),
        ("2.9.1", "0.24.1"),
        ("2.0.0", "0.15.0"),
        ("1.13.1", None),
    ],
)
def test_the_matching_torchvision(torch_version, expected):
    """The last three rows are from pytorch.org's list of earlier versions."""
    assert matching_torchvision(torch_version) == expected


@pytest.mark.parametrize(
    ("torch_version", "torchvision", "expected"),
    [
        ("2.13.1", "0.28.0", True),
        ("2.13.0", "0.29.2", False),
        ("2.14.1", "0.29.1", True),
        ("2.14.0", "0.29.2", True),
        ("2.15.0", "0.29.2+cpu", True),
        ("2.15.0", "0.29.1", False),
        ("2.16.0", "0.30.0", True),
        ("1.13.1", "0.28.0", False),
    ],
)
def test_from_torchvision_0_29_2_on_one_serves_every_newer_torch(torch_version, torchvision, expected):
    assert is_pair(torch_version, torchvision) is expected


def test_the_pair_is_the_one_that_requirements_pin():
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    command = finding("torch", torch=None, system="Darwin").mend
    pair = [pin for pin in pins if pin.startswith(("torch==", "torchvision=="))]
    assert command.split()[-2:] == pair


# The report


class Terminal(io.StringIO):
    def __init__(self, encoding):
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self):
        return self._encoding


@pytest.mark.parametrize(
    ("changes", "ok", "verdict"),
    [
        ({}, True, "Lessons can run. Nothing to mend."),
        (NEW_DRIVER, True, "Lessons can run. Worth mending: device."),
        (
            {"lessons": 0, "kernel": None, "disk": 0},
            False,
            "Lessons could not run. Mend first: kernel, lessons.",
        ),
    ],
)
def test_the_verdict(changes, ok, verdict):
    text, can_run = report(replace(HEALTHY, **changes))
    assert can_run is ok
    assert text.splitlines()[-1] == verdict


def test_a_tick_or_a_cross_each_and_a_command_under_each_cross(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal("utf-8"))
    text, _ = report(replace(HEALTHY, disk=0, lessons=0))
    lines = text.splitlines()
    assert [line[0] for line in lines[:-2] if line[0] != " "] == list("✓✓✓✓✓✓✗✓✓✓✓✓✓✓✗✓")
    after = [lines[i + 1].strip() for i, line in enumerate(lines) if line.startswith("✗")]
    assert after == [
        "mend it: python -m pip cache purge",
        "mend it: python -m pip install -e PATH_OF_YOUR_CLONE",
    ]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_terminal_without_ticks_gets_plain_marks(monkeypatch, encoding):
    monkeypatch.setattr(sys, "stdout", Terminal(encoding))
    text, _ = report(replace(HEALTHY, kernel="/home/Žofie/python", kernel_here=False))
    text.encode(encoding)
    lines = text.splitlines()
    assert lines[0].startswith("[ok] Python")
    assert any(line.startswith("[x]  kernel") for line in lines)


# What is found here


@pytest.fixture(scope="module")
def here():
    return collect_facts()


def test_collected_facts_agree_with_this_machine(here):
    assert here.python == sys.version_info[:3]
    assert here.torch == torch.__version__
    assert here.torchvision.startswith(metadata.version("torchvision"))
    assert here.threads == torch.get_num_threads()
    assert here.device.split()[0] in ("cpu", "cuda", "mps", "xpu")
    assert here.ipywidgets == metadata.version("ipywidgets")
    assert here.lessons == len(list((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")))
    assert here.memory > 0
    assert here.disk > 0
    assert here.misfits == here.lab_misfits == ()
    assert "2.13.0" in here.tested
    assert here.kernel_here


def test_the_operators_load_exactly_where_torchvision_says_so(here):
    from torchvision import extension

    assert here.operators_load is extension._has_ops()


def test_the_bundled_digits_are_whole(here):
    assert set(here.digits) == set(DIGITS_FILES)
    assert all(actual == expected is not None for actual, expected in here.digits.values())


def test_checksums_tell_missing_and_changed_files(tmp_path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    first, second, third, fourth = DIGITS_FILES
    for name in (first, second, fourth):
        (raw / name).write_bytes(b"digits")
    right, wrong = hashlib.sha256(b"digits").hexdigest(), "f" * 64
    rows = [f"| `{first}` | {right} |", f"| {wrong} | `{second}` |", f"| `{third}` | {wrong} |"]
    (tmp_path / "README.md").write_text("\n".join(rows), encoding="utf-8")
    assert digits_checksums(tmp_path) == {
        first: (right, right),
        second: (right, wrong),
        third: (None, wrong),
        fourth: (right, None),
    }


def test_checksums_without_any_folder(tmp_path):
    assert digits_checksums(tmp_path / "none") == dict.fromkeys(DIGITS_FILES, (None, None))


WRONG = {
    "folder": lambda path: (path.mkdir(), (path / "x").touch()),
    "pipe": lambda path: os.mkfifo(path),
    "device": lambda path: path.symlink_to("/dev/zero"),
    "dangling": lambda path: path.symlink_to("nowhere"),
    "loop": lambda path: path.symlink_to(path),
    "huge": lambda path: (path.touch(), os.truncate(path, 30 * GIB)),
    "bytes": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "empty": lambda path: path.touch(),
    "deep": lambda path: path.write_text("[" * 100_000),
    "other JSON": lambda path: path.write_text('{"cells": {}}'),
}


@pytest.fixture(params=WRONG if os.name == "posix" else ["folder", "bytes", "empty", "deep", "other JSON"])
def put_wrong(request):
    """Put something else in the place of a file."""

    def put_wrong(path):
        path.unlink(missing_ok=True)
        WRONG[request.param](path)

    return put_wrong


def test_whatever_lies_in_a_files_place_is_a_finding(tmp_path, put_wrong):
    digits = tmp_path / "digits"
    shutil.copytree(ROOT / "mnist_lab" / "digits", digits)
    put_wrong(digits / "MNIST" / "raw" / DIGITS_FILES[0])
    found = digits_checksums(digits)
    assert [name for name, (actual, expected) in found.items() if actual != expected] == [DIGITS_FILES[0]]
    put_wrong(digits / "README.md")
    unknown = digits_checksums(digits)
    assert {expected for _, expected in unknown.values()} == {None}
    for facts in (found, unknown):
        assert not finding("digits", digits=facts).ok
    (tmp_path / "03_training.ipynb").touch()
    put_wrong(tmp_path / "03_training.ipynb")
    assert wrong_with_lesson(tmp_path / "03_training.ipynb")
    raw = tmp_path / "KMNIST" / "raw"
    raw.mkdir(parents=True)
    put_wrong(raw / DIGITS_FILES[0])
    ((name, problem),) = sets_in(tmp_path).items()
    assert name == "KMNIST" and str(raw) in problem


def test_a_damaged_set_is_found_where_mnist_lab_data_points(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_LAB_DATA", str(tmp_path))
    assert sets_in(sets_root()) == {}
    raw = tmp_path / "MNIST" / "raw"
    shutil.copytree(ROOT / "mnist_lab" / "digits" / "MNIST" / "raw", raw)
    (problem,) = sets_in(sets_root()).values()
    assert "is not the file that 'full' needs" in problem
    (tmp_path / "file").touch()
    assert sets_in(tmp_path / "file") == {"MNIST_LAB_DATA": f"{tmp_path / 'file'} is not a folder"}


# What leads to a conflict of git in a lesson that was changed on both sides.
CONFLICTS = {
    "merge": ["commit -am own", "pull --no-rebase"],
    "rebase": ["commit -am own", "pull --rebase"],
    "rebase as it was": ["commit -am own", "-c rebase.backend=apply pull --rebase"],
    "cherry-pick": ["commit -am own", "fetch", "cherry-pick origin/HEAD"],
    "stash": ["stash", "pull", "stash pop"],
    "autostash": ["pull --rebase --autostash"],
    "marks committed": ["commit -am own", "pull --no-rebase", "commit -am marks"],
}


@pytest.fixture(params=CONFLICTS)
def conflict(request, tmp_path):
    """Return the lesson of a clone in which git left the marks of a conflict."""
    home = tmp_path / "my clone"

    def git(words, folder=home):
        who = "-c user.name=a -c user.email=a@b -c commit.gpgsign=false -c init.defaultBranch=main"
        subprocess.run(["git", *who.split(), *words.split()], cwd=folder, capture_output=True, check=False)

    def write(text, folder):
        path = folder / "notebooks" / "03_training.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"cells": [\n"' + text + '"\n]}')
        return path

    origin = tmp_path / "origin"
    write("old", origin)
    for words in ("init", "add .", "commit -m old"):
        git(words, origin)
    subprocess.run(["git", "clone", "origin", home.name], cwd=tmp_path, capture_output=True, check=True)
    write("new", origin)
    git("commit -am new", origin)
    path = write("own", home)
    for words in CONFLICTS[request.param]:
        git(words)
    return path


def test_a_conflict_of_git_is_named_and_both_ways_out_work(conflict, tmp_path):
    facts = {"home": str(conflict.parents[1]), "lessons_in": str(conflict.parent)}
    line = finding("lessons", **facts, **lesson_facts(conflict.parent))
    assert "it has git's conflict marks; " in line.detail
    ways = {"new": line.mend}
    if sides := re.search(r"(--\w+) takes the new lesson, (--\w+) your own", line.detail):
        ways["own"] = line.mend.replace(sides[1], sides[2])
    for wanted, command in ways.items():
        subprocess.run(shlex.split(command), check=True, capture_output=True, cwd=tmp_path)
        assert lesson_facts(conflict.parent) == {"lessons": 1, "broken_lessons": {}}
        assert wanted in conflict.read_text()


def test_folders_of_jupyter_that_cannot_be_written_are_named(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "made" / "later"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "file"))
    assert unwritable_folders() == (f"IPYTHONDIR={tmp_path / 'file'}",)
    assert os.listdir(tmp_path) == ["file"]


def test_requirements_that_are_not_met():
    requirements = [
        "click>=999",
        "no-such-package-anywhere>=1",
        "pytest>=1",
        "also-not-here; extra == 'draw'",
        "not-for-this-python; python_version < '3'",
        "torch>=999",  # has a line of its own
    ]
    assert list(find_misfits(requirements)) == [
        ("click>=999", metadata.version("click")),
        ("no-such-package-anywhere>=1", None),
    ]
    assert list(find_misfits([*requirements, 'none-either; extra == "lab"'], extra="lab")) == [
        ("none-either", None)
    ]


def test_the_torch_versions_tested_are_those_on_which_every_lesson_passed(tmp_path):
    passed = [("2.14.1+cu130", 13), ("2.9.1", 13), ("2.11.0", 12)]
    runs = {name: {"torch": name, "lessons": 13, "lessons_passed": number} for name, number in passed}
    (tmp_path / "versions.json").write_text(json.dumps({"runs": runs}))
    assert torch_versions_tested(tmp_path / "versions.json") == ("2.9.1", "2.13.0", "2.14.1")


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (
            "| NVIDIA-SMI 550.54.15  Driver Version: 550.54.15  CUDA Version: 12.4 |",
            "550.54.15 12.4",
        ),
        (
            "| NVIDIA-SMI 610.57.04  KMD Version: 610.57.04  CUDA UMD Version: 13.3 |",
            "610.57.04 13.3",
        ),
        ("NVIDIA-SMI has failed because it couldn't communicate with the driver.", "None None"),
    ],
)
def test_the_driver_as_nvidia_smi_prints_it(monkeypatch, printed, expected):
    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr(torch_facts, "_output_of", lambda program: printed)
    assert " ".join(map(str, nvidia_driver())) == expected


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_a_program_is_asked_in_a_worker(tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho $PPID\n")
    program.chmod(0o755)
    assert int(torch_facts._output_of(str(program))) != os.getpid()
    assert torch_facts._output_of(str(tmp_path / "missing")) == ""


def test_no_driver_without_nvidia_smi(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert nvidia_driver() == (None, None)


def test_the_kernel_is_the_one_that_jupyter_would_start(monkeypatch, tmp_path):
    spec = tmp_path / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = ["/elsewhere/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "P", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert kernel_program() == "/elsewhere/python"


def doctor_beside(path):
    """Run `mnist-lab doctor` in a fresh Python that finds its packages in path first."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(path), str(ROOT)])}
    command = [
        sys.executable,
        "-X",
        "utf8",
        "-c",
        "from mnist_lab.cli import main; main(['doctor'])",
    ]
    return subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120
    )


@pytest.mark.parametrize("name", ["torch", "torchvision"])
def test_the_doctor_comes_even_if_torch_or_torchvision_is_broken(tmp_path, name):
    package = tmp_path / name / "__init__.py"
    package.parent.mkdir()
    package.write_text("raise AttributeError('half updated')")
    completed = doctor_beside(tmp_path)
    assert completed.returncode == 1, completed.stderr
    line = next(line for line in completed.stdout.splitlines() if line.startswith(f"✗ {name} "))
    assert "does not import: AttributeError: half updated" in line
    assert "Lessons could not run. Mend first: torch" in completed.stdout


@pytest.mark.skipif(os.name != "posix", reason="a folder in use cannot be removed there")
def test_the_doctor_comes_where_the_working_directory_was_removed(tmp_path):
    code = "import os; os.rmdir(os.getcwd()); from mnist_lab.cli import main; main(['doctor'])"
    (tmp_path / "gone").mkdir()
    command = [sys.executable, "-P", "-X", "utf8", "-c", code]
    done = subprocess.run(
        command,
        cwd=tmp_path / "gone",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_doctor_ends_well_where_lessons_can_run():
    """A mismatched pair, as on the machines where this is tested, is a remark and no failure."""
    completed = doctor_beside(ROOT)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "Lessons can run." in completed.stdout


def test_a_file_beside_the_lessons_that_hides_a_library_is_found(tmp_path):
    for name in ("torch.py", "matplotlib.py", "my_own.py"):
        (tmp_path / name).write_text("x = 1")
    found = lesson_facts(tmp_path)
    assert list(found["broken_lessons"]) == ["matplotlib.py", "torch.py"] and found["lessons"] == 0
    assert found["broken_lessons"]["torch.py"] == "it hides the library torch from every lesson"
