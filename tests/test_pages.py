"""The pages for readers of the repository: every link leads somewhere, every command and option exists."""

import json
import re
import shlex
from pathlib import Path
from urllib.parse import unquote

from mnist_lab.cli import main

import click
import pytest

ROOT = Path(__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (*ROOT.glob("*.md"), *(ROOT / "mnist_lab").rglob("*.md"))
}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    headings = anchors(PAGES[page])
    for target in re.findall(r"\]\(([^)]*)\)", PAGES[page]):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), target
        assert not anchor or unquote(anchor) in (anchors_in(path) if name else headings), target


def anchors_in(path):
    """The headings of a file as a link names them; Jupyter keeps a heading's letters as they are."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return anchors(text)
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
    lines = [line for cell in cells for line in "".join(cell["source"]).splitlines()]
    return {re.sub(r"^#+ ", "", line).replace("`", "").replace(" ", "-") for line in lines if line[:1] == "#"}


def anchors(text):
    """The headings of a page as a link names them."""
    lines = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


def commands():
    """Every `mnist-lab …` of all pages, as words."""
    for text in PAGES.values():
        inline = re.findall(r"`(mnist-lab [^`\n]+)`", text)
        blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M))
        lines = [line[line.index("mnist-lab ") :] for line in blocks.splitlines() if "mnist-lab " in line]
        yield from (shlex.split(line.partition("  #")[0].partition(" #")[0]) for line in (*inline, *lines))


@pytest.mark.parametrize("words", sorted(set(map(tuple, commands()))), ids=" ".join)
def test_each_command_and_option_exists(words):
    command, context = main, click.Context(main)
    rest = list(words[1:])
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        command = command.get_command(context, name)
        assert command is not None, f"there is no {name}"
    known = {option for parameter in command.params for option in parameter.opts}
    options = {word.partition("=")[0] for word in rest if word.startswith("-")}
    assert options <= known | {"--help", "--version"}


def test_contributing_names_files_that_are_there():
    """In its table and its prose; NN and eK_name stand for an exercise, and NAME for any."""
    named = re.findall(
        r"`((?:mnist_lab|tests|notebooks|workshop|exercises)/[\w/.*]+)`", PAGES["CONTRIBUTING.md"]
    )
    paths = [re.sub(r"NN", "06", re.sub(r"eK_name", "e3_*", name)) for name in named]
    assert len(paths) > 10
    for path in paths:
        where = ROOT if path.split("/")[0] in ("mnist_lab", "tests", "notebooks") else ROOT / "mnist_lab"
        if "NAME" not in path and "_name" not in path:
            assert list(where.glob(path.rstrip("/"))), path
