"""Find exercises and questions by their id, in the folders lesson_NN of this one."""

import importlib
import re
from functools import lru_cache
from pathlib import Path

from mnist_lab.exercises.questions import read_questions
from mnist_lab.near_names import did_you_mean

HERE = Path(__file__).parent


def find_exercise(id):
    """Return the exercise of this id, or raise ValueError with the nearest one."""
    named = re.fullmatch(r"(0|[1-9][0-9]?)\.([0-9]{1,2})", id.strip()) if isinstance(id, str) else None
    files = _files(int(named[1]), named[2]) if named else []
    return _exercise(files[0]) if files else _find(id, exercises, "exercise")


def find_question(id):
    """Return the question of this id, or raise ValueError with the nearest one."""
    return _find(id, questions, "question")


def lessons():
    """Return the numbers of the lessons that have exercises, in order."""
    return sorted(int(folder.name.removeprefix("lesson_")) for folder in HERE.glob("lesson_[0-9][0-9]"))


@lru_cache
def exercises(lesson=None):
    """Return the exercises of a lesson, or of all lessons, in order."""
    if lesson is None:
        return [exercise for number in lessons() for exercise in exercises(number)]
    if lesson not in lessons():
        return []
    return [
        _exercise(path) for path in sorted(_files(lesson), key=lambda path: int(path.stem.split("_")[0][1:]))
    ]


def _exercise(path):
    """Return the exercise in a file, and import no other: a check is not to wait for those."""
    return importlib.import_module(f"mnist_lab.exercises.{path.parent.name}.{path.stem}").EXERCISE


@lru_cache
def questions(lesson=None):
    """Return the questions of a lesson, or of all lessons, in order."""
    if lesson is None:
        return [question for number in lessons() for question in questions(number)]
    return read_questions(lesson) if lesson in lessons() else []


def file_of(id):
    """Return the file that holds an exercise: for 6.3 lesson_06/e3_dropout.py, not e3_dropout_probe.py."""
    lesson, _, number = id.partition(".")
    return _files(int(lesson), number)[0]


def _files(lesson, number="*"):
    """Return the files of a lesson's exercises, or the file of one in a list."""
    paths = HERE.glob(f"lesson_{lesson:02d}/e{number}_*.py")
    return [path for path in paths if not path.stem.endswith("_probe")]


def _find(id, of_lesson, what):
    """Look in the lesson itself; among all of them only for a name that is near."""
    if not isinstance(id, str):  # 8.10 as a number is 8.1
        raise ValueError(f'An {what} has a text as its id, such as "8.10", but got {id!r}; put it in quotes.')
    id = id.strip()
    number = re.match(r"\d+", id)
    own = of_lesson(int(number[0])) if number else []
    known = {entry.id: entry for entry in own or of_lesson()}
    if id in known:
        return known[id]
    hint = did_you_mean(id, known, cutoff=0.3)
    raise ValueError(f"There is no {what} {id!r}; there are {', '.join(known)}.{hint}")
