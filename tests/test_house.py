"""The house rules: which room may import which, one name for one thing, short files and functions."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mnist_lab"
MOST_FILES = 30  # in a folder
MOST_LINES = 250  # of a file; an exercise may be longer where it is whole in it
MOST_CODE_LINES = 200
FILES = sorted(PACKAGE.rglob("*.py"))
IDS = [str(path.relative_to(PACKAGE)) for path in FILES]
EXERCISE = re.compile(r"exercises/lesson_\d\d/e(\d+)_\w+\.py")


def read_table():
    """Return {room: storey} in the order of mnist_lab/README.md; one room is `workshop/batch`."""
    rows = re.findall(r"^\| (\w+) \| `([\w/.]+)` \|", (PACKAGE / "README.md").read_text(), re.M)
    return {name.removesuffix("/").removesuffix(".py"): storey for storey, name in rows}


ROOMS = read_table()


def room_of(parts):
    """The room of a module, given by the names that lead to it; "" for the door itself."""
    parts = [part.removesuffix(".py") for part in parts]
    if not parts or parts[0] in ("__init__", "__version__") or parts == ["workshop"]:
        return ""
    if parts[0] == "workshop":
        return "" if parts[1] == "__init__" else f"workshop/{parts[1]}"
    return parts[0]


def imported_rooms(tree):
    """Every room of the package that a file imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "absolute imports only, so that this test can read them"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (room_of(name.split(".")[1:]) for name in names if name.split(".")[0] == "mnist_lab")


def code_lines(node, source):
    """The number of lines of a node that are neither blank, nor comment, nor docstring."""
    lines = {i for i, line in enumerate(source, 1) if line.strip() and not line.strip().startswith("#")}
    inside = range(node.lineno, node.end_lineno + 1) if hasattr(node, "lineno") else range(1, len(source) + 1)
    texts = set()
    for child in ast.walk(node):
        if (
            isinstance(child, ast.Expr)
            and isinstance(child.value, ast.Constant)
            and isinstance(child.value.value, str)
        ):
            texts.update(range(child.lineno, child.end_lineno + 1))
    return len(lines & set(inside) - texts)


def test_the_table_names_every_room_and_no_other():
    tops = {path.stem for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"}
    below = {f"workshop/{path.stem}" for path in (PACKAGE / "workshop").iterdir()}
    doors = {"__init__", "__pycache__", "README", "workshop", "workshop/__init__", "workshop/__pycache__"}
    assert set(ROOMS) == (tops | below) - doors
    assert list(dict.fromkeys(ROOMS.values())) == ["taught", "shown", "workshop"], (
        "a storey stands in one piece"
    )


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_room_imports_only_the_rooms_above_it(path):
    room, order = room_of(path.relative_to(PACKAGE).parts), list(ROOMS)
    above = order[: order.index(room)] if room else ["_torchvision_ops"]
    assert set(imported_rooms(ast.parse(path.read_text()))) <= {"", room, *above}


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_file_is_short_and_imports_no_star(path):
    source = path.read_text()
    tree, lines = ast.parse(source), source.splitlines()
    assert path.stem not in ("utils", "helpers")
    assert "import *" not in source
    if not EXERCISE.fullmatch(path.relative_to(PACKAGE).as_posix()):
        assert len(lines) <= MOST_LINES and code_lines(tree, lines) <= MOST_CODE_LINES
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert code_lines(node, lines) <= 25, f"{node.name} is too long to read in one sitting"


def test_no_folder_is_a_heap():
    for folder in {path.parent for path in FILES}:
        files = [path for path in folder.iterdir() if path.is_file()]
        assert len(files) <= MOST_FILES, f"{folder} has {len(files)} files"


def test_no_name_stands_for_two_things():
    """But for plots, where a file may bear the name of the room or file that it draws."""
    places = defaultdict(list)
    for path in (*FILES, *(folder for folder in PACKAGE.rglob("[a-z]*") if folder.is_dir())):
        if not path.stem.startswith("__"):
            places[path.stem].append(path.relative_to(PACKAGE).as_posix())
    twice = {
        name: found
        for name, found in places.items()
        if len([place for place in found if not place.startswith("plots/")]) > 1
    }
    assert not twice


def test_code_lines_counts_code_only():
    source = 'def f():\n    """Say.\n\n    More.\n    """\n    # why\n\n    return 1\n'
    assert code_lines(ast.parse(source).body[0], source.splitlines()) == 2


def test_the_door_exports_only_the_version():
    names = [
        target.id
        for node in ast.parse((PACKAGE / "__init__.py").read_text()).body
        if isinstance(node, ast.Assign)
        for target in node.targets
    ]
    assert names == ["__version__"]


HEAVY = {
    "torch",
    "torchvision",
    "numpy",
    "matplotlib",
    "PIL",
    "IPython",
    "nbformat",
    "papermill",
    "ipywidgets",
}


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["run", "--help"], ["classroom", "--help"]], ids=" ".join
)
def test_the_command_answers_before_anything_heavy_is_imported(words):
    program = (
        "import sys\n"
        "from mnist_lab.cli import main\n"
        f"main({words!r}, standalone_mode=False)\n"
        f"print('loaded:', sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded: []"
