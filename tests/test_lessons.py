"""The form of the lessons: what is taught is what the package does, and no number is typed."""

import ast
import importlib
import inspect
import re
import textwrap
from pathlib import Path

from mnist_lab.workshop.batch.clean import is_plumbing
from mnist_lab.workshop.classroom.places import read_lesson
from mnist_lab.workshop.upkeep.fill_teaching import minutes_of
from mnist_lab.workshop.upkeep.minutes import MOST, loads

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
README = NOTEBOOKS.parent / "README.md"
LESSONS = {path.stem: nbformat.read(path, 4) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
each_lesson = pytest.mark.parametrize("name", LESSONS)

DEFINES = {
    "01_cnn_anatomy": [
        "anatomy.conv_output_size",
        "anatomy.trace_shapes",
        "anatomy.count_parameters",
        "models.SimpleCNN",
    ],
    "02_data_transforms": ["data.load_digits", "data.make_loader", "data.InMemoryLoader"],
    "03_training": [
        "training.train_one_epoch",
        "training.evaluate",
        "training.fit",
        "training.History",
    ],
    "04_devices": [
        "devices.pick_device",
        "devices.move_to",
        "devices.synchronize",
        "devices.median_seconds",
    ],
    "05_persistence": [
        "checkpoints.save_checkpoint",
        "checkpoints.load_checkpoint",
        "checkpoints.load_model",
    ],
    "06_overfitting_dropout": ["models.SimpleCNN", "training.EarlyStopping"],
    "07_hyperparameters": ["training.find_learning_rate"],
    "08_repair_shop": ["anatomy.explain_shapes", "anatomy.rows_changed_by"],
    "13_your_own_handwriting": [
        "handwriting.ink.flatten_light",
        "handwriting.ink.paper_is_light",
        "handwriting.ink.without_ink",
        "handwriting.writers.split_by_writer",
    ],
}
SITTINGS = {
    "00_start_here": 2,
    "01_cnn_anatomy": 2,
    "02_data_transforms": 2,
    "03_training": 2,
    "04_devices": 2,
    "05_persistence": 2,
    "06_overfitting_dropout": 2,
    "07_hyperparameters": 2,
    "08_repair_shop": 3,
    "09_what_the_network_sees": 3,
    "10_audit": 2,
    "11_speedrun": 2,
    "12_scaling_out": 2,
    "13_your_own_handwriting": 2,
}

# What a run measures: shares, seconds, spreads, factors. 28×28 is a size, not a factor, and lesson 06
# asks why 100 % is a bad sign.
MEASURED = re.compile(
    r"\d\s*(%(?! a bad sign)|per ?cent\b|sec\b|seconds\b|milliseconds\b)|\d\s(s|ms)\b|\d\.\d+(s|ms)\b"
    r"|±|\d\s*×(?!\s*(\d|(?-i:[A-Z])))|\d\s*times\s+(faster|slower|as|more|less)",
    re.IGNORECASE,
)


def tags(cell):
    return cell.metadata.get("tags", [])


def prose(markdown):
    """Markdown without code, formulas and link targets."""
    return re.sub(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)", " ¤ ", markdown, flags=re.DOTALL)


def without_docstrings(source):
    """A definition as a syntax tree in text form, docstrings aside."""
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.FunctionDef | ast.ClassDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


def defined(notebook):
    """The (name, source) of each cell tagged defines:room.name."""
    for cell in notebook.cells:
        for tag in tags(cell):
            if tag.startswith("defines:"):
                yield tag.removeprefix("defines:"), cell.source


def test_the_lessons_are_here():
    assert set(LESSONS) == set(SITTINGS)


@each_lesson
def test_what_is_taught_is_what_the_package_does(name):
    found = dict(defined(LESSONS[name]))
    assert sorted(found) == sorted(DEFINES.get(name, []))
    for target, source in found.items():
        room, attribute = target.rsplit(".", 1)
        package = inspect.getsource(getattr(importlib.import_module(f"mnist_lab.{room}"), attribute))
        assert without_docstrings(source) == without_docstrings(package), f"{target} differs from the lesson"


def test_the_parity_test_sees_a_difference():
    taught = 'def f(x):\n    """Taught."""\n    return x + 1'
    assert without_docstrings(taught) == without_docstrings("def f(x):\n    return x + 1  # a comment")
    assert without_docstrings(taught) != without_docstrings("def f(x):\n    return x + 2")


@each_lesson
def test_no_measured_number_is_typed(name):
    for cell in LESSONS[name].cells:
        if cell.cell_type == "markdown":
            found = MEASURED.search(prose(cell.source))
            assert found is None, f"a measured figure is typed: {found.group()!r} in {cell.source!r}"


REFUSED = [
    "97.5 % right",
    "98%",
    "in 12 seconds",
    "3.2 s",
    "0.31s",
    "0.4 ± 0.1",
    "5 × faster",
    "3× the speed",
]
ALLOWED = [
    "28×28 pixels",
    "a 3 × 3 kernel",
    "10 × N scores",
    "`0.1 s`",
    r"$5\%$",
    "50 minutes",
    "all 8s",
    "the 1990s",
    "Why is 100 % a bad sign?",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_typed_figure_is_refused(text):
    assert MEASURED.search(prose(text))


@pytest.mark.parametrize("text", ALLOWED)
def test_sizes_code_and_formulas_are_allowed(text):
    assert not MEASURED.search(prose(text))


@each_lesson
def test_a_lesson_has_its_form(name):
    cells = LESSONS[name].cells
    assert cells[0].cell_type == "markdown" and cells[0].source.startswith(f"# {name[:2]} · ")
    assert sum("parameters" in tags(cell) for cell in cells) == 1
    assert sum("pause" in tags(cell) for cell in cells) == SITTINGS[name] - 1
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for heading in ("What we may claim", "Where this breaks", "Going further", "The exit question"):
        assert re.search(rf"^## {heading}", text, re.MULTILINE), f"{heading} is missing"
    assert "**Next:**" in text and "**Predict.**" in text
    for cell in cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 25, cell.source
        assert not re.search(r"!\[\s*\]\(", cell.source), "an image without alt text"


@each_lesson
def test_a_parameters_cell_holds_constants_only(name):
    (cell,) = [cell for cell in LESSONS[name].cells if "parameters" in tags(cell)]
    for node in ast.parse(cell.source).body:
        assert isinstance(node, ast.Assign) and ast.literal_eval(node.value) is not None
        assert all(target.id.isupper() for target in node.targets)
    assert {"DIGITS", "SEED", "DEVICE"} <= {node.targets[0].id for node in ast.parse(cell.source).body}


@each_lesson
def test_the_committed_outputs_are_of_one_clean_run(name):
    notebook = LESSONS[name]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "slideshow", "jupyter"}, cell.metadata
    outputs = [output for cell in code for output in cell.outputs]
    assert outputs
    for output in outputs:
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output.text
        data = output.get("data", {})
        assert "application/vnd.jupyter.widget-view+json" not in data or "image/png" in data
        assert "Warning" not in output.get("text", "")
    assert (NOTEBOOKS / f"{name}.ipynb").stat().st_size < 500_000


@each_lesson
def test_every_picture_has_a_description_of_its_own(name):
    described = {}
    for output in (output for cell in LESSONS[name].cells for output in cell.get("outputs", [])):
        picture = output.get("data", {}).get("image/png")
        if picture:
            words = output.metadata.get("image/png", {}).get("alt", "")
            assert 15 < len(words) <= 300, f"{words!r} of {output.data['text/plain']}"
            assert described.setdefault(words, picture) == picture, f"two pictures have the words {words!r}"
    assert described


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "number"), [(name, n) for name in LESSONS for n in range(2, 1 + SITTINGS.get(name, 1))]
)
def test_a_later_sitting_stands_alone(name, number):
    """A new kernel runs a later sitting from its own first cell to its last, and no cell before it."""
    notebook = nbformat.from_dict(LESSONS[name])
    pauses = [i for i, cell in enumerate(notebook.cells) if "pause" in tags(cell)] + [len(notebook.cells)]
    notebook.cells = notebook.cells[pauses[number - 2] : pauses[number - 1]]
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()


