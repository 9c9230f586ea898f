"""The sheet to write on: where everything is on it, in millimetres, and the page drawn."""

from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}  # mm, width and height
FRAME = (190.0, 216.0)  # mm, around the four markers; all else is placed within it
MARKER, CELL, GRID = 18.0, 17.0, (14.0, 23.0)  # mm: sides, and the upper left corner of the first cell
LINE = 0.25  # mm
CORNERS = ("top left", "top right", "bottom right", "bottom left")
CHOSEN = (28, 31, 33, 41)  # of the 50: far from each other, and from each other in a mirror
WORDS = "Each row: its digit, ten times, as you always write it. A dark pen; do not touch the lines."


def opencv():
    """Return OpenCV, which only sheets need."""
    try:
        import cv2
    except ImportError as error:
        text = 'Sheets need OpenCV, which is not installed here; say: pip install "mnist-lab[camera]"'
        raise ModuleNotFoundError(text, name="cv2") from error
    return cv2


@cache
def markers():
    """Return OpenCV's dictionary of our four markers, in the order of CORNERS."""
    cv2 = opencv()
    everything = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return cv2.aruco.Dictionary(everything.bytesList[list(CHOSEN)], everything.markerSize, 2)


def marker_corners():
    """Return the corners of the four markers in mm, float32 (4, 4, 2), clockwise from each one's top left."""
    square = np.array([(0, 0), (MARKER, 0), (MARKER, MARKER), (0, MARKER)])
    right, below = FRAME[0] - MARKER, FRAME[1] - MARKER
    places = np.array([(0, 0), (right, 0), (right, below), (0, below)])
    return (places[:, None] + square).astype(np.float32)


def draw_page(scale, size, origin):
    """Return the sheet as a PIL "L" image, scale pixels a mm; size and the frame's origin are in mm."""
    page = Image.new("L", [round(length * scale) for length in size], 255)
    pen = ImageDraw.Draw(page)

    def pixels(x, y):
        return (origin[0] + x) * scale, (origin[1] + y) * scale

    left, top = GRID
    right, bottom = left + 10 * CELL, top + 10 * CELL
    for i in range(11):
        x, y = left + i * CELL, top + i * CELL
        pen.line([pixels(x, top), pixels(x, bottom)], fill=0, width=max(1, round(LINE * scale)))
        pen.line([pixels(left, y), pixels(right, y)], fill=0, width=max(1, round(LINE * scale)))
    for digit in range(10):
        font = ImageFont.load_default(5 * scale)
        pen.text(pixels(left - 6, top + (digit + 0.5) * CELL), str(digit), 0, font, anchor="mm")
    pen.text(pixels(FRAME[0] / 2, MARKER / 2), WORDS, 0, ImageFont.load_default(3.3 * scale), anchor="mm")
    for marker, corners in enumerate(marker_corners()):
        page.paste(marker_image(marker, scale), [round(length) for length in pixels(*corners[0])])
    return page


def marker_image(marker, scale):
    """Return one marker as a PIL image, sharp at any scale."""
    small = Image.fromarray(markers().generateImageMarker(marker, 6, borderBits=1))
    return small.resize([round(MARKER * scale)] * 2, Image.Resampling.NEAREST)
