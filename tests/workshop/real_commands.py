"""The real command in a process of its own: started, waited for, and ended if its test fails half way."""

import os
import signal
import subprocess
import sys
import time

import pytest

MNIST_LAB = [sys.executable, "-m", "mnist_lab.cli"]
STARTED = []
on_posix = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")


def start(tmp_path, command, **options):
    """Start a command as a terminal would, where no signal is ignored."""
    handlers = {signal.SIGINT: signal.default_int_handler}  # nohup and "&" have them ignored
    handlers |= {signal.SIGHUP: signal.SIG_DFL} if os.name == "posix" else {}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen(command, cwd=tmp_path, **pipes, **options)
    for number, handler in before.items():
        signal.signal(number, handler)
    STARTED.append(process)
    return process


@pytest.fixture(autouse=True)
def nothing_left():
    """End what a test that failed half way has started."""
    yield
    while STARTED:
        process = STARTED.pop()
        if process.poll() is None:
            process.kill()
            process.communicate()


def finish(process, *, status=0):
    output, _ = process.communicate(timeout=900)
    assert process.returncode == status, output
    assert "Traceback" not in output
    return output


def until(happens, *, seconds=300):
    """Wait until happens() returns something, and return it."""
    end = time.monotonic() + seconds
    while not (result := happens()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)
    return result
