"""Without installing: Binder, a devcontainer, a hub's image, and the cell that Colab and Kaggle need."""

import contextlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from mnist_lab.cli import main
from mnist_lab.workshop.upkeep import addresses

import nbformat
import psutil
import pytest
import yaml
from click.testing import CliRunner

CHECKOUT = Path(__file__).parent.parent
ADDRESS = "https://github.com/somebody/mnist-lab"
CPU = "https://download.pytorch.org/whl/cpu"
on_posix = pytest.mark.skipif(os.name != "posix", reason="these are scripts for Linux")


def installs(script):
    """Return the arguments of each `pip install` in a shell script or a Dockerfile."""
    lines = script.replace("\\\n", " ").splitlines()
    commands = [part for line in lines if not line.startswith("#") for part in line.split("&&")]
    return [part.split("pip install", 1)[1].split() for part in commands if "pip install" in part]


# Binder, devcontainer, hub


@pytest.mark.parametrize("name", [".binder/postBuild", "Dockerfile"])
def test_torchs_cpu_build_comes_first_and_then_the_pins(name):
    torch, rest = installs((CHECKOUT / name).read_text())
    assert {"torch", "torchvision", "--no-deps", CPU} <= set(torch)
    for words in (torch, rest):
        assert (CHECKOUT / words[words.index("-c") + 1]).is_file()
    assert rest[-1].strip('"') == ".[lab,draw,camera]"


@on_posix
def test_binder_finds_a_python_that_the_package_takes_and_a_script_that_it_can_run():
    environment = yaml.safe_load((CHECKOUT / ".binder" / "environment.yml").read_text())
    assert environment["dependencies"] == ["python=3.12", "pip"]
    assert (CHECKOUT / ".binder" / "postBuild").stat().st_mode & stat.S_IXUSR
    subprocess.run(["bash", "-n", CHECKOUT / ".binder" / "postBuild"], check=True)


@pytest.mark.slow
def test_what_binder_installs_resolves():
    words = [word.strip('"') for word in installs((CHECKOUT / ".binder" / "postBuild").read_text())[-1]]
    words.remove("-e")  # which would need one package more to build
    command = [sys.executable, "-m", "pip", "install", "--dry-run", *words]
    subprocess.run(command, cwd=CHECKOUT, check=True, env={**os.environ, "PIP_NO_BUILD_ISOLATION": "0"})


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory that processes share")
def test_the_lesson_with_most_processes_leaves_room_in_binders_two_gigabytes(tmp_path):
    command = [sys.executable, "-m", "mnist_lab.cli", "run", "12", "--output-dir", str(tmp_path / "o")]
    running, most = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL), 0
    while running.poll() is None:
        most = max(most, memory_of(psutil.Process(running.pid)))
        time.sleep(0.3)
    assert running.returncode == 0 and 0.3e9 < most < 1.6e9, f"{most / 1e9:.2f} GB"


def memory_of(process):
    """Return the bytes of a process and all below it, pages that they share counted once."""
    used = 0
    with contextlib.suppress(psutil.Error):
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                used += each.memory_full_info().pss
    return used


