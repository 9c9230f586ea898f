"""A learner's folder: how `mnist-lab start` makes it, and which folder each command takes."""

import hashlib
import json
import os
import shlex
import sys

from mnist_lab import __version__
from mnist_lab.cli import main
from mnist_lab.workshop.batch import lessons
from mnist_lab.workshop.doctor import facts
from mnist_lab.workshop.own_copy import learner_folder
from mnist_lab.workshop.own_copy.learner_folder import start, update

import pytest
from click.testing import CliRunner
from learner_edits import later
from own_copies import NAMES, RAN, all_bytes, cells, edit, publish


def test_copies_have_no_outputs_and_a_digest_each(mine):
    for name in NAMES:
        code = [cell for cell in cells(mine / name).values() if cell.cell_type == "code"]
        assert not any(cell.outputs or cell.execution_count for cell in code)
    kept = json.loads((mine / ".mnist-lab" / "lessons.json").read_text())
    assert kept["version"] == __version__
    assert kept["lessons"] == {name: hashlib.sha256((mine / name).read_bytes()).hexdigest() for name in NAMES}


def test_outputs_stay_if_asked_for_also_after_an_update(tmp_path, notebooks):
    start(tmp_path / "mine", with_outputs=True, source=notebooks)
    assert cells(tmp_path / "mine" / NAMES[0])["code-0"].outputs == [RAN]
    publish(notebooks, later)
    update(tmp_path / "mine", source=notebooks)
    assert cells(tmp_path / "mine" / NAMES[0])["code-1"].outputs == [RAN]


def test_started_twice_nothing_is_overwritten_and_what_is_missing_comes(mine, notebooks):
    edit(mine / NAMES[0], stub_1="answer_1 = 'mine'")
    (mine / NAMES[1]).unlink()
    before = (mine / NAMES[0]).read_bytes()
    publish(notebooks, later)
    said = start(mine, source=notebooks)
    assert (mine / NAMES[0]).read_bytes() == before and (mine / NAMES[1]).is_file()
    assert said[0].endswith("yours to work in: 1.") and said[1].endswith("left as they are: 2.")
    assert said[-1].endswith(str(mine / NAMES[0]))


def test_a_folder_with_other_files_of_these_names_is_refused(tmp_path, notebooks):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / NAMES[1]).write_text("not ours")
    with pytest.raises(ValueError, match=r"has a 04_devices.ipynb not from `mnist-lab start`; name"):
        start(tmp_path / "other", source=notebooks)
    assert list(all_bytes(tmp_path / "other")) == [NAMES[1]]


def test_other_files_do_not_hinder(tmp_path, notebooks):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "clone").mkdir()
    start(tmp_path, source=notebooks.rename(tmp_path / "clone" / "notebooks"))
    assert (tmp_path / NAMES[0]).is_file() and (tmp_path / "notes.txt").read_text() == "mine"


def test_the_clone_itself_is_refused_and_gets_nothing(tmp_path, notebooks):
    with pytest.raises(ValueError, match="is the clone itself; `mnist-lab start` alone"):
        start(tmp_path, source=notebooks)
    assert os.listdir(tmp_path) == ["notebooks"]


def test_the_command_that_opens_the_first_works_in_a_shell(tmp_path, notebooks, monkeypatch):
    folder = tmp_path / "mein Käse"
    monkeypatch.setattr(learner_folder.shutil, "which", lambda _: None)
    python, *options, path = shlex.split(start(folder, source=notebooks)[-1].partition(": ")[2])
    assert os.path.abspath(python) == sys.executable and options == ["-m", "jupyterlab"]
    assert path == str(folder / NAMES[0])
    monkeypatch.chdir(os.path.dirname(sys.executable))
    assert f": {os.path.basename(sys.executable)} -m" in start(folder, source=notebooks)[-1]
    monkeypatch.setattr(learner_folder.shutil, "which", lambda _: sys.executable)
    assert ": jupyter lab " in start(folder, source=notebooks)[-1]


# The commands


@pytest.fixture
def call(tmp_path, notebooks, monkeypatch):
    """Call mnist-lab in a folder beside the lessons."""
    monkeypatch.chdir(tmp_path)
    defaults = {"start": {"with_outputs": False, "source": notebooks}, "update": {"source": notebooks}}
    monkeypatch.setattr(start, "__kwdefaults__", defaults["start"])
    monkeypatch.setattr(update, "__kwdefaults__", defaults["update"])
    return lambda *words: CliRunner().invoke(main, words)


def test_the_folder_is_my_lessons_or_the_current_one_if_it_is_a_learners(call, tmp_path, monkeypatch):
    monkeypatch.setattr(learner_folder.shutil, "which", lambda _: sys.executable)
    assert call("start").output == (
        "Lessons written into my-lessons, yours to work in: 3.\n"
        f"Open the first with: jupyter lab {os.path.join('my-lessons', NAMES[0])}\n"
    )
    monkeypatch.chdir(tmp_path / "my-lessons")
    for words in (["start"], ["update"]):
        result = call(*words)
        assert result.exit_code == 0, result.output
    assert not os.path.exists("my-lessons")
    assert call("update", "..").exit_code == 2


def test_what_cannot_be_written_is_said(call, tmp_path):
    (tmp_path / "file").write_text("")
    assert "file is a file. Name a folder for your lessons." in call("start", "file").output
    result = call("start", os.path.join("file", "in"))
    assert result.exit_code == 1 and "cannot be written" in result.output


def test_run_and_sweep_take_the_lessons_of_a_learners_folder(call, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("mnist_lab.cli.run_commands._run", lambda jobs, *_: seen.extend(jobs) or [])
    call("start")
    monkeypatch.chdir(tmp_path / "my-lessons")
    result = call("run", "03", "-p", "SEED", "1")
    assert "These are your own copies of the lessons, from this folder." in result.output
    assert [path for path, _ in seen] == [(tmp_path / "my-lessons" / NAMES[0]).resolve()]
    assert "There is no lesson '11'" in call("sweep", "11", "--seeds", "2").output


def test_the_doctor_looks_where_run_looks(call, tmp_path, monkeypatch):
    assert facts.lessons_folder() == lessons.NOTEBOOKS
    call("start")
    monkeypatch.chdir(tmp_path / "my-lessons")
    (tmp_path / "my-lessons" / NAMES[0]).write_text("{")
    found = facts.lesson_facts(facts.lessons_folder())
    assert found == {"lessons": 2, "broken_lessons": {NAMES[0]: "it is no notebook"}}
    assert "03_training: no notebook any more" in call("update").output
    assert facts.lesson_facts(facts.lessons_folder())["lessons"] == 3
