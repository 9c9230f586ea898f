"""The class report: what to teach again, as one HTML page that needs no network, and as a table."""

import csv
import io
from datetime import date
from pathlib import Path

from mnist_lab.files import write_whole
from mnist_lab.lesson.boxes import rich
from mnist_lab.workshop.classroom.report_counts import FEWEST, exercise_rows, idea_rows, whole_gain
from mnist_lab.workshop.classroom.report_reading import read_class
from mnist_lab.workshop.classroom.report_records import UNKNOWN, UNTOUCHED, grouped

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

COLUMNS = ("kind", "id", "lesson", "title", "n", "right", "wrong", "left", "by_hand", "times", "sentence")
GAINS = ("learners", "before", "after", "gain", "shown")
FIRST = 3  # exercises, and ideas, that the page names before its tables
MOST = 2  # mistakes that a row names; the table has all
MANY = 2 / 3  # the share right from which nothing needs to be taught again
PAGE = Path(__file__).with_name("report.html.j2")


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


def plain(value):
    """A value of a table; of a text, one that a spreadsheet does not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value


def report_page(group, exercises, ideas, whole, *, named=False):
    """Return the page of a Class; without named, nothing on it tells who did what."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"rich": lambda text: Markup(rich(text)), "name": lambda id: _name(group, id)}
    missing, ideas_missing = ([row for row in rows if _is_missing(row)] for rows in (exercises, ideas))
    known = [row for row in missing if any(_is_known(each) for each in row.mistakes if len(each[1]) > 1)]
    others = [row for row in missing if row not in known]
    return environment.from_string(PAGE.read_text(encoding="utf-8")).render(
        group=group,
        exercises=exercises,
        ideas=ideas,
        whole=whole,
        named=named,
        date=f"{date.today():%Y-%m-%d}",
        handed_in=len({record.student for record in group.records}),
        first=[*known[:FIRST], *others[:FIRST], *ideas_missing[:FIRST]],
        left=grouped((r.exercise, r.student) for r in group.records if r.status == UNTOUCHED),
        remarks=list(grouped(group.remarks).items()),
        most=MOST,
        fewest=FEWEST,
        label=label,
        leading=leading,
    )


def label(row):
    return f"Exercise {row.id}, {row.title}" if row.kind == "exercise" else row.title


def _is_missing(row):
    return row.right < MANY * row.n and not row.optional


def leading(row):
    """The known mistake that most made, else the groups of unknown ones that came to the same."""
    several = [mistake for mistake in row.mistakes if len(mistake[1]) > 1 and mistake[0] != UNKNOWN]
    known = [mistake for mistake in several if _is_known(mistake)]
    return known[:1] or [(sentence.removeprefix(UNKNOWN), who) for sentence, who in several[:MOST]]


def _is_known(mistake):
    return not mistake[0].startswith(UNKNOWN)


def _name(group, id):
    name = group.students.get(id, id)
    return name if list(group.students.values()).count(name) < 2 else f"{name}, {id}"
