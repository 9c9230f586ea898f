"""A committed lesson as the site shows it: folds, answers that wait for a choice, what cannot run here."""

import ast
import json
import re
from contextlib import suppress
from copy import deepcopy
from html import escape, unescape

from mnist_lab.lesson import RECORD_TYPE
from mnist_lab.lesson.boxes import box, rich
from mnist_lab.workshop.batch.slideshow import BOXES, without_calls
from mnist_lab.workshop.classroom.slide_pieces import NO_GUESS
from mnist_lab.workshop.site.repository_pages import alive_links, relinked
from mnist_lab.workshop.upkeep.addresses import TAG

ASKED = re.compile(r"<b>Prediction ([\d.]+)</b>")
TOLD = re.compile(r"<b>Prediction ([\d.]+): (.*?)</b>")
OPTION = re.compile(r"<b>([A-F])</b>&emsp;(.*?)</div>")
UNTRIED = re.compile(
    r'<div role="status"[^>]*><b>· (Exercise [^<]+): not started yet</b>.*?(<details.*</details>|)</div>$',
    re.DOTALL,
)
HEADING = re.compile(r"^(#+)(?= )|^(```)", re.MULTILINE)
ALIVE_IN = {"00": "draw", "01": "draw", "03": "train", "06": "train"}  # lessons that such a page helps
HERE = (
    '<div style="margin-top:.3em">This page only shows it. <a href="running.html">Run the lesson</a>, and '
    "this cell says whether your answer is right.</div>"
)


def lesson_page(notebook, number):
    """Return a copy of a lesson for myst-nb, which shows it without running anything."""
    notebook = deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if TAG not in cell.metadata.get("tags", [])]
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}  # knows !python
    level = Levels()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = HEADING.sub(level, relinked(cell.source))
        elif cell.cell_type == "code":
            if is_plumbing(cell):
                _tag(cell, "hide-input")
            cell.outputs = [each for each in cell.outputs if RECORD_TYPE not in each.get("data", {})]
            for output in cell.outputs:
                if words := output.get("metadata", {}).get("image/png", {}).get("alt"):
                    cell.metadata["mystnb"] = {"image": {"alt": words}}  # myst-nb reads the cell's alone
                _change(output, lambda html: UNTRIED.sub(_untried, NO_GUESS.sub("", html)))
    _close_answers(notebook.cells)
    if number in ALIVE_IN:
        notebook.cells[0].source += f"\n\n{alive_links(ALIVE_IN[number])}"
    return notebook


def is_plumbing(cell):
    """True for imports, and for calls whose boxes say all that their code says."""
    if cell.metadata.get("slideshow", {}).get("slide_type") == "skip" or "check_parameters(" in cell.source:
        return True
    return not without_calls(cell.source, BOXES)


class Levels:
    """Gives each heading its level: one title a page, sittings below it, and none that skips a level."""

    def __init__(self):
        self.open, self.fenced = [], False

    def __call__(self, found):
        self.fenced ^= bool(found[2])
        if self.fenced or found[2]:
            return found[0]
        level = len(found[1]) if self.open else 0  # a sitting is below the title, which has as many signs
        self.open = [*(above for above in self.open if above < level), level]
        return "#" * len(self.open)


def _untried(found):
    """The box of a check that nobody has tried: what it is for, and its hints."""
    return box("plain", found[1], HERE, found[2])


def _close_answers(cells):
    """Fold what came out between a prediction and its answer, and tag all of it for predict.js."""
    asked = {}
    for number, cell in enumerate(cells):
        html = "".join(map(_html, cell.get("outputs", [])))
        if found := ASKED.search(html):
            asked[found[1]] = number
        elif (found := TOLD.search(html)) and found[1] in asked:
            _close(cells[asked.pop(found[1]) : number + 1], *found.groups())


def _close(cells, id, answer):
    """Fold the outputs of one prediction, but for those of a section that ends before its answer."""
    question, *between = cells
    tag = id.replace(".", "-")
    _tag(question, f"asks-{tag}")
    _tag(between[-1], f"ends-{tag}")
    begin = max((i for i, cell in enumerate(between) if re.match("#+ ", cell.source)), default=0)
    for cell in between[begin:]:
        if cell.cell_type == "code":
            _tag(cell, "hide-output", f"tells-{tag}")
    behind = json.dumps(_behind(question, between[-1], answer), ensure_ascii=False)
    mark = f'<div class="prediction" data-of="{tag}" data-behind="{escape(behind)}">'
    _change(question.outputs[0], lambda html: f"{mark}{html}</div>")


def _behind(question, end, answer):
    """Return {letter of a wrong option: the misconception behind it}, as far as the cells name them."""
    options = {letter: _plain(text) for letter, text in OPTION.findall(_html(question.outputs[0]))}
    known = {}
    for node in (node for cell in (question, end) for node in ast.walk(ast.parse(cell.source))):
        if isinstance(node, ast.Dict):
            with suppress(ValueError):
                known |= {str(key): text for key, text in ast.literal_eval(node).items()}
    options.pop(_right(options, _plain(answer)))
    texts = {letter: known.get(text) or known.get(_number(text)) for letter, text in options.items()}
    return {letter: rich(text) for letter, text in texts.items() if text}


def _right(options, answer):
    """Return the letter of the option that came out, or of the number that is nearest to it."""
    for letter, text in options.items():
        if text == answer:
            return letter
    return min(options, key=lambda letter: abs(float(_number(options[letter])) - float(_number(answer))))


def _plain(html):
    """Return the text that a lesson's box shows, code in backticks as in the lesson's source."""
    return unescape(re.sub("</?code>", "`", html))


def _number(text):
    """Return the number with which a text begins, without its unit."""
    found = re.match(r"[-−]?[\d.]+(?:e[+-]\d+)?", text)
    return found[0].replace("−", "-") if found else ""


def _tag(cell, *tags):
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), *tags]


def _html(output):
    return output.get("data", {}).get("text/html", "")


def _change(output, change):
    if _html(output):
        output.data["text/html"] = change(_html(output))
