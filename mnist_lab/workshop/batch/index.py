"""The table of a run: for the terminal, and as index.html."""

from datetime import datetime
from html import escape
from string import Template

MARKS = {"passed": "✓", "failed": "✗", "interrupted": "✗", "not run": "–"}
STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; padding: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.8rem 0.4rem 0;
  border-bottom: 1px solid #8886; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.passed { color: light-dark(#10652f, #7ddc9a); }
.failed, .interrupted { color: light-dark(#a3150f, #ff9d94); }
.error { display: block; overflow-wrap: anywhere; }
dl { margin: 0; }
dl div { white-space: nowrap; }
dt, dd { display: inline; margin: 0; }
dt::after { content: " ="; }
code { overflow-wrap: anywhere; }
"""
PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mnist-lab: $summary</title>
<style>$style</style>
</head>
<body>
<main>
<h1>Lessons run</h1>
<p>$date. $device<br><code>$command</code></p>
<table>
<caption>$summary</caption>
<thead>
<tr><th scope="col">Lesson</th><th scope="col">Status</th>
<th scope="col" class="number">Seconds</th><th scope="col">Key figures</th>
<th scope="col">Notebook</th></tr>
</thead>
<tbody>
$rows
</tbody>
</table>
</main>
</body>
</html>
""")


def figure_texts(figures):
    """Return {name: short text} of recorded figures."""
    return {name: f"{v:.4g}" if isinstance(v, float) else str(v) for name, v in figures.items()}


def summary(runs):
    """Return a sentence such as "12 of 13 lessons passed in 181 s"."""
    passed = sum(run.status == "passed" for run in runs)
    seconds = sum(run.seconds or 0 for run in runs)
    noun = "lesson" if len(runs) == 1 else "lessons"
    return f"{passed} of {len(runs)} {noun} passed in {seconds:.0f} s"


def text_table(runs):
    """Return the table in plain characters, a line a lesson, with a line below for each error."""
    rows = [("lesson", "status", "seconds", "key figures")]
    for run in runs:
        seconds = "" if run.seconds is None else f"{run.seconds:.1f}"
        figures = ", ".join(f"{name} = {text}" for name, text in figure_texts(run.figures).items())
        rows.append((run.name, run.status, seconds, figures))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    name, status, number = widths
    lines = [f"{a:<{name}}  {b:<{status}}  {c:>{number}}  {d}".rstrip() for a, b, c, d in rows]
    errors = ["", *(f"\n    {run.error}" if run.error else "" for run in runs)]
    lines = [line + error for line, error in zip(lines, errors, strict=True)]
    return "\n".join([*lines, "", summary(runs)])


def index_page(runs, *, command, device):
    """Return index.html for a run; links are relative, so the folder can be moved or handed on."""
    return PAGE.substitute(
        style=STYLE,
        summary=escape(summary(runs)),
        date=f"{datetime.now():%Y-%m-%d %H:%M}",
        device=escape(device),
        command=escape(command),
        rows="\n".join(_row(run) for run in runs),
    )


def _row(run):
    name = escape(run.name)
    page = f'<a href="{name}.html">{name}</a>' if run.has_page else name
    notebook = f'<a href="{name}.ipynb" aria-label="notebook {name}">.ipynb</a>'
    status = f'<span class="{run.status.replace(" ", "-")}">{MARKS[run.status]} {run.status}</span>'
    seconds = "" if run.seconds is None else f"{run.seconds:.1f}"
    return (
        f'<tr><th scope="row">{page}</th><td>{status}{_error(run)}</td>'
        f'<td class="number">{seconds}</td><td>{_figures(run)}</td>'
        f"<td>{notebook if run.has_notebook else ''}</td></tr>"
    )


def _error(run):
    """The error, leading to its cell on the lesson's page."""
    text = escape(run.error)
    if text and run.cell_id and run.has_page:
        text = f'<a href="{escape(run.name)}.html#cell-id={escape(run.cell_id)}">{text}</a>'
    return text and f'<span class="error">{text}</span>'


def _figures(run):
    pairs = figure_texts(run.figures).items()
    rows = (f"<div><dt>{escape(name)}</dt> <dd>{escape(text)}</dd></div>" for name, text in pairs)
    return f"<dl>{''.join(rows)}</dl>" if pairs else ""
