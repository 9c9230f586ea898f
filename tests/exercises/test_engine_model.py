"""An exercise refuses what cannot work, and turns rows into known mistakes."""

from dataclasses import replace

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.engine.model import Mistake

import pytest
import torch
from sample_exercise import exercise, forgets_the_square, value_exercise


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"difficulty": 4}, "difficulty is 1, 2 or 3"),
        ({"cases": None}, "needs cases"),
        ({"hints": ("One.",)}, "2 to 4 hints"),
    ],
)
def test_an_exercise_that_cannot_work_is_refused(changes, words):
    with pytest.raises(ValueError, match=f"Exercise 7.1: .*{words}"):
        exercise(**changes)


def test_each_kind_of_row_becomes_a_mistake():
    asked = exercise(
        mistakes=(
            (forgets_the_square, "A function."),
            ("values**2", "values**3", "An edit."),
            ({"scale * ": "2 * ", "values**2": "values"}, "Two edits."),
        )
    )
    assert [mistake.sentence for mistake in asked.mistakes] == ["A function.", "An edit.", "Two edits."]
    function, cubes, doubles = (mistake.answer for mistake in asked.mistakes)
    values = torch.tensor([1.0, 3.0])
    assert function is forgets_the_square
    assert cubes(values, scale=3) == 42 and doubles(values, scale=3) == 4
    assert [judge(asked, mistake.answer).mistake for mistake in asked.mistakes] == list(asked.mistakes)


def test_a_row_of_a_value_holds_that_value():
    asked = value_exercise(reference={"a": 4}, mistakes=((5, "Five."), ({"a": 5}, "A table.")))
    assert [mistake.answer for mistake in asked.mistakes] == [5, {"a": 5}]
    assert [mistake.sentence for mistake in asked.mistakes] == ["Five.", "A table."]


def test_a_mistake_stays_the_same_in_a_copy_of_its_exercise():
    known = Mistake(forgets_the_square, "The values were not squared.")
    asked = exercise(mistakes=(known,))
    assert asked.mistakes == (known,) == replace(asked, seconds=1.0).mistakes


def test_a_stale_edit_names_the_exercise():
    with pytest.raises(ValueError, match=r"In exercise 7\.1, an edit replaces 'values\*\*4'"):
        exercise(mistakes=(("values**4", "values", "No such piece."),))


def test_cases_come_smallest_first_and_are_the_same_each_time():
    sizes = [case.args[0].numel() for case in exercise().seeded_cases()]
    assert sizes == [2, 3, 200]
    first, second = (exercise().seeded_cases()[-1].args[0] for _ in range(2))
    assert torch.equal(first, second)
