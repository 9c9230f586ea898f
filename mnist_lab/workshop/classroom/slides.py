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
from mnist_lab.workshop.batch.execution import LessonRun, execute
from mnist_lab.workshop.batch.page import OfflineExporter, export, title_of
from mnist_lab.workshop.batch.run_folders import refuse_overwriting
from mnist_lab.workshop.batch.slideshow import mark_slides
from mnist_lab.workshop.classroom.slide_pieces import asks_of, pieces

import nbformat
from nbconvert import SlidesExporter

TEMPLATE = Path(__file__).with_name("slides.html.j2")
OTHER_LESSON = re.compile(r'(<a href="\d\d_\w+)\.html')
REVEAL_FILES = ("dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")
NO_REVEAL = 'Slides need reveal.js, which is not installed: pip install "mnist-lab[classroom]".'
ASPECTS = {"16:9": 720, "4:3": 960}  # heights of a canvas 1280 wide
DPI = 320  # of figures that are drawn for slides: twice what is shown, up to 7.5 inches side by side


class DeckExporter(OfflineExporter, SlidesExporter):
    """nbconvert's slides, with formulas in MathML and pictures inside."""


def write_slides(paths, folder, *, force=False, stored=False, aspect="16:9", timeout=None):
    """Write each lesson as NAME.slides.html into a folder, and return a LessonRun for each.

    Each lesson is run for it, with sharp figures; stored takes the outputs that it holds. One that fails
    has no slides. Raises ValueError, and writes nothing, if one is there already and force is False, if a
    lesson cannot be read, or if reveal.js is not installed.
    """
    folder = Path(folder)
    targets = [folder / f"{path.stem}.slides.html" for path in paths]
    existing = [target.name for target in targets if target.exists()]
    refuse_overwriting(folder, existing, content="the slides", force=force)
    notebooks = [_read(path) for path in paths]
    _reveal_js()
    folder.mkdir(parents=True, exist_ok=True)
    runs = []
    for target, path, notebook in zip(targets, paths, notebooks, strict=True):
        run = LessonRun(path.stem, "passed")
        if not stored:
            notebook, run = execute(path, timeout=timeout, dpi=DPI)
        if run.status == "passed":
            options = {"aspect": aspect, "stored": stored}
            write_whole(target, slides(notebook, folder=path.parent, title=path.stem, **options))
        runs.append(run)
    return runs


def slides(notebook, *, folder, title, aspect="16:9", stored=False):
    """Return an executed notebook as one page of slides; folder is where the lesson lives.

    A picture shows two of its dots or more a pixel of the canvas; a stored one, drawn for a notebook, is
    enlarged instead.
    """
    resources = {
        "metadata": {"name": title_of(notebook, title), "path": str(folder)},
        "reveal_js": _reveal_js(),
        "deck": {"height": ASPECTS[aspect], "dots": 0.6 if stored else 2},
    }
    template = TEMPLATE.read_text(encoding="utf-8")
    without_prompts = {"exclude_input_prompt": True, "exclude_output_prompt": True}
    page = export(DeckExporter, template, _prepared(notebook, title), resources, **without_prompts)
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


def _prepared(notebook, title):
    """A copy in pieces, with its slides marked where it carries no marks."""
    notebook = clean_outputs(deepcopy(notebook))
    if not any("slideshow" in cell.metadata for cell in notebook.cells):
        mark_slides(notebook)
    notebook.cells = pieces(notebook, asks_of(title))
    return notebook
