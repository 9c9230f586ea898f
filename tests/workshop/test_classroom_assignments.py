"""Assignments and solved lessons: what is built, what is refused, and what a locked cell says."""

import inspect
import json
import os
import re
import stat
import sys
import types
from pathlib import Path

from mnist_lab.cli import main
from mnist_lab.exercises import checking, mine_or_reference
from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.registry import exercises, find_exercise
from mnist_lab.workshop.batch.lessons import lessons
from mnist_lab.workshop.batch.run_folders import only_here
from mnist_lab.workshop.classroom import grading
from mnist_lab.workshop.classroom.build import assignment, build
from mnist_lab.workshop.classroom.course import SECRET, SETTINGS, TEXT
from mnist_lab.workshop.classroom.grading import GRADE_TYPE, NotEarned, grade
from mnist_lab.workshop.classroom.hidden_cases import hidden_seed, with_seed
from mnist_lab.workshop.classroom.places import answer_code, places
from mnist_lab.workshop.classroom.solutions import not_taken, solved, write_solutions

import nbformat
import pytest
import torch
from click.testing import CliRunner
from nbformat import v4

pytest.importorskip("nbgrader")

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
VARYING = [e for e in exercises() if e.cases is not None and e.probe is None]

each_varying = pytest.mark.parametrize("exercise", VARYING, ids=lambda exercise: exercise.id)


@pytest.fixture
def lesson(tmp_path):
    """The path of a lesson of two exercises, one a value and one a function, and a link."""
    return make_lesson(tmp_path / "notebooks", "0.1", "0.2")


def make_lesson(folder, *ids, further=()):
    full = nbformat.read(NOTEBOOKS / "00_start_here.ipynb", as_version=4)
    links = "Next: [01](01_cnn_anatomy.ipynb), [web](https://x.org/a.ipynb)"
    cells = [v4.new_markdown_cell(f"# Small\n\n{links}")]
    cells.append(v4.new_code_cell("import torch\n\nfrom mnist_lab.exercises import check", outputs=[]))
    for place in places(full, lesson=0):
        if place.exercise.id in ids:
            cells += [full.cells[place.stub], full.cells[place.check]]
            if place.exercise.id in further:
                cells[-2].metadata.tags.append("further")
    folder.mkdir(exist_ok=True)
    nbformat.write(v4.new_notebook(cells=cells), folder / "00_small.ipynb")
    return folder / "00_small.ipynb"


def call(*words):
    return CliRunner().invoke(main, ["classroom", *map(str, words)])


