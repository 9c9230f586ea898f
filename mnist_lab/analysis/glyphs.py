"""Printed digits and letters from Matplotlib's own fonts, as images like MNIST's; nothing is downloaded."""

from pathlib import Path

from mnist_lab.data.strokes import centre_by_mass
from mnist_lab.ranges import check_number

import matplotlib
import torch
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

FONTS = {  # name: its file in Matplotlib's data folder
    "DejaVu Sans": "DejaVuSans.ttf",
    "DejaVu Serif": "DejaVuSerif.ttf",
    "DejaVu Sans Mono": "DejaVuSansMono.ttf",
    "STIX": "STIXGeneral.ttf",
    "Computer Modern": "cmr10.ttf",
    "Computer Modern Sans": "cmss10.ttf",
    "Computer Modern Typewriter": "cmtt10.ttf",
    "DejaVu Sans Bold": "DejaVuSans-Bold.ttf",
    "DejaVu Serif Bold": "DejaVuSerif-Bold.ttf",
    "DejaVu Sans Mono Bold": "DejaVuSansMono-Bold.ttf",
    "STIX Bold": "STIXGeneralBol.ttf",
    "Computer Modern Bold": "cmb10.ttf",
    "DejaVu Sans Oblique": "DejaVuSans-Oblique.ttf",
    "DejaVu Serif Italic": "DejaVuSerif-Italic.ttf",
    "DejaVu Sans Mono Oblique": "DejaVuSansMono-Oblique.ttf",
    "STIX Italic": "STIXGeneralItalic.ttf",
    "Computer Modern Italic": "cmti10.ttf",
    "DejaVu Sans Bold Oblique": "DejaVuSans-BoldOblique.ttf",
    "DejaVu Serif Bold Italic": "DejaVuSerif-BoldItalic.ttf",
    "DejaVu Sans Mono Bold Oblique": "DejaVuSansMono-BoldOblique.ttf",
    "STIX Bold Italic": "STIXGeneralBolIta.ttf",
}
if not Path(matplotlib.get_data_path(), "fonts", "ttf", "cmti10.ttf").is_file():
    del FONTS["Computer Modern Italic"]  # Matplotlib before 3.11
FIVE_FONTS = tuple(FONTS)[:5]
HEIGHT = 160  # pixels of a line of print, before it is scaled to 20


def font_glyphs(text, *, fonts=FIVE_FONTS, mean=0.5, std=0.5):
    """Return images float32 (N, 1, 28, 28): every character of text in the first font, then in the next.

    Each character alone fills a box of 20 by 20 pixels, with its centre of mass in the middle, as
    MNIST's digits do. Pixels are in [0, 1] before mean and std. fonts are names of FONTS.
    """
    if not text or not fonts:
        raise ValueError(
            f"expected at least one character and one font, but got {text!r} and {fonts!r}; "
            'font_glyphs("0123456789") has all digits in five fonts.'
        )
    check_number("std", std, 1e-6, advice="0.5 is the lessons' value")
    files = [font_file(name) for name in fonts]
    pixels = torch.stack([render(character, file) for file in files for character in text])
    return (pixels.unsqueeze(1).float() / 255 - mean) / std


def render(character, file):
    """Return one character as uint8 (28, 28), scaled and centred as MNIST's digits are."""
    font = ImageFont.truetype(file, HEIGHT, layout_engine=ImageFont.Layout.BASIC)
    page = Image.new("L", (3 * HEIGHT, 3 * HEIGHT))
    ImageDraw.Draw(page).text((HEIGHT, HEIGHT), character, fill=255, font=font)
    box = page.getbbox()
    check_ink(character, file, box)
    return centre_by_mass(page.crop(box))


def font_file(name):
    """Return the file of a font by its name in FONTS, inside Matplotlib's data folder."""
    if name not in FONTS:
        raise ValueError(f"There is no font {name!r} here; choose from {', '.join(FONTS)}.")
    file = Path(matplotlib.get_data_path(), "fonts", "ttf", FONTS[name])
    if not file.is_file():
        raise ValueError(
            f"expected the font {name!r} in {file}, as Matplotlib ships it, but there is no such file; "
            "install Matplotlib anew with pip, or choose another font."
        )
    return file


def check_ink(character, file, box):
    """Raise ValueError for a character that left no box of ink, or that the font does not have."""
    if box is None or FT2Font(str(file)).get_char_index(ord(character)) == 0:
        raise ValueError(
            f"expected characters with ink that the font has, but {character!r} (code {ord(character)}) "
            f"is a blank or not in {file.name}; digits and letters without accents are in all fonts."
        )
