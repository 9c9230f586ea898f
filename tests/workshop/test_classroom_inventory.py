"""No honest answer is taken for one that replaces what grades."""

import json
from types import SimpleNamespace

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.registry import exercises
from mnist_lab.workshop.classroom import grading, inventory
from mnist_lab.workshop.classroom.hidden_cases import with_seed

import pytest

LESSONS = sorted({exercise.lesson for exercise in exercises()})


def changed(before, after):
    return {place: number for place, number in after.items() if before.get(place) != number}


@pytest.fixture
def look(monkeypatch):
    shell = SimpleNamespace(
        run_cell=None, input_transformers_cleanup=[], input_transformers_post=[], ast_transformers=[]
    )
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    return lambda lesson: json.loads(inventory.look([lesson]))


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_looks_replaced_after_honest_answers(lesson, look):
    before = look(lesson)
    for exercise in exercises(lesson):
        for answer in (exercise.reference, *(mistake.answer for mistake in exercise.mistakes[:3])):
            judge(exercise, answer)
            judge(with_seed(exercise, 1), answer)
    assert changed(before, look(lesson)) == {}


def test_a_replaced_function_is_seen(look, monkeypatch):
    before = look(0)
    monkeypatch.setattr(grading, "judge", lambda exercise, answer: None)
    assert list(changed(before, look(0))) == ["mnist_lab.workshop.classroom.grading.judge"]
