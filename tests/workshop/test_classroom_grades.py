"""Grades with a status beside each number, for Moodle and Canvas too; never a 0 for what nobody graded."""

import csv
import warnings
from datetime import datetime, timedelta

from mnist_lab.cli import main
from mnist_lab.workshop.classroom.grades import write_grades
from mnist_lab.workshop.classroom.grading import GRADE_TYPE

import pytest
from click.testing import CliRunner
from nbformat import v4, write

pytest.importorskip("nbgrader")
NAME, NEXT = "03_training", "04_devices"
CELLS = {"check-3-1": 1, "check-3-3": 3}
DUE = datetime(2026, 5, 1, 12)


@pytest.fixture
def course(tmp_path):
    """A course with a gradebook, in which ada to gus stand for all that can become of a hand-in."""
    from nbgrader import api

    for name in (NAME, NEXT):
        notebook(tmp_path / "source" / name / f"{name}.ipynb")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy has remarks on nbgrader's code
        patch.setattr(api, "get_alembic_version", lambda: "any")  # a program that takes long to start
        with api.Gradebook(f"sqlite:///{(tmp_path / 'gradebook.db').as_posix()}", "mnist_lab") as gradebook:
            fill(gradebook)
    for learner in ("ada", "ben", "dan", "eve", "gus"):
        notebook(tmp_path / "submitted" / learner / NAME / f"{NAME}.ipynb")
        notebook(tmp_path / "autograded" / learner / NAME / f"{NAME}.ipynb", crashed=learner == "ben")
    notebook(tmp_path / "submitted" / "cleo" / NAME / "answers.ipynb", 'grade("3.1", order)')
    notebook(tmp_path / "submitted" / "hal" / NAME / f"{NAME}.ipynb")
    return tmp_path


def fill(gradebook):
    for name in (NAME, NEXT):
        gradebook.add_assignment(name, duedate=DUE if name == NAME else None)
        gradebook.add_notebook(name, name)
    for cell, points in CELLS.items():
        gradebook.add_grade_cell(cell, NAME, NAME, max_score=points, cell_type="code")
    for learner in ("ada", "ben", "cleo", "dan", "eve", "finn", "gus"):
        gradebook.add_student(learner, first_name=learner.title(), last_name="X", email=f"{learner}@x.org")
        if learner != "finn":
            late = DUE + timedelta(days=2 if learner == "eve" else -1)
            gradebook.add_submission(NAME, learner, timestamp=late)
    for learner, scores in {"ada": (1, 3), "ben": (1, 0), "dan": (0, 0), "eve": (1, 0)}.items():
        for cell, score in zip(CELLS, scores, strict=True):
            gradebook.find_grade(cell, NAME, NAME, learner).auto_score = score
    gradebook.find_grade("check-3-3", NAME, NAME, "dan").manual_score = 2.5
    gradebook.db.commit()


def notebook(path, source="", *, crashed=False):
    finding = {"exercise": "3.3", "status": "crashed" if crashed else "correct"}
    outputs = [v4.new_output("display_data", {GRADE_TYPE: finding})]
    cell = v4.new_code_cell(source, outputs=outputs, metadata={"nbgrader": {"grade_id": "check-3-3"}})
    path.parent.mkdir(parents=True, exist_ok=True)
    write(v4.new_notebook(cells=[cell]), path)


def table(path, **options):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, **options))


def rows_of(course, **options):
    path, *_ = write_grades(course, **options)
    head, *lines = table(path)
    return {line[head.index("student_id")]: dict(zip(head, line, strict=True)) for line in lines}


def test_each_number_has_a_status_and_what_was_not_graded_has_no_number(course):
    rows = rows_of(course)
    assert {learner: (row["score"], row["status"]) for learner, row in rows.items()} == {
        "ada": ("4.0", "graded"),
        "ben": ("1.0", "crashed"),
        "cleo": ("", "renamed"),
        "dan": ("2.5", "overridden by hand"),
        "eve": ("1.0", "late"),
        "finn": ("", "not handed in"),
        "gus": ("", "not graded yet"),
        "hal": ("", "not graded yet"),
    }
    assert {row["assignment"] for row in rows.values()} == {NAME}, "nobody has handed in the other yet"
    assert rows["ada"]["max_score"] == "4.0" and rows["ada"]["email"] == "ada@x.org"


