"""A lesson in pieces that a slide can take or leave: a paragraph, a list item, a stretch of code, an output.

The page lays them out: slides.html.j2 measures each in the browser, where fonts are known.
"""

import base64
import io
import re
from urllib.parse import unquote

from mnist_lab.lesson import RECORD_TYPE
from mnist_lab.workshop.batch.lessons import NOTEBOOKS
from mnist_lab.workshop.batch.slideshow import BOXES, SILENT, without_calls

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from PIL import Image, ImageOps

GUIDE = NOTEBOOKS.parent / "TEACHING.md"
WHOLE = re.compile(r"```.*?```|<details.*?</details>|\$\$.*?\$\$", re.S)
BETWEEN = re.compile(r"\n\s*\n(?=\S)|\n(?=(?:[-*]|\d+\.) )")
HEADING = re.compile(r"#+ (.*)")
DEFINES = re.compile(r"^(?:def|class) ", re.M)
ANSWER = re.compile(r"<b></b><details[^>]*>\s*<summary>Answer</summary>(.*)</details>", re.S)
NO_GUESS = re.compile(r'<div style="[^"]*">No guess was recorded\..*?</div>')
CALLS = re.compile(r"(?:\w+ = )?(?:progress|mine_or_reference)\([^()]*\)")
OURS = "Here is ours, folded"
ANOTHER_DAY = re.compile(r"\s+Coming back another day\?.*", re.S)
GOES_ON = "The lesson goes on with the reference"
WIDEST = 1200  # pixels of a slide's canvas that a picture may take


def pieces(notebook, asks=()):
    """Return the cells of an executed lesson, marked for slides, in pieces.

    Each of asks, (anchor of a section, question in Markdown), becomes a note to that section's heading.
    """
    found = []
    for number, cell in enumerate(notebook.cells):
        if _is_plumbing(cell, notebook.cells[max(0, number - 1)], notebook.cells[number + 1 :]):
            continue
        parts = _of_text(cell, asks) if cell.cell_type == "markdown" else _of_code(cell)
        found += [NotebookNode(part | {"id": f"{number}-{i}"}) for i, part in enumerate(parts)]
    return found


def asks_of(stem, guide=GUIDE):
    """Return (anchor, question) for each link into a lesson after **Ask.** in the guide for teachers."""
    lines = guide.read_text(encoding="utf-8").splitlines() if guide.is_file() else []
    line = next((line for line in lines if "**Ask.**" in line and f"/{stem}.ipynb#" in line), "")
    asked = line.partition("**Ask.**")[2].partition(" **")[0]
    found = re.findall(r"\[([^]]+)\]\(notebooks/\w+\.ipynb#([^)]+)\)([^[]*)", asked)
    return [(unquote(anchor), (question + more).strip()) for question, anchor, more in found]


def _kind(cell):
    return cell.metadata.get("slideshow", {}).get("slide_type")


def _is_plumbing(cell, before, after):
    """True for what only a reader at the keyboard needs, and for a reference that waits in a fold."""
    if _kind(cell) == "skip" or "check_parameters(" in cell.source or OURS in before.source:
        return True
    if cell.cell_type != "markdown" or cell.source.startswith("#"):
        return False
    calls = bool(after) and CALLS.fullmatch(after[0].source.strip())
    leads_nowhere = calls and (not after[1:] or after[1].cell_type == "markdown")
    of_a_record = _kind(before) == "skip" and "folded cell above" in cell.source
    return OURS in cell.source or leads_nowhere or of_a_record


def _of_text(cell, asks):
    source = ANOTHER_DAY.sub("", cell.source)
    source = WHOLE.sub(lambda match: match[0].replace("\n", "\0"), source)
    for text in [source] if _kind(cell) == "notes" else BETWEEN.split(source):
        yield _marked(new_markdown_cell(text.replace("\0", "\n")), cell)
        heading = HEADING.match(text)
        anchor = heading and re.sub(r"[*`$]", "", heading[1]).replace(" ", "-")
        for question in (question for section, question in asks if section == anchor):
            note = {"slideshow": {"slide_type": "notes"}}
            yield new_markdown_cell(f"**Ask.** {question}", metadata=note)


def _of_code(cell):
    source = without_calls(cell.source, BOXES | SILENT)
    outputs = [_sharpened(output) for output in cell.get("outputs", []) if _is_shown(output)]
    pictured = any("image/png" in output.get("data", {}) for output in outputs)
    folded = "parameters" in cell.metadata.get("tags", []) or (pictured and not DEFINES.search(source))
    folded = folded or cell.metadata.get("jupyter", {}).get("source_hidden", False)
    if source.strip():
        yield _marked(new_code_cell(source), cell, jupyter={"source_hidden": folded})
    for output in outputs:
        if "text/markdown" in output.get("data", {}):
            yield from _of_text(new_markdown_cell(output.data["text/markdown"]), ())
            continue
        kind, shown = _answer(output)
        kind = None if kind == "subslide" and output is outputs[0] else kind
        bare = new_code_cell(outputs=[shown], metadata={"transient": {"remove_source": True}})
        yield _marked(bare, cell, slideshow={"slide_type": kind} if kind else None)


def _marked(piece, cell, **more):
    """Give the first piece of a cell the cell's own mark, and a later one none; works in place."""
    piece.metadata["tags"] = cell.metadata.get("tags", [])
    mark = cell.metadata.pop("slideshow", None)
    piece.metadata.update({"slideshow": mark} if mark else {})
    piece.metadata.update({key: value for key, value in more.items() if value})
    return piece


def _is_shown(output):
    data = output.get("data", {})
    return RECORD_TYPE not in data and not data.get("text/plain", "").startswith(GOES_ON)


def _answer(output):
    """Return ("fragment", output) for an answer, unfolded; ("subslide", …) for a question; else (None, …)."""
    html = output.get("data", {}).get("text/html", "")
    if ">Answer</summary>" in html:
        html = ANSWER.sub(r"<b>Answer</b>\1", html)
        return "fragment", NotebookNode(output | {"data": {"text/html": html}})
    if "<b>Prediction" in html and ": " in re.search(r"<b>(.*?)</b>", html)[1]:
        return "fragment", NotebookNode(output | {"data": {"text/html": NO_GUESS.sub("", html)}})
    return ("subslide" if "<b>Question" in html else None), output


def _sharpened(output):
    """Enlarge an image of pixels, which has no finer ones, as it stands: squares remain squares."""
    data = output.get("data", {})
    if "image/png" not in data or not data.get("text/plain", "").startswith("<PIL."):
        return output
    image, file = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))), io.BytesIO()
    ImageOps.scale(image, -(-2 * WIDEST // image.width), Image.Resampling.NEAREST).save(file, "PNG")
    return NotebookNode(output | {"data": {"image/png": base64.b64encode(file.getvalue()).decode()}})
