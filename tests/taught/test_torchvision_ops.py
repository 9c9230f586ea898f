"""mnist_lab._torchvision_ops: torchvision imports beside any torch; a matching pair stays as it is.

Every test runs in a process of its own, because operators, once registered, stay.
"""

import os
import subprocess
import sys
import textwrap
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import mnist_lab

import nbformat
import pytest

ROOT = Path(mnist_lab.__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))

MISMATCH = """
import torch

def load_library(path):
    raise OSError(f"Could not load this library: {path}")

torch.ops.load_library = load_library  # as it is with a torch that torchvision was not built for
"""
IMPORTS = """
from torchvision import datasets
from torchvision.transforms import v2

datasets.MNIST, v2.Compose
"""


def run(*parts, arguments=(), path=(), cwd=ROOT):
    """Run the parts as one script in a fresh Python; return what it printed, fail if it failed."""
    search = [*map(str, path), str(ROOT)]
    done = subprocess.run(
        [sys.executable, *arguments, "-c", "\n".join(textwrap.dedent(part) for part in parts)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(search)},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_data_sets_and_transforms_import_with_the_pair_that_is_here():
    """Whether it matches or not; without a warning; and importing mnist_lab costs torch alone."""
    loaded = """
    import sys
    import mnist_lab
    print("torch" in sys.modules, "torchvision" in sys.modules)
    """
    assert run(loaded, IMPORTS, arguments=["-W", "error"]).split() == ["True", "False"]


def test_a_mismatched_pair_gets_its_operators_once_and_for_good():
    reload = """
    import gc, importlib, sys
    import mnist_lab
    from mnist_lab._torchvision_ops import register_missing_operators
    print(hasattr(torch.ops.torchvision, "nms"), hasattr(torch.ops.torchvision, "qnms"))
    print(register_missing_operators())
    importlib.reload(sys.modules["mnist_lab._torchvision_ops"])
    importlib.reload(mnist_lab)
    for name in [name for name in sys.modules if name.startswith("mnist_lab")]:
        del sys.modules[name]
    del mnist_lab, register_missing_operators
    gc.collect()
    print(hasattr(torch.ops.torchvision, "nms"))
    import mnist_lab
    """
    call = """
    from torchvision import ops
    try:
        ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
    except RuntimeError as error:
        print(error)
    """
    lines = run(MISMATCH, reload, IMPORTS, call).splitlines()
    assert lines[:3] == ["True True", "()", "True"]
    assert lines[3].startswith("Couldn't load custom C++ ops."), "torchvision's own words"


def test_a_failed_import_of_torchvision_can_be_tried_again():
    """And it does fail without mnist_lab: when it no longer does, _torchvision_ops can go."""
    failed = """
    try:
        import torchvision
    except RuntimeError as error:
        print(error)
    import mnist_lab
    """
    printed = run(MISMATCH, failed, IMPORTS)
    assert printed == "operator torchvision::nms does not exist\n"


def test_a_matching_pair_is_left_untouched(tmp_path):
    """The compiled operators are asked for as torchvision asks, and they are the only ones."""
    library = tmp_path / "torchvision" / f"_C{EXTENSION_SUFFIXES[0]}"
    library.parent.mkdir()
    library.with_name("__init__.py").write_text("raise SystemExit('torchvision was imported')")
    library.touch()
    matching = """
    import torch

    def load_library(path):
        print(path)

    torch.ops.load_library = load_library
    import mnist_lab
    from mnist_lab._torchvision_ops import register_missing_operators
    print(hasattr(torch.ops.torchvision, "nms"), hasattr(torch.ops.torchvision, "qnms"))

    torch.library.define("torchvision::nms", "(Tensor a, Tensor b, float c) -> Tensor")
    print(register_missing_operators())  # as if torchvision had been imported: nothing is loaded
    print(torch.ops.torchvision.nms.default._schema)
    """
    asked, registered, returned, schema = run(matching, path=[tmp_path]).splitlines()
    assert asked == str(library)
    assert registered == "False False"
    assert returned == "()"
    assert schema == "torchvision::nms(Tensor a, Tensor b, float c) -> Tensor"


def test_without_torchvision_nothing_is_registered():
    absent = """
    import importlib.util
    import torch
    find = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *rest: name != "torchvision" and find(name, *rest)
    import mnist_lab
    print(hasattr(torch.ops.torchvision, "nms"))
    """
    assert run(absent) == "False\n"


@pytest.mark.parametrize(
    "broken", ["raise ImportError('DLL load failed')", "raise AttributeError('half updated')", ""]
)
def test_a_torch_that_is_missing_or_broken_does_not_stop_the_import(tmp_path, broken):
    """So that `mnist-lab doctor` can run and say what is wrong."""
    package = tmp_path / "torch" / "__init__.py"
    package.parent.mkdir()
    package.write_text(broken)
    assert run("import mnist_lab; print(mnist_lab.__version__)", path=[tmp_path])


def test_sorting_imports_puts_mnist_lab_before_torchvision():
    """Sorted as third-party packages are, by name, torchvision would come first."""
    lesson = "from torchvision import datasets\nimport torch\nfrom mnist_lab import models\n"
    lines = sort_imports(lesson, name="lesson").splitlines()
    others = lines.index("import torch"), lines.index("from torchvision import datasets")
    assert lines.index("from mnist_lab import models") < min(others)


ONE_AND_THE_REST = [
    pytest.param(path, marks=[pytest.mark.slow] if number else [], id=path.stem)
    for number, path in enumerate(NOTEBOOKS)
]


@pytest.mark.parametrize("path", ONE_AND_THE_REST)
def test_the_first_cell_of_a_lesson_works_after_sorting(path):
    cells = nbformat.read(path, as_version=4).cells
    first = next(cell.source for cell in cells if cell.cell_type == "code")
    lines = [line for line in first.splitlines() if not line.startswith("%")]
    source = sort_imports("\n".join(lines) + "\n", name=path.stem)
    run(MISMATCH, source, cwd=path.parent)


def sort_imports(source, *, name):
    """Return source as ruff leaves it with this project's configuration."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "ruff", "check", "--select", "I", "--fix", "--quiet"),
            *("--stdin-filename", str(ROOT / "notebooks" / f"{name}.py"), "-"),
        ],
        input=source,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
