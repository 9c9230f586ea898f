"""nbgrader itself on assignments of ours: a class of six, and what else is handed in."""

import csv
import json
import re
from pathlib import Path

from mnist_lab.exercises.registry import exercises, find_exercise
from mnist_lab.workshop.classroom.build import build
from mnist_lab.workshop.classroom.places import answer_code, places

import nbformat
import pytest
from nbformat import v4
from run_nbgrader import nbgrader, try_nbgrader

pytest.importorskip("nbgrader")
pytestmark = pytest.mark.slow

LESSON = Path(__file__).parents[2] / "notebooks" / "00_start_here.ipynb"  # the quickest
NAME = LESSON.stem
POINTS = {exercise.id: exercise.points for exercise in exercises(0)}


def released(course):
    return nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)


def hand_in(course, student, content, *, name=NAME):
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True)
    text = content if isinstance(content, str) else json.dumps(content)  # nbformat would mend it
    (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")


def cell_of(notebook, id):
    return next(cell for cell in notebook.cells if cell.id == id)


def solve(notebook, **other):
    """Answer every exercise with its reference, but those named, such as e2 for 0.2, with other code."""
    lesson = nbformat.read(LESSON, as_version=4)
    for place in places(lesson, lesson=0):
        number = place.exercise.id.partition(".")[2]
        for cell in notebook.cells:
            if cell.id == f"exercise-0-{number}":
                cell.source = other.get(f"e{number}", answer_code(place))
    return notebook


def known_mistake(id):
    """Code that answers an exercise with its first known mistake, as a function or value of the learner's."""
    name = next(p.name for p in places(nbformat.read(LESSON, 4), lesson=0) if p.exercise.id == id)
    fetched = "from mnist_lab.exercises.registry import find_exercise\n\n"
    fetched += f'_wrong = find_exercise("{id}").mistakes[0].answer\n'
    if not callable(find_exercise(id).reference):
        return f"{fetched}{name} = _wrong"
    return f"{fetched}\ndef {name}(*args, _wrong=_wrong, **more):\n    return _wrong(*args, **more)"


def grades(course):
    """{student: score} of what nbgrader exports."""
    nbgrader(course, "export")
    with open(course / "grades.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {row["student_id"]: float(row["score"]) for row in rows}


def findings(course, student):
    """{id: what the graded cell left in its output} of an autograded submission."""
    notebook = nbformat.read(course / "autograded" / student / NAME / f"{NAME}.ipynb", as_version=4)
    kind = "application/vnd.mnist-lab.grade+json"
    outputs = [shown for cell in notebook.cells for shown in cell.get("outputs", [])]
    graded = [shown["data"][kind] for shown in outputs if kind in shown.get("data", {})]
    return {finding["exercise"]: finding for finding in graded}


def feedback(course, student):
    return (course / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")


CHEAT = """\
def check(*args, **more):
    pass


grade = check
import mnist_lab.exercises

mnist_lab.exercises.check = check
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A graded class of six, in the course folder."""
    course = tmp_path_factory.mktemp("class") / "course"
    build(course, [LESSON])
    nbgrader(course, "generate_assignment", NAME)
    hand_in(course, "ada", solve(released(course)))
    hand_in(course, "ben", released(course))
    mistakes = {f"e{id.partition('.')[2]}": known_mistake(id) for id in POINTS}
    hand_in(course, "cleo", solve(released(course), **mistakes))
    hand_in(course, "dan", solve(released(course), e3="def channels_first(photo)\n    return photo"))
    hand_in(course, "eve", solve(released(course), e2="while True:\n    pass"))
    cheated = released(course)
    cheated.cells.insert(2, v4.new_code_cell(CHEAT))
    hand_in(course, "finn", cheated)
    nbgrader(course, "autograde", NAME, "--Execute.timeout=60")
    nbgrader(course, "generate_feedback", NAME)
    return course


def test_the_grades_of_a_class_of_six(course):
    total = sum(POINTS.values())
    assert grades(course) == {
        "ada": total,
        "ben": 0,
        "cleo": 0,
        "dan": total - POINTS["0.3"],
        "eve": total - POINTS["0.2"],
        "finn": 0,
    }


def test_the_feedback_names_the_mistakes(course):
    graded, page = findings(course, "cleo"), feedback(course, "cleo")
    for id in POINTS:
        sentence = find_exercise(id).mistakes[0].sentence
        assert graded[id] == {"exercise": id, "cases": "shown", "status": "mistake", "mistake": sentence}
        assert max(sentence.split("`"), key=len).replace("'", "&#39;")[:20] in page.replace("'", "&#39;")


def test_each_submission_is_told_what_happened_to_it(course):
    assert {finding["status"] for finding in findings(course, "ada").values()} == {"correct"}
    assert {finding["cases"] for finding in findings(course, "ada").values()} == {"shown", "hidden"}
    assert {finding["status"] for finding in findings(course, "ben").values()} == {"not started"}
    assert "SyntaxError" in feedback(course, "dan") and "CellTimeoutError" in feedback(course, "eve")
    assert set(findings(course, "dan")) == set(POINTS) - {"0.3"}
    assert {finding["status"] for finding in findings(course, "finn").values()} == {"tampered"}


def test_the_release_has_the_lesson_s_own_stubs_and_no_answer(course):
    lesson, given = nbformat.read(LESSON, as_version=4), released(course)
    for place in places(lesson, lesson=0):
        id = place.exercise.id.replace(".", "-")
        assert cell_of(given, f"exercise-{id}").source.rstrip() == lesson.cells[place.stub].source
        assert not {"HIDDEN", "seed"} & set(re.findall(r"\w+", cell_of(given, f"check-{id}").source))
    assert "SOLUTION" not in nbformat.writes(given)


# Everything else that is handed in, on a lesson of three exercises and nothing else


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A course of odd submissions, autograded, and what nbgrader said."""
    folder = tmp_path_factory.mktemp("odd")
    build(folder / "course", [small_lesson(folder)])
    course = folder / "course"
    nbgrader(course, "generate_assignment", NAME)
    for student, make in ODD.items():
        content = make(solve(released(course)))
        hand_in(course, student, content, name="answers" if student == "renamed" else NAME)
    (course / "submitted" / "zoe" / NAME / "concept_test_A.json").write_text("{}", encoding="utf-8")
    code, output = try_nbgrader(course, "autograde", NAME)
    return course, code, output


def small_lesson(folder):
    """The first three exercises of the lesson, with the imports that they need."""
    lesson = nbformat.read(LESSON, as_version=4)
    exercise_cells = [
        lesson.cells[index] for p in places(lesson, lesson=0)[:3] for index in (p.stub, p.check)
    ]
    imports = "import torch\n\nfrom mnist_lab.exercises import check, mine_or_reference"
    lesson.cells = [v4.new_markdown_cell("# Small"), v4.new_code_cell(imports), *exercise_cells]
    lesson.cells.append(v4.new_code_cell('channels_first = mine_or_reference("0.3")'))
    path = folder / LESSON.name
    nbformat.write(lesson, path)
    return path


def without_cells(notebook):
    notebook.cells = [cell for cell in notebook.cells if "0-2" not in cell.id and cell.id != "check-0-1"]
    return notebook


def without_marks(notebook):
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    return notebook


def moved(notebook):
    """All checks first, but that of the last exercise, which stands at the very end."""
    checks = [cell for cell in notebook.cells if cell.id.startswith("check")]
    others = [cell for cell in notebook.cells if not cell.id.startswith("check")]
    notebook.cells = [*checks[:2], *others, checks[2]]
    return notebook


def twice(notebook):
    """The cells of an exercise copied with their ids and marks, the first copy with a wrong answer."""
    at = notebook.cells.index(cell_of(notebook, "exercise-0-2"))
    copies = [nbformat.from_dict(json.loads(json.dumps(cell))) for cell in notebook.cells[at : at + 2]]
    copies[0].source = "def row_means(images):\n    return images"
    notebook.cells[at:at] = copies
    return notebook


def old_marks(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(schema_version=1, points=99)
    return notebook


LOUD = """

for _ in range(200):
    print("y" * 1_000_000)

import os

_quiet = row_means


def row_means(images):
    os.write(2, b"a warning of a library\\n")
    return _quiet(images)
"""


def loud(notebook):
    """200 MB in the file, and 200 MB when it runs, in an answer that is right but for a warning."""
    answer = cell_of(notebook, "exercise-0-2")
    answer.outputs = [v4.new_output("stream", name="stdout", text="x" * 200_000_000)]
    answer.source += LOUD
    return notebook


def leaves(notebook):
    cell_of(notebook, "exercise-0-3").source = "import os\n\nos._exit(1)"
    return notebook


ODD = {
    "lacking": without_cells,
    "leaving": leaves,
    "loud": loud,
    "marks": without_marks,
    "moved": moved,
    "nothing": lambda notebook: "this is no notebook",
    "old": old_marks,
    "renamed": lambda notebook: notebook,
    "twice": twice,
    "zoe": lambda notebook: notebook,
}
FULL = sum(POINTS[id] for id in ("0.1", "0.2", "0.3"))
FAILED = {"nothing", "renamed"}


def test_what_cannot_be_graded_does_not_stop_the_others(odd):
    _, code, output = odd
    assert code != 0
    for student in ODD:
        failed = f"There was an error processing assignment '{NAME}' for student '{student}'" in output
        assert failed == (student in FAILED), output
    assert "Notebook does not appear to be JSON" in output and "ended Python" in output


def test_odd_submissions_get_the_points_of_their_answers(odd):
    course, _, _ = odd
    scores = grades(course)
    assert scores["zoe"] == scores["loud"] == scores["marks"] == scores["old"] == scores["twice"] == FULL
    assert scores["lacking"] == FULL - POINTS["0.2"] and scores["leaving"] == FULL - POINTS["0.3"]
    assert scores["moved"] == FULL - POINTS["0.3"], "the lesson had put its own answer in place by then"
    assert all(scores[student] == 0 for student in FAILED)


def test_what_was_mended_is_said(odd):
    course, _, output = odd
    assert "Cell exercise-0-2 is missing from the submission; it was put back as given out." in output
    assert "Cell check-0-1 is missing from the submission; it was put back." in output
    assert "Cell check-0-1 stood before its answer; it was moved behind it." in output
    assert "Cell exercise-0-1 had lost its marks; it has them again." in output
    assert findings(course, "lacking")["0.2"]["status"] == "not started"
    assert findings(course, "moved")["0.3"]["status"] == "not started"


def test_nothing_handed_in_is_lost(odd):
    course, _, _ = odd
    text = (course / "submitted" / "nothing" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    assert text == "this is no notebook"
    assert (course / "submitted" / "zoe" / NAME / "concept_test_A.json").read_text(encoding="utf-8") == "{}"
    assert (course / "submitted" / "loud" / NAME / f"{NAME}.ipynb").stat().st_size > 200_000_000


def test_endless_output_is_cut(odd):
    course, _, _ = odd
    path = course / "autograded" / "loud" / NAME / f"{NAME}.ipynb"
    assert path.stat().st_size < 5_000_000
    text = path.read_text(encoding="utf-8")
    assert "The rest of this cell's output was left out." in text and "a warning of a library" in text
