"""Files: whole or not at all, and nothing left lying about."""

import os
import subprocess
import sys

from mnist_lab.files import write_whole

import pytest


def test_a_write_that_breaks_off_leaves_the_old_file_alone(tmp_path, monkeypatch):
    path = tmp_path / "a.html"
    write_whole(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.html"]


def test_text_has_unix_line_ends_and_bytes_stay_as_they_are(tmp_path):
    write_whole(tmp_path / "text", "ä\nb")
    write_whole(tmp_path / "bytes", b"\r\n\x00")
    assert (tmp_path / "text").read_bytes() == "ä\nb".encode()
    assert (tmp_path / "bytes").read_bytes() == b"\r\n\x00"


def test_what_killed_writers_left_is_removed_and_a_living_writer_is_left_alone(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    left, in_use = (tmp_path / f".a[1].pt.{pid}.tmp" for pid in (dead.pid, os.getppid()))
    left.touch(), in_use.touch()
    write_whole(tmp_path / "a[1].pt", b"new")
    assert not left.exists() and in_use.exists()
