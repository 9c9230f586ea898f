"""`make` lists its targets, and says in one sentence what to do when something is missing."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
TOOLS = ["cp", "grep", "mkdir", "rm", "sed", "sh", "tee", "touch"]
TARGETS = {
    "run",
    "test",
    "test-all",
    "test-browser",
    "test-versions",
    "lab",
    "notebooks",
    "figures",
    "images",
    "site",
    "audit",
}
NETWORK = "WARNING: Retrying after connection broken by 'NewConnectionError': /simple/torch/"

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs GNU make")

# Stands in for an interpreter: answers its version, makes a .venv whose python is itself, and
# keeps a list of what it was asked to do.
FAKE_PYTHON = """#!/bin/sh
echo "$*" >> asked.txt
case "$*" in
    *version_info*) echo {version};;
    *"import ensurepip"*) exit {has_venv};;
    "-m venv"*) for folder; do :; done; mkdir -p $folder/bin; cp "$0" $folder/bin/python; exit {venv_exit};;
    "-m pip install"*) echo "{pip_says}"; exit {pip_exit};;
    "-m pip_audit"*) echo "{audit_says}"; exit {audit_exit};;
esac
"""


class Clone:
    """A checkout in a folder whose name has a space, on a machine with few programs."""

    def __init__(self, folder):
        self.folder = folder / "my clone"
        self.programs = folder / "programs"
        self.folder.mkdir()
        self.programs.mkdir()
        for name in ["Makefile", "pyproject.toml", "requirements.txt"]:
            shutil.copy(CHECKOUT / name, self.folder)
        for name in TOOLS:
            (self.programs / name).symlink_to(shutil.which(name))
        self.is_made = self.folder / ".venv" / "bin" / "python"
        self.is_installed = self.folder / ".venv" / ".run-installed"

    def add_python(self, name="python3", **facts):
        usual = dict(version="3.12", has_venv=0, venv_exit=0, pip_says="fine", pip_exit=0)
        usual |= dict(audit_says="fine", audit_exit=0)
        program = self.programs / name
        program.write_text(FAKE_PYTHON.format(**{**usual, **facts}))
        program.chmod(0o755)

    def make(self, *arguments):
        environment = {"PATH": str(self.programs), "HOME": str(self.folder)}
        command = [shutil.which("make"), *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60
        )

    def asked(self):
        return (self.folder / "asked.txt").read_text()


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


def complaint(done):
    """Return the one sentence on stderr; make itself adds a line, and fails."""
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(lines) == 1, done.stderr
    assert lines[0].endswith(".")
    return lines[0]


def test_make_alone_lists_every_target(clone):
    done = clone.make()
    assert done.returncode == 0
    listed = dict(re.findall(r"^  make (\S+) +(\S.*)$", done.stdout, flags=re.M))
    assert set(listed) == TARGETS
    phony = re.search(r"^\.PHONY: (.*)$", (CHECKOUT / "Makefile").read_text(), flags=re.M)
    assert set(phony[1].split()) == TARGETS | {"help"}


def test_no_python(clone):
    assert "No Python found: install Python 3.11 to 3.14" in complaint(clone.make("run"))


@pytest.mark.parametrize("version", ["2.7", "3.9", "3.10", "3.15"])
def test_a_python_that_torch_does_not_support(clone, version):
    clone.add_python(version=version)
    said = complaint(clone.make("run"))
    assert f"python3 is Python {version}, but mnist-lab needs Python 3.11 to 3.14" in said
    assert not clone.is_made.exists()


def test_a_newer_python_beside_the_old_one_is_found(clone):
    clone.add_python(version="3.9")
    clone.add_python("python3.13", version="3.13")
    assert "Making .venv with python3.13." in clone.make(".venv/.run-installed").stdout
    assert clone.is_installed.exists()


def test_the_python_may_be_chosen(clone):
    clone.add_python(version="3.12")
    clone.add_python("mypython", version="3.11")
    done = clone.make(".venv/.run-installed", "PYTHON=mypython")
    assert "Making .venv with mypython." in done.stdout


def test_no_venv_module(clone):
    clone.add_python(has_venv=1)
    assert "sudo apt install python3-venv" in complaint(clone.make("run"))


def test_a_half_made_venv_is_taken_away(clone):
    clone.add_python(venv_exit=1)
    assert "python3 could not make .venv in this folder" in complaint(clone.make("run"))
    assert not (clone.folder / ".venv").exists()


@pytest.mark.parametrize(
    ("pip_says", "advice"),
    [
        (NETWORK, "check the network .* run the same command again; .* .venv/install.log"),
        ("OSError: [Errno 28] No space left on device", "The disk is full: free about"),
        ("ERROR: No matching distribution found for torch", "no torch 2.13 for this computer"),
        ("ERROR: requires a different Python: 3.9.1", "delete the folder .venv"),
        ("ERROR: something else", "the end of .venv/install.log says why"),
    ],
)
def test_pip_fails_and_is_asked_again_the_next_time(clone, pip_says, advice):
    clone.add_python(pip_says=pip_says, pip_exit=1)
    assert re.search(advice, complaint(clone.make("run")))
    assert pip_says in (clone.folder / ".venv" / "install.log").read_text()
    assert not clone.is_installed.exists()

    clone.add_python()
    shutil.copy(clone.programs / "python3", clone.is_made)
    assert clone.make(".venv/.run-installed").returncode == 0
    assert clone.is_installed.exists()


def test_what_is_installed_is_not_installed_again(clone):
    clone.add_python()
    clone.make(".venv/.all-installed")
    assert "-e .[lab,draw,camera,classroom,scale,export,site,dev]" in clone.asked()
    (clone.folder / "asked.txt").write_text("")
    for stamp in [".venv/.all-installed", ".venv/.run-installed"]:
        assert "up to date" in clone.make(stamp).stdout
    assert clone.asked() == ""

    later = clone.is_installed.stat().st_mtime + 10
    os.utime(clone.folder / "requirements.txt", (later, later))
    clone.make(".venv/.run-installed")
    assert "-c requirements.txt -e .[lab,draw,camera]" in clone.asked()


def test_torch_may_come_from_an_index_of_its_own(clone):
    clone.add_python()
    clone.make(".venv/.run-installed", "TORCH_INDEX=https://example.org/whl/cpu")
    first, second = [line for line in clone.asked().splitlines() if "pip install" in line]
    assert first.endswith("--no-deps --index-url https://example.org/whl/cpu torch torchvision")
    assert second.endswith("-e .[lab,draw,camera]")


def test_lab_opens_the_learners_own_copies(clone):
    clone.add_python()
    assert clone.make("lab").returncode == 0
    ours = ("-m mnist_lab", "-m jupyterlab")
    asked = [line for line in clone.asked().splitlines() if line.startswith(ours)]
    assert asked == ["-m mnist_lab.cli start", "-m jupyterlab my-lessons/00_start_here.ipynb"]
    assert "my-lessons/" in (CHECKOUT / ".gitignore").read_text().splitlines()


def test_large_downloads_are_shown_as_they_come(clone):
    clone.add_python(pip_says="  Downloading torch-2.13.0-x.whl (526.6 MB)")
    done = clone.make(".venv/.run-installed")
    assert "  downloading torch-2.13.0-x.whl (526.6 MB)" in done.stdout.splitlines()


def test_an_audit_without_a_finding(clone):
    clone.add_python()
    done = clone.make("audit")
    assert done.returncode == 0
    assert done.stdout.endswith("No known vulnerabilities in the pins of requirements.txt.\n")
    assert "-m pip_audit --strict --no-deps --disable-pip -r requirements.txt" in clone.asked()


FOUND = "Found 1 known vulnerability in 1 package\nName Version ID Fix Versions\nclick 8.5.1 CVE-1 8.5.2"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (dict(audit_says=FOUND, audit_exit=1), "as listed: renew requirements.txt as its head says"),
        (dict(audit_says="ERROR: Dependency not found on PyPI", audit_exit=1), "could not ask for all of"),
        (dict(pip_says=NETWORK, pip_exit=1), "check the network .* run make audit again; .* .venv/audit.log"),
    ],
)
def test_an_audit_that_finds_something_or_cannot_ask(clone, facts, said):
    clone.add_python(**facts)
    done = clone.make("audit")
    assert re.search(said, complaint(done))
    assert ("click 8.5.1 CVE-1 8.5.2" in done.stdout) == ("as listed" in said)
