"""mnist-lab sheet: a page to print; photos of written ones become a set that its maker can edit."""

import shutil
from pathlib import Path

from mnist_lab.cli import main
from mnist_lab.data import load_digits
from mnist_lab.handwriting.sheet import Sheet
from mnist_lab.handwriting.strike_out import cell_of, strike_out
from mnist_lab.handwriting.writers import example_sheets
from mnist_lab.workshop.batch.lessons import convert

import pytest
import torch
from click.testing import CliRunner
from PIL import Image

pytest.importorskip("cv2", reason="sheets need the extra camera")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, with the photos of two sheets."""
    monkeypatch.chdir(tmp_path)
    for source, name in zip(example_sheets(), ("anna.jpg", "ben.png"), strict=False):
        Image.open(source).resize((720, 960)).save(name)
    return tmp_path


def said(*words, status=0):
    done = CliRunner().invoke(main, ["sheet", *words])
    assert done.exit_code == status, done.output
    return done.output


def numbers():
    return [len(split) for split in load_digits("class")]


def test_a_page_to_print(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert said().startswith("sheet.pdf\nPrint it in its real size")
    said("--paper", "Letter", "--output", "new/own.pdf")
    assert [Path(name).read_bytes()[:5] for name in ("sheet.pdf", "new/own.pdf")] == [b"%PDF-"] * 2


def test_sheets_become_a_set_that_the_list_of_its_reader_shortens(here):
    command = ["--read", "anna.jpg", "ben.png", "--to", "class"]
    output = said(*command)
    assert "writer 0, anna.jpg: 100 digits, 0 empty cells, 0 struck out" in output
    assert f'load_digits("{here.as_posix()}/class") reads the set' in output
    assert numbers() == [88, 12, 100]
    assert sorted(path.name for path in Path("class").glob("*.png")) == ["writer-00.png", "writer-01.png"]
    strike = Path("class", "strike-out.txt")
    mine = strike.read_text() + "ben.png 3 7\nben.png 9 10   # a blot\n# anna.jpg 0 1\n"
    strike.write_text(mine)
    assert "writer 1, ben.png: 98 digits, 0 empty cells, 2 struck out" in said(*command)
    assert numbers() == [88, 12, 98]
    assert load_digits("class").test.targets.bincount().tolist() == [10] * 3 + [9] + [10] * 5 + [9]
    assert strike.read_text() == mine
    shutil.copy("ben.png", "aaron.png")  # a late photo, which comes first
    output = said("--read", "aaron.png", *command[1:])
    assert "writer 0, aaron.png: 100 digits" in output and "writer 2, ben.png: 98 digits" in output
    assert "One writer alone" in said("--read", "ben.png", "--to", "alone")


def test_a_line_that_names_no_cell_is_refused_and_nothing_changes(here):
    said("--read", "anna.jpg", "--to", "class")
    strike = Path("class", "strike-out.txt")
    strike.write_text(strike.read_text() + "2.jpg 3 7\n")
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    expected = (
        "line 3: expected the name of one of these photos, a digit, and a column from 1 to 10, such as "
        "anna.jpg 3 7, but got"
    )
    output = said("--read", "anna.jpg", "--to", "class", status=2)
    assert f"{expected} '2.jpg 3 7'" in " ".join(output.split())
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "line", ["a 3", "a 3 11", "a 3 0", "a x 1", "anna 3 7", "a -1 1", "a 3 7 9", "a 12 1", "3 7"]
)
def test_what_is_no_cell(line):
    with pytest.raises(ValueError, match=f"place: expected .* but got '{line}'"):
        cell_of(line, ["a", "my photo #1.jpg"], "place")


def test_a_cell_is_found_by_a_name_with_blanks():
    assert cell_of("my photo #1.jpg 3 10", ["a", "my photo #1.jpg"], "place") == (1, 39)


def test_flagged_cells_are_listed_once_as_comments(tmp_path):
    cells, flags = torch.zeros(100, 28, 28), torch.arange(100) == 36
    sheet = Sheet(cells, cells, cells, torch.zeros(100, dtype=torch.bool), flags, cells)
    path = tmp_path / "strike-out.txt"
    for _ in range(2):
        assert not strike_out(path, [sheet], ["a #1.jpg"])[0].is_empty.any()
        assert path.read_text().splitlines()[2:] == ["# a #1.jpg 3 7  # ink on the border"]
    path.write_text(path.read_text().replace("# a #", "a #"))
    assert strike_out(path, [sheet], ["a #1.jpg"])[0].is_empty.nonzero().flatten().tolist() == [36]
    assert path.read_text().splitlines()[2:] == ["a #1.jpg 3 7  # ink on the border"]


def test_a_list_with_a_wrong_line_is_left_as_it_was(tmp_path):
    cells, none = torch.zeros(100, 28, 28), torch.zeros(100, dtype=torch.bool)
    path = tmp_path / "strike-out.txt"
    path.write_text("b.jpg 3 7\n")
    with pytest.raises(ValueError, match="expected the name of one of these photos"):
        strike_out(path, [Sheet(cells, cells, cells, none, ~none, cells)], ["a.jpg"])
    assert path.read_text() == "b.jpg 3 7\n"


def test_one_bad_photo_and_nothing_is_written(here):
    Image.new("L", (600, 600), 255).save("blank.png")
    output = said("--read", "anna.jpg", "blank.png", "gone.jpg", "--to", "class", status=1)
    assert "blank.png: There is no sheet of mnist-lab in this photo" in output
    assert "gone.jpg: " in output and "Nothing was written" in output
    assert not Path("class").exists()


def test_a_set_of_others_is_left_alone(here):
    shutil.copytree(Path(load_digits().test.root) / "MNIST", "class/MNIST")
    assert "holds a set that this command did not write" in said(
        "--read", "anna.jpg", "--to", "class", status=2
    )
    assert len(load_digits("class").test) == 1_000


@pytest.mark.parametrize(
    "words", [["a.jpg"], ["--read"], ["--read", "a.jpg"], ["--to", "x"], ["a.jpg", "--to", "x"]]
)
def test_reading_needs_photos_and_a_place(words):
    assert "--read PHOTO… --to DIR" in said(*words, status=2)


def test_a_folder_stands_for_its_photos(here):
    Path("photos").mkdir()
    shutil.move("anna.jpg", "photos")
    Path("photos", "notes.txt").write_text("anna")
    assert "writer 0, photos" in said("--read", "photos", "--to", "class")
    assert "holds the photos" in said("--read", "photos", "--to", "photos", status=2)
    Path("empty").mkdir()
    assert "empty has no photos in it" in said("--read", "empty", "--to", "x", status=2)
    assert not Path("x").exists()


def test_a_photo_twice_is_refused(here):
    assert "anna.jpg is given twice" in said("--read", "anna.jpg", "anna.jpg", "--to", "class", status=2)


def test_a_lesson_gets_a_folder_of_digits_by_its_whole_path(here):
    said("--read", "anna.jpg", "--to", "class")
    assert convert("DIGITS", "class", "bundled") == str(here / "class")
    assert convert("DIGITS", "Full", "bundled") == "full"
    assert convert("DIGITS", "xyz", "bundled") == "xyz"
