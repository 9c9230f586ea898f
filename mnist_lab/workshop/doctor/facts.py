"""Look at this machine and write down plain values; nothing here judges them."""

import hashlib
import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from mnist_lab.workshop.doctor.torch_facts import torch_facts, version

HOME = Path(__file__).resolve().parents[3]  # the folder that holds the package: the clone
DIGITS_FILES = tuple(
    f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
)
PACKAGES_ELSEWHERE = ("torch", "torchvision", "ipywidgets")  # the report has a line for each


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is here, as plain values; None stands for what is missing or could not be found out."""

    system: str  # "Linux", "Darwin" (macOS) or "Windows"
    python: tuple[int, int, int]
    python_command: str  # what to type to get the Python that runs this
    torch: str | None
    torch_error: str | None  # what importing it raised
    torch_cuda: str | None  # the CUDA version that torch was built for
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
    ipywidgets: str | None
    jupyterlab_widgets: str | None
    digits: dict[str, tuple[str | None, str | None]]  # file: sha256 found, sha256 expected
    home: str  # the folder that should hold mnist_lab and notebooks
    lessons: int
    misfits: tuple[tuple[str, str | None], ...]  # (range wanted, version installed or None)


def collect_facts():
    """Return the Facts of this machine; takes seconds, as it imports torch and torchvision."""
    kernel = kernel_program()
    return Facts(
        **_python_facts(),
        **torch_facts(),
        kernel=kernel,
        kernel_here=kernel is not None and _is_this_python(kernel),
        ipywidgets=version("ipywidgets"),
        jupyterlab_widgets=version("jupyterlab_widgets"),
        digits=digits_checksums(HOME / "mnist_lab" / "digits"),
        home=str(HOME),
        lessons=len(list((HOME / "notebooks").glob("[0-9][0-9]_*.ipynb"))),
        misfits=tuple(find_misfits(_requirements())),
        **_machine_facts(),
    )


def _python_facts():
    first = shutil.which("python")
    here = first is not None and _is_this_python(first)
    return {
        "system": platform.system(),
        "python": tuple(sys.version_info[:3]),
        "python_command": "python" if here else _quoted(_relative(sys.executable)),
    }


def _quoted(path):
    return f'"{path}"' if " " in path else path


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
    """Return the program that Jupyter's kernel "python3" starts, None without such a kernel."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ImportError:
        return None
    try:
        return KernelSpecManager().get_kernel_spec("python3").argv[0]
    except (NoSuchKernel, ValueError, IndexError, OSError):
        return None


def digits_checksums(folder):
    """Return for each bundled file the sha256 of what is there and the one in the README."""
    readme = folder / "README.md"
    lines = readme.read_text(encoding="utf-8").splitlines() if readme.exists() else []
    return {
        name: (
            _sha256(folder / "MNIST" / "raw" / name),
            _named_sha256("".join(line for line in lines if name in line)),
        )
        for name in DIGITS_FILES
    }


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _named_sha256(text):
    match = re.search(r"\b[0-9a-f]{64}\b", text)
    return match and match[0]


def _requirements():
    try:
        return metadata.requires("mnist-lab") or []
    except metadata.PackageNotFoundError:
        return []


def find_misfits(requirements):
    """Yield (range wanted, version installed or None) for every requirement that is not met."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return
    for requirement in map(Requirement, requirements):
        optional = requirement.marker is not None and not requirement.marker.evaluate({"extra": ""})
        if optional or requirement.name in PACKAGES_ELSEWHERE:
            continue
        installed = version(requirement.name)
        if installed is None or not requirement.specifier.contains(installed, prereleases=True):
            yield f"{requirement.name}{requirement.specifier}", installed


def _machine_facts():
    try:
        from psutil import virtual_memory
    except ImportError:
        memory = None
    else:
        memory = virtual_memory().available
    return {
        "cores": os.cpu_count() or 1,
        "omp_num_threads": os.environ.get("OMP_NUM_THREADS"),
        "memory": memory,
        "disk": shutil.disk_usage(Path.cwd()).free,
    }
