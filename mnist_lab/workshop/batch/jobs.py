"""A lesson to be run, made to travel to another process or machine, and what comes back."""

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from mnist_lab.files import write_whole
from mnist_lab.workshop.batch.clean import without_outputs
from mnist_lab.workshop.batch.execution import LessonRun, execute, sentence
from mnist_lab.workshop.batch.kernels import open_nursery
from mnist_lab.workshop.batch.page import page
from mnist_lab.workshop.batch.worker import JobError

import nbformat


@dataclass(frozen=True)
class Job:
    """A lesson with its parameters; name is that of the files that come of it.

    source is the notebook, which need not exist where the job runs; nor need its folder.
    """

    name: str
    lesson: str
    source: str
    folder: str
    parameters: dict = field(default_factory=dict)
    timeout: float | None = None
    with_page: bool = False


@dataclass(frozen=True)
class JobResult:
    """How a job went, and what it made: the executed notebook and its page, as text."""

    run: LessonRun
    notebook: str = ""
    page: str = ""


def source_of(path):
    """Return a notebook as text, without its outputs."""
    return nbformat.writes(without_outputs(nbformat.read(path, as_version=4)))


def perform(job):
    """Execute the job's lesson, in the lesson's own folder if that exists here, and return its JobResult."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        path = Path(temporary) / f"{job.lesson}.ipynb"
        path.write_text(job.source, encoding="utf-8")
        folder = job.folder if Path(job.folder).is_dir() else temporary
        notebook, run = execute(path, parameters=job.parameters, timeout=job.timeout, folder=folder)
    run = replace(run, name=job.name)
    if notebook is None:
        return JobResult(run)
    notebook.metadata.papermill.update(input_path=path.name, output_path=f"{run.name}.ipynb")
    result = JobResult(run, nbformat.writes(notebook) + "\n")
    return _with_page(result, notebook, job) if job.with_page else result


def perform_in_worker(job):
    """Return perform(job), in a process that is there for one job after another."""
    open_nursery()
    return perform(job)


def _with_page(result, notebook, job):
    try:
        return replace(result, page=page(notebook, folder=job.folder, title=job.lesson))
    except Exception as error:  # whatever nbconvert raises must not cost the run its table
        error = result.run.error or f"no HTML could be made: {sentence(error)}"
        return replace(result, run=replace(result.run, status="failed", error=error))


def keep(job, result, output_dir):
    """Write what a job made as NAME.ipynb and NAME.html, and return its LessonRun.

    result is a JobResult, or the exception that came in its place.
    """
    if isinstance(result, BaseException):
        error = str(result) if isinstance(result, JobError) else sentence(result)
        return LessonRun(job.name, "failed", error=error)
    try:
        for suffix, text in ((".ipynb", result.notebook), (".html", result.page)):
            if text:
                write_whole(Path(output_dir) / f"{job.name}{suffix}", text)
    except OSError as error:
        return replace(result.run, status="failed", error=f"could not be written: {sentence(error)}")
    return replace(result.run, has_notebook=bool(result.notebook), has_page=bool(result.page))
