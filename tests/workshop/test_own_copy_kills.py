"""`mnist-lab start` and `mnist-lab update`, killed at any moment: all is whole, the next one ends it."""

import builtins
import json
import os
import random
import shutil
import signal
import subprocess
import time

from mnist_lab.workshop.own_copy import learner_folder

import nbformat
import pytest
from learner_edits import MINE, Learner, earlier, later, lines_of
from real_commands import MNIST_LAB, nothing_left, on_posix, start, until  # noqa: F401

NAMES = ["03_training.ipynb", "04_devices.ipynb"]
CALLS = [(builtins, "open"), (os, "mkdir"), (os, "replace")]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Wait for no disk: a process that is killed has written, for all others, what it wrote."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def publish(folder, make):
    folder.mkdir(exist_ok=True)
    for name in NAMES:
        nbformat.write(make(), folder / name)


def killed_at(number, work):
    """Do the work in a process that SIGKILL ends before or after a call of CALLS; return whether it did."""
    child = os.fork()
    if child == 0:
        left = [number]
        for module, name in CALLS:
            setattr(module, name, deadly(getattr(module, name), left))
        work()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def deadly(call, left):
    """Return a call that ends the process once, before or after it is made, when left is counted down."""

    def count():
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def made(*arguments, **options):
        count()
        result = call(*arguments, **options)
        count()
        return result

    return made


def each_kill(work, folder, check):
    """Kill the work at every moment in turn, on a fresh copy of the folder each time."""
    fresh = shutil.copytree(folder, folder.with_name("fresh")) if folder.exists() else None
    for number in range(500):
        shutil.rmtree(folder, ignore_errors=True)
        if fresh:
            shutil.copytree(fresh, folder)
        was_killed = killed_at(number, work)
        check()
        if not was_killed:
            return number
    raise AssertionError("it never ended")


@on_posix
def test_a_start_that_is_killed_leaves_whole_lessons_and_the_next_one_ends_it(tmp_path):
    notebooks, mine = tmp_path / "notebooks", tmp_path / "mine"
    publish(notebooks, earlier)

    def begin():
        learner_folder.start(mine, source=notebooks)

    def check():
        for path in mine.glob("*.ipynb"):
            assert nbformat.read(path, 4).cells == earlier().cells
        begin()
        assert sorted(path.name for path in mine.glob("*")) == [".mnist-lab", *NAMES]
        kept = json.loads((mine / ".mnist-lab" / "lessons.json").read_text())
        assert sorted(kept["lessons"]) == NAMES

    assert each_kill(begin, mine, check) > 9


@on_posix
@pytest.mark.parametrize("seed", range(2))
def test_an_update_that_is_killed_loses_nothing_and_the_next_one_ends_it(tmp_path, seed):
    notebooks, mine = tmp_path / "notebooks", tmp_path / "mine"
    publish(notebooks, earlier)
    learner_folder.start(mine, source=notebooks)
    learners = {name: Learner(100 * seed + place) for place, name in enumerate(NAMES[: 1 + seed % 2])}
    for name, learner in learners.items():
        learner.edit(9)
        (mine / name).write_text(learner.text(), newline="")
    written = {
        name: {line for line in lines_of(learner.notebook) if MINE.search(line)}
        for name, learner in learners.items()
    }
    before = {name: (mine / name).read_bytes() for name in NAMES}
    publish(notebooks, later)
    learner_folder.update(shutil.copytree(mine, tmp_path / "ended"), source=notebooks)
    ended = {name: lines_of(nbformat.read(tmp_path / "ended" / name, 4)) for name in NAMES}

    def update():
        learner_folder.update(mine, source=notebooks)

    def check():
        for name in NAMES:
            now = (mine / name).read_bytes()
            if now != before[name]:
                assert lines_of(nbformat.reads(now.decode(), 4)) == ended[name]
                kept = {path.read_bytes() for path in mine.glob(f"old-{name[:2]}*")}
                assert name not in written or before[name] in kept
        update()
        for name in NAMES:
            now = lines_of(nbformat.read(mine / name, 4))
            assert now == ended[name] and written.get(name, set()) <= now
        kept = [path.read_bytes() for path in mine.glob("old-*")]
        assert len(kept) == len(set(kept)) and set(kept) <= set(before.values())
        assert sorted(path.name for path in mine.glob(".*")) == [".mnist-lab"], "something half-written"

    assert each_kill(update, mine, check) > 9


@pytest.mark.slow
@on_posix
def test_the_real_command_may_be_killed_at_any_time(tmp_path):
    notebooks = learner_folder.NOTEBOOKS
    mine = tmp_path / "my-lessons"
    learner_folder.start(mine)
    (mine / ".mnist-lab" / "lessons.json").unlink()  # so that each lesson counts as changed
    for path in mine.glob("*.ipynb"):
        notebook = nbformat.read(path, 4)
        notebook.cells.insert(3, nbformat.v4.new_code_cell(f"mine_{path.stem[:2]} = 'mine'"))
        notebook.cells.pop()
        nbformat.write(notebook, path)
    before = {path.name: path.read_bytes() for path in mine.glob("*.ipynb")}
    for wait in [random.Random(0).uniform(0, 0.4) for _ in range(6)]:
        process = start(tmp_path, [*MNIST_LAB, "update"])
        until(lambda process=process: list(mine.glob("old-*")) or process.poll() is not None)
        time.sleep(wait)
        process.kill()
        process.communicate()
        for path in mine.glob("[0-9]*.ipynb"):
            assert f"mine_{path.stem[:2]} = 'mine'" in path.read_text()
    done = subprocess.run([*MNIST_LAB, "update"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") >= len(before)
    for name, data in before.items():
        now = nbformat.read(mine / name, 4)
        assert len(now.cells) == len(nbformat.read(notebooks / name, 4).cells) + 1
        assert data in {path.read_bytes() for path in mine.glob(f"old-{name[:2]}*")}
