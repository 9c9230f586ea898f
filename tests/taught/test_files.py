"""Files: whole or not at all, and nothing left lying about."""

import os
import subprocess
import sys

from mnist_lab.files import check_writable, read_regular, write_whole

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
    write_whole(tmp_path / "odd", "a folder's name that is no UTF-8: \udce4")
    assert (tmp_path / "odd").read_text(encoding="utf-8").endswith("UTF-8: \\udce4")
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


posix_only = pytest.mark.skipif(os.name != "posix", reason="needs permissions, links and pipes")


@posix_only
def test_a_write_keeps_permissions_and_goes_through_a_link(tmp_path):
    (tmp_path / "own").write_text("old")
    (tmp_path / "own").chmod(0o600)
    (tmp_path / "link").symlink_to("own")
    (tmp_path / "ahead").symlink_to("not-there-yet")
    write_whole(tmp_path / "link", "new")
    write_whole(tmp_path / "ahead", "new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "own").read_text() == "new"
    assert (tmp_path / "own").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "ahead").is_symlink() and (tmp_path / "not-there-yet").read_text() == "new"


@posix_only
@pytest.mark.parametrize("write", [lambda path: write_whole(path, "new"), check_writable])
def test_only_a_regular_file_is_written_over(tmp_path, write):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to(os.devnull)
    (tmp_path / "folder").mkdir()
    before = os.listdir(tmp_path)
    for name, kind in {"pipe": "a named pipe", "device": "a device", "folder": "a folder"}.items():
        with pytest.raises(OSError, match=f"it is {kind}, not a regular file"):
            write(tmp_path / name)
    assert os.listdir(tmp_path) == before


def test_a_place_for_a_file_is_tried_without_leaving_anything(tmp_path):
    (tmp_path / "there").write_text("old")
    check_writable(tmp_path / "there")
    check_writable(tmp_path / "new")
    assert os.listdir(tmp_path) == ["there"] and (tmp_path / "there").read_text() == "old"
    with pytest.raises(FileNotFoundError):
        check_writable(tmp_path / "no folder" / "new")


@pytest.mark.parametrize("write", [lambda path: write_whole(path, "new"), check_writable])
def test_a_protected_file_is_not_replaced(tmp_path, monkeypatch, write):
    """As for open(), though the folder's permission would be enough to replace it."""
    path = tmp_path / "best.pt"
    path.write_text("precious")
    monkeypatch.setattr(os, "access", lambda *_: False)  # for root may write whatever is protected
    with pytest.raises(PermissionError, match="protected from writing"):
        write(path)
    assert path.read_text() == "precious" and os.listdir(tmp_path) == ["best.pt"]


def test_what_cannot_be_read_is_no_oserror(tmp_path):
    """Which a command would take for a file that cannot be written."""
    (tmp_path / "a").write_bytes(b"\xff")
    assert read_regular(tmp_path / "a") == b"\xff"
    with pytest.raises(ValueError, match=r"cannot be read \(it is a folder, not a regular file\); make it"):
        read_regular(tmp_path)
