"""Printed characters: the form of MNIST's digits, the right character, fonts that differ."""

import string
from pathlib import Path

from mnist_lab.analysis import glyphs
from mnist_lab.analysis.glyphs import FIVE_FONTS, FONTS, font_glyphs
from mnist_lab.data import InMemoryLoader, load_digits

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from torch.nn import functional as F


@pytest.fixture(scope="module")
def digits():
    """All digits in all fonts, from 0 to 1: (fonts, characters, 28, 28)."""
    images = font_glyphs(string.digits, fonts=FONTS, mean=0, std=1)
    return images.reshape(len(FONTS), 10, 28, 28)


def centres(images):
    """Row and column of the centre of mass of images (N, 28, 28)."""
    weights = images.double() / images.double().sum(dim=(1, 2), keepdim=True)
    places = torch.arange(28, dtype=torch.float64)
    return torch.stack([weights.sum(dim=2) @ places, weights.sum(dim=1) @ places], dim=1)


def test_form_range_and_normalisation():
    images = font_glyphs("0A7", mean=0.5, std=0.5)
    assert images.shape == (15, 1, 28, 28) and images.dtype == torch.float32
    assert images.min() == -1 and (images.amax(dim=(1, 2, 3)) > 0.8).all()
    plain = font_glyphs("0A7", mean=0, std=1)
    torch.testing.assert_close(images, plain * 2 - 1)
    torch.testing.assert_close(font_glyphs("0A7", mean=0.1307, std=0.3081), (plain - 0.1307) / 0.3081)
    assert torch.equal(images, font_glyphs("0A7")), "two calls differ"


def test_characters_change_fastest_and_keep_their_order():
    both = font_glyphs("3b", fonts=["DejaVu Serif", "Computer Modern"])
    alone = [
        font_glyphs(character, fonts=[font])
        for font in ("DejaVu Serif", "Computer Modern")
        for character in "3b"
    ]
    assert torch.equal(both, torch.cat(alone))


def test_each_fills_the_box_of_20_pixels_about_its_centre_of_mass(digits):
    images = digits.flatten(0, 1)
    for image in images:
        rows, columns = (image > 0).nonzero(as_tuple=True)
        longest = max(rows.max() - rows.min(), columns.max() - columns.min()) + 1
        assert 19 <= longest <= 20
    assert (centres(images) - 13.5).abs().max() <= 0.5 + 1e-6


def test_the_ink_is_about_as_much_as_mnist_s(digits):
    written = InMemoryLoader(load_digits().test, mean=0, std=1).images.mean().item()
    printed = digits[: len(FIVE_FONTS)].mean().item()
    assert 0.6 * written < printed < 1.6 * written


def test_every_font_differs_from_every_other_in_every_digit(digits):
    for i in range(len(FONTS)):
        for j in range(i):
            assert ((digits[i] - digits[j]).abs().mean(dim=(1, 2)) > 1e-3).all(), (i, j)


def drawn_by_matplotlib(character, file):
    """The oracle: the same character as Matplotlib itself draws it, ink 0 to 1, cut to its box."""
    figure = Figure(figsize=(2, 2), dpi=100)
    canvas = FigureCanvasAgg(figure)
    figure.text(0.3, 0.3, character, fontproperties=FontProperties(fname=file), fontsize=80)
    canvas.draw()
    ink = 1 - torch.from_numpy(np.asarray(canvas.buffer_rgba())[..., 0] / 255).float()
    rows, columns = (ink > 0.5).nonzero(as_tuple=True)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


@pytest.mark.parametrize("name", ["DejaVu Sans", "STIX Italic", "Computer Modern", "Computer Modern Bold"])
def test_each_is_the_character_that_matplotlib_draws(name):
    file = Path(matplotlib.get_data_path(), "fonts", "ttf", FONTS[name])
    for character, image in zip("4Qg", font_glyphs("4Qg", fonts=[name], mean=0, std=1)[:, 0], strict=True):
        expected = drawn_by_matplotlib(character, file)
        rows, columns = (image > 0).nonzero(as_tuple=True)
        cut = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        small = F.adaptive_avg_pool2d(expected[None, None], cut.shape)[0, 0]
        both = torch.stack([small.flatten(), cut.flatten()])
        assert torch.corrcoef(both)[0, 1] > 0.9, (name, character)


def test_all_digits_and_letters_are_in_all_fonts():
    for name in FONTS:
        for character in string.ascii_letters + string.digits:
            file = glyphs.font_file(name)
            glyphs.check_ink(character, file, (0, 0, 1, 1))
    assert len({glyphs.font_file(name) for name in FONTS}) == len(FONTS) == 21
    assert set(FIVE_FONTS) < set(FONTS) and len(FIVE_FONTS) == 5


def test_only_files_of_matplotlib_are_read():
    folder = Path(matplotlib.get_data_path()).resolve()
    assert all(folder in glyphs.font_file(name).resolve().parents for name in FONTS)


def test_a_matplotlib_without_its_fonts_is_explained(monkeypatch, tmp_path):
    monkeypatch.setattr(matplotlib, "get_data_path", lambda: str(tmp_path))
    with pytest.raises(ValueError, match="as Matplotlib ships it, but there is no such file; install"):
        font_glyphs("0")


@pytest.mark.parametrize(
    ("text", "fonts", "message"),
    [
        ("", FIVE_FONTS, "at least one character and one font, but got ''"),
        ("0", [], r"at least one character and one font, but got '0' and \[\]"),
        ("0", ["Comic Sans"], "no font 'Comic Sans' here; choose from DejaVu Sans, DejaVu Serif"),
        ("1 2", FIVE_FONTS, r"characters with ink .* ' ' \(code 32\) is a blank or not in DejaVuSans.ttf"),
        ("é", ["Computer Modern"], r"'é' \(code 233\) is a blank or not in cmr10.ttf; digits and letters"),
        ("\u200b", ["DejaVu Sans"], r"code 8203\) is a blank"),
    ],
)
def test_text_that_cannot_be_printed_is_refused(text, fonts, message):
    with pytest.raises(ValueError, match=message):
        font_glyphs(text, fonts=fonts)
