"""The class report: counted right, what to teach again first, silent about names, safe with bad input."""

import csv
import io
import json
import re
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

from mnist_lab.cli import main
from mnist_lab.exercises.concepts.answer_sheet import IDEAS, Sheet, sheet_path, write_sheet
from mnist_lab.exercises.concepts.idea import RIGHT as RIGHT_OPTION
from mnist_lab.exercises.registry import exercises, find_exercise
from mnist_lab.workshop.classroom.class_report import report_page, report_table, write_report
from mnist_lab.workshop.classroom.grading import GRADE_TYPE
from mnist_lab.workshop.classroom.report_counts import exercise_rows, idea_rows, whole_gain
from mnist_lab.workshop.classroom.report_reading import OTHER, read_class
from mnist_lab.workshop.classroom.report_records import (
    BY_HAND,
    RIGHT,
    UNKNOWN,
    UNTOUCHED,
    WRONG,
    Class,
    Record,
)

import pytest
from click.testing import CliRunner
from nbformat import read, v4, write
from run_nbgrader import nbgrader

SENTENCES = [mistake.sentence for mistake in find_exercise("3.3").mistakes]


def record(student, exercise, status, mistake="", most=1):
    points = most if status == RIGHT else 0
    return Record(
        student=student, exercise=exercise, points=points, max_points=most, status=status, mistake=mistake
    )


def sheet(form, known, *, finished=True, left_out=()):
    """A sheet that has the first so many ideas right, and one misconception for each of the others."""
    answers = {}
    for number, idea in enumerate(IDEAS):
        option = RIGHT_OPTION if number < known else sorted(idea.misconceptions)[0]
        if number not in left_out:
            answers[idea.name] = next(
                text for text, behind in idea.asked(form).options.items() if behind == option
            )
    return Sheet(form, answers, finished)


# Counting


def test_what_fewest_have_right_comes_first_with_its_mistakes():
    records = [
        *(record(f"s{i}", "3.1", RIGHT) for i in range(5)),
        *(record(f"s{i}", "3.3", WRONG, SENTENCES[0]) for i in range(3)),
        record("s3", "3.3", WRONG, SENTENCES[1]),
        record("s4", "3.3", UNTOUCHED),
        *(record(f"t{i}", "3.3", WRONG, UNKNOWN) for i in range(4)),
        *(record(f"s{i}", "1.2", RIGHT if i < 3 else UNTOUCHED) for i in range(5)),
    ]
    rows = exercise_rows(records)
    assert [row.id for row in rows] == ["3.3", "1.2", "3.1"]
    assert (rows[0].right, rows[0].wrong, rows[0].left, rows[0].n) == (0, 8, 1, 9)
    assert rows[0].mistakes[:2] == ((SENTENCES[0], ("s0", "s1", "s2")), (SENTENCES[1], ("s3",)))
    assert rows[0].mistakes[2] == (UNKNOWN, ("t0", "t1", "t2", "t3")), "a known mistake leads"
    assert rows[0].title == find_exercise("3.3").title and rows[0].lesson == 3


def test_what_is_optional_comes_last_even_if_nobody_did_it():
    rows = exercise_rows([record("a", "4.6", UNTOUCHED, most=0), record("a", "3.1", RIGHT)])
    assert [(row.id, row.optional) for row in rows] == [("3.1", False), ("4.6", True)]


def test_an_exercise_of_another_version_is_counted_all_the_same():
    (row,) = exercise_rows([record("a", "3.99", WRONG, UNKNOWN)])
    assert row.title == "an exercise that this version does not have" and row.wrong == 1


def test_the_gain_is_hakes_over_those_who_did_both():
    before = [("A", 5), ("A", 5), ("A", 10), ("A", 0)]
    after = [("B", 10), ("B", 15), ("B", 20)]
    sheets = {f"s{i}": {form: sheet(form, known)} for i, (form, known) in enumerate(before)}
    for i, (form, known) in enumerate(after):
        sheets[f"s{i}"][form] = sheet(form, known)
    whole = whole_gain(sheets)
    assert (whole.n, whole.before, whole.after) == (3, pytest.approx(1 / 3), pytest.approx(0.75))
    assert whole.normalised == pytest.approx((0.75 - 1 / 3) / (2 / 3))
    rows = {row.title: row for row in idea_rows(sheets)}
    first, eighth = rows[IDEAS[0].title].gain, rows[IDEAS[7].title].gain
    assert (first.before, first.after, first.normalised) == (1, 1, None)  # known to all before
    assert (eighth.before, eighth.after, eighth.normalised) == (pytest.approx(1 / 3), 1, 1)
    assert rows[IDEAS[12].title].n == 3, "who did form B"


