"""A newer version of a lesson, with all that the learner wrote in the one before."""

import hashlib
import re
from collections import Counter, defaultdict
from copy import deepcopy

from mnist_lab.workshop.classroom.lost_marks import defining

from nbformat import v4

EXERCISE = "exercise:"
OUR_TAG = re.compile(r"(exercise|defines):|parameters$")
CHECK = re.compile(r'^check\("([\d.]+)", (\w+)\)', re.MULTILINE)
BESIDE = "*Your version of the cell above, from before the update:*"
AT_THE_END = "## Yours, from before the update\n\nThe new version of the lesson has no place for these cells."


def marks(notebook):
    """Return {key: digest} of a lesson's cells; the key is an exercise's tag, or else the cell's id."""
    return {_key(cell): digest(cell) for cell in notebook.cells}


def _key(cell):
    return _exercise(cell) or cell.get("id")


def _exercise(cell):
    return next((tag for tag in cell.metadata.get("tags", []) if tag.startswith(EXERCISE)), None)


def digest(cell):
    """Return a digest of a cell's type and text; blanks at the end of a line do not count."""
    lines = [cell.cell_type, *(line.rstrip() for line in cell.source.splitlines())]
    return hashlib.sha256("\n".join(lines).strip().encode()).hexdigest()[:16]


def merge(was, mine, new):
    """Return the notebook new with all that the learner wrote in the notebook mine, and a Counter of it.

    was has the marks of the lesson as the learner got it; without, each cell counts as changed by us. An
    answer goes into its exercise's cell. A cell that only the learner changed stays; where we did too,
    theirs comes below ours. One of their own stays behind the cell before it; what has no place any more
    comes at the end. Cells of ours that were deleted are there again.
    """
    now, count, used = marks(new), Counter(), {"at-the-end", *(cell.id for cell in new.cells)}
    pairs = list(zip(_keys(mine.cells, was, now, new.cells), mine.cells, strict=True))
    theirs, behind = {key: cell for key, cell in pairs if key}, _behind(pairs, was, now, used)
    cells, moved_on = behind[None], []
    for cell in new.cells:
        key = _key(cell)
        if _exercise(cell) and key in theirs:
            theirs[key] = _as_code(theirs[key])
        whose = _whose(cell, theirs.get(key), was.get(key))
        if whose == "both" and "parameters" in cell.metadata.get("tags", []):
            behind[AT_THE_END].append(_own(theirs[key], used))  # right below, it would undo papermill's
        elif whose == "both":
            behind[key][:0] = [v4.new_markdown_cell(BESIDE), _own(theirs[key], used)]
        stands = deepcopy(cell if whose in ("ours", "both") else theirs[key])
        stands.id, stands.metadata = cell.id, cell.metadata
        cells += [stands, *behind[key]]
        count[whose] += 1
        if whose == "answer" and was.get(key) not in (None, now[key]):
            moved_on.append(key.removeprefix(EXERCISE))
    if behind[AT_THE_END]:
        cells += [v4.new_markdown_cell(AT_THE_END, id="at-the-end"), *behind[AT_THE_END]]
    count["no place"], count["moved on"] = len(behind[AT_THE_END]), ", ".join(moved_on)
    count["own"] = sum(key is None and cell.source != AT_THE_END for key, cell in pairs)
    return v4.new_notebook(cells=cells, metadata=mine.metadata, nbformat_minor=new.nbformat_minor), count


def _keys(cells, was, now, ours):
    """Return for each cell the key of the cell of ours that it is, or None; the surest sign comes first."""
    known, ids = [*was.items(), *now.items()], {cell.id: _key(cell) for cell in ours}
    claims = list(_by_check(cells, ours))
    for place, cell in enumerate(cells):
        if cell.source.strip():
            text, tag, id = digest(cell), _exercise(cell), cell.get("id")
            id = ids.get(id, id)
            claims += [((tag, text) in known, place, tag), (2 + ((id, text) not in known), place, id)]
            claims += [(4, place, key) for key, own in known if own == text]
    found = {}
    for _, place, key in sorted(claims, key=lambda claim: claim[:2]):
        if key in {*was, *now} - {*found.values()}:
            found.setdefault(place, key)
    return [found.get(place) for place in range(len(cells))]


def _by_check(cells, ours):
    """Yield claims of answers without tag and id: the nearest definition above the exercise's check."""
    code = [(place, cell.source) for place, cell in enumerate(cells) if cell.cell_type == "code"]
    for id, name in (call for cell in ours for call in CHECK.findall(cell.source)):
        end = next((place for place, source in code if f'check("{id}"' in source), len(cells))
        above = [place for place, source in code if place < end and defining(name)(source)]
        yield from ((5, place, EXERCISE + id) for place in above[-1:])


def _behind(pairs, was, now, used):
    """Return {key of ours, None for the top, or AT_THE_END: the learner's own cells that come behind it}."""
    behind, place = defaultdict(list), None
    for key, cell in pairs:
        if key in now:
            place = key
        elif cell.source == AT_THE_END:
            place = AT_THE_END
        elif key is None or digest(cell) != was[key]:
            behind[place if key is None else AT_THE_END].append(_own(cell, used))
    return behind


def _whose(cell, mine, was):
    """Say who wrote what is to stand in a cell: "ours", "same", "theirs", "both", or an "answer"."""
    text, now = mine and digest(mine), digest(cell)
    if text in (None, was, now):
        return "same" if text == now else "ours"
    return "answer" if _exercise(cell) else "theirs" if was == now else "both"


def _as_code(cell):
    return cell if cell.cell_type == "code" else v4.new_code_cell(cell.source)


def _own(cell, used):
    """Return a cell as the learner's own: without tags of ours, and with an id that no other cell has."""
    cell = deepcopy(cell)
    if "tags" in cell.metadata:
        cell.metadata.tags = [tag for tag in cell.metadata.tags if not OUR_TAG.match(tag)]
    if cell.get("id") in used or not re.fullmatch(r"[\w-]{1,64}", cell.get("id", ""), re.ASCII):
        cell.id = v4.new_raw_cell().id
    used.add(cell.id)
    return cell
