"""Write where the series can be opened without installing it: part of `make figures`.

The address is `Repository` in pyproject's project.urls. From it come the links of the README, between two
comments, and two cells below each lesson's title: the links, and for Colab and Kaggle the line that
installs the package and nothing else. Without an address there are none.
"""

import re
import tomllib
from pathlib import Path

from mnist_lab.files import write_whole

import nbformat

ROOT = Path(__file__).parents[3]
BETWEEN = re.compile(r"(?<=<!-- addresses -->).*?(?=<!-- / -->)", re.DOTALL)
TAG = "addresses"
FIRST = "notebooks/00_start_here.ipynb"

INSTALL = """\
# On Colab and Kaggle this installs mnist-lab and leaves their torch alone. Elsewhere it does nothing.
import importlib.util
import os

hosts = {{"COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE"}}  # each sets one of these
if hosts & {{*os.environ}} and importlib.util.find_spec("mnist_lab") is None:
    %pip install --quiet "mnist-lab[draw,camera] @ git+{address}"
"""


def repository(root=ROOT):
    """Return the address of the repository, None while pyproject names none."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get("Repository", "").rstrip("/").removesuffix(".git") or None


def links(address, path):
    """Return the links that open one file in Colab and in Binder, which take addresses at GitHub."""
    found = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+)", address)
    if not found:
        return ""
    colab = f"https://colab.research.google.com/github/{found[1]}/blob/main/{path}"
    binder = f"https://mybinder.org/v2/gh/{found[1]}/main?labpath={path}"
    return f"Open in [Colab]({colab}) or [Binder]({binder})."


def with_addresses(notebook, path, address):
    """Change a lesson: its cells about addresses go, and those of this address come below the title."""
    notebook.cells = [cell for cell in notebook.cells if TAG not in cell.metadata.get("tags", [])]
    if not address:
        return
    install = nbformat.v4.new_code_cell(INSTALL.format(address=address).rstrip(), id="addresses-install")
    install.metadata = {"jupyter": {"source_hidden": True}, "tags": [TAG, "hide-input"]}
    cells = [install]
    if text := links(address, path):
        cells.insert(0, nbformat.v4.new_markdown_cell(text, id="addresses-links", metadata={"tags": [TAG]}))
    notebook.cells[1:1] = cells


def write_addresses(root=ROOT):
    """Bring README and lessons up to date; return the address, or None."""
    address = repository(root)
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    line = links(address, FIRST) if address else ""
    write_whole(readme, BETWEEN.sub(lambda _: line, text, count=1))
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        before = nbformat.writes(notebook)
        with_addresses(notebook, f"notebooks/{path.name}", address)
        if nbformat.writes(notebook) != before:
            write_whole(path, nbformat.writes(notebook) + "\n")
    return address


if __name__ == "__main__":
    print(f"Links and install cells: {write_addresses() or 'none, as pyproject.toml names no Repository'}.")