def test_ideas_are_sorted_by_who_lacks_them_now_and_name_the_misconception():
    sheets = {"a": {"B": sheet("B", 10)}, "b": {"B": sheet("B", 12, left_out=[19])}}
    rows = idea_rows(sheets)
    assert [row.right for row in rows] == sorted(row.right for row in rows)
    last = next(row for row in rows if row.title == IDEAS[19].title)
    name = sorted(IDEAS[19].misconceptions)[0]
    assert (last.right, last.wrong, last.left) == (0, 1, 1)
    assert last.mistakes == ((f'"{name}". {IDEAS[19].misconceptions[name]}', ("a",)),) and last.id == "B20"


def test_form_a_alone_gives_ideas_without_a_gain():
    sheets = {"a": {"A": sheet("A", 10)}}
    assert whole_gain(sheets) is None
    assert all(row.gain is None and row.id.startswith("A") for row in idea_rows(sheets))
    page = report_page(Class("c", {"a": "a"}, [], sheets), [], idea_rows(sheets), None)
    assert "Nobody handed in both forms" in page and "shown" not in page.partition("How to read")[0]


@pytest.mark.parametrize(("learners", "shown"), [(1, False), (2, False), (5, False), (6, True)])
def test_a_small_class_shows_nothing_even_if_all_gained(learners, shown):
    sheets = {f"s{i}": {"A": sheet("A", 0), "B": sheet("B", 20)} for i in range(learners)}
    assert whole_gain(sheets).shown is shown
    assert {row.gain.shown for row in idea_rows(sheets)} == {shown}


def test_a_change_to_both_sides_is_not_shown():
    known = [(0, 20), (20, 0)] * 10
    sheets = {f"s{i}": {"A": sheet("A", a), "B": sheet("B", b)} for i, (a, b) in enumerate(known)}
    assert not whole_gain(sheets).shown


def test_a_student_twice_is_refused():
    twice = [record("ada", "3.1", RIGHT), record("ada", "3.1", WRONG)]
    with pytest.raises(ValueError, match=r"Exercise 3\.1 is there twice for one student, ada; give one"):
        Class("c", {}, twice)


def test_an_unknown_status_is_refused():
    with pytest.raises(ValueError, match="A status is right, wrong, untouched or by hand, but got 'half'"):
        Class("c", {}, [record("ada", "3.1", "half")])


def test_unknown_answers_are_grouped_by_what_they_came_to_and_stand_behind_known_ones():
    def unknown(student, came):
        return Record(
            student=student, exercise="3.3", points=1, max_points=3, status=WRONG, mistake=UNKNOWN, came=came
        )

    records = [*(unknown(f"s{i}", "0.1") for i in range(3)), unknown("t", "0.2"), unknown("u", "")]
    (row,) = exercise_rows([*records, record("v", "3.3", WRONG, SENTENCES[0], most=3)])
    assert [(sentence.removeprefix(UNKNOWN), len(who)) for sentence, who in row.mistakes] == [
        (SENTENCES[0], 1),
        (" It came to: 0.1", 3),
        (" It came to: 0.2", 1),
        ("", 1),
    ]
    assert (row.points, row.most) == (pytest.approx(5 / 6), 3)


def test_the_first_advice_is_a_known_mistake_even_if_more_learners_made_an_unknown_one():
    records = [record(f"s{i}", "3.1", WRONG, UNKNOWN) for i in range(5)]
    records += [record(f"s{i}", "3.3", WRONG if i < 2 else RIGHT, SENTENCES[0]) for i in range(5)]
    page = page_of(Class("c", {f"s{i}": "x" for i in range(5)}, records))
    first = page.partition("Teach again first")[2].partition("<h2>")[0]
    assert first.index("Exercise 3.3") < first.index("Exercise 3.1")
    assert UNKNOWN not in first and first.count("Most often") == 1
    records = [replace(each, came="26") if each.exercise == "3.1" else each for each in records]
    page = page_of(Class("c", {f"s{i}": "x" for i in range(5)}, records))
    assert "Most often, 5 times:  It came to: 26" in page and UNKNOWN not in page.partition("<h2>Exerc")[0]


