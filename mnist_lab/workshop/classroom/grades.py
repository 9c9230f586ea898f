"""Grades, each with what its number stands for, as a table and in a roster of Moodle's or Canvas's."""

import csv
import io

from mnist_lab.files import write_whole
from mnist_lab.workshop.classroom.class_report import plain
from mnist_lab.workshop.classroom.gradebook_copy import course_folder, read_gradebook
from mnist_lab.workshop.classroom.handed_in import hand_ins
from mnist_lab.workshop.classroom.report_reading import graded_findings

COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email")
COLUMNS += ("raw_score", "late_submission_penalty", "score", "max_score", "status")  # nbgrader's, and status
NOT_GRADED, NOT_HANDED_IN, RENAMED = "not graded yet", "not handed in", "renamed"
KEYS = {"ID", "SIS User ID", "SIS Login ID", "ID number", "Email address", "Username"}  # name a learner
KEYS |= {"id", "email", "lms_user_id"}  # as nbgrader calls them


def write_grades(folder, *, kind="csv", roster=None):
    """Write grades.csv, or grades_moodle.csv or grades_canvas.csv, into a course folder.

    roster is a CSV file that Moodle or Canvas has exported, into which the points go. Returns the path, the
    rows, and the learners whom the roster lacks. Raises ValueError if there are no grades or no roster.
    """
    folder = course_folder(folder)
    rows = _rows(folder)
    if not rows:
        raise ValueError(f"{folder} has no grades: nobody has handed in, or nothing was graded yet.")
    lacking, table = [], [COLUMNS, *(list(map(_cell, map(row.get, COLUMNS))) for row in rows.values())]
    if kind != "csv":
        known = _exported(roster, kind)
        found = _found(known, {learner: row for (_, learner), row in rows.items()})
        lacking = list(dict.fromkeys(learner for _, learner in rows if learner not in found))
        table = _filled(known, found, rows, kind)
    path, text = folder / f"grades{'' if kind == 'csv' else f'_{kind}'}.csv", io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    write_whole(path, text.getvalue())
    return path, rows, lacking


def _cell(value):
    return "" if value is None else plain(str(value))


def _rows(folder):
    """Return {(assignment, learner): row} of each assignment that somebody has handed in.

    A row has COLUMNS and lms_user_id; its score is None for what was not graded.
    """
    fits, rows = {}, {}
    for each in hand_ins(folder):
        fits.setdefault((each.lesson, each.learner), set()).add(each.fits)
    with read_gradebook(folder) as gradebook:
        people = {student.id: student.to_dict() for student in gradebook.students} if gradebook else {}
        people |= {learner: {} for _, learner in fits if learner and learner not in people}
        for assignment in gradebook.assignments if gradebook else []:
            graded = {each.student.id: each for each in assignment.submissions}
            if graded or any(lesson == assignment.name for lesson, _ in fits):
                for learner, person in people.items():
                    place = assignment.name, learner
                    row = _row(folder, place, graded.get(learner), fits.get(place, set()))
                    due = {"duedate": assignment.duedate, "max_score": assignment.max_score}
                    rows[place] = {**person, "assignment": place[0], "student_id": learner, **due, **row}
    return rows


def _row(folder, place, submission, fits):
    """What is said of a submission, or of None; fits says whether the names of the notebooks do."""
    said, row = [RENAMED] * (False in fits), {"score": None}
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades] if submission else []
    if not grades or any(grade.auto_score is None and grade.manual_score is None for grade in grades):
        said = said or [NOT_GRADED if submission or fits else NOT_HANDED_IN]
    else:
        row["raw_score"], row["late_submission_penalty"] = (
            submission.score,
            submission.late_submission_penalty,
        )
        row["score"] = max(0.0, submission.score - (submission.late_submission_penalty or 0))
        said += ["crashed"] * _crashed(folder.joinpath("autograded", place[1], place[0]), submission)
        said += ["overridden by hand"] * any(grade.manual_score is not None for grade in grades)
    if submission:
        row["timestamp"] = submission.timestamp
        said += ["late"] * (submission.total_seconds_late > 0)
    return row | {"status": "; ".join(said) or "graded"}


def _crashed(autograded, submission):
    """True if code of the learner's ended Python while a notebook was graded."""
    found = [graded_findings(autograded / f"{notebook.name}.ipynb") for notebook in submission.notebooks]
    return any(each.get("status") == "crashed" for all in filter(None, found) for each in all.values())


def _exported(path, kind):
    """The rows of a roster, the first of them the heads of its columns."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            semicolons = ";" in file.readline()
            file.seek(0)
            rows = [row for row in csv.reader(file, delimiter=";" if semicolons else ",") if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is no CSV file in UTF-8 ({error}). Export the roster once more.") from error
    heads = set(rows[0]) if rows[1:] else set()
    if not heads & KEYS or (kind == "canvas" and not {"Student", "Section"} <= heads):
        wanted = "Student, ID, … Section" if kind == "canvas" else "Email address or ID number"
        raise ValueError(f"{path} is no roster: expected the heads {wanted}, and a row for each learner.")
    return rows


def _found(known, people):
    """Return {learner: place of the row} of those in a roster; each by id, email or lms_user_id."""
    columns = [place for place, head in enumerate(known[0]) if head in KEYS]
    rows = [{row[place].strip().casefold() for place in columns if place < len(row)} for row in known]
    found = {}
    for learner, person in people.items():
        keys = {(person.get(key) or "").casefold() for key in ("student_id", "email", "lms_user_id")} - {""}
        for place in [place for place, row in enumerate(rows) if place and keys & row]:
            if learner in found or place in found.values():
                raise ValueError(
                    f"In the roster, row {place + 1} is {learner}'s, but so is another, or it is another's "
                    "too. Let each learner have one row, with the id used in submitted/ or the email."
                )
            found[learner] = place
    return found


def _filled(known, found, rows, kind):
    """The roster with the points; an assignment that Canvas knows keeps the head that it has there."""
    heads, none = known[0], "" if kind == "canvas" else "-"
    width = heads.index("Section") + 1 if kind == "canvas" else len(heads)
    own = {head.rpartition(" (")[0]: head for head in heads}
    most = {name: row["max_score"] for (name, _), row in rows.items()}
    learners = {place: learner for learner, place in found.items()}
    yield [*heads[:width], *(own.get(name, name) for name in most)]
    for place, line in list(enumerate(known))[1:]:
        scores = [rows.get((name, learners.get(place)), {}).get("score") for name in most]
        scores = most.values() if "Points Possible" in line[0] else scores
        yield [*line[:width], *(none if score is None else f"{score:g}" for score in scores)]
