"""What a learner has done, in a learner's folder from one kernel to the next: in .mnist-lab/progress.json.

The file holds outcomes and no code. No batch run reads or writes it, and nothing sends it anywhere.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from mnist_lab.files import regular_file, write_json

from filelock import FileLock

FILE = Path(".mnist-lab", "progress.json")
FORMAT, VERSION = "mnist_lab_progress", 1
KINDS = ("exercises", "predictions", "questions")
FIELDS = {"right": bool | None, "confidence": int | None, "tries": int, "hints": int, "mistakes": list}
UNSAVED = []  # (kind, id, change, when), in order: what no file has yet
SAID = set()


def progress_file():
    """Return the path of the file, or None outside a learner's folder and where nobody sits in front.

    papermill, nbconvert, nbval and nbgrader run cells that may not ask for input(); a front end lets them.
    """
    from IPython import get_ipython

    shell = get_ipython()
    get_parent = getattr(getattr(shell, "kernel", None), "get_parent", None)
    if get_parent is None or not get_parent().get("content", {}).get("allow_stdin", True):
        return None  # a click on a button is a request without that field
    places = (Path(folder, FILE) for folder in (".", getattr(shell, "starting_dir", ".")))  # 05 leaves it
    return next((place.absolute() for place in places if place.parent.is_dir()), None)


def keep(kind, id, change):
    """Keep what has happened; return a sentence where that is not on disk, else "".

    change takes the entry so far, a dictionary, and returns the fields that are new.
    """
    UNSAVED.append((kind, id, change, datetime.now().astimezone().isoformat(timespec="seconds")))
    return save()


def save():
    """Write what is unsaved; return a sentence, once, on what is in the way or damaged. Raises nothing."""
    path, trouble = progress_file(), ""
    if path is None:
        return trouble
    try:
        with FileLock(path.with_suffix(".lock"), timeout=1, poll_interval=0.01):
            try:
                stored = read_progress(path)
            except ValueError as error:
                stored, aside = {}, f"progress-damaged-{datetime.now():%Y-%m-%d-%H%M%S}.json"
                os.replace(path, path.with_name(aside))
                trouble = f"{error} It is kept as {aside}, and progress begins anew."
            if UNSAVED:
                write_json(path, {FORMAT: VERSION} | with_unsaved(stored))
                UNSAVED.clear()
    except (OSError, NotImplementedError) as error:  # NotImplementedError: a disk without locks
        reason = getattr(error, "strerror", None) or error
        trouble += f" Your progress is not on disk ({reason}) and lasts as long as this kernel."
    trouble = trouble.strip()
    if trouble in SAID:
        return ""
    SAID.add(trouble)
    return trouble


def kept():
    """Return {kind: {id: entry}} of what is known, on disk or not; an unreadable file counts as none."""
    path = progress_file()
    try:
        return with_unsaved({} if path is None else read_progress(path))
    except (OSError, ValueError):
        return with_unsaved({})


def read_progress(path):
    """Return what a file holds, {kind: {id: entry}} and whatever a newer version has added; {} for no file.

    Raises ValueError for a file that is damaged or another's, and OSError for one that cannot be read or is
    of a newer version in which these fields mean something else.
    """
    version = 0
    try:
        regular_file(path)
        stored = json.loads(path.read_text(encoding="utf-8"))
        version = stored[FORMAT]
        entries = [entry for kind in KINDS for entry in stored.get(kind, {}).values()]
        fields = [(FIELDS.get(name, object), value) for entry in entries for name, value in entry.items()]
        sound = version >= 1 and all(isinstance(value, kind) for kind, value in fields)
    except FileNotFoundError:
        return {}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound and isinstance(version, int) and version > VERSION:
        raise OSError("it is of a newer mnist-lab")
    if not sound:
        raise ValueError(f"{path} is damaged, or no file of mnist-lab.")
    return stored


def with_unsaved(stored):
    """Return the same with every kind in it, and with what this kernel has not on disk yet."""
    stored |= {kind: stored.get(kind, {}) for kind in KINDS}
    for kind, id, change, when in UNSAVED:
        entry = stored[kind].get(id, {})
        new = change(entry)
        if any(entry.get(name, ...) != value for name, value in new.items()):
            stored[kind][id] = entry | new | {"when": when}
    return stored
