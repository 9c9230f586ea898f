"""Finished runs as files, a JSON file each, read back only by the same code, torch, recipe and so on."""

import ast
import hashlib
import json
import math
from dataclasses import asdict
from datetime import date
from pathlib import Path

from mnist_lab.data._files import digest_of_digits
from mnist_lab.devices import describe, hardware_name, pick_device
from mnist_lab.files import check_writable, read_regular, write_json
from mnist_lab.recipes import parallel
from mnist_lab.recipes.running import train_recipe
from mnist_lab.recipes.splits import name_of_test_set

PACKAGE = Path(__file__).parents[1]
SOURCES = (  # what the numbers of a recipe's run come from
    "recipes/layers.py",
    "recipes/parallel.py",
    "recipes/running.py",
    "recipes/schedules.py",
    "recipes/scoring.py",
    "recipes/splits.py",
    "data/__init__.py",
    "data/augment.py",
    "devices.py",
    "models.py",
    "training.py",
)
SCORED = (  # what is read of a run, and beside it its accuracy
    "seconds", "steps", "seed", "recipe", "date", "precision", "parameters", "digits", "train_on",
    "device", "hardware",
)  # fmt: skip


# Any run


def write_run(path, run):
    """Write a finished run, a dictionary, whole or not at all; its folder is there, or it has vanished.

    One that was there, and did not count, stays beside it as NAME.json.before.
    """
    if path.is_file():
        path.replace(path.with_name(f"{path.name}.before"))
    write_json(path, run)


def read_run(path, identity, *, holds, say, kind="finished run", is_whole=lambda run: True):
    """Return the run of a file if it has all names in holds, and every value of identity, {name: value}.

    Otherwise return None, and say why the file does not count; so too where is_whole(run) is False.
    """
    if not path.is_file():
        return None
    content = read_regular(path)
    try:
        run = json.loads(content)
    except (ValueError, RecursionError):
        run = None
    if not isinstance(run, dict) or not run.keys() >= set(holds) or not is_whole(run):
        say(f"{path} is no {kind}; it is run anew.")
        return None
    different = [name for name, value in identity.items() if run.get(name) != value]
    if different:
        say(f"{path} was made with another {', '.join(different)}; it is run anew.")
    return None if different else run


def code_digest(sources=None):
    """Return a digest of the code that a run goes through; docstrings and comments do not matter.

    sources are files and folders of the package, by default those of a recipe's runs.
    """
    paths = [PACKAGE / source for source in sources or SOURCES]
    files = [file for path in paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    trees = (bare(ast.parse(file.read_text(encoding="utf-8"))) for file in files)
    return hashlib.sha256("".join(map(ast.dump, trees)).encode()).hexdigest()[:12]


def bare(tree):
    """Return the tree without its docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            del node.body[0]
    return tree


# The runs of a recipe


def run_path(folder, name, seed):
    return Path(folder) / f"{name}-seed{seed}.json"


def keep_run(folder, name, recipe, run):
    """Write a finished run of a recipe and return it as written; of several processes the first writes.

    The run has the digest of the code that it began with, under "code".
    """
    run = {"recipe": name, "date": date.today().isoformat(), **run, "fields": fields_of(recipe)}
    if parallel.rank() == 0:
        write_run(run_path(folder, name, run["seed"]), run)
    return run


def find_run(folder, name, recipe, seed, *, device="auto", tune=False, say):
    """Return the run that a folder holds of a recipe and a seed, scored on the test set, or None.

    With tune, the one scored on the validation set.
    """
    scored = "validation" if tune else "test"
    identity = {"seed": seed, "data": digest_of_digits(recipe.digits), **recipe_identity(recipe, device)}
    if tune:
        del identity["test_digits"]
    holds, kind = (*SCORED, f"{scored}_accuracy", f"num_{scored}"), f"finished run on the {scored} set"
    options = {"holds": holds, "kind": kind, "is_whole": lambda run: has_numbers(run, scored)}
    return read_run(run_path(folder, name, seed), identity, say=say, **options)


def has_numbers(run, scored):
    """Return whether what a kept run says of itself are numbers that a run can have."""
    accuracy, counts = run[f"{scored}_accuracy"], [run["steps"], run[f"num_{scored}"]]
    if not all(type(number) in (int, float) for number in (run["seconds"], accuracy, *counts)):
        return False
    return 0 <= run["seconds"] < math.inf and 0 <= accuracy <= 1 and min(counts) >= 1


def read_or_train(folder, name, recipe, seed, *, device="auto", tune=False, say):
    """Return find_run, and True; where it finds none, a new run that is kept, and False."""
    options = {"device": device, "tune": tune}
    run = parallel.from_first(lambda: find_run(folder, name, recipe, seed, say=say, **options))
    if run is not None:
        return run, True
    if parallel.rank() == 0:
        check_writable(run_path(folder, name, seed))  # before the work
    code = {"code": code_digest()}  # now: what lies there when it ends may be another
    return keep_run(folder, name, recipe, code | train_recipe(recipe, seed=seed, **options)), False


def recipe_identity(recipe, device="auto"):
    """Return what, beside the seed, has to be equal for a run of a recipe to stand for a new one."""
    device = pick_device(device)
    return {
        "fields": fields_of(recipe),
        "code": code_digest(),
        "device": describe(device),  # with the versions of Python and torch
        "hardware": hardware_name(device),
        "processes": parallel.num_processes(),
        "test_digits": name_of_test_set(recipe.digits),
    }


def fields_of(recipe):
    """Return what decides a run of a recipe, as JSON gives it back."""
    fields = json.loads(json.dumps(asdict(recipe)))
    del fields["about"]
    return fields
