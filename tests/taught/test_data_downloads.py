"""find_root downloads what is missing: once, checked, whole or not at all, and only where it may write."""

import hashlib
import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

from mnist_lab.data import _contents, _downloads, _files
from mnist_lab.data._contents import DigitsError
from mnist_lab.data._files import find_root

import pytest
from digit_files import (
    NUM_TEST,
    NUM_TRAIN,
    OFFLINE,
    assert_set_is_whole,
    raw_folder,
    small_files,
    snapshot,
    write_set,
)
from torchvision import datasets


@pytest.mark.parametrize("name", ["full", "FashionMNIST", "KMNIST", "QMNIST"])
def test_a_set_that_is_missing_is_downloaded_once(served, tmp_path, name):
    server = served(name)
    dataset_class, root = find_root(name, tmp_path / "new" / "folder")
    assert_set_is_whole(root, name)
    assert len(dataset_class(root, train=True)) == NUM_TRAIN
    requests = server.requests
    assert requests > 0
    find_root(name, root)
    assert server.requests == requests


def test_only_missing_files_are_written(served, tmp_path):
    served("full")
    raw = write_set(tmp_path)
    (raw / "t10k-labels-idx1-ubyte").unlink()
    before = snapshot(raw)
    find_root("full", tmp_path)
    assert_set_is_whole(tmp_path)
    assert {path: known for path, known in snapshot(raw).items() if path in before} == before


def test_archives_that_are_there_need_no_network(served, tmp_path):
    server = served("full")
    raw = raw_folder(tmp_path)
    raw.mkdir(parents=True)
    for file, data in server.files.items():
        (raw / file).write_bytes(data)
    find_root("full", tmp_path)
    assert server.requests == 0
    for file, data in small_files("full").items():
        assert (raw / file).read_bytes() == data


def test_a_broken_archive_is_downloaded_again(served, tmp_path):
    server = served("full")
    raw = raw_folder(tmp_path)
    raw.mkdir(parents=True)
    for file, data in server.files.items():
        (raw / file).write_bytes(data[:-5])
    find_root("full", tmp_path)
    assert (raw / "t10k-images-idx3-ubyte").read_bytes() == small_files("full")["t10k-images-idx3-ubyte"]


def test_the_second_mirror_is_tried(served, tmp_path, monkeypatch):
    server = served("full")
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:1/", server.url])
    find_root("full", tmp_path)
    assert_set_is_whole(tmp_path)


def silent(connection):
    """Answers nothing at all."""


def hangs_up(connection):
    connection.close()


def talks_nonsense(connection):
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    connection.close()


