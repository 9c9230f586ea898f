"""The command line, `mnist-lab`; each command imports what it needs only when it is called."""

import shlex
import sys

from mnist_lab import __version__

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mnist-lab")
def main():
    """Convolutional neural networks with PyTorch and MNIST, in notebooks."""


@main.command()
def doctor():
    """Say what is installed, what fits, and the command that mends what does not."""
    from mnist_lab.doctor import report

    text, ok = report()
    click.echo(text)
    sys.exit(0 if ok else 1)


@main.command()
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option(
    "-p",
    "--parameter",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Set a parameter, e.g. -p NUM_EPOCHS 10. Repeatable.",
)
@click.option("--digits", metavar="NAME", help="Which digits: short for -p DIGITS NAME.")
@click.option(
    "--output-dir", type=click.Path(), help="Where the results go.  [default: runs/DATE_TIME]"
)
@click.option(
    "--timeout", type=click.IntRange(min=1), metavar="SECONDS", help="The most for a cell."
)
@click.option(
    "--in-place", is_flag=True, help="Execute the lessons in their own files, for committing."
)
@click.option(
    "--store-seconds", is_flag=True, help="Store each lesson's seconds in mnist_lab/results."
)
@click.option("--folder", type=click.Path(), help="Where the lessons are.  [default: notebooks/]")
def run(lessons, given, digits, output_dir, timeout, in_place, store_seconds, folder):
    """Run lessons, by number or name (3, 03, training); all of them if none is named.

    Leaves each executed notebook, its HTML and an index.html. Exit status 0 only if all passed.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    _check_options(lessons, given, digits, output_dir, in_place, store_seconds)
    if digits is not None:
        given = (*given, ("DIGITS", digits))
    jobs = _jobs(lessons, given, folder)
    runs = _refresh(jobs, timeout) if in_place else _run(jobs, output_dir, timeout)
    if store_seconds:
        _store_seconds(runs, digits or "bundled")
    if any(result.status == "interrupted" for result in runs):
        sys.exit(130)
    sys.exit(0 if all(result.status == "passed" for result in runs) else 1)


def _check_options(lessons, given, digits, output_dir, in_place, store_seconds):
    """Refuse options that contradict each other."""
    if in_place and (given or digits or output_dir):
        raise click.UsageError(
            "--in-place runs the lessons with their default parameters in their own files; "
            "leave out -p, --digits and --output-dir."
        )
    if store_seconds and (lessons or given or in_place):
        raise click.UsageError(
            "--store-seconds is for a run of all lessons as they are; name no lesson and no -p."
        )
    names = [name for name, _ in given] + ["DIGITS"] * (digits is not None)
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise click.UsageError(f"{min(twice)} is given twice; give each parameter once.")


def _jobs(lessons, given, folder):
    from mnist_lab.batch import lessons as shelf

    try:
        return shelf.plan(shelf.choose(lessons, folder=folder or shelf.NOTEBOOKS), dict(given))
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _run(jobs, output_dir, timeout):
    from mnist_lab.batch.files import output_folder
    from mnist_lab.batch.index import text_table
    from mnist_lab.batch.runner import run_all

    try:
        output_dir = output_folder(output_dir)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    try:
        runs = run_all(jobs, output_dir, timeout=timeout, command=_command(), device=_device())
    except OSError as error:
        raise click.ClickException(
            f"The index of {output_dir} cannot be written: {error}"
        ) from error
    click.echo(f"\n{text_table(runs)}\n{output_dir / 'index.html'}")
    return runs


def _refresh(jobs, timeout):
    from mnist_lab.batch.index import text_table
    from mnist_lab.batch.runner import refresh_all

    runs = refresh_all([path for path, _ in jobs], timeout=timeout)
    click.echo(f"\n{text_table(runs)}")
    return runs


def _store_seconds(runs, digits):
    if not all(result.status == "passed" for result in runs):
        click.echo("The seconds were not stored, since not every lesson passed.")
        return
    seconds = {result.name: round(result.seconds, 1) for result in runs}
    _store("lesson_seconds", 1, _device(), digits, {"seconds": seconds})


@main.command()
@click.argument("recipe")
@click.option("--seeds", type=click.IntRange(min=1), default=1, show_default=True, help="Runs.")
@click.option("--digits", default="full", show_default=True, metavar="NAME", help="Which digits.")
@click.option("--device", default="auto", show_default=True, metavar="NAME", help="Where.")
@click.option("--epochs", type=click.IntRange(min=1), help="Instead of the recipe's own number.")
@click.option("--store", metavar="NAME", help="Store the result as mnist_lab/results/NAME.json.")
def train(recipe, seeds, digits, device, epochs, store):
    """Train a recipe once a seed, score the test set once a run, print mean and spread."""
    from mnist_lab import recipes
    from mnist_lab.devices import describe, pick_device

    try:
        chosen, line = recipes.find_recipe(recipe), describe(pick_device(device))
        runs = []
        for seed in range(seeds):
            click.echo(f"seed {seed} of {seeds}, {line}, {digits} digits")
            runs.append(
                recipes.train_recipe(
                    chosen, seed=seed, digits=digits, device=device, num_epochs=epochs
                )
            )
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(recipes.report_runs(runs))
    if store:
        _store(store, seeds, line, digits, recipes.summarise_runs(runs))


@main.command()
@click.argument("name")
@click.option("--seeds", type=click.IntRange(min=2), default=5, show_default=True, help="Runs an arm.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
@click.option("--device", default="auto", show_default=True, metavar="NAME", help="Where.")
def study(name, seeds, workers, device):
    """Run a study, every arm with every seed, and store it as mnist_lab/results/NAME.json."""
    from mnist_lab.devices import pick_device
    from mnist_lab.studies import find_study

    try:
        chosen, device = find_study(name), str(pick_device(device))
        figures = chosen.run(seeds=seeds, workers=workers, device=device)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    _store(name, seeds, device, "bundled", figures)


def _store(name, n, device, digits, figures):
    from mnist_lab.batch.files import result_header, write_json
    from mnist_lab.lesson import RESULTS

    header = result_header(_command(), n=n, device=device, digits=digits)
    write_json(RESULTS / f"{name}.json", header | figures)


def _command():
    """Return the command line as it was typed."""
    return shlex.join(["mnist-lab", *sys.argv[1:]])


def _device():
    from mnist_lab.devices import describe, pick_device

    return describe(pick_device())


if __name__ == "__main__":
    main()
