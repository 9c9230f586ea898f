"""Judge the facts: pure functions, one a line of the report, each from Facts to a Finding."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from mnist_lab.workshop.doctor import pairs
from mnist_lab.workshop.doctor.facts import quoted

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)
BROKEN_PYTHON = (3, 14, 1)  # torchvision 0.28 excludes it by name
GIB = 2**30
DRIVERS = "install a newer driver from https://www.nvidia.com/drivers, then restart the computer"


@dataclass(frozen=True)
class Finding:
    """One line of the report; needed says that a lesson could not run while it is not ok."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    needed: bool = False


def diagnose(facts):
    """Return the Findings, one for each thing looked at, in the order of the report."""
    checks = (
        _python,
        _torch,
        _torchvision,
        _device,
        _threads,
        _memory,
        _disk,
        _kernel,
        _jupyter,
        _widgets,
        _drawing_pad,
        _opencv,
        _digits,
        _sets,
        _lessons,
        _packages,
    )
    return [check(facts) for check in checks]


def _python(facts):
    version = ".".join(map(str, facts.python))
    if OLDEST_PYTHON <= facts.python[:2] <= NEWEST_PYTHON and facts.python != BROKEN_PYTHON:
        return Finding("Python", True, version)
    oldest, newest = (".".join(map(str, end)) for end in (OLDEST_PYTHON, NEWEST_PYTHON))
    return Finding(
        "Python",
        False,
        f"{version}, but torch {pairs.TORCH} and its torchvision need {oldest} to {newest} (not 3.14.1)",
        f"{'py -3.13' if facts.system == 'Windows' else 'python3.13'} -m venv .venv",
        needed=facts.python[:2] < OLDEST_PYTHON or facts.torch is None or facts.torchvision is None,
    )


def _torch(facts):
    mend = pairs.install_pair(facts, pairs.build_for_driver(facts))
    if facts.torch is None:
        return Finding("torch", False, "not installed", mend, needed=True)
    if facts.torch_error:
        detail = f"{facts.torch} does not import: {facts.torch_error}"
        return Finding("torch", False, detail, mend, needed=True)
    if pairs.is_outdated(facts.torch):
        detail = f"{facts.torch}, but the lessons need {pairs.OLDEST_TORCH} or newer"
        return Finding("torch", False, detail, mend, needed=True)
    return Finding("torch", True, f"{facts.torch}, {pairs.whether_tested(facts.torch, facts.tested)}")


def _torchvision(facts):
    mend = pairs.install_torchvision(facts)
    if facts.torchvision is None:
        return Finding("torchvision", False, "not installed", mend, needed=True)
    if facts.torch is None or facts.torch_error:
        detail = f"{facts.torchvision} does not import without torch"
        return Finding("torchvision", False, detail, mend, needed=True)
    if facts.torchvision_error:
        detail = f"{facts.torchvision} does not import: {facts.torchvision_error}"
        return Finding("torchvision", False, detail, mend, needed=True)
    both = f"{facts.torchvision} beside torch {facts.torch}"
    if not pairs.is_pair(facts.torch, facts.torchvision):
        return Finding("torchvision", False, f"{both}: these versions are not a pair", mend)
    if not facts.operators_load:
        detail = f"{both}: its compiled operators do not load; mnist_lab works around it"
        return Finding("torchvision", False, detail, mend)
    return Finding("torchvision", True, f"{both}, a matching pair")


