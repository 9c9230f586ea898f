"""Commands that train networks outside the lessons."""

import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from mnist_lab.cli.group import main
from mnist_lab.cli.shared import check_device, check_store, command_line, own_folder, refusals, store_result

import click


@main.command()
@click.argument("recipe")
@click.option("--seeds", type=click.IntRange(min=1), default=1, show_default=True, help="Runs.")
@click.option("--digits", metavar="NAME", help="Which digits.  [default: the recipe's own]")
@click.option("--device", default="auto", show_default=True, metavar="NAME", help="Where.")
@click.option(
    "--epochs",
    type=click.FloatRange(min=0, min_open=True, max=100_000),
    help="Instead of the recipe's own number.",
)
@click.option("--tune", is_flag=True, help="Score the validation digits and leave the test set alone.")
@click.option("--output-dir", type=click.Path(), help="Where the runs go.  [default: runs/train-…]")
@click.option("--store", metavar="NAME", help="Store the result as mnist_lab/results/NAME.json.")
def train(recipe, seeds, digits, device, epochs, tune, output_dir, store):
    """Train a recipe once a seed, score the test set once a run, print mean and spread.

    Each finished run is written as RECIPE-seedN.json. Runs that are done are kept and not run again, so
    a call that was stopped goes on where it was. Two processes share each batch with
    torchrun --standalone --nproc-per-node 2 -m mnist_lab.cli train RECIPE
    """
    if store is not None:
        check_store(store)
    from mnist_lab.recipes import find_recipe, summary
    from mnist_lab.recipes.parallel import join_processes
    from mnist_lab.workshop.batch.run_folders import output_folder

    try:
        chosen = _chosen(find_recipe(recipe), digits, epochs)
        check_device(device)
        folder = output_folder(output_dir or _own_place(recipe, digits, epochs, tune))
        with join_processes(device) as number, nullcontext() if number else own_folder(folder):
            runs = _train_seeds(recipe, chosen, seeds, device, tune, folder)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if not runs:
        sys.exit(130)
    if number == 0:
        click.echo(f"{summary.report_runs(runs)}\n{folder}")
    if store and number == 0 and len(runs) == seeds:
        store_result(store, seeds, runs[0]["device"], chosen.digits, summary.summarise_runs(runs))
    sys.exit(0 if len(runs) == seeds else 130)


def _own_place(recipe, digits, epochs, tune):
    """Return the folder for a recipe's runs; with other settings it is another."""
    settings = [digits and Path(digits).name.lower(), epochs and f"{epochs:g}-epochs", tune and "tune"]
    return "-".join(["runs/train", recipe, *filter(None, settings)])


def _chosen(recipe, digits, epochs):
    """Return the recipe with the digits and the length that were asked for."""
    from mnist_lab.data._files import known_name

    if digits:
        recipe = replace(recipe, digits=known_name(digits))
    return replace(recipe, epochs=epochs, steps=None) if epochs else recipe


def _train_seeds(name, recipe, seeds, device, tune, folder):
    """Return the runs of seeds 0, 1, …, each kept as soon as it is done; Ctrl-C ends them early."""
    from mnist_lab.devices import describe, pick_device
    from mnist_lab.recipes.parallel import num_processes
    from mnist_lab.recipes.run_store import read_or_train
    from mnist_lab.recipes.summary import scored_name, seconds_text

    several = f", {num_processes()} processes" if num_processes() > 1 else ""
    click.echo(f"{name}: {recipe.about}\n{describe(pick_device(device))}, {recipe.digits} digits{several}")
    runs = []
    try:
        for seed in range(seeds):
            options = {"device": device, "tune": tune, "say": click.echo}
            run, was_kept = read_or_train(folder, name, recipe, seed, **options)
            runs.append(run)
            scored = scored_name(run)
            text = f"{scored.replace('_', ' ')} {run[scored]:.2%}, {seconds_text(run['seconds'])} s"
            kept = f"; read from the run of {run['date']}, not trained again" if was_kept else ""
            click.echo(f"seed {seed} of {seeds}: {text}{kept}")
    except KeyboardInterrupt:
        done = f"{len(runs)} of {seeds} runs are in {folder}"
        click.echo(f"\nStopped; {done}, and the same command goes on from there.")
    if runs and runs[0]["precision"] != recipe.precision:
        click.echo(f"{runs[0]['hardware']} has no bfloat16 arithmetic, so this was float32.")
    return runs


