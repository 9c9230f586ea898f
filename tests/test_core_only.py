"""With the core dependencies alone, as on Colab, lessons import, and commands say what they lack."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parent.parent
LESSONS = sorted((CHECKOUT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
CORE = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["dependencies"]

# What is imported after this is as if nobody had installed the others.
BLOCK = """
import sys
from importlib.machinery import PathFinder

class WithoutOthers(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name in {others!r} else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = WithoutOthers
"""
EACH_IMPORT = """
import json
failed = {{}}
for name, lines in {lessons!r}.items():
    for line in lines:
        try:
            exec(line, {{}})
        except ImportError as error:
            failed.setdefault(name, []).append(f"{{line}}: {{error}}")
print(json.dumps(failed))
"""


def installed_with(requirements):
    """The names of these packages and of all that they need, as far as they are installed."""
    found, waiting = set(), [*requirements]
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and name not in found:
            found.add(name)
            try:
                waiting += metadata.requires(name) or []
            except metadata.PackageNotFoundError:  # for another machine, such as torch's CUDA
                continue
    return found


def block():
    """The program that leaves only the core."""
    core = installed_with(CORE)
    with mock.patch.object(sys, "path", [path for path in sys.path if "_vendor" not in path]):
        owners = metadata.packages_distributions().items()  # without what setuptools brings for itself
    others = {module for module, names in owners if not core & set(map(canonicalize_name, names))}
    assert {"papermill", "nbformat", "ipycanvas"} <= others and not {"IPython", "scipy"} & others
    return BLOCK.format(others=others - {"mnist_lab"})


def imports_of(path):
    """The import statements of a lesson that always run: not those that are tried, or within a function."""
    cells = nbformat.read(path, 4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code" and not cell.source.startswith("%%")]
    trees = [ast.parse(re.sub(r"^[%!].*", "", source, flags=re.MULTILINE)) for source in sources]
    nodes = [node for tree in trees for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return [ast.unparse(node) for node in nodes]


@pytest.fixture(scope="module")
def failed():
    lessons = {path.stem: imports_of(path) for path in LESSONS}
    assert min(map(len, lessons.values())) > 5
    program = block() + EACH_IMPORT.format(lessons=lessons)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", [path.stem for path in LESSONS])
def test_a_lesson_imports_nothing_but_the_core(failed, name):
    assert failed.get(name, []) == []


@pytest.mark.parametrize(
    "words",
    ["run 00", "sweep 03 --grid SEED=1,2", "classroom solutions there", "start there", "update there"],
)
def test_a_command_without_its_extra_says_in_one_sentence_what_to_install(words, tmp_path):
    program = f"{block()}\nfrom mnist_lab.cli import main\nmain({words.split()!r})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    said = r'Error: This command needs \w+, which is not installed here; say: .+ "mnist-lab\[lab\]"'
    assert re.fullmatch(said, done.stderr.strip()), done.stderr
    assert list(tmp_path.iterdir()) == []
