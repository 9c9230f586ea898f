"""Files of digits are verified when they are loaded: by SHA-256, or else by what can be known of them."""

import builtins
import os
import re
import shutil
import socket
import struct
import threading
from collections import Counter
from pathlib import Path

from mnist_lab.data import _contents, _files, load_digits
from mnist_lab.data._contents import SHA256, DigitsError, expected_files
from mnist_lab.data._files import digest_of_digits, find_root

import pytest
from digit_files import OFFLINE, write_set

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs named pipes and /dev")
BUNDLED = sorted(SHA256["bundled"])


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """The raw folder of a copy of the bundled digits, which stands in their place."""
    raw = Path(shutil.copytree(_files.BUNDLED / "MNIST", tmp_path / "MNIST")) / "raw"
    monkeypatch.setattr(_files, "BUNDLED", tmp_path)
    return raw


@pytest.fixture
def linked(full_mnist, tmp_path):
    """The raw folder of full MNIST in a place of its own, each file a link."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in SHA256["full"]:
        os.symlink(full_mnist / "MNIST" / "raw" / file, raw / file)
    return raw


def test_the_readme_names_the_same_sha256():
    readme = (_files.BUNDLED / "README.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"`MNIST/raw/(\S+)` .* `([0-9a-f]{64})`", readme)) == SHA256["bundled"]


@pytest.mark.parametrize("name", SHA256)
def test_each_known_file_is_one_that_is_expected(name):
    assert SHA256[name].keys() <= expected_files(name).keys()


def test_labels_that_an_interrupted_copy_left_as_zeros_are_refused(linked):
    path = linked / "train-labels-idx1-ubyte"
    start = path.read_bytes()[:8]
    path.unlink()
    path.write_bytes(start)
    os.truncate(path, 60_008)
    with pytest.raises(DigitsError, match=rf"train-labels.*the SHA-256 65a50cbbf4e9….*Delete it.*{OFFLINE}"):
        load_digits("full", root=linked.parent.parent)


@pytest.mark.parametrize("file", BUNDLED)
@pytest.mark.parametrize("place", [16, 500, -1])
def test_one_flipped_bit_is_found(bundled, file, place):
    data = bytearray((bundled / file).read_bytes())
    data[place] ^= 1
    (bundled / file).write_bytes(data)
    with pytest.raises(DigitsError, match=rf"{file} is not the file.*SHA-256.*git checkout"):
        load_digits()


def test_a_file_is_read_once_and_again_when_it_has_changed(bundled, monkeypatch):
    opened, true_open = Counter(), builtins.open

    def count(path, *args, **kwargs):
        opened[Path(path).name] += 1
        return true_open(path, *args, **kwargs)

    monkeypatch.setattr(builtins, "open", count)
    find_root("bundled")
    assert opened == dict.fromkeys(BUNDLED, 2), "once for what it holds, once for its digest"
    find_root("bundled")
    assert opened == dict.fromkeys(BUNDLED, 2)
    path = bundled / BUNDLED[0]
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000_000_000))
    find_root("bundled")
    assert opened == dict.fromkeys(BUNDLED, 2) | {BUNDLED[0]: 4}


def test_a_set_without_sha256_has_classes_in_balance(small_sets, tmp_path):
    path = write_set(tmp_path, "KMNIST") / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-3] + bytes(3))
    with pytest.raises(DigitsError, match=r"expected 3 labels of each class, but 6 are 0\. Delete"):
        find_root("KMNIST", tmp_path)


def test_qmnist_counts_the_first_column(small_sets, tmp_path):
    path = write_set(tmp_path, "QMNIST") / "qmnist-test-labels-idx2-int"
    path.write_bytes(path.read_bytes()[: -32 * 9] + struct.pack(">72i", *[9] * 72))
    with pytest.raises(DigitsError, match=r"2 labels of each class, but 10 are 9"):
        find_root("QMNIST", tmp_path)


def test_a_set_without_sha256_does_not_end_in_black_images(small_sets, tmp_path):
    path = write_set(tmp_path, "FashionMNIST") / "t10k-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[: -784 * 2] + bytes(784 * 2))
    with pytest.raises(DigitsError, match=r"hold something, but 2 are all black, one at 18\. Delete"):
        find_root("FashionMNIST", tmp_path)


def test_the_digest_of_a_set_changes_with_its_files(small_sets, tmp_path):
    assert re.fullmatch("[0-9a-f]{12}", digest_of_digits("bundled"))
    raw = write_set(tmp_path, "KMNIST")
    before = digest_of_digits("kmnist", tmp_path)
    assert before != digest_of_digits("bundled")
    path = raw / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000_000_000))
    assert digest_of_digits("KMNIST", tmp_path) != before


# What is no regular file


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/zero")


def folder(path):
    path.mkdir()


def unix_socket(path):
    os.chdir(path.parent)  # a socket's path has a short limit
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


def in_time(function):
    """Return what a function raised, or fail where it has not ended after ten seconds."""
    raised = []

    def run():
        try:
            function()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive(), "it hangs"
    return raised[0]


@posix_only
@pytest.mark.parametrize(
    ("put", "kind"),
    [(pipe, "named pipe"), (device, "device"), (folder, "folder"), (unix_socket, "socket")],
)
@pytest.mark.parametrize("file", BUNDLED)
def test_what_is_no_regular_file_is_named(bundled, monkeypatch, file, put, kind):
    monkeypatch.chdir(bundled)
    (bundled / file).unlink()
    put(bundled / file)
    error = in_time(lambda: find_root("bundled"))
    assert isinstance(error, DigitsError)
    assert f"{file} is not the file" in str(error) and f"it is a {kind}, not a regular file" in str(error)


@posix_only
@pytest.mark.parametrize("put", [pipe, device, folder, unix_socket])
def test_an_archive_that_is_no_regular_file_is_left_alone(served, tmp_path, monkeypatch, put):
    served("full")
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    monkeypatch.chdir(raw)
    put(raw / "train-images-idx3-ubyte.gz")
    assert find_root("full", tmp_path)[1] == tmp_path
    assert (raw / "train-images-idx3-ubyte").is_file()


@posix_only
def test_a_sparse_file_of_30_gigabytes_is_not_read(small_sets, tmp_path):
    path = write_set(tmp_path) / "train-images-idx3-ubyte"
    os.truncate(path, 30 * 2**30)
    with pytest.raises(DigitsError, match=r"expected 23,536 bytes, but it holds 32,212,254,720"):
        find_root("full", tmp_path)


def test_the_magic_numbers_are_those_of_idx():
    assert (_contents.IMAGES, _contents.LABELS, _contents.LABEL_TABLE) == (0x803, 0x801, 0xC02)
