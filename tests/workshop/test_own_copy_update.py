"""`mnist-lab update`: what becomes of each lesson, and that nothing of the learner's is lost."""

import os
import random
import re
import shutil
import subprocess

from mnist_lab.workshop.batch import lessons
from mnist_lab.workshop.batch.run_folders import only_here
from mnist_lab.workshop.own_copy import learner_folder
from mnist_lab.workshop.own_copy.learner_folder import start, update

import nbformat
import pytest
from learner_edits import MINE, Learner, earlier, later, lines_of
from own_copies import NAMES, RAN, all_bytes, cells, edit, old, publish


def test_without_a_newer_version_nothing_happens(mine, notebooks):
    edit(mine / NAMES[0], stub_1="answer_1 = 'mine'")
    edit(mine / NAMES[1])
    before = all_bytes(mine)
    said = update(mine, source=notebooks)
    assert all_bytes(mine) == before
    assert said == [
        "03_training: left as it is, with your work: nothing newer has come.",
        "04_devices: left as it is, with your work: nothing newer has come.",
        "05_persistence: left as it is, the newest.",
    ]


def test_the_untouched_is_renewed_and_the_edited_keeps_its_work_and_its_old_file(mine, notebooks):
    edit(mine / NAMES[0], stub_1="answer_1 = 'mine'", text_1="My own words.")
    before = (mine / NAMES[0]).read_bytes()
    (mine / NAMES[2]).unlink()
    publish(notebooks, later)
    said = update(mine, source=notebooks)
    (kept,) = old(mine)
    assert said[:3] == [
        "03_training: renewed with your work (answers: 1; cells that we both changed, yours below ours: 1); "
        f"as it was: {kept}.",
        "04_devices: renewed.",
        "05_persistence: written.",
    ]
    assert "Reload Notebook from Disk" in said[3]
    assert (mine / kept).read_bytes() == before
    assert cells(mine / NAMES[0])["stub-1"].source == "answer_1 = 'mine'"
    assert cells(mine / NAMES[1])["text-1"].source == "Text 1, in better words."
    assert all("left as it is" in line for line in update(mine, source=notebooks))
    assert old(mine) == [kept]


def test_what_was_run_keeps_its_outputs_where_the_cell_is_the_same(mine, notebooks):
    edit(mine / NAMES[0])
    publish(notebooks, later)
    update(mine, source=notebooks)
    now = cells(mine / NAMES[0])
    assert now["code-0"].outputs == [RAN] and now["code-1"].outputs == []


def test_no_command_takes_an_old_file_for_a_lesson(mine, notebooks, monkeypatch):
    edit(mine / NAMES[0])
    publish(notebooks, later)
    update(mine, source=notebooks)
    (mine / NAMES[0]).unlink()
    assert [path.name for path in lessons.lessons(mine)] == NAMES[1:]
    with pytest.raises(ValueError, match="There is no lesson"):
        lessons.choose(["training"], folder=mine)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("{", "<<<<<<< HEAD\n{", 1) + ">>>>>>> theirs\n",
        lambda _: "",
        lambda _: "[]",
        lambda _: '{"nbformat": 4, "cells": [3]}',
        lambda text: text.replace("\n", "\udcff", 1),
    ],
    ids=["cut", "conflict", "empty", "list", "cells", "no text"],
)
@pytest.mark.parametrize("make", [earlier, later], ids=["same", "newer"])
def test_a_file_that_is_no_notebook_any_more_is_put_aside_whole(mine, notebooks, damage, make):
    path = mine / NAMES[0]
    path.write_text(damage(path.read_text()), errors="surrogateescape")
    before = path.read_bytes()
    publish(notebooks, make)
    said = update(mine, source=notebooks)
    (kept,) = old(mine)
    assert re.fullmatch(r"03_training: no notebook any more \(.*\), so it is as given out; .*", said[0])
    assert (mine / kept).read_bytes() == before and cells(path).keys() == {c.id for c in make().cells}


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"with_outputs": 0, "lessons": 3, "cells": {}}', "{"])
def test_without_its_records_a_folder_is_updated_all_the_same(mine, notebooks, text):
    (mine / ".mnist-lab" / "lessons.json").write_text(text)
    edit(mine / NAMES[0], stub_1="answer_1 = 'mine'")
    publish(notebooks, later)
    update(mine, source=notebooks)
    assert cells(mine / NAMES[0])["stub-1"].source == "answer_1 = 'mine'"
    assert cells(mine / NAMES[0])["text-1"].source == "Text 1, in better words."


