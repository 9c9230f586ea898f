"""Run tests and lessons on other versions of torch: `make test-versions`, with VERSIONS="2.6.0" only some.

Each has an environment of its own in .venv-versions, with the pins for all but torch. These stay, some
gigabytes each, until you delete them. The tests are those of the rooms that lessons rest on. What came of
it is kept in versions.json, for the README and for the doctor.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from mnist_lab.files import write_json
from mnist_lab.workshop.doctor.pairs import matching_torchvision

HOME = Path(__file__).resolve().parents[3]
RESULTS = HOME / "mnist_lab" / "results" / "versions.json"
VERSIONS = ("2.6.0", "2.9.1", "2.11.0", "2.13.0", "2.14.1")
TESTS = ("tests/taught", "tests/shown", "tests/exercises")
NAMES = "import sys, torch, torchvision as v; print(sys.version.split()[0], torch.__version__, v.__version__)"
OWN_PINS = re.compile("(torch|torchvision|sympy|setuptools)==")  # each torch wants its own of the last two


def printed(*command, check=False):
    """Run a command, show what it prints, and return that."""
    done = subprocess.run([*map(str, command)], cwd=HOME, stdout=subprocess.PIPE, text=True, check=check)
    print(done.stdout, flush=True)
    return done.stdout


def python_with(version):
    """Return the Python of the environment for a version of torch, which is made or made whole."""
    folder = HOME / ".venv-versions" / version
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        printed(sys.executable, "-m", "venv", folder, check=True)
    lines = (HOME / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = folder / "pins.txt"
    pins.write_text("\n".join(line for line in lines if not OWN_PINS.match(line)), encoding="utf-8")
    what = [
        f"torch=={version}",
        f"torchvision=={matching_torchvision(version)}",
        "-e",
        ".[lab,draw,camera,export,dev]",
    ]
    printed(python, "-m", "pip", "install", "--quiet", "-c", pins, *what, check=True)
    return python


def try_on(python):
    """Run tests and lessons with this Python; return what it has, and how many of each passed."""
    names = printed(python, "-c", NAMES, check=True).split()
    options = ("-n", "2", "-m", "not slow", "-p", "no:cacheprovider", "--tb", "short")
    line = printed(python, "-m", "pytest", *options, *TESTS).splitlines()[-1]
    count = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?)", line)}
    with tempfile.TemporaryDirectory() as folder:
        table = printed(python, "-m", "mnist_lab.cli", "run", "--workers", "2", "--output-dir", folder)
    lessons = map(int, re.search(r"(\d+) of (\d+) lessons? passed", table).groups())
    return {
        **dict(zip(("python", "torch", "torchvision"), names, strict=True)),
        **{"tests_passed": count.pop("passed", 0), "tests_failed": sum(count.values())},
        **dict(zip(("lessons_passed", "lessons"), lessons, strict=True)),
        "date": date.today().isoformat(),
    }


def main(*versions):
    os.environ["OMP_NUM_THREADS"] = "1"
    for version in versions or VERSIONS:
        row = try_on(python_with(version))
        runs = json.loads(RESULTS.read_text(encoding="utf-8"))["runs"] if RESULTS.exists() else {}
        runs[version.replace(".", "_")] = row  # a dot would part the path of a figure in the README
        write_json(RESULTS, {"command": "make test-versions", "tests": TESTS, "runs": runs})


if __name__ == "__main__":
    main(*sys.argv[1:])
