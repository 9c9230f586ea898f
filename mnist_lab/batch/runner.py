"""Run lessons into a folder of notebooks and pages, or refresh them in place."""

from dataclasses import replace
from pathlib import Path

from mnist_lab.batch.clean import clean_metadata, shrink_pictures
from mnist_lab.batch.execution import LessonRun, execute, sentence
from mnist_lab.batch.index import index_page
from mnist_lab.batch.page import page
from mnist_lab.files import write_whole

import nbformat
from tqdm import tqdm

LARGEST = 500_000  # bytes of a committed lesson


def run_all(jobs, output_dir, *, timeout=None, command="", device=""):
    """Run each (path, parameters) into output_dir and return a LessonRun for each.

    index.html is written anew after every lesson, also when Ctrl-C ends the run early.
    """

    def keep_index(runs):
        text = index_page(runs, command=command, device=device)
        write_whole(Path(output_dir) / "index.html", text)

    def run(path, parameters):
        return run_lesson(path, output_dir, parameters=parameters, timeout=timeout)

    return _each(jobs, run, keep_index)


def refresh_all(paths, *, timeout=None):
    """Execute each lesson anew in its own file, cleaned for committing; return their LessonRuns."""
    return _each([(path, {}) for path in paths], lambda path, _: refresh(path, timeout=timeout))


def _each(jobs, run, keep=lambda runs: None):
    runs = [LessonRun(path.stem) for path, _ in jobs]
    keep(runs)
    with tqdm(total=len(jobs), unit="lesson", disable=None, leave=False) as bar:
        for number, (path, parameters) in enumerate(jobs):
            bar.set_description(path.stem)
            runs[number] = done = _guarded(run, path, parameters)
            keep(runs)
            if bar.disable or done.error:
                tqdm.write(f"{done.name}: {done.status}{done.error and ', '}{done.error}")
            if done.status == "interrupted":
                break
            bar.update()
    return runs


def _guarded(run, path, parameters):
    """Run a lesson; Ctrl-C, or a file that cannot be written, is told in its LessonRun."""
    try:
        return run(path, parameters)
    except KeyboardInterrupt:
        return LessonRun(path.stem, "interrupted", error="ended by Ctrl-C")
    except OSError as error:
        return LessonRun(path.stem, "failed", error=sentence(error))


def run_lesson(path, output_dir, *, parameters=None, timeout=None, name=None):
    """Execute a lesson and write NAME.ipynb and NAME.html into output_dir, failed or not.

    timeout is in seconds for each cell; name is the lesson's own unless given.
    """
    path, output_dir = Path(path).resolve(), Path(output_dir)
    notebook, run = execute(path, parameters=parameters, timeout=timeout)
    run = replace(run, name=name or path.stem)
    if notebook is None:
        return run
    notebook.metadata.papermill.update(input_path=path.name, output_path=f"{run.name}.ipynb")
    write_whole(output_dir / f"{run.name}.ipynb", nbformat.writes(notebook) + "\n")
    try:
        text = page(notebook, folder=path.parent, title=path.stem)
    except Exception as error:  # whatever nbconvert raises must not cost the run its table
        error = run.error or f"no HTML could be made: {sentence(error)}"
        return replace(run, status="failed", error=error, has_notebook=True)
    write_whole(output_dir / f"{run.name}.html", text)
    return replace(run, has_notebook=True, has_page=True)


def refresh(path, *, timeout=None):
    """Execute a lesson with its default parameters and, if it passed, write it back cleaned."""
    path = Path(path).resolve()
    notebook, run = execute(path, timeout=timeout)
    if run.status != "passed":
        return run
    text = nbformat.writes(shrink_pictures(clean_metadata(notebook))) + "\n"
    size = len(text.encode())
    if size > LARGEST:
        error = (
            f"with its outputs it has {size / 1000:,.0f} KB, and a committed lesson has at most "
            f"{LARGEST / 1000:.0f}; draw fewer or smaller pictures. The file was left as it was"
        )
        return replace(run, status="failed", error=error)
    write_whole(path, text)
    return replace(run, has_notebook=True)
