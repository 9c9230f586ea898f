"""mnist-lab read: digits printed, pictures drawn, and a sentence for each photo that cannot be read."""

import shutil

from mnist_lab.cli import main
from mnist_lab.handwriting.writers import example_photo, example_sheets

import pytest
from click.testing import CliRunner
from PIL import Image


@pytest.fixture
def row(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return shutil.copy(example_photo(), tmp_path)


def read(*arguments):
    return CliRunner().invoke(main, ["read", *map(str, arguments)])


def test_digits_are_printed_and_a_picture_drawn(row, tmp_path):
    done = read("row.jpg")
    assert done.exit_code == 0, done.output
    first, second = done.stdout.splitlines()
    assert first.startswith("row.jpg: 0 1 2 3 4 5 6 7 8 9  (least sure: number ")
    assert Image.open(tmp_path / second).width > 1000


def test_nothing_that_is_there_is_overwritten(row, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "row-read.png").write_text("mine")
    done = read("row.jpg", "row.jpg", "--output", folder)
    assert done.exit_code == 0, done.output
    assert (folder / "row-read.png").read_text() == "mine"
    assert {path.name for path in folder.iterdir()} == {"row-read.png", "row-read-2.png", "row-read-3.png"}


def test_a_photo_that_cannot_be_read_leaves_the_others(row, tmp_path):
    (tmp_path / "page.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    done = read("page.heic", "row.jpg", "missing.jpg")
    assert done.exit_code == 1
    assert "row.jpg: 0 1 2" in done.stdout
    heic, missing = done.stderr.splitlines()
    assert heic.startswith("page.heic: page.heic is a HEIC file")
    assert missing.startswith("missing.jpg: missing.jpg cannot be opened")


def test_a_place_that_cannot_be_written_is_named(row, tmp_path):
    (tmp_path / "file").write_text("")
    done = read("row.jpg", "--output", tmp_path / "file" / "folder")
    assert done.exit_code != 0 and "cannot be written" in done.stderr


def test_a_sheet_is_sent_to_the_other_command(tmp_path):
    pytest.importorskip("cv2", reason="sheets need the extra camera")
    done = CliRunner().invoke(main, ["read", str(example_sheets()[0]), "--output", str(tmp_path)])
    assert done.exit_code == 1 and "mnist-lab sheet --read PHOTO --to DIR" in done.stderr


def test_an_empty_folder_is_no_photo(tmp_path):
    done = CliRunner().invoke(main, ["read", str(tmp_path)])
    assert done.exit_code == 2 and "has no photos in it" in done.stderr
