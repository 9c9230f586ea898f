"""A hand-in without ids and marks: its cells are found by their line, and right answers earn points."""

import json

import mnist_lab.workshop.classroom.lost_marks as lost
from mnist_lab.exercises.registry import find_exercise
from mnist_lab.workshop.classroom.build import build
from mnist_lab.workshop.classroom.collect import collect
from mnist_lab.workshop.classroom.grades import write_grades
from mnist_lab.workshop.classroom.report_reading import OTHER, read_class
from mnist_lab.workshop.classroom.report_records import RIGHT

import pytest
from nbformat import read, v4, write
from run_nbgrader import nbgrader, try_nbgrader

pytest.importorskip("nbgrader")
NAME = "00_tiny"
ANSWERS = {
    "exercise-0-1": "shape = (3, 20)",
    "exercise-0-3": "def channels_first(photo):\n    return photo.permute(2, 0, 1)",
}
IDS = {"0.1": "shape", "0.3": "channels_first"}
ENDS = "import os\n\nos._exit(1)\n\n"


def cell(source, name=""):
    marks = {"nbgrader": {"grade_id": name}} if name else {}
    return v4.new_code_cell(source, metadata=marks)


def names_of(cells):
    return [each.metadata.get("nbgrader", {}).get("grade_id") for each in cells]


GIVEN = {
    "exercise-0-1": cell("shape = ...", "exercise-0-1"),
    "check-0-1": cell('from x import grade\n\ngrade("0.1", shape)', "check-0-1"),
}


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (["shape = 1", "shape = (3, 20)", "shape", 'grade("0.1", shape)'], [0, "exercise", 0, "check"]),
        (["def shape(:", 'grade("0.1", shape)', "shape = 2"], ["exercise", "check", 0]),
        (['shape = mine_or_reference("0.1")', 'grade("0.1", shape)'], [0, "check"]),
        (["shape == 3", "shapes = 3", "x = shape = 3", 'grade("0.1", shape)'], [0, 0, 0, "check"]),
        (["shape: tuple = 3", 'grade("0.1", shapes)'], [0, 0]),
    ],
)
def test_an_answer_is_the_nearest_definition_above_its_check(sources, names):
    cells = [cell(source) for source in sources]
    lost.mark_by_line(cells, GIVEN)
    assert names_of(cells) == [f"{name}-0-1" if name else None for name in names]


def test_what_has_its_mark_keeps_it_and_none_is_given_twice():
    cells = [cell("shape = 1", "exercise-0-1"), cell("shape = 2"), cell('grade("0.1", shape)')]
    assert lost.mark_by_line(cells, GIVEN) == ["check-0-1"]
    assert names_of(cells) == ["exercise-0-1", None, "check-0-1"]
    cells = [cell('grade("0.1", shape)', "check-0-1"), cell("shape = 1", "exercise-0-1"), cell("shape = 2")]
    assert lost.mark_by_line(cells, GIVEN) == []


# nbgrader itself: what is collected, graded, written and reported


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which one lost all marks, one is named as a copy, one by hand; collected and graded."""
    folder = tmp_path_factory.mktemp("lost")
    cells = [v4.new_markdown_cell("# Tiny"), v4.new_code_cell("import torch")]
    for id, name in IDS.items():
        stub = "shape = ..." if id == "0.1" else f"def {name}(photo):\n    ..."
        cells += [v4.new_code_cell(stub, metadata={"tags": [f"exercise:{id}"]})]
        cells += [v4.new_code_cell(f'check("{id}", {name})')]
    write(v4.new_notebook(cells=cells), folder / f"{NAME}.ipynb")
    build(folder / "course", [folder / f"{NAME}.ipynb"])
    course = folder / "course"
    nbgrader(course, "generate_assignment", NAME)
    (course / "roster.csv").write_text("id,first_name,email\nada,Ada,a@x.org\nben,Ben,\ncleo,Cleo,c@x.org\n")
    nbgrader(course, "db", "student", "import", "roster.csv")
    hand_in(course, f"ada/{NAME}/{NAME}.ipynb")
    hand_in(course, f"cleo/{NAME}/{NAME} (1).ipynb")
    hand_in(course, f"dan/{NAME}/answers.ipynb")
    hand_in(course, f"eve/{NAME}/{NAME}.ipynb", ENDS)
    said = collect(course)
    _, output = try_nbgrader(course, "autograde", NAME)
    return course, said, output


def hand_in(course, path, first=""):
    """Hand in right answers without a mark or an id of ours; 0.3 begins with other code."""
    notebook = read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    for each in notebook.cells:
        answer = ANSWERS.get(each.id, each.source)
        each.source = first + answer if each.id == "exercise-0-3" else answer
        each.metadata, each.id = {}, v4.new_code_cell().id
    path = course / "submitted" / path
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.mark.slow
def test_right_answers_without_marks_earn_their_points(course):
    folder, said, output = course
    strangers = [f"{learner} is not in the roster." for learner in ("dan", "eve")]
    assert said[-3:] == [*strangers, f"{NAME}: nothing from ben."]
    assert "Cell exercise-0-3 had lost its marks; it was found by its line." in output
    _, rows, _ = write_grades(folder)
    assert {learner: row["status"] for (_, learner), row in rows.items()} == {
        "ada": "graded",
        "ben": "not handed in",
        "cleo": "graded",
        "dan": "renamed",
        "eve": "crashed",
    }
    full, less = (sum(find_exercise(id).points for id in ids) for ids in (IDS, ["0.1"]))
    scores = {learner: row["score"] for (_, learner), row in rows.items()}
    assert scores == {"ada": full, "ben": None, "cleo": full, "dan": None, "eve": less}
    wrong = [record for record in read_class(folder).records if record.status != RIGHT]
    assert [(record.student, record.mistake) for record in wrong] == [("eve", OTHER["crashed"])]
