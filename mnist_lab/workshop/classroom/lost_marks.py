"""Exercises' cells that have lost ids and marks, found again by the line that a locked cell holds."""

import re

LINE = re.compile(r'^grade\("([\d.]+)", (\w+)\)', re.M)
LENT = "mine_or_reference("  # where a lesson goes on with the reference, under the answer's name


def mark_by_line(cells, given):
    """Mark the cells that lost their marks; return the names of those found.

    A check is known by its line, its answer as the nearest definition of that name above it. given is
    {name: cell} of all marked cells as they were given out; nothing but marks is changed.
    """
    found = []
    for name, cell in given.items():
        call = LINE.search(cell.source)
        if call is not None:
            found += _mark(cells, given, name, lambda source, line=call[0]: line in source)
            above = next((cells[:i] for i, other in enumerate(cells) if name_of(other) == name), [])
            answer = f"exercise-{call[1].replace('.', '-')}"
            found += _mark(cells, given, answer, defining(call[2]), among=above[::-1])
    return found


def name_of(cell):
    """Return the name of a cell by its mark, or by its id where it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id")


def defining(name):
    """Return a function that says whether a source defines a name, other than by borrowing the reference."""
    defines = re.compile(rf"^(?:(?:async )?def|class) {name}\b|^{name}\s*[:=](?!=)", re.M)
    return lambda source: LENT not in source and defines.search(source)


def _mark(cells, given, name, fits, *, among=None):
    """Mark the first unmarked code cell that fits, if the name is not there yet; return [name] or []."""
    if name not in given or any(name_of(cell) == name for cell in cells):
        return []
    for cell in cells if among is None else among:
        if cell.cell_type == "code" and name_of(cell) not in given and fits(cell.source):
            cell.metadata["nbgrader"] = dict(given[name].metadata.nbgrader)
            return [name]
    return []
