"""What several commands need."""

import json
import re
import shlex
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

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
        raise click.ClickException(f"{written} cannot be written: {error.strerror or error}") from error


@contextmanager
def own_folder(folder):
    """Keep a folder for the block; where it is in use, full or gone, the command ends in a sentence."""
    from mnist_lab.workshop.batch.run_folders import only_here

    try:
        with only_here(folder):
            yield
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        text = f"The results in {folder} cannot be written: {error.strerror or error}"
        if not Path(folder).is_dir():
            text = f"The folder {folder} has vanished, and the results with it; start this again."
        raise click.ClickException(text) from error


def lessons_here(*, say=False):
    """Return the current folder if it holds a learner's own copies of the lessons, else None."""
    if not Path(".mnist-lab").is_dir():
        return None
    if say:
        click.echo("These are your own copies of the lessons, from this folder.", err=True)
    return Path()


def check_device(name):
    """Return the torch.device of that name; raise ValueError for one that is not here or cannot calculate."""
    from mnist_lab.devices import pick_device

    device = pick_device(name)
    if device.type == "meta":
        raise ValueError(
            "The device 'meta' holds shapes without numbers, so nothing can be trained there; "
            "choose another, or auto."
        )
    return device


def check_store(name):
    """Refuse before the work what store_result could not write after it."""
    from mnist_lab.files import check_writable
    from mnist_lab.lesson import RESULTS

    if not re.fullmatch(r"\w[\w.-]*", name):
        raise click.UsageError(
            f"--store expects a name of letters, digits, _ and -, such as my_sweep, but got {name!r}; "
            "the result becomes mnist_lab/results/NAME.json."
        )
    path = RESULTS / f"{name}.json"
    before = ""
    with suppress(OSError, ValueError, TypeError, KeyError):  # there is none, or it is damaged
        before = str(json.loads(path.read_text(encoding="utf-8"))["command"])
    if before and before.split()[1:2] != click.get_current_context().command_path.split()[1:2]:
        raise click.UsageError(f"{name} is what `{before}` has stored; choose another name.")
    with refusals(path):
        check_writable(path)


def store_result(name, n, device, digits, figures):
    """Write mnist_lab/results/NAME.json; where that fails all the same, print it, so that it is not lost."""
    from mnist_lab.files import write_json
    from mnist_lab.lesson import RESULTS
    from mnist_lab.workshop.batch.run_folders import result_header

    path = RESULTS / f"{name}.json"
    result = result_header(command_line(), n=n, device=device, digits=digits) | figures
    try:
        write_json(path, result)
    except OSError as error:
        click.echo(json.dumps(result, ensure_ascii=False))
        text = f"{path} cannot be written: {error.strerror or error}. What is printed is the result."
        raise click.ClickException(text) from error


def command_line():
    """Return the command line as it was typed."""
    return shlex.join(["mnist-lab", *sys.argv[1:]])


def device_line(_=None):
    """Return a line on the device; takes and ignores what a pool hands to its functions."""
    from mnist_lab.devices import describe, pick_device

    return describe(pick_device())
