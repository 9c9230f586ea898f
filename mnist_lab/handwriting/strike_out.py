"""The list of cells to leave out of a set, for its reader to edit."""

from mnist_lab.files import read_regular, write_whole

HEAD = """\
# Cells to leave out, one a line: the writer's number, the digit of the row, the column from 1 to 10.
# Take the # off a line, or write lines of your own; then run the same command again.
"""


def strike_out(path, sheets):
    """Return the sheets with the cells that the list at path names made empty.

    The list is begun if it is not there; flagged cells that it does not name yet are added, as comments.
    Raises ValueError for a line that names no cell of these sheets.
    """
    old = read_regular(path).decode("utf-8-sig", "replace") if path.exists() else HEAD
    flags = [each for writer, sheet in enumerate(sheets) for each in flag_lines(writer, sheet)]
    known = {line.lstrip("# ") for line in old.splitlines()}
    new = [line for line in flags if line not in known]
    if new or not path.exists():
        write_whole(path, old.rstrip("\n") + "\n" + "".join(f"# {line}\n" for line in new))
    masks = [sheet.is_empty.clone() for sheet in sheets]
    for number, line in enumerate(old.splitlines(), 1):
        if words := line.partition("#")[0].split():
            writer, cell = cell_of(words, len(sheets), f"{path}, line {number}")
            masks[writer][cell] = True
    return [sheet._replace(is_empty=mask) for sheet, mask in zip(sheets, masks, strict=True)]


def flag_lines(writer, sheet):
    """Return a line for each flagged cell of a writer's sheet."""
    cells = sheet.over_border.nonzero().flatten().tolist()
    return [f"{writer} {cell // 10} {cell % 10 + 1}  # ink on the border" for cell in cells]


def cell_of(words, num_writers, place):
    """Return the writer and the cell that the words of a line name; raise ValueError for others."""
    writer, digit, column = [int(word) if word.isdecimal() else -1 for word in [*words, "", "", ""][:3]]
    if len(words) == 3 and 0 <= writer < num_writers and 0 <= digit <= 9 and 1 <= column <= 10:
        return writer, 10 * digit + column - 1
    raise ValueError(
        f"{place}: expected a writer from 0 to {num_writers - 1}, a digit and a column from 1 to 10, such as "
        f"0 3 7, but got {' '.join(words)!r:.90}; mend it, or put a # before it."
    )