@pytest.mark.slow
@each_lesson
def test_no_core_cell_needs_an_optional_one(name):
    """Without the parts tagged further, the lesson still runs to its end."""
    notebook = nbformat.from_dict(LESSONS[name])
    core = [cell for cell in notebook.cells if "further" not in tags(cell)]
    if len(core) == len(notebook.cells):
        pytest.skip("no optional part")
    notebook.cells = core
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()


HELD_TO_THE_HOUR = [name for name in LESSONS if name < "09" or name[:2] in ("10", "11", "12", "13")]


@pytest.mark.parametrize("name", HELD_TO_THE_HOUR)
def test_the_minutes_are_those_of_the_formula_and_at_most_an_hour(name):
    notebook, places = read_lesson(NOTEBOOKS / f"{name}.ipynb")
    counted = [load.minutes for load in loads(notebook, places)]
    assert max(counted) <= MOST
    assert minutes_of(name, notebook.cells[0].source, len(counted)) == counted
    row = next(line for line in README.read_text(encoding="utf-8").splitlines() if f"{name}.ipynb" in line)
    stated = row.split("|")[3].strip()
    assert stated in (" + ".join(map(str, counted)), f"{len(counted)} × {counted[0]}")


@each_lesson
def test_no_answer_stands_in_plain_sight(name):
    for cell in LESSONS[name].cells:
        if is_plumbing(cell):
            assert cell.metadata.jupyter.source_hidden and "hide-input" in tags(cell), cell.source


REVEALED = 'print("x")\nreveal("1.1", "a")'


@pytest.mark.parametrize(
    ("source", "folded"),
    [
        ('predict("1.1", "which?", ["a", "b"])', True),
        ("record(a=1)\nrecord(b=2)", True),
        (REVEALED, True),
        ("record(a=1)\nprint(a)", False),
        ('print("reveal(x)")', False),
        ("%matplotlib inline\nrecord(a=1)", True),
    ],
)
def test_plumbing_is_what_a_reader_need_not_see(source, folded):
    assert is_plumbing(nbformat.v4.new_code_cell(source)) is folded
