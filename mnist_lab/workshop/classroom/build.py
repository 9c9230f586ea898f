"""Lessons as nbgrader assignments: source notebooks with solutions, points and hidden cases."""

import re
from dataclasses import dataclass

from mnist_lab.files import write_whole
from mnist_lab.workshop.classroom.course import NO_NBGRADER, find_course, keep_course
from mnist_lab.workshop.classroom.handed_in import source_of_assignment
from mnist_lab.workshop.classroom.places import answer_code, read_lesson

import nbformat
from nbformat import v4

LINK = re.compile(r"\]\((\d\d_\w+)\.ipynb")
INTRODUCTION = """\
**This is an assignment**: {exercises}, {points}. Write each answer in the cell of its exercise, run it, \
then the locked cell below it. There `grade` says what the text expects of `check`: what is right and what \
is not yet, as often as you ask. When your work is graded, it asks once more{further}; an answer earns \
all of its points or none, or, where an exercise has parts, those of the parts that are right.

Predictions and questions are for yourself; nobody grades them. Where your answer is not right yet, the \
lesson goes on with ours, and says so; ours earns nothing. Leave the cells of the exercises and the locked \
cells where they are, save, and hand in this file."""


@dataclass(frozen=True)
class Assignment:
    """A lesson made into an assignment; nothing of it is on disk yet."""

    name: str
    notebook: object
    exercises: int
    points: int
    optional: int
    hidden: int

    def __str__(self):
        more = f", {self.hidden} with hidden cases"
        more += f", {self.optional} optional for 0 points" if self.optional else ""
        return f"{self.name}: {_count(self.exercises, 'exercise')}, {_count(self.points, 'point')}{more}"


def build(folder, paths, *, force=False):
    """Write the lessons of these paths as assignments into a course folder; return Course and Assignments.

    Raises ValueError, and writes nothing, if the folder is no course, an assignment is there already
    and force is False, a lesson cannot be made into one, or nbgrader is not installed.
    """
    try:
        from nbgrader.nbgraderformat import MetadataValidator
    except ImportError as error:
        raise ValueError(NO_NBGRADER) from error
    course = find_course(folder)
    existing = [path.stem for path in paths if source_of_assignment(course.folder, path.stem).exists()]
    if existing and not force:
        raise ValueError(
            f"{course.folder / 'source'} has {', '.join(existing)} already. Leave it out, "
            "or write it anew with --force; what you changed in it is lost then."
        )
    assignments = [assignment(path) for path in paths]
    for made in assignments:
        MetadataValidator().validate_nb(made.notebook)
    keep_course(course)
    for made in assignments:
        target = source_of_assignment(course.folder, made.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, nbformat.writes(made.notebook) + "\n")
    return course, assignments


def assignment(path):
    """Return the Assignment of a lesson."""
    notebook, places = read_lesson(path)
    if not places:
        raise ValueError(f"{path.name} has no exercises, so there is nothing to grade in it.")
    for place in places:
        _make_answer(notebook.cells[place.stub], place)
        _make_check(notebook.cells[place.check], place)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(r"](../\1/\1.ipynb", cell.source)
    points, optional = sum(map(_points, places)), sum(place.optional for place in places)
    hidden = sum(place.exercise.draws for place in places)
    made = Assignment(path.stem, notebook, len(places), points, optional, hidden)
    notebook.cells.insert(1, _introduction(made))
    return made


def _make_answer(cell, place):
    """Let a stub be the cell of the answer, with the reference as the solution that nbgrader takes out."""
    cell.source = f"{cell.source}\n### BEGIN SOLUTION\n\n\n{answer_code(place)}\n### END SOLUTION"
    _mark(cell, f"exercise-{_dashed(place)}", solution=True)


def _make_check(cell, place):
    """Let a check be a locked cell that is graded, with a second call among its hidden tests."""
    id, name = place.exercise.id, place.name
    quiet = ";" if place.optional else ""  # a part of it earns nothing either, so nbgrader must see no number
    note = " When it is graded, your answer meets further cases." if place.exercise.draws else ""
    cell.source = "\n".join(
        [
            f"# Exercise {id}, {_count(_points(place), 'point')}. A locked cell: run it as it is.{note}",
            "from mnist_lab.workshop.classroom.grading import grade",
            "",
            f'grade("{id}", {name}){quiet}',
            "### BEGIN HIDDEN TESTS",
            f'grade("{id}", {name}, final=True)',
            "### END HIDDEN TESTS",
        ]
    )
    _mark(cell, f"check-{_dashed(place)}", grade=True, locked=True, points=_points(place))


def _mark(cell, name, *, solution=False, grade=False, locked=False, **points):
    """Give a cell nbgrader's metadata; its own id is the same name, by which a lost mark is found again."""
    flags = {"grade": grade, "solution": solution, "locked": locked, "task": False}
    cell.id = name
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, **flags, **points}


def _introduction(made):
    exercises, points = _count(made.exercises, "exercise"), _count(made.points, "point")
    if made.optional:
        points += f", and {made.optional} of the exercises, in a part called Further, for none"
    further = ", of some exercises with further cases" if made.hidden else ""
    text = INTRODUCTION.format(exercises=exercises, points=points, further=further)
    cell = v4.new_markdown_cell(text)
    cell.id = "assignment"
    return cell


def _points(place):
    return 0 if place.optional else place.exercise.points


def _dashed(place):
    return place.exercise.id.replace(".", "-")


def _count(number, noun):
    return f"{number} {noun}{'' if number == 1 else 's'}"
