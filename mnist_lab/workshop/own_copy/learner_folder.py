"""The folder with a learner's own copies of the lessons: how it begins, and how newer versions come in."""

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path

from mnist_lab import __version__
from mnist_lab.files import regular_file, write_json, write_whole
from mnist_lab.workshop.batch.clean import without_outputs
from mnist_lab.workshop.batch.lessons import NOTEBOOKS, lessons
from mnist_lab.workshop.batch.run_folders import only_here, refuse_overwriting
from mnist_lab.workshop.own_copy.merging import marks, merge

import nbformat

MARK = ".mnist-lab"  # a folder that holds this one is a learner's
LEFT = "left as it is"
WORK = {
    "answer": "answers",
    "theirs": "cells that only you changed",
    "both": "cells that we both changed, yours below ours",
    "own": "cells of your own",
    "no place": "cells without a place, at the end",
    "moved on": "exercises to read again",
}
NO_NOTEBOOK = (ValueError, TypeError, LookupError, AttributeError, RecursionError, nbformat.ValidationError)


def start(folder, *, with_outputs=False, source=NOTEBOOKS):
    """Write the lessons that a folder lacks, and return what to say; nothing is overwritten.

    Raises OSError, and ValueError for a file, for the clone itself, and where files have these names that
    no start wrote.
    """
    refuse_overwriting(folder, [], content="your lessons", force=False)
    if folder.resolve() == source.parent.resolve():
        raise ValueError(f"{folder} is the clone itself; `mnist-lab start` alone writes into my-lessons.")
    there = [path.name for path in lessons(source) if os.path.lexists(folder / path.name)]
    if there and not (folder / MARK).is_dir():
        raise ValueError(f"{folder} has a {there[0]} not from `mnist-lab start`; name another folder.")
    brought = _bring_all(folder, source, with_outputs=with_outputs, only_missing=True)
    written = [name for name, what in brought.items() if what == "written"]
    said = [f"Lessons written into {folder}, yours to work in: {len(written)}."] if written else []
    if there:
        said += [f"Your lessons that {folder} has already were left as they are: {len(there)}."]
        said += ["`mnist-lab update` brings newer versions of them and keeps your work."]
    return [*said, f"Open the first with: {_opening(folder / min([*there, *written]))}"]


def _opening(path):
    """Return the command that opens a lesson; jupyter is found only where this environment is active."""
    python, jupyter = Path(sys.executable), shutil.which("jupyter")
    words = [str(python).removeprefix(f"{Path.cwd()}{os.sep}"), "-m", "jupyterlab"]
    if jupyter and Path(jupyter).absolute().parent == python.parent:
        words = ["jupyter", "lab"]
    return (shlex.join if os.name == "posix" else subprocess.list2cmdline)([*words, str(path)])


def update(folder, *, source=NOTEBOOKS):
    """Bring each lesson of a learner's folder up to date, and return what to say on each.

    All that the learner wrote is in the new notebook, and the old file of each that changed beside it.
    Raises OSError, and ValueError where the folder is no learner's or another update is at work.
    """
    if not (folder / MARK).is_dir():
        text = f"{folder} holds no copies of yours. Name the folder that does; `mnist-lab start` makes one."
        raise ValueError(text)
    brought = _bring_all(folder, source)
    said = [f"{name.removesuffix('.ipynb')}: {what}." for name, what in brought.items()]
    if any(not what.startswith(LEFT) for what in brought.values()):
        said += [
            "If one of them is open in JupyterLab: File, Reload Notebook from Disk (or Revert, if it asks)."
        ]
    return said


def _bring_all(folder, source, *, with_outputs=False, only_missing=False):
    """Bring the lessons into a folder, alone there; return {file: what became of it}."""
    mark, paths, brought = folder / MARK, lessons(source), {}
    mark.mkdir(parents=True, exist_ok=True)
    with only_here(mark), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbformat's, on ids that it mends
        kept = _read(mark / "lessons.json") or {"with_outputs": with_outputs, "lessons": {}, "cells": {}}
        for path in paths:
            name, new = path.name, _given(path, path.read_bytes(), kept)
            if what := _bring(folder / name, new, kept, only_missing):
                published = _given(path, _published(path), kept)
                kept["lessons"][name], kept["cells"][name] = _sha256(_bytes(published)), marks(published)
                write_json(mark / "lessons.json", {"version": __version__} | kept)
                brought[name] = what
    return brought


def _published(path):
    """Return a lesson as git has it, for a learner may have worked in the clone; without git, the file."""
    words = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
    with suppress(OSError, subprocess.CalledProcessError):
        return subprocess.run(words, capture_output=True, check=True).stdout
    return path.read_bytes()


def _read(path):
    """Return what lessons.json holds, or None if it is missing or damaged."""
    with suppress(OSError, ValueError, LookupError, TypeError):
        regular_file(path)
        kept = json.loads(path.read_text(encoding="utf-8"))
        texts = {key: dict(kept[key]) for key in ("lessons", "cells")}
        return {"with_outputs": bool(kept["with_outputs"]), **texts}
    return None


def _given(path, data, kept):
    """Return the notebook of a lesson's bytes as it is given out."""
    try:
        notebook = nbformat.reads(data.decode(), as_version=4)
    except NO_NOTEBOOK as error:
        text = f"{path} cannot be read as a lesson; mnist-lab doctor says why, and what mends it."
        raise ValueError(text) from error
    return notebook if kept["with_outputs"] else without_outputs(notebook)


def _bytes(notebook):
    return (nbformat.writes(notebook) + "\n").encode()


def _sha256(data):
    return hashlib.sha256(data).hexdigest()


def _bring(place, new, kept, only_missing):
    """Bring a lesson to its place, and return in words what became of it; "" if that was not asked for."""
    try:
        regular_file(place)
        before = place.read_bytes()
    except FileNotFoundError:
        write_whole(place, _bytes(new))
        return "written"
    if only_missing and before != _bytes(new):
        return ""
    after, what = _renewed(before, new, kept["lessons"].get(place.name), kept["cells"].get(place.name, {}))
    if after == before:
        return what
    if what != "renewed":
        aside = place.with_name(f"old-{place.stem}-{_sha256(before)[:8]}.ipynb")  # taken for no lesson
        while os.path.lexists(aside) and aside.read_bytes() != before:  # the learner has worked in it
            aside = aside.with_stem(f"{aside.stem}-1")
        write_whole(aside, before)
        what += f"; as it was: {aside.name}"
    if place.read_bytes() != before:
        raise ValueError(f"{place} was saved while this ran; nothing is lost, say mnist-lab update again.")
    write_whole(place, after)
    return what


def _renewed(before, new, sha256, cells):
    """Return what a lesson's file is to hold, and in words what that is."""
    given = _bytes(new)
    if before == given:
        return before, f"{LEFT}, the newest"
    if _sha256(before) == sha256:
        return given, "renewed"
    try:
        mine = nbformat.reads(before.decode(), as_version=4)
        merged, found = merge(cells, mine, new)
        if sha256 == _sha256(given) or _bytes(merged) == _bytes(mine):
            return before, f"{LEFT}, with your work: nothing newer has come"
        work = "; ".join(f"{text}: {found[name]}" for name, text in WORK.items() if found[name])
        return _bytes(merged), f"renewed with your work ({work or 'outputs'})"
    except NO_NOTEBOOK as error:
        why = str(error).strip().partition("\n")[0][:80]
        return given, f"no notebook any more ({why}), so it is as given out"
