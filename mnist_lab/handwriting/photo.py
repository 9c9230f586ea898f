"""A photo of digits on paper: opened whatever its form, its digits found in reading order, and read."""

import os
import struct
import warnings
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from mnist_lab.data.strokes import centre_by_mass
from mnist_lab.files import regular_file
from mnist_lab.handwriting.ink import dark_on_light, even_stroke, flatten_light, ink_depth, spread_ink
from mnist_lab.handwriting.lines import erase_lines
from mnist_lab.handwriting.pieces import digits_in, is_scribble
from mnist_lab.handwriting.reader import load_reader
from mnist_lab.training import evaluation_mode

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage

TINY, LEAST, LONGEST = 64, 320, 1600  # pixels of the longer side: more says nothing new about a digit
MOST_MEGAPIXELS = 120
MOST_DIGITS = 200
A_FEW, SURE_ON_AVERAGE = 10, 0.75  # of printed letters the reader is 65 % sure, of ten digits 85 % at least
MOST_INK = 0.31  # mean brightness of an image: no bundled digit has more
OUT_OF_GRAIN = 6.5  # standard deviations of the paper
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error)  # what Pillow raises

HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
HEIC = (
    "{} is a HEIC file, as iPhones save photos, and cannot be opened here; turn it into a JPEG: in Preview "
    "on a Mac or in Photos on Windows by Export or Save as, or take it again after choosing Most Compatible "
    "under Settings, Camera, Formats."
)
NO_PICTURE = "{} is not a picture that can be opened here; a JPEG or PNG file can, and so can most others."
CUT_OFF = "{} is damaged or breaks off, so the picture is not whole; copy it from the camera once more."
HUGE = "{} has {} megapixels, and at most {} are read; save it smaller: 12 megapixels are plenty."
NO_INK = "There is no ink to be seen in this photo; write larger or darker, go nearer, and take another."
SCRIBBLE = (
    "The ink in the {} of this photo is a scribble, not a digit; cut it off or cover it, and try again."
)
LINES = "The ink cannot be told from the printed lines of the paper; write darker, or on plain paper."
TEXT = "This photo looks like a page of text, not digits: {}; show digits only, with space between them."


class PhotoError(ValueError):
    """A photo that cannot be read; its words say why, and what to do."""


class Found(NamedTuple):
    """A digit: its box (left, top, right, bottom); image uint8 (28, 28); probabilities (10,)."""

    box: tuple
    image: torch.Tensor
    answer: int
    probabilities: torch.Tensor


def read_photo(source, model=None, *, mean=0.5, std=0.5):
    """Return a list of Found, in reading order, by a model that takes images (N, 1, 28, 28).

    Without a model, the network that comes with the package reads. Raises PhotoError.
    """
    boxes, images = zip(*find_digits(source), strict=True)
    is_own, model = model is None, load_reader() if model is None else model
    device = next((weights.device for weights in model.parameters()), "cpu")
    batch = ((torch.stack(images).unsqueeze(1).float() / 255 - mean) / std).to(device)
    with evaluation_mode(model), torch.inference_mode():
        probabilities = model(batch).softmax(dim=1).cpu()
    if is_own and len(images) >= A_FEW and probabilities.amax(dim=1).mean() < SURE_ON_AVERAGE:
        raise PhotoError(TEXT.format(f"few of its {len(images)} pieces of ink look like digits"))
    answers = probabilities.argmax(dim=1).tolist()
    return [Found(*digit) for digit in zip(boxes, images, answers, probabilities, strict=True)]


def find_digits(source):
    """Return the digits in a photo, in reading order, as (box, image uint8 (28, 28)) each.

    A box is (left, top, right, bottom) in pixels of open_photo(source). Raises PhotoError.
    """
    grey = np.asarray(open_photo(source).convert("L"))
    flat = flatten_light(dark_on_light(grey))
    if not has_ink(flat):
        raise PhotoError(NO_INK)
    ink = spread_ink(erase_lines(flat))
    labels, digits = digits_in(ink)
    if not digits:
        raise PhotoError(NO_INK)
    if len(digits) > MOST_DIGITS:
        raise PhotoError(TEXT.format(f"it has {len(digits)} pieces of ink"))
    return [(box, digit_image(ink, labels, box, numbers)) for box, numbers in digits]


def has_ink(flat):
    """Return whether something in dark ink on white, uint8 (H, W), stands out from the grain of its paper."""
    sample = flat[::4, ::4]
    paper = np.median(sample)
    grain = 1.5 * np.median(np.abs(sample - paper))  # the standard deviation, as of a normal distribution
    return paper - (255 - ink_depth(flat)) > OUT_OF_GRAIN * max(1, grain)


