"""A newer lesson with the learner's work in it: what goes where, and that nothing is lost."""

import random
import warnings
from copy import deepcopy

from mnist_lab.workshop.own_copy.merging import AT_THE_END, BESIDE, marks, merge

import nbformat
import pytest
from learner_edits import MINE, Learner, code, earlier, later, lines_of, markdown, text_of


def merged(edit, *, was=None, new=None):
    """Return the merged notebook, and its counts, after an edit of {id: cell} and the list of cells."""
    mine = earlier()
    edit({cell.id: cell for cell in mine.cells}, mine.cells)
    result, found = merge(marks(earlier()) if was is None else was, mine, new or later())
    nbformat.validate(result)
    return result, found


def by_id(notebook):
    return {cell.id: cell for cell in notebook.cells}


def ids(notebook):
    return [cell.id for cell in notebook.cells]


def test_without_an_edit_the_new_lesson_comes_as_it_is():
    result, found = merged(lambda cells, _: None)
    assert result.cells == later().cells and not found["answer"] + found["own"] + found["no place"]


def test_an_answer_goes_into_the_cell_of_its_exercise_whatever_the_ids():
    def edit(cells, _):
        for number in (1, 2, 3):
            cells[f"stub-{number}"].source = f"answer_{number} = 'mine'"

    result, found = merged(edit)
    assert [by_id(result)[id].source for id in ("stub-1", "stub-2", "stub-3-anew")] == [
        f"answer_{number} = 'mine'" for number in (1, 2, 3)
    ]
    assert ids(result) == ids(later()) and by_id(result)["stub-1"].metadata.tags == ["exercise:3.1"]
    assert (found["answer"], found["moved on"]) == (3, "3.2"), "only the text of 3.2 has changed"


def test_blanks_and_line_ends_are_no_edit():
    def edit(cells, all):
        for cell in all:
            cell.source = cell.source.replace("\n", "  \r\n") + "\n"

    result, found = merged(edit)
    assert ids(result) == ids(later()) and not found["theirs"] + found["both"] + found["answer"]


def test_an_empty_cell_with_the_tag_is_no_answer():
    def edit(cells, all):
        all.insert(0, code("empty", "", "exercise:3.1"))
        cells["stub-1"].source = "answer_1 = 'mine'"

    assert by_id(merged(edit)[0])["stub-1"].source == "answer_1 = 'mine'"


def test_an_answer_made_a_text_by_a_slip_is_code_again():
    def edit(cells, all):
        place = all.index(cells["stub-1"])
        all[place] = markdown("stub-1", "answer_1 = 'mine'")
        all[place].metadata.tags = ["exercise:3.1"]

    result, _ = merged(edit)
    cell = by_id(result)["stub-1"]
    assert (cell.cell_type, cell.source) == ("code", "answer_1 = 'mine'")


@pytest.mark.parametrize("sign", ["tag", "id", "check"])
def test_one_sign_is_enough_to_find_an_answer(sign):
    def edit(cells, all):
        cell = cells["stub-1"]
        cell.source = "answer_1 = 'mine'"
        if sign != "tag":
            cell.metadata = {}
        if sign != "id":
            del cell["id"]
        if sign != "check":
            all.remove(cells["check-1"])
        all.append(code("later", "answer_1 = 'a later try of mine'"))

    assert by_id(merged(edit)[0])["stub-1"].source == "answer_1 = 'mine'"


def test_of_two_cells_with_the_tag_the_first_that_was_worked_in_is_the_answer():
    def edit(cells, all):
        place = all.index(cells["stub-1"])
        copies = [deepcopy(cells["stub-1"]) for _ in range(2)]
        copies[0].source, copies[1].source = "answer_1 = 'first'", "answer_1 = 'second'"
        all[place + 1 : place + 1] = copies

    result, _ = merged(edit)
    place = ids(result).index("stub-1")
    assert [cell.source for cell in result.cells[place : place + 3 : 1]][:2] == [
        "answer_1 = 'first'", "answer_1 = 'second'"
    ]  # fmt: skip
    assert [cell.metadata.get("tags") for cell in result.cells].count(["exercise:3.1"]) == 1


def test_a_cell_that_only_the_learner_changed_stays_and_one_that_both_did_stands_below_ours():
    def edit(cells, all):
        all.insert(all.index(cells["code-1"]) + 1, code("added", "added = 1"))
        cells["text-0"].source += "\n\nmine"
        cells["text-1"].source += "\n\nmine"
        cells["code-1"].source = "value_1 = 'mine'"
        cells["code-1"].outputs = [nbformat.v4.new_output("stream", text="mine\n")]

    result, found = merged(edit)
    assert by_id(result)["text-0"].source == earlier().cells[4].source + "\n\nmine"
    for id, source in (("text-1", earlier().cells[5].source + "\n\nmine"), ("code-1", "value_1 = 'mine'")):
        place = ids(result).index(id)
        assert result.cells[place] == by_id(later())[id]
        assert [cell.source for cell in result.cells[place + 1 : place + 3]] == [BESIDE, source]
    assert (found["theirs"], found["both"]) == (1, 2)
    assert result.cells[place + 3].id == "added"