@main.command()
@click.argument("recipes", nargs=-1, metavar="[RECIPE]...")
@click.option("--quick", is_flag=True, help="Measure three fast ones; the others are the stored ones.")
@click.option("--ladder", is_flag=True, help="Measure the steps from seed to speedrun99 instead.")
@click.option("--seeds", type=click.IntRange(min=1), help="Runs of each.  [default: 3 to 10]")
@click.option("--device", default="auto", show_default=True, metavar="NAME", help="Where.")
@click.option(
    "--output-dir", type=click.Path(), default="runs/benchmark", show_default=True, help="Where the runs go."
)
@click.option("--store", is_flag=True, help="Store the result in mnist_lab/results.")
def benchmark(recipes, quick, ladder, seeds, device, output_dir, store):
    """Train all recipes, round by round, and compare speed and accuracy.

    Leaves benchmark.json and benchmark.png in this folder (with --ladder: ladder.json and ladder.png).
    Runs that are done are kept and not run again, so a call that was stopped goes on where it was.
    """
    from mnist_lab.recipes.parallel import are_several
    from mnist_lab.workshop.batch.run_folders import output_folder

    if are_several():
        raise click.UsageError("The benchmark is for one process; start it without torchrun and WORLD_SIZE.")
    if ladder and (recipes or quick):
        raise click.UsageError("--ladder is a benchmark of its own; leave out --quick and the names.")
    if quick and (recipes or store):
        raise click.UsageError(
            "--quick chooses its recipes and mixes in stored ones; leave out the names and --store."
        )
    if store and recipes:
        raise click.UsageError("--store is for the benchmark of all recipes; name none.")
    name = "ladder" if ladder else "benchmark"
    _check_places(name, store)
    try:
        folder = output_folder(output_dir)
        with own_folder(folder):
            rows = _measure(recipes, quick, ladder, seeds, device, folder)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo(f"\nStopped. What is done is kept in {output_dir}; the same command goes on from there.")
        sys.exit(130)
    _show(name, rows, store)


def _check_places(name, store):
    """Refuse before the work what could not be written after it."""
    from mnist_lab.files import check_writable

    with refusals(f"{name}.json and {name}.png"):
        check_writable(f"{name}.json")
        check_writable(f"{name}.png")
    if store:
        check_store(name)


def _measure(names, quick, ladder, seeds, device, folder):
    """Return {recipe: row of the benchmark}; where full MNIST is missing, nothing begins."""
    from mnist_lab.data import load_digits
    from mnist_lab.recipes import benchmark
    from mnist_lab.recipes.summary import make_row

    check_device(device)
    counts = benchmark.choose_counts(names, seeds=seeds, quick=quick, ladder=ladder)
    for digits in {benchmark.recipe_or_rung(name).digits for name in counts}:
        load_digits(digits)
    runs = benchmark.run_rounds(counts, folder=folder, device=device)
    rows = {name: make_row(finished) for name, finished in runs.items()}
    if quick:
        rest = [name for name in benchmark.NUM_SEEDS if name not in rows]
        rows |= benchmark.take_stored(rest, _stored_benchmark(), say=click.echo)
    return rows


def _stored_benchmark():
    from mnist_lab.lesson import recorded

    try:
        return recorded("benchmark")
    except ValueError:
        return {}


def _show(name, rows, store):
    """Print the table, and write NAME.json and NAME.png."""
    from mnist_lab.files import write_json
    from mnist_lab.plots.recipes import speed_and_error
    from mnist_lab.recipes.summary import table_text
    from mnist_lab.workshop.batch.run_folders import result_header

    figures = {"recipes": rows}
    now = [row for row in rows.values() if not row["stored"]]
    about = {"n": sum(row["n"] for row in now), "device": now[0]["device"], "digits": "full"}
    click.echo(f"\n{table_text(rows)}\n")
    try:
        write_json(f"{name}.json", result_header(command_line(), **about) | figures)
        speed_and_error(rows).savefig(f"{name}.png", dpi=150)
    except OSError as error:
        raise click.ClickException(
            f"{name}.json and {name}.png cannot be written here ({error}); "
            "call this again in a folder where you may write, with --output-dir naming the same runs."
        ) from error
    click.echo(f"{name}.json and {name}.png are in this folder.")
    if store:
        store_result(name, about["n"], about["device"], about["digits"], figures)


@main.command()
@click.argument("name")
@click.option("--seeds", type=click.IntRange(min=2), default=5, show_default=True, help="Runs an arm.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
@click.option("--device", default="auto", show_default=True, metavar="NAME", help="Where.")
def study(name, seeds, workers, device):
    """Run a study, every arm with every seed, and store it as mnist_lab/results/NAME.json.

    Finished runs are kept until the end, so a call that was stopped goes on where it was.
    """
    from mnist_lab.workshop.batch.worker import JobError
    from mnist_lab.workshop.studies import find_study

    folder = Path("runs") / f"study-{name}"
    try:
        chosen, device = find_study(name), str(check_device(device))
        check_store(name)
        with refusals(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with own_folder(folder):
            figures = chosen.run(seeds=seeds, workers=workers, device=device)
    except (ValueError, JobError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo(f"\nStopped. What is done is kept in {folder}; the same command goes on from there.")
        sys.exit(130)
    store_result(name, seeds, device, "bundled", figures)
