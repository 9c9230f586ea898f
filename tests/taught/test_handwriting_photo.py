"""Photos of digits: what is read, in which order, and the sentence for each photo that cannot be."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

from mnist_lab.data import load_digits
from mnist_lab.handwriting.ink import even_stroke, paper_is_light
from mnist_lab.handwriting.photo import PhotoError, find_digits, open_photo, read_photo
from mnist_lab.handwriting.reader import load_reader
from mnist_lab.handwriting.writers import example_photo
from mnist_lab.models import SimpleCNN
from mnist_lab.workshop.upkeep.made_up_photos import (
    as_jpeg,
    lit,
    made_up_photo,
    on_paper,
    pieces_and_loops,
    written,
)

import matplotlib
import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont, ImageOps

DIGITS = load_digits("bundled").test
SIMPLE = {"lines": "plain", "tilt": 5, "turn": 0, "shadow": 0.3, "pixels": 1000, "orientation": 1, "pen": 1.1}


@pytest.fixture(scope="module")
def reader():
    return load_reader()


def answers(source, model=None):
    return [digit.answer for digit in read_photo(source, model)]


def drawn(*places, size=(400, 600)):
    """White ink on black: each of places is (index of a digit, left, top, height)."""
    layer = np.zeros(size, dtype=np.uint8)
    for index, left, top, height in places:
        stamp = written(*DIGITS[index], height=height, pen=height / 10)
        layer[top : top + stamp.shape[0], left : left + stamp.shape[1]] |= stamp
    return layer


def as_bytes(image, kind="PNG"):
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


# What is read

DIGIT_5 = drawn((5, 200, 80, 200))  # the test digit number 5
SHADOWED = on_paper(DIGIT_5, rng=np.random.default_rng(0))


def test_the_photo_that_comes_with_the_package_is_read():
    found = read_photo(example_photo())
    assert [digit.answer for digit in found] == list(range(10))
    assert all(digit.image.shape == (28, 28) and digit.image.dtype == torch.uint8 for digit in found)
    assert all(digit.probabilities.sum().item() == pytest.approx(1) for digit in found)
    lefts = [digit.box[0] for digit in found]
    assert lefts == sorted(lefts)


@pytest.mark.parametrize("ink", ["ballpoint", "pencil", "felt pen", "fine liner"])
def test_pens_on_paper_in_a_shadow(ink):
    photo = made_up_photo(100, **SIMPLE, ink=ink, paper="white", rows=[4], digits=[3, 0, 7, 2])
    assert answers(photo.jpeg) == [3, 0, 7, 2]


def test_the_hard_edge_of_a_shadow_is_no_chalk():
    down, across = np.mgrid[:140, :256]
    page = np.where(0.6 * down + across > 152, 185, 75).astype(np.uint8)
    page[40:100, 60:64] = page[40:100, 90:94] = 45  # thin pencil in the shadow
    assert paper_is_light(page)


def test_chalk_on_a_board_half_in_a_shadow():
    photo = made_up_photo(
        101, **SIMPLE | {"shadow": 0.6}, ink="chalk", paper="board", rows=[3], digits=[2, 4, 6]
    )
    assert answers(photo.jpeg) == [2, 4, 6]


@pytest.mark.parametrize("lines", ["squared", "lined"])
@pytest.mark.parametrize("ink", ["ballpoint", "pencil"])
def test_lines_on_paper_are_not_read(lines, ink):
    look = SIMPLE | {"lines": lines, "turn": 6}
    photo = made_up_photo(102, **look, ink=ink, paper="white", rows=[3], digits=[6, 0, 3])
    assert answers(photo.jpeg) == [6, 0, 3]


def test_rows_are_read_from_the_top_and_each_from_the_left_though_they_slope():
    look = SIMPLE | {"turn": 10, "rows": [4, 2, 3]}
    photo = made_up_photo(103, **look, ink="felt pen", paper="cream", digits=[1, 2, 3, 4, 0, 6, 7, 2, 0])
    assert answers(photo.jpeg) == [1, 2, 3, 4, 0, 6, 7, 2, 0]


def ruled(level, every=60, ink=90):
    """A digit in ink on white paper with squares of that level."""
    page = np.full((400, 600), 235, dtype=np.uint8)
    for start in (0, 1):
        page[30 + start :: every] = page[:, 30 + start :: every] = level
    return Image.fromarray(np.where(DIGIT_5 > 127, ink, page).astype(np.uint8))


def test_ink_a_little_darker_than_the_lines_is_read():
    assert answers(ruled(130)) == [DIGITS[5][1]]


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_photo_is_turned_as_its_exif_says(orientation):
    look = SIMPLE | {"orientation": orientation, "rows": [2], "digits": [2, 7]}
    assert answers(made_up_photo(104, **look, ink="felt pen", paper="white").jpeg) == [2, 7]


def test_a_loose_bar_belongs_to_its_digit_and_a_speck_to_none():
    layer = np.zeros((400, 600), dtype=np.uint8)
    pen = ImageDraw.Draw(picture := Image.fromarray(layer))
    pen.line([(120, 115), (115, 200), (160, 190), (185, 225), (160, 270), (110, 280)], fill=255, width=14)
    pen.line([(135, 105), (200, 100)], fill=255, width=14)  # a 5, its bar lifted off
    pen.line([(340, 100), (310, 200), (395, 200)], fill=255, width=14)
    pen.line([(412, 130), (408, 290)], fill=255, width=14)  # a 4 of two strokes that do not touch
    pen.point([(500, 50), (501, 50), (501, 51)], fill=255)
    assert answers(Image.eval(picture, lambda level: 230 - level * 0.8)) == [5, 4]


def test_digits_at_the_border_are_read_and_the_table_beside_the_paper_is_not():
    layer = np.full((300, 700), 225, dtype=np.uint8)
    layer[:200] = np.minimum(
        layer[:200], 225 - 0.8 * drawn((2, 0, 20, 150), (3, 200, 0, 150), size=(200, 700))
    )
    layer[:, 640:] = 60
    assert answers(Image.fromarray(layer)) == [DIGITS[2][1], DIGITS[3][1]]


def test_images_of_mnist_itself_are_read_as_they_are(reader):
    images, labels = zip(*(DIGITS[i] for i in range(40)), strict=True)
    batch = torch.stack([torch.from_numpy(np.array(image)) for image in images])
    expected = reader(((batch.float() / 255 - 0.5) / 0.5)[:, None]).argmax(dim=1).tolist()
    found = [answers(image, reader) for image in images]
    assert sum(answer == [digit] for answer, digit in zip(found, expected, strict=True)) >= 39
    assert labels[0] in found[0]


@pytest.mark.parametrize("prepared", [ImageOps.invert, lambda image: image], ids=["dark", "light"])
@pytest.mark.parametrize("cut", [lambda image: image, lambda image: image.crop(image.getbbox())])
def test_an_image_of_28_pixels_is_read_dark_or_light_and_cut_tightly(prepared, cut, reader):
    number = sum(answers(prepared(cut(DIGITS[i][0])), reader) == [DIGITS[i][1]] for i in range(15))
    assert number >= 14


@pytest.mark.parametrize("prepared", [ImageOps.invert, lambda image: image], ids=["dark", "light"])
def test_a_digit_drawn_in_a_paint_program_is_read(prepared):
    image = DIGITS[5][0].crop(DIGITS[5][0].getbbox()).resize((200, 300)).point(lambda v: 255 * (v > 127))
    picture = Image.new("L", (500, 400))
    picture.paste(image, (60, 50))
    assert answers(prepared(picture)) == [DIGITS[5][1]]


def test_ink_too_faint_to_have_a_width_is_left_as_it_is():
    faint = np.full((20, 10), 100, dtype=np.uint8)
    assert even_stroke(faint) is faint


DARK = Image.fromarray(255 - DIGIT_5)
TRANSPARENT = Image.new("RGBA", DARK.size, (0, 0, 0, 0))
TRANSPARENT.paste((10, 10, 30, 255), mask=Image.fromarray(255 - np.asarray(DARK)))
WIDE = np.asarray(DARK).astype(np.int32)


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(DARK, id="L"),
        pytest.param(DARK.convert("1"), id="1"),
        pytest.param(DARK.convert("P"), id="P"),
        pytest.param(DARK.convert("CMYK"), id="CMYK"),
        pytest.param(Image.fromarray((WIDE * 10 + 300).astype(np.uint16)), id="16 bits, faint"),
        pytest.param(Image.fromarray(WIDE * 200), id="I"),
        pytest.param(Image.fromarray(WIDE.astype(np.float32) / 255), id="F"),
        pytest.param(TRANSPARENT, id="RGBA"),
        pytest.param(TRANSPARENT.convert("LA"), id="LA"),
        pytest.param(TRANSPARENT.quantize(), id="P with transparency"),
        pytest.param(Image.fromarray(DIGIT_5), id="light on dark"),
        pytest.param(DARK.resize((3000, 2000)), id="large"),
        pytest.param(DARK.resize((60, 40)), id="tiny"),
    ],
)
def test_every_kind_of_picture_is_read(image):
    before = image.copy()
    assert answers(image) == [DIGITS[5][1]]
    assert image.tobytes() == before.tobytes() and image.size == before.size


def test_path_bytes_file_and_image_are_the_same(tmp_path):
    path = tmp_path / "digit.png"
    path.write_bytes(data := as_bytes(DARK))
    with path.open("rb") as file:
        file.read(10)
        sources = [path, str(path), data, bytearray(data), file, DARK]
        assert [answers(source) for source in sources] == [[DIGITS[5][1]]] * 6


def test_a_model_of_ones_own_reads_with_its_own_mean_and_std(reader):
    seen = {}

    class Watched(SimpleCNN):
        def forward(self, images):
            seen["range"] = images.amin().item(), images.amax().item()
            return super().forward(images)

    model = Watched().train()
    assert len(read_photo(DARK, model, mean=0.25, std=0.25)) == 1
    assert seen["range"] == pytest.approx((-1, 3), abs=0.1) and model.training


def test_boxes_lie_on_the_opened_photo_around_the_ink():
    ((left, top, right, bottom), _) = find_digits(DARK)[0]
    height, width = written(*DIGITS[5], height=200, pen=20).shape
    assert (left, top) == pytest.approx((200, 80), abs=4)
    assert (right - left, bottom - top) == pytest.approx((width, height), abs=8)


def test_a_photo_is_opened_at_a_sensible_size():
    assert open_photo(DARK.resize((4000, 3000))).size == (1600, 1200)
    assert open_photo(DARK.resize((28, 28))).size == (320, 320)
    assert open_photo(DARK).size == DARK.size and open_photo(DARK).mode == "L"
    assert open_photo(as_jpeg(SHADOWED)).mode == "RGB"


@pytest.mark.slow
def test_97_of_100_digits_in_made_up_photos_are_read():
    right = number = 0
    for seed in range(2000, 2030):
        photo, found = made_up_photo(seed), []
        with suppress(PhotoError):
            found = answers(photo.jpeg)
        number += len(photo.digits)
        if len(found) == len(photo.digits):
            right += sum(a == b for a, b in zip(found, photo.digits, strict=True))
    assert right / number >= 0.97


# The photos that are made up here


def bold(inside):
    """A bold 6 as MNIST has them, its loop as bright inside as that."""
    image = np.zeros((28, 28), dtype=np.uint8)
    image[4:22, 8:13] = image[13:22, 8:20] = 255
    image[17, 12:16] = inside
    return image


def test_a_thin_pen_keeps_the_loop_of_a_bold_digit():
    open_loop, filled = (written(bold(inside), 6, height=100, pen=4) > 127 for inside in (90, 255))
    assert pieces_and_loops(open_loop) == (1, 1) and open_loop.mean() < 0.25
    assert filled.mean() > 0.4  # as a line it would be no 6
    bar = np.zeros((28, 28), dtype=np.uint8)
    bar[4:24, 11:17] = 255
    assert written(bar, 1, height=100, pen=4).shape[1] < 10


# What is refused


def page(**look):
    rng = np.random.default_rng(1)
    return Image.fromarray(lit(on_paper(np.zeros((600, 800), np.uint8), rng=rng), rng=rng, **look))


def text_of(size):
    image = page()
    font = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSerif.ttf", size)
    for line, top in enumerate(range(20, 560, round(1.6 * size))):
        words = "It was the best of times, it was the worst of times, it was the age of wisdom"[3 * line :]
        ImageDraw.Draw(image).text((20, top), words[: 1200 // size], fill=(20, 20, 20), font=font)
    return image


def scribble():
    image, rng = page(), np.random.default_rng(0)
    points = [tuple(point) for point in rng.uniform(150, 450, (50, 2))]
    ImageDraw.Draw(image).line(points, fill=(20, 20, 120), width=6)
    return image


def blot():
    image = page()
    ImageDraw.Draw(image).rectangle((600, 60, 700, 160), fill=(20, 20, 20))
    return image


JPEG = as_bytes(page(), "JPEG")
HEADER = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0)
HUGE = b"\x89PNG\r\n\x1a\n\0\0\0\x0d" + HEADER + struct.pack(">I", zlib.crc32(HEADER)) + b"\0\0\1\0IDAT"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (page(), "There is no ink to be seen"),
        (page(shadow=0.5), "There is no ink to be seen"),
        (Image.new("RGB", (300, 200), "white"), "There is no ink to be seen"),
        (Image.new("L", (300, 200)), "There is no ink to be seen"),
        (Image.new("L", (1, 1)), "There is no ink to be seen"),
        (scribble(), "The ink in the middle of this photo is a scribble"),
        (blot(), "The ink in the top right of this photo is a scribble"),
        (ruled(90), "cannot be told from the printed lines of the paper"),
        (text_of(16), "looks like a page of text, not digits: it has .* pieces"),
        (text_of(60), "looks like a page of text, not digits: few of its"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "is a HEIC file.*turn it into a JPEG"),
        (b"Dear Sir or Madam", "is not a picture that can be opened"),
        (b"", "is not a picture that can be opened"),
        (JPEG[: len(JPEG) // 2], "is damaged or breaks off"),
        (as_bytes(page())[:5000], "is damaged or breaks off"),
        (as_bytes(Image.new("1", (15_000, 10_000))), "has 150 megapixels, and at most 120"),
        (None, "got a NoneType"),
        ("no/such/photo.jpg", "cannot be opened.*No such file"),
        (".", "cannot be opened.*it is a folder"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_cannot_be_read_is_refused_in_a_sentence(source, words):
    with pytest.raises(PhotoError, match=words) as caught:
        read_photo(source)
    assert "\n" not in str(caught.value)


def test_two_hundred_megapixels_are_refused_by_the_header_alone():
    """Nothing follows the header, so a try to decode it would call it cut off."""
    with pytest.raises(PhotoError, match="megapixels, and at most 120 are read"):
        read_photo(HUGE)


def test_a_file_is_named_in_the_sentence(tmp_path):
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    with pytest.raises(PhotoError, match=r"^IMG_0001.HEIC is a HEIC file"):
        read_photo(path)
