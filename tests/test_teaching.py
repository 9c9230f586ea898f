"""The teaching guide is as the lessons are, the handout fits its page, the class experiment counts right."""

import itertools
import re
import sys
from pathlib import Path

from mnist_lab.exercises.registry import exercises, find_exercise, find_question
from mnist_lab.workshop.upkeep import fill_teaching as guide

import nbformat
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
SITTINGS = {sitting.code: sitting for sitting in guide.sittings()}
CODE = re.compile(r"`(\d\d·\d)`")
MEASURED = re.compile(
    r"\d\s*(%|per ?cent\b|sec\b|seconds\b)|\d\s(s|ms)\b|±|\d\s*×(?!\s*\d)|\d\s*times\s+(faster|slower|as)"
)

sys.path.insert(0, str(ROOT / "images"))


def section(name, level="##"):
    found = re.search(rf"^{level} {re.escape(name)}.*?(?=^#{{1,{len(level)}}} |\Z)", TEXT, re.M | re.S)
    assert found, f"TEACHING.md has no section {name}"
    return found[0]


LESSONS = dict(re.findall(r"^### (\d\d) (.*?)\n(?=\n)", section("Lesson by lesson"), re.M))
each_lesson = pytest.mark.parametrize("number", LESSONS)


def lesson_section(number):
    return section(f"{number} {LESSONS[number]}", "###")


