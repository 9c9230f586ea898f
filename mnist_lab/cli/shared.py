"""What several commands need."""

import shlex
import sys
from contextlib import contextmanager

import click

WORKERS = click.option(
    "--workers", type=click.IntRange(min=1), help="Processes here, each with its share of the cores."
)
SCHEDULER = click.option(
    "--scheduler", metavar="ADDRESS", help="Run on the Dask cluster of this scheduler (extra: scale)."
)


def choose_pool(workers, scheduler, *, default=None):
    """Return the pool that --workers and --scheduler ask for, or the other if neither is given."""
    if workers and scheduler is not None:
        raise click.UsageError(
            "--workers are processes here, --scheduler has its own; leave out one of them."
        )
    if scheduler is not None:
        from mnist_lab.workshop.batch.cluster import DaskCluster

        try:
            return DaskCluster(scheduler)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
    if workers:
        from mnist_lab.workshop.batch.pool import LocalPool

        return LocalPool(workers)
    return default


@contextmanager
def refusals(written):
    """Turn a ValueError of the block into a refusal, and an OSError into what cannot be written."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{written} cannot be written: {error}") from error


def write_any_text():
    """Let a terminal that lacks a character show a question mark in its place."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")


def store_result(name, n, device, digits, figures):
    from mnist_lab.files import write_json
    from mnist_lab.lesson import RESULTS
    from mnist_lab.workshop.batch.run_folders import result_header

    header = result_header(command_line(), n=n, device=device, digits=digits)
    write_json(RESULTS / f"{name}.json", header | figures)


def command_line():
    """Return the command line as it was typed."""
    return shlex.join(["mnist-lab", *sys.argv[1:]])


def device_line(_=None):
    """Return a line on the device; takes and ignores what a pool hands to its functions."""
    from mnist_lab.devices import describe, pick_device

    return describe(pick_device())
