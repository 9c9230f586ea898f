"""find_root: good files are found, bad ones refused by name, and no download leaves a half file."""

import gzip
import hashlib
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from mnist_lab.data import _files
from mnist_lab.data._files import DigitsError, find_root

import platformdirs
import pytest
from torchvision import datasets

NUM_TRAIN, NUM_TEST = 30, 20
OFFLINE = r'DIGITS = "bundled" works offline'


def small_files(name):
    """Return {file name: bytes} of a set with NUM_TRAIN and NUM_TEST digits."""
    files = {}
    for file, (magic, shape) in _files.expected_files(name).items():
        header = struct.pack(f">{1 + len(shape)}I", magic, *shape)
        labels = [i % 10 for i in range(shape[0])]
        if magic == _files.IMAGES:
            values = bytes(i % 251 for i in range(shape[0] * 784))
        elif magic == _files.LABELS:
            values = bytes(labels)
        else:
            values = b"".join(struct.pack(">8i", label, *range(100, 107)) for label in labels)
        files[file] = header + values
    return files


class Server:
    """Serves files on 127.0.0.1; `fault` names what goes wrong, `requests` counts."""

    def __init__(self, files):
        self.files, self.fault, self.requests = files, None, 0
        self.half_sent, self.release = threading.Event(), threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.answer(self)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *args: None  # clients that hang up are part of the tests
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/"

    def answer(self, request):
        self.requests += 1
        data = self.files[request.path.lstrip("/")]
        request.send_response(200)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        faulty = self.fault and "t10k-images" in request.path
        request.wfile.write(data[: len(data) // 2] if faulty else data)
        if faulty and self.fault == "stalls":
            request.wfile.flush()
            self.half_sent.set()
            self.release.wait(60)
            request.wfile.write(data[len(data) // 2 :])

    def close(self):
        self.release.set()
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def small(monkeypatch):
    """Make every set that is not bundled a small one, so that tests are quick."""
    for name, (dataset_class, _, _) in list(_files.SETS.items()):
        if name != "bundled":
            monkeypatch.setitem(_files.SETS, name, (dataset_class, NUM_TRAIN, NUM_TEST))


@pytest.fixture
def served(small, monkeypatch):
    """Return a function that puts a set on a local server and points torchvision at it."""
    servers = []

    def serve(name):
        archives = {f"{file}.gz": gzip.compress(data) for file, data in small_files(name).items()}
        server = Server(archives)
        servers.append(server)
        dataset_class = _files.SETS[name][0]
        listed = [(file, hashlib.md5(data).hexdigest()) for file, data in archives.items()]
        if name == "QMNIST":
            listed = [(server.url + file, md5) for file, md5 in listed]
            monkeypatch.setattr(dataset_class, "resources", {"train": listed[:2], "test": listed[2:]})
        else:
            monkeypatch.setattr(dataset_class, "mirrors", [server.url])
            monkeypatch.setattr(dataset_class, "resources", listed)
        return server

    yield serve
    for server in servers:
        server.close()


def raw_folder(root, name="full"):
    return root / _files.SETS[name][0].__name__ / "raw"


def write_set(root, name="full"):
    """Write the small set; return its raw folder."""
    raw = raw_folder(root, name)
    raw.mkdir(parents=True)
    for file, data in small_files(name).items():
        (raw / file).write_bytes(data)
    return raw


def snapshot(folder):
    """Return {path: (bytes, time of last change)} of all files below the folder."""
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()
    }


def assert_set_is_whole(root, name="full"):
    """The four files have the right bytes, and beside them is no more than the lock."""
    raw = raw_folder(root, name)
    assert {path.name: path.read_bytes() for path in raw.iterdir()} == small_files(name)
    assert {path.name for path in raw.parent.iterdir()} <= {"raw", "download.lock"}


# Names and folders


def test_bundled_needs_nothing(monkeypatch):
    monkeypatch.setenv("MNIST_LAB_DATA", "nowhere")
    dataset_class, root = find_root("bundled", "nowhere")
    assert dataset_class is datasets.MNIST
    assert len(dataset_class(root, train=True)) == 4_000
    assert len(dataset_class(root, train=False)) == 1_000


@pytest.mark.parametrize(
    ("name", "dataset_class"),
    [
        ("full", datasets.MNIST),
        ("FashionMNIST", datasets.FashionMNIST),
        ("KMNIST", datasets.KMNIST),
        ("qmnist", datasets.QMNIST),
    ],
)
def test_files_that_are_there_are_found_without_writing(small, tmp_path, name, dataset_class):
    write_set(tmp_path, _files.known_name(name))
    before = snapshot(tmp_path)
    assert find_root(name, tmp_path) == (dataset_class, tmp_path)
    assert find_root(name, str(tmp_path)) == (dataset_class, tmp_path)
    assert snapshot(tmp_path) == before
    assert len(dataset_class(tmp_path, train=True)) == NUM_TRAIN
    image, label = dataset_class(tmp_path, train=False)[13]
    assert image.size == (28, 28)
    assert label == 3


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("bundeld", "bundled"),
        ("MNIST", "full"),
        ("minst", "full"),
        ("fashion-mnist", "FashionMNIST"),
        ("kminst", "KMNIST"),
    ],
)
def test_an_unknown_name_is_met_with_the_nearest(name, nearest):
    expected = (
        rf"one of bundled, full, FashionMNIST, KMNIST, QMNIST, but got '{name}'\. "
        rf'Did you mean "{nearest}"\? {OFFLINE}'
    )
    with pytest.raises(DigitsError, match=expected):
        find_root(name)


@pytest.mark.parametrize("name", ["xyz", "", None, 5])
def test_a_name_like_no_other_is_refused_without_a_guess(name):
    with pytest.raises(DigitsError, match=rf"but got {name!r}\. {OFFLINE}"):
        find_root(name)


def test_the_root_is_the_argument_else_the_variable_else_the_cache(small, tmp_path, monkeypatch):
    for folder in ("argument", "variable", "cache"):
        write_set(tmp_path / folder)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "cache")
    monkeypatch.setenv("MNIST_LAB_DATA", str(tmp_path / "variable"))
    assert find_root("full", tmp_path / "argument")[1] == tmp_path / "argument"
    assert find_root("full")[1] == tmp_path / "variable"
    monkeypatch.setenv("MNIST_LAB_DATA", "")
    assert find_root("full")[1] == tmp_path / "cache"
    monkeypatch.delenv("MNIST_LAB_DATA")
    assert find_root("full", None)[1] == tmp_path / "cache"


