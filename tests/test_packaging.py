"""pyproject.toml, requirements.txt and environment.yml agree, and a wheel holds everything."""

import os
import re
import runpy
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import mnist_lab

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parent.parent
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
MACHINES = [
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
]


def direct_requirements():
    extras = PROJECT["optional-dependencies"].values()
    groups = [PROJECT["dependencies"], *extras]
    requirements = [Requirement(line) for group in groups for line in group]
    return [requirement for requirement in requirements if requirement.name != PROJECT["name"]]


def pins(python, machine):
    """Return {name: version} of the lines of requirements.txt that count on such a machine."""
    lines = (CHECKOUT / "requirements.txt").read_text().splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    where = {"python_version": python, "python_full_version": f"{python}.5", **machine}
    found = {}
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate(where):
            (pin,) = requirement.specifier
            assert pin.operator == "==", f"{requirement} is no exact pin"
            assert requirement.name not in found, f"{requirement.name} is pinned twice"
            found[canonicalize_name(requirement.name)] = pin.version
    return found


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine["platform_system"])
def test_every_requirement_is_pinned_within_its_range(python, machine):
    pinned = pins(python, machine)
    for requirement in direct_requirements():
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{name} of pyproject.toml is not in requirements.txt"
        assert requirement.specifier.contains(pinned[name]), f"{requirement} leaves out its pin"


def test_torch_and_torchvision_are_the_pair_that_the_lessons_are_made_for():
    pinned = pins("3.11", MACHINES[0])
    assert (pinned["torch"], pinned["torchvision"]) == ("2.13.0", "0.28.0")


def test_what_each_torch_build_pins_itself_is_left_to_it():
    assert not re.search(r"(?m)^(cuda|nvidia|triton)", (CHECKOUT / "requirements.txt").read_text())


def test_the_hashed_pins_are_the_same_but_for_torch():
    """pip takes hashes for all or for none, and each index of torch has builds of its own."""
    lines = (CHECKOUT / "requirements-hashed.txt").read_text().replace("\\\n", "").splitlines()
    assert [line for line in lines if line.startswith("--")] == ["--only-binary :all:"]
    hashed = dict(re.split(r"\s+(?=--hash)", line, maxsplit=1) for line in lines if line[0] not in "#-")
    assert all(re.fullmatch(r"(--hash=sha256:[0-9a-f]{64}\s*)+", hashes) for hashes in hashed.values())
    plain = (CHECKOUT / "requirements.txt").read_text().splitlines()
    assert list(hashed) == [line for line in plain if not re.match("#|torch", line)]


def test_the_extras_are_those_that_the_readme_names():
    extras = {"lab", "draw", "camera", "classroom", "scale", "export", "site", "dev"}
    assert set(PROJECT["optional-dependencies"]) == extras


def test_the_pythons_are_those_that_make_accepts():
    accepted = SpecifierSet(PROJECT["requires-python"])
    assert [f"3.{minor}" for minor in range(20) if f"3.{minor}" in accepted] == PYTHONS
    assert "|".join(PYTHONS) + ")" in (CHECKOUT / "Makefile").read_text()


def test_conda_brings_python_and_pip_and_the_same_pins():
    environment = yaml.safe_load((CHECKOUT / "environment.yml").read_text())
    python, pip, from_pip = environment["dependencies"]
    assert python.removeprefix("python=") in PYTHONS
    assert pip == "pip"
    assert from_pip == {"pip": ["--constraint requirements.txt", "--editable .[lab,draw,camera]"]}


def test_the_citation_names_this_version():
    citation = yaml.safe_load((CHECKOUT / "CITATION.cff").read_text())
    assert citation["version"] == mnist_lab.__version__


def build(folder):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


LESSONS = sorted(path.name for path in (CHECKOUT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def test_a_wheel_holds_the_code_the_digits_the_results_and_the_lessons(tmp_path):
    names = zipfile.ZipFile(build(tmp_path)).namelist()
    held = {name for name in names if ".dist-info/" not in name}
    files = [file for file in (CHECKOUT / "mnist_lab").rglob("*") if file.is_file()]
    names = {file.relative_to(CHECKOUT).as_posix() for file in files}
    lessons = {f"mnist_lab/lessons/{name}" for name in LESSONS}
    assert held == {name for name in names if not re.search(r"/\.|__pycache__", name)} | lessons
    assert {name for name in held if name.endswith("-ubyte")}, "the bundled digits are missing"


def test_an_editable_install_leaves_the_lessons_in_the_clone():
    hook = runpy.run_path(CHECKOUT / "hatch_build.py")["Lessons"](str(CHECKOUT), *[None] * 5)
    for version, number in (("editable", 0), ("standard", len(LESSONS))):
        data = {"force_include": {}}
        hook.initialize(version, data)
        assert len(data["force_include"]) == number


@pytest.fixture
def installed(tmp_path):
    """A function that calls mnist-lab in an empty folder, where only the wheel is installed."""
    wheel, empty = build(tmp_path), tmp_path / "empty"
    empty.mkdir()
    builder = venv.EnvBuilder(symlinks=os.name == "posix")
    builder.create(tmp_path / "venv")
    place = builder.ensure_directories(tmp_path / "venv")
    paths = {name: str(tmp_path / "venv") for name in ("base", "platbase")}
    site = Path(sysconfig.get_path("purelib", vars=paths))
    (site / "ready.pth").write_text(sysconfig.get_path("purelib"))  # but not the .pth files that lie there
    install = [sys.executable, "-m", "pip", "--python", place.env_exe, "install", "--no-deps", "--no-index"]
    subprocess.run([*install, wheel], check=True, capture_output=True)

    def call(*words, status=0):
        command = [Path(place.bin_path, "mnist-lab"), *words]
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        clean["JUPYTER_PATH"] = str(Path(sys.prefix, "share", "jupyter"))  # nbconvert's templates
        done = subprocess.run(command, cwd=empty, env=clean, capture_output=True, text=True)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    return call, empty, site / "mnist_lab" / "lessons"


@pytest.mark.slow
def test_without_a_clone_a_wheel_starts_runs_and_updates_lessons(installed):
    call, empty, lessons = installed
    assert "1 of 1 lesson passed" in call("run", "00", "-p", "NUM_EPOCHS", "1")
    assert f"yours to work in: {len(LESSONS)}." in call("start")
    assert sorted(path.name for path in (empty / "my-lessons").glob("*.ipynb")) == LESSONS
    assert call("update").count("the newest") == len(LESSONS)
    newer = (lessons / LESSONS[3]).read_text().replace("# 03 · Training", "# 03 · Training, anew")
    (lessons / LESSONS[3]).write_text(newer)
    assert "03_training: renewed.\n" in call("update")
    assert f"{len(LESSONS)} in " in call("doctor")
    words = ["run", "00", "-p", "NUM_EPOCHS", "1", "--folder", "my-lessons", "--output-dir", "out"]
    assert "1 of 1 lesson passed" in call(*words)
    call("classroom", "build", "course", "00")
    assert (empty / "course" / "source" / LESSONS[0].removesuffix(".ipynb")).is_dir()
