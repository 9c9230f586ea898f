"""The class report: what to teach again, from nbgrader's gradebook and the concept test."""

import csv
import io
from pathlib import Path

from mnist_lab.files import write_whole
from mnist_lab.workshop.classroom.report_counts import exercise_rows, idea_rows, whole_gain
from mnist_lab.workshop.classroom.report_page import report_page
from mnist_lab.workshop.classroom.report_reading import read_class

COLUMNS = ("kind", "id", "lesson", "title", "n", "right", "wrong", "left", "by_hand", "times", "sentence")
GAINS = ("learners", "before", "after", "gain", "shown")


def write_report(folder, *, named=False):
    """Write class_report.html and class_report.csv into a course folder; return the Class and the paths.

    Raises ValueError, and writes nothing, where there is nothing to report (see read_class).
    """
    group = read_class(folder)
    exercises, ideas = exercise_rows(group.records), idea_rows(group.sheets)
    page = report_page(group, exercises, ideas, whole_gain(group.sheets), named=named)
    table = report_table([*exercises, *ideas], named=named)
    paths = [Path(folder).resolve() / f"class_report.{kind}" for kind in ("html", "csv")]
    write_whole(paths[0], page)
    write_whole(paths[1], table)
    return group, paths


def report_table(rows, *, named=False):
    """Return the rows as CSV: a line for each exercise and idea, and under it one for each mistake."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *GAINS, *(["students"] if named else [])])
    for row in rows:
        start = [row.kind, row.id, row.lesson, row.title, row.n, row.right, row.wrong, row.left, row.by_hand]
        writer.writerow([*start, "", "", *_gain(row.gain), *([""] if named else [])])
        kind = "mistake" if row.kind == "exercise" else "misconception"
        for sentence, who in row.mistakes:
            names = [plain("; ".join(who))] if named else []
            writer.writerow([kind, *start[1:], len(who), plain(sentence), *_gain(None), *names])
    return text.getvalue()


def _gain(gain):
    if gain is None:
        return [""] * len(GAINS)
    normalised = "" if gain.normalised is None else round(gain.normalised, 3)
    shown = "shown" if gain.shown else "not shown"
    return [gain.n, round(gain.before, 3), round(gain.after, 3), normalised, shown]


def plain(text):
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
