"""What a lesson's seconds go into: `python -m mnist_lab.workshop.batch.lesson_parts [LESSON]... [--alone]`.

Runs lessons one at a time as a worker of `mnist-lab run` does or, with --alone, as `mnist-lab run
--workers 1` does, and prints the seconds of each part. In the cells, a Stopwatch looks a hundred times a
second where the kernel stands:

    imports    a module is being imported (torch's first optimizer imports a thousand)
    checks     the code of exercises, questions and predictions
    figures    the code of mnist_lab.plots, mnist_lab.widgets and matplotlib, a live curve's too
    training   a function whose name begins with fit, train or evaluate, or that calls backward()
    waiting    for other processes, such as those that train in lesson 12
    other      all else in the cells

The innermost call of such a kind counts, a curve drawn during training as figures, but an import is one
wherever it stands. Around the cells, `kernel` is its start and end, and `saving` the page and the
notebook. The floor is training and waiting; the last column is how many times the floor a lesson takes.
Without LESSON all lessons run, and the table is stored as results/lesson_parts.json. Needs a machine with
nothing else to do.
"""

import argparse
import tempfile
import time

from mnist_lab.files import write_json
from mnist_lab.lesson import RECORD_TYPE
from mnist_lab.workshop.batch.jobs import Job, keep, perform, perform_in_worker, source_of
from mnist_lab.workshop.batch.lessons import choose
from mnist_lab.workshop.batch.run_folders import PACKAGE, result_header
from mnist_lab.workshop.batch.stopwatch import KINDS

import nbformat
from nbformat import v4

MODULE = "mnist_lab.workshop.batch.lesson_parts"
PARTS = ("kernel", *KINDS, "saving")
FLOOR = ("training", "waiting")
READING = "seconds_by_kind"
BEGIN = "from mnist_lab.workshop.batch.stopwatch import Stopwatch as _Stopwatch; _stopwatch = _Stopwatch()"
END = f"display({{{RECORD_TYPE!r}: {{{READING!r}: _stopwatch.read()}}}}, raw=True)"


def watched(source):
    """Return a notebook, as text, with a cell that starts a stopwatch and one that reads it."""
    notebook = nbformat.reads(source, as_version=4)
    notebook.cells = [v4.new_code_cell(BEGIN), *notebook.cells, v4.new_code_cell(END)]
    return nbformat.writes(notebook)


def parts_of(job, perform):
    """Run the job of a watched lesson; return {part: seconds}, or raise RuntimeError if it did not pass."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run = keep(job, perform(job), folder)
        seconds = time.perf_counter() - began
    if run.status != "passed":
        raise RuntimeError(f"{job.lesson}: {run.error}")
    kinds = run.figures[READING]
    parts = {"kernel": run.seconds - sum(kinds.values()), **kinds, "saving": seconds - run.seconds}
    return {name: parts[name] for name in PARTS}


def floor(parts):
    """Return the seconds that the training alone takes."""
    return sum(parts[name] for name in FLOOR)


def row(name, parts):
    """Return a line of the table: seconds of each part and of all, and how many times the floor that is."""
    total = sum(parts.values())
    numbers = "".join(f"{parts[part]:9.1f}" for part in PARTS)
    return f"{name:<25}{numbers}{total:9.1f}{total / max(floor(parts), 0.001):9.1f}"


def measure(paths, perform):
    """Run each lesson and print its row as it ends; return {lesson: {part: seconds}}."""
    print(f"{'lesson':<25}" + "".join(f"{name:>9}" for name in (*PARTS, "all", "/ floor")))
    table = {}
    for path in paths:
        job = Job(path.stem, path.stem, watched(source_of(path)), str(path.parent), with_page=True)
        table[path.stem] = parts_of(job, perform)
        print(row(path.stem, table[path.stem]), flush=True)
    print(row("all", {part: sum(parts[part] for parts in table.values()) for part in PARTS}))
    return table


def main():
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__.partition(":")[0])
    parser.add_argument("lessons", nargs="*", metavar="LESSON")
    parser.add_argument("--alone", action="store_true", help="as mnist-lab run --workers 1 runs them")
    given = parser.parse_args()
    if not given.alone:  # open the nursery, whose own imports are no lesson's
        perform_in_worker(Job("none", "none", nbformat.writes(v4.new_notebook()), "."))
    table = measure(choose(given.lessons), perform if given.alone else perform_in_worker)
    if given.lessons:
        return
    from mnist_lab.devices import describe, pick_device

    command = f"python -m {MODULE}{given.alone * ' --alone'}"
    header = result_header(command, n=1, device=describe(pick_device()), digits="bundled")
    seconds = {name: {part: round(s, 2) for part, s in parts.items()} for name, parts in table.items()}
    write_json(PACKAGE / "results" / "lesson_parts.json", header | {"seconds": seconds})


if __name__ == "__main__":
    main()
