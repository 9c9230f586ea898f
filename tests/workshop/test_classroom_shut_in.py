"""Submissions that attack what grades them, with real nbgrader and real bubblewrap."""

import re
import shutil
import socket
import tempfile
from pathlib import Path

from mnist_lab.exercises.registry import find_exercise
from mnist_lab.workshop.classroom.build import build
from mnist_lab.workshop.classroom.course import SECRET

import formgrader
import hostile_submissions as hostile
import nbformat
import pytest
from bs4 import BeautifulSoup
from run_nbgrader import can_shut_in, nbgrader, try_nbgrader
from test_classroom_nbgrader import (
    FULL,
    NAME,
    POINTS,
    feedback,
    findings,
    grades,
    hand_in,
    released,
    small_lesson,
    solve,
)

pytest.importorskip("nbgrader")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not can_shut_in(), reason="bubblewrap, which shuts these in, is not there or may not"),
]
CHEATS = {
    "pam": hostile.PATCH,
    "pat": hostile.BUILTINS,
    "paul": hostile.CODE,
    "pia": hostile.REWRITE,
    "pip": hostile.REGISTRY,
}
CHANGE = "UPDATE grade SET manual_score = 0"
LIMITS = ["--BoundedExecute.disk=60000000", "--BoundedExecute.processes=120"]
LIMITS += ["--BoundedExecute.memory=3000000000"]