def test_the_columns_are_nbgraders_and_the_status(course, tmp_path):
    from nbgrader.api import Gradebook
    from nbgrader.plugins import CsvExportPlugin

    with Gradebook(f"sqlite:///{(course / 'gradebook.db').as_posix()}", "mnist_lab") as gradebook:
        CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(gradebook)
    theirs = table(tmp_path / "theirs.csv")
    path, *_ = write_grades(course)
    ours = table(path)
    assert ours[0] == [*theirs[0], "status"]
    assert ours[1][:-1] == next(line for line in theirs if "ada" in line and NAME in line)


def test_a_graded_notebook_that_cannot_be_read_costs_no_grade(course):
    (course / "autograded" / "ada" / NAME / f"{NAME}.ipynb").write_text("{", "utf-8")
    assert rows_of(course)["ada"]["score"] == "4.0"


def test_statuses_add_up(course):
    notebook(course / "submitted" / "eve" / NAME / f"{NAME} (1).ipynb")
    notebook(course / "autograded" / "eve" / NAME / f"{NAME}.ipynb", crashed=True)
    assert rows_of(course)["eve"]["status"] == "renamed; crashed; late"


def test_moodle_takes_a_dash_for_what_was_not_graded(course, tmp_path):
    people = [
        f"{name.title()},X,,{name}@x.org" for name in ("ada", "ben", "cleo", "dan", "eve", "finn", "gus")
    ]
    text = "\n".join(["First name,Last name,ID number,Email address", *people])
    (tmp_path / "moodle.csv").write_text(text, encoding="utf-8")
    path, _, left = write_grades(course, kind="moodle", roster=tmp_path / "moodle.csv")
    head, *lines = table(path)
    assert head == ["First name", "Last name", "ID number", "Email address", NAME]
    assert lines[0] == ["Ada", "X", "", "ada@x.org", "4"]
    assert lines[2] == ["Cleo", "X", "", "cleo@x.org", "-"]
    assert left == ["hal"], "Moodle refuses a whole file for one learner whom it does not know"


CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,03_training (4711),Final Score
    Points Possible,,,,,4,(read only)
