"""Finished runs as files, a JSON file each, read back only by the same code, torch, recipe and so on."""

import ast
import hashlib
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

from mnist_lab.devices import describe, hardware_name, pick_device
from mnist_lab.files import write_json
from mnist_lab.recipes import parallel
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
SCORED_ON_TEST = ("seconds", "steps", "test_accuracy", "num_test", "seed")  # what the benchmark reads


# Any run


def write_run(path, run):
    """Write a finished run, a dictionary, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, run)


def read_run(path, identity, *, holds, say, kind="finished run"):
    """Return the run of a file if it has all names in holds, and every value of identity, {name: value}.

    Otherwise return None, and say why the file does not count.
    """
    if not path.is_file():
        return None
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        run = None
    if not isinstance(run, dict) or not run.keys() >= set(holds):
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
    """Write a finished run of a recipe and return it as written; of several processes the first writes."""
    run = {"recipe": name, "date": date.today().isoformat(), **run}
    run |= {"code": code_digest(), "fields": fields_of(recipe)}
    if parallel.rank() == 0:
        write_run(run_path(folder, name, run["seed"]), run)
    return run


def find_run(folder, name, recipe, seed, *, device="auto", say):
    """Return the run that a folder holds of a recipe and a seed, scored on the test set, or None."""
    kind, identity = "finished run on the test set", {"seed": seed, **recipe_identity(recipe, device)}
    return read_run(run_path(folder, name, seed), identity, holds=SCORED_ON_TEST, kind=kind, say=say)


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
