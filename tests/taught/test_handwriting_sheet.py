"""A photo of a sheet: found, straightened and cut whatever the camera does, or refused in a sentence."""

import sys
from io import BytesIO

from mnist_lab.data import as_tensors, load_digits
from mnist_lab.data.strokes import centre_by_mass
from mnist_lab.handwriting import straightening
from mnist_lab.handwriting.ink import even_stroke
from mnist_lab.handwriting.photo import PhotoError, open_photo
from mnist_lab.handwriting.reader import load_reader
from mnist_lab.handwriting.sheet import cut, read_sheet, write_sheet
from mnist_lab.handwriting.sheet_page import CELL, FRAME, GRID, PAPERS
from mnist_lab.handwriting.straightening import SheetError, is_sharp, straighten
from mnist_lab.handwriting.writers import EXAMPLES, example_sheets
from mnist_lab.workshop.upkeep import make_handwriting
from mnist_lab.workshop.upkeep.made_up_sheets import FINE, Look, made_up_sheet, random_look

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

cv2 = pytest.importorskip("cv2", reason="sheets need the extra camera")
SMALL = Look(pixels=800)


@pytest.fixture(scope="module")
def digits():
    """A hundred bundled test digits, row by row, as arrays."""
    images, labels = as_tensors(load_digits().test)
    return [images[i].numpy() for label in range(10) for i in (labels == label).nonzero().flatten()[:10]]


@pytest.fixture(scope="module")
def photo():
    """The first example, upright, as a PIL image."""
    return Image.open(example_sheets()[0]).convert("RGB")


@pytest.fixture(scope="module")
def turned(digits):
    """A MadeUpSheet, upside down and at a slant, and its photo as an array."""
    made = made_up_sheet(digits, SMALL._replace(turn=200, tilt=20), rng=np.random.default_rng(0))
    return made, np.asarray(Image.open(BytesIO(made.jpeg)))


def answers(images):
    with torch.inference_mode():
        return load_reader()((images.float().unsqueeze(1) / 255 - 0.5) / 0.5).argmax(dim=1)


# The page


@pytest.mark.parametrize(("paper", "points"), [("A4", (595.4, 841.9)), ("letter", (612, 792))])
def test_the_sheet_is_a_pdf_of_its_paper(tmp_path, paper, points):
    path = write_sheet(tmp_path / "sheet.pdf", paper=paper)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-") and len(content) < 60_000
    box = content.split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert [float(number) for number in box[2:]] == pytest.approx(points, abs=0.2)


def test_another_paper_is_refused(tmp_path):
    with pytest.raises(ValueError, match="paper is A4 or Letter, but got 'A5'"):
        write_sheet(tmp_path / "sheet.pdf", paper="A5")
    assert not list(tmp_path.iterdir())


# Read