# The page and the table


@pytest.fixture
def group():
    students = {"id17": "Ada Lovelace", "id18": "Grace <Hopper>", "id19": "id19"}
    records = [
        record("id17", "3.1", RIGHT),
        record("id18", "3.1", WRONG, UNKNOWN),
        record("id17", "3.3", WRONG, SENTENCES[0]),
        record("id18", "3.3", WRONG, SENTENCES[0]),
        record("id19", "3.3", UNTOUCHED),
    ]
    sheets = {id: {"A": sheet("A", 4), "B": sheet("B", 12, left_out=[19])} for id in students}
    return Class("course <1>", students, records, sheets, [("A file cannot be read.", "id18")])


def page_of(group, **options):
    rows = exercise_rows(group.records), idea_rows(group.sheets)
    return report_page(group, *rows, whole_gain(group.sheets), **options)


def test_the_page_names_nobody_unless_asked(group):
    silent, named = page_of(group), page_of(group, named=True)
    for name in ("Ada", "Hopper", "id19"):
        assert name not in silent and name in named
    assert "Grace &lt;Hopper&gt;" in named and "<Hopper>" not in named and "course <1>" not in silent
    assert "id17" not in silent + named, "an id only where there is no name, or two have the same"
    group.students["id19"] = "Ada Lovelace"
    assert "Ada Lovelace, id17" in page_of(group, named=True)


def test_the_page_says_what_to_teach_again_and_over_how_many(group):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page_of(group)))
    first = text.partition("Teach again first")[2].partition("Not counted")[0]
    assert "Exercise 3.3, Cross-entropy from logits , lesson 03: 0 of 3 right. Most often, 2 times:" in first
    assert first.count("lesson") == 5, "two exercises and the first three ideas"
    assert "3 learners who handed in both: 20 % to 60 % of the ideas right, normalised gain 0.50" in text
    assert "The difference is not shown" in text and "n = 3 pairs" in text
    assert "of 3 students, one is 33 %" in text and "Hake" in text


def test_a_class_that_has_all_right_is_told_so():
    group = Class("c", {"a": "a"}, [record("a", "3.1", RIGHT)])
    assert "Nothing stands out" in page_of(group)


def test_the_page_fetches_nothing(group):
    assert not re.findall(r"(?:src|href)\s*=|url\(|@import|<script|https?://", page_of(group, named=True))


def test_the_table_is_read_by_csv(group):
    rows = [*exercise_rows(group.records), *idea_rows(group.sheets)]
    lines = list(csv.DictReader(io.StringIO(report_table(rows))))
    kinds = [line["kind"] for line in lines]
    assert kinds[:4] == ["exercise", "mistake", "exercise", "mistake"] and kinds.count("idea") == len(IDEAS)
    assert (lines[1]["times"], lines[1]["sentence"]) == ("2", SENTENCES[0])
    assert not any("id1" in str(line) for line in lines)
    named = list(csv.DictReader(io.StringIO(report_table(rows, named=True))))
    assert named[1]["students"] == "id17; id18"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_neither_a_name_nor_a_sentence_is_a_formula_in_a_spreadsheet(sign):
    rows = exercise_rows([record(f"{sign}1+1", "3.1", WRONG, f"{sign}2"), record("-a", "3.1", RIGHT)])
    line = list(csv.DictReader(io.StringIO(report_table(rows, named=True))))[1]
    assert (line["students"], line["sentence"]) == (f"'{sign}1+1", f"'{sign}2")
    rows = exercise_rows([record("a=1", "3.1", WRONG, UNKNOWN)])
    assert list(csv.DictReader(io.StringIO(report_table(rows, named=True))))[1]["students"] == "a=1"


# Reading a course folder


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course folder with a gradebook, written by nbgrader's own interface, in which four are enrolled."""
    api = pytest.importorskip("nbgrader.api")
    folder = tmp_path_factory.mktemp("course")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy has remarks on nbgrader's code
        patch.setattr(api, "get_alembic_version", lambda: "any")  # a program that takes long to start
        _enrol(api, folder)
    return folder


