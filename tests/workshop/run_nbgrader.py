"""nbgrader, as a teacher calls it."""

import os
import subprocess
import sys


def try_nbgrader(course, *words):
    """Run nbgrader in the course folder and return its exit status and its output."""
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
