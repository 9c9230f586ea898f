"""What is kept of a learner's progress: whole, by several at once, whatever is the matter with the file."""

import json
import os
import signal
import subprocess
import sys
from textwrap import dedent

from mnist_lab.lesson import guess, kept, predict, predictions, reveal

import pytest
from filelock import FileLock

PRELUDE = """
import os
import sys
from pathlib import Path
from mnist_lab.lesson import kept
kept.progress_file = lambda: Path(sys.argv[1])
def count(entry):
    return {"tries": entry.get("tries", 0) + 1}
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The file of a learner's folder, in which somebody sits in front of a notebook."""
    path = tmp_path / ".mnist-lab" / "progress.json"
    path.parent.mkdir()
    monkeypatch.setattr(kept, "progress_file", lambda: path)
    monkeypatch.setattr(predictions, "PREDICTIONS", {})
    return path


def new_kernel(monkeypatch):
    monkeypatch.setattr(kept, "UNSAVED", [])
    monkeypatch.setattr(kept, "SAID", set())
    monkeypatch.setattr(predictions, "PREDICTIONS", {})


def start(program, path, **options):
    command = [sys.executable, "-c", PRELUDE + dedent(program), str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)


def right(entry):
    return {"right": True, "tries": 1}


def test_an_outcome_is_on_disk_at_once_and_can_be_read_by_a_person(file):
    assert kept.keep("exercises", "6.3", right) == ""
    stored = json.loads(file.read_text(encoding="utf-8"))
    when = stored["exercises"]["6.3"].pop("when")
    assert stored == {
        "mnist_lab_progress": 1,
        "exercises": {"6.3": {"right": True, "tries": 1}},
        "predictions": {},
        "questions": {},
    }
    assert when[:2] == "20" and file.read_text(encoding="utf-8").count("\n") > 8
    assert kept.UNSAVED == []


def test_what_changes_nothing_is_not_dated_anew(file, monkeypatch):
    kept.keep("exercises", "6.3", right)
    stored = json.loads(file.read_text(encoding="utf-8"))
    stored["exercises"]["6.3"]["when"] = "long ago"
    file.write_text(json.dumps(stored), encoding="utf-8")
    kept.keep("exercises", "6.3", right)
    assert kept.kept()["exercises"]["6.3"]["when"] == "long ago"


def test_without_a_folder_it_lasts_as_long_as_the_kernel(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert kept.keep("exercises", "6.3", right) == ""
    assert kept.kept()["exercises"]["6.3"]["right"] and list(tmp_path.iterdir()) == []
    new_kernel(monkeypatch)
    assert kept.kept() == {"exercises": {}, "predictions": {}, "questions": {}}


def test_two_processes_at_once_lose_nothing(file):
    program = """
    for number in range(100):
        for id in ("1.1", f"{sys.argv[2]}.{number}"):
            kept.keep("exercises", id, count)
    while kept.UNSAVED:
        kept.save()
    """
    command = [sys.executable, "-c", PRELUDE + dedent(program), str(file)]
    both = [subprocess.Popen([*command, name]) for name in ("a", "b")]
    assert [process.wait() for process in both] == [0, 0]
    entries = kept.read_progress(file)["exercises"]
    assert entries["1.1"]["tries"] == 200 and len(entries) == 201


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
def test_a_kill_while_writing_leaves_a_whole_file(file):
    program = """
    kept.keep("exercises", "1.1", count)
    kept.keep("exercises", "1.1", count)
    os.fsync = lambda number: os.kill(os.getpid(), 9)  # all is written, and not yet in its place
    kept.keep("exercises", "1.1", count)
    """
    process = start(program, file)
    process.communicate()
    assert process.returncode == -signal.SIGKILL and len(list(file.parent.glob(".progress.json.*"))) == 1
    assert kept.read_progress(file)["exercises"]["1.1"]["tries"] == 2
    assert kept.keep("exercises", "1.2", right) == "", "no lock is left"
    assert {path.name for path in file.parent.iterdir()} <= {"progress.json", "progress.lock"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"a": 1}',
        "[" * 100_000,
        '{"mnist_lab_progress": 1, "exercises": []}',
        '{"mnist_lab_progress": 1, "exercises": {"6.3": 7}}',
        '{"mnist_lab_progress": 1, "exercises": {"6.3": {"tries": "many"}}}',
        '{"mnist_lab_progress": "2", "exercises": {}}',
        '{"mnist_lab_progress": 0}',
        b"\xff\xfe\x00",
    ],
)
def test_a_damaged_or_foreign_file_is_put_aside_and_named_once(file, content):
    content = content if isinstance(content, bytes) else content.encode()
    file.write_bytes(content)
    assert kept.kept()["exercises"] == {} and file.read_bytes() == content
    said = kept.keep("exercises", "1.1", right)
    (aside,) = file.parent.glob("progress-damaged-*.json")
    assert "is damaged, or no file of mnist-lab. It is kept as progress-damaged-" in said
    assert aside.name in said and aside.read_bytes() == content
    assert list(kept.read_progress(file)["exercises"]) == ["1.1"]
    assert kept.keep("exercises", "1.2", right) == ""


