"""mnist-lab progress: a table of the series, what comes next, and forgetting it."""

import json

from mnist_lab.cli import main
from mnist_lab.exercises.concepts.answer_sheet import Sheet, write_sheet
from mnist_lab.exercises.concepts.idea import IDEAS
from mnist_lab.exercises.registry import lessons

import pytest
from click.testing import CliRunner

STORED = {
    "mnist_lab_progress": 1,
    "exercises": {
        **{f"0.{number}": {"right": True, "tries": 1} for number in range(1, 6)},
        "1.1": {"right": True, "tries": 2},
        "1.2": {"right": False, "tries": 3},
        "99.1": {"right": True},
    },
    "predictions": {
        "0.1": {"right": True, "confidence": 90},
        "0.2": {"right": False, "confidence": 70},
        "0.3": {"right": None, "confidence": 90},
        "10.1": {"right": True, "confidence": 50},
        "odd": {},
    },
    "questions": {"0.exit in lesson 00": {"right": False}, "0.exit in lesson 01": {"right": True}},
}


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A learner's folder, my-lessons in the current one, in which something was done."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my-lessons"
    (folder / ".mnist-lab").mkdir(parents=True)
    (folder / ".mnist-lab" / "progress.json").write_text(json.dumps(STORED), encoding="utf-8")
    return folder


def said(*words, status=0, typed=None):
    done = CliRunner().invoke(main, ["progress", *words], input=typed)
    assert done.exit_code == status, done.output
    return done.output


def test_a_row_for_each_lesson_and_what_comes_next(mine, monkeypatch):
    lines = said().splitlines()
    assert lines[0].split("  ")[0] == "lesson" and len(lines) == 2 + len(lessons())
    assert " ".join(lines[1].split()) == "00 5 of 5 1 of 2, 80 % sure 0 of 1"
    assert " ".join(lines[2].split()) == "01 1 of 7 1 of 1"
    assert " ".join(lines[11].split()) == "10 0 of 6 1 of 1, 50 % sure"
    assert lines[-1] == "Next: exercise 1.2, One value by hand."
    assert said(str(mine)).splitlines() == lines
    monkeypatch.chdir(mine)
    assert said().splitlines() == lines


def test_the_concept_test_is_named_and_judged_only_when_it_is_finished(mine):
    idea = IDEAS[0]
    write_sheet(Sheet("A", {idea.name: idea.a.right}, finished=True), mine)
    write_sheet(Sheet("B", {idea.name: idea.b.right}), mine)
    lines = said().splitlines()
    assert lines[-3:-1] == [
        "Concept test, form A: 1 of 20 ideas right",
        "Concept test, form B: 1 of 20 answered",
    ]


def test_next_is_the_first_open_exercise_from_the_last_that_was_tried_on(mine):
    path = mine / ".mnist-lab" / "progress.json"
    for tried, expected in [
        ({}, "0.1"),
        ({"12.5": {"right": True}}, "13.1"),
        ({"13.7": {"right": True}}, "0.1"),
        ({"3.2": {"right": True}}, "3.3"),
    ]:
        path.write_text(json.dumps({"mnist_lab_progress": 1, "exercises": tried}), encoding="utf-8")
        assert f"Next: exercise {expected}, " in said()


def test_forget_asks_and_names_what_it_deletes(mine):
    write_sheet(Sheet("A"), mine)
    kept = mine / ".mnist-lab"
    (kept / "progress-damaged-2026-01-01-000000.json").write_text("{", encoding="utf-8")
    (kept / "lessons.json").write_text("{}", encoding="utf-8")
    assert "Delete my-lessons" in said("--forget", typed="n\n", status=1)
    assert (kept / "progress.json").exists()
    answer = said("--forget", typed="y\n")
    assert answer.count("progress-damaged-2026-01-01-000000.json") == 2 and "Deleted: " in answer
    assert {path.name for path in kept.iterdir()} - {"progress.lock"} == {"lessons.json"}
    assert not (mine / "concept_test_A.json").exists()
    assert said("--forget", "--yes") == f"Nothing is kept in {kept.relative_to(mine.parent)}.\n"


def test_forget_with_yes_does_not_ask(mine):
    assert said("--forget", "--yes").startswith("Deleted: ")
    assert "00      0 of 5" in said()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is damaged, or no file of mnist-lab."),
        ('{"mnist_lab_progress": 9, "exercises": 1}', "of a newer"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_left_alone(mine, content, words):
    path = mine / ".mnist-lab" / "progress.json"
    path.write_text(content, encoding="utf-8")
    assert words in said(status=1) and path.read_text(encoding="utf-8") == content


def test_outside_a_learner_s_folder_it_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (
        "my-lessons holds no copies of yours. Name the folder that does; `mnist-lab start` makes one."
        in said(status=2)
    )
    assert list(tmp_path.iterdir()) == []
