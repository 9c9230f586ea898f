"""Answers that are letters, in all the forms that people write them."""

from mnist_lab.exercises.engine.letters import exchanged, letters_of, misnamed, misplaced

import pytest


@pytest.mark.parametrize(
    "answer", ["bd", "B D", "b, d", "B and D", "B & D", "B-D", "B → D", ["B", "D"], ("b", "d")]
)
def test_letters_are_read_from_many_forms(answer):
    assert letters_of(answer) == ["B", "D"]


@pytest.mark.parametrize("answer", [None, 3, ..., {"B": 1}, b"BD"])
def test_what_is_no_text_has_no_letters(answer):
    assert letters_of(answer) == []


def test_each_wrong_place_is_told():
    told = misplaced("BAC", letters="ABC", form="form", why="{}{}".format)
    assert told("B A C") == told(["b", "a", "c"]) == []
    assert told("BCA") == ["2C", "3A"]
    for answer in ("BA", "BACA", "BAX", "", None, {"B", "A", "C"}):
        assert told(answer) == ["form"], answer
    assert told(exchanged("BAC", {3: "A"})) == ["3A"]


def test_letters_too_many_and_missing_are_told_in_any_order():
    told = misnamed({"A": "not A"}, {"B": "B too", "C": "C too"}, example="AC")
    assert told("C, B") == told({"B", "C"}) == []
    assert told("AB") == ["not A", "C too"]
    assert told("A") == ["not A", "B too", "C too"]
    for answer in ("", "BD", None, 7):
        assert told(answer) == ['The answer is a text of letters from A to C, such as `"AC"`.'], answer
