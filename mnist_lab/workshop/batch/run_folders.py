"""Folders for runs, and stored results."""

import json
import platform
import subprocess
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mnist_lab.files import write_whole

PACKAGE = Path(__file__).resolve().parents[2]


def write_json(path, content):
    """Write a dictionary as indented JSON, whole or not at all."""
    write_whole(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def output_folder(chosen=None, *, parent="runs", now=None):
    """Make and return the folder for a run: the chosen one, or a new one named by date and time."""
    path = Path(chosen) if chosen else Path(parent) / f"{now or datetime.now():%Y-%m-%d_%H-%M-%S}"
    name, number = path.name, 1
    while True:
        try:
            path.mkdir(parents=True, exist_ok=bool(chosen))
            return path.resolve()
        except OSError as error:
            if chosen or not isinstance(error, FileExistsError):
                raise ValueError(
                    f"The output folder {path} cannot be made ({error.strerror or error}); "
                    "choose another with --output-dir."
                ) from error
            number += 1
            path = path.with_name(f"{name}_{number}")


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
