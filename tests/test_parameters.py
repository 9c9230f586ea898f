"""Every parameter of every lesson refuses what cannot work: the command does, and the lesson itself."""

import ast
import contextlib
import math
import re
import subprocess
import sys
from pathlib import Path

from mnist_lab.workshop.batch.lessons import choose, defaults, plan, ranges

import nbformat
import papermill
import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LESSONS = {path.stem: path for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))}
PARAMETERS = [(lesson, name) for lesson, path in LESSONS.items() for name in defaults(path)]
BAD = [0, -1, 10**20, "a text", math.nan, None]
MEANT = {("SEED", 0), ("FINISH_EPOCHS", 0), ("DROPOUT", 0)}  # 0 is a seed; the others say what it leaves out
KNOWN = {"DIGITS", "SEED", "DEVICE", "OTHER_SET", "SHEETS"}
each_lesson = pytest.mark.parametrize("lesson", LESSONS)
each_parameter = pytest.mark.parametrize(("lesson", "name"), PARAMETERS)
each_bad_value = pytest.mark.parametrize("value", BAD, ids=["0", "-1", "huge", "text", "nan", "None"])


@pytest.fixture(scope="module")
def first_cells():
    """Return a function that executes the first three code cells of a lesson, one parameter changed."""
    notebooks = {lesson: nbformat.read(path, 4) for lesson, path in LESSONS.items()}
    imported = {}

    def run(lesson, **changed):
        codes = [cell.source for cell in notebooks[lesson].cells if cell.cell_type == "code"][:3]
        if lesson not in imported:
            imported[lesson] = {}
            exec(codes[0].replace("%matplotlib inline\n", ""), imported[lesson])
        names = dict(imported[lesson])
        exec(codes[1], names)
        names |= changed
        with contextlib.chdir("."):  # lesson 05 goes to a folder of its own
            exec(codes[2], names)

    return run


@each_lesson
def test_every_parameter_has_a_range_and_its_default_lies_in_it(lesson, first_cells):
    assert list(ranges(LESSONS[lesson])) == [n for n in defaults(LESSONS[lesson]) if n not in KNOWN]
    assert plan([LESSONS[lesson]], {}) == [(LESSONS[lesson], {})]
    first_cells(lesson)


@each_bad_value
@each_parameter
def test_the_command_refuses_before_anything_runs(lesson, name, value):
    if (name, value) in MEANT:
        assert plan([LESSONS[lesson]], {name: str(value)}) == [(LESSONS[lesson], {name: value})]
        return
    with pytest.raises(ValueError, match=rf"\b{name}\b.*(1e\+20|{re.escape(str(value))})") as refused:
        plan([LESSONS[lesson]], {name: str(value)})
    assert "\n" not in str(refused.value)


@each_bad_value
@each_parameter
def test_a_lesson_refuses_in_its_first_cells(lesson, name, value, first_cells):
    if (name, value) in MEANT:
        first_cells(lesson, **{name: value})
        return
    with pytest.raises(ValueError, match=rf"\b{name}\b.*but got {re.escape(repr(value))}") as refused:
        first_cells(lesson, **{name: value})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("lesson", "given", "sentence"),
    [
        ("01", {"NUM_TRAIN": "999999"}, r"from 1 to 3,500 \(DIGITS is 'bundled'\), but got 999999"),
        ("01", {"NUM_TRAIN": "55001", "DIGITS": "full"}, r"from 1 to 55,000 \(DIGITS is 'full'\)"),
        ("05", {"STOP_AFTER": "9"}, r"STOP_AFTER is .* from 1 to 3 \(RUN_EPOCHS - 1\), but got 9; set it in"),
        ("05", {"RUN_EPOCHS": "2"}, r"STOP_AFTER is .* from 1 to 1 \(RUN_EPOCHS - 1\), but got 2; set it in"),
        ("08", {"BATCH_SIZE": "641"}, r"to 640 \(NUM_DIGITS\), but got 641; .* by -p BATCH_SIZE"),
        ("03", {"SEED": "4294967296"}, "SEED is a whole number from 0 to 4,294,967,295, but got 4294967296"),
        ("03", {"LEARNING_RATE": "1e400"}, "LEARNING_RATE is a number from 1e-06 to 10.0, but got inf"),
        ("09", {"OTHER_SET": "FashionMNISt2"}, 'OTHER_SET is one of .*Did you mean "FashionMNIST"'),
        ("03", {"DEVICE": "meta"}, 'DEVICE is "auto", "cpu".* but got \'meta\''),
    ],
)
def test_the_sentence_names_the_range_and_where_it_comes_from(lesson, given, sentence):
    with pytest.raises(ValueError, match=sentence):
        plan(choose([lesson]), given)


def test_what_fits_together_is_taken():
    for given in ({"RUN_EPOCHS": "2", "STOP_AFTER": "1"}, {"DIGITS": "FULL"}, {"DEVICE": "cuda:1"}):
        assert plan(choose(["05"]), given)
    assert plan(choose(["01"]), {"DIGITS": "KMNIST", "NUM_TRAIN": "55000"})
    assert plan(choose(["03"]), {"LEARNING_RATE": "1"})[0][1] == {"LEARNING_RATE": 1.0}


@pytest.mark.slow
def test_the_command_starts_no_kernel_and_papermill_ends_in_the_first_cells(tmp_path):
    words = [sys.executable, "-m", "mnist_lab.cli", "run", "03", "-p", "NUM_EPOCHS", "-1"]
    ended = subprocess.run(
        [*words, "--output-dir", str(tmp_path / "out")], capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 2 and not (tmp_path / "out").exists()
    sentence = "NUM_EPOCHS is a whole number from 1 to 1,000, but got -1"
    assert sentence in ended.stderr and "Traceback" not in ended.stderr

    with pytest.raises(papermill.PapermillExecutionError, match=sentence):
        papermill.execute_notebook(
            LESSONS["03_training"], tmp_path / "03.ipynb", {"NUM_EPOCHS": -1}, progress_bar=False
        )
    code = [cell for cell in nbformat.read(tmp_path / "03.ipynb", 4).cells if cell.cell_type == "code"]
    done = [cell for cell in code if cell.metadata.papermill.status == "completed"]
    assert len(done) <= 4  # imports, parameters, and those that papermill was given


# The opening of a later sitting


def openings(lesson):
    """The source of the imports and that of the parameters, for each later sitting of a lesson."""
    cells = nbformat.read(LESSONS[lesson], 4).cells
    for number, cell in enumerate(cells):
        if "pause" in cell.metadata.get("tags", []):
            yield [later.source for later in cells[number:] if later.cell_type == "code"][:2]


@each_lesson
def test_a_later_sitting_sets_the_parameters_as_the_first_cells_do(lesson):
    for imports, parameters in openings(lesson):
        for node in ast.parse(imports.replace("%matplotlib inline", "")).body:
            assert isinstance(node, ast.Import | ast.ImportFrom)
        first, *_ = ast.parse(parameters).body
        assert ast.unparse(first.test) == "'SEED' not in globals()"
        found = {}
        exec(ast.unparse(first.body), found)
        assert {name: found[name] for name in found if name.isupper()} == defaults(LESSONS[lesson])


@each_lesson
def test_the_imports_of_a_later_sitting_are_there(lesson):
    for imports, _ in openings(lesson):
        exec(imports.replace("%matplotlib inline", ""), {})
