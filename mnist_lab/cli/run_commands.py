"""Commands that run lessons."""

import sys
import time

from mnist_lab.cli.group import main
from mnist_lab.cli.shared import (
    SCHEDULER,
    WORKERS,
    check_store,
    choose_pool,
    command_line,
    device_line,
    lessons_here,
    own_folder,
    store_result,
)

import click


class TakesPairs(click.Command):
    """A command whose -p takes NAME=VALUE as well as NAME VALUE."""

    def parse_args(self, ctx, args):
        words = []
        for before, word in zip(["", *args], args, strict=False):
            words += word.split("=", 1) if before in ("-p", "--parameter") else [word]
        return super().parse_args(ctx, words)


@main.command(cls=TakesPairs)
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option(
    "-p",
    "--parameter",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Set a parameter: -p NUM_EPOCHS 10 or -p NUM_EPOCHS=10. Repeatable.",
)
@click.option("--digits", metavar="NAME", help="Which digits: short for -p DIGITS NAME.")
@click.option("--output-dir", type=click.Path(), help="Where the results go.  [default: runs/DATE_TIME]")
@click.option("--timeout", type=click.IntRange(min=1), metavar="SECONDS", help="The most for a cell.")
@click.option("--in-place", is_flag=True, help="Execute the lessons in their own files, for committing.")
@click.option("--store-seconds", is_flag=True, help="Store each lesson's seconds in mnist_lab/results.")
@click.option(
    "--folder", type=click.Path(), help="Where the lessons are.  [default: your own, or notebooks/]"
)
@WORKERS
@SCHEDULER
def run(lessons, given, digits, output_dir, timeout, in_place, store_seconds, folder, workers, scheduler):
    """Run lessons, by number or name (3, 03, training); all of them if none is named.

    As many at a time as there are cores, the long ones first; with --workers 1 one after another, each
    on all cores. Leaves each executed notebook, its HTML and an index.html. Exit status 0 only if all passed.
    """
    apart = bool(workers) or scheduler is not None
    _check_options(lessons, given, digits, output_dir, in_place, store_seconds, apart)
    if digits is not None:
        given = (*given, ("DIGITS", digits))
    jobs = _jobs(lessons, given, folder)
    if store_seconds:
        check_store("lesson_seconds")
    if in_place:
        runs = _refresh(jobs, timeout)
    else:
        workers = 1 if store_seconds else workers
        runs = _run(jobs, output_dir, timeout, _pool(len(jobs), workers, scheduler))
    if store_seconds:
        _store_seconds(runs, digits or "bundled")
    if any(result.status == "interrupted" for result in runs):
        sys.exit(130)
    sys.exit(0 if all(result.status == "passed" for result in runs) else 1)


def _check_options(lessons, given, digits, output_dir, in_place, store_seconds, apart):
    """Refuse options that contradict each other."""
    if in_place and (given or digits or output_dir):
        raise click.UsageError(
            "--in-place runs the lessons with their default parameters in their own files; "
            "leave out -p, --digits and --output-dir."
        )
    if in_place and apart:
        raise click.UsageError(
            "--in-place runs one lesson after another; leave out --workers and --scheduler."
        )
    if store_seconds and (lessons or given or in_place or apart):
        raise click.UsageError(
            "--store-seconds is for a run of all lessons as they are, one after another; name no "
            "lesson, no -p, no --workers and no --scheduler."
        )
    names = [name for name, _ in given] + ["DIGITS"] * (digits is not None)
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise click.UsageError(f"{min(twice)} is given twice; give each parameter once.")


def _jobs(lessons, given, folder):
    from mnist_lab.workshop.batch.lessons import NOTEBOOKS, choose, plan

    try:
        return plan(choose(lessons, folder=folder or lessons_here(say=True) or NOTEBOOKS), dict(given))
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _pool(num_jobs, workers, scheduler):
    """Return the pool that is asked for, by default of a worker for each core; None for a single worker."""
    from mnist_lab.workshop.batch.pool import most_at_once

    if scheduler is None:
        workers = workers or most_at_once(num_jobs)
    return choose_pool(workers, scheduler) if scheduler is not None or workers > 1 else None


def _run(jobs, output_dir, timeout, pool):
    from mnist_lab.workshop.batch.index import text_table
    from mnist_lab.workshop.batch.run_folders import output_folder
    from mnist_lab.workshop.batch.runner import run_all

    try:
        output_dir = output_folder(output_dir, lessons=[path for path, _ in jobs])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with own_folder(output_dir):
        at_once = getattr(pool, "workers", 1)
        device = device_line() + (at_once > 1) * f", shared by {at_once} lessons at a time"
        options = {"timeout": timeout, "command": command_line(), "device": device}
        began = time.perf_counter()
        runs = run_all(jobs, output_dir, pool=pool, **options)
        seconds = time.perf_counter() - began
    click.echo(f"\n{text_table(runs, seconds)}\n{output_dir / 'index.html'}")
    return runs


def _refresh(jobs, timeout):
    from mnist_lab.workshop.batch.index import text_table
    from mnist_lab.workshop.batch.runner import refresh_all

    runs = refresh_all([path for path, _ in jobs], timeout=timeout)
    click.echo(f"\n{text_table(runs)}")
    return runs


def _store_seconds(runs, digits):
    if not all(result.status == "passed" for result in runs):
        click.echo("The seconds were not stored, since not every lesson passed.")
        return
    seconds = {result.name: round(result.seconds, 1) for result in runs}
    store_result("lesson_seconds", 1, device_line(), digits, {"seconds": seconds})
