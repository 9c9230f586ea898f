"""Where a lesson asks for its exercises, and the code that answers them."""

import inspect
import re
import textwrap
from dataclasses import dataclass

from mnist_lab.exercises.registry import exercises
from mnist_lab.workshop.batch.jobs import source_of

import nbformat

CHECK = re.compile(r'check\("([\d.]+)", (\w+)\)')


@dataclass(frozen=True)
class Place:
    """An exercise in a lesson: the cell of its stub, and after it that of the check of a name."""

    exercise: object
    stub: int
    name: str
    optional: bool = False  # it stands in a part tagged `further`

    @property
    def check(self):
        """The place of the check cell."""
        return self.stub + 1


def read_lesson(path):
    """Return a lesson's notebook without outputs and the Places in it.

    Raises ValueError, with the lesson's name, if it cannot be read or a cell fits no exercise.
    """
    try:
        notebook = nbformat.reads(source_of(path), as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise ValueError(f"{path.name} cannot be read as a lesson: {error}") from error
    try:
        return notebook, places(notebook, lesson=int(path.stem[:2]))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def places(notebook, *, lesson):
    """Return the Place of each exercise of a notebook; raises ValueError for a cell that fits none."""
    known = {exercise.id: exercise for exercise in exercises(lesson)}
    result = []
    for number, cell in enumerate(notebook.cells):
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("exercise:"):
                result.append(_place(notebook, number, tag.removeprefix("exercise:"), known))
    return result


def _place(notebook, number, id, known):
    following = notebook.cells[number + 1].source if number + 1 < len(notebook.cells) else ""
    call = CHECK.fullmatch(following.strip())
    if id not in known:
        raise ValueError(f"A cell is tagged exercise:{id}, but there is no exercise {id}; correct the tag.")
    if call is None or call[1] != id:
        raise ValueError(f'The cell after the one tagged exercise:{id} must be its check("{id}", …) alone.')
    tags = notebook.cells[number].metadata.tags + notebook.cells[number + 1].metadata.get("tags", [])
    return Place(known[id], number, call[2], optional="further" in tags)


def answer_code(place):
    """Return the reference as a learner would write it: a definition, or the name with its value."""
    reference = place.exercise.reference
    if callable(reference):
        return textwrap.dedent(inspect.getsource(reference)).rstrip()
    code = f"{place.name} = {reference!r}"
    return f"from torch import tensor\n\n{code}" if "tensor(" in code else code
