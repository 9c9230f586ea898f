"""The tables of the teaching guide come from the lessons and their exercises."""

from mnist_lab.exercises.registry import find_exercise
from mnist_lab.workshop.upkeep import fill_teaching as guide

import nbformat
import pytest
from nbformat import v4


def a_lesson(path, time, *cells):
    opening = v4.new_markdown_cell(f"# 03 · Training\n\n*Time:* {time} minutes, with a pause.")
    nbformat.write(v4.new_notebook(cells=[opening, *cells]), path)
    return path


def exercise_cells(id, tags=()):
    return [
        v4.new_code_cell("order = ...", metadata={"tags": [f"exercise:{id}", *tags]}),
        v4.new_code_cell(f'check("{id}", order)'),
    ]


def test_a_row_of_the_table_by_hand(tmp_path):
    pause = v4.new_markdown_cell("---", metadata={"tags": ["pause"]})
    second = v4.new_markdown_cell("# Sitting 2 · Many steps")
    optional = exercise_cells("3.3", ["further"])
    cells = [*exercise_cells("3.4"), pause, second, *exercise_cells("3.7"), *optional]
    path = a_lesson(tmp_path / "03_training.ipynb", "two sittings of about 50 and 40", *cells)
    found = guide.sittings_table(guide.sittings_of(path)).splitlines()
    assert found[2] == "| 03·1 Training | 50 | 3.4 |  |  | 3 | 2 |"
    assert found[3] == "| 03·2 Many steps | 40 |  |  | 3.7 (3.3) | 8 | 3 |"


def test_one_number_of_minutes_stands_for_both_sittings():
    assert guide.minutes_of("x", "*Time:* two sittings of about 50 minutes each", 2) == [50, 50]
    assert guide.minutes_of("x", "*Time:* one sitting of about 50 minutes.", 1) == [50]


@pytest.mark.parametrize("first", ["# 03 · Training", "*Time:* 10, 20 and 30 minutes"])
def test_minutes_that_are_missing_or_too_many_are_refused(first):
    with pytest.raises(ValueError, match="03_training has 2 sittings, but its first cell"):
        guide.minutes_of("03_training", first, 2)


def test_points_and_parts_by_hand():
    plain, parted, optional = find_exercise("3.4"), find_exercise("6.7"), find_exercise("4.6")
    chosen = [guide.Sitting("03·1", "x", 50, (plain, parted, optional), (optional,))]
    line = guide.points_line(chosen)
    assert (
        line == f"All lessons together have {plain.points + parted.points} points. In parts: 6.7 (1+2+1).\n"
    )
    table = "| lesson | can | exercises | test | points |\n|---|\n| 03 | x | 3.4 4.6 6.7 | 3 | 9 |\n"
    assert guide.with_points(table, chosen).endswith(f"| 3 | {plain.points + parted.points} |\n")


def test_ids_and_ranges_in_a_cell():
    known = {"8.9", "8.10", "8.11", "8.12"}
    assert guide.ids_of(" 8.9–8.11 8.12 ", known) == ["8.9", "8.10", "8.11", "8.12"]
    with pytest.raises(ValueError, match=r"names exercise 8\.13, which no lesson has"):
        guide.ids_of("8.12–8.13", known)


def test_a_guide_without_markers_is_refused():
    with pytest.raises(ValueError, match="needs one line <!-- table: sittings -->"):
        guide.fill("# Teaching", "| table |\n")
