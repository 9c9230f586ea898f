"""Which cells of an executed lesson make a slide, read off headings, tags, calls and sizes."""

import ast
import re

HEADING = re.compile(r"#{1,2} ")
SILENT = {"check", "hint", "progress", "record", "mine_or_reference", "pick_device"}  # nothing to project
BOXES = {"predict", "question", "reveal"}  # what they show says all that their code says
ROOM, MORE = 22, 30  # lines of code that fill a slide, and that it holds in small type
LINES_OF_A_PICTURE = 13
WORDS_IN_A_LINE = 14


def mark_slides(notebook):
    """Give each cell the slideshow metadata that nbconvert and JupyterLab read; works in place.

    A heading begins a slide, a text one below it, and code stands under its text. What follows code
    joins its slide where there is room, but not after a question, which it would answer. A reveal or a
    closing remark appears when it is asked for. Skipped is what has nothing to project. Metadata from
    before is replaced, so it cannot drift.
    """
    slide = []
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        kind = _kind(cell, slide, following)
        cell.metadata.pop("slideshow", None)
        if kind != "-":  # what nbconvert and JupyterLab take for granted
            cell.metadata["slideshow"] = {"slide_type": kind}
        slide = [] if kind in ("slide", "subslide") else slide
        slide += [cell] if kind != "skip" else []
    return notebook


def without_calls(source, names):
    """Return the source of a cell without its statements that call one of these functions."""
    lines = dict(enumerate(source.splitlines(), 1))
    for statement in _statements(source):
        if _called(statement) in names:
            for number in range(statement.lineno, statement.end_lineno + 1):
                lines.pop(number, None)
    return "\n".join(lines.values()).strip()


def _kind(cell, slide, following):
    """The slide_type of a cell, given the cells of the slide so far."""
    if cell.cell_type == "markdown":
        return _kind_of_text(cell, slide, following)
    if cell.cell_type != "code" or not cell.source.strip() or _is_silent(cell):
        return "skip"
    if not slide or _asks(slide[-1]):  # what comes next would tell
        return "subslide"
    if _calls(cell, "reveal"):
        return "fragment" if _fits(slide, cell, MORE) else "subslide"
    return "-" if slide[-1].cell_type == "markdown" or _fits(slide, cell, ROOM) else "subslide"


def _kind_of_text(cell, slide, following):
    if HEADING.match(cell.source) or "pause" in cell.metadata.get("tags", []):
        return "slide"
    closes = following is None or following.cell_type == "markdown"
    remark = closes and not cell.source.startswith("#") and slide and slide[-1].cell_type == "code"
    if remark and not _asks(slide[-1]) and _fits(slide, cell, MORE):
        return "fragment"
    return "subslide"


def _is_silent(cell):
    """True for a cell of imports, of calls that only keep or check something, of what a kernel lacks."""
    statements = _statements(cell.source)
    return bool(statements) and all(
        isinstance(statement, ast.Import | ast.ImportFrom)
        or (isinstance(statement, ast.If) and "not in globals()" in ast.unparse(statement.test))
        or _called(statement) in SILENT
        for statement in statements
    )


def _asks(cell):
    """True for a prediction, and for the stub of an exercise."""
    return _calls(cell, "predict") or any(
        tag.startswith("exercise:") for tag in cell.metadata.get("tags", [])
    )


def _calls(cell, name):
    return cell.cell_type == "code" and name in map(_called, _statements(cell.source))


def _fits(slide, cell, room):
    return sum(map(_height, [*slide, cell])) <= room


def _height(cell):
    """About how many lines of code a cell is as high as."""
    if cell.cell_type == "markdown":
        return 2 + len(cell.source.split()) / WORDS_IN_A_LINE
    code = without_calls(cell.source, BOXES)
    return bool(code) + code.count("\n") + 1 + sum(map(_height_of_output, cell.get("outputs", [])))


def _height_of_output(output):
    data = output.get("data", {})
    if any(kind.startswith("image/") for kind in data):
        return LINES_OF_A_PICTURE
    return 1 + str(output.get("text") or data.get("text/plain", "")).rstrip().count("\n")


def _statements(source):
    """The statements of a source; none where it is no Python, as with a %%magic."""
    try:
        return ast.parse(re.sub(r"^[%!].*", "", source, flags=re.M)).body
    except (SyntaxError, ValueError):
        return []


def _called(statement):
    """The name of the function whose result, if any, a statement assigns to one name or shows; else None."""
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.Assign | ast.Expr) and isinstance(value, ast.Call):
        return getattr(value.func, "id", None)
    return None
