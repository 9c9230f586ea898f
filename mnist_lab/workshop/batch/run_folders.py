"""Folders for runs, and stored results."""

import platform
import subprocess
from contextlib import contextmanager
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mnist_lab.files import check_writable

from filelock import FileLock, Timeout

PACKAGE = Path(__file__).resolve().parents[2]


def output_folder(chosen=None, *, lessons=()):
    """Make and return the folder for a run: the chosen one, or a new one named by date and time.

    Raises ValueError for the folder of one of these lessons, which executed copies would overwrite.
    """
    if chosen and any(Path(lesson).parent == Path(chosen).resolve() for lesson in lessons):
        raise ValueError(f"{chosen} is the lessons' own folder; choose another with --output-dir.")
    path = Path(chosen) if chosen else Path("runs") / f"{datetime.now():%Y-%m-%d_%H-%M-%S}"
    name, number = path.name, 1
    while True:
        try:
            path.mkdir(parents=True, exist_ok=bool(chosen))
            check_writable(path / "index.html")
            return path.resolve()
        except OSError as error:
            if chosen or not path.exists():  # what is there may be a link in its way that leads nowhere
                raise ValueError(
                    f"The output folder {path} cannot be made or written to ({error.strerror or error}); "
                    "choose another with --output-dir."
                ) from error
            number += 1
            path = path.with_name(f"{name}_{number}")


@contextmanager
def only_here(folder):
    """Keep a folder for this run; raises ValueError if another has it."""
    lock = FileLock(Path(folder) / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ValueError(
            f"{folder} is in use by another run; wait until that has ended, or choose another folder."
        ) from error
    try:
        yield
    finally:
        lock.release()


def refuse_overwriting(folder, names, *, content, force):
    """Raise ValueError if the folder is a file, or if it has something of these names and force is False."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file. Name a folder for {content}.")
    if names and not force:
        raise ValueError(
            f"{folder} has {', '.join(names)} already. Name another folder, or write anew with --force."
        )


def result_header(command, *, n, device, digits):
    """Return the fields that every stored result begins with; n is the number of seeds or runs."""
    return {
        "command": command,
        "commit": _commit(),
        "date": date.today().isoformat(),
        "n": n,
        "device": str(device),
        "versions": {"python": platform.python_version()}
        | {name: _version(name) for name in ("torch", "torchvision")},
        "digits": digits,
    }


def _commit():
    try:
        return subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            cwd=PACKAGE,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
