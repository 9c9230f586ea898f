"""A committed lesson as the site shows it: folds, answers that wait for a choice, what cannot run here."""

import ast
import json
import re
from contextlib import suppress
from html import escape, unescape
from itertools import dropwhile

from mnist_lab.lesson import RECORD_TYPE
from mnist_lab.lesson.boxes import rich
from mnist_lab.workshop.batch.slideshow import BOXES, without_calls
from mnist_lab.workshop.classroom.slide_pieces import NO_GUESS
from mnist_lab.workshop.site.repository_pages import relinked
from mnist_lab.workshop.upkeep.addresses import TAG

PREDICTION = re.compile(r"<b>Prediction ([\d.]+)(?:: (.*?))?</b>")  # where it is told, with its answer
OPTION = re.compile(r"<b>([A-F])</b>&emsp;(.*?)</div>")
UNTRIED = re.compile(r"<b>· (Exercise [^<]+): not started yet</b>.*?(?=<details|</div>$)", re.DOTALL)
HERE = (
    r'<b>\1</b><div style="margin-top:.3em">This page only shows it. <a href="running.html">Run the '
    "lesson</a>, and this cell says whether your answer is right.</div>"
)
HEADING = re.compile(r"^```.*?^```|^(?=#+ )", re.MULTILINE | re.DOTALL)  # or code, where # is no heading
PROSE = re.compile(r"(?:^```.*?^```|(?!^#+ ).)*", re.MULTILINE | re.DOTALL)
FOLD = (
    '<details class="admonition hide prose after-{}"><summary><p class="admonition-title">What came out</p>'
    "</summary>\n\n{}\n\n</details>\n\n"
)
ALIVE = {"00": "{{ draw }}", "01": "{{ draw }}", "03": "{{ train }}", "06": "{{ train }}"}  # which help


def lesson_page(notebook, number):
    """Make of a lesson what myst-nb shows, without running anything; works in place, and returns it."""
    cells = notebook.cells = [cell for cell in notebook.cells if TAG not in cell.metadata.get("tags", [])]
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}  # knows !python
    cells[0].source += f"\n\n{ALIVE.get(number, '')}"
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source = relinked(cell.source)
        elif cell.cell_type == "code":
            _change_code(cell)
    for cell in dropwhile(lambda cell: not cell.source.startswith("# Sitting"), cells):
        if cell.cell_type == "markdown":  # a sitting is below the title, which has as many signs
            cell.source = HEADING.sub(lambda found: found[0] or "#", cell.source)
    _close_answers(cells)
    return notebook


def _change_code(cell):
    """Fold imports and calls whose boxes say all that their code says; say where a check works."""
    skipped = cell.metadata.get("slideshow", {}).get("slide_type") == "skip"
    if skipped or "check_parameters(" in cell.source or not without_calls(cell.source, BOXES):
        _tag(cell, "hide-input")
    cell.outputs = [each for each in cell.outputs if RECORD_TYPE not in each.get("data", {})]
    for output in cell.outputs:
        if words := output.get("metadata", {}).get("image/png", {}).get("alt"):
            cell.metadata["mystnb"] = {"image": {"alt": words}}  # myst-nb reads the cell's alone
        if html := _html(output):
            output.data["text/html"] = UNTRIED.sub(HERE, NO_GUESS.sub("", html))


def _close_answers(cells):
    """Fold what came out between a prediction and its answer, and the text after it, for predict.js."""
    asked = {}
    for number, cell in enumerate(cells):
        if not (found := PREDICTION.search("".join(map(_html, cell.get("outputs", []))))):
            continue
        id, answer = found.groups()
        if answer is None:
            asked[id] = number
        elif id in asked:
            tag = id.replace(".", "-")
            _close(cells[asked.pop(id) : number + 1], tag, answer)
            _fold_text(cells[number + 1 :], tag)


def _close(cells, tag, answer):
    """Fold the outputs of one prediction, but for those of a section that ends before its answer."""
    question, *between = cells
    _tag(between[-1], f"ends-{tag}")
    begin = max((i for i, cell in enumerate(between) if re.match("#+ ", cell.source)), default=0)
    for cell in between[begin:]:
        if cell.cell_type == "code":
            _tag(cell, "hide-output", f"tells-{tag}")
    behind = escape(json.dumps(_behind(question, between[-1], answer), ensure_ascii=False))
    shown = question.outputs[0].data
    mark = f'<div class="prediction" data-of="{tag}" data-behind="{behind}">'
    shown["text/html"] = f"{mark}{shown['text/html']}</div>"


def _fold_text(cells, tag):
    """Fold the text that follows an answer and may tell it, up to the next heading or code."""
    for cell in cells:
        text = PROSE.match(cell.source)[0]
        if cell.cell_type != "markdown" or not text:
            return
        rest = cell.source[len(text) :]
        cell.source = FOLD.format(tag, text) + rest
        if rest:
            return


def _behind(question, end, answer):
    """Return {letter of a wrong option: the misconception behind it}, as far as the cells name them."""
    options = {letter: _plain(text) for letter, text in OPTION.findall(_html(question.outputs[0]))}
    known = {}
    for node in (node for cell in (question, end) for node in ast.walk(ast.parse(cell.source))):
        if isinstance(node, ast.Dict):
            with suppress(ValueError):
                known |= {str(key): text for key, text in ast.literal_eval(node).items()}
    answer, number = _plain(answer), _number(_plain(answer))
    options.pop(min(options, key=lambda it: (options[it] != answer, abs(_number(options[it]) - number))))
    texts = {letter: known.get(text) or known.get(f"{_number(text):g}") for letter, text in options.items()}
    return {letter: rich(text) for letter, text in texts.items() if text}


def _plain(html):
    """Return the text that a lesson's box shows, code in backticks as in the lesson's source."""
    return unescape(re.sub("</?code>", "`", html))


def _number(text):
    """Return the number with which a text begins, without its unit; 0 where there is none."""
    found = re.match(r"[-−]?[\d.]+(?:e[+-]\d+)?", text)
    return float(found[0].replace("−", "-")) if found else 0.0


def _tag(cell, *tags):
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), *tags]


def _html(output):
    return output.get("data", {}).get("text/html", "")
