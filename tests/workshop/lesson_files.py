"""Small lessons for tests: a heading, a parameters cell, and the code that a test asks for."""

from mnist_lab.lesson import RECORD_TYPE

import nbformat
from nbformat import v4


def put(folder, name, *codes, parameters="SEED = 0"):
    """Write a lesson into a folder, which is made if it is missing, and return its path."""
    cells = [
        v4.new_markdown_cell(f"# {name}", id="head"),
        v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
        *(v4.new_code_cell(code, id=f"code-{number}") for number, code in enumerate(codes)),
    ]
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.ipynb"
    nbformat.write(v4.new_notebook(cells=cells), path)
    return path


def recording(**figures):
    """Return code that records figures as lesson.record does, each given as Python; it imports nothing."""
    pairs = ", ".join(f"{name!r}: {value}" for name, value in figures.items())
    return f"display({{{RECORD_TYPE!r}: {{{pairs}}}}}, raw=True)"
