"""What all studies share: runs that are kept until a study ends, verdicts, and the command."""

import json
import math
import os
from types import SimpleNamespace

from mnist_lab import lesson
from mnist_lab.cli import main
from mnist_lab.evidence import compare
from mnist_lab.recipes import run_store
from mnist_lab.workshop import studies
from mnist_lab.workshop.batch.run_folders import only_here
from mnist_lab.workshop.batch.worker import JobError
from mnist_lab.workshop.studies import tables
from mnist_lab.workshop.studies.workers import StudyRuns, run_all
from mnist_lab.workshop.upkeep import judge_again

import pytest
import torch
from click.testing import CliRunner

TASKS = [{"a": 1}, {"a": 2}, {"a": 3}]


# Runs that are kept


@pytest.fixture
def sources(monkeypatch, tmp_path):
    """The files of a made-up study, in a folder of their own, from which the test works."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run_store, "PACKAGE", tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.py").write_text("a = 1")
    (tmp_path / "models.py").write_text("b = 1")
    return ("models.py", "data")


@pytest.fixture
def finished(sources):
    """The runs of the study, of which all three tasks are finished."""
    finished = StudyRuns("made-up", sources)
    for task in TASKS:
        finished.write(task, {"result": task["a"]})
    return finished


def results(finished):
    return [finished.read(task) for task in TASKS]


def test_workers_keep_the_order_and_what_is_finished(sources):
    finished = StudyRuns("made-up", sources)
    assert run_all(dict, TASKS, finished=finished) == TASKS
    assert run_all(None, TASKS, finished=finished) == TASKS, "a finished run was run again"
    assert len(list(finished.folder.iterdir())) == len(TASKS)


def test_a_study_that_was_stopped_goes_on_with_what_is_missing(finished):
    finished.path(TASKS[1]).unlink()
    assert run_all(dict, TASKS, finished=finished) == [{"result": 1}, {"a": 2}, {"result": 3}]


@pytest.mark.parametrize("content", [b"", b'{"task": "', b"[]", b"{}", b"\x00", b"\xff\xfe"])
def test_a_torn_or_foreign_file_costs_itself_only_and_is_said(finished, capsys, content):
    path = finished.path(TASKS[1])
    path.write_bytes(content)
    assert results(finished) == [{"result": 1}, None, {"result": 3}]
    assert f"{path} is no finished run; it is run anew." in capsys.readouterr().out


def test_a_file_of_another_task_does_not_count(finished, capsys):
    finished.path(TASKS[1]).write_bytes(finished.path(TASKS[0]).read_bytes())
    assert results(finished) == [{"result": 1}, None, {"result": 3}]
    assert "was made with another task; it is run anew." in capsys.readouterr().out


def test_other_code_or_another_torch_runs_anew(finished, sources, monkeypatch, tmp_path, capsys):
    assert results(StudyRuns("made-up", sources)) == results(finished) != 3 * [None]
    with monkeypatch.context() as patched:
        patched.setattr(torch, "__version__", "9.9")
        assert results(StudyRuns("made-up", sources)) == 3 * [None]
    assert "another torch" in capsys.readouterr().out
    (tmp_path / "data" / "a.py").write_text("a = 2")
    assert results(StudyRuns("made-up", sources)) == 3 * [None]
    assert "another code" in capsys.readouterr().out


def test_a_study_that_ends_removes_its_runs_and_no_others(finished, sources):
    other = StudyRuns("other", sources)
    other.write(TASKS[0], {})
    finished.remove()
    finished.remove()
    assert not finished.folder.exists() and other.read(TASKS[0]) == {}


@pytest.mark.slow
def test_each_worker_computes_on_one_thread(sources):
    finished = StudyRuns("made-up", sources)
    assert run_all(torch.get_num_threads, [{}, {}], workers=2, finished=finished) == [1, 1]


@pytest.mark.slow
def test_an_error_in_a_worker_is_raised(sources):
    with pytest.raises(JobError, match=r"TypeError: .*sqrt"):
        run_all(math.sqrt, [{"x": 4}], finished=StudyRuns("made-up", sources))


@pytest.mark.parametrize("name", studies.STUDIES)
def test_the_sources_of_a_study_are_there(name):
    assert all((run_store.PACKAGE / source).exists() for source in studies.find_study(name).SOURCES)


# Verdicts

BEFORE = [1.0, 1.0, 1.0]
UP, DOWN, UNCLEAR = [2.0, 2.1, 2.0], [0.0, 0.1, 0.0], [0.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("after", "higher_is_better", "verdict"),
    [(UP, True, "better"), (UP, False, "worse"), (DOWN, False, "better"), (UNCLEAR, True, "not shown")],
)
def test_the_verdict_is_that_of_compare(after, higher_is_better, verdict):
    pairs = {"only": (BEFORE, after)}
    row = tables.differences(pairs, higher_is_better=lambda name: higher_is_better)["only"]
    assert row["verdict"] == verdict
    assert compare(BEFORE, after).shown == (verdict != "not shown")
    assert row["difference"] == pytest.approx(compare(BEFORE, after).difference, abs=1e-5)


def test_all_that_stand_against_one_baseline_are_corrected_for_together():
    near = [1.3, 1.35, 1.6]
    baseline, rows = {"by_seed": {"score": BEFORE}}, {arm: {"by_seed": {"score": near}} for arm in "ab"}
    alone = tables.against(baseline, {"a": rows["a"]}, {"score": True})["a"]["score"]
    both = [row["score"] for row in tables.against(baseline, rows, {"score": True}).values()]
    assert compare(BEFORE, near).shown and alone["verdict"] == "better"
    assert [row["verdict"] for row in both] == 2 * ["not shown"]
    assert [row["family"] for row in both] == [2, 2]
    assert both[0]["p"] == pytest.approx(2 * alone["p"], abs=1e-4)


@pytest.mark.parametrize("name", judge_again.JUDGES)
def test_the_stored_verdicts_follow_from_the_stored_seeds(name, monkeypatch, tmp_path):
    path = lesson.RESULTS / f"{name}.json"
    before = json.loads(path.read_text(encoding="utf-8"))
    (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(lesson, "RESULTS", tmp_path)
    assert judge_again.judge_again(name) == []
    after = json.loads((tmp_path / path.name).read_text(encoding="utf-8"))
    assert after | {"judged_again": None} == before | {"judged_again": None}


def test_judging_again_says_what_changed_and_touches_nothing_else(monkeypatch, tmp_path):
    stored = lesson.recorded("audit")
    row = stored["arms"]["augmentation"]["against_plain"]
    row["test_loss"] = row["test_loss"] | {"verdict": "worse"}
    (tmp_path / "audit.json").write_text(json.dumps(stored), encoding="utf-8")
    monkeypatch.setattr(lesson, "RESULTS", tmp_path)
    (line,) = judge_again.judge_again("audit")
    assert line.startswith("augmentation · against_plain · test_loss: worse → better (-0.0")
    found = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    row["test_loss"]["verdict"] = "better"
    assert found | {"judged_again": None} == stored | {"judged_again": None}
    assert list(found).index("judged_again") == 7, "behind the fields of every result"


# The command


def test_a_device_without_numbers_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["study", "audit", "--device", "meta"])
    assert result.exit_code == 1 and "'meta' holds shapes without numbers" in result.output
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_study_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match="no study 'underfitting'; there are overfitting"):
        studies.find_study("underfitting")
    result = CliRunner().invoke(main, ["study", "underfitting"])
    assert result.exit_code == 1 and "there are overfitting" in result.output


@pytest.fixture
def call(monkeypatch, tmp_path):
    """Call `mnist-lab study fake` in a folder of its own, where the study does what the test says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lesson, "RESULTS", tmp_path)

    def call(does):
        monkeypatch.setitem(studies.STUDIES, "fake", SimpleNamespace(run=does))
        words = ["study", "fake", "--seeds", "3", "--workers", "2", "--device", "cpu"]
        return CliRunner().invoke(main, words)

    return call


