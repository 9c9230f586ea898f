"""The list of cells to leave out of a set, for its reader to edit."""

import re

from mnist_lab.files import read_regular, write_whole

HEAD = """\
# Cells to leave out, one a line: the photo's name, the digit of the row, the column from 1 to 10.
# Take the # off a line, or write lines of your own; then run the same command again.
"""


def strike_out(path, sheets, names):
    """Return the sheets, one of each photo named, with the cells that the list at path names made empty.

    The list is begun if it is not there; flagged cells that it does not name yet are added, as comments.
    Raises ValueError for a line that names no cell of these sheets.
    """
    old = read_regular(path).decode("utf-8-sig", "replace") if path.exists() else HEAD
    both = zip(names, sheets, strict=True)
    flags = [each for name, sheet in both for each in flag_lines(name, sheet)]
    known = {line.lstrip("# ") for line in old.splitlines()}
    new = [line for line in flags if line not in known]
    masks = [sheet.is_empty.clone() for sheet in sheets]
    for number, line in enumerate(old.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            writer, cell = cell_of(line.strip(), names, f"{path}, line {number}")
            masks[writer][cell] = True
    if new or not path.exists():
        write_whole(path, old.rstrip("\n") + "\n" + "".join(f"# {line}\n" for line in new))
    return [sheet._replace(is_empty=mask) for sheet, mask in zip(sheets, masks, strict=True)]


def flag_lines(name, sheet):
    """Return a line for each flagged cell of the sheet in the photo of this name."""
    cells = sheet.over_border.nonzero().flatten().tolist()
    return [f"{name} {cell // 10} {cell % 10 + 1}  # ink on the border" for cell in cells]


def cell_of(line, names, place):
    """Return the writer and the cell that a line names; raise ValueError for others."""
    found = re.fullmatch(r"(.+?)\s+(\d)\s+(10|[1-9])(\s*#.*)?", line)  # a # may be part of a name, too
    if found and found[1] in names:
        return names.index(found[1]), 10 * int(found[2]) + int(found[3]) - 1
    raise ValueError(
        f"{place}: expected the name of one of these photos, a digit, and a column from 1 to 10, such as "
        f"{names[0]} 3 7, but got {line!r:.90}; mend it, or put a # before it."
    )