def stops_in_the_header(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")


def cuts_off(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
    connection.close()


def is_busy(connection):
    connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
    connection.close()


@pytest.mark.parametrize("answer", [silent, hangs_up, talks_nonsense, stops_in_the_header, cuts_off, is_busy])
def test_whatever_is_wrong_with_the_first_mirror_the_second_is_tried(served, tmp_path, monkeypatch, answer):
    """torchvision itself goes on to the next mirror only after some of these."""
    server = served("full")
    first = socket.create_server(("127.0.0.1", 0))
    held = []

    def serve():
        while True:
            try:
                held.append(first.accept()[0])
            except OSError:
                return
            if answer is not silent:
                held[-1].recv(1_000)
            answer(held[-1])

    threading.Thread(target=serve, daemon=True).start()
    address = f"http://127.0.0.1:{first.getsockname()[1]}/"
    monkeypatch.setattr(_downloads, "TIMEOUT", 0.3)
    monkeypatch.setattr(datasets.MNIST, "mirrors", [address, server.url])
    find_root("full", tmp_path)
    assert_set_is_whole(tmp_path)
    assert held, "the first mirror was asked"
    first.close()


def test_when_all_mirrors_fail_each_is_named(served, tmp_path, monkeypatch):
    served("full")
    mirrors = ["http://127.0.0.1:1/", "http://127.0.0.1:2/"]
    monkeypatch.setattr(datasets.MNIST, "mirrors", mirrors)
    with pytest.raises(DigitsError, match=r"127\.0\.0\.1:1/.*; .*127\.0\.0\.1:2/"):
        find_root("full", tmp_path)


@pytest.mark.parametrize("name", ["full", "QMNIST"])
def test_a_web_page_in_place_of_a_file_is_named_as_one(served, tmp_path, name):
    server = served(name)
    server.files = dict.fromkeys(server.files, b"\n <!doctype html><title>Sign in to this network</title>")
    with pytest.raises(DigitsError, match="A web page came, perhaps the login page of this network"):
        find_root(name, tmp_path)
    assert_nothing_counts(tmp_path, name)


NEAR = [  # the folder below the root, and what the files are called there
    ("MNIST/raw", lambda name: name.replace("-idx", ".idx")),
    ("MNIST", str),
    (".", str),
    ("raw", str),
    ("MNIST/raw", lambda name: name.upper()),
]


@pytest.mark.parametrize(("folder", "rename"), NEAR, ids=["dot", "above", "root", "raw", "case"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_files_that_lie_nearby_are_named_and_moving_them_helps(
    served, tmp_path, monkeypatch, folder, rename, suffix
):
    server = served("full")
    near = tmp_path / folder
    near.mkdir(parents=True, exist_ok=True)
    files = server.files if suffix else small_files("full")
    for file, data in files.items():
        (near / (rename(file.removesuffix(".gz")) + suffix)).write_bytes(data)
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:1/"])
    for _ in files:
        with pytest.raises(DigitsError, match="looks like one of its files") as caught:
            find_root("full", tmp_path)
        found, target = re.search(r" (\S+) looks like .*: move it to (\S+), and", str(caught.value)).groups()
        os.replace(found, target)
    find_root("full", tmp_path)


@pytest.mark.parametrize("named", ["d/MNIST/raw", "d/MNIST", ".", " "])
def test_a_folder_too_deep_or_too_high_is_named_rightly(served, tmp_path, monkeypatch, named):
    server = served("full")
    root = tmp_path / "d"
    raw_folder(root, "full").mkdir(parents=True)
    for file, data in small_files("full").items():
        (raw_folder(root, "full") / file).write_bytes(data)
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:1/"])
    if named == " ":  # from a line that was copied
        monkeypatch.setenv("MNIST_LAB_DATA", f"{root} ")
        assert find_root("full")[1] == root and server
        return
    with pytest.raises(DigitsError, match=rf"are in .*raw: name {re.escape(str(root))} with root="):
        find_root("full", tmp_path / named)


def assert_nothing_counts(root, name="full"):
    """No file of the set is there, and no half one either."""
    assert list(raw_folder(root, name).iterdir()) == []
    assert {path.name for path in raw_folder(root, name).parent.iterdir()} <= {"raw", "download.lock"}


FAILED = rf"Expected .*train-images-idx3-ubyte.* downloading 'full' failed: {{}}.*{OFFLINE}"


def test_no_network(served, tmp_path, monkeypatch):
    served("full")
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:1/", "http://no.invalid/"])
    with pytest.raises(DigitsError, match=FAILED.format("Error downloading train-images")):
        find_root("full", tmp_path)
    assert_nothing_counts(tmp_path)


@pytest.mark.parametrize("fault", ["breaks off", "stalls"])
def test_a_broken_off_download_leaves_nothing(served, tmp_path, monkeypatch, fault):
    server = served("full")
    server.fault = fault
    monkeypatch.setattr(_downloads, "TIMEOUT", 0.5)
    before = socket.getdefaulttimeout()
    broken_off = "(Error downloading t10k-images|File not found or corrupted)"  # the second before 0.25
    reason = broken_off if fault == "breaks off" else "timed out"
    with pytest.raises(DigitsError, match=FAILED.format(f".*{reason}")):
        find_root("full", tmp_path)
    assert_nothing_counts(tmp_path)
    assert socket.getdefaulttimeout() == before
    server.fault = None
    find_root("full", tmp_path)
    assert_set_is_whole(tmp_path)


def test_ctrl_c_during_a_download_leaves_nothing(served, tmp_path, monkeypatch):
    served("full")
    monkeypatch.setattr(_downloads.os, "replace", lambda *paths: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        find_root("full", tmp_path)
    assert_nothing_counts(tmp_path)


def test_a_server_that_sends_something_else_is_refused(served, tmp_path):
    server = served("full")
    server.files = dict.fromkeys(server.files, b"<html>Sign in to this network</html>")
    with pytest.raises(DigitsError, match=FAILED.format(".*corrupted")):
        find_root("full", tmp_path)
    assert_nothing_counts(tmp_path)


def test_a_set_that_changed_at_its_source_is_refused(served, tmp_path, monkeypatch):
    served("full")
    monkeypatch.setitem(_contents.SETS, "full", (datasets.MNIST, NUM_TRAIN, NUM_TEST + 1))
    with pytest.raises(DigitsError, match=FAILED.format(".*t10k-images.*header says")):
        find_root("full", tmp_path)
    assert_nothing_counts(tmp_path)


def test_a_full_disk_is_named(served, tmp_path, monkeypatch):
    served("full")

    def no_space(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_downloads.os, "replace", no_space)
    with pytest.raises(DigitsError, match=FAILED.format(".*No space left.*free disk space")):
        find_root("full", tmp_path)
    assert_nothing_counts(tmp_path)


# Folders without write permission

UNWRITABLE = (
    rf"'full' is not in .*raw and cannot be downloaded to it: expected a folder with write "
    rf"permission, but got: .*MNIST_LAB_DATA\. {OFFLINE}"
)


@pytest.mark.parametrize("where", [".", "MNIST", "MNIST/raw"])
def test_a_file_where_a_folder_should_be(served, tmp_path, where):
    server = served("full")
    path = tmp_path / "root" / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    with pytest.raises(DigitsError, match=UNWRITABLE):
        find_root("full", tmp_path / "root")
    assert server.requests == 0


def test_a_folder_that_refuses_new_files(served, tmp_path, monkeypatch):
    server = served("full")

    def refuse(path, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(DigitsError, match=UNWRITABLE):
        find_root("full", tmp_path)
    assert server.requests == 0


@pytest.fixture
def read_only():
    """Return a function that takes write permission from a folder and all below, until the end."""
    changed = []

    def protect(folder):
        for path in (folder, *folder.rglob("*")):
            changed.append((path, path.stat().st_mode))
            path.chmod(path.stat().st_mode & ~0o222)
        if os.name == "nt" or os.access(folder, os.W_OK):
            pytest.skip("the permissions of a folder bind neither root nor Windows")

    yield protect
    for path, mode in changed:
        path.chmod(mode)


@pytest.mark.parametrize("there", ["nothing", "folder", "three files"])
def test_a_read_only_folder_without_the_set(served, tmp_path, read_only, there):
    server = served("full")
    raw = raw_folder(tmp_path)
    if there != "nothing":
        write_set(tmp_path)
        for path in list(raw.iterdir())[0 if there == "folder" else 3 :]:
            path.unlink()
    read_only(tmp_path)
    with pytest.raises(DigitsError, match=UNWRITABLE):
        find_root("full", tmp_path)
    assert server.requests == 0


def test_a_read_only_folder_with_the_set(small_sets, tmp_path, read_only):
    write_set(tmp_path)
    read_only(tmp_path)
    assert find_root("full", tmp_path)[1] == tmp_path


def test_a_set_that_is_there_takes_no_lock(small_sets, tmp_path, monkeypatch):
    write_set(tmp_path)
    monkeypatch.setattr(_files, "download_files", pytest.fail)
    find_root("full", tmp_path)


# Several processes

PROCESS = """
import sys
from mnist_lab.data import _contents, _files
from torchvision import datasets

url, root, *md5s = sys.argv[1:]
_contents.SETS["full"] = (datasets.MNIST, 30, 20)
datasets.MNIST.mirrors = [url]
_contents.SHA256["full"] = {}
files = _contents.expected_files("full")
datasets.MNIST.resources = [(f"{file}.gz", md5) for file, md5 in zip(files, md5s, strict=True)]
_files.find_root("full", root)
print(len(datasets.MNIST(root, train=True)), flush=True)
"""


def start_process(server, root):
    """Start another Python that downloads the set."""
    md5s = [hashlib.md5(data).hexdigest() for data in server.files.values()]
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS, server.url, str(root), *md5s],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_of_two_processes_one_downloads_and_one_waits(served, tmp_path):
    server = served("full")
    find_root("full", tmp_path / "alone")
    alone, server.requests, server.fault = server.requests, 0, "stalls"
    process = start_process(server, tmp_path / "both")
    assert server.half_sent.wait(60)  # the other process is in the middle of a file
    waiting = threading.Thread(target=find_root, args=("full", tmp_path / "both"))
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive()
    server.release.set()
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, f"{NUM_TRAIN}\n"), errors
    waiting.join(60)
    assert not waiting.is_alive()
    assert server.requests == alone
    assert_set_is_whole(tmp_path / "both")


def test_many_threads_at_once_download_once(served, tmp_path):
    server = served("full")
    find_root("full", tmp_path / "alone")
    alone, server.requests = server.requests, 0
    threads = [threading.Thread(target=find_root, args=("full", tmp_path / "all")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert server.requests == alone
    assert_set_is_whole(tmp_path / "all")


@pytest.mark.slow
def test_a_killed_download_leaves_nothing_that_counts(served, tmp_path):
    server = served("full")
    server.fault = "stalls"
    process = start_process(server, tmp_path)
    assert server.half_sent.wait(60)
    process.kill()
    process.communicate()
    assert raw_folder(tmp_path).with_name("partial").is_dir()
    assert list(raw_folder(tmp_path).iterdir()) == []
    server.fault = None
    find_root("full", tmp_path)
    assert_set_is_whole(tmp_path)
