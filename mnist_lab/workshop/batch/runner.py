"""Run lessons into a folder of notebooks and pages, or refresh them in place."""

import contextlib
import math
import time
from dataclasses import replace
from pathlib import Path

from mnist_lab.files import check_writable, write_whole
from mnist_lab.lesson import recorded
from mnist_lab.workshop.batch.clean import clean_metadata, shrink_pictures
from mnist_lab.workshop.batch.execution import LessonRun, execute, sentence
from mnist_lab.workshop.batch.index import index_page
from mnist_lab.workshop.batch.jobs import Job, keep, perform, perform_in_worker, source_of
from mnist_lab.workshop.batch.slideshow import mark_slides

import nbformat
from tqdm import tqdm

LARGEST = 500_000  # bytes of a committed lesson


def run_all(jobs, output_dir, *, timeout=None, command="", device="", pool=None):
    """Run each (path, parameters) into output_dir and return a LessonRun for each.

    One after another in this process, or in a pool such as pool.LocalPool, the long ones first. index.html
    is written anew after every lesson, also when Ctrl-C ends the run early.
    """

    began = time.perf_counter()

    def keep_index(runs):
        text = index_page(runs, command=command, device=device, seconds=time.perf_counter() - began)
        write_whole(Path(output_dir) / "index.html", text)

    def run(path, parameters):
        return run_lesson(path, output_dir, parameters=parameters, timeout=timeout)

    if pool is None:
        return _collect(jobs, _one_by_one(jobs, run), keep_index)
    order = long_first(jobs)

    def together(bar):
        made = [_job(*jobs[number], timeout) for number in order]
        with contextlib.closing(pool.run(perform_in_worker, made)) as ended:
            for job, result in ended:
                yield order[made.index(job)], keep(job, result, output_dir)

    return _collect(jobs, together, keep_index, order=order, at_once=getattr(pool, "workers", 1))


def long_first(jobs):
    """Return the numbers of the jobs by their lessons' stored seconds; those without come first."""
    seconds = {}
    with contextlib.suppress(ValueError, KeyError):  # a damaged file costs no more than the order
        seconds = recorded("lesson_seconds")["seconds"]
    return sorted(range(len(jobs)), key=lambda number: -seconds.get(jobs[number][0].stem, math.inf))


def refresh_all(paths, *, timeout=None):
    """Execute each lesson anew in its own file, cleaned for committing; return their LessonRuns."""
    jobs = [(path, {}) for path in paths]
    return _collect(jobs, _one_by_one(jobs, lambda path, _: refresh(path, timeout=timeout)))


def _collect(jobs, ended, keep=lambda runs: None, *, order=None, at_once=1):
    """Show and keep the (number, LessonRun) of ended(bar) as they come; order is that of their starts."""
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
            left = [number for number in order or range(len(runs)) if runs[number].status == "not run"]
            for number in left[:at_once]:
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