def test_copies_and_renamed_notebooks_are_left_alone(mine, notebooks):
    for name in ("03_training-Copy1.ipynb", "mine.ipynb"):
        shutil.copy(mine / NAMES[0], mine / name)
    before = {name: (mine / name).read_bytes() for name in old(mine)}
    publish(notebooks, later)
    update(mine, source=notebooks)
    assert {name: (mine / name).read_bytes() for name in old(mine)} == before


def test_an_old_file_that_the_learner_changed_is_not_written_over(mine, notebooks):
    edit(mine / NAMES[0], stub_1="answer_1 = 'mine'")
    before = (mine / NAMES[0]).read_bytes()
    publish(notebooks, later)
    update(mine, source=notebooks)
    (kept,) = old(mine)
    (mine / kept).write_text("notes")
    (mine / NAMES[0]).write_bytes(before)
    publish(notebooks, lambda: later(random.Random(0)))
    update(mine, source=notebooks)
    assert [(mine / name).read_bytes() for name in old(mine)] == [before, b"notes"]


def test_a_notebook_that_is_saved_meanwhile_is_not_written_over(mine, notebooks, monkeypatch):
    def merge_while_the_learner_saves(*arguments):
        edit(mine / NAMES[0], stub_1="answer_1 = 'saved just now'")
        return merge(*arguments)

    merge = learner_folder.merge
    edit(mine / NAMES[0], stub_1="answer_1 = 'mine'")
    publish(notebooks, later)
    monkeypatch.setattr(learner_folder, "merge", merge_while_the_learner_saves)
    with pytest.raises(ValueError, match=r"was saved while this ran; nothing is lost, say mnist-lab update"):
        update(mine, source=notebooks)
    assert cells(mine / NAMES[0])["stub-1"].source == "answer_1 = 'saved just now'"


def test_two_updates_at_once_are_refused(mine, notebooks):
    with only_here(mine / ".mnist-lab"), pytest.raises(ValueError, match="is in use"):
        update(mine, source=notebooks)


def test_another_folder_is_refused(tmp_path, notebooks):
    with pytest.raises(
        ValueError, match=r"holds no copies of yours\. Name the folder that does; `mnist-lab start`"
    ):
        update(tmp_path, source=notebooks)
    assert os.listdir(tmp_path) == ["notebooks"]


def test_a_lesson_of_the_clone_that_cannot_be_read_is_named(mine, notebooks):
    (notebooks / NAMES[1]).write_text("<<<<<<< HEAD")
    with pytest.raises(ValueError, match=r"04_devices.ipynb cannot be read as a lesson; mnist-lab doctor"):
        update(mine, source=notebooks)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_learner_did_no_line_is_lost(tmp_path, notebooks, seed):
    mine, learners = tmp_path / "mine", [Learner(seed * 3 + number) for number in range(3)]
    start(mine, source=notebooks)
    for name, learner in zip(NAMES, learners, strict=True):
        learner.edit(learner.random.choice([0, 1, 3, 9, 27]))
        (mine / name).write_text(learner.text(), newline="")
    before = {name: (mine / name).read_bytes() for name in NAMES}
    publish(notebooks, lambda: later(random.Random(seed) if seed % 2 else None))
    update(mine, source=notebooks)
    for name, learner in zip(NAMES, learners, strict=True):
        written = {line for line in lines_of(learner.notebook) if MINE.search(line)}
        assert written <= lines_of(nbformat.read(mine / name, 4))
        assert not written or before[name] in {(mine / kept).read_bytes() for kept in old(mine)}
    after = {name: lines_of(nbformat.read(mine / name, 4)) for name in NAMES}
    update(mine, source=notebooks)
    assert {name: lines_of(nbformat.read(mine / name, 4)) for name in NAMES} == after


# In a clone


def git(folder, *words):
    command = ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", *words]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_answers_written_into_the_clone_itself_come_along(tmp_path, notebooks):
    for words in (["init"], ["add", "."], ["commit", "-m", "earlier"]):
        git(tmp_path, *words)
    edit(notebooks / NAMES[0], stub_1="answer_1 = 'mine'")
    start(tmp_path / "mine", source=notebooks)
    git(tmp_path, "checkout", "notebooks")
    publish(notebooks, later)
    git(tmp_path, "commit", "-am", "later")
    update(tmp_path / "mine", source=notebooks)
    now = cells(tmp_path / "mine" / NAMES[0])
    assert now["stub-1"].source == "answer_1 = 'mine'" and now["text-1"].source == "Text 1, in better words."
    assert now.keys() == {cell.id for cell in later().cells}
