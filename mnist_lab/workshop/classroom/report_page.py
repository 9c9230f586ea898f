"""The class report as one HTML page that needs no network and prints on A4, also in grey."""

from datetime import date
from pathlib import Path

from mnist_lab.lesson.boxes import rich
from mnist_lab.workshop.classroom.report_counts import FEWEST
from mnist_lab.workshop.classroom.report_records import UNKNOWN, UNTOUCHED, grouped

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

FIRST = 3  # exercises, and ideas, that the page names before its tables
MOST = 2  # mistakes that a row names; the table has all
MANY = 2 / 3  # the share right from which nothing needs to be taught again
PAGE = Path(__file__).with_name("report.html.j2")


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
        **{
            function.__name__: function
            for function in (label, leading, students, learners, percent, number, count)
        },
    )


def label(row):
    return f"Exercise {row.id}, {row.title}" if row.kind == "exercise" else row.title


def students(number):
    return f"{number} student{'' if number == 1 else 's'}"


def learners(number):
    return f"{number} learner{'' if number == 1 else 's'}"


def percent(share):
    return f"{100 * share:.0f} %"


def number(value):
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def count(share, n):
    return round(share * n)


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
