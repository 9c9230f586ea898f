"""Closed-book questions: asked with and without buttons, answered with their misconception, or refused."""

import random
from dataclasses import replace

from mnist_lab.exercises import answer, asking, question
from mnist_lab.exercises.questions import Question
from mnist_lab.exercises.registry import questions

import pytest

QUESTION = Question(
    id="7.q1",
    text="What is 1 + 1?",
    right="two",
    why="Count: one, two.",
    wrong={"eleven": "That joins the digits.", "one": "That multiplies."},
)


@pytest.fixture
def asked(monkeypatch):
    """The question 7.q1, where question and answer find it."""
    monkeypatch.setattr(asking, "find_question", lambda id: QUESTION)


def letter(text):
    return next(letter for letter, option in QUESTION.options.items() if option == text)


def test_a_question_is_readable_without_buttons(asked, capsys):
    question("7.q1")
    text = capsys.readouterr().out
    assert text.startswith("Question 7.q1. What is 1 + 1?\n  A  ")
    assert 'answer("7.q1", "A")' in text and "Count" not in text


def test_an_answer_is_met_with_its_misconception(asked, capsys):
    answer("7.q1", letter("eleven").lower())
    assert capsys.readouterr().out.strip().endswith("is not it. That joins the digits.")
    answer("7.q1", "two")
    assert capsys.readouterr().out.strip().endswith("is right. Count: one, two.")
    with pytest.raises(ValueError, match=r"Question 7\.q1 has no option 'twoo'; .* Did you mean 'two'\?"):
        answer("7.q1", "twoo")


def test_the_order_of_options_is_fixed_and_not_the_author_s():
    assert QUESTION.options == QUESTION.options and list(QUESTION.options) == ["A", "B", "C"]
    random.seed(5)
    firsts = {replace(QUESTION, id=f"8.q{number}").options["A"] for number in range(20)}
    assert firsts == {"two", "eleven", "one"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"wrong": {"eleven": "No.", "Two ": "No."}}, "the option 'Two ' stands there twice"),
        ({"wrong": {"eleven": "No.", "ELEVEN": "No."}}, "the option 'eleven' stands there twice"),
        ({"wrong": {"eleven": "No.", "one": 1}}, "expected a text of some words, but got 1"),
        ({"wrong": {"eleven": "No.", "one": " "}}, "expected a text of some words, but got ' '"),
        ({"wrong": {"eleven": "No.", "": "No."}}, "expected a text of some words, but got ''"),
        ({"wrong": ["eleven", "one"]}, "wrong is a table of 2 to 4 options, but got"),
        ({"wrong": {"eleven": "No."}}, "wrong is a table of 2 to 4 options, but got"),
        ({"wrong": dict(zip("vwxyz", "abcde", strict=True))}, "wrong is a table of 2 to 4 options, but got"),
        ({"right": 2}, "expected a text of some words, but got 2"),
        ({"why": ""}, "expected a text of some words, but got ''"),
        ({"text": None}, "expected a text of some words, but got None"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(changes, words):
    with pytest.raises(ValueError, match=rf"^Question 7\.q1: {words}"):
        replace(QUESTION, **changes)


@pytest.mark.parametrize("asked", questions(), ids=lambda asked: asked.id)
def test_a_question_of_the_course_meets_each_wrong_option_with_a_sentence(asked):
    assert set(asked.options.values()) == {asked.right, *asked.wrong}
    for text in (asked.why, *asked.wrong.values()):
        assert 10 < len(text) < 260 and text[-1] in ".?" and "!" not in text, text