@pytest.fixture(scope="module")
def listening():
    """A port of this machine that answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(scope="module")
def course(tmp_path_factory, listening):
    """A course in which one learner works and the others attack; graded, with feedback."""
    folder = tmp_path_factory.mktemp("shut")
    build(folder / "course", [small_lesson(folder)])
    course = folder / "course"
    nbgrader(course, "generate_assignment", NAME)
    spy = hostile.SPY.format(course=str(course), port=listening)
    attacks = {
        "ada": hostile.answering("exercise-0-2", hostile.DISPLAYS),
        "ann": hostile.first(spy, hostile.MEMORY, hostile.FILL),
        "bob": hostile.first(hostile.SWARM, hostile.BOMB),
        "eda": hostile.answering("exercise-0-3", hostile.DIES_INSIDE),
        "eva": hostile.first(hostile.ENDS, "import os\n\nos._exit(1)"),
        "mia": hostile.first(hostile.MARKUP, hostile.SHOWS),
        **{student: hostile.cheating(source) for student, source in CHEATS.items()},
        "sam": hostile.answering("exercise-0-2", hostile.FRAMES),
    }
    for student, attack in attacks.items():
        hand_in(course, student, attack(solve(released(course))))
    for name, text in hostile.FILES.items():
        (course / "submitted" / "mia" / NAME / name).write_text(text)
    own = course / "submitted" / "ann" / NAME
    (own / "notes.txt").write_text("mine")
    (course / "submitted" / "ada" / NAME / "neighbour.txt").write_text("not yours")
    (own / "link.json").symlink_to(course / SECRET)
    (own / "linked").symlink_to(course / "submitted" / "ada" / NAME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEACHERS_TOKEN", "secret")
        nbgrader(course, "autograde", NAME, *LIMITS)
    nbgrader(course, "generate_feedback", NAME)
    return course


def text_of(course, student):
    return (course / "autograded" / student / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")


def printed(course, student):
    """The first words of each line that a submission printed, and the rest of it."""
    cells = nbformat.reads(text_of(course, student), as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    lines = [line for output in outputs for line in output.get("text", "").splitlines()]
    return dict(line.partition(" ")[::2] for line in lines)


def test_a_submission_sees_itself_and_reaches_nothing(course):
    seen = printed(course, "ann")
    assert seen["FOUND"] == "[]" and seen["COURSE"] == "False", "no gradebook, no secret, no neighbour"
    assert seen["BESIDE"] == f"{sorted([f'{NAME}.ipynb', 'notes.txt'])}", "and no link that was handed in"
    assert seen["KEPT"] == "None False" and seen["NBGRADER"] == "False"
    assert seen["WRITTEN"] == "[]" and "NETWORK" not in seen
    assert seen["NO"] == "MEMORY"
    assert grades(course)["ann"] == FULL


def test_a_submission_fills_no_disk_and_no_machine(course):
    assert int(printed(course, "ann")["MEGABYTES"]) < 4 * 60
    assert not list(Path(tempfile.gettempdir()).glob("mnist-lab-*/s/full*"))
    assert grades(course)["ada"] == FULL, "whoever comes after a fork bomb"
    running = [
        path.read_text().split("\0") for path in Path("/proc").glob("[0-9]*/cmdline") if readable(path)
    ]
    assert not [words for words in running if "f() { f | f & }; f" in words]


def test_processes_share_one_limit_of_memory(course):
    said = printed(course, "bob")
    assert "STANDS" not in said and said["This"] == "cell ended Python, so it was left out."
    assert grades(course)["bob"] == FULL, "20 processes of 300 MB cost their cell, no exercise"


def readable(path):
    try:
        return path.read_text()
    except OSError:
        return ""


@pytest.mark.parametrize("student", CHEATS)
def test_what_grades_cannot_be_replaced_unseen(course, student):
    """Its functions, what they call, and the lines that are sent."""
    assert grades(course)[student] == 0
    assert {findings(course, student)[id]["status"] for id in ("0.2", "0.3")} == {"tampered"}
    assert "was replaced" in feedback(course, student)


def test_a_finding_that_a_submission_wrote_itself_earns_nothing(course):
    assert grades(course)["sam"] == FULL - POINTS["0.2"]
    assert "The check did not come to its end" in feedback(course, "sam")


def test_no_file_has_a_seed(course):
    seeds = re.compile(r"seed=\d|token=|\b\d{10}\b")
    for folder in ("source", "release", "autograded", "feedback"):
        for path in (course / folder).rglob(f"{NAME}.*"):
            cells = nbformat.read(path, 4).cells if path.suffix == ".ipynb" else []
            text = (
                str(cells)
                if cells
                else re.sub(r"<style.*?</style>|<script.*?</script>", "", path.read_text(), flags=re.S)
            )
            assert not seeds.search(text), (path, seeds.search(text))
    assert "SEED …" in text_of(course, "sam"), "it was read, and taken out"


def test_what_an_answer_shows_of_a_hidden_case_nobody_sees(course):
    assert text_of(course, "ada").count("a case") == 1 + len(find_exercise("0.2").seeded_cases())


def test_a_cell_that_ends_python_costs_its_exercise_only(course):
    assert grades(course)["eda"] == FULL - POINTS["0.3"] and grades(course)["eva"] == FULL
    assert findings(course, "eda")["0.3"]["status"] == "crashed"
    assert findings(course, "eda")["0.2"] == findings(course, "ada")["0.2"]
    for student in ("eda", "eva"):
        assert "This cell ended Python, so it was left out." in feedback(course, student)
    assert "exit() does nothing" in feedback(course, "eva")


def test_no_page_runs_what_a_submission_holds(course):
    page = BeautifulSoup(feedback(course, "mia"), "html.parser")
    assert "bold" in page.text and "x < y" in page.text
    assert not [element for element in page.find_all("script") if "EVIL" in element.text]
    assert not [
        word
        for element in page.find_all()
        for word in element.attrs.items()
        if re.search(r"EVIL\d+\(", str(word))
        and not word[1].startswith("data:image/")  # a picture runs nothing
    ]
    assert page.find(style=re.compile("border-left")), "what is ours has its colour"


def test_the_formgrader_runs_and_fetches_nothing_of_a_submission(course):
    seen = formgrader.look_at(course, NAME, "mia", then="EVIL1()")
    assert seen.ran == ["EVIL1"], "only what the test ran itself"
    assert not [address for address in seen.fetched if "outside" in address or "evil" in address]
    assert seen.pictures and all(source.startswith("data:image/") for source in seen.pictures)
    assert "https://outside.example/page" in seen.links, "a page elsewhere, at most"
    assert not [link for link in seen.links if "javascript" in link or "evil" in link]
    assert seen.buttons == 3, "a button for each exercise, and nothing that poses as one"


def test_a_changed_row_of_another_learner_stops_grading(course):
    book = str(course / "gradebook.db")
    rows = f"import sqlite3\n\nwith sqlite3.connect({book!r}) as book:\n    book.execute({CHANGE!r})"
    hand_in(course, "zed", hostile.first(rows)(solve(released(course))))
    words = ("autograde", NAME, "--student=zed", "--BoundedExecute.confinement=none")
    shutil.copy(course / "gradebook.db", course / "copy.db")
    code, said = try_nbgrader(course, *words)
    assert code != 0 and "While the submission of zed ran, rows of the gradebook changed" in said
    assert not list((course / "autograded" / "zed").rglob("*.ipynb"))
    shutil.copy(course / "copy.db", course / "gradebook.db")
