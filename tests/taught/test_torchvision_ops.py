"""mnist_lab._torchvision_ops: torchvision imports beside any torch; a matching pair stays as it is.

Every test runs in a process of its own, because operators, once registered, stay.
"""

import os
import subprocess
import sys
import textwrap
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import mnist_lab

import nbformat
import pytest

ROOT = Path(mnist_lab.__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def is_older(name, numbers):
    return tuple(map(int, metadata.version(name).split(".")[:2])) < numbers


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
    """Whether it matches or not; without a warning; and importing mnist_lab costs neither of the two."""
    loaded = """
    import sys
    import mnist_lab
    print("torch" in sys.modules, "torchvision" in sys.modules)
    """
    assert run(loaded, IMPORTS, arguments=["-W", "error"]).split() == ["False", "False"]


TAUGHT = ["data", "models", "training", "checkpoints", "anatomy", "analysis", "recipes", "devices"]


@pytest.mark.parametrize(
    "room", [TAUGHT[0], *(pytest.param(room, marks=pytest.mark.slow) for room in TAUGHT[1:])]
)
def test_a_mismatched_pair_works_after_any_import_of_a_taught_module(room):
    assert run(MISMATCH, f"import mnist_lab.{room}", IMPORTS, "print('works')") == "works\n"


def test_a_mismatched_pair_gets_its_operators_once_and_for_good():
    reload = """
    import gc, importlib, sys
    import mnist_lab
    print(hasattr(torch.ops.torchvision, "nms"))
    from torchvision import datasets
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
    print(sum(type(finder).__name__ == "TorchvisionFinder" for finder in sys.meta_path))
    """
    call = """
    from torchvision import ops
    try:
        ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
    except RuntimeError as error:
        print(error)
    """
    lines = run(MISMATCH, reload, IMPORTS, call).splitlines()
    assert lines[:5] == ["False", "True True", "()", "True", "1"]
    assert lines[5].startswith("Couldn't load custom C++ ops."), "torchvision's own words"


@pytest.mark.skipif(
    is_older("torchvision", (0, 25)), reason="older ones register more at import, so that a second one fails"
)
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


@pytest.mark.parametrize("name", ["_C", "_C_stable"])
def test_a_matching_pair_is_left_untouched(tmp_path, name):
    """The compiled operators are asked for as torchvision asks, before it runs, and no others."""
    library = tmp_path / "torchvision" / f"{name}{EXTENSION_SUFFIXES[0]}"
    library.parent.mkdir()
    library.with_name("__init__.py").write_text("print('torchvision runs')")
    library.touch()
    matching = """
    import torch

    def load_library(path):
        print(path)

    torch.ops.load_library = load_library
    import mnist_lab
    import torchvision
    from mnist_lab._torchvision_ops import register_missing_operators
    print(hasattr(torch.ops.torchvision, "nms"), hasattr(torch.ops.torchvision, "qnms"))

    torch.library.define("torchvision::nms", "(Tensor a, Tensor b, float c) -> Tensor")
    print(register_missing_operators())  # as if torchvision had registered them: nothing is loaded
    print(torch.ops.torchvision.nms.default._schema)
    """
    asked, runs, registered, returned, schema = run(matching, path=[tmp_path]).splitlines()
    assert asked == str(library)
    assert runs == "torchvision runs"
    assert registered == "False False"
    assert returned == "()"
    assert schema == "torchvision::nms(Tensor a, Tensor b, float c) -> Tensor"


def test_without_torchvision_nothing_is_registered():
    absent = """
    import sys
    import torch
    import mnist_lab
    from mnist_lab._torchvision_ops import TorchvisionFinder, register_missing_operators
    sys.path[:] = [folder for folder in sys.path if "site-packages" not in folder]
    sys.path_importer_cache.clear()
    print(register_missing_operators(), hasattr(torch.ops.torchvision, "nms"))
    try:
        import torchvision
    except ModuleNotFoundError as error:
        print(error)
    """
    assert run(absent).splitlines() == ["() False", "No module named 'torchvision'"]


@pytest.mark.parametrize(
    "broken", ["raise ImportError('DLL load failed')", "raise AttributeError('half updated')", ""]
)
def test_a_torch_that_is_missing_or_broken_does_not_stop_the_import(tmp_path, broken):
    """So that `mnist-lab doctor` can run and say what is wrong."""
    package = tmp_path / "torch" / "__init__.py"
    package.parent.mkdir()
    package.write_text(broken)
    script = """
    import mnist_lab
    from mnist_lab._torchvision_ops import register_missing_operators
    print(mnist_lab.__version__, register_missing_operators())
    """
    assert run(script, path=[tmp_path]) == f"{mnist_lab.__version__} ()\n"


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
