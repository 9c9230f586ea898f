"""Grades, each with what its number stands for, as a table and in a roster of Moodle's or Canvas's."""

import csv
import io
from operator import itemgetter

from mnist_lab.files import write_whole
from mnist_lab.workshop.classroom.class_report import plain
from mnist_lab.workshop.classroom.course import course_folder, read_gradebook
from mnist_lab.workshop.classroom.handed_in import hand_ins
from mnist_lab.workshop.classroom.report_reading import graded_findings
from mnist_lab.workshop.classroom.report_records import grouped

COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email")
COLUMNS += ("raw_score", "late_submission_penalty", "score", "max_score", "status")  # nbgrader's, and status
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
    lacking, table = [], [COLUMNS, *([plain(row.get(name)) for name in COLUMNS] for row in rows.values())]
    if kind != "csv":
        known = _exported(roster, kind)
        people = {learner: row for (_, learner), row in rows.items()}
        found = _found(known, people)
        lacking = [learner for learner in people if learner not in found]
        table = _filled(known, found, rows, kind)
    path, text = folder / f"grades{'' if kind == 'csv' else f'_{kind}'}.csv", io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    write_whole(path, text.getvalue())
    return path, rows, lacking


def _rows(folder):
    """Return {(assignment, learner): row} of each assignment that somebody has handed in.

    A row has COLUMNS and lms_user_id; its score is None for what was not graded.
    """
    fits = grouped(((each.lesson, each.learner), each.fits) for each in hand_ins(folder))
    rows = {}
    with read_gradebook(folder) as gradebook:
        people = {student.id: student.to_dict() for student in gradebook.students} if gradebook else {}
        people |= {learner: {} for _, learner in fits if learner and learner not in people}
        for assignment in gradebook.assignments if gradebook else []:
            name, graded = assignment.name, {each.student.id: each for each in assignment.submissions}
            if graded or any(lesson == name for lesson, _ in fits):
                for learner, person in people.items():
                    place = folder / "autograded" / learner / name
                    row = _row(place, graded.get(learner), fits.get((name, learner), []))
                    own = {"assignment": name, "student_id": learner, "max_score": assignment.max_score}
                    rows[name, learner] = {**person, **own, "duedate": assignment.duedate, **row}
    return rows


def _row(autograded, submission, fits):
    """What is said of a submission, or of None; fits says whether the names of the notebooks do."""
    row, said = {"score": None}, ["renamed"] * (False in fits)
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades] if submission else []
    if not grades or any(grade.auto_score is None and grade.manual_score is None for grade in grades):
        said = said or ["not graded yet" if submission or fits else "not handed in"]
    else:
        late = submission.late_submission_penalty
        row |= {"raw_score": submission.score, "late_submission_penalty": late}
        row["score"] = max(0.0, submission.score - (late or 0))
        paths = [autograded / f"{notebook.name}.ipynb" for notebook in submission.notebooks]
        found = [each for path in paths for each in (graded_findings(path) or {}).values()]
        said += ["crashed"] * any(each.get("status") == "crashed" for each in found)
        said += ["overridden by hand"] * any(grade.manual_score is not None for grade in grades)
    if submission:
        row["timestamp"] = submission.timestamp
        said += ["late"] * (submission.total_seconds_late > 0)
    return row | {"status": "; ".join(said) or "graded"}


def _exported(path, kind):
    """The rows of a roster, all of one length, the first of them the heads of its columns."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            semicolons = ";" in file.readline()
            file.seek(0)
            rows = [row for row in csv.reader(file, delimiter=";" if semicolons else ",") if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is no CSV file in UTF-8 ({error}). Export the roster once more.") from error
    heads = set(rows[0]) if rows[1:] else set()
    if not heads & KEYS or (kind == "canvas" and "Section" not in heads):
        wanted = "Student, ID, … Section" if kind == "canvas" else "Email address or ID number"
        raise ValueError(f"{path} is no roster: expected the heads {wanted}, and a row for each learner.")
    return [row + [""] * (len(rows[0]) - len(row)) for row in rows]


def _found(known, people):
    """Return {learner: place of the row} of those in a roster; each by id, email or lms_user_id."""
    columns = [place for place, head in enumerate(known[0]) if head in KEYS]
    rows = [{row[place].strip().casefold() for place in columns} for row in known]
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
    """The roster with the points, of learners of this course alone: nobody else's grades are touched.

    An assignment that Canvas knows keeps the head that it has there.
    """
    heads, none = known[0], "" if kind == "canvas" else "-"
    width = heads.index("Section") + 1 if kind == "canvas" else len(heads)
    own = {head.rpartition(" (")[0]: head for head in heads}
    most = {name: row["max_score"] for (name, _), row in rows.items()}
    yield [*heads[:width], *(own.get(name, name) for name in most)]
    possible = [line[:width] for line in known if "Points Possible" in line[0]]
    yield from ([*line, *map("{:g}".format, most.values())] for line in possible)
    for learner, place in sorted(found.items(), key=itemgetter(1)):
        scores = [rows[name, learner]["score"] for name in most]
        yield [*known[place][:width], *(none if score is None else f"{score:g}" for score in scores)]
