"""Three small lessons, published in a clone and worked in by a learner."""

import nbformat
from learner_edits import earlier

NAMES = ["03_training.ipynb", "04_devices.ipynb", "05_persistence.ipynb"]
RAN = nbformat.v4.new_output("stream", text="the answer\n")


def publish(folder, make=earlier, names=NAMES):
    """Write a version of the lessons, with outputs, as a clone has them."""
    folder.mkdir(exist_ok=True)
    for name in names:
        notebook = make()
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [RAN], 1
        nbformat.write(notebook, folder / name)


def edit(path, **sources):
    """Work in a notebook: change cells, or run them all."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.source = sources.get(cell.id.replace("-", "_"), cell.source)
        if not sources and cell.cell_type == "code":
            cell.outputs = [RAN]
    nbformat.write(notebook, path)


def cells(path):
    return {cell.id: cell for cell in nbformat.read(path, 4).cells}


def old(folder):
    return sorted(path.name for path in folder.glob("*.ipynb") if path.name not in NAMES)


def all_bytes(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