def rows(text):
    """The cells of each row of the tables in a Markdown text, without the heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {i for i, line in enumerate(lines) if i + 1 < len(lines) and set(lines[i + 1]) <= set("|- ")}
    kept = [line for i, line in enumerate(lines) if i not in heads and not set(line) <= set("|- ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in kept]


def lesson_file(number):
    (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    return path


def notebook_text(number):
    return "\n".join(cell.source for cell in nbformat.read(lesson_file(number), 4).cells)


# The guide against the lessons


def test_the_tables_are_as_the_lessons_are():
    assert guide.filled(TEXT) == TEXT, "run `python -m mnist_lab.workshop.upkeep.fill_teaching`"


def test_every_lesson_has_its_section_in_order():
    files = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    assert list(LESSONS) == [path.name[:2] for path in files]
    for path in files:
        title = re.match(r"# (\d\d) · (.*)", nbformat.read(path, 4).cells[0].source)
        assert LESSONS[title[1]].removesuffix(" (further)") == title[2]


@each_lesson
def test_a_lesson_names_each_exercise_once_and_the_hard_ones_last(number):
    line = re.search(r"\*\*Exercises\.\*\* (.*)", lesson_section(number))[1]
    parts = [re.findall(r"\d+\.\d+", part) for part in re.split("; then|; stretch", line.split(". ")[0])]
    named = [id for part in parts for id in part]
    assert len(named) == len(set(named)) and all(find_exercise(id).lesson == int(number) for id in named)
    known = {each.id: each for each in exercises(int(number))}
    left = {id for id in known if id not in named}
    if "patients of sitting 2" in line:
        left -= {each.id for each in SITTINGS[f"{number}·2"].exercises}
    assert not left
    assert all(known[id].difficulty < 3 for id in parts[0]), "a core exercise with three dots"
    assert {id for id, each in known.items() if each.difficulty == 3} <= set(parts[-1])


@each_lesson
def test_the_votes_are_predictions_of_the_lesson(number):
    votes = re.findall(r"\d+\.\d+", re.search(r"\*\*Vote\.\*\*(.*?)\*\*Ask", lesson_section(number))[1])
    asked = re.findall(r'predict\(\s*"([\d.]+)"', notebook_text(number))
    assert len(votes) >= 3 and set(votes) <= set(asked)


def test_questions_and_headings_that_a_route_names_exist():
    for id in re.findall(r'question\("([\w.]+)"\)', TEXT):
        find_question(id)
    texts = {number: notebook_text(number) for number in ("01", "03", "06", "02")}
    for number, heading in [
        ("01", "One place"),
        ("01", "Padding, stride, dilation"),
        ("03", "The test set, once"),
        ("02", "Does it matter?"),
        ("06", "Is it the same as PyTorch's?"),
    ]:
        assert f"*{heading}*" in TEXT
        assert re.search(rf"^##+ {re.escape(heading)}$", texts[number], re.M)


def test_every_vote_and_exercise_of_a_route_exists():
    known = {each.id for each in exercises()}
    asked = {id for number in LESSONS for id in re.findall(r'predict\(\s*"([\d.]+)"', notebook_text(number))}
    for number in re.findall(r"\b\d{1,2}\.\d{1,2}\b", section("Routes").replace("96.8", "")):
        assert number in known | asked, number


# The routes


ROUTES = ("One room, 90 minutes", "Two sessions of 90 minutes", "Six sessions of 90 minutes")
each_route = pytest.mark.parametrize("name", ROUTES)


def needs(number):
    """The lessons that a lesson says it needs; those that only help are left out."""
    said = re.search(r"\*You need:\*(.*?)\\$", notebook_text(number), re.M | re.S)[1]
    parts = [part for part in said.split(";") if not re.search(r"\bhelps?\b", part)]
    return set(re.findall(r"\b(\d\d)\b", " ".join(parts)))


def test_needs_are_read_from_the_lessons():
    assert needs("00") == set()
    assert needs("03") == {"01", "02"}
    assert needs("10") == {"03", "06", "08"}


def taught(name):
    """The sittings of a route in their order, and those that it leaves out with words instead."""
    table = re.split(r"(?m)^(?=.*[Ll]eft out\b)", section(name, "###"), maxsplit=1)[0]
    order = [code for cells in rows(table) for code in CODE.findall(" ".join(cells))]
    left = CODE.findall(section(name, "###").removeprefix(table))
    return order, set(left)


@each_route
def test_what_a_route_skips_is_not_needed_later_or_is_said(name):
    order, left = taught(name)
    assert order and set(order) <= set(SITTINGS) and left <= set(SITTINGS)
    for i, code in enumerate(order):
        number, sitting = code.split("·")
        before = {other for other in order[:i] if other.split("·")[0] != number}
        for other in needs(number):
            wanted = {known for known in SITTINGS if known.startswith(other)}
            assert wanted <= before | left | set(order), f"{code} needs lesson {other}"
            assert wanted & (before | left), f"{code} stands before lesson {other}, which it needs"
        if sitting == "2":
            assert f"{number}·1" in {*order[:i], *left}, f"{code} without its first sitting"


@each_route
def test_nothing_is_both_taught_and_left_out(name):
    order, left = taught(name)
    assert len(order) == len(set(order)) and not set(order) & left


def test_the_blocks_of_ninety_minutes_join():
    blocks = [re.fullmatch(r"(\d+)–(\d+)", cells[0]) for cells in rows(section(ROUTES[0], "###"))]
    blocks = [(int(block[1]), int(block[2])) for block in blocks if block]
    assert blocks[0][0] == 0 and blocks[-1][1] == 90
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(blocks))


def test_the_two_sessions_last_ninety_minutes():
    for cells in rows(section(ROUTES[1], "###")):
        assert sum(int(minutes) for minutes in re.findall(r"\((\d+)(?: minutes)?\)", cells[1])) == 90


def test_the_six_sessions_fit_into_ninety_minutes_and_an_evening():
    sessions = rows(section(ROUTES[2], "###"))
    assert [cells[0] for cells in sessions] == list("123456")
    for cells in sessions:
        assert sum(SITTINGS[code].minutes for code in CODE.findall(cells[1])) <= 90
        assert sum(SITTINGS[code].minutes for code in CODE.findall(cells[2])) <= 100


@each_route
def test_every_row_of_a_route_has_its_minimum_stretch_and_way_out(name):
    for cells in rows(section(name, "###")):
        if len(cells) > 2:
            assert all(cells[-3:]), cells


# The words


def test_no_measured_figure_is_typed():
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", " ", TEXT, flags=re.S)
    assert not (found := MEASURED.search(prose)), found.group()


def test_the_packages_named_for_another_system_are_the_pins_of_that_system():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [Requirement(line) for line in lines if "==" in line and line[0] != "#"]
    pins = [pin for pin in pins if pin.marker]
    systems = {
        "win_amd64": {"sys_platform": "win32", "os_name": "nt"},
        "macosx_14_0_arm64": {"sys_platform": "darwin", "os_name": "posix"},
    }
    linux = {"sys_platform": "linux", "os_name": "posix"}
    for platform, system in systems.items():
        (line,) = [line for line in TEXT.splitlines() if f"--platform {platform}" in line]
        only_there = [pin for pin in pins if pin.marker.evaluate(system) and not pin.marker.evaluate(linux)]
        wanted = {f"{pin.name}{pin.specifier}" for pin in only_there}
        assert set(re.findall(r"\w+==[\w.]+", line)) == wanted