def test_a_root_may_start_at_the_home_folder_or_here(small, tmp_path, monkeypatch):
    write_set(tmp_path / "data")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert find_root("full", "~/data")[1] == tmp_path / "data"
    assert find_root("full", "data")[1] == tmp_path / "data"


@pytest.mark.skipif(
    not (_files.BUNDLED.parents[2] / "shared" / "mnist").is_dir(),
    reason="../shared/mnist is not there",
)
def test_official_mnist_passes():
    root = _files.BUNDLED.parents[2] / "shared" / "mnist"
    assert find_root("full", root) == (datasets.MNIST, root)


# Wrong files


def change(path, position, value):
    data = bytearray(path.read_bytes())
    data[position] = value
    path.write_bytes(data)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1])


def empty(path):
    path.write_bytes(b"")


def lengthen(path):
    path.write_bytes(path.read_bytes() + b"\0")


def zipped(path):
    path.write_bytes(gzip.compress(path.read_bytes()))


def web_page(path):
    path.write_bytes(b"<!DOCTYPE html><html>Sign in to this network</html>")


def swap_for_labels(path):
    shutil.copy(path.with_name("train-labels-idx1-ubyte"), path)


def swap_for_test_images(path):
    shutil.copy(path.with_name("t10k-images-idx3-ubyte"), path)