def _device(facts):
    if facts.device is None:
        return Finding("device", True, "unknown: torch cannot tell")
    if facts.device != "cpu":
        return Finding("device", True, facts.device)
    if facts.cuda_hidden:
        return Finding("device", True, "cpu, as CUDA_VISIBLE_DEVICES asks for")
    if facts.driver is None:
        return _device_without_driver(facts)
    driver = f"NVIDIA driver {facts.driver} (CUDA {facts.driver_cuda or 'unknown'})"
    build = pairs.build_for_driver(facts)
    mend = DRIVERS if build == "cpu" else pairs.install_pair(facts, build)
    if facts.torch_cuda is None:
        detail = f"cpu: there is an {driver}, but torch {facts.torch} is built without CUDA"
        return Finding("device", False, detail, mend)
    if pairs.is_too_old(facts):
        detail = f"cpu: the {driver} is too old for torch {facts.torch} (CUDA {facts.torch_cuda})"
        return Finding("device", False, detail, mend)
    mend = "restart the computer, as after each update of the driver"
    return Finding("device", False, f"cpu: {facts.cuda_error}", mend)


def _device_without_driver(facts):
    if facts.nvidia_card:
        return Finding("device", False, "cpu: an NVIDIA card is here, but no driver", DRIVERS)
    without = f"cpu: torch has CUDA {facts.torch_cuda}, but no NVIDIA driver is here"
    return Finding("device", True, without if facts.torch_cuda else "cpu, which is enough for every lesson")


def _threads(facts):
    detail = f"{facts.threads or 'unknown'} of {facts.cores} processors"
    if facts.threads != 1 or facts.cores == 1 or facts.omp_num_threads is None:
        return Finding("threads", True, detail)
    mend = "Remove-Item Env:OMP_NUM_THREADS" if facts.system == "Windows" else "unset OMP_NUM_THREADS"
    return Finding("threads", False, f"{detail}: OMP_NUM_THREADS is {facts.omp_num_threads}", mend)


def _memory(facts):
    if facts.memory is None:
        return Finding("memory", True, "unknown without psutil")
    mend = "in JupyterLab, Kernel > Shut Down All Kernels"
    return Finding("memory", facts.memory >= 2 * GIB, f"{facts.memory / GIB:.1f} GiB free", mend)


def _disk(facts):
    mend = f"{facts.python_command} -m pip cache purge"
    return Finding("disk", facts.disk >= 2 * GIB, f"{facts.disk / GIB:.1f} GiB free", mend)


def _kernel(facts):
    if facts.kernel is None:
        mend = pairs.pip_install(facts, '"ipykernel>=6.29"')
        return Finding("kernel", False, "Jupyter has no kernel python3", mend, needed=True)
    if not facts.kernel_here:
        detail = f"Jupyter's kernel python3 starts another Python, {facts.kernel}"
        mend = f"{facts.python_command} -m ipykernel install --sys-prefix"
        return Finding("kernel", False, detail, mend, needed=True)
    return Finding("kernel", True, "python3, in this environment")


def _jupyter(facts):
    if not facts.unwritable:
        return Finding("Jupyter", True, "may write to its folders")
    detail = f"no kernel can start, since nothing can be written to {', '.join(facts.unwritable)}"
    name = facts.unwritable[0].partition("=")[0]
    folder = Path(tempfile.gettempdir()) / "jupyter"
    mend = f'$Env:{name} = "{folder}"' if facts.system == "Windows" else f'export {name}="{folder}"'
    return Finding("Jupyter", False, detail, mend, needed=True)


def _widgets(facts):
    mend = pairs.pip_install(facts, '"ipywidgets>=8.1"', '"jupyterlab_widgets>=3,<4"')
    if facts.ipywidgets is None:
        return Finding("widgets", False, "ipywidgets is not installed: pictures stand for sliders", mend)
    front = facts.jupyterlab_widgets or "missing"
    both = f"ipywidgets {facts.ipywidgets}, jupyterlab_widgets {front}"
    if pairs.numbers(facts.ipywidgets)[:2] < (8, 1) or pairs.numbers(front)[0] != 3:
        return Finding("widgets", False, f"{both}: JupyterLab would not show the sliders", mend)
    return Finding("widgets", True, both)


def _drawing_pad(facts):
    state = facts.ipycanvas or "is not installed: stored drawings stand for it"
    mend = pairs.pip_install(facts, '"ipycanvas>=0.14"')
    return Finding("drawing pad", facts.ipycanvas is not None, f"ipycanvas {state}", mend)