def test_values_of_parameters_stay_while_ours_do_and_else_come_at_the_end():
    def edit(cells, _):
        cells["parameters"].source = "SEED = 7\nNUM_EPOCHS = 1"

    same = earlier()
    same.cells[0].source = "# 03 · Training, in a newer version"
    assert by_id(merged(edit, new=same)[0])["parameters"].source == "SEED = 7\nNUM_EPOCHS = 1"
    result, _ = merged(edit)
    assert by_id(result)["parameters"] == by_id(later())["parameters"]
    assert [cell.source for cell in result.cells[-2:]] == [AT_THE_END, "SEED = 7\nNUM_EPOCHS = 1"]
    assert not result.cells[-1].metadata.tags


def test_cells_of_ones_own_stay_behind_the_same_cell():
    def edit(cells, all):
        for id in ("title", "code-0", "code-2", "stub-1", "end"):
            all.insert(all.index(cells[id]) + 1, code(f"mine-{id}", f"'behind {id}'"))
        all.insert(all.index(cells["code-0"]) + 2, markdown("mine-too", "And one more."))
        all.insert(0, markdown("mine-first", "At the top."))

    result, found = merged(edit)
    order = ids(result)
    assert order[:3] == ["mine-first", "title", "mine-title"] and order[-2:] == ["end", "mine-end"]
    for before, behind in (("code-0", "mine-code-0"), ("mine-code-0", "mine-too"), ("stub-1", "mine-stub-1")):
        assert order[order.index(before) + 1] == behind
    assert order[order.index("code-1") + 1] == "mine-code-2", "code-2 is gone, code-1 came before it"
    assert found["own"] == 7


def test_what_has_no_place_any_more_comes_at_the_end_under_one_heading():
    def edit(cells, _):
        cells["stub-5"].source = "answer_5 = 'mine'"
        cells["text-2"].source = "My notes."

    result, found = merged(edit)
    assert [cell.source for cell in result.cells[-3:]] == [AT_THE_END, "My notes.", "answer_5 = 'mine'"]
    assert found["no place"] == 2
    newest = later()
    newest.cells = [cell for cell in newest.cells if "3.4" not in str(cell)]
    newest.cells.append(markdown("after-the-end", "An end that is new."))
    by_id(result)["stub-4"].source = "answer_4 = 'mine'"
    again, _ = merge(marks(later()), result, newest)
    expected = ["An end that is new.", AT_THE_END, "answer_4 = 'mine'", "My notes.", "answer_5 = 'mine'"]
    assert [cell.source for cell in again.cells[-5:]] == expected


def test_what_was_deleted_is_there_again_and_what_was_moved_is_back():
    def edit(cells, all):
        all.remove(cells["check-1"])
        all.remove(cells["title"])
        all.append(all.pop(4))

    assert merged(edit)[0].cells == later().cells


def test_an_old_notebook_without_ids_is_merged_by_tags_and_texts():
    def edit(cells, all):
        cells["stub-1"].source = "answer_1 = 'mine'"
        all.insert(all.index(cells["code-0"]) + 1, code("x", "my_own = 1"))
        for cell in all:
            del cell["id"]

    result, found = merged(edit)
    expected = [cell.source for cell in later().cells]
    assert [
        cell.source for cell in result.cells if "mine" not in cell.source and "my_own" not in cell.source
    ] == [source for source in expected if not source.startswith("def answer_1")]
    assert (found["answer"], found["own"], found["both"]) == (1, 1, 0)


def test_without_marks_every_cell_counts_as_the_learners():
    result, _ = merged(lambda cells, all: None, was={})
    assert lines_of(earlier()) - lines_of(result) == set()


def kept(notebook, new):
    """All cells but copies of ours that the learner made and left as they are."""
    return [cell for cell in notebook.cells if cell.id in ids(new) or MINE.search(cell.source)]


@pytest.mark.slow
def test_no_line_of_the_learner_is_lost_whatever_many_did():
    for seed in range(150, 600):
        test_no_line_of_the_learner_is_lost_whatever_they_did(seed)


@pytest.mark.parametrize("seed", range(150))
def test_no_line_of_the_learner_is_lost_whatever_they_did(seed):
    learner = Learner(seed)
    learner.edit(learner.random.choice([1, 2, 4, 8, 16, 32]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mine = nbformat.reads(learner.text(), as_version=4)
    before, new = deepcopy(mine), later(random.Random(seed) if seed % 4 == 0 else None)
    was = {} if seed % 10 == 9 else marks(earlier())
    stubs = {text_of(stub) for stub in (*earlier().cells, *new.cells)}
    result, _ = merge(was, mine, new)
    nbformat.validate(result)
    assert mine == before, "it was changed in place"
    assert {line for line in lines_of(mine) if MINE.search(line)} <= lines_of(result)
    assert [id for id in ids(result) if id in ids(new)] == ids(new) and len(set(ids(result))) == len(
        result.cells
    )
    for cell in new.cells:
        tags = cell.metadata.get("tags", [])
        assert by_id(result)[cell.id].metadata.get("tags", []) == tags
        answers = [c.source for c in mine.cells if tags and tags[0] in c.metadata.get("tags", [])]
        answers = [source for source in answers if source.strip() and text_of(source) not in stubs]
        if answers and tags[0].startswith("exercise"):
            assert by_id(result)[cell.id].source == answers[0]
    for marked in (was, marks(new)):  # after one that was cut off, and after one that was not
        again, _ = merge(marked, result, new)
        assert kept(again, new) == kept(result, new), "a second update changes something"
