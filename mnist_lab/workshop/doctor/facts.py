"""Look at this machine and write down plain values; nothing here judges them."""

import json
import os
import platform
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from mnist_lab.workshop.doctor.file_facts import (
    digits_checksums,
    lesson_facts,
    sets_in,
    sets_root,
    unwritable_folders,
)
from mnist_lab.workshop.doctor.pairs import TORCH, numbers
from mnist_lab.workshop.doctor.torch_facts import torch_facts, version

HOME = Path(__file__).resolve().parents[3]  # the folder that holds the package: the clone
PACKAGES_ELSEWHERE = ("torch", "torchvision", "ipywidgets", "ipykernel")  # the report has a line for each


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is here, as plain values; None stands for what is missing or could not be found out."""

    system: str  # "Linux", "Darwin" (macOS) or "Windows"
    python: tuple[int, int, int]
    python_command: str  # what to type to get the Python that runs this
    torch: str | None
    torch_error: str | None  # what importing it raised
    torch_cuda: str | None  # the CUDA version that torch was built for
    tested: tuple[str, ...]  # the versions of torch on which all lessons passed
    torchvision: str | None
    torchvision_error: str | None
    operators_load: bool  # torchvision's compiled operators
    device: str | None  # with the name of the graphics card, if it is one
    cuda_error: str | None  # why torch cannot use the CUDA that it was built for
    cuda_hidden: bool  # CUDA_VISIBLE_DEVICES hides every card
    nvidia_card: bool  # only Linux tells without a driver
    driver: str | None  # NVIDIA's
    driver_cuda: str | None  # the newest CUDA version that the driver can run
    threads: int | None
    cores: int
    omp_num_threads: str | None
    memory: int | None  # bytes free
    disk: int  # bytes free
    kernel: str | None  # the program that the Jupyter kernel "python3" starts
    kernel_here: bool  # that program is in the environment that runs this
    unwritable: tuple[str, ...]  # folders that Jupyter has to write to, as NAME=FOLDER
    ipywidgets: str | None
    jupyterlab_widgets: str | None
    ipycanvas: str | None
    opencv: str | None  # whichever of its packages it came with; None also if it does not load
    digits: dict[str, tuple[str | None, str | None]]  # file: sha256 found (or why not), sha256 expected
    sets_root: str | None  # where the other sets of digits are looked for
    sets: dict[str, str | None]  # set that is there: what is wrong with it
    home: str  # the folder that should hold mnist_lab and notebooks
    lessons: int
    lessons_in: str  # their folder; "." for a learner's own copies
    broken_lessons: dict[str, str]  # file: why it does not open
    misfits: tuple[tuple[str, str | None], ...]  # (range wanted, version installed or None)
    lab_misfits: tuple[tuple[str, str | None], ...]  # of the extra that the commands need


def collect_facts():
    """Return the Facts of this machine; takes seconds, as it imports torch and torchvision."""
    if _try(Path.cwd) is None:  # it was removed, and torch would end Python
        os.chdir(HOME)
    kernel = _try(kernel_program)
    root = _try(sets_root)
    return Facts(
        **_python_facts(),
        **torch_facts(),
        kernel=kernel,
        kernel_here=kernel is not None and _is_this_python(kernel),
        unwritable=_try(unwritable_folders) or (),
        ipywidgets=version("ipywidgets"),
        jupyterlab_widgets=version("jupyterlab_widgets"),
        ipycanvas=version("ipycanvas"),
        digits=digits_checksums(HOME / "mnist_lab" / "digits"),
        sets_root=root and str(root),
        sets=(root and _try(sets_in, root)) or {},
        home=str(HOME),
        lessons_in=str(lessons_folder()),
        **lesson_facts(lessons_folder()),
        misfits=_try(tuple, find_misfits(_requirements())) or (),
        lab_misfits=_try(tuple, find_misfits(_requirements(), extra="lab")) or (),
        tested=_try(torch_versions_tested, HOME / "mnist_lab" / "results" / "versions.json") or (TORCH,),
        **_machine_facts(),
    )


def _opencv_version():
    import cv2

    return cv2.__version__


def lessons_folder():
    """Return where `mnist-lab run` looks for lessons: here if they are a learner's, the wheel, the clone."""
    if Path(".mnist-lab").is_dir():
        return Path()
    shipped = HOME / "mnist_lab" / "lessons"
    return shipped if shipped.is_dir() else HOME / "notebooks"


def _try(function, *arguments):
    """Return function(*arguments), or None: a broken install raises anything, and is what we look for."""
    try:
        return function(*arguments)
    except Exception:
        return None


def _python_facts():
    first = shutil.which("python")
    here = first is not None and _is_this_python(first)
    return {
        "system": platform.system(),
        "python": tuple(sys.version_info[:3]),
        "python_command": "python" if here else quoted(_relative(sys.executable)),
    }


def quoted(path):
    """Return a path as a word for this system's shell."""
    if os.name == "posix":
        return shlex.quote(path)
    return path if re.fullmatch(r"[\w.:\\/-]+", path) else f'"{path}"'


def _relative(path):
    """Return path as seen from the working directory, if it is in there."""
    path = Path(path).absolute()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _is_this_python(program):
    """Return whether program lies beside the running Python; a venv's links are not followed."""
    if re.fullmatch(r"python(3(\.\d+)?)?", program):
        return True  # Jupyter starts its own Python for these names
    return Path(program).absolute().parent == Path(sys.executable).absolute().parent


def kernel_program():
    """Return the program that Jupyter's kernel "python3" starts; raises anything without such a kernel."""
    from jupyter_client.kernelspec import KernelSpecManager

    return str(KernelSpecManager().get_kernel_spec("python3").argv[0])


def _requirements():
    try:
        return metadata.requires("mnist-lab") or []
    except metadata.PackageNotFoundError:
        return []


def torch_versions_tested(path):
    """Return the versions of torch, in order, with which `make test-versions` saw every lesson pass."""
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"].values()
    passed = {run["torch"].partition("+")[0] for run in runs if run["lessons_passed"] == run["lessons"]}
    return tuple(sorted({TORCH, *passed}, key=numbers))


def find_misfits(requirements, *, extra=""):
    """Yield (range wanted, version installed or None) for each requirement, or one of an extra, not met."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return
    for requirement in map(Requirement, requirements):
        marker = requirement.marker
        wanted = marker is None or marker.evaluate({"extra": extra})
        always = extra and (marker is None or marker.evaluate({"extra": ""}))
        if not wanted or always or requirement.name in PACKAGES_ELSEWHERE:
            continue
        installed = version(requirement.name)
        if installed is None or not requirement.specifier.contains(installed, prereleases=True):
            yield f"{requirement.name}{requirement.specifier}", installed


def _free_memory():
    from psutil import virtual_memory

    return virtual_memory().available


def _machine_facts():
    return {
        "cores": os.cpu_count() or 1,
        "omp_num_threads": os.environ.get("OMP_NUM_THREADS"),
        "memory": _try(_free_memory),
        "disk": shutil.disk_usage(Path.cwd()).free,
        "opencv": _try(_opencv_version),
    }
