"""Whatever a command starts ends with it, also when it is killed."""

import os
import signal

import psutil
import pytest
from lesson_files import put
from real_commands import MNIST_LAB, nothing_left, on_posix, start, until  # noqa: F401

LESSON = ["0", "--folder", "nb"]
LONG = ["bundled", "--seeds", "1000", "--device", "cpu", "--output-dir", "o"]
RUNS = "runs/study-batch_sizes/run-*.json"
COMMANDS = {  # its words, and a file that shows that it is at work
    "run": (["run", *LESSON, "--output-dir", "o"], "begun"),
    "run --workers": (["run", *LESSON, "--output-dir", "o", "--workers", "2"], "begun"),
    "run --in-place": (["run", *LESSON, "--in-place"], "begun"),
    "sweep": (["sweep", *LESSON, "--seeds", "3", "--output-dir", "o", "--workers", "2"], "begun"),
    "classroom solutions": (["classroom", "solutions", "o", *LESSON], "begun"),
    "train": (["train", *LONG, "--epochs", "0.05"], "o/bundled-seed0.json"),
    "benchmark": (["benchmark", *LONG], "o/.lock"),
    "study": (["study", "batch_sizes", "--seeds", "100", "--workers", "2", "--device", "cpu"], RUNS),
    "doctor": (["doctor"], "begun"),
}
START_NOTHING = ("train", "benchmark")


def begin(folder, name):
    """Start a command in a folder that has a lesson, and a program for the doctor to ask."""
    mark = f"open({str(folder / 'begun')!r}, 'w').close()"
    folder.mkdir()
    put(folder / "nb", "00_start_here", f"{mark}; import time; time.sleep(1000)")
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n: >{folder / 'begun'}\nsleep 1000\n")
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    command = [*MNIST_LAB, *COMMANDS[name][0]]
    return start(folder, command, env=environment, start_new_session=True)


def is_at_work(process, folder, name):
    assert process.poll() is None, process.communicate()[0]
    return list(folder.glob(COMMANDS[name][1]))


def is_left(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


SIGNALS = ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")


@pytest.mark.slow
@on_posix
@pytest.mark.parametrize("name", COMMANDS)
def test_no_process_outlives_the_command(tmp_path, name):
    folders = {getattr(signal, sent): tmp_path / sent for sent in SIGNALS}
    processes = {sent: begin(folder, name) for sent, folder in folders.items()}  # all at once, for speed
    started = {}
    for sent, process in processes.items():
        until(lambda now=process, place=folders[sent]: is_at_work(now, place, name))
        started[sent] = psutil.Process(process.pid).children(recursive=True)
        assert started[sent] or name in START_NOTHING
        process.send_signal(sent)
    for sent, process in processes.items():
        output, _ = process.communicate(timeout=120)
        until(lambda left=started[sent]: not any(map(is_left, left)), seconds=60)
        ended_well = 1 if name == "doctor" else 130
        assert process.returncode == (ended_well if sent == signal.SIGINT else -sent), output
        assert "Traceback" not in output
        assert name != "study" or list(folders[sent].glob(RUNS)), "a finished run was lost"
