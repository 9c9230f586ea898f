"""The workflows that publish the site and test the series: they run commands of the README, and no other."""

import re
import shutil
import subprocess
from pathlib import Path

from mnist_lab.cli import main

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def commands(path):
    """Every line that a workflow runs."""
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return [line for job in jobs for step in job["steps"] for line in step.get("run", "").splitlines()]


@pytest.mark.skipif(shutil.which("make") is None, reason="needs GNU make")
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_runs_commands_of_the_readme(path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert commands(path)
    for line in commands(path):
        if line.startswith("make "):
            _, target, *settings = line.split()
            assert f"make {target}" in readme and all(f" {setting}" in readme for setting in settings)
            subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        else:
            assert line in readme.splitlines()
            name = re.fullmatch(r"\.venv\\Scripts\\mnist-lab (\w+)", line)
            assert name is None or name[1] in main.commands


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_says_what_it_may_do_and_takes_actions_of_a_fixed_version(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"]["contents"] == "read"
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step)
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/none@v1"))


def test_two_workflows_there_are():
    assert [path.stem for path in WORKFLOWS] == ["site", "tests"]


def test_the_tests_run_on_three_systems_with_the_oldest_and_the_newest_python():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text())
    job = workflow["jobs"]["tests"]
    oldest, newest = re.search(r"needs Python (3\.\d+) to (3\.\d+)", (ROOT / "Makefile").read_text()).groups()
    assert job["strategy"]["matrix"]["python"] == [oldest, newest]
    systems = {name.partition("-")[0] for name in job["strategy"]["matrix"]["os"]}
    asked = {
        name for step in job["steps"] for name in re.findall(r"runner.os == '(\w+)'", step.get("if", ""))
    }
    assert (systems, asked) == ({"ubuntu", "macos", "windows"}, {"Linux", "macOS", "Windows"})