def everything(folder):
    """{path: content} of all files in a folder."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def copy_of(function):
    """The same function as a learner would have it: defined in the notebook."""
    code, names = function.__code__, {**function.__globals__, "__name__": "__main__"}
    return types.FunctionType(code, names, function.__name__, function.__defaults__, function.__closure__)


# What is built


def test_an_assignment_has_a_solution_and_a_locked_check_an_exercise(lesson):
    made = assignment(lesson)
    cells = {cell.id: cell for cell in made.notebook.cells}
    answer, check = cells["exercise-0-2"], cells["check-0-2"]
    assert answer.source.count("### BEGIN SOLUTION") == answer.source.count("### END SOLUTION") == 1
    stub, _, rest = answer.source.partition("### BEGIN SOLUTION")
    assert stub.rstrip() == nbformat.read(lesson, 4).cells[4].source
    assert inspect.getsource(find_exercise("0.2").reference).strip() in rest
    assert answer.metadata.nbgrader == {
        "schema_version": 3, "grade_id": "exercise-0-2",
        "grade": False, "solution": True, "locked": False, "task": False,
    }  # fmt: skip
    assert check.metadata.nbgrader.points == find_exercise("0.2").points
    assert check.metadata.nbgrader.grade and check.metadata.nbgrader.locked
    lines = check.source.splitlines()
    assert "from mnist_lab.workshop.classroom.grading import grade" in lines, (
        "a locked cell imports its own check"
    )
    assert lines.index("### BEGIN HIDDEN TESTS") == lines.index("### END HIDDEN TESTS") - 2


def test_each_exercise_that_varies_gets_hidden_cases(lesson):
    cells = {cell.id: cell.source for cell in assignment(lesson).notebook.cells}
    assert "meets further cases" in cells["check-0-2"]
    assert "further cases" not in cells["check-0-1"], "a value has no cases"
    assert "seed" not in "".join(cells.values()), "it stays with the teacher"


def test_the_introduction_counts(lesson):
    made = assignment(lesson)
    assert "2 exercises, 2 points" in made.notebook.cells[1].source
    assert "once more, of some exercises with further cases;" in made.notebook.cells[1].source
    fixed = assignment(make_lesson(lesson.parent, "0.1"))
    assert "1 exercise, 1 point." in fixed.notebook.cells[1].source, "the numbers decide on the plural"
    assert "once more; an answer" in fixed.notebook.cells[1].source, "it promises no cases that there are not"
    assert str(made) == "00_small: 2 exercises, 2 points, 1 with hidden cases"


def test_an_exercise_of_an_optional_part_earns_nothing(tmp_path):
    made = assignment(make_lesson(tmp_path / "n", "0.1", "0.2", further=["0.2"]))
    assert (made.exercises, made.points, made.optional) == (2, 1, 1)
    assert "1 of the exercises, in a part called Further, for none" in made.notebook.cells[1].source
    (check,) = [cell for cell in made.notebook.cells if cell.id == "check-0-2"]
    assert check.metadata.nbgrader.points == 0
    assert '\ngrade("0.2", row_means);\n' in check.source, "nbgrader refuses points in part of 0"


def test_links_lead_to_the_next_assignment_s_folder(lesson):
    source = assignment(lesson).notebook.cells[0].source
    assert "[01](../01_cnn_anatomy/01_cnn_anatomy.ipynb)" in source and "(https://x.org/a.ipynb)" in source


def test_a_lesson_is_left_as_it_was(lesson, tmp_path):
    before = lesson.read_bytes()
    build(tmp_path / "course", [lesson])
    assert lesson.read_bytes() == before


def test_the_course_is_nbgraders(lesson, tmp_path):
    build(tmp_path / "course", [lesson])
    written = {str(path.relative_to(tmp_path / "course")) for path in everything(tmp_path / "course")}
    source = str(Path("source", "00_small", "00_small.ipynb"))
    assert written == {SETTINGS, SECRET, source}


@pytest.mark.parametrize("path", lessons(NOTEBOOKS), ids=lambda path: path.stem)
def test_every_lesson_makes_an_assignment_that_nbgrader_takes(path):
    from nbgrader.nbgraderformat import MetadataValidator
    from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

    made = assignment(path)
    MetadataValidator().validate_nb(made.notebook)
    nbformat.validate(made.notebook)
    names = [cell.metadata.nbgrader.grade_id for cell in made.notebook.cells if "nbgrader" in cell.metadata]
    expected = [exercise.id.replace(".", "-") for exercise in exercises(int(path.stem[:2]))]
    assert names == [f"{what}-{id}" for id in expected for what in ("exercise", "check")]
    ids = [cell.id for cell in made.notebook.cells]
    assert len(set(ids)) == len(ids)
    clear = ClearSolutions(code_stub={"python": ""})
    given, _ = clear.preprocess(made.notebook, {})
    given, _ = ClearHiddenTests().preprocess(given, {})
    text = nbformat.writes(given)
    assert "SOLUTION" not in text and "HIDDEN" not in text and "final=True" not in text
    lesson = nbformat.read(path, as_version=4)
    for place in places(lesson, lesson=int(path.stem[:2])):
        id = place.exercise.id.replace(".", "-")
        (stub,) = [cell.source for cell in given.cells if cell.id == f"exercise-{id}"]
        assert stub.rstrip() == lesson.cells[place.stub].source.rstrip()


# Hidden cases


def same(first, second):
    """True if two lists of (args, kwargs) hold the same."""
    return difference(list(first), list(second), tolerance=0.0) is None


def arguments(exercise):
    return [(case.args, case.kwargs) for case in exercise.seeded_cases()]


def knows_only(known, function):
    """The function, but with nothing to say beyond the arguments that are known."""

    def answer(*args, **kwargs):
        if any(same([arguments_seen], [(args, kwargs)]) for arguments_seen in known):
            return function(*args, **kwargs)
        return "a case that I have not seen"

    return answer


def seed_of(exercise, *, secret=1, student="ada", work=""):
    return hidden_seed(secret, exercise.id, student=student, work=work)


@each_varying
def test_hidden_cases_take_the_reference_and_nothing_else(exercise):
    shown = arguments(exercise)
    for secret in range(1, 6):
        hidden = with_seed(exercise, seed_of(exercise, secret=secret))
        assert len(shown) == len(arguments(hidden)) and not same(shown, arguments(hidden))
        assert judge(hidden, exercise.reference).ok
        looked_up = knows_only(shown, exercise.reference)
        assert judge(exercise, looked_up).ok and not judge(hidden, looked_up).ok


def test_seeds_differ_by_course_learner_exercise_and_work():
    first, other = find_exercise("0.2"), find_exercise("0.3")
    seeds = [seed_of(first), seed_of(other), seed_of(first, secret=2), seed_of(first, student="ben")]
    seeds.append(seed_of(first, work="another answer"))
    assert seeds[0] == seed_of(first) and len(set(seeds)) == 5
    assert {len(str(seed)) for seed in seeds} == {10}, "so long that it can be found and taken out"


def test_the_secret_of_a_course_stays_and_differs_from_another_s(lesson, tmp_path):
    for name in ("one", "two"):
        build(tmp_path / name, [lesson])
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "one" / SECRET).stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o700
    secrets = [json.loads((tmp_path / name / SECRET).read_text())["secret"] for name in ("one", "two")]
    assert secrets[0] != secrets[1]
    first = everything(tmp_path / "one")
    build(tmp_path / "one", [lesson], force=True)
    assert everything(tmp_path / "one") == first


# What a locked cell says


@pytest.fixture
def shown_texts(monkeypatch):
    """[(text, mime types)] of what grade and check show."""
    shown = []

    def show(text, markup, **more):
        shown.append((text, more))

    monkeypatch.setattr(grading, "show", show)
    monkeypatch.setattr(checking, "show", show)
    monkeypatch.setattr(checking, "ATTEMPTS", {})
    monkeypatch.setattr(grading, "SHOWN", {})
    return shown


def test_a_right_answer_gives_nothing_to_count_and_goes_on_in_the_lesson(shown_texts):
    mine = copy_of(find_exercise("0.2").reference)
    assert grade("0.2", mine) is None
    assert shown_texts[-1][0].startswith("✓ Exercise 0.2")
    assert mine_or_reference("0.2") is mine


def test_a_wrong_answer_is_a_0_for_nbgrader_and_stops_nothing(shown_texts):
    result = grade("0.2", find_exercise("0.2").mistakes[0].answer)
    assert float(repr(result)) == 0.0 and "No points yet" in result._repr_html_()
    assert find_exercise("0.2").mistakes[0].sentence in shown_texts[-1][0]


def test_an_untouched_stub_is_a_0(shown_texts):
    assert float(repr(grade("0.1", ...))) == 0.0
    with pytest.raises(NotEarned, match="not started"):
        grade("0.1", ..., final=True)


def test_at_the_end_a_right_answer_has_met_the_hidden_cases(shown_texts):
    exercise = find_exercise("0.2")
    mine = copy_of(exercise.reference)
    grade("0.2", mine)
    assert grade("0.2", mine, final=True, seed=seed_of(exercise)) is None
    expected = {"exercise": "0.2", "cases": "hidden", "status": "correct", "mistake": None}
    assert shown_texts[-1][1] == {GRADE_TYPE: expected}


def test_an_answer_that_only_knows_the_cases_shown_earns_nothing(shown_texts):
    exercise = find_exercise("0.2")
    known = [case.args[0] for case in exercise.seeded_cases()]

    def row_means(images):
        for seen in known:
            if torch.equal(seen, images):
                return seen.mean(dim=2)
        return torch.zeros(images.shape[:2])

    assert grade("0.2", row_means) is None
    with pytest.raises(NotEarned, match=r"Exercise 0\.2.*not yet"):
        grade("0.2", row_means, final=True, seed=seed_of(exercise))
    text = shown_texts[-1][0]
    assert text.startswith("Graded with further cases too.") and "not on all of the further ones" in text
    assert not re.search(r"input|expected|\d\.\d\d", text), "no hidden case is given away"
    assert shown_texts[-1][1][GRADE_TYPE] | {"mistake": None} == {
        "exercise": "0.2", "cases": "hidden", "status": "mismatch", "mistake": None,
    }  # fmt: skip


def test_a_mistake_is_named_at_the_end(shown_texts):
    mistake = find_exercise("0.2").mistakes[0]
    grade("0.2", mistake.answer)
    assert mistake.sentence in shown_texts[-1][0]
    with pytest.raises(NotEarned, match=r"Exercise 0\.2.*not yet; the box above says why") as raised:
        grade("0.2", mistake.answer, final=True, seed=5)
    assert raised.value._render_traceback_() == [f"NotEarned: {raised.value}"]
    assert shown_texts[-1][1][GRADE_TYPE]["mistake"] == mistake.sentence


def test_the_reference_itself_earns_nothing(shown_texts):
    reference = find_exercise("0.2").reference
    assert float(repr(grade("0.2", reference))) == 0.0
    assert "comes from mnist_lab" in shown_texts[-1][0]
    with pytest.raises(NotEarned, match="not started"):
        grade("0.2", reference, final=True)


def test_the_last_call_stands_under_the_first(shown_texts):
    with pytest.raises(ValueError, match=r'final=True follows grade\("0.1", …\) with the same answer'):
        grade("0.1", 3, final=True)


def test_strict_checks_of_a_batch_run_do_not_reach_grade(shown_texts, monkeypatch):
    monkeypatch.setenv("MNIST_LAB_STRICT", "1")
    assert float(repr(grade("0.1", ...))) == 0.0


# What is refused


def test_a_folder_that_is_no_course_is_refused(lesson, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("Dear all")
    before = everything(tmp_path)
    with pytest.raises(ValueError, match=r"is no nbgrader course: it has files, but no nbgrader_config.py"):
        build(tmp_path / "letters", [lesson])
    with pytest.raises(ValueError, match=r"is a file. Name the folder of a course, or a new one"):
        build(tmp_path / "letters" / "letter.txt", [lesson])
    assert everything(tmp_path) == before


def test_an_empty_folder_and_a_course_of_nbgraders_own_are_taken(lesson, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".hidden").touch()
    build(tmp_path / "empty", [lesson])
    (tmp_path / "own" / "source" / "week1").mkdir(parents=True)
    (tmp_path / "own" / "notes.txt").touch()
    build(tmp_path / "own", [lesson])


def test_an_existing_assignment_is_kept_unless_forced(lesson, tmp_path):
    course, _ = build(tmp_path / "course", [lesson])
    source = course.folder / "source" / "00_small" / "00_small.ipynb"
    source.write_text("my own changes")
    before = everything(tmp_path)
    with pytest.raises(ValueError, match=r"has 00_small already. Leave it out, or write it anew with"):
        build(tmp_path / "course", [lesson])
    assert everything(tmp_path) == before
    build(tmp_path / "course", [lesson], force=True)
    assert source.read_text() != "my own changes"


def test_hidden_cases_that_were_lost_are_told_of(lesson, tmp_path):
    words = ("build", tmp_path / "course", "00", "--force", "--folder", lesson.parent)
    assert f"{SECRET} was not there" not in call(*words).output
    (tmp_path / "course" / SECRET).unlink()
    assert f"{SECRET} was not there, so hidden cases are new from here on" in call(*words).output
    assert f"{SECRET} was not there" not in call(*words).output


def test_one_existing_assignment_among_several_writes_none(lesson, tmp_path):
    build(tmp_path / "course", [lesson])
    other = lesson.with_name("00_other.ipynb")
    other.write_bytes(lesson.read_bytes())
    before = everything(tmp_path)
    with pytest.raises(ValueError, match=r"has 00_small already"):
        build(tmp_path / "course", [other, lesson])
    assert everything(tmp_path) == before


def test_settings_of_a_teacher_s_own_stay(lesson, tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / SETTINGS).write_text("c = get_config()\n")
    result = call("build", tmp_path / "course", "00", "--folder", lesson.parent)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "course" / SETTINGS).read_text() == "c = get_config()\n"
    assert "was left as it is. The assignments need these lines in it" in result.output
    assert 'c.ClearSolutions.code_stub = {"python": ""}' in result.output


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"secret": "x"}'])
def test_a_secret_that_cannot_be_read_is_not_replaced(lesson, tmp_path, content):
    build(tmp_path / "course", [lesson])
    (tmp_path / "course" / SECRET).write_text(content)
    before = everything(tmp_path)
    with pytest.raises(ValueError, match="does not hold the secret of this course"):
        build(tmp_path / "course", [lesson], force=True)
    assert everything(tmp_path) == before


def test_without_nbgrader_the_command_that_installs_it_is_named(lesson, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "nbgrader"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    result = call("build", tmp_path / "course", "--folder", lesson.parent)
    assert result.exit_code == 2
    assert 'nbgrader, which is not installed: pip install "mnist-lab[classroom]".' in result.output
    assert not (tmp_path / "course").exists()


def test_a_lesson_that_does_not_exist_is_named_with_the_nearest(lesson, tmp_path):
    for command in ("build", "solutions"):
        result = call(command, tmp_path / "course", "smal", "--folder", lesson.parent)
        assert result.exit_code == 2
        assert "There is no lesson 'smal'" in result.output and "Did you mean 00_small?" in result.output
        assert not (tmp_path / "course").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cells: cells[2].metadata.update(tags=["exercise:0.99"]), "there is no exercise 0.99"),
        (lambda cells: cells.pop(3), r'after the one tagged exercise:0.1 must be its check\("0.1", …\)'),
        (lambda cells: cells[3].update(source='check("0.2", x)'), "must be its check"),
        (lambda cells: cells.__delitem__(slice(2, None)), "has no exercises"),
    ],
    ids=["unknown", "no check", "another check", "none"],
)
def test_a_lesson_that_does_not_fit_is_refused(lesson, tmp_path, change, message):
    notebook = nbformat.read(lesson, as_version=4)
    change(notebook.cells)
    nbformat.write(notebook, lesson)
    with pytest.raises(ValueError, match=message):
        build(tmp_path / "course", [lesson])
    assert not (tmp_path / "course").exists()


def test_a_lesson_that_is_no_notebook_is_refused(lesson, tmp_path):
    lesson.write_text("no notebook")
    with pytest.raises(ValueError, match=r"00_small.ipynb cannot be read as a lesson"):
        build(tmp_path / "course", [lesson])


def test_a_folder_that_cannot_be_written_is_named(lesson, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mnist_lab.workshop.classroom.course.write_whole", full)
    result = call("build", tmp_path / "course", "--folder", lesson.parent)
    assert result.exit_code == 1 and "cannot be written: No space left on device" in result.output


def test_the_command_says_what_comes_next(lesson, tmp_path):
    result = call("build", tmp_path / "course", "small", "--folder", lesson.parent)
    assert result.exit_code == 0, result.output
    assert "00_small: 2 exercises, 2 points" in result.output and "This is a new course" in result.output
    assert "nbgrader generate_assignment 00_small" in result.output
    assert (tmp_path / "course" / SETTINGS).read_text(encoding="utf-8") == TEXT


# Solved lessons


def test_a_solved_lesson_has_the_references_for_stubs(lesson):
    notebook = solved(lesson)
    first, second = places(notebook, lesson=0)
    assert notebook.cells[first.stub].source == f"shape = {find_exercise('0.1').reference!r}"
    assert notebook.cells[second.stub].source == answer_code(second)


def test_a_tensor_as_an_answer_brings_its_import():
    place = types.SimpleNamespace(exercise=types.SimpleNamespace(reference=torch.ones(2)), name="kernel")
    assert answer_code(place) == "from torch import tensor\n\nkernel = tensor([1., 1.])"


def test_a_check_that_does_not_take_its_reference_is_found(lesson):
    notebook = nbformat.read(lesson, as_version=4)
    right = v4.new_output("display_data", data={"text/plain": "✓ Exercise 0.1: correct"})
    notebook.cells[3].outputs = [right]
    nbformat.write(notebook, lesson)
    assert not_taken(lesson) == ["0.2"]


def test_solutions_never_replace_lessons_or_other_files(lesson, tmp_path):
    with pytest.raises(ValueError, match=r"is where the lessons are. Name another folder"):
        write_solutions([lesson], lesson.parent, force=True)
    (tmp_path / "solved").mkdir()
    (tmp_path / "solved" / "00_small.ipynb").write_text("mine")
    (tmp_path / "file").touch()
    before = everything(tmp_path)
    with pytest.raises(ValueError, match=r"has 00_small already. Name another folder, or write anew"):
        write_solutions([lesson], tmp_path / "solved")
    with pytest.raises(ValueError, match=r"is a file. Name a folder for the solved lessons"):
        write_solutions([lesson], tmp_path / "file")
    assert everything(tmp_path) == before


def test_solutions_leave_a_folder_in_use_alone(lesson, tmp_path):
    with only_here(tmp_path):
        result = call("solutions", tmp_path, "--folder", lesson.parent)
    assert result.exit_code == 2 and "in use by another run" in " ".join(result.output.split())
    assert not list(tmp_path.glob("*.html"))


@pytest.mark.slow
def test_solutions_are_executed_and_right(lesson, tmp_path):
    result = call("solutions", tmp_path / "solved", "--folder", lesson.parent)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "solved" / "00_small.html").exists() and (tmp_path / "solved" / "index.html").exists()
    text = (tmp_path / "solved" / "00_small.ipynb").read_text(encoding="utf-8")
    assert "✓ Exercise 0.1" in text and "✓ Exercise 0.2" in text
    assert not_taken(tmp_path / "solved" / "00_small.ipynb") == []


@pytest.mark.slow
def test_a_solution_that_is_wrong_fails_the_command(lesson, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "mnist_lab.workshop.classroom.solutions.answer_code", lambda place: f"{place.name} = 5"
    )
    result = call("solutions", tmp_path / "solved", "--folder", lesson.parent)
    assert result.exit_code == 1
    assert "00_small: the check of 0.1, 0.2 did not take its own reference." in result.output
