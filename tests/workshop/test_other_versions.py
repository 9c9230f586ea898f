"""`make test-versions`: what it installs, and what it keeps of what came."""

import json

from mnist_lab.workshop.upkeep import other_versions

import pytest


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Return the list of commands that would run, in an empty folder with requirements.txt."""
    commands = []

    def printed(*command, check=False):
        commands.append(" ".join(map(str, command[1:])))
        if other_versions.NAMES in command:
            return "3.11.7 2.9.1+cpu 0.24.1+cpu\n"
        if "pytest" in command:
            return "F.\nFAILED one\n1 failed, 4472 passed, 6 skipped, 2 errors in 309.56s (0:05:09)\n"
        return "13 lessons\n12 of 13 lessons passed in 181 s\n" if "run" in command else ""

    lines = "# pins\ntorch==2.13.0\ntorchvision==0.28.0\nsympy==1.14.0\ntqdm==4.70.1\n"
    (tmp_path / "requirements.txt").write_text(lines)
    for version in ("2.9.1", "2.14.1"):
        (tmp_path / ".venv-versions" / version).mkdir(parents=True)
    monkeypatch.setattr(other_versions, "HOME", tmp_path)
    monkeypatch.setattr(other_versions, "RESULTS", tmp_path / "versions.json")
    monkeypatch.setattr(other_versions, "printed", printed)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return commands


def test_what_came_is_kept_by_version_with_what_was_there(asked, tmp_path):
    other_versions.main("2.14.1")
    other_versions.main("2.9.1")
    runs = json.loads((tmp_path / "versions.json").read_text())["runs"]
    assert set(runs) == {"2_9_1", "2_14_1"}
    row = runs["2_9_1"]
    assert (row["python"], row["torch"], row["torchvision"]) == ("3.11.7", "2.9.1+cpu", "0.24.1+cpu")
    assert (row["tests_passed"], row["tests_failed"]) == (4472, 3)
    assert (row["lessons_passed"], row["lessons"]) == (12, 13)


def test_an_environment_is_made_once_and_has_the_pins_of_all_but_torch(asked, tmp_path):
    python = other_versions.python_with("2.9.1")
    python.parent.mkdir()
    python.touch()
    other_versions.python_with("2.9.1")
    folder = tmp_path / ".venv-versions" / "2.9.1"
    assert [line for line in asked if "venv" in line.split()] == [f"-m venv {folder}"]
    pins = folder / "pins.txt"
    install = next(line for line in asked if " install " in line)
    assert install.endswith(f"-c {pins} torch==2.9.1 torchvision==0.24.1 -e .[lab,draw,camera,export,dev]")
    assert pins.read_text() == "# pins\ntqdm==4.70.1"
