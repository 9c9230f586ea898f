"""Finished runs as files, one a seed, found again only by the same recipe, code, torch and device."""

import ast
import hashlib
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

from mnist_lab.devices import describe, hardware_name, pick_device
from mnist_lab.files import write_whole
from mnist_lab.recipes import parallel
from mnist_lab.recipes.splits import name_of_test_set

PACKAGE = Path(__file__).parents[1]
SOURCES = (  # what the numbers of a run come from
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


def fields_of(recipe):
    """Return what decides a run of a recipe, as JSON gives it back."""
    fields = json.loads(json.dumps(asdict(recipe)))
    del fields["about"]
    return fields


def identity(recipe, device="auto", root=None):
    """Return what has to be equal for a kept run to stand for a new one."""
    device = pick_device(device)
    return {
        "fields": fields_of(recipe),
        "code": code_digest(),
        "device": describe(device),  # with the versions of Python and torch
        "hardware": hardware_name(device),
        "processes": parallel.num_processes(),
        "test_digits": name_of_test_set(recipe.digits, root=root),
    }


def run_path(folder, name, seed):
    return Path(folder) / f"{name}-seed{seed}.json"


def keep_run(folder, name, recipe, run):
    """Write a finished run of a recipe, whole or not at all, and return it as it was written.

    Of several processes the first one writes.
    """
    kept = {"recipe": name, "date": date.today().isoformat(), **run}
    kept |= {"code": code_digest(), "fields": fields_of(recipe)}
    path = run_path(folder, name, run["seed"])
    if parallel.rank() == 0:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    return kept


def kept_run(path, wanted, *, say):
    """Return the run that a file holds if it is the one wanted, else None; say why it is not."""
    if not path.is_file():
        return None
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        different = [name for name, value in wanted.items() if run.get(name) != value]
        whole = {"seconds", "steps", "test_accuracy", "num_test", "seed"} <= run.keys()
    except (ValueError, AttributeError):
        whole = False
    if not whole:
        say(f"{path} is no finished run on the test set; it is run anew.")
        return None
    if different:
        say(f"{path} was made with another {', '.join(different)}; it is run anew.")
    return None if different else run
