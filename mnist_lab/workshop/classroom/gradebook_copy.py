"""A course's gradebook, read from a copy: nbgrader writes into every gradebook that it opens."""

import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from mnist_lab.workshop.classroom.course import MARKS

NO_NBGRADER = 'A gradebook needs nbgrader, which is not installed: pip install -e ".[classroom]".'


def course_folder(folder):
    """Return the path of a course folder; raises ValueError if it is none."""
    if not any((Path(folder) / mark).exists() for mark in MARKS):
        raise ValueError(f"{folder} is no course folder: it has none of {', '.join(MARKS)}.")
    return Path(folder)


@contextmanager
def read_gradebook(folder):
    """Yield the Gradebook of a course folder, or None if it has none; ValueError if it is damaged."""
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
