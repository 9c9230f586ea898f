"""Photos on the drawing pad: of one digit, several, none; from code and from a file given in a browser."""

import datetime
import io
import sys

from mnist_lab.data import load_digits
from mnist_lab.handwriting.photo import PhotoError
from mnist_lab.widgets import drawing_pad
from mnist_lab.widgets.drawing_examples import EXAMPLES
from mnist_lab.widgets.drawing_pad import DrawingPad
from mnist_lab.widgets.drawing_reading import digits_in_words

import ipywidgets
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

SEVERAL = [7, 2, 1, 0, 4]


def photo_of(*digits):
    """Return the bytes of a PNG: bundled test digits beside each other, dark ink on greyish paper."""
    test = load_digits().test
    images, labels = test.data, test.targets.tolist()
    paper = np.full((360, 260 * len(digits) + 100), 205.0)
    for place, digit in enumerate(digits):
        image = Image.fromarray(images[labels.index(digit)].numpy()).resize(
            (224, 224), Image.Resampling.BICUBIC
        )
        paper[70:294, 260 * place + 70 : 260 * place + 294] -= np.asarray(image) * 0.7
    file = io.BytesIO()
    Image.fromarray(paper.clip(0, 255).astype(np.uint8)).save(file, format="PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def one():
    return photo_of(7)


@pytest.fixture(scope="module")
def several():
    return photo_of(*SEVERAL)


@pytest.fixture
def pad():
    pad = DrawingPad(saliency=True)
    pad.take("5")
    return pad


def upload_of(pad):
    (upload,) = [part for part in pad.view.children[0].children if isinstance(part, ipywidgets.FileUpload)]
    return upload


def give(pad, content, name="photo.png"):
    """Send the file as the front end would."""
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    file = {
        "name": name,
        "type": "",
        "size": len(content),
        "last_modified": now,
        "content": memoryview(content),
    }
    upload_of(pad).value = [file]


def assert_drawing_is_back(pad):
    assert pad.strokes == EXAMPLES["5"] and pad.found is None
    assert pad.reading.answer == 5 and pad.screen.words.startswith("Read as 5")
    assert 'role="status"' in pad.screen.line.value


def test_a_photo_of_one_digit_is_shown_as_a_drawing_is(pad, one):
    before = pad.screen.png
    pad.take_photo(one)
    (found,) = pad.found
    assert pad.reading.answer == found.answer == 7 and pad.screen.words.startswith("Read as 7")
    assert torch.equal(pad.reading.image, found.image) and pad.reading.saliency is not None
    assert pad.screen.png != before and pad.strokes == EXAMPLES["5"]


def test_a_photo_of_several_digits_is_shown_with_its_answers(pad, several, monkeypatch):
    drawn = []
    draw = drawing_pad.photo_with_answers
    monkeypatch.setattr(drawing_pad, "photo_with_answers", lambda *given: drawn.append(given) or draw(*given))
    pad.take_photo(several)
    assert [each.answer for each in pad.found] == SEVERAL and pad.reading is None
    assert pad.screen.words.startswith("5 digits: 7 2 1 0 4.")
    ((photo, found),) = drawn
    assert found == pad.found and photo.size == Image.open(io.BytesIO(several)).size
    assert "5 digits" in repr(pad) and pad._repr_mimebundle_()[0]["image/png"]


def test_what_is_unsure_has_a_question_mark():
    assert digits_in_words([3, 1], [0.9, 0.95]) == "2 digits: 3 1."
    assert digits_in_words([3, 1], [0.59, 0.95]) == "2 digits: 3? 1. A question mark: less than 60% sure."


@pytest.mark.parametrize("kind", ["path", "bytes", "file", "picture"])
def test_whatever_a_photo_comes_in(pad, one, kind, tmp_path):
    (tmp_path / "photo.png").write_bytes(one)
    ways = {"path": tmp_path / "photo.png", "bytes": one, "file": io.BytesIO(one)}
    pad.take_photo(ways.get(kind) or Image.open(io.BytesIO(one)))
    assert pad.reading.answer == 7


@pytest.mark.parametrize("way", ["undo", "clear"])
@pytest.mark.parametrize("photo", ["one", "several", "fault"])
def test_undo_and_clear_bring_the_drawing_back(pad, request, photo, way):
    pad.take_photo(b"no picture" if photo == "fault" else request.getfixturevalue(photo))
    getattr(pad, way)()
    assert_drawing_is_back(pad)
    getattr(pad, way)()
    assert pad.strokes == []


def test_the_next_stroke_brings_the_drawing_back_too(pad, several):
    pad.take_photo(several)
    pad.down(140, 250)
    pad.up(141, 251)
    assert pad.found is None and len(pad.strokes) == 2 and pad.reading is not None


def blank_page():
    file = io.BytesIO()
    Image.new("L", (400, 300), 210).save(file, format="PNG")
    return file.getvalue()


FAULTS = {
    "no picture": lambda: b"This is a text.",
    "no ink": blank_page,
    "cut short": lambda: photo_of(7)[:2000],
    "HEIC": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_sentence_and_loses_nothing(pad, fault):
    before = pad.screen.png
    pad.take_photo(FAULTS[fault]())
    words, after = pad.screen.words.split("\n")
    assert 'role="alert"' in pad.screen.line.value and after == "The picture is the one from before."
    assert "Error" not in words and "object at" not in words
    assert pad.screen.png == before and pad.strokes == EXAMPLES["5"] and pad.found == []
    assert pad.reading.answer == 5, "what was read in the drawing holds"
    pad.undo()
    assert_drawing_is_back(pad)


def test_a_photo_that_cannot_be_read_without_an_extra_says_which(pad, monkeypatch):
    def missing(source):
        raise PhotoError('This needs OpenCV: pip install "mnist-lab[camera]".')

    monkeypatch.setattr(drawing_pad, "open_photo", missing)
    pad.take_photo("photo.jpg")
    assert pad.screen.words.startswith('This needs OpenCV: pip install "mnist-lab[camera]".')
    assert pad.strokes == EXAMPLES["5"]


def test_the_pad_and_photos_do_without_opencv(one, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    pad = DrawingPad()
    pad.take_photo(one)
    assert pad.reading.answer == 7


def test_a_network_of_one_s_own_reads_the_photo(several):
    class Sevens(nn.Module):
        def forward(self, images):
            assert images.min() == 0 and 0.5 < images.max() <= 1, "normalised as the pad was told"
            return 9 * nn.functional.one_hot(torch.full((len(images),), 7), 10).float()

    pad = DrawingPad(Sevens(), mean=0.0, std=1.0)
    pad.take_photo(several)
    assert [each.answer for each in pad.found] == [7] * 5


# The button


def test_a_file_given_in_the_browser_is_read_and_kept_nowhere(pad, one, several):
    for content, words in ((several, "5 digits: 7 2 1 0 4"), (one, "Read as 7"), (one, "Read as 7")):
        pad.undo()
        give(pad, content)
        assert pad.screen.words.startswith(words), "also when the same file comes again"
        assert upload_of(pad).value == ()


def test_a_file_that_is_no_picture_is_told_and_the_next_one_is_read(pad, one):
    give(pad, b"%PDF-1.7 no picture", name="notes.pdf")
    assert 'role="alert"' in pad.screen.line.value
    give(pad, one)
    assert pad.screen.words.startswith("Read as 7") and 'role="status"' in pad.screen.line.value


def test_the_button_asks_for_pictures_and_has_words(pad):
    upload = upload_of(pad)
    assert upload.accept == "image/*" and upload.multiple is False, "phones offer their camera for this"
    assert upload.description == "Photo" and not upload.icon
    assert "photo of digits" in upload.tooltip and "up to 10 MB" in upload.tooltip
    assert "mnist-lab-photo" in upload._dom_classes


def test_without_live_widgets_photos_are_read_from_code(no_live_widgets, several):
    pad = DrawingPad()
    pad.take_photo(several)
    bundle, _ = pad._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/png"}
    assert "5 digits: 7 2 1 0 4." in bundle["text/plain"]
    pad.take_photo(b"no picture")
    assert "picture" in pad.screen.words
    pad.undo()
    assert pad.reading.answer == 3
