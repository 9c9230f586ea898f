"""A teacher's course folder, as nbgrader wants it: settings, and the secret that hidden cases are made of."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from mnist_lab.files import write_whole

SETTINGS = "nbgrader_config.py"
SECRET = "hidden_cases.json"
MARKS = (SETTINGS, SECRET, "gradebook.db", "source")  # whichever of them is there makes a folder a course

NEEDED = """\
# nbgrader calls `alembic` by its name, which otherwise only an activated environment finds.
import os
import sys

os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")

# The stubs of the lessons stand outside the solutions, so nothing takes a solution's place.
c.ClearSolutions.code_stub = {"python": ""}

# What is handed in is put in order before it is graded, then run shut in: with "auto" under bubblewrap where
# there is one, else in a container of c.BoundedExecute.image, else not at all; "none" runs it with your own
# rights. Bytes of memory for a process, bytes of files in a folder, processes and threads:
c.BoundedExecute.confinement = "auto"
c.BoundedExecute.memory = 8_000_000_000
c.BoundedExecute.disk = 1_000_000_000
c.BoundedExecute.processes = 512

c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "mnist_lab.workshop.classroom.submissions.Mend",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "mnist_lab.workshop.classroom.submissions.BoundedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Seconds for a cell, for a locked cell in which an exercise may train, for the last outputs of a cell, and
# for the start of a kernel. They are ample for two cores. An endless loop needs all of the first.
c.Execute.timeout = 120
c.BoundedExecute.graded_timeout = 300
c.Execute.iopub_timeout = 60
c.Execute.startup_timeout = 300
"""
TEXT = f'''\
"""The settings of this course for nbgrader; `nbgrader --help-all` lists what else there is to set."""

c = get_config()  # noqa: F821 (nbgrader provides it)

c.CourseDirectory.course_id = "mnist_lab"

{NEEDED}'''


@dataclass(frozen=True)
class Course:
    """A course folder; settings says whether its nbgrader_config.py is "absent", "ours" or "other"."""

    folder: Path
    secret: int
    settings: str

    def source(self, name):
        """Where the source of the assignment of this name is."""
        return self.folder / "source" / name / f"{name}.ipynb"


def find_course(folder):
    """Return the Course of a folder that is one, or that is empty or new and can become one.

    Writes nothing. Raises ValueError for any other folder, and for a secret that cannot be read.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file. Name the folder of a course, or a new one.")
    visible = [path for path in folder.glob("*") if not path.name.startswith(".")]
    if visible and not any((folder / mark).exists() for mark in MARKS):
        raise ValueError(
            f"{folder} is no nbgrader course: it has files, but no {SETTINGS}. "
            "Name the folder of a course, or a new or empty one."
        )
    return Course(folder.resolve(), _secret(folder / SECRET), _settings(folder / SETTINGS))


def keep_course(course):
    """Write what a new course lacks: its settings and its secret; leaves alone what is there."""
    course.folder.mkdir(parents=True, exist_ok=True)
    secret = course.folder / SECRET
    if not secret.exists():
        secret.touch(mode=0o600)
        write_whole(secret, json.dumps({"secret": course.secret}) + "\n")
    secret.chmod(0o600)
    if course.settings == "absent":
        write_whole(course.folder / SETTINGS, TEXT)


def secret_of(folder):
    """Return the secret of a course folder; raises ValueError where it cannot be read."""
    path = Path(folder) / SECRET
    if not path.exists():
        raise ValueError(_lost(path))
    return _secret(path)


def _lost(path):
    return (
        f"{path} does not hold the secret of this course, from which its hidden cases are made. "
        "Bring the file back from a copy; or delete it and build all assignments anew with --force."
    )


def _settings(path):
    if not path.exists():
        return "absent"
    text = path.read_text(encoding="utf-8", errors="replace")
    return "ours" if "mnist_lab.workshop.classroom" in text else "other"


def _secret(path):
    """The secret of a course, or a new one where there is none."""
    if not path.exists():
        return secrets.randbits(62)
    try:
        secret = json.loads(path.read_text(encoding="utf-8"))["secret"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        secret = error
    if not isinstance(secret, int):
        raise ValueError(_lost(path))
    return secret
