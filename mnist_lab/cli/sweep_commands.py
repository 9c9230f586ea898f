"""The command that runs one lesson over a grid."""

import shlex
import sys

from mnist_lab.cli.group import main
from mnist_lab.cli.shared import (
    SCHEDULER,
    WORKERS,
    check_store,
    choose_pool,
    device_line,
    lessons_here,
    store_result,
)

import click

COUNT = click.IntRange(min=1)


@main.command()
@click.argument("lesson", required=False)
@click.option(
    "--grid",
    "axes",
    multiple=True,
    metavar="NAME=V1,V2,…",
    help="An axis: a parameter and its values. Repeatable.",
)
@click.option("--random", "num_random", type=COUNT, metavar="N", help="N points of the grid, drawn, not all.")
@click.option("--seeds", "num_seeds", type=COUNT, metavar="N", help="Each point with SEED = 0 to N - 1.")
@WORKERS
@SCHEDULER
@click.option("--output-dir", type=click.Path(), help="Where the results go.  [default: runs/DATE_TIME]")
@click.option("--resume", type=click.Path(), metavar="DIR", help="Go on with the sweep of this folder.")
@click.option("--timeout", type=COUNT, metavar="SECONDS", help="The most for a cell.")
@click.option("--figure", metavar="NAME", help="The recorded figure to draw.")
@click.option("--store", metavar="NAME", help="Store the table as mnist_lab/results/NAME.json.")
@click.option(
    "--folder", type=click.Path(), help="Where the lessons are.  [default: your own, or notebooks/]"
)
def sweep(lesson, output_dir, resume, workers, scheduler, timeout, figure, store, folder, **grid):
    """Run a lesson once for each point of a grid of its parameters.

    Leaves each executed notebook, the table as results.csv and results.jsonl, and a picture of it,
    sweep.png. Ended early, it goes on with --resume. Exit status 0 only if all runs passed.
    """
    _check_resume(lesson, resume, output_dir, grid)
    if store is not None:
        check_store(store)
    from mnist_lab.workshop.batch.pool import LocalPool
    from mnist_lab.workshop.batch.run_folders import output_folder

    options = {"workers": workers, "scheduler": scheduler, "timeout": timeout}
    options |= {"figure": figure, "store": store}
    try:
        plan = _plan(lesson, resume, folder, grid)
        pool = choose_pool(workers, scheduler, default=LocalPool())
        output_dir = output_folder(resume or output_dir, lessons=[plan.path])
        resume_command = _resume_command(output_dir, options)
        rows = _run(plan, resume, output_dir, pool, timeout, figure, resume_command)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if any(row["status"] != "passed" for row in rows):
        click.echo(f"Run those that failed once more: {resume_command}")
        sys.exit(1)
    if store:
        _store(store, plan, rows, pool)


def _check_resume(lesson, resume, output_dir, grid):
    """Refuse a sweep without a lesson, and a resumed one with a plan of its own."""
    if not resume and not lesson:
        raise click.UsageError("Name the lesson, such as mnist-lab sweep 03 --grid LEARNING_RATE=0.001,0.01.")
    if resume and (output_dir or any(grid.values())):
        raise click.UsageError(
            "--resume goes on with the plan of its folder; leave out --grid, --random, --seeds "
            "and --output-dir."
        )


def _plan(lesson, resume, folder, grid):
    from mnist_lab.workshop.batch.grid import make_plan, read_plan

    if resume:
        return read_plan(resume, lesson=lesson, folder=folder)
    return make_plan(lesson, folder=folder or lessons_here(say=True), **grid)


def _run(plan, resume, output_dir, pool, timeout, figure, resume_command):
    """Run the sweep in its folder and show what it left; return the rows."""
    from mnist_lab.workshop.batch.grid import write_plan
    from mnist_lab.workshop.batch.run_folders import only_here
    from mnist_lab.workshop.batch.sweep import run_sweep

    try:
        with only_here(output_dir):
            if not resume:
                write_plan(plan, output_dir)
            rows = run_sweep(plan, output_dir, pool, timeout=timeout)
            _show(plan, output_dir, rows, figure)
            return rows
    except KeyboardInterrupt:
        click.echo(f"Ended by Ctrl-C; what had finished is kept. Go on with: {resume_command}")
        sys.exit(130)
    except OSError as error:
        raise click.ClickException(_lost(output_dir, error, resume_command)) from error


def _lost(output_dir, error, resume_command):
    if not output_dir.is_dir():
        return f"The output folder {output_dir} has vanished, and the results with it; start the sweep again."
    has_plan = (output_dir / "plan.json").is_file()
    then = f"go on with: {resume_command}" if has_plan else "start the sweep again."
    return (
        f"The results in {output_dir} cannot be written: {error.strerror or error}. What is there is whole; "
        f"make room, then {then}"
    )


def _resume_command(output_dir, options):
    """Return the command that goes on with the sweep, with the options that its folder does not hold."""
    words = ["mnist-lab", "sweep", "--resume", str(output_dir)]
    for name, value in options.items():
        words += [f"--{name}", str(value)] if value else []
    return shlex.join(words)


def _show(plan, output_dir, rows, figure):
    from mnist_lab.workshop.batch.sweep import write_picture

    passed = sum(row["status"] == "passed" for row in rows)
    click.echo(f"\n{passed} of {len(rows)} runs passed")
    click.echo(output_dir / "results.csv")
    if path := write_picture(plan, output_dir, rows, figure=figure):
        click.echo(path)


def _store(name, plan, rows, pool):
    from mnist_lab.workshop.batch.lessons import defaults

    ((_, device),) = pool.run(device_line, [None])  # with a worker's share of the threads

    digits = plan.grid.get("DIGITS", [defaults(plan.path).get("DIGITS", "none")])
    table = {"lesson": plan.lesson, "grid": plan.grid, "rows": rows}
    store_result(name, plan.num_seeds or 1, device, ", ".join(digits), table)
