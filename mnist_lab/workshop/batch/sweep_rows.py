"""The table of a sweep, a row a run: its parameters, how it went, and what it recorded."""

import csv
import io
import json
from pathlib import Path

from mnist_lab.files import read_regular, write_whole

COLUMNS = {  # beside parameters and figures, what each holds of a LessonRun; a new one is a line here
    "notebook": lambda run: f"{run.name}.ipynb",
    "status": lambda run: run.status,
    "seconds": lambda run: None if run.seconds is None else round(run.seconds, 2),
    "error": lambda run: run.error,
}


def row_of(parameters, run):
    """Return the row of a LessonRun; a figure with the name of another column gets `recorded_` before it."""
    columns = {name: value_of(run) for name, value_of in COLUMNS.items()}
    row = {"notebook": columns["notebook"], **parameters, **columns}
    for name, value in run.figures.items():
        row[f"recorded_{name}" if name in row else name] = value
    row["error"] = row.pop("error")  # at the end, where a long one is out of the way
    return row


def figure_names(rows, parameters):
    """Return the names of the recorded figures, in the order in which they appear."""
    names = dict.fromkeys(name for row in rows for name in row)
    return [name for name in names if name not in COLUMNS and name not in parameters]


def write_rows(folder, rows):
    """Write results.jsonl and results.csv, each whole or not at all."""
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_whole(Path(folder) / "results.jsonl", lines)
    names = list(dict.fromkeys(name for row in rows for name in row if name != "error"))
    table = io.StringIO()
    writer = csv.DictWriter(table, [*names, "error"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(Path(folder) / "results.csv", table.getvalue())


def read_rows(folder):
    """Return the rows of results.jsonl that can be read; none if there is no such file yet."""
    path = Path(folder) / "results.jsonl"
    lines = read_regular(path).decode(errors="replace").split("\n") if path.is_file() else []
    return [row for row in map(_row, lines) if row]


def is_whole(row):
    """Whether a row has all that row_of gives it, and its name is a text."""
    return row.keys() >= COLUMNS.keys() and isinstance(row["notebook"], str)


def is_of(row, parameters):
    """Whether a row was made with these parameters; a plan that was changed names its runs anew."""
    return row is not None and all(row.get(name) == value for name, value in parameters.items())


def _row(line):
    """Return the row of a line, None for one that was torn: its point is run again."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None