@pytest.mark.skipif(shutil.which("make") is None, reason="needs GNU make")
def test_the_devcontainer_installs_by_a_command_that_there_is():
    settings = json.loads((CHECKOUT / ".devcontainer" / "devcontainer.json").read_text())
    command = settings["postCreateCommand"].split()
    assert command[-1] == f"TORCH_INDEX={CPU}"
    subprocess.run([*command, "--dry-run"], cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
    assert (
        settings["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
        == ".venv/bin/python"
    )


def test_the_hub_writes_each_learners_copies_by_a_command_that_there_is():
    (words,) = re.findall(r"'mnist-lab (\w+) [^']*'", (CHECKOUT / "Dockerfile").read_text())
    assert CliRunner().invoke(main, [words, "--help"]).exit_code == 0


# Links, and the cell for Colab and Kaggle


@pytest.fixture
def copy(tmp_path):
    """A copy of what has addresses in it, the lessons 00 and 05 for all."""
    (tmp_path / "notebooks").mkdir()
    for name in (
        "pyproject.toml",
        "README.md",
        *("notebooks/00_start_here.ipynb", "notebooks/05_persistence.ipynb"),
    ):
        shutil.copy(CHECKOUT / name, tmp_path / name)
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.suffix in (".md", ".ipynb")}


def name_address(folder, address):
    text = (CHECKOUT / "pyproject.toml").read_text()
    urls = f'[project.urls]\nRepository = "{address}"\n\n' if address else ""
    (folder / "pyproject.toml").write_text(text.replace("[project.scripts]", urls + "[project.scripts]"))


def test_the_committed_files_have_the_address_that_pyproject_names(copy):
    before = contents(copy)
    assert addresses.write_addresses(copy) == addresses.repository(CHECKOUT)
    assert contents(copy) == before


def test_an_address_gives_links_and_a_cell_and_goes_without_a_trace(copy):
    before = contents(copy)
    name_address(copy, ADDRESS + ".git")
    for _ in range(2):
        assert addresses.write_addresses(copy) == ADDRESS
        path = copy / "notebooks" / "05_persistence.ipynb"
        title, links, install = nbformat.read(path, 4).cells[:3]
        nbformat.validate(nbformat.read(path, 4))
        assert title.source.startswith("# 05")
        assert "/somebody/mnist-lab/blob/main/notebooks/05_persistence.ipynb" in links.source
        assert "gh/somebody/mnist-lab/main?labpath=notebooks/05_persistence.ipynb" in links.source
        assert f'"mnist-lab[draw,camera] @ git+{ADDRESS}"' in install.source
        assert (copy / "README.md").read_text().count("labpath=notebooks/00_start_here.ipynb") == 1
    name_address(copy, None)
    assert addresses.write_addresses(copy) is None
    assert contents(copy) == before


def test_elsewhere_than_at_github_there_is_only_the_cell(copy):
    name_address(copy, "https://example.org/mnist-lab")
    addresses.write_addresses(copy)
    _, install, third = nbformat.read(copy / "notebooks" / "00_start_here.ipynb", 4).cells[:3]
    assert "git+https://example.org/mnist-lab" in install.source and "pip" not in third.source


def run_cell(python, source, folder, **variables):
    """Run a cell's source with IPython in a folder; return what it printed."""
    program = "import sys; from IPython.core.interactiveshell import InteractiveShell as S\n"
    program += "result = S.instance().run_cell(sys.argv[1]); sys.exit(not result.success)"
    command = [python, "-c", program, source]
    environment = {**os.environ, **variables}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """The python of a machine with everything but mnist-lab, and with another torch, which it must keep."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    where = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip())
    (site / "ready.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for name, version in (("torch", "2.8.0"), ("torchvision", "0.23.0")):
        info = site / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "INSTALLER").write_text("another\n")
    return python, site


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A git repository of the working tree, and its address."""
    folder = tmp_path_factory.mktemp("repository")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (CHECKOUT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, folder / name)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "all"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return f"file://localhost{folder}"  # pip asks for a host


@pytest.mark.slow
@on_posix
def test_the_cell_installs_mnist_lab_alone_and_works_in_an_empty_folder(elsewhere, repository, tmp_path):
    python, site = elsewhere
    before = set(os.listdir(site))
    source = addresses.INSTALL.format(address=repository)
    work = "\nfrom mnist_lab.data import load_digits\nprint(len(load_digits('bundled').train))"
    settings = {"COLAB_RELEASE_TAG": "release", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    output = run_cell(python, source + work, tmp_path, **settings)
    new = set(os.listdir(site)) - before
    assert {name.split("-")[0] for name in new} == {"mnist_lab"}, new
    assert (site / "torch-2.8.0.dist-info").is_dir() and output.split()[-1] == "3500"
    assert not os.listdir(tmp_path)


@pytest.mark.slow
@on_posix
def test_elsewhere_the_cell_does_nothing(tmp_path):
    source = addresses.INSTALL.format(address="file:///nowhere")
    assert run_cell(sys.executable, source, tmp_path, COLAB_RELEASE_TAG="release") == ""
