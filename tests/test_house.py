"""The house rules: which room may import which, nothing at the door, short files and functions."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mnist_lab"

# Ground floor first; a room imports only rooms named in its row, all of which stand above it.
ROOMS = {
    "digits": [],
    "results": [],
    "_torchvision_ops": [],
    "files": [],
    "lesson": [],
    "evidence": [],
    "devices": [],
    "data": [],
    "models": [],
    "training": [],
    "checkpoints": ["files", "devices", "models"],
    "anatomy": ["training"],
    "analysis": ["data", "training", "anatomy"],
    "plots": [],
    "recipes": ["files", "devices", "data", "models", "training", "evidence", "plots"],
    "studies": ["devices", "data", "models", "training", "checkpoints", "analysis", "evidence", "recipes"],
    "widgets": ["data", "models", "training", "checkpoints", "anatomy", "analysis", "plots", "recipes"],
    "exercises": [],
    "batch": ["files", "lesson", "plots"],
    "classroom": ["files", "lesson", "evidence", "plots", "exercises", "batch"],
    "doctor": ["devices", "data"],
    "cli": None,
}
ROOMS["exercises"] = [
    room for room in list(ROOMS)[: list(ROOMS).index("exercises")] if room != "widgets"
]
ROOMS["cli"] = list(ROOMS)[:-1]

FILES = sorted(PACKAGE.rglob("*.py"))
IDS = [str(path.relative_to(PACKAGE)) for path in FILES]


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


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
        for name in names:
            parts = name.split(".")
            if parts[0] == "mnist_lab" and len(parts) > 1:
                yield parts[1]


def code_lines(node, source):
    """The number of lines of a node that are neither blank, nor comment, nor docstring."""
    lines = {
        i for i, line in enumerate(source, 1) if line.strip() and not line.strip().startswith("#")
    }
    inside = (
        range(node.lineno, node.end_lineno + 1)
        if hasattr(node, "lineno")
        else range(1, len(source) + 1)
    )
    texts = set()
    for child in ast.walk(node):
        if (
            isinstance(child, ast.Expr)
            and isinstance(child.value, ast.Constant)
            and isinstance(child.value.value, str)
        ):
            texts.update(range(child.lineno, child.end_lineno + 1))
    return len(lines & set(inside) - texts)


def test_the_table_builds_upwards():
    order = list(ROOMS)
    for room, allowed in ROOMS.items():
        assert all(order.index(lower) < order.index(room) for lower in allowed), room


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_room_imports_only_the_rooms_of_its_row(path):
    room = room_of(path)
    if room == "__init__":
        allowed = {"_torchvision_ops"}
    else:
        assert room in ROOMS, f"{room} is not a room of the design"
        allowed = {*ROOMS[room], room}
        # every room may ask for the version, which lives at the door
        allowed |= {"__version__"}
    assert set(imported_rooms(ast.parse(path.read_text()))) <= allowed


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_file_is_short_and_imports_no_star(path):
    source = path.read_text()
    tree = ast.parse(source)
    assert path.stem not in ("utils", "helpers")
    assert "import *" not in source
    assert code_lines(tree, source.splitlines()) <= 200
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert code_lines(node, source.splitlines()) <= 25, (
                f"{node.name} is too long to read in one sitting"
            )


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
