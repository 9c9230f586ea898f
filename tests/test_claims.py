"""Sentences that a lesson's own figures carry: each stands in the lesson, and is true of the committed run.

tests/claims/lesson_NN.py holds CLAIMS, a list of (fragment of the sentence, condition on the figures that the
lesson records). A lesson that is run anew with another outcome fails here before its readers are told
something untrue.
"""

import importlib.util
from pathlib import Path

from mnist_lab.workshop.batch.execution import figures

import nbformat
import pytest

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parent / "notebooks"


def claims():
    """Yield (number of the lesson, fragment, condition) of every file."""
    for path in sorted((HERE / "claims").glob("lesson_*.py")):
        spec = importlib.util.spec_from_file_location(f"claims_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield from ((path.stem[-2:], *claim) for claim in module.CLAIMS)


def lesson(number):
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    return nbformat.read(path, 4)


def words(text):
    """The text with single spaces, so that a fragment may run over the end of a line."""
    return " ".join(text.split())


CLAIMS = list(claims())


@pytest.mark.parametrize(
    ("number", "fragment", "condition"), CLAIMS, ids=[f"{number}-{text[:60]}" for number, text, _ in CLAIMS]
)
def test_a_claim_stands_in_its_lesson_and_holds(number, fragment, condition):
    notebook = lesson(number)
    text = words("\n".join(cell.source for cell in notebook.cells))
    assert words(fragment) in text, "the sentence is no longer in the lesson: change the claim with it"
    assert condition(figures(notebook)), "the figures of the committed run do not carry this sentence"