def _opencv(facts):
    is_new = pairs.numbers(facts.opencv or "0")[:2] >= (4, 10)
    detail = f"OpenCV {facts.opencv or 'does not load'}{'' if is_new else ': no sheet of paper can be read'}"
    return Finding("sheets", is_new, detail, pairs.pip_install(facts, '"opencv-python-headless>=4.10"'))


def _git(facts):
    return "git" if Path(facts.home) == Path.cwd() else f"git -C {quoted(facts.home)}"


def _digits(facts):
    mend = f"{_git(facts)} checkout -- mnist_lab/digits"
    missing = [name for name, (actual, _) in facts.digits.items() if actual is None]
    if missing:
        return Finding("digits", False, f"missing: {', '.join(missing)}", mend, needed=True)
    unknown = [name for name, (_, expected) in facts.digits.items() if expected is None]
    if unknown:
        return Finding("digits", False, f"README has no sha256 of {', '.join(unknown)}", mend)
    wrong = {name: actual for name, (actual, expected) in facts.digits.items() if actual != expected}
    changed = [f"{name} ({why})" if " " in why else name for name, why in wrong.items()]
    if changed:
        return Finding("digits", False, f"damaged: {', '.join(changed)}", mend, needed=True)
    return Finding("digits", True, f"{len(facts.digits)} files, as their sha256 says")


def _sets(facts):
    if facts.sets_root is None:
        return Finding("other digits", True, "unknown without torchvision")
    wrong = {name: problem for name, problem in facts.sets.items() if problem}
    if wrong:
        load = f"from mnist_lab.data import load_digits; load_digits('{min(wrong)}')"
        mend = f'delete what is named there, then {facts.python_command} -c "{load}"'
        return Finding("other digits", False, "; ".join(wrong.values()), mend)
    return Finding("other digits", True, f"{', '.join(facts.sets) or 'none'} in {facts.sets_root}")


def _lessons(facts):
    if facts.broken_lessons:
        detail = "; ".join(f"{name}: {why}" for name, why in facts.broken_lessons.items())
        first, why = next(iter(facts.broken_lessons.items()))
        side = next((f"{one} " for one in ("--theirs", "--ours", "origin/HEAD") if f"{one} takes" in why), "")
        mend = f"{_git(facts)} checkout {side}-- {quoted(f'notebooks/{first}')}"
        if first.endswith(".py"):
            places = [quoted(str(Path(facts.lessons_in, name))) for name in (first, f"my_{first}")]
            mend = " ".join(["ren" if facts.system == "Windows" else "mv", *places])
        elif facts.lessons_in == ".":
            mend = f"{facts.python_command} -m mnist_lab.cli update"
        elif Path(facts.lessons_in) != Path(facts.home, "notebooks"):
            mend = pairs.pip_install(facts, "--force-reinstall --no-deps mnist-lab")
        return Finding("lessons", False, detail, mend, needed=True)
    if facts.lessons:
        return Finding("lessons", True, f"{facts.lessons} in {Path(facts.lessons_in).absolute()}")
    mend = f"{facts.python_command} -m pip install -e PATH_OF_YOUR_CLONE"
    return Finding("lessons", False, f"there are no lessons in {facts.lessons_in}", mend, needed=True)


def _packages(facts):
    misfits = [*facts.misfits, *facts.lab_misfits]
    if not misfits:
        return Finding("packages", True, "all in the ranges that mnist-lab asks for")
    why = "" if facts.misfits else ": no lesson needs these, but mnist-lab run and other commands do"
    detail = ", ".join(f"{needs} (here: {installed or 'missing'})" for needs, installed in misfits)
    mend = pairs.pip_install(facts, *(f'"{needs}"' for needs, _ in misfits))
    needed = any(installed is None for _, installed in facts.misfits)
    return Finding("packages", False, detail + why, mend, needed)
