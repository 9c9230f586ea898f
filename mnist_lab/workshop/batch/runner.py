"""Run lessons into a folder of notebooks and pages, or refresh them in place."""

import contextlib
from dataclasses import replace
from pathlib import Path

from mnist_lab.files import check_writable, write_whole
from mnist_lab.workshop.batch.clean import clean_metadata, shrink_pictures
from mnist_lab.workshop.batch.execution import LessonRun, execute, sentence
from mnist_lab.workshop.batch.index import index_page
from mnist_lab.workshop.batch.jobs import Job, keep, perform, source_of
from mnist_lab.workshop.batch.slideshow import mark_slides

import nbformat
from tqdm import tqdm

LARGEST = 500_000  # bytes of a committed lesson


def run_all(jobs, output_dir, *, timeout=None, command="", device="", pool=None):
    """Run each (path, parameters) into output_dir and return a LessonRun for each.

    One after another in this process, or in a pool such as pool.LocalPool. index.html is written anew
    after every lesson, also when Ctrl-C ends the run early.
    """

    def keep_index(runs):
        text = index_page(runs, command=command, device=device)
        write_whole(Path(output_dir) / "index.html", text)

    def run(path, parameters):
        return run_lesson(path, output_dir, parameters=parameters, timeout=timeout)

    def together(bar):
        made = [_job(path, parameters, timeout) for path, parameters in jobs]
        with contextlib.closing(pool.run(perform, made)) as ended:
            for job, result in ended:
                yield made.index(job), keep(job, result, output_dir)

    return _collect(jobs, _one_by_one(jobs, run) if pool is None else together, keep_index)


def refresh_all(paths, *, timeout=None):
    """Execute each lesson anew in its own file, cleaned for committing; return their LessonRuns."""
    jobs = [(path, {}) for path in paths]
    return _collect(jobs, _one_by_one(jobs, lambda path, _: refresh(path, timeout=timeout)))


def _collect(jobs, ended, keep=lambda runs: None):
    """Show and keep the (number, LessonRun) of ended(bar) as they come."""
    runs = [LessonRun(path.stem) for path, _ in jobs]
    keep(runs)
    with tqdm(total=len(jobs), unit="lesson", disable=None, leave=False) as bar:
        try:
            for number, run in ended(bar):
                runs[number] = run
                keep(runs)
                if bar.disable or run.error:
                    tqdm.write(f"{run.name}: {run.status}{run.error and ', '}{run.error}")
                bar.update()
        except KeyboardInterrupt:
            left = [number for number, run in enumerate(runs) if run.status == "not run"]
            for number in left[:1]:
                runs[number] = replace(runs[number], status="interrupted", error="ended by Ctrl-C")
            keep(runs)
    return runs


def _one_by_one(jobs, run):
    def ended(bar):
        for number, (path, parameters) in enumerate(jobs):
            bar.set_description(path.stem)
            try:
                yield number, run(path, parameters)
            except OSError as error:  # a file that cannot be written
                yield number, LessonRun(path.stem, "failed", error=sentence(error))

    return ended


def run_lesson(path, output_dir, *, parameters=None, timeout=None):
    """Execute a lesson and write NAME.ipynb and NAME.html into output_dir, failed or not.

    timeout is in seconds for each cell.
    """
    job = _job(Path(path).resolve(), parameters or {}, timeout)
    return keep(job, perform(job), output_dir)


def _job(path, parameters, timeout):
    source, folder = source_of(path), str(path.parent)
    return Job(path.stem, path.stem, source, folder, parameters, timeout, with_page=True)


def refresh(path, *, timeout=None):
    """Execute a lesson with its default parameters and, if it passed, write it back cleaned."""
    path = Path(path).resolve()
    check_writable(path)
    notebook, run = execute(path, timeout=timeout)
    if run.status != "passed":
        return run
    text = nbformat.writes(mark_slides(shrink_pictures(clean_metadata(notebook)))) + "\n"
    size = len(text.encode())
    if size > LARGEST:
        error = (
            f"with its outputs it has {size / 1000:,.0f} KB, and a committed lesson has at most "
            f"{LARGEST / 1000:.0f}; draw fewer or smaller pictures. The file was left as it was"
        )
        return replace(run, status="failed", error=error)
    write_whole(path, text)
    return replace(run, has_notebook=True)
