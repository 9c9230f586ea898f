"""Lessons with every exercise answered by its reference, executed."""

import tempfile
from pathlib import Path

from mnist_lab.workshop.batch.run_folders import only_here, refuse_overwriting
from mnist_lab.workshop.batch.runner import run_all
from mnist_lab.workshop.classroom.places import answer_code, places, read_lesson

import nbformat


def write_solutions(paths, folder, *, force=False, timeout=None, command="", device=""):
    """Write each lesson solved and executed, NAME.ipynb and NAME.html, into a folder.

    Returns a LessonRun for each, and for each lesson that ran the ids of exercises whose check did not
    take its own reference. Raises ValueError if a file of that name is there already and force is False.
    """
    folder = Path(folder)
    if any(path.parent == folder.resolve() for path in paths):
        raise ValueError(f"{folder} is where the lessons are. Name another folder for the solved ones.")
    existing = [path.stem for path in paths if (folder / path.name).exists()]
    refuse_overwriting(folder, existing, content="the solved lessons", force=force)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        jobs = []
        for path in paths:
            jobs.append((Path(temporary) / path.name, {}))
            nbformat.write(solved(path), jobs[-1][0])
        folder.mkdir(parents=True, exist_ok=True)
        with only_here(folder):
            runs = run_all(jobs, folder, timeout=timeout, command=command, device=device)
    left = {run.name: not_taken(folder / f"{run.name}.ipynb") for run in runs if run.status == "passed"}
    return runs, {name: ids for name, ids in left.items() if ids}


def solved(path):
    """Return a lesson's notebook in which the reference stands in place of each stub."""
    notebook, stubs = read_lesson(path)
    for place in stubs:
        notebook.cells[place.stub].source = answer_code(place)
    return notebook


def not_taken(path):
    """Return the ids of the exercises whose check, in an executed notebook, does not say that it is right."""
    notebook = nbformat.read(path, as_version=4)
    return [
        place.exercise.id
        for place in places(notebook, lesson=int(path.stem[:2]))
        if not any(_says_right(output) for output in notebook.cells[place.check].outputs)
    ]


def _says_right(output):
    return output.get("data", {}).get("text/plain", "").startswith("✓")
