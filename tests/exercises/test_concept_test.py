"""The concept test in use: answers are kept and not judged, results name misconceptions, nothing stops it."""

import json

from mnist_lab.exercises import answer, concept_result, concept_test, concepts
from mnist_lab.exercises.concepts.answer_sheet import (
    Sheet,
    concept_gains,
    read_sheet,
    sheet_path,
    write_sheet,
)
from mnist_lab.exercises.concepts.idea import FORMS, IDEAS, RIGHT

import pytest

each_form = pytest.mark.parametrize("form", FORMS)


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """An empty folder as that of the notebook, and an empty memory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(concepts, "UNSAVED", {})
    return tmp_path


@pytest.fixture
def front_end(monkeypatch):
    """Catch the bundles that a notebook would show."""
    caught = []
    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda data, raw: caught.append(data))
    return caught


def printed(capsys):
    return capsys.readouterr().out.strip()


def letter(form, number, behind=RIGHT):
    options = IDEAS[number - 1].asked(form).options
    return "ABCD"[list(options.values()).index(behind)]


def fill(form, *, wrong=()):
    """Answer all questions of a form, those of the given numbers with the first misconception."""
    for number, idea in enumerate(IDEAS, 1):
        behind = next(iter(idea.misconceptions)) if number in wrong else RIGHT
        answer(f"{form}{number}", letter(form, number, behind))


def test_a_run_of_all_cells_asks_and_writes_nothing(capsys, folder):
    concept_test("A")
    concept_result("A")
    text = printed(capsys)
    assert text.count("Question A") == 20 and "Question A1. Eight pictures" in text
    assert 'Without buttons: answer("A20", "A")' in text and "0 of 20 answered" in text
    assert "Form A has no answers yet" in text
    assert list(folder.iterdir()) == []


@each_form
def test_the_questions_give_nothing_away(form, capsys, front_end):
    concept_test(form)
    shown = "".join(str(bundle) for bundle in front_end)
    for idea in IDEAS:
        assert idea.title not in shown and idea.asked(form).why[:40] not in shown
        assert not any(name in shown or help in shown for name, help in idea.misconceptions.items())


def test_right_and_wrong_are_noted_in_the_same_words(capsys):
    answer("A1", "C")
    right = printed(capsys)
    answer("a1", "reshape(8, 20, 30, 3)")
    assert right == "Noted: C. 1 of 20 answered." and printed(capsys) == "Noted: B. 1 of 20 answered."


def test_answers_are_kept_on_disk_by_their_text(folder):
    answer("B3", "B")
    stored = json.loads((folder / "concept_test_B.json").read_text(encoding="utf-8"))
    assert stored["concept_test"] == "B" and stored["answers"] == {"output_size": "12"}
    assert stored["finished"] is False and stored["saved"] and stored["mnist_lab"]
    assert read_sheet(sheet_path("B")).scores()["output_size"] is True


def test_the_next_kernel_goes_on_where_this_one_stopped(capsys):
    answer("A3", "C")
    printed(capsys)
    concept_test("A")
    text = printed(capsys)
    assert "1 of 20 answered. The answers are kept in concept_test_A.json." in text
    assert "Question A3, answered before. " in text and "Question A4. " in text


def test_the_result_waits_for_all_answers_unless_asked_for(capsys, folder):
    for number in range(1, 19):
        answer(f"A{number}", letter("A", number))
    printed(capsys)
    concept_result("A")
    assert printed(capsys).startswith("2 of 20 still open: A19, A20\n  Answer them, or leave them out:")
    assert json.loads((folder / "concept_test_A.json").read_text())["finished"] is False
    concept_result("A", now=True)
    text = printed(capsys)
    assert text.startswith("Form A: 18 of 20 ideas") and "treated in lessons 09, 10." in text
    assert text.count("You left it out.") == 2 and "· A19 · " in text


def test_a_result_names_each_misconception_and_its_lesson(capsys):
    fill("A", wrong=(4,))
    printed(capsys)
    concept_result("A")
    lines = printed(capsys).splitlines()
    assert lines[0] == "Form A: 19 of 20 ideas" and "treated in lesson 01." in lines[2]
    place = next(i for i, line in enumerate(lines) if "✗" in line)
    assert lines[place].endswith("that they are shared · lesson 01")
    assert lines[place + 1] == "      Your answer: 100"
    assert lines[place + 2].startswith('      The misconception: "a filter is one square". Each filter spans')
    assert lines[place + 3].startswith("      Right is: 550. Ten filters")
    assert sum("✓" in line for line in lines) == 19


def test_every_option_of_every_question_can_be_answered_and_judged(capsys):
    for form in FORMS:
        for number, idea in enumerate(IDEAS, 1):
            for text, behind in idea.asked(form).options.items():
                answer(f"{form}{number}", text)
                assert read_sheet(sheet_path(form)).behind(idea) == behind
        concept_result(form)
    text = printed(capsys)
    assert "From form A to form B: " in text


def test_after_the_result_no_answer_changes(capsys):
    fill("A", wrong=(1, 2))
    concept_result("A")
    printed(capsys)
    answer("A1", letter("A", 1))
    assert printed(capsys) == "The result of form A is out; the answers from before it count."
    before = sheet_path("A").stat().st_mtime_ns
    concept_result("A")
    assert "18 of 20 ideas" in printed(capsys) and sheet_path("A").stat().st_mtime_ns == before
    concept_test("A")
    assert "Without the file concept_test_A.json it begins anew" in printed(capsys)


def test_form_b_shows_what_has_changed_since_form_a(capsys):
    fill("A", wrong=(1, 2))
    concept_result("A")
    assert "From form A" not in printed(capsys)
    fill("B", wrong=(2, 3))
    concept_result("B")
    text = printed(capsys)
    first, third = IDEAS[0].title, IDEAS[2].title
    assert f"From form A to form B: 18 to 18. New: {first}. No longer there: {third}." in text


def test_a_notebook_shows_buttons_that_keep_the_answer(front_end):
    from ipywidgets.widgets.widget import _instances

    concept_test("A")
    assert len(front_end) == 42
    view = _instances[front_end[14]["application/vnd.jupyter.widget-view+json"]["model_id"]]
    toggle, reply = view.children
    assert toggle.value is None and toggle.tooltips[0] == "shifts by two pixels, in training"
    toggle.value = "B"
    assert "Noted: B. 1 of 20 answered." in reply.value
    toggle.value = "A"
    assert "Noted: A. 1 of 20 answered." in reply.value
    assert read_sheet(sheet_path("A")).scores()["augmentation"] is True


def test_the_button_lists_what_is_open_and_then_shows_the_result(front_end, folder):
    from ipywidgets.widgets.widget import _instances

    concept_test("A")
    bundle = front_end[-1]
    assert {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"} == set(bundle)
    button, shown = _instances[bundle["application/vnd.jupyter.widget-view+json"]["model_id"]].children
    button.click()
    button.click()
    assert "20 of 20 still open" in shown.value and not list(folder.iterdir())
    answer("A1", "C")
    button.click()
    assert "19 of 20 still open: A2" in shown.value and "press again" in shown.value
    answer("A2", "A")
    button.click()
    assert "18 of 20 still open: A3" in shown.value, "something was answered, so it lists anew"
    button.click()
    assert "Form A: 2 of 20 ideas" in shown.value and 'role="status"' in shown.value
    assert read_sheet(sheet_path("A")).finished


def test_without_ipywidgets_the_test_is_still_asked(front_end, no_live_widgets):
    concept_test("B")
    assert len(front_end) == 22 and all(set(b) == {"text/plain", "text/html"} for b in front_end)


# What goes wrong


@pytest.mark.parametrize("content", ["", "[]", "{", '{"concept_test": "C", "answers": {}}', "[" * 99_999])
def test_a_damaged_file_stops_nothing(content, capsys, folder):
    (folder / "concept_test_A.json").write_text(content)
    with pytest.raises(ValueError, match="holds no answers to the concept test"):
        read_sheet(sheet_path("A"))
    concept_test("A")
    text = printed(capsys)
    assert "The next answer replaces it." in text and "0 of 20 answered" in text
    answer("A1", "C")
    assert "1 of 20 answered" in printed(capsys)
    assert read_sheet(sheet_path("A")).answered() == ["axes"]


@pytest.mark.parametrize(
    "answers", [{"axes": 3}, {"axes": ["permute"]}, ["axes"], None, {"axes": {"option": "A"}}]
)
def test_answers_that_are_none_are_refused(answers, folder):
    path = folder / "sheet.json"
    path.write_text(json.dumps({"concept_test": "A", "answers": answers}))
    with pytest.raises(ValueError, match="holds no answers"):
        read_sheet(path)
    with pytest.raises(ValueError, match=r"missing\.json holds no answers"):
        read_sheet(folder / "missing.json")


def test_an_option_that_is_worded_otherwise_now_counts_as_open():
    sheet = Sheet("A", {"axes": "transpose(1, 3)", "an idea of old": "yes", "argmax": "scores.argmax()"})
    assert sheet.answered() == ["argmax"] and len(sheet.unanswered()) == 19


def test_the_sheet_of_the_other_form_is_not_taken(capsys, folder):
    write_sheet(Sheet("B", {"axes": "permute(0, 3, 1, 2)"}))
    sheet_path("B").rename("concept_test_A.json")
    concept_test("A")
    text = printed(capsys)
    assert "concept_test_A.json is of form B." in text and "0 of 20 answered" in text


def test_where_nothing_can_be_written_the_answers_last_as_long_as_the_kernel(capsys, monkeypatch):
    def refuse(sheet):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(concepts, "write_sheet", refuse)
    answer("A1", "C")
    answer("A2", "A")
    assert "2 of 20 answered. It is not on disk (Read-only file system)" in printed(capsys)
    concept_result("A", now=True)
    text = printed(capsys)
    assert "Form A: 2 of 20 ideas" in text and "Read-only file system" in text


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: concept_test("C"), "The concept test has the forms A and B, but got 'C'"),
        (lambda: concept_result(None), "forms A and B, but got None"),
        (lambda: answer("A1", "E"), r"Question A1 has no option 'E'; choose one of A"),
        (lambda: answer("A21", "A"), "There is no question 'A21'"),
        (lambda: answer("A0", "A"), "There is no question 'A0'"),
    ],
)
def test_what_cannot_be_asked_or_answered_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_the_gain_is_counted_over_the_same_learners():
    name, wrong = "argmax", "scores.argmax()"
    (idea,) = (idea for idea in IDEAS if idea.name == name)
    knows = {form: {name: idea.asked(form).right} for form in FORMS}
    pairs = [
        (Sheet("A", {name: wrong}), Sheet("B", knows["B"])),
        (Sheet("A", knows["A"]), Sheet("B", knows["B"])),
        (Sheet("A"), Sheet("B")),
    ]
    gains = concept_gains(pairs)
    assert (
        gains[name] == (1, 2, 3)
        and gains["axes"] == (0, 0, 3)
        and list(gains) == [idea.name for idea in IDEAS]
    )
    assert concept_gains([])[name] == (0, 0, 0)
