"""Questions that come back: which, when, how they are named, and when that ends."""

from mnist_lab.exercises import answer, asking, question
from mnist_lab.exercises.asking import coming_back
from mnist_lab.exercises.registry import find_question
from mnist_lab.lesson import kept

import pytest


def answers(**given):
    """Entries as they are kept: {"1.q1": {1: False, 2: True}} by question and lesson."""
    found = {id.replace("_", "."): by_lesson for id, by_lesson in given.items()}
    return {
        f"{id[1:]} in lesson {at:02d}": {"right": ok} for id, by in found.items() for at, ok in by.items()
    }


def back(lesson, **given):
    return [asked.id for asked in coming_back(lesson, answers(**given))]


@pytest.mark.parametrize(
    ("given", "lessons"),
    [
        ({1: True}, []),
        ({1: False}, range(2, 13)),
        ({1: False, 2: True}, range(5, 13)),
        ({1: False, 2: False}, range(5, 13)),
        ({1: False, 4: False, 7: True}, []),
        ({1: False, 2: False, 5: False}, [12]),
        ({1: False, 2: False, 5: True}, [12]),
        ({1: False, 2: True, 5: True}, []),
        ({1: False, 2: True, 5: False}, [12]),
        ({1: False, 2: False, 5: False, 12: False}, []),
        ({1: None}, range(2, 13)),
    ],
)
def test_one_three_and_seven_lessons_later_until_it_was_right_twice(given, lessons):
    assert [lesson for lesson in range(13) if back(lesson, q1_q2=given)] == list(lessons)


def test_two_at_most_and_those_due_longest_first():
    missed = {"q2_q1": {2: False}, "q2_q2": {2: False}, "q1_exit": {1: False}, "q2_q3": {2: True}}
    assert back(2, **missed) == ["1.exit"]
    assert back(3, **missed) == ["1.exit", "2.q1"]
    missed["q1_exit"] = {1: False, 3: True}
    assert back(4, **missed) == ["2.q1", "2.q2"]


def test_what_the_course_no_longer_asks_does_not_come_back():
    assert coming_back(5, {"1.q9 in lesson 01": {"right": False}, "what": {}}) == []


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The file of a learner's folder, in which somebody sits in front of a notebook."""
    path = tmp_path / "progress.json"
    monkeypatch.setattr(asking, "ASKED_IN", {})
    monkeypatch.setattr(asking, "progress_file", lambda: path)
    monkeypatch.setattr(kept, "progress_file", lambda: path)
    return path


def say(id, *, right):
    asked = find_question(id)
    answer(id, asked.right if right else next(iter(asked.wrong)))


def stored(file):
    return {name: entry["right"] for name, entry in kept.read_progress(file)["questions"].items()}


def test_only_the_first_answer_in_a_lesson_counts(file):
    say("1.q1", right=False)
    say("1.q1", right=True)
    say("1.q2", right=True)
    say("1.q2", right=False)
    assert stored(file) == {"1.q1 in lesson 01": False, "1.q2 in lesson 01": True}


def test_a_missed_question_is_asked_again_and_named(file, capsys):
    say("0.exit", right=False)
    say("1.q1", right=False)
    capsys.readouterr()
    question("2.q1", "2.q2", "2.q3")
    heads = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Question")]
    assert [head.split(". ")[0] for head in heads] == [
        *("Question 2.q1", "Question 2.q2", "Question 2.q3"),
        *("Question 0.exit, back from lesson 00", "Question 1.q1, back from lesson 01"),
    ]
    say("0.exit", right=True)
    say("1.q1", right=False)
    assert stored(file)["0.exit in lesson 02"] and not stored(file)["1.q1 in lesson 02"]
    question("2.q1", "2.q2", "2.q3")
    assert "back from" not in capsys.readouterr().out, "once a lesson"
    question("5.q1", "5.q2", "5.q3")
    assert capsys.readouterr().out.count("back from") == 2


def test_nothing_comes_back_at_the_end_of_a_lesson_or_without_kept_progress(file, monkeypatch, capsys):
    say("1.q1", right=False)
    question("2.exit")
    monkeypatch.setattr(asking, "progress_file", lambda: None)
    question("2.q1")
    question()
    assert "back from" not in capsys.readouterr().out


def test_what_is_not_on_disk_is_said_with_the_answer(file, capsys):
    file.mkdir()
    say("1.q1", right=True)
    said = capsys.readouterr().out
    assert find_question("1.q1").why in said and "Your progress is not on disk (it is a folder" in said
