"""Lessons as reveal.js slides that need no network, a page each.

nbconvert's page fetches reveal.js, jQuery, require.js and MathJax from the net (its issues 296 and 754).
So slides.html.j2 takes reveal.js in whole, from the package sphinx-revealjs, and formulas are MathML.
"""

import re
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path

from mnist_lab.files import write_whole
from mnist_lab.workshop.batch.clean import clean_outputs
from mnist_lab.workshop.batch.page import OfflineExporter, export, title_of
from mnist_lab.workshop.batch.run_folders import refuse_overwriting
from mnist_lab.workshop.batch.slideshow import BOXES, mark_slides, without_calls

import nbformat
from nbconvert import SlidesExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

TEMPLATE = Path(__file__).with_name("slides.html.j2")
OTHER_LESSON = re.compile(r'(<a href="\d\d_\w+)\.html')
HEADING = re.compile(r"^(?=#{1,2} )", re.M)
SLIDE = re.compile(r"<section[^>]*>(?!\s*<section)")
REVEAL_FILES = ("dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")
NO_REVEAL = 'Slides need reveal.js, which is not installed: pip install -e ".[classroom]".'
TITLE = 15  # words up to which a heading and its text are a title, and no slide of their own


class DeckExporter(OfflineExporter, SlidesExporter):
    """nbconvert's slides, with formulas in MathML and pictures inside."""


def write_slides(paths, folder, *, force=False):
    """Write each lesson as NAME.slides.html into a folder, and return {file: number of slides}.

    Raises ValueError, and writes nothing, if one is there already and force is False, if a lesson cannot
    be read, or if reveal.js is not installed.
    """
    folder = Path(folder)
    targets = [folder / f"{path.stem}.slides.html" for path in paths]
    existing = [target.name for target in targets if target.exists()]
    refuse_overwriting(folder, existing, content="the slides", force=force)
    decks = {
        target: slides(_read(path), folder=path.parent, title=path.stem)
        for target, path in zip(targets, paths, strict=True)
    }
    folder.mkdir(parents=True, exist_ok=True)
    for target, page in decks.items():
        write_whole(target, page)
    return {target: len(SLIDE.findall(page)) for target, page in decks.items()}


def slides(notebook, *, folder, title):
    """Return an executed notebook as one page of slides; folder is where the lesson lives."""
    metadata = {"name": title_of(notebook, title), "path": str(folder)}
    resources = {"metadata": metadata, "reveal_js": _reveal_js()}
    template = TEMPLATE.read_text(encoding="utf-8")
    without_prompts = {"exclude_input_prompt": True, "exclude_output_prompt": True}
    page = export(DeckExporter, template, _prepared(notebook), resources, **without_prompts)
    return OTHER_LESSON.sub(r"\1.slides.html", page)


def _reveal_js():
    """Return {name: text} of REVEAL_FILES; sphinx_revealjs, which brings them, is not imported."""
    package = find_spec("sphinx_revealjs")
    if package is None:
        raise ValueError(NO_REVEAL)
    home = Path(package.origin).parent / "_static" / "revealjs"
    return {name: (home / name).read_text(encoding="utf-8") for name in REVEAL_FILES}


def _read(path):
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise ValueError(f"{path.name} cannot be read as a lesson: {error}") from error


def _prepared(notebook):
    """A copy with its slides marked, where it carries no marks, and without the code that makes a box."""
    notebook = clean_outputs(deepcopy(notebook))
    if not any("slideshow" in cell.metadata for cell in notebook.cells):
        mark_slides(notebook)
    notebook.cells = [part for cell in notebook.cells for part in _parts(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = without_calls(cell.source, BOXES)
            cell.metadata["transient"] = {"remove_source": not cell.source}
    return notebook


def _parts(cell):
    """A text with several headings as a slide for each; a heading that is only a title keeps the next."""
    texts = [""]
    for piece in HEADING.split(cell.source) if cell.cell_type == "markdown" else []:
        title = texts[-1].startswith("#") and len(texts[-1].split()) < TITLE
        texts = [*texts[:-1], texts[-1] + piece] if title or not texts[-1] else [*texts, piece]
    if len(texts) < 2 or "```" in cell.source or "<details" in cell.source:
        return [cell]
    slide = {"slideshow": {"slide_type": "slide"}}
    first = NotebookNode(cell | {"source": texts[0]})
    more = [
        {"source": text, "metadata": slide, "id": f"{cell.id}-{i}"} for i, text in enumerate(texts[1:], 2)
    ]
    return [first, *(new_markdown_cell(**fields) for fields in more)]
