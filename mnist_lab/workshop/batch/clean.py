"""Clean an executed notebook: good outputs, and only the metadata that belongs in a file."""

import ast
import base64
import io
import re

from PIL import Image

RUNS_ON = {"display_name": "Python 3", "language": "python", "name": "python3"}
KEPT_OF_A_CELL = ("slideshow", "tags")
PLUMBING = {"predict", "record", "reveal"}  # calls a reader need not see; those of reveal hold the answer
WIDGET = "application/vnd.jupyter.widget-view+json"
BAR = re.compile(r"(\d+%\|.*\||\d+(\.\d+)?[kMG]?\s?\w+) .*\[\d+:\d+.*\]")
PILLOW = re.compile(r"<PIL\S* .*size=(\d+)x(\d+)>")
CURSOR = re.compile(r"\x1b\[\d*[ABCDK]")


def clean_outputs(notebook):
    """Drop progress bars and widgets without a picture, join streams; works in place."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _joined(output for output in cell.outputs if _shows_something(output))
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.text = settled(output.text, bars=output.name == "stdout")
                elif size := PILLOW.match(output.get("data", {}).get("text/plain", "")):
                    output.metadata["image/png"] = {"alt": f"A picture of {size[1]} × {size[2]} pixels."}
            cell.outputs = _joined(o for o in cell.outputs if o.get("text") != "")
    return notebook


def without_outputs(notebook):
    """Take out what the cells put out, and their numbers; works in place."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def clean_metadata(notebook):
    """Keep the short list of metadata, count executions 1, 2, 3; works in place."""
    notebook.metadata.clear()
    notebook.metadata.update(kernelspec=dict(RUNS_ON), language_info={"name": "python"})
    count = 0
    for cell in notebook.cells:
        metadata = {key: cell.metadata[key] for key in KEPT_OF_A_CELL if cell.metadata.get(key)}
        if cell.metadata.get("jupyter", {}).get("source_hidden") or is_plumbing(cell):
            metadata["jupyter"] = {"source_hidden": True}
            metadata["tags"] = sorted({*metadata.get("tags", []), "hide-input"})
        cell.metadata.clear()
        cell.metadata.update(metadata)
        if cell.cell_type == "code":
            count += bool(cell.source.strip())
            _number(cell, count if cell.source.strip() else None)
    return notebook


def is_plumbing(cell):
    """True for a cell that holds nothing but calls of PLUMBING; and for one that reveals an answer."""
    if cell.cell_type != "code" or not re.search(r"\b(predict|record|reveal)\(", cell.source):
        return False
    statements = ast.parse(re.sub(r"^[%!].*$", "", cell.source, flags=re.MULTILINE)).body
    called = [
        getattr(statement.value.func, "id", "") if _is_call(statement) else "" for statement in statements
    ]
    return "reveal" in called or set(called) <= PLUMBING


def _is_call(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)


def shrink_pictures(notebook):
    """Store each PNG with a palette of 128 colours, about a third of the size; works in place."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                data["image/png"] = _with_palette(data["image/png"])
    return notebook


def _with_palette(picture):
    small = io.BytesIO()
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    flat.quantize(128, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    text = base64.b64encode(small.getvalue()).decode() + "\n"
    return min(picture, text, key=len)


def _number(cell, count):
    cell.execution_count = count
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = count


def _shows_something(output):
    """Take the view out of a widget's output; False if only its text is left."""
    data = output.get("data", {})
    if WIDGET not in data:
        return True
    output.get("metadata", {}).pop(WIDGET, None)
    del data[WIDGET]
    return set(data) - {"text/plain"} != set()


def _joined(outputs):
    """Join neighbouring stream outputs of one name."""
    joined = []
    for output in outputs:
        same = joined and output.output_type == joined[-1].output_type == "stream"
        if same and output.name == joined[-1].name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def settled(text, *, bars=True):
    """Return what a terminal would still show of the text; without bars, also drop tqdm's lines."""
    lines = [_overwritten(line) for line in CURSOR.sub("", text.replace("\r\n", "\n")).split("\n")]
    if not bars:
        lines = [line for line in lines if not BAR.search(line)]
        lines = lines if any(line.strip() for line in lines) else []
    return "\n".join(lines)


def _overwritten(line):
    """Let what follows a carriage return cover what stood before it."""
    shown = ""
    for piece in line.split("\r"):
        shown = piece + shown[len(piece) :]
    return shown.rstrip() if "\r" in line else shown