def test_the_command_stores_the_table(call, tmp_path):
    def run(*, seeds, workers, device):
        return {"device": "one thread", "asked": [seeds, workers, device]}

    result = call(run)
    assert result.exit_code == 0, result.output
    stored = json.loads((tmp_path / "fake.json").read_text())
    assert stored["asked"] == [3, 2, "cpu"] and (stored["n"], stored["digits"]) == (3, "bundled")
    assert stored["device"] == "one thread", "the device is the workers', not the command's"


def test_a_study_that_is_running_is_not_run_a_second_time(call):
    os.makedirs("runs/study-fake")
    with only_here("runs/study-fake"):
        result = call(lambda **_: pytest.fail("it ran"))
    assert result.exit_code == 1 and "study-fake is in use by another run" in result.output


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (KeyboardInterrupt, 130, "kept in runs/study-fake; the same command goes on from there"),
        (JobError("ValueError: so it is"), 1, "Error: ValueError: so it is"),
        (OSError(28, "No space left on device"), 1, "study-fake cannot be written: No space left on device"),
    ],
)
def test_a_study_that_ends_early_says_why(call, error, status, sentence):
    def run(**_):
        raise error

    result = call(run)
    assert result.exit_code == status and sentence in " ".join(result.output.split())


def test_a_study_whose_folder_vanishes_says_so(call):
    def run(**_):
        finished = StudyRuns("fake", [])
        os.rename("runs", "elsewhere")
        finished.write({"a": 1}, {})

    result = call(run)
    assert result.exit_code == 1
    assert "study-fake has vanished, and the results with it" in " ".join(result.output.split())
