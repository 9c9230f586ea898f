"""Several writers' sheets as one set: gathered, split by writer, written, and read as every other set."""

from mnist_lab.data import load_digits
from mnist_lab.data._contents import DigitsError
from mnist_lab.data._files import digest_of_digits, known_name
from mnist_lab.handwriting.sheet import Sheet
from mnist_lab.handwriting.writers import Handwriting, example_photo, gather, split_by_writer, write_root

import pytest
import torch
from torchvision import datasets


def written_by(*numbers):
    """Handwriting of writers 0, 1, … with so many digits each."""
    n = sum(numbers)
    images = torch.randint(0, 256, (n, 28, 28), dtype=torch.uint8)
    writers = torch.cat([torch.full((number,), writer) for writer, number in enumerate(numbers)])
    return Handwriting(images, torch.arange(n) % 10, writers)


def blank_sheet(is_empty):
    cells = torch.zeros(100, 28, 28, dtype=torch.uint8)
    labels = torch.arange(10).repeat_interleave(10)
    return Sheet(cells, cells, labels, is_empty, torch.zeros(100, dtype=torch.bool), cells[0])


def test_gather_leaves_out_empty_cells_and_numbers_the_writers():
    half = torch.arange(100) % 2 == 0
    digits = gather([blank_sheet(half), blank_sheet(torch.zeros(100, dtype=torch.bool))])
    assert digits.writers.bincount().tolist() == [50, 100]
    assert digits.labels.bincount().tolist() == [15] * 10
    assert digits.images.shape == (150, 28, 28)


def test_gather_needs_a_sheet():
    with pytest.raises(ValueError, match="at least one Sheet, but got none"):
        gather([])


def test_a_split_by_writer_has_every_digit_once_and_no_writer_on_both_sides():
    writers = written_by(30, 10, 50, 20, 40).writers[torch.randperm(150)]
    rest, test = split_by_writer(writers, num_test=2)
    assert sorted(rest + test) == list(range(150))
    assert len(writers[test].unique()) == 2
    assert not set(writers[test].tolist()) & set(writers[rest].tolist())
    assert split_by_writer(writers, num_test=2) == (rest, test)
    chosen = {tuple(split_by_writer(writers, num_test=2, seed=seed)[1]) for seed in range(20)}
    assert len(chosen) > 3


@pytest.mark.parametrize("num_test", [0, 3, -1])
def test_a_split_needs_a_writer_on_either_side(num_test):
    with pytest.raises(ValueError, match=f"num_test is from 1 to 2, of 3 writers, but got {num_test}"):
        split_by_writer(written_by(1, 1, 1).writers, num_test=num_test)


@pytest.mark.parametrize(
    ("numbers", "sizes"),
    [
        ((98, 100, 77, 100), (174, 24, 177)),
        ((50, 60, 70), (97, 13, 70)),
        ((5, 9), (5, 0, 9)),
        ((40,), (0, 0, 40)),
    ],
)
def test_a_set_of_any_size_is_read_as_every_other(tmp_path, numbers, sizes):
    digits = written_by(*numbers)
    assert write_root(digits, tmp_path / "class") == tmp_path / "class"
    splits = load_digits(str(tmp_path / "class"))
    assert tuple(map(len, splits)) == sizes
    test = datasets.MNIST(tmp_path / "class", train=False)
    assert test.data.equal(digits.images[-sizes[2] :]) and test.targets.equal(digits.labels[-sizes[2] :])
    assert len(digest_of_digits(tmp_path / "class")) == 12


def test_a_set_of_nothing_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="at least one digit, but every cell is empty or struck out"):
        write_root(written_by(0), tmp_path / "class")
    assert not (tmp_path / "class").exists()


def test_a_folder_is_named_from_here_or_from_home_and_known_names_win(tmp_path, monkeypatch):
    for name in ("class", "bundled"):
        write_root(written_by(20, 20), tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for name in ("class", "./class", "~/class", tmp_path / "class"):
        assert known_name(name) == str(tmp_path / "class")
    assert len(load_digits("bundled").test) == 1_000
    assert len(load_digits("./bundled").test) == 20


def test_a_folder_without_a_set_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class").mkdir()
    with pytest.raises(DigitsError, match=r"a folder with MNIST/raw in it, but .*class holds no MNIST/raw"):
        load_digits("class")
    with pytest.raises(DigitsError, match=r"but .*gone is not there"):
        load_digits("./gone")


def test_a_damaged_or_partial_set_is_refused(tmp_path):
    raw = write_root(written_by(20, 20), tmp_path) / "MNIST" / "raw"
    images = raw / "train-images-idx3-ubyte"
    whole = images.read_bytes()
    images.write_bytes(whole[:-1])
    with pytest.raises(DigitsError, match=r"train-images.*15,696 bytes, but it holds 15,695.*sheet --read"):
        load_digits(tmp_path)
    images.unlink()
    with pytest.raises(DigitsError, match=r"is no whole set: expected .*train-images-idx3-ubyte"):
        load_digits(tmp_path)
    images.write_bytes(whole)
    labels = raw / "t10k-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1] + b"\x0b")
    with pytest.raises(DigitsError, match="labels from 0 to 9, but the label at index 19 is 11"):
        load_digits(tmp_path)


def test_the_example_photo_is_there():
    assert example_photo().is_file()