"X, Ada",101,S-1,ada,Monday,,0
"X, Ben",102,S-2,BEN@x.org,Monday,,0
"Y, Zoe",103,S-3,zoe,Friday,,0
"Student, Test",104,,,Friday,,0
"""


def test_canvas_gets_its_own_ids_and_heads_back(course, tmp_path):
    (tmp_path / "canvas.csv").write_text(CANVAS, encoding="utf-8-sig")
    path, _, left = write_grades(course, kind="canvas", roster=tmp_path / "canvas.csv")
    assert table(path) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "03_training (4711)"],
        ["    Points Possible", "", "", "", "", "4"],
        ["X, Ada", "101", "S-1", "ada", "Monday", "4"],
        ["X, Ben", "102", "S-2", "BEN@x.org", "Monday", "1"],
    ], "and whom the course does not know keeps what Canvas has"
    assert left == ["cleo", "dan", "eve", "finn", "gus", "hal"]


def test_canvas_may_part_first_and_last_names(course, tmp_path):
    text = CANVAS.replace("Student,ID", "LastName,FirstName,ID").replace('"X, Ada"', "X,Ada")
    (tmp_path / "canvas.csv").write_text(text.replace("Possible,", "Possible,,"), encoding="utf-8")
    path, *_ = write_grades(course, kind="canvas", roster=tmp_path / "canvas.csv")
    points, ada = table(path)[1:3]
    assert points == ["    Points Possible", *[""] * 5, "4"] and ada[:3] + ada[6:] == ["X", "Ada", "101", "4"]


ODD = '''\
"First name","Last name","ID number","Email address"
"Ada ""the first""","Müller, Lovelace",007,ada@x.org
=cmd|' /C calc'!A0,"X; Y",,ben@x.org
Dan,X
Eve,X,08,eve@x.org,too much
Ines,Z,,ines@x.org
'''


def test_odd_names_come_out_as_they_went_in(course, tmp_path):
    """Moodle gives a row without an ID number to the learner above it, so no row is there without need."""
    (tmp_path / "moodle.csv").write_text(ODD, encoding="utf-8-sig")
    path, _, left = write_grades(course, kind="moodle", roster=tmp_path / "moodle.csv")
    assert table(path)[1:] == [
        ['Ada "the first"', "Müller, Lovelace", "007", "ada@x.org", "4"],
        ["=cmd|' /C calc'!A0", "X; Y", "", "ben@x.org", "1"],
        ["Eve", "X", "08", "eve@x.org", "1"],
    ]
    assert "dan" in left, "a short row has no email, and moves no points into another column"


def test_no_cell_of_a_name_is_a_formula(course):
    notebook(course / "submitted" / "=cmd" / NAME / f"{NAME}.ipynb")
    assert rows_of(course)["'=cmd"]["status"] == "not graded yet"


@pytest.mark.parametrize(
    "text",
    [
        "First name;Last name;ID number;Email address\nAda;Lovelace;77;ADA@x.org\nCleo;Y;78;cleoo\n",
        "first_name,last_name,id,email\nAda,Lovelace,ada,ADA@x.org\nCleo,Y,c,\n",
    ],
    ids=["moodle", "nbgrader"],
)
def test_points_go_into_the_roster_and_a_name_is_no_id(course, tmp_path, text):
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    path, _, left = write_grades(course, kind="moodle", roster=tmp_path / "roster.csv")
    head, ada = table(path)
    assert head[4:] == [NAME]
    assert ada[:2] + ada[3:] == ["Ada", "Lovelace", "ADA@x.org", "4"]
    assert "cleo" in left, "Cleo is not cleo for her first name"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"name,mark\nada,1\n", "is no roster: expected the heads Email address or ID number"),
        (b"", "is no roster"),
        (b"id,email\n", "is no roster"),
        (b"id,email\nada,\xff\n", "is no CSV file in UTF-8"),
        (b"id,email\nada,ada@x.org\nada,\n", "row 3 is ada's, but so is another, or it is another's too"),
        (b"id,email\nada,ben@x.org\n", "row 2 is ben's, but so is another, or it is another's too"),
    ],
)
def test_a_roster_that_is_none_is_refused(course, tmp_path, content, sentence):
    (tmp_path / "roster.csv").write_bytes(content)
    words = ["classroom", "grades", str(course), "--for", "moodle", "--roster", str(tmp_path / "roster.csv")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2 and sentence in " ".join(result.output.split())
    assert not (course / "grades_moodle.csv").exists()


def test_the_command_counts_and_names_who_is_left_out(course, tmp_path):
    (tmp_path / "moodle.csv").write_text("Username\nada\n", encoding="utf-8")
    words = ["classroom", "grades", str(course), "--for", "moodle", "--roster", str(tmp_path / "moodle.csv")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "2 not graded yet" in result.output and "1 crashed" in result.output
    assert "Left out" in result.output and "hal" in result.output and "grades_moodle.csv" in result.output


@pytest.mark.parametrize("words", [["--roster", __file__], ["--for", "canvas"]])
def test_a_roster_goes_with_a_platform(course, words):
    result = CliRunner().invoke(main, ["classroom", "grades", str(course), *words])
    assert result.exit_code == 2 and "go with --roster FILE" in result.output


def test_a_course_without_grades_is_refused(tmp_path):
    (tmp_path / "source").mkdir()
    with pytest.raises(ValueError, match="has no grades"):
        write_grades(tmp_path)
    with pytest.raises(ValueError, match="is no course folder"):
        write_grades(tmp_path / "missing")