def _enrol(api, folder):
    with api.Gradebook(f"sqlite:///{(folder / 'gradebook.db').as_posix()}", "mnist_lab") as gradebook:
        gradebook.add_assignment("03_training")
        gradebook.add_notebook("03_training", "03_training")
        for name, points in (("check-3-1", 1), ("check-3-3", 3), ("check-3-9", 0), ("mine", 5)):
            gradebook.add_grade_cell(name, "03_training", "03_training", max_score=points, cell_type="code")
        for student in ("ada", "bob", "cyd", "dan"):
            gradebook.add_student(student, first_name=student.title(), last_name="X")
        for student in ("ada", "bob", "cyd"):
            gradebook.add_submission("03_training", student)


def grade(folder, student, scores, findings):
    """Set a student's scores in the gradebook, and write the notebook that was graded."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{(folder / 'gradebook.db').as_posix()}", "mnist_lab") as gradebook:
        for name, score in scores.items():
            entry = gradebook.find_grade(name, "03_training", "03_training", student)
            entry.auto_score = score
        gradebook.db.commit()
    cells = [
        v4.new_code_cell(
            metadata={"nbgrader": {"grade_id": name}},
            outputs=[v4.new_output("display_data", {GRADE_TYPE: finding, "text/plain": "…"})],
        )
        for name, finding in findings.items()
    ]
    path = folder / "autograded" / student / "03_training" / "03_training.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    write(v4.new_notebook(cells=cells), path)


@pytest.fixture
def course(graded, tmp_path):
    """A copy in which three have handed in: all right, two mistakes, untouched and cut short."""
    folder = Path(shutil.copytree(graded, tmp_path / "course"))
    right = {"exercise": "3.1", "cases": "shown", "status": "correct", "mistake": None}
    known = right | {"status": "mistake", "mistake": SENTENCES[0]}
    names = ("check-3-1", "check-3-3", "check-3-9", "mine")
    grade(folder, "ada", dict(zip(names, (1, 3, 0, 5), strict=True)), dict.fromkeys(names[:3], right))
    findings = {"check-3-1": right | {"status": "slow"}, "check-3-3": known, "check-3-9": known}
    grade(folder, "bob", dict.fromkeys(names, 0), findings)
    forged = right | {"mistake": "<b>mine</b>"}
    findings = {"check-3-1": right | {"status": "not started"}, "check-3-3": forged}
    grade(folder, "cyd", dict.fromkeys(names, 0), findings)
    return folder


def statuses(group):
    return {(record.student, record.exercise): record.status for record in group.records}


def test_a_gradebook_becomes_records(course):
    group = read_class(course)
    assert statuses(group) == {
        ("ada", "3.1"): RIGHT,
        ("ada", "3.3"): RIGHT,
        ("ada", "3.9"): RIGHT,
        ("bob", "3.1"): WRONG,
        ("bob", "3.3"): WRONG,
        ("bob", "3.9"): WRONG,
        ("cyd", "3.1"): UNTOUCHED,
        ("cyd", "3.3"): WRONG,
        ("cyd", "3.9"): WRONG,
    }
    mistakes = {(r.student, r.exercise): r.mistake for r in group.records if r.mistake}
    assert mistakes["bob", "3.3"] == SENTENCES[0] and mistakes["bob", "3.1"] == OTHER["slow"]
    assert mistakes["cyd", "3.3"] == UNKNOWN, "it says correct, and earned nothing: the gradebook decides"
    assert mistakes["cyd", "3.9"] == OTHER[None], "no finding"
    assert "<b>" not in str(mistakes), "a sentence that no exercise has is not repeated"
    assert group.students == {id: f"{id.title()} X" for id in ("ada", "bob", "cyd", "dan")}


@pytest.mark.parametrize("points", [0, 3])
def test_the_teachers_own_points_are_no_mistake_and_no_answer(course, points):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{(course / 'gradebook.db').as_posix()}", "mnist_lab") as gradebook:
        for student in ("ada", "bob", "cyd"):
            grade = gradebook.find_grade("check-3-3", "03_training", "03_training", student)
            grade.manual_score = points
        gradebook.db.commit()
    group = read_class(course)
    assert statuses(group)["bob", "3.3"] == BY_HAND
    row = next(row for row in exercise_rows(group.records) if row.id == "3.3")
    assert (row.n, row.by_hand, row.points, row.mistakes) == (0, 3, points, ())
    page = page_of(group)
    assert "3 by hand" in page and "Exercise 3.3" not in page


def test_answers_that_are_none_of_the_known_mistakes_are_told_by_what_they_came_to(course):
    came = {"exercise": "3.1", "cases": "shown", "status": "mismatch", "came": "26\n<b> " + 90 * "x"}
    for student in ("ada", "bob"):
        grade(course, student, {"check-3-1": 0}, {"check-3-1": came})
    group = read_class(course)
    row = next(row for row in exercise_rows(group.records) if row.id == "3.1")
    assert row.mistakes == ((f"{UNKNOWN} It came to: 26 <b> {73 * 'x'}", ("ada", "bob")),)
    assert "26 &lt;b&gt;" in page_of(group) and "<b> x" not in page_of(group)


def test_notebooks_that_are_identical_are_a_remark_and_name_nobody(course):
    source = course / "source" / "03_training" / "03_training.ipynb"
    long = "def f(a):\n    b = a\n    b = b + 1\n    return b"
    for path, code in (
        (source, "..."),
        (course / "submitted/ada/03_training/03_training.ipynb", long),
        (course / "submitted/bob/03_training/03_training.ipynb", long.replace("b", "total")),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        marks = [{"nbgrader": {"grade_id": f"exercise-3-{number}"}} for number in (3, 6)]
        write(v4.new_notebook(cells=[v4.new_code_cell(code, metadata=each) for each in marks]), path)
    group = read_class(course)
    ((sentence, who),) = group.remarks
    assert sentence.startswith("03_training: 2 answers are identical but for names and comments")
    assert who == "ada and bob" and "ada and bob" in page_of(group, named=True)
    assert "identical" in page_of(group) and "ada" not in page_of(group)


def test_a_report_is_written_and_the_course_stays_as_it_was(course):
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    result = CliRunner().invoke(main, ["classroom", "report", str(course)])
    assert result.exit_code == 0, result.output
    assert "class_report.html" in result.output
    page = (course / "class_report.html").read_text(encoding="utf-8")
    assert "3 of 4 students handed in exercises" in re.sub(r"\s+", " ", page) and "Ada" not in page
    assert {path: path.read_bytes() for path in before} == before
    CliRunner().invoke(main, ["classroom", "report", "--names", str(course)])
    assert "Bob X" in (course / "class_report.html").read_text(encoding="utf-8")


def hand_in(course, student, form, known, *, lesson="10_audit", **options):
    folder = course / "submitted" / student / lesson
    folder.mkdir(parents=True, exist_ok=True)
    write_sheet(sheet(form, known, **options), folder)
    return sheet_path(form, folder)


def test_answers_to_the_concept_test_are_read_from_what_was_handed_in(course):
    hand_in(course, "ada", "A", 5, lesson="00_start_here")
    hand_in(course, "ada", "B", 15)
    hand_in(course, "eve", "A", 5)
    group = read_class(course)
    assert {who: sorted(forms) for who, forms in group.sheets.items()} == {"ada": ["A", "B"], "eve": ["A"]}
    assert group.students["eve"] == "eve", "a student whom the gradebook does not know"
    assert whole_gain(group.sheets).n == 1


def test_of_two_answer_files_the_latest_counts(course):
    old, new = hand_in(course, "ada", "A", 5, lesson="00_start_here"), hand_in(course, "ada", "A", 9)
    for path, saved in ((old, "2024-01-01T00:00:00+00:00"), (new, "2023-01-01T00:00:00+00:00")):
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"saved": saved}), "utf-8")
    group = read_class(course)
    assert sum(map(bool, group.sheets["ada"]["A"].scores().values())) == 5
    assert group.remarks == [("Form A was handed in more than once; the latest counts.", "ada")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{not JSON", "concept_test_A.json: a file of answers cannot be read and was left out."),
        ("[1, 2]", "concept_test_A.json: a file of answers cannot be read and was left out."),
        ('{"concept_test": "B", "answers": {}}', "concept_test_A.json: the answers in it are of form B."),
        ('{"concept_test": "A", "answers": {}}', "Form A was handed in unfinished and was left out."),
    ],
)
def test_an_answer_file_that_holds_no_answers_is_named_and_left_out(course, text, sentence):
    hand_in(course, "ada", "A", 5)
    hand_in(course, "bob", "A", 5).write_text(text, "utf-8")
    group = read_class(course)
    assert list(group.sheets) == ["ada"] and group.remarks == [(sentence, "bob")]
    page = report_page(group, exercise_rows(group.records), idea_rows(group.sheets), None)
    assert sentence in page and "bob" not in page


def test_a_graded_notebook_that_is_damaged_costs_its_mistakes_only(course):
    (course / "autograded/bob/03_training/03_training.ipynb").write_text("{", "utf-8")
    group = read_class(course)
    assert statuses(group)["bob", "3.3"] == WRONG and statuses(group)["ada", "3.3"] == RIGHT
    assert group.remarks == [
        ("03_training.ipynb: a graded notebook cannot be read, so mistakes are missing.", "bob")
    ]


def fails(folder, sentence):
    result = CliRunner().invoke(main, ["classroom", "report", str(folder)])
    assert result.exit_code == 2 and re.search(sentence, " ".join(result.output.split())), result.output
    assert not (Path(folder) / "class_report.html").exists()


def test_a_folder_that_is_no_course_is_refused(tmp_path):
    fails(tmp_path, r"is no course folder: it has none of nbgrader_config\.py")
    fails(tmp_path / "missing", "is no course folder")


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_gradebook_is_refused_and_left_alone(tmp_path, content):
    pytest.importorskip("nbgrader")
    (tmp_path / "gradebook.db").write_bytes(content)
    fails(tmp_path, r"gradebook\.db is damaged, or is no gradebook \(.+\)\. Bring it back from a copy")
    assert (tmp_path / "gradebook.db").read_bytes() == content


def test_a_gradebook_damaged_in_its_middle_is_refused(course):
    path = course / "gradebook.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    fails(course, "is damaged, or is no gradebook")


def test_a_course_in_which_nobody_has_handed_in_is_told_so(graded, tmp_path):
    (tmp_path / "source").mkdir()
    fails(tmp_path, "Nobody has handed in anything")
    path = tmp_path / "submitted" / "ada" / "03_training" / "03_training.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    fails(tmp_path, "What was handed in is not graded yet. In .+: nbgrader autograde 03_training")


# nbgrader itself


@pytest.mark.slow
def test_a_class_that_nbgrader_graded_is_reported(tmp_path):
    """Three students: the reference, one known mistake, untouched; generated and graded by nbgrader."""
    pytest.importorskip("nbgrader")
    from mnist_lab.workshop.classroom.build import build

    exercise = next(e for e in exercises(1) if e.kind == "value" and e.mistakes)
    lesson = tmp_path / "01_tiny.ipynb"
    write(v4.new_notebook(cells=tiny_lesson(exercise.id)), lesson)
    course = tmp_path / "course"
    build(course, [lesson])
    nbgrader(course, "generate_assignment", "--create", "01_tiny")
    for student, answer in (("ada", exercise.reference), ("bob", exercise.mistakes[0].answer), ("cyd", ...)):
        notebook = read(course / "release" / "01_tiny" / "01_tiny.ipynb", as_version=4)
        for cell in notebook.cells:
            cell.source = cell.source.replace(
                "mine = ...", f"mine = {'...' if answer is ... else repr(answer)}"
            )
        path = course / "submitted" / student / "01_tiny" / "01_tiny.ipynb"
        path.parent.mkdir(parents=True)
        write(notebook, path)
    nbgrader(course, "autograde", "01_tiny")
    group, paths = write_report(course)
    assert statuses(group) == {
        ("ada", exercise.id): RIGHT,
        ("bob", exercise.id): WRONG,
        ("cyd", exercise.id): UNTOUCHED,
    }
    assert exercise_rows(group.records)[0].mistakes == ((exercise.mistakes[0].sentence, ("bob",)),)
    assert all(path.is_file() for path in paths) and group.remarks == []


def tiny_lesson(id):
    return [
        v4.new_markdown_cell("# Tiny"),
        v4.new_code_cell("from mnist_lab.exercises import check"),
        v4.new_code_cell("mine = ...", metadata={"tags": [f"exercise:{id}"]}),
        v4.new_code_cell(f'check("{id}", mine)'),
    ]