def become_a_folder(path):
    path.unlink()
    path.mkdir()


def dangle(path):
    path.unlink()
    path.symlink_to(path.with_name("gone"))


WRONG = [
    ("train-images-idx3-ubyte", truncate, "expected 23,536 bytes, but it holds 23,535"),
    ("train-images-idx3-ubyte", empty, "expected 23,536 bytes, but it holds 0"),
    ("t10k-labels-idx1-ubyte", truncate, "expected 28 bytes, but it holds 27"),
    ("t10k-images-idx3-ubyte", lengthen, "expected 15,696 bytes, but it holds 15,697"),
    (
        "train-images-idx3-ubyte",
        partial(change, position=3, value=4),
        "expected the magic number 2051, but it starts with 2052",
    ),
    ("t10k-images-idx3-ubyte", zipped, "expected the magic number 2051, but it starts with 529"),
    ("t10k-images-idx3-ubyte", web_page, "expected the magic number 2051, but it starts with"),
    ("t10k-images-idx3-ubyte", swap_for_labels, "the magic number 2051, but it starts with 2049"),
    (
        "train-images-idx3-ubyte",
        swap_for_test_images,
        r"the shape \(30, 28, 28\), but its header says \(20, 28, 28\)",
    ),
    (
        "train-images-idx3-ubyte",
        partial(change, position=11, value=32),
        r"the shape \(30, 28, 28\), but its header says \(30, 32, 28\)",
    ),
    (
        "train-labels-idx1-ubyte",
        partial(change, position=7, value=29),
        r"the shape \(30,\), but its header says \(29,\)",
    ),
    (
        "train-labels-idx1-ubyte",
        partial(change, position=8 + 17, value=10),
        "labels from 0 to 9, but the label at index 17 is 10",
    ),
    ("train-labels-idx1-ubyte", become_a_folder, "expected a file that can be read, but got: "),
]


@pytest.mark.parametrize(("file", "spoil", "message"), WRONG)
def test_a_wrong_file_is_named_and_left_alone(served, tmp_path, file, spoil, message):
    server = served("full")
    raw = write_set(tmp_path)
    spoil(raw / file)
    before = snapshot(tmp_path)
    expected = rf"{file} is not the file that 'full' needs: .*{message}.*Delete it.*{OFFLINE}"
    with pytest.raises(DigitsError, match=expected):
        find_root("full", tmp_path)
    assert snapshot(tmp_path) == before
    assert server.requests == 0


def test_a_wrong_file_is_refused_also_where_others_are_missing(served, tmp_path):
    server = served("full")
    raw = write_set(tmp_path)
    truncate(raw / "t10k-labels-idx1-ubyte")
    (raw / "train-images-idx3-ubyte").unlink()
    with pytest.raises(DigitsError, match="t10k-labels-idx1-ubyte is not the file"):
        find_root("full", tmp_path)
    assert server.requests == 0


def test_a_link_to_nothing_is_refused(small, tmp_path):
    path = write_set(tmp_path) / "t10k-labels-idx1-ubyte"
    try:
        dangle(path)
    except OSError:
        pytest.skip("links are not allowed here")
    with pytest.raises(DigitsError, match=r"t10k-labels-idx1-ubyte is not the file.*can be read"):
        find_root("full", tmp_path)


@pytest.mark.parametrize("value", [10, -1])
def test_a_qmnist_class_is_from_0_to_9(small, tmp_path, value):
    path = write_set(tmp_path, "QMNIST") / "qmnist-test-labels-idx2-int"
    data = bytearray(path.read_bytes())
    data[12 + 32 * 3 : 12 + 32 * 3 + 4] = struct.pack(">i", value)
    path.write_bytes(data)
    with pytest.raises(DigitsError, match=rf"qmnist-test.*the label at index 3 is {value}\."):
        find_root("QMNIST", tmp_path)


