"""Two versions of a small lesson, and what learners do to a notebook: random edits, and what they wrote."""

import json
import random
import re
from itertools import count

from mnist_lab.workshop.own_copy.merging import digest

from nbformat import NotebookNode, v4

MINE = re.compile(r"mine-\d+")  # in every line that a learner writes


def markdown(id, text):
    return v4.new_markdown_cell(text, id=id)


def code(id, text, *tags):
    return v4.new_code_cell(text, id=id, metadata={"tags": list(tags)} if tags else {})


def exercise(number, *, stub="...", id=None):
    """A stub and its check, as they stand in a lesson."""
    name = f"answer_{number}"
    source = f"def {name}(x):\n    # exercise {number}\n    return {stub}"
    return [
        code(id or f"stub-{number}", source, f"exercise:3.{number}"),
        code(f"check-{number}", f'check("3.{number}", {name})'),
    ]


def earlier():
    """The lesson that a learner was given."""
    cells = [
        markdown("title", "# 03 · Training"),
        code("imports", "import math"),
        code("parameters", "SEED = 0\nNUM_EPOCHS = 3", "parameters"),
        code("ranges", "check_parameters(globals(), NUM_EPOCHS=(1, 9))"),
        *(markdown(f"text-{i}", f"Text {i} of the lesson.\n\nIt has two paragraphs.") for i in range(4)),
        *(code(f"code-{i}", f"value_{i} = {i}\nprint(value_{i})") for i in range(4)),
        *(cell for number in range(1, 6) for cell in exercise(number)),
        markdown("end", "## The end"),
    ]
    return v4.new_notebook(cells=cells, metadata={"kernelspec": {"display_name": "P", "name": "python3"}})


def later(random=None):
    """A newer version of it: texts and code changed, cells gone, new, and elsewhere, an exercise less."""
    notebook = earlier()
    cells = {cell.id: cell for cell in notebook.cells}
    cells["text-1"].source = "Text 1, in better words."
    cells["code-1"].source = "value_1 = 1.5\nprint(value_1)"
    cells["parameters"].source = "SEED = 0\nNUM_EPOCHS = 3\nBATCH_SIZE = 64"
    cells["stub-2"].source = cells["stub-2"].source.replace("...", "None  # new words")
    cells["stub-3"].id = "stub-3-anew"
    gone = {"text-2", "code-2", "stub-5", "check-5"}
    notebook.cells = [cell for cell in notebook.cells if cell.id not in gone]
    if random:
        notebook.cells = random.sample(notebook.cells, len(notebook.cells))
    notebook.cells.insert(5, markdown("new-text", "A new text."))
    notebook.cells[9:9] = exercise(6)
    return notebook


class Learner:
    """Edits a notebook, a plain dictionary, as people and their programs do."""

    def __init__(self, seed):
        self.random, self.number = random.Random(seed), count()
        self.notebook = json.loads(json.dumps(earlier()))
        self.cells = self.notebook["cells"]
        self.lost = False  # whether a sign by which an answer is found may be gone

    def words(self):
        return f"mine-{next(self.number)}"

    def any(self):
        return self.random.randrange(len(self.cells))

    def edit(self, times):
        edits = [self.answer] * 4 + [
            self.add, self.add, self.write, self.write, self.run, self.delete, self.split, self.join,
            self.move, self.retype, self.double, self.untag, self.unname, self.same_id, self.carriage,
        ]  # fmt: skip
        for _ in range(times):
            self.random.choice(edits)()
        if self.random.random() < 0.1:
            self.notebook["nbformat_minor"] = 4
            for cell in self.cells:
                cell.pop("id", None)

    def answer(self):
        number = self.random.randint(1, 5)
        stubs = [cell for cell in self.cells if f"exercise:3.{number}" in cell["metadata"].get("tags", [])]
        for cell in stubs[:1]:
            cell["source"] = f"def answer_{number}(x):\n    return x  # {self.words()}"

    def add(self):
        kind = self.random.choice(["code", "markdown", "raw"])
        cell = {"cell_type": kind, "metadata": {}, "source": f"{self.words()} = 1", "id": self.words()}
        cell |= {"outputs": [], "execution_count": None} if kind == "code" else {}
        self.cells.insert(self.random.randint(0, len(self.cells)), cell)

    def write(self):
        cell = self.cells[self.any()]
        lines = cell["source"].split("\n")
        lines.insert(self.random.randint(0, len(lines)), f"# {self.words()}")
        cell["source"] = "\n".join(lines)

    def run(self):
        for number, cell in enumerate(self.cells, 1):
            if cell["cell_type"] == "code":
                cell["execution_count"] = number
                cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "ran\n"}]

    def delete(self):
        if len(self.cells) > 3:
            self.lost = True
            del self.cells[self.any()]

    def split(self):
        place = self.any()
        cell, half = self.cells[place], json.loads(json.dumps(self.cells[place]))
        lines = cell["source"].split("\n")
        cut = self.random.randint(0, len(lines))
        cell["source"], half["source"] = "\n".join(lines[:cut]), "\n".join(lines[cut:])
        half["id"] = self.words()
        self.lost = True
        self.cells.insert(place + 1, half)

    def join(self):
        place = self.any()
        if place + 1 < len(self.cells):
            self.lost = True
            self.cells[place]["source"] += "\n\n" + self.cells.pop(place + 1)["source"]

    def move(self):
        cell = self.cells.pop(self.any())
        self.lost = True
        self.cells.insert(self.random.randint(0, len(self.cells)), cell)

    def retype(self):
        cell = self.cells[self.any()]
        cell["cell_type"] = self.random.choice(["code", "markdown", "raw"])
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
        cell |= {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}

    def double(self):
        self.lost = True
        self.cells.insert(self.any(), json.loads(json.dumps(self.cells[self.any()])))

    def untag(self):
        self.cells[self.any()]["metadata"] = {}

    def unname(self):
        self.cells[self.any()].pop("id", None)

    def same_id(self):
        self.lost = True
        self.cells[self.any()]["id"] = self.cells[self.any()].get("id", "x")

    def carriage(self):
        cell = self.cells[self.any()]
        cell["source"] = cell["source"].replace("\n", "\r\n")

    def text(self):
        text = json.dumps(self.notebook, indent=self.random.choice([1, None, 2]), ensure_ascii=False)
        return text.replace("\n", self.random.choice(["\n", "\n", "\r\n"]))


def lines_of(notebook):
    return {line.strip() for cell in notebook["cells"] for line in cell["source"].splitlines()}


def text_of(cell):
    """The digest of a cell, or of a source, as code."""
    return digest(NotebookNode(cell_type="code", source=cell if isinstance(cell, str) else cell.source))