def test_a_sheet_is_a_hundred_cells_in_rows_of_a_digit():
    sheet = read_sheet(example_sheets()[2])
    assert sheet.crops.shape == (100, 60, 60) and sheet.crops.dtype == torch.uint8
    assert sheet.images.shape == (100, 28, 28) and sheet.images.dtype == torch.uint8
    assert sheet.labels.tolist() == [i // 10 for i in range(100)]
    assert not sheet.is_empty.any() and not sheet.over_border.any()
    assert (answers(sheet.images) == sheet.labels).sum() >= 90


@pytest.mark.parametrize("turn", [90, 217])
def test_a_turned_photo_gives_the_same_cells(photo, turn):
    turned = photo.rotate(turn, expand=True, fillcolor=(90, 60, 40))
    upright, again = read_sheet(photo), read_sheet(turned)
    apart = (upright.images.float() - again.images.float()).abs().mean()
    assert apart < (3 if turn % 90 == 0 else 6)


def test_any_source_that_a_photo_may_have(photo):
    path = example_sheets()[0]
    expected = read_sheet(path).images
    with open(path, "rb") as file:
        for source in (str(path), path.read_bytes(), file, Image.open(path)):
            assert read_sheet(source).images.equal(expected)


def test_a_sheet_filled_in_half_has_empty_cells(digits):
    written = [image if i % 20 < 10 else None for i, image in enumerate(digits)]
    made = made_up_sheet(written, SMALL, rng=np.random.default_rng(0))
    sheet = read_sheet(made.jpeg)
    assert sheet.is_empty.tolist() == [image is None for image in written]
    assert (
        not sheet.images[sheet.is_empty].any() and sheet.images[~sheet.is_empty].flatten(1).any(dim=1).all()
    )


def test_an_unwritten_sheet_is_empty_whatever_the_light():
    look = SMALL._replace(shadow=0.5, noise=5, quality=45, curl=4)
    assert read_sheet(made_up_sheet([None] * 100, look, rng=np.random.default_rng(0)).jpeg).is_empty.all()


def test_ink_over_the_border_is_flagged_on_both_sides_and_only_there(turned):
    made, photo = turned[0], turned[1].copy()
    x, y = GRID[0] + 4.5 * CELL, GRID[1] + 5 * CELL  # between rows 4 and 5, in column 5
    near = np.linalg.norm(made.places - (x, y), axis=2) < 4
    photo[near & (np.abs(made.places[..., 0] - x) < 0.7)] = 20
    assert read_sheet(Image.fromarray(photo)).over_border.nonzero().flatten().tolist() == [44, 54]


def test_the_lines_of_a_curled_page_are_followed(digits):
    made = made_up_sheet(digits, Look(curl=6, tilt=30, turn=20), rng=np.random.default_rng(1))
    _, off, _ = against_truth(made)
    assert off < 0.5  # mm; the four markers alone leave 3


# Refused


def test_a_mirrored_photo_and_the_back_of_a_sheet(photo):
    for mirrored in (ImageOps.mirror(photo), ImageOps.flip(photo)):
        with pytest.raises(SheetError, match="in a mirror or from its back"):
            read_sheet(mirrored)


@pytest.mark.parametrize("corner", range(4))
def test_a_covered_corner_is_named_as_the_reader_of_the_page_sees_it(turned, corner):
    made, photo = turned[0], turned[1].copy()
    place = FRAME[0] * (corner in (1, 2)), FRAME[1] * (corner in (2, 3))
    photo[(np.abs(made.places - place) < 20).all(axis=2)] = (190, 150, 130)  # a thumb
    name = ("top left", "top right", "bottom right", "bottom left")[corner]
    with pytest.raises(SheetError, match=f"The marker at the {name} of the sheet cannot be seen"):
        read_sheet(Image.fromarray(photo))


def test_two_sheets_are_refused_and_a_part_of_another_is_not(photo):
    both = Image.new("RGB", (2 * photo.width, photo.height))
    both.paste(photo, (0, 0))
    both.paste(Image.open(example_sheets()[1]), (photo.width, 0))
    with pytest.raises(SheetError, match="There are 2 sheets in this photo"):
        read_sheet(both)
    part = both.crop((0, 0, photo.width * 3 // 2, photo.height))
    assert (answers(read_sheet(part).images) == read_sheet(photo).labels).sum() >= 90


def test_what_shows_no_sheet_and_what_is_too_small(photo, monkeypatch):
    noise = np.random.default_rng(0).integers(0, 256, (600, 600, 3), dtype=np.uint8)
    for picture in (Image.fromarray(noise), Image.new("L", (600, 600), 255)):
        with pytest.raises(SheetError, match="There is no sheet of mnist-lab in this photo; print one"):
            read_sheet(picture)
    monkeypatch.setattr(straightening, "LEAST", 5)  # pixels a mm; this photo has 4
    with pytest.raises(SheetError, match="too small in this photo; go nearer"):
        read_sheet(photo)
    with pytest.raises(PhotoError):
        read_sheet(b"no picture")


def test_without_opencv_a_sentence_says_what_to_install(photo, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(ImportError, match=r'pip install "mnist-lab\[camera\]"'):
        read_sheet(photo)


# The examples, and photos with known truth


def test_each_bundled_test_digit_is_on_one_example_sheet():
    assert [path.name for path in example_sheets()] == [f"sheet_{i:02}.jpg" for i in range(10)]
    sizes = [path.stat().st_size for path in example_sheets()]
    assert max(sizes) <= 130_000 and sum(sizes) <= 1_300_000
    assert len(make_handwriting.WRITERS) == 10 == len(set(make_handwriting.WRITERS))


@pytest.mark.slow
def test_the_script_makes_the_examples(tmp_path):
    make_handwriting.write_examples(tmp_path)
    for path in example_sheets():
        stored, made = (
            np.asarray(Image.open(folder / path.name), dtype=int) for folder in (EXAMPLES, tmp_path)
        )
        assert np.abs(stored - made).mean() < 1


def against_truth(made):
    """Return the cells that lost ink, and how far off the cells are, in mm, at most and on average."""
    grey = np.asarray(open_photo(made.jpeg).convert("L"))
    page, places = straighten(grey)
    share = made.places.shape[1] / grey.shape[1]
    on_sheet = remap(made.places, (places + 0.5) * share - 0.5)
    origin = (np.array(PAPERS[made.look.format]) - FRAME) / 2
    ink = remap(made.ink, np.nan_to_num((on_sheet + origin) * FINE - 0.5, nan=-9)) > 127
    cell = np.floor((on_sheet - GRID) / CELL)
    number = np.where(((cell >= 0) & (cell <= 9)).all(axis=2), 10 * cell[..., 1] + cell[..., 0], -1)
    position = cut(np.arange(page.size).reshape(page.shape))
    kept = np.full(page.size, -1)
    kept[position.reshape(100, -1)] = np.arange(100)[:, None]
    kept = kept.reshape(page.shape)
    lost = [i for i in range(100) if (ink & (number == i) & (kept != i)).any()]
    rows, columns = np.mgrid[: page.shape[0], : page.shape[1]]
    ideal = (np.stack([columns, rows], axis=2) + 0.5) / 4 - 4
    off = np.linalg.norm(on_sheet - ideal, axis=2)[kept >= 0]
    return lost, np.nanmax(off), np.nanmean(off)


def remap(field, places):
    return cv2.remap(field, places.astype(np.float32), None, cv2.INTER_LINEAR)


def as_ink(made):
    """Return the digits of a made-up sheet as they were before paper and camera, as images like MNIST's."""
    start = ((np.array(PAPERS[made.look.format]) - FRAME) / 2 + GRID) * FINE
    side, images = round(CELL * FINE), []
    for i in range(100):
        left, top = (start + np.array([i % 10, i // 10]) * side).round().astype(int)
        ink = Image.fromarray(made.ink[top : top + side, left : left + side])
        images.append(centre_by_mass(Image.fromarray(even_stroke(np.asarray(ink.crop(ink.getbbox()))))))
    return torch.stack(images)


def of_seed(seed):
    """Return a MadeUpSheet with ten bundled test digits of each class, in the look of the seed."""
    images, labels = as_tensors(load_digits().test)
    rng = np.random.default_rng(seed)
    rows = [i for d in range(10) for i in rng.permutation((labels == d).nonzero().flatten().numpy())[:10]]
    return made_up_sheet(images[rows].numpy(), random_look(rng), rng=rng)


def test_markers_of_few_pixels_are_seen_in_the_enlarged_photo():
    assert len(read_sheet(of_seed(3271).jpeg).images) == 100


@pytest.mark.slow
def test_thirty_made_up_photos_are_all_found_cut_whole_and_read_as_well_as_their_ink():
    read, ink, lost = [], [], 0
    for seed in range(2000, 2030):
        made = of_seed(seed)
        sheet = read_sheet(made.jpeg)
        lost += len(against_truth(made)[0])
        if is_sharp(sheet.page.numpy()):  # else the command says that it is blurred
            read.append((answers(sheet.images) == sheet.labels).float().mean().item())
            ink.append((answers(as_ink(made)) == sheet.labels).float().mean().item())
    assert lost <= 0.005 * 3000 and len(read) >= 25
    assert np.mean(read) > np.mean(ink) - 0.01
