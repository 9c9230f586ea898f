"""What a sweep runs: a lesson, the levels of its parameters, and which of their combinations."""

import hashlib
import json
import math
import random
import re
import shlex
import sys
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

from mnist_lab.files import regular_file, write_json
from mnist_lab.workshop.batch import lessons

import nbformat

COMMA = re.compile(r",(?![^\[({]*[\])}])")  # not within brackets
PLAN = "plan.json"
MOST_RUNS = 100_000


@dataclass(frozen=True)
class Plan:
    """A sweep of a lesson; digest is that of its cells, grid is {parameter: levels}.

    num_random points of the grid are drawn, always the same ones, or all are taken if it is None.
    Each is run with SEED = 0, 1, … num_seeds - 1, or with the lesson's own if it is None.
    made_with is what the numbers come from beside the lesson: the code of mnist_lab and torch.
    """

    lesson: str
    folder: str
    digest: str
    grid: dict
    num_random: int | None = None
    num_seeds: int | None = None
    made_with: dict = field(default_factory=dict)

    @property
    def path(self):
        return Path(self.folder) / f"{self.lesson}.ipynb"

    def points(self):
        """Return {name of the run: its parameters}, in the order of the grid."""
        size = math.prod(map(len, self.grid.values()))
        numbers = drawn(self.num_random, size) if self.num_random else range(size)
        points = [self._point(number) for number in numbers]
        if self.num_seeds:
            points = [{**point, "SEED": seed} for point in points for seed in range(self.num_seeds)]
        digits = len(str(len(points)))
        return {f"{self.lesson}_{number:0{digits}d}": point for number, point in enumerate(points, 1)}

    def _point(self, number):
        """Return the point of this number, counted from 0 with the last axis fastest."""
        point = {}
        for name, levels in reversed(self.grid.items()):
            number, place = divmod(number, len(levels))
            point = {name: levels[place], **point}
        return point


def drawn(number, size):
    """Return so many of the numbers below size, in order and always the same ones."""
    source = random.Random(0)
    if size <= sys.maxsize:  # what a range can count
        return sorted(source.sample(range(size), number))
    numbers = set()
    while len(numbers) < number:
        numbers.add(source.randrange(size))
    return sorted(numbers)


def make_plan(lesson, axes, *, num_random=None, num_seeds=None, folder=None):
    """Return the Plan of a lesson and texts such as "LEARNING_RATE=0.01,0.1", all of them checked."""
    (path,) = lessons.choose([lesson], folder=folder or lessons.NOTEBOOKS)
    grid = {}
    for axis in axes:
        name, texts = _axis(axis)
        if name in grid:
            raise ValueError(f"{name} has two --grid; give all its values in one, such as --grid {name}=1,2.")
        grid[name] = texts
    return _checked(path, grid, num_random, num_seeds)


def _checked(path, texts, num_random, num_seeds):
    """Return the Plan of {parameter: texts of its levels}; raises ValueError for what cannot run."""
    grid = {name: _levels(name, levels, path) for name, levels in texts.items()}
    if not grid and not num_seeds:
        raise ValueError("The grid is empty; name an axis, such as --grid LEARNING_RATE=0.001,0.01.")
    if num_seeds:
        if "SEED" in grid:
            raise ValueError("SEED is set by --seeds and by --grid; leave out one of them.")
        _levels("SEED", ["0"], path)
    _check_size(math.prod(map(len, grid.values())), num_random, num_seeds)
    plan = Plan(path.stem, str(path.parent), digest(path), grid, num_random, num_seeds, made_with())
    lessons.check(path, plan.points().values())
    return plan


def _check_size(size, num_random, num_seeds):
    if num_random and num_random > size:
        raise ValueError(
            f"--random {num_random} draws from the grid, which has only {size} points; leave it out."
        )
    num_runs = (num_random or size) * (num_seeds or 1)
    if num_runs > MOST_RUNS:
        raise ValueError(
            f"This would be {num_runs:,} runs, and a sweep has at most {MOST_RUNS:,}; draw some points "
            "of the grid with --random, such as --random 100."
        )


