"""find_root: good files are found where they are, and bad ones refused by name and left alone."""

import gzip
import shutil
import struct
from functools import partial
from pathlib import Path

from mnist_lab.data import _files
from mnist_lab.data._contents import DigitsError
from mnist_lab.data._files import find_root

import platformdirs
import pytest
from digit_files import NUM_TRAIN, OFFLINE, snapshot, write_set
from torchvision import datasets

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
def test_files_that_are_there_are_found_without_writing(small_sets, tmp_path, name, dataset_class):
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


def test_the_root_is_the_argument_else_the_variable_else_the_cache(small_sets, tmp_path, monkeypatch):
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


def test_a_root_may_start_at_the_home_folder_or_here(small_sets, tmp_path, monkeypatch):
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


def test_a_link_to_nothing_is_refused(small_sets, tmp_path):
    path = write_set(tmp_path) / "t10k-labels-idx1-ubyte"
    try:
        dangle(path)
    except OSError:
        pytest.skip("links are not allowed here")
    with pytest.raises(DigitsError, match=r"t10k-labels-idx1-ubyte is not the file.*can be read"):
        find_root("full", tmp_path)


@pytest.mark.parametrize("value", [10, -1])
def test_a_qmnist_class_is_from_0_to_9(small_sets, tmp_path, value):
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


def test_files_of_an_old_torchvision_are_not_read_unchecked(small_sets, tmp_path):
    processed = write_set(tmp_path).with_name("processed")
    processed.mkdir()
    (processed / "training.pt").write_bytes(b"")
    with pytest.raises(DigitsError, match=rf"training\.pt was written by an old.*{OFFLINE}"):
        find_root("full", tmp_path)
