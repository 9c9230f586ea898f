"""A teacher's course folder, as nbgrader wants it: settings, the secret of hidden cases, the gradebook."""

import json
import secrets
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mnist_lab.files import write_whole

SETTINGS = "nbgrader_config.py"
SECRET = "hidden_cases.json"
NO_NBGRADER = 'Graded assignments need nbgrader, which is not installed: pip install "mnist-lab[classroom]".'
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
# rights. Bytes of memory for all processes, bytes of files in a folder, processes and threads:
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
    """A course folder; settings says whether its nbgrader_config.py is "absent", "ours" or "other".

    lost is True where the secret is new although the settings are ours: there was one before.
    """

    folder: Path
    secret: int
    settings: str
    lost: bool


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
    has_secret = (folder / SECRET).exists()
    secret = secret_of(folder) if has_secret else secrets.randbits(62)
    settings = folder / SETTINGS
    text = settings.read_text(encoding="utf-8", errors="replace") if settings.exists() else ""
    known = "ours" if "mnist_lab.workshop.classroom" in text else "other"
    lost = known == "ours" and not has_secret
    return Course(folder.resolve(), secret, known if settings.exists() else "absent", lost)


def keep_course(course):
    """Write what a new course lacks: its settings and its secret; leaves alone what is there."""
    course.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = course.folder / SECRET
    if not secret.exists():
        secret.touch(mode=0o600)
        write_whole(secret, json.dumps({"secret": course.secret}) + "\n")
    secret.chmod(0o600)
    if course.settings == "absent":
        write_whole(course.folder / SETTINGS, TEXT)


def course_folder(folder):
    """Return the path of a course folder; raises ValueError if it is none."""
    if not any((Path(folder) / mark).exists() for mark in MARKS):
        raise ValueError(f"{folder} is no course folder: it has none of {', '.join(MARKS)}.")
    return Path(folder)


def secret_of(folder):
    """Return the secret of a course folder; raises ValueError where it cannot be read."""
    path = Path(folder) / SECRET
    try:
        secret = json.loads(path.read_text(encoding="utf-8"))["secret"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        secret = error
    if not isinstance(secret, int):
        raise ValueError(
            f"{path} does not hold the secret of this course, from which its hidden cases are made. "
            "Bring the file back from a copy; or delete it and build all assignments anew with --force."
        )
    return secret


@contextmanager
def read_gradebook(folder):
    """Yield the Gradebook of a course folder, or None if it has none; ValueError if it is damaged.

    It is a copy: nbgrader writes into every gradebook that it opens.
    """
    original = folder / "gradebook.db"
    if not original.exists():
        yield None
        return
    try:
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError as error:
        raise ValueError(NO_NBGRADER) from error
    with ExitStack() as stack:
        temporary = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        with _as_damage(original, OSError, ValueError, SQLAlchemyError):
            if original.read_bytes()[:15] != b"SQLite format 3":
                raise ValueError("it does not begin as a database does")
            copy = Path(shutil.copy(original, temporary))
            gradebook = stack.enter_context(Gradebook(f"sqlite:///{copy.as_posix()}"))
        with _as_damage(original, SQLAlchemyError):  # another error of whoever reads is another error
            yield gradebook


@contextmanager
def _as_damage(original, *kinds):
    try:
        yield
    except kinds as error:
        raise ValueError(
            f"{original} is damaged, or is no gradebook ({str(error).splitlines()[0]}). Bring it back from a "
            "copy; or move it away and grade anew: what was handed in is still in the folder submitted."
        ) from error
