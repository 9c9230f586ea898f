"""TOML files of texts: read in their order, and refused with the file and the line."""

from pathlib import Path

from mnist_lab.exercises.concepts import idea
from mnist_lab.exercises.questions import Question
from mnist_lab.exercises.texts import read_texts

import pytest

FIRST = """\
# Two questions.

[[question]]
id = "7.q1"
text = "What is 1 + 1?"
right = "two"
why = "Count: one, two."
[question.wrong]
"eleven" = "That joins the digits."
"one" = "That multiplies."
"""
SECOND = FIRST.partition("\n\n")[2].replace("7.q1", "7.q0")


def read(folder, text):
    path = folder / "questions.toml"
    path.write_text(text, encoding="utf-8")
    return read_texts(path, "question", Question)


def test_texts_come_in_the_order_of_the_file(tmp_path):
    questions = read(tmp_path, FIRST + SECOND)
    assert [question.id for question in questions] == ["7.q1", "7.q0"]
    assert list(questions[0].wrong) == ["eleven", "one"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('why = "', "why = ", r"questions\.toml is not TOML: .*\(at line 15, column 7\)"),
        ('"one" =', '"eleven" =', r"questions\.toml is not TOML: .*\(at line 18, column "),
        ('why = "Count: one, two."\n', "", r"the \[\[question\]\] of line 11: missing .*: 'why'"),
        ("why =", "wy =", r"the \[\[question\]\] of line 11: got an unexpected keyword argument 'wy'"),
        ('"eleven"', '"two"', r"the \[\[question\]\] of line 11: Question 7\.q0: the option 'two' stands"),
        ("[question.wrong]", "[question.wrong.more]", r"line 11: Question 7\.q0: wrong is a table of 2 to 4"),
        ("[[question]]", "[question]", r"questions\.toml is not TOML: .*\(at line 11, column 10\)"),
    ],
)
def test_a_file_with_a_fault_is_refused_with_its_name_and_line(tmp_path, old, new, words):
    assert old in SECOND
    with pytest.raises(ValueError, match=words):
        read(tmp_path, FIRST + SECOND.replace(old, new))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", "nothing"),
        (FIRST + "[[idea]]", "question, idea"),
        (FIRST.replace("[[question]]", "[question]"), "question"),
        ("question = 5", "question"),
        ('question = [{ id = "7.q1" }]', "question"),
        (FIRST.replace("[[question]]", "[[ question ]]") + SECOND, "question"),
    ],
)
def test_what_is_no_list_of_tables_is_refused(tmp_path, text, holds):
    with pytest.raises(ValueError, match=rf"questions\.toml holds {holds}; expected only \[\[question\]\]"):
        read(tmp_path, text)


def test_an_idea_without_one_of_its_options_is_named_with_file_and_line(tmp_path):
    source = Path(idea.__file__).with_name("ideas.toml").read_text(encoding="utf-8")
    line = '"scores.argmax()" = "one answer for all"'
    path = tmp_path / "ideas.toml"
    path.write_text(source.replace(line, line.replace("one answer", "two answers")), encoding="utf-8")
    number = source[: source.index('name = "argmax"')].count("\n")
    words = rf"ideas\.toml, the \[\[idea\]\] of line {number}: Idea argmax, form A: each of .* has one option"
    with pytest.raises(ValueError, match=words):
        read_texts(path, "idea", idea._make_idea)