def _axis(text):
    name, equals, values = text.partition("=")
    texts = [value.strip() for value in COMMA.split(values)]
    if not equals or not all(texts):
        raise ValueError(
            f"--grid expects NAME=value,value, such as LEARNING_RATE=0.001,0.01, but got {text!r}."
        )
    return name.strip(), texts


def _levels(name, texts, path):
    ((_, first),) = lessons.typed([path], {name: texts[0]})
    default = lessons.defaults(path)[name]
    levels = [first[name], *(lessons.convert(name, text, default) for text in texts[1:])]
    twice = [text for text, level in zip(texts, levels, strict=True) if levels.count(level) > 1]
    if twice:
        raise ValueError(f"--grid {name} has {twice[0]} twice; give each value once.")
    return levels


def made_with():
    from mnist_lab.recipes.run_store import code_digest

    return {"the training code of mnist_lab": code_digest(), "torch": metadata.version("torch")}


def digest(path):
    """Return the SHA-256 of a notebook's cells; what they put out does not count."""
    cells = nbformat.read(path, as_version=4).cells
    return hashlib.sha256(json.dumps([[c.cell_type, c.source] for c in cells]).encode()).hexdigest()


def write_plan(plan, output_dir):
    """Write plan.json, by which the folder remembers its sweep; a folder has only one."""
    path = Path(output_dir) / PLAN
    if path.exists():
        raise ValueError(
            f"{output_dir} holds a sweep already; go on with it (--resume {shlex.quote(str(output_dir))}), "
            "or choose another --output-dir."
        )
    write_json(path, asdict(plan))


def _is_whole(plan):
    """Return whether all is of its kind: texts, lists of levels, and numbers from 1 up or None."""
    numbers = [number for number in (plan.num_random, plan.num_seeds) if number is not None]
    return (
        all(isinstance(text, str) for text in (plan.lesson, plan.folder, plan.digest))
        and isinstance(plan.grid, dict)
        and isinstance(plan.made_with, dict)
        and all(isinstance(levels, list) and levels for levels in plan.grid.values())
        and all(type(number) is int and number >= 1 for number in numbers)
        and bool(plan.grid or plan.num_seeds)
    )


def read_plan(output_dir, *, lesson=None, folder=None):
    """Return the Plan of an earlier sweep's folder, checked as a new one; its lesson is still the same."""
    path = Path(output_dir) / PLAN
    try:
        regular_file(path)
        plan = Plan(**json.loads(path.read_text(encoding="utf-8")))
        if not _is_whole(plan):
            raise ValueError(f"{path} is no plan.")
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ValueError(
            f"{output_dir} holds no sweep to go on with: {PLAN} is missing or cannot be read. "
            "Name the folder that a sweep wrote, or leave out --resume."
        ) from error
    (current,) = lessons.choose([lesson or plan.lesson], folder=folder or plan.folder)
    if current.stem != plan.lesson:
        raise ValueError(
            f"{output_dir} holds a sweep of {plan.lesson}, not of {current.stem}; leave out --resume."
        )
    now = {plan.lesson: digest(current), **made_with()}
    before = {plan.lesson: plan.digest, **plan.made_with}
    if different := [name for name in before if before[name] != now.get(name)]:
        raise ValueError(
            f"{' and '.join(different)} is not what it was when the sweep in {output_dir} began, so old and "
            "new rows could not be compared. Start a new sweep, or bring that back as it was."
        )
    return _as_new(plan, current, output_dir)


def _as_new(plan, path, output_dir):
    """Return the plan as _checked has it, its levels given as texts again."""
    own, texts = lessons.defaults(path), {}
    for name, levels in plan.grid.items():
        texts[name] = [str(level) if isinstance(own.get(name), str) else repr(level) for level in levels]
    try:
        return _checked(path, texts, plan.num_random, plan.num_seeds)
    except ValueError as error:
        text = f"{output_dir} holds no sweep to go on with: its {PLAN} was changed, and cannot work as it is."
        raise ValueError(f"{text} {error}") from error