def digit_image(ink, labels, box, numbers):
    """Return the pieces of ink of one digit as an image like MNIST's, uint8 (28, 28)."""
    left, top, right, bottom = box
    here = slice(max(0, top - 1), bottom + 1), slice(max(0, left - 1), right + 1)
    mine = ndimage.maximum_filter(np.isin(labels[here], numbers), 3)
    image = centre_by_mass(Image.fromarray(even_stroke(ink[here] * mine)))
    if is_scribble(ink[here] * mine) or image.float().mean() / 255 > MOST_INK:
        is_grid = right - left > 0.8 * ink.shape[1] and mine.mean() < 0.2
        raise PhotoError(LINES if is_grid else SCRIBBLE.format(place_in(ink.shape, box)))
    return image


def place_in(shape, box):
    """Return where a box lies in words, such as top left."""
    down = ("top", "middle", "bottom")[min(2, 3 * (box[1] + box[3]) // (2 * shape[0]))]
    across = (" left", "", " right")[min(2, 3 * (box[0] + box[2]) // (2 * shape[1]))]
    return down + across


# Opening


def open_photo(source):
    """Return a photo as an upright PIL image, L or RGB, with 320 to 1,600 pixels on its longer side.

    source is a path, bytes, an open file or a PIL image. What is transparent becomes white; a picture of
    64 pixels at most gets a margin. Raises PhotoError for what is no whole picture, or one of more than 120
    megapixels, before it is decoded.
    """
    name = os.path.basename(source) if isinstance(source, str | os.PathLike) else "This photo"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the limit below is lower than Pillow's
            image = source if isinstance(source, Image.Image) else Image.open(as_file(source))
            if image.width * image.height > 1e6 * MOST_MEGAPIXELS:
                raise PhotoError(HUGE.format(name, round(image.width * image.height / 1e6), MOST_MEGAPIXELS))
            return upright(image, is_own=image is not source)
    except Image.DecompressionBombError as error:  # which Pillow raises without saying what it saw
        number = f"more than {2e-6 * Image.MAX_IMAGE_PIXELS:.0f}"
        raise PhotoError(HUGE.format(name, number, MOST_MEGAPIXELS)) from error
    except UnidentifiedImageError as error:
        raise PhotoError((HEIC if is_heic(source) else NO_PICTURE).format(name)) from error
    except PhotoError:
        raise
    except BROKEN as error:
        raise PhotoError(CUT_OFF.format(name)) from error


def as_file(source):
    """Return what Pillow opens: bytes as a file, an open file as it is, a path if a file is there."""
    if isinstance(source, bytes | bytearray | memoryview):
        return BytesIO(source)
    if hasattr(source, "read"):
        source.seek(0)
        return source
    try:
        regular_file(source)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PhotoError(f"{source} cannot be opened ({reason}); name the file of a photo.") from error
    except TypeError as error:
        kind = type(source).__name__
        raise PhotoError(
            f"A photo is a path, bytes, an open file or a PIL image, but got a {kind}."
        ) from error
    return source


def upright(image, *, is_own):
    """Return an image as open_photo does; a JPEG that is our own is decoded at a fraction of its size."""
    scale = LONGEST / max(image.size)
    if is_own:
        image.draft("RGB", [round(scale * length) for length in image.size])
    image = ImageOps.exif_transpose(image)
    if image.mode[0] in "IF":  # 16 or 32 bits, of which convert would cut the upper ones
        levels = np.nan_to_num(np.asarray(image, dtype=np.float32))
        image = Image.fromarray((255 * (levels - levels.min()) / max(np.ptp(levels), 1)).astype(np.uint8))
    elif image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    image = image.convert("L" if image.mode in ("1", "L") else "RGB")
    if max(image.size) <= TINY:
        image = with_margin(image)
    scale = min(LONGEST, max(LEAST, *image.size)) / max(image.size)
    size = [max(1, round(scale * length)) for length in image.size]
    return image if size == list(image.size) else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2)


def with_margin(image):
    """Return an image, L or RGB, with a margin in its border's colour: tiny ones are often cut tightly."""
    levels = np.asarray(image)
    border = np.concatenate([levels[0], levels[-1], levels[:, 0], levels[:, -1]])
    colour = np.median(border, axis=0).astype(int).tolist()
    return ImageOps.expand(image, max(image.size) // 2, tuple(colour) if image.mode == "RGB" else colour)


def is_heic(source):
    """Return whether a file is of the kind that iPhones save."""
    file = as_file(source)
    start = file.read(12) if hasattr(file, "read") else Path(file).read_bytes()[:12]
    return start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS
