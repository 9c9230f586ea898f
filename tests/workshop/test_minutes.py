"""The minutes of a sitting, by the formula that minutes.py states."""

from types import SimpleNamespace

from mnist_lab.workshop.upkeep.minutes import Load, loads

import pytest
from nbformat import v4


def place(stub, minutes):
    return SimpleNamespace(stub=stub, exercise=SimpleNamespace(minutes=minutes))


def folded(source):
    return v4.new_code_cell(source, metadata={"jupyter": {"source_hidden": True}})


def test_words_shown_lines_exercises_and_predictions_count():
    cells = [
        v4.new_markdown_cell("one two three - four"),
        v4.new_code_cell("a = 1\n\nb = 2"),
        folded('predict("1.1", "?", [1, 2])'),
        v4.new_code_cell("def f():\n    ..."),
    ]
    (load,) = loads(v4.new_notebook(cells=cells), [place(3, 6)])
    assert load == Load(words=4, lines=4, exercise_minutes=6, predictions=1)


def test_folds_links_and_optional_parts_do_not_count():
    cells = [
        v4.new_markdown_cell(
            "read [this page](a/long/path.html)<details><summary>Hint</summary>not\nread</details>"
        ),
        v4.new_markdown_cell("left out", metadata={"tags": ["further"]}),
        v4.new_code_cell("left_out = 1", metadata={"tags": ["further"]}),
        folded("also = 'left out'"),
    ]
    assert loads(v4.new_notebook(cells=cells), []) == [Load(words=3)]


def test_a_pause_begins_a_sitting():
    cells = [v4.new_markdown_cell("one"), v4.new_markdown_cell("two three", metadata={"tags": ["pause"]})]
    assert loads(v4.new_notebook(cells=cells), []) == [Load(words=1), Load(words=2)]


@pytest.mark.parametrize(
    ("load", "minutes"),
    [
        (Load(words=150), 5),
        (Load(words=750), 5),
        (Load(words=751), 10),
        (Load(lines=150), 10),
        (Load(exercise_minutes=10), 15),
        (Load(predictions=5), 5),
        (Load(words=1500, lines=150, exercise_minutes=20, predictions=4), 50),
    ],
)
def test_the_formula_rounds_up_to_five(load, minutes):
    assert load.minutes == minutes
