"""Read a class from a course folder: nbgrader's gradebook, graded notebooks, concept test answers."""

import json
import re

from mnist_lab.exercises.concepts.answer_sheet import read_sheet
from mnist_lab.exercises.concepts.idea import FORMS
from mnist_lab.exercises.registry import find_exercise
from mnist_lab.workshop.classroom.alike import pairs_alike, say_alike
from mnist_lab.workshop.classroom.course import course_folder, read_gradebook
from mnist_lab.workshop.classroom.grading import GRADE_TYPE
from mnist_lab.workshop.classroom.handed_in import hand_ins
from mnist_lab.workshop.classroom.report_records import (
    BY_HAND,
    RIGHT,
    UNKNOWN,
    UNTOUCHED,
    WRONG,
    Class,
    Record,
    grouped,
)

import nbformat

CHECK = re.compile(r"check-(\d+)-(\d+)")
MOST_CAME = 80  # characters of what an answer came to
OTHER = {
    "error": "The code stopped with an error.",
    "slow": "It took too long and was stopped.",
    "changed": "The result is right, but the function changed its argument.",
    "crashed": "The code ended Python.",
    "arguments": "What came could not be checked: not a function, or with other arguments.",
    None: "The cell with the check did not finish.",
}


def read_class(folder):
    """Return the Class of a course folder; changes nothing there.

    Raises ValueError if it is no course folder, the gradebook is damaged, or nobody has handed in.
    """
    folder = course_folder(folder)
    group = Class(folder.resolve().name)
    if (folder / "gradebook.db").exists():
        _read_gradebook(folder, group)
    for name, own in grouped((each.lesson, each) for each in hand_ins(folder)).items():
        for pair in pairs_alike(folder, name, own):
            group.remarks.append((f"{name}: {say_alike(pair)}", " and ".join(pair[:2])))
    _read_sheets(folder, group)
    if not group.records and not group.sheets:
        raise ValueError(_nothing(folder))
    return Class(group.course, group.students, group.records, group.sheets, group.remarks)


def _nothing(folder):
    """Say what has to come before a report."""
    handed_in = sorted({path.parent.name for path in folder.glob("submitted/*/*/*.ipynb")})
    if handed_in:
        return (
            f"What was handed in is not graded yet. In {folder.resolve()}: nbgrader autograde {handed_in[0]}"
        )
    return (
        f"Nobody has handed in anything: {folder / 'submitted'} has no notebook of a student. "
        "Collect the notebooks there, as submitted/STUDENT/LESSON/LESSON.ipynb, and grade them."
    )


def _read_gradebook(folder, group):
    """Add students and records."""
    with read_gradebook(folder) as gradebook:
        for student in gradebook.students:
            names = filter(None, (student.first_name, student.last_name))
            group.students[student.id] = " ".join(names) or student.id
        for assignment in gradebook.assignments:
            for submission in assignment.submissions:
                _read_submission(folder, assignment.name, submission, group)


def _read_submission(folder, assignment, submission, group):
    student = submission.student.id
    for notebook in submission.notebooks:
        path = folder / "autograded" / student / assignment / f"{notebook.name}.ipynb"
        findings = graded_findings(path)
        if findings is None:
            sentence = f"{path.name}: a graded notebook cannot be read, so mistakes are missing."
            group.remarks.append((sentence, student))
        for grade in notebook.grades:
            id = CHECK.fullmatch(grade.cell.name)
            if id is None:
                continue  # a cell that the teacher added
            if grade.auto_score is None and grade.manual_score is None:
                group.remarks.append((f"{assignment}: something handed in was not graded.", student))
                break
            finding = (findings or {}).get(grade.cell.name, {})
            group.records.append(_record(student, f"{id[1]}.{id[2]}", grade, finding))


def graded_findings(path):
    """Return {name of the cell: what the check found} of a graded notebook; None if it cannot be read."""
    try:
        cells = nbformat.read(path, as_version=4).cells
    except (OSError, ValueError, nbformat.ValidationError):
        return None
    return {
        cell.metadata.get("nbgrader", {}).get("grade_id"): output.data[GRADE_TYPE]
        for cell in cells
        for output in cell.get("outputs", [])
        if isinstance(output.get("data", {}).get(GRADE_TYPE), dict)
    }


def _record(student, id, grade, finding):
    """The Record of a grade; the gradebook has the last word, for a teacher may have changed it."""
    points, most, verdict = grade.score, grade.max_score, finding.get("status")
    right = points >= most if most else verdict == "correct"
    status = RIGHT if right else UNTOUCHED if verdict == "not started" else WRONG
    if grade.manual_score is not None:
        status = BY_HAND
    mistake = _sentence(id, verdict, finding.get("mistake")) if status == WRONG else ""
    came = str(finding.get("came") or "") if mistake == UNKNOWN else ""
    return Record(
        student=student,
        exercise=id,
        points=points,
        max_points=most,
        status=status,
        mistake=mistake,
        came=" ".join(came.split())[:MOST_CAME],
    )


def _sentence(id, verdict, mistake):
    """The sentence of a mistake, if it is one of ours: a notebook could say anything."""
    try:
        known = [entry.sentence for entry in find_exercise(id).mistakes]
    except ValueError:
        known = []
    return mistake if mistake in known else OTHER.get(verdict, UNKNOWN)


def _read_sheets(folder, group):
    """Add the concept test's answers; of several files of one student and form, the latest counts."""
    for form in FORMS:
        files = sorted(folder.glob(f"submitted/*/*/concept_test_{form}.json"))
        for student, paths in grouped((path.parts[-3], path) for path in files).items():
            sheets = [sheet for path in paths if (sheet := _sheet(path, form, student, group))]
            if len(sheets) > 1:
                said = f"Form {form} was handed in more than once; the latest counts."
                group.remarks.append((said, student))
            for _, sheet in sorted(sheets, key=lambda pair: pair[0])[-1:]:
                group.sheets.setdefault(student, {})[form] = sheet
    for student in group.sheets:
        group.students.setdefault(student, student)


def _sheet(path, form, student, group):
    """When a sheet was saved and the sheet, or None with a remark."""
    try:
        sheet, saved = read_sheet(path), json.loads(path.read_text(encoding="utf-8")).get("saved")
        if sheet.form == form and (sheet.finished or not sheet.unanswered()):
            return str(saved), sheet
        said = f"Form {form} was handed in unfinished and was left out."
        if sheet.form != form:
            said = f"{path.name}: the answers in it are of form {sheet.form}."
    except (OSError, ValueError):
        said = f"{path.name}: a file of answers cannot be read and was left out."
    group.remarks.append((said, student))
    return None
