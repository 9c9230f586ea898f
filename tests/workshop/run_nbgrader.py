"""nbgrader, as a teacher calls it."""

import functools
import os
import shutil
import subprocess
import sys


@functools.cache
def can_shut_in():
    """Whether bubblewrap is there and may make what it makes; in some containers it may not."""
    tried = ["bwrap", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    return bool(shutil.which("bwrap")) and subprocess.run(tried, capture_output=True).returncode == 0


def try_nbgrader(course, *words):
    """Run nbgrader in the course folder and return its exit status and its output.

    Where nothing can shut in, it grades with our own rights: the submissions are ours.
    """
    if words[0] == "autograde" and not can_shut_in():
        words = (*words, "--BoundedExecute.confinement=none")
    command = [sys.executable, "-m", "nbgrader", *words]
    variables = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    variables.pop("PYTEST_CURRENT_TEST", None)  # with it a kernel does not catch what libraries write
    completed = subprocess.run(
        command, cwd=course, capture_output=True, text=True, timeout=900, env=variables
    )
    return completed.returncode, completed.stdout + completed.stderr


def nbgrader(course, *words):
    """Run nbgrader, which has to succeed."""
    status, output = try_nbgrader(course, *words)
    assert status == 0, output