def test_of_a_newer_version_the_known_is_used_and_the_rest_survives(file):
    newer = {
        "mnist_lab_progress": 2,
        "streak": 5,
        "exercises": {"6.3": {"right": False, "tries": 2, "mood": "fine"}},
        "moods": {"x": [1]},
    }
    file.write_text(json.dumps(newer), encoding="utf-8")
    assert kept.keep("exercises", "6.3", lambda entry: {"right": True, "tries": entry["tries"] + 1}) == ""
    stored = json.loads(file.read_text(encoding="utf-8"))
    del stored["exercises"]["6.3"]["when"]
    newer["exercises"]["6.3"] |= {"right": True, "tries": 3}
    assert stored == newer | {"predictions": {}, "questions": {}}


def test_a_newer_version_that_means_something_else_is_left_alone(file):
    content = '{"mnist_lab_progress": 2, "exercises": [["6.3", true]]}'
    file.write_text(content, encoding="utf-8")
    assert "is of a newer mnist-lab" in kept.keep("exercises", "1.1", right)
    assert file.read_text(encoding="utf-8") == content and kept.kept()["exercises"]["1.1"]["right"]


def test_a_lock_that_cannot_be_had_costs_a_sentence_and_nothing_else(file):
    with FileLock(file.with_suffix(".lock")):
        program = """
        print(kept.keep("exercises", "1.1", count))
        print(kept.kept()["exercises"]["1.1"]["tries"], len(kept.keep("exercises", "1.1", count)))
        """
        said = start(program, file).communicate()[0].splitlines()
    assert said[0].startswith("Your progress is not on disk (") and said[1:] == ["1 0"]
    assert not file.exists()


def test_what_could_not_be_written_is_written_with_the_next(file, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(kept, "write_json", _refused)
        assert "Read-only file system" in kept.keep("exercises", "1.1", right)
        assert kept.keep("exercises", "1.2", right) == "", "the sentence comes once"
    assert kept.keep("exercises", "1.3", right) == ""
    assert list(kept.read_progress(file)["exercises"]) == ["1.1", "1.2", "1.3"]


def _refused(path, content):
    raise OSError(30, "Read-only file system")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs a user without rights")
def test_a_read_only_folder_costs_a_sentence(file):
    program = """
    if os.geteuid() == 0:
        os.seteuid(65_534)
    print(kept.keep("exercises", "1.1", count), kept.kept()["exercises"]["1.1"]["tries"])
    """
    home = file.parent.parent
    home.chmod(0o755)
    file.parent.chmod(0o555)
    said = start(program, file.relative_to(home), cwd=home).communicate()[0]
    file.parent.chmod(0o755)
    assert said == "Your progress is not on disk (Permission denied) and lasts as long as this kernel. 1\n"


@pytest.mark.skipif(os.name != "posix", reason="sets a limit on files")
def test_a_full_disk_costs_a_sentence_and_leaves_the_file_as_it_was(file):
    kept.keep("exercises", "1.1", right)
    before = file.read_bytes()
    program = """
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    print(kept.keep("exercises", "1.2", count), kept.kept()["exercises"]["1.2"]["tries"])
    """
    said = start(program, file).communicate()[0]
    assert said == "Your progress is not on disk (File too large) and lasts as long as this kernel. 1\n"
    assert file.read_bytes() == before
    assert {path.name for path in file.parent.iterdir()} <= {"progress.json", "progress.lock"}


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: os.mkfifo(path)])
@pytest.mark.skipif(os.name != "posix", reason="makes a named pipe")
def test_whatever_lies_in_its_place_is_left_there(file, make):
    make(file)
    assert "Your progress is not on disk (it is a" in kept.keep("exercises", "1.1", right)
    assert kept.kept()["exercises"]["1.1"]["right"] and not file.is_file()


# Predictions


def ask(question="How many?", options=(0, 10, 50)):
    predict("3.2", question, list(options), unit=" of 100")


def test_a_guess_and_its_result_are_there_in_a_new_kernel(file, monkeypatch, capsys):
    ask()
    guess("3.2", "B", confidence=90)
    new_kernel(monkeypatch)
    ask()
    assert "How many? (You have guessed: 10 of 100.)" in capsys.readouterr().out
    reveal("3.2", 48)
    assert "You guessed 10 of 100, 90 % sure." in capsys.readouterr().out
    new_kernel(monkeypatch)
    assert predictions.reliability() == {90: (0, 1)}
    ask()
    guess("3.2", "C", confidence=90)
    assert "the guess from before it counts" in capsys.readouterr().out
    reveal("3.2", 48)
    assert predictions.reliability() == {90: (0, 1)}


@pytest.mark.parametrize("change", [{"question": "How much?"}, {"options": (1, 2)}])
def test_a_guess_is_not_taken_for_that_on_another_question(file, monkeypatch, capsys, change):
    ask()
    guess("3.2", "B", confidence=90)
    new_kernel(monkeypatch)
    ask(**change)
    assert "You have guessed" not in capsys.readouterr().out.split("Noted")[1]
    reveal("3.2", 1)
    assert "No guess was recorded" in capsys.readouterr().out


def test_what_is_not_on_disk_is_said_with_the_guess_or_the_result(file, monkeypatch, capsys):
    monkeypatch.setattr(kept, "write_json", _refused)
    ask()
    guess("3.2", "B", confidence=90)
    assert "10 of 100, 90 % sure. Run on. Your progress is not on disk" in capsys.readouterr().out
    monkeypatch.setattr(kept, "SAID", set())
    reveal("3.2", 10)
    assert capsys.readouterr().out.strip().endswith("lasts as long as this kernel.")
    assert predictions.reliability() == {90: (1, 1)}
