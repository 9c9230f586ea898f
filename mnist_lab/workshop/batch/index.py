"""The table of a run: for the terminal, and as index.html."""

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, StrictUndefined

MARKS = {"passed": "✓", "failed": "✗", "interrupted": "✗", "not run": "–"}
PAGE = Path(__file__).with_name("index.html.j2")


def figure_texts(figures):
    """Return {name: short text} of recorded figures."""
    return {name: f"{v:.4g}" if isinstance(v, float) else str(v) for name, v in figures.items()}


def summary(runs, seconds=None):
    """Return a sentence such as "12 of 13 lessons passed in 181 s", the sum of theirs by default."""
    passed = sum(run.status == "passed" for run in runs)
    seconds = sum(run.seconds or 0 for run in runs) if seconds is None else seconds
    noun = "lesson" if len(runs) == 1 else "lessons"
    return f"{passed} of {len(runs)} {noun} passed in {seconds:.0f} s"


def text_table(runs, seconds=None):
    """Return the table in plain characters, a line a lesson, with a line below for each error.

    seconds is how long they took together, which is less than their sum if several ran at a time.
    """
    rows = [("lesson", "status", "seconds", "key figures")]
    for run in runs:
        taken = "" if run.seconds is None else f"{run.seconds:.1f}"
        figures = ", ".join(f"{name} = {text}" for name, text in figure_texts(run.figures).items())
        rows.append((run.name, run.status, taken, figures))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    name, status, number = widths
    lines = [f"{a:<{name}}  {b:<{status}}  {c:>{number}}  {d}".rstrip() for a, b, c, d in rows]
    errors = ["", *(f"\n    {run.error}" if run.error else "" for run in runs)]
    lines = [line + error for line, error in zip(lines, errors, strict=True)]
    return "\n".join([*lines, "", summary(runs, seconds)])


def index_page(runs, *, command, device, seconds=None):
    """Return index.html for a run; links are relative, so the folder can be moved or handed on.

    seconds is as in text_table.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(PAGE.read_text(encoding="utf-8")).render(
        runs=runs,
        command=command,
        device=device,
        date=f"{datetime.now():%Y-%m-%d %H:%M}",
        summary=summary(runs, seconds),
        figure_texts=figure_texts,
        marks=MARKS,
    )