def test_the_bundled_digits_are_not_taken_for_full_mnist():
    expected = r"train-images.*the shape \(60000, 28, 28\), but its header says \(4000, 28, 28\)"
    with pytest.raises(DigitsError, match=expected):
        find_root("full", _files.BUNDLED)


@pytest.mark.parametrize("spoil", [truncate, Path.unlink])
def test_damaged_bundled_digits_say_how_to_restore_them(tmp_path, monkeypatch, spoil):
    shutil.copytree(_files.BUNDLED / "MNIST", tmp_path / "MNIST")
    monkeypatch.setattr(_files, "BUNDLED", tmp_path)
    spoil(tmp_path / "MNIST" / "raw" / "t10k-images-idx3-ubyte")
    with pytest.raises(DigitsError, match=r"t10k-images-idx3-ubyte.*git checkout.*rebuild_digits\.py"):
        find_root("bundled")


def test_files_of_an_old_torchvision_are_not_read_unchecked(small, tmp_path):
    processed = write_set(tmp_path).with_name("processed")
    processed.mkdir()
    (processed / "training.pt").write_bytes(b"")
    with pytest.raises(DigitsError, match=rf"training\.pt was written by an old.*{OFFLINE}"):
        find_root("full", tmp_path)


# Downloads


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


def assert_nothing_counts(root):
    """No file of the set is there, and no half one either."""
    assert list(raw_folder(root).iterdir()) == []
    assert {path.name for path in raw_folder(root).parent.iterdir()} <= {"raw", "download.lock"}


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
    monkeypatch.setattr(_files, "TIMEOUT", 0.5)
    before = socket.getdefaulttimeout()
    reason = "Error downloading t10k-images" if fault == "breaks off" else "timed out"
    with pytest.raises(DigitsError, match=FAILED.format(f".*{reason}")):
        find_root("full", tmp_path)
    assert_nothing_counts(tmp_path)
    assert socket.getdefaulttimeout() == before
    server.fault = None
    find_root("full", tmp_path)
    assert_set_is_whole(tmp_path)


def test_ctrl_c_during_a_download_leaves_nothing(served, tmp_path, monkeypatch):
    served("full")
    monkeypatch.setattr(_files.os, "replace", lambda *paths: (_ for _ in ()).throw(KeyboardInterrupt))
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
    monkeypatch.setitem(_files.SETS, "full", (datasets.MNIST, NUM_TRAIN, NUM_TEST + 1))
    with pytest.raises(DigitsError, match=FAILED.format(".*t10k-images.*header says")):
        find_root("full", tmp_path)
    assert_nothing_counts(tmp_path)


def test_a_full_disk_is_named(served, tmp_path, monkeypatch):
    served("full")

    def no_space(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_files.os, "replace", no_space)
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


@pytest.mark.parametrize("kept", ["nothing", "folder", "three files"])
def test_a_read_only_folder_without_the_set(served, tmp_path, read_only, kept):
    server = served("full")
    raw = raw_folder(tmp_path)
    if kept != "nothing":
        write_set(tmp_path)
        for path in list(raw.iterdir())[0 if kept == "folder" else 3 :]:
            path.unlink()
    read_only(tmp_path)
    with pytest.raises(DigitsError, match=UNWRITABLE):
        find_root("full", tmp_path)
    assert server.requests == 0


def test_a_read_only_folder_with_the_set(small, tmp_path, read_only):
    write_set(tmp_path)
    read_only(tmp_path)
    assert find_root("full", tmp_path)[1] == tmp_path


def test_a_set_that_is_there_takes_no_lock(small, tmp_path, monkeypatch):
    write_set(tmp_path)
    monkeypatch.setattr(_files, "download_files", pytest.fail)
    find_root("full", tmp_path)


# Several processes

PROCESS = """
import sys
from mnist_lab.data import _files
from torchvision import datasets

url, root, *md5s = sys.argv[1:]
_files.SETS["full"] = (datasets.MNIST, 30, 20)
datasets.MNIST.mirrors = [url]
files = _files.expected_files("full")
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
