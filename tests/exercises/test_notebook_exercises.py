"""The exercises and questions in the notebooks: in their place, untouched, and each lesson run three ways."""

import ast
import inspect
import linecache
import re
import textwrap
from pathlib import Path

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.engine.untouched import is_untouched
from mnist_lab.exercises.registry import exercises, questions
from mnist_lab.workshop.classroom.places import answer_code, places

import nbformat
import pytest
import torch
from all_exercises import each_exercise, each_function, each_lesson
from nbclient import NotebookClient

NOTEBOOKS = {
    int(path.stem[:2]): nbformat.read(path, 4)
    for path in sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
}
PLACES = {
    place.exercise.id: place
    for lesson, notebook in NOTEBOOKS.items()
    for place in places(notebook, lesson=lesson)
}


def stub_of(exercise):
    """The source of the cell that an exercise leaves to be filled."""
    return NOTEBOOKS[exercise.lesson].cells[PLACES[exercise.id].stub].source


def untouched_answer(exercise):
    """What the check is given where nobody has written anything, with the usual imports at hand."""
    names = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "math": __import__("math")}
    source = stub_of(exercise)
    path = f"<stub {exercise.id}>"
    linecache.cache[path] = len(source), None, source.splitlines(keepends=True), path  # as IPython does
    exec(compile(source, path, "exec"), names)
    return names[PLACES[exercise.id].name]


# The place in the lesson


@each_lesson
def test_each_exercise_has_one_stub_in_the_order_of_their_numbers(lesson):
    ids = [place.exercise.id for place in places(NOTEBOOKS[lesson], lesson=lesson)]
    assert ids == [exercise.id for exercise in exercises(lesson)]


@each_exercise
def test_the_untouched_stub_is_not_started(exercise):
    answer = untouched_answer(exercise)
    assert judge(exercise, answer).status == "not started"
    assert is_untouched(answer, exercise.given)


@each_exercise
def test_the_heading_is_the_exercise_s_own(exercise):
    above = NOTEBOOKS[exercise.lesson].cells[PLACES[exercise.id].stub - 1]
    heading = f"### Exercise {exercise.id} · {exercise.title} {exercise.dots} {exercise.minutes} minutes"
    assert above.cell_type == "markdown" and heading in above.source.splitlines()


@each_function
def test_the_stub_s_signature_is_the_reference_s(exercise):
    stub = untouched_answer(exercise)
    assert PLACES[exercise.id].name == exercise.reference.__name__
    assert inspect.signature(stub) == inspect.signature(exercise.reference)
    assert stub.__doc__ and len(stub.__doc__.split()) > 8, "a stub has a docstring with an example"


def anonymous(source):
    """The syntax tree of a source, with every name of a variable left out."""
    tree = ast.parse(textwrap.dedent(source))
    for part in ast.walk(tree):
        if isinstance(part, ast.Name):
            part.id = "_"
        if isinstance(part, ast.arg):
            part.arg = "_"
    return tree


def steps(source):
    """The statements of a function's body as text; of those that compute a value, the expression."""
    (function,) = anonymous(source).body
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return {ast.dump(getattr(line, "value", None) or line) for line in body}


def all_steps(source):
    """Every statement and expression of a cell as text."""
    source = "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
    nodes = ast.walk(anonymous(source))
    return {ast.dump(node) for node in nodes if isinstance(node, ast.stmt | ast.expr)}


@each_function
def test_no_exercise_asks_for_code_that_stands_above_it(exercise):
    if not inspect.isfunction(exercise.reference):
        pytest.skip("the reference is a class; its cases are what is asked for")
    asked = steps(inspect.getsource(exercise.reference)) - steps(stub_of(exercise))
    if not asked and exercise.given:
        return  # a line is to be moved: the stub holds all of them, in another order
    above = set()
    for cell in NOTEBOOKS[exercise.lesson].cells[: PLACES[exercise.id].stub]:
        if cell.cell_type == "code":
            above |= all_steps(cell.source)
    assert asked and not asked <= above, f"the answer to {exercise.id} stands above it"


def test_the_search_sees_code_that_stands_above():
    asked = 'def f(x):\n    """Say."""\n    return x.permute(2, 0, 1)'
    assert steps(asked) <= all_steps("print(photo.permute(2, 0, 1).shape)")
    assert not steps(asked) <= all_steps("photo.permute(1, 2, 0)")


@each_lesson
def test_predictions_are_asked_before_they_are_revealed(lesson):
    calls = []
    for cell in NOTEBOOKS[lesson].cells:
        if cell.cell_type == "code":
            calls += re.findall(r'^\s*(predict|reveal)\(\s*"([\d.]+)"', cell.source, re.M)
    asked = [id for what, id in calls if what == "predict"]
    revealed = [id for what, id in calls if what == "reveal"]
    assert asked and sorted(asked) == sorted(revealed) and len(set(asked)) == len(asked)
    assert all(id.split(".")[0] == str(lesson) for id in asked)
    assert all(calls.index(("predict", id)) < calls.index(("reveal", id)) for id in asked)


@each_lesson
def test_questions_open_and_close_the_lesson(lesson):
    source = "\n".join(cell.source for cell in NOTEBOOKS[lesson].cells if cell.cell_type == "code")
    opening = [f"{lesson}.q{number}" for number in (1, 2, 3)] if lesson else []
    assert [asked.id for asked in questions(lesson)] == [*opening, f"{lesson}.exit"]
    for asked in questions(lesson):
        assert f'"{asked.id}"' in source, f"the lesson does not ask {asked.id}"


# The lesson, run three ways


def verdicts(lesson, code_for=None):
    """Run a lesson strictly offline to its end, with code_for(place) in each stub; the text of each check."""
    notebook = nbformat.from_dict(NOTEBOOKS[lesson])
    here = places(notebook, lesson=lesson)
    for place in here:
        if code_for is not None:
            notebook.cells[place.stub].source = code_for(place)
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    return {
        place.exercise.id: "".join(
            output["data"]["text/plain"]
            for output in notebook.cells[place.check].outputs
            if "text/plain" in output.get("data", {})
        )
        for place in here
    }


def wrong_code(place):
    """Code that gives an exercise its first known mistake."""
    return (
        "from mnist_lab.exercises.registry import find_exercise\n"
        f'{place.name} = find_exercise("{place.exercise.id}").mistakes[0].answer'
    )


@pytest.mark.slow
@each_lesson
def test_a_lesson_runs_untouched(lesson):
    texts = verdicts(lesson)
    assert texts and all("not started yet" in text for text in texts.values())


@pytest.mark.slow
@each_lesson
def test_a_lesson_runs_solved(lesson):
    """The references, pasted into the stubs, need no name that the lesson has not imported."""
    texts = verdicts(lesson, answer_code)
    assert all("correct" in text for text in texts.values()), texts


@pytest.mark.slow
@each_lesson
def test_a_lesson_runs_with_wrong_answers(lesson):
    texts = verdicts(lesson, wrong_code)
    assert all(": not yet" in text for text in texts.values()), texts
