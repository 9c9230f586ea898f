"""Find exercises and questions by their id, in the modules lesson_NN….py of this folder."""

import difflib
import importlib
import pkgutil
from functools import lru_cache

import mnist_lab.exercises


def find_exercise(id):
    """Return the exercise of this id, or raise ValueError with the nearest one."""
    return _find(id, "EXERCISES", "exercise")


def find_question(id):
    """Return the question of this id, or raise ValueError with the nearest one."""
    return _find(id, "QUESTIONS", "question")


def exercises(lesson=None):
    """Return the exercises of a lesson, or of all lessons, in order."""
    return list(_gathered("EXERCISES", lesson).values())


def questions(lesson=None):
    """Return the questions of a lesson, or of all lessons, in order."""
    return list(_gathered("QUESTIONS", lesson).values())


def _find(id, name, what):
    """Look in the lesson's own modules; among all of them only for a name that is near."""
    id = str(id).strip()
    lesson = id.partition(".")[0]
    own = _gathered(name, int(lesson)) if lesson.isdecimal() else {}
    if id in own:
        return own[id]
    known = own or _gathered(name, None)
    near = difflib.get_close_matches(id, known, n=1, cutoff=0.3)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"There is no {what} {id!r}; there are {', '.join(known)}.{hint}")


@lru_cache
def _gathered(name, lesson):
    """All objects of the lists called name, by id, in the order of lessons and ids."""
    begin = "lesson_" if lesson is None else f"lesson_{lesson:02d}"
    found = {}
    for module in pkgutil.iter_modules(mnist_lab.exercises.__path__, "mnist_lab.exercises."):
        if module.name.rpartition(".")[2].startswith(begin):
            for each in getattr(importlib.import_module(module.name), name, ()):
                if each.id in found:
                    raise ValueError(f"Two objects in {name} have the id {each.id!r}; give each its own.")
                found[each.id] = each
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def _order(id):
    """1.2 before 1.10, and the exit question last."""
    lesson, _, place = id.partition(".")
    digits = "".join(filter(str.isdigit, place))
    return int(lesson), int(digits) if digits else 99
