"""Progress in real kernels: there after a restart in a learner's folder, left alone by every batch run."""

import json
import re
import subprocess
import sys
from pathlib import Path

from mnist_lab.workshop.batch.execution import execute

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import v4

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
IMPORTS = """from mnist_lab.exercises import answer, check, hint, progress, question
from mnist_lab.lesson import guess, predict, reveal
from mnist_lab.lesson.predictions import reliability
from mnist_lab.plots import analysis"""
DONE = [
    "def move(photo):\n    my_own_name = photo.permute(1, 2, 0)\n    return my_own_name.reshape(7, 7)",
    'check("0.3", move)\nhint("0.3")',
    'predict("0.1", "How many?", [0, 10])\nguess("0.1", 10, confidence=90)\nreveal("0.1", 10)',
    'answer("0.exit", "argmax(dim=0)")',
]


class FrontEnd(NotebookClient):
    """Runs cells as a front end does, where somebody could be asked for input()."""

    async def async_start_new_kernel_client(self):
        client = await super().async_start_new_kernel_client()
        client.allow_stdin = True
        return client


def run(folder, *sources):
    """What the cells say, run in a new kernel."""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    FrontEnd(notebook, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    return text(notebook)


def text(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(str(output.get("text") or output["data"]["text/plain"]) for output in outputs)


def stored(folder):
    return json.loads((folder / ".mnist-lab" / "progress.json").read_text(encoding="utf-8"))


def lesson_cells(number, *pieces):
    """The cells of a lesson that have one of these pieces, from a copy of it."""
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    sources = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    return [next(source for source in sources if piece in source) for piece in pieces]


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """A learner's folder in which a lesson was begun that leaves it, as 05 does."""
    folder = tmp_path_factory.mktemp("learner")
    (folder / ".mnist-lab").mkdir()
    run(folder, IMPORTS, "import os, tempfile\nos.chdir(tempfile.gettempdir())", *DONE)
    return folder


def test_what_was_done_is_kept_without_code(mine):
    entries = stored(mine)
    assert entries["exercises"]["0.3"]["hints"] == 1 and entries["exercises"]["0.3"]["right"] is False
    assert entries["predictions"]["0.1"]["guess"] == "10" and entries["predictions"]["0.1"]["right"]
    assert entries["questions"]["0.exit in lesson 00"]["right"] is False
    content = (mine / ".mnist-lab" / "progress.json").read_text(encoding="utf-8")
    assert "my_own_name" not in content and "photo.permute" not in content


def test_after_a_restart_everything_is_there(mine):
    made = [source for number in ("09", "10") for source in lesson_cells(number, "EARLIER =")]
    said = run(mine, IMPORTS, *lesson_cells("01", "question("), "progress()", *made, "print(made)")
    assert "Question 0.exit, back from lesson 00. " in said
    assert re.search(r"✗ 0\.3 .* not yet, 1 attempt, 1 hint", said)
    assert "Your predictions, over the whole series:\nWhen 90 % sure: right 1 of 1" in said
    assert said.count("not started") < 10, "the last lesson's exercises, not all"
    assert re.search(r"^00 +0 of 5 +1 of 1, 90 % sure +0 of 1$", said, re.M) and "Next: exercise 0.3" in said
    assert "1 guesses over the course" in said and "{90: (1, 1)}" in said
    assert "a reader who was made up" not in said


def test_outside_a_learner_s_folder_nothing_is_written(tmp_path):
    said = run(tmp_path, IMPORTS, *DONE, "progress()", *lesson_cells("09", "EARLIER ="), "print(made)")
    assert "Your predictions, over all lessons in this kernel:" in said and "✗ 0.3" in said
    assert "{90: (1, 1)}" in said and "lesson  exercises" not in said
    assert list(tmp_path.iterdir()) == []


def by_papermill(path):
    notebook, ran = execute(path)
    assert ran.status == "passed", ran
    return text(notebook)


def by_nbconvert(path):
    """As nbgrader does, whose Execute is nbconvert's."""
    notebook = nbformat.read(path, 4)
    ExecutePreprocessor(kernel_name="python3").preprocess(notebook, {"metadata": {"path": str(path.parent)}})
    return text(notebook)


def by_nbval(path):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--nbval-lax", str(path)]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return ""


@pytest.mark.parametrize("by", [by_papermill, by_nbconvert, pytest.param(by_nbval, marks=pytest.mark.slow)])
def test_a_batch_run_in_a_learner_s_folder_neither_writes_nor_reads(tmp_path, by):
    path, earlier = tmp_path / "00_mine.ipynb", tmp_path / ".mnist-lab" / "progress.json"
    earlier.parent.mkdir()
    earlier.write_text('{"mnist_lab_progress": 1, "exercises": {"0.2": {"right": true, "tries": 9}}}')
    before = earlier.read_bytes()
    cells = [v4.new_code_cell(source) for source in [IMPORTS, *DONE, "progress()"]]
    nbformat.write(v4.new_notebook(cells=cells), path)
    assert "9 attempts" not in by(path)
    assert earlier.read_bytes() == before and [file.name for file in earlier.parent.iterdir()] == [
        earlier.name
    ]
