"""What the teaching guide says of a course: what is learned, the pre-test, minutes by the formula, marks."""

import contextlib
import io
import re
from pathlib import Path

from mnist_lab.exercises.concepts.idea import IDEAS
from mnist_lab.exercises.registry import exercises
from mnist_lab.workshop.classroom.places import read_lesson
from mnist_lab.workshop.upkeep import fill_teaching as guide
from mnist_lab.workshop.upkeep.minutes import EXERCISE_FACTOR, Load, add_cell, loads

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in guide.table_of(TEXT, "objectives").splitlines()[2:]
]


def lesson(number):
    (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    return read_lesson(path)


# What they learn


def test_each_exercise_stands_with_one_objective_of_its_lesson():
    known = {each.id: each for each in exercises()}
    named = [(number, id) for number, _, ids, *_ in ROWS for id in guide.ids_of(ids, known)]
    assert sorted(id for _, id in named) == sorted(known)
    assert all(known[id].lesson == int(number) for number, id in named)


def test_each_question_of_the_concept_test_stands_with_one_objective_of_its_lesson():
    named = [(number, int(place)) for number, _, _, places, _ in ROWS for place in places.split()]
    assert sorted(place for _, place in named) == list(range(1, len(IDEAS) + 1))
    assert all(IDEAS[place - 1].lesson == int(number) for number, place in named)


# The pre-test


def test_the_answers_of_the_pre_test_are_what_its_code_prints():
    block = re.search(r"```python\n(# 1\n.*?)```", TEXT, re.DOTALL)[1]
    printed = []
    for code in re.split(r"(?m)^# \d+\n", block)[1:]:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, {})
        printed.append(out.getvalue().splitlines())
    line = TEXT.split("## Answers to the pre-test")[1]
    answers = [
        re.findall(r"`([^`]*)`", answer) for answer in re.split(r"(?:^|· )\d+ (?=`)", line.strip())[1:]
    ]
    assert len(printed) == 10 and answers == printed


# Minutes by the formula of the lessons


def part(number, *headings):
    """The minutes of the parts of a lesson that begin with these headings, and of nothing else."""
    notebook, places = lesson(number)
    minutes = {place.stub: place.exercise.minutes for place in places}
    load, found, inside = Load(), set(), False
    for place, cell in enumerate(notebook.cells):
        heading = re.match(r"#+ (.*)", cell.source) if cell.cell_type == "markdown" else None
        if heading:
            inside = heading[1].startswith(headings)
            found |= {heading[1]} if inside else set()
        if inside and "further" not in cell.metadata.get("tags", []):
            add_cell(load, cell, minutes.get(place, 0))
    assert len(found) == len(headings), found
    return load.minutes


@pytest.mark.parametrize(
    "block, number, headings",
    [
        ("5–15", "00", ["The digits", "Three piles", "Before learning", "Learning", "The exam"]),
        (
            "25–45",
            "01",
            [
                *("One place", "What a kernel can do", "A word about", "Padding, stride, dilation"),
                *("How large is the output", "Exercise 1.1", "From maps to ten scores"),
            ],
        ),
        ("45–70", "03", ["Baselines", "The network learns", "The test set, once", "Three seeds"]),
    ],
)
def test_a_block_of_the_ninety_minutes_has_time_for_what_it_names(block, number, headings):
    first, last = map(int, block.split("–"))
    (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| {block} |")]
    assert f"`{number}·" in row
    assert part(number, *headings) <= last - first


def test_the_two_sessions_have_time_for_what_is_left_of_a_sitting():
    section = TEXT.split("### Two sessions")[1].split("###")[0]
    found = re.findall(r"`(\d\d)·(\d)`(?: without ([\d., and]+))? \((\d+)", section)
    assert len(found) == 3
    for number, sitting, without, minutes in found:
        load = list(loads(*lesson(number)))[int(sitting) - 1]
        known = {each.id: each.minutes for each in exercises(int(number))}
        load.exercise_minutes -= sum(known[id] for id in re.findall(r"\d+\.\d+", without))
        assert load.minutes <= int(minutes), f"{number}·{sitting}"
    assert EXERCISE_FACTOR > 1, "what is left out is counted as the lessons count it"


# Marks


def test_the_scheme_comes_to_a_hundred():
    table = TEXT.split("| part | of 100 |")[1].split("\n\n")[0]
    assert sum(int(points) for points in re.findall(r"\| (\d+) \|", table)) == 100


def test_the_late_rule_takes_a_tenth_for_each_day_that_has_begun():
    pytest.importorskip("nbgrader")
    from traitlets.config import Config

    code = re.search(r"```python\n(from nbgrader.*?)```", TEXT, re.DOTALL)[1]
    settings = {"c": Config()}
    exec(code, settings)
    rule = settings["c"].AssignLatePenalties.plugin_class()
    penalties = [rule.late_submission_penalty("ada", 20, seconds) for seconds in (0, 1, 86400, 86401, 10**7)]
    assert penalties == [0, 2, 2, 4, 20]
