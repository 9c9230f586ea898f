"""Execute one lesson with papermill, and say how it went."""

import contextlib
import logging
import os
import re
import tempfile
import time
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path

from mnist_lab.lesson import RECORD_TYPE
from mnist_lab.workshop.batch.clean import clean_outputs
from mnist_lab.workshop.batch.kernels import kernels_here, start_quick_kernels

import nbformat
import papermill
import psutil
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import remove_error_markers
from papermill.iorw import write_ipynb

COLOUR = re.compile(r"\x1b\[[\d;]*m")


@dataclass(frozen=True)
class LessonRun:
    """How a lesson went; error is one line, empty if there was none.

    status is "passed", "failed", "interrupted" or "not run"; cell_id is the cell that failed.
    """

    name: str
    status: str = "not run"
    seconds: float | None = None
    figures: dict = field(default_factory=dict)
    error: str = ""
    cell_id: str = ""
    has_notebook: bool = False
    has_page: bool = False


def execute(path, *, parameters=None, timeout=None, folder=None, dpi=None):
    """Return the executed notebook with clean outputs, and a LessonRun.

    The notebook is None if it could not be read. The kernel runs in the folder, which is the lesson's
    own unless given, as under JupyterLab. Figures have so many dots an inch, by default their own.
    Changes this process's folder meanwhile: two at a time need two processes.
    """
    failure, started = None, time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        copy = Path(temporary) / path.name
        try:
            with _quiet(), _no_kernel_left():
                _papermill(path, copy, parameters, timeout, folder or path.parent, dpi)
        except Exception as error:
            failure = error
        run = LessonRun(path.stem, "passed", time.perf_counter() - started)
        notebook = _read(copy)
    if notebook is None:
        return None, replace(run, status="failed", error=sentence(failure))
    if failure is None and notebook.metadata.papermill.get("exception"):
        failure = RuntimeError("the lesson left Python before its last cell (SystemExit)")
    if failure is not None:
        run = _failed(run, notebook, failure)
    return clean_outputs(notebook), replace(run, figures=figures(notebook))


def figures(notebook):
    """Return all that the lesson recorded with `lesson.record`; the last value counts."""
    recorded = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            recorded |= output.get("data", {}).get(RECORD_TYPE, {})
    return recorded


def sentence(error):
    """Return an error in one line."""
    if isinstance(error, CellTimeoutError):
        limit = re.search(r"after (\d+) seconds", str(error))
        return f"the cell did not end within {limit[1] if limit else 'its'} seconds"
    if isinstance(error, DeadKernelError):
        return "the kernel died; it may have run out of memory"
    kind, text = type(error).__name__, str(error)
    if isinstance(error, PapermillExecutionError):
        kind, text = error.ename, error.evalue
    first = COLOUR.sub("", text).strip().split("\n")[0]
    return f"{kind}: {first[:300]}".rstrip(": ")


class SavedAtTheEnd(NBClientEngine):
    """Papermill's own engine, less its two saves a cell: ours go to a copy, which is read at the end."""

    @classmethod
    def execute_notebook(cls, nb, kernel_name, output_path=None, **options):
        """Execute the notebook in place, and save it once, after an error too."""
        try:
            return super().execute_notebook(nb, kernel_name, **options)
        finally:
            write_ipynb(nb, output_path)


papermill_engines.register(SavedAtTheEnd.__name__, SavedAtTheEnd)


def _papermill(path, copy, parameters, timeout, folder, dpi):
    start_quick_kernels()
    printed = {"bbox_inches": "tight", "dpi": dpi}
    sharper = [f"--InlineBackend.print_figure_kwargs={printed}"] if dpi else []
    papermill.execute_notebook(
        _taken_as_is(path),
        _taken_as_is(copy),
        parameters or {},
        engine_name=SavedAtTheEnd.__name__,
        kernel_name="python3",
        language="python",
        start_timeout=120,
        execution_timeout=timeout,
        cwd=str(folder),
        extra_arguments=["--log-level=CRITICAL", *sharper],  # else the kernel logs to our terminal
        progress_bar={"desc": "cells", "leave": False, "disable": None, "position": 1},
    )


def _taken_as_is(path):
    """Papermill fills in {names} in paths; ours are to be taken as they are."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _read(copy):
    """Return what papermill has written, less its own error messages; None if there is nothing."""
    try:
        return remove_error_markers(nbformat.read(copy, as_version=4))
    except (OSError, ValueError):
        return None


def _failed(run, notebook, failure):
    """Return the run with its error; a cell that was cut off gets the error as an output."""
    text = sentence(failure)
    begun = sum(bool(cell.metadata.papermill.get("start_time")) for cell in notebook.cells)
    index = failure.cell_index if isinstance(failure, PapermillExecutionError) else begun - 1
    if index < 0:
        return replace(run, status="failed", error=text)
    cell = notebook.cells[index]
    if cell.cell_type == "code" and not any(o.output_type == "error" for o in cell.outputs):
        output = {"ename": "Stopped", "evalue": text, "traceback": [text]}
        cell.outputs.append(nbformat.v4.new_output("error", **output))
    number = sum(c.cell_type == "code" and bool(c.source.strip()) for c in notebook.cells[:index])
    error = f"cell [{number + 1}]: {text}"
    return replace(run, status="failed", error=error, cell_id=cell.get("id", ""))


@contextlib.contextmanager
def _quiet():
    """Keep papermill, nbformat and the kernel's debugger from writing to the terminal."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _no_kernel_left():
    """End every kernel that the block started: Ctrl-C can come while one is starting."""
    before = kernels_here()
    try:
        yield
    finally:
        for kernel in kernels_here() - before:
            with contextlib.suppress(psutil.Error):
                kernel.kill()
                kernel.wait(5)
