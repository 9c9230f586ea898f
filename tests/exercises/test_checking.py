"""What a lesson calls: check, hint, mine_or_reference, progress; and what is kept while the kernel lives."""

from dataclasses import replace

from mnist_lab.exercises import check, checking, hint, mine_or_reference, progress
from mnist_lab.exercises.registry import file_of
from mnist_lab.lesson import guess, kept, predict, predictions, reveal

import pytest
from sample_exercise import exercise, forgets_the_square, mean_of_squares


@pytest.fixture
def lesson(monkeypatch):
    """A lesson 07 with the exercises 7.1 and 7.2, and an empty memory."""
    both = {7: [exercise(), exercise(id="7.2", title="Another")]}
    monkeypatch.setattr(checking, "ATTEMPTS", {})
    monkeypatch.setattr(checking, "find_exercise", lambda id: exercise())
    monkeypatch.setattr(checking, "exercises", lambda number: both.get(number or 7, []))
    monkeypatch.setattr(checking, "HINTS", {})
    monkeypatch.setattr(predictions, "PREDICTIONS", {})
    monkeypatch.setattr(checking, "PREDICTIONS", predictions.PREDICTIONS)


def test_check_shows_once_and_raises_nothing(lesson, capsys):
    verdict = check("7.1", forgets_the_square)
    assert capsys.readouterr().out == f"{verdict}\n"
    assert verdict._ipython_display_() is None and capsys.readouterr().out == ""


def test_strict_raises_what_would_be_shown(lesson, monkeypatch, capsys):
    with pytest.raises(checking.NotCorrect, match="were not squared"):
        check("7.1", forgets_the_square, strict=True)
    with pytest.raises(ValueError, match="not started yet"):
        check("7.1", ..., strict=True)
    monkeypatch.setenv("MNIST_LAB_STRICT", "1")
    with pytest.raises(checking.NotCorrect):
        check("7.1", len)
    assert check("7.1", mean_of_squares).ok
    assert not check("7.1", len, strict=False).ok
    monkeypatch.setenv("MNIST_LAB_STRICT", "0")
    assert not check("7.1", len).ok


def test_for_teachers_a_wrong_verdict_names_the_file(lesson, monkeypatch, capsys):
    path = str(file_of("7.1"))
    assert path not in str(check("7.1", forgets_the_square))
    monkeypatch.setenv("MNIST_LAB_SHOW_FILES", "1")
    assert f"  kept in   {path}" in str(check("7.1", forgets_the_square)).splitlines()
    assert path in str(check("7.1", ...)) and path in capsys.readouterr().out
    assert path not in str(check("7.1", mean_of_squares))
    monkeypatch.setenv("MNIST_LAB_SHOW_FILES", "0")
    assert path not in str(check("7.1", forgets_the_square))


def test_hints_come_one_a_call_and_end(lesson, capsys):
    for number, text in enumerate(exercise().hints, 1):
        hint("7.1")
        assert capsys.readouterr().out == f"Hint {number} of 3 for exercise 7.1\n  {text}\n"
    hint("7.1")
    said = capsys.readouterr().out
    assert "no more hints than these 3" in said and "2. Square first." in said


def test_the_lesson_goes_on_with_what_is_right(lesson, capsys):
    assert mine_or_reference("7.1") is mean_of_squares
    assert "the reference for exercise 7.1" in capsys.readouterr().out

    def mine(values, *, scale=1.0):
        return (values * values).mean().item() * scale

    check("7.1", mine)
    assert mine_or_reference("7.1") is mine
    assert "your answer to exercise 7.1" in capsys.readouterr().out
    check("7.1", forgets_the_square)
    assert mine_or_reference("7.1") is mean_of_squares


def test_progress_counts_attempts_and_tells_how_reliable_the_reader_is(lesson, capsys):
    check("7.1", ...)
    check("7.1", forgets_the_square)
    check("7.1", forgets_the_square)
    check("7.1", mean_of_squares)
    hint("7.1")
    for number, (level, choice) in enumerate([(90, "A"), (90, "B"), (50, "A")]):
        predict(f"7.{number}", "Which?", ["one", "two"])
        guess(f"7.{number}", choice, confidence=level)
        reveal(f"7.{number}", "one")
    capsys.readouterr()
    progress()
    said = capsys.readouterr().out
    assert said.splitlines()[0] == "1 of 2 exercises correct"
    assert "✓ 7.1" in said and "correct, 2 attempts, 1 hint" in said and "· 7.2" in said
    assert "When 50 % sure: right 1 of 1" in said and "When 90 % sure: right 1 of 2" in said
    progress(3)
    assert capsys.readouterr().out.startswith("0 of 0 exercises correct")


def test_what_is_right_again_or_interrupted_is_no_further_attempt(lesson, monkeypatch, capsys):
    check("7.1", forgets_the_square)
    for _ in range(2):
        check("7.1", lambda values, *, scale=1.0: mean_of_squares(values, scale=scale))
    progress(7)
    assert "correct, 2 attempts" in capsys.readouterr().out
    stopped = replace(check("7.1", forgets_the_square), status="interrupted")
    monkeypatch.setattr(checking, "judge", lambda exercise, answer: stopped)
    check("7.1", len)
    progress(7)
    assert "not yet, 3 attempts" in capsys.readouterr().out


def test_what_is_not_on_disk_is_said_once_beside_a_verdict_or_a_hint(lesson, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(kept, "progress_file", lambda: tmp_path)
    trouble = "Your progress is not on disk (it is a folder, not a regular file)"
    for act in (lambda: check("7.1", forgets_the_square), lambda: hint("7.1"), progress):
        monkeypatch.setattr(kept, "SAID", set())
        act()
        assert capsys.readouterr().out.count(trouble) == 1
        check("7.1", forgets_the_square)
        assert trouble not in capsys.readouterr().out


def copy(function):
    return lambda *values, **options: function(*values, **options)


def test_a_known_mistake_is_kept_by_its_sentence_and_only_once(lesson):
    for answer in (forgets_the_square, mean_of_squares, copy(forgets_the_square), len):
        check("7.1", answer)
    (sentence,) = kept.kept()["exercises"]["7.1"]["mistakes"]
    assert "were not squared" in sentence


def test_progress_of_a_real_lesson(monkeypatch, capsys):
    monkeypatch.setattr(checking, "ATTEMPTS", {})
    progress(0)
    assert "· 0.1   Read a shape" in capsys.readouterr().out


@pytest.mark.parametrize("call", [lambda id: check(id, 1), hint, mine_or_reference])
def test_an_id_that_is_a_number_would_be_another_one(call):
    with pytest.raises(ValueError, match=r'a text as its id, such as "8.10", but got 8.1; put it in quotes'):
        call(8.10)


@pytest.mark.parametrize("lesson", [["0.1"], "0.1", 99, -1, 1.5])
def test_progress_of_what_is_no_lesson_is_refused(lesson):
    with pytest.raises(ValueError, match=r"a lesson's number, such as 3, or nothing, but got"):
        progress(lesson)
