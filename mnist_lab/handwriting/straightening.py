"""A photo of a sheet straightened: the markers found, then the grid followed where the paper is curled."""

from functools import cache
from itertools import product

from mnist_lab.handwriting.sheet_page import (
    CELL,
    CORNERS,
    FRAME,
    GRID,
    MARKER,
    draw_page,
    marker_corners,
    markers,
    opencv,
)

import numpy as np
from numpy.polynomial.polynomial import polygrid2d
from PIL import Image

SCALE, EDGE = 4, 4  # pixels a mm of the straightened page, and mm around its frame
LEAST = 0.8  # pixels of a photo for a mm: with fewer, nobody can read a digit
SMALL = 1600  # pixels of the longer side
SHARP = 0.17  # of the way from black to white, the least step between two pixels at a sharp edge
REACH = (5.0, 2.0)  # mm that the grid may lie off, in the first look and in the second


class SheetError(ValueError):
    """A photo in which no sheet can be read; its words say why, and what to do."""


def straighten(grey):
    """Return the page uint8 (H, W) of a grey photo uint8 (H, W), and where in it each of its pixels was.

    The places are float32 (H, W, 2), x and y. Raises SheetError.
    """
    cv2 = opencv()
    found = find_corners(grey)
    flat = in_pixels(marker_corners()).reshape(-1, 2)
    matrix, _ = cv2.findHomography(flat, found.reshape(-1, 2))
    height, width = ideal_page().shape
    ideal = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)
    shift = np.zeros_like(ideal)
    for reach in REACH:
        places = cv2.perspectiveTransform(ideal + shift, matrix)
        page = cv2.remap(grey, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        shift += smooth_shift(page, round(reach * SCALE))
    places = cv2.perspectiveTransform(ideal + shift, matrix)
    return cv2.remap(grey, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), places


def is_sharp(page):
    """Return whether a straightened page is sharp enough for its digits to be read as they were written.

    The edges of its markers tell: from black to white it should go within some six pixels.
    """
    steps = []
    for corners in in_pixels(marker_corners()):
        left, top = corners.min(axis=0).astype(int) - 3
        right, bottom = corners.max(axis=0).astype(int) + 5
        part = page[max(top, 0) : bottom, max(left, 0) : right].astype(float)
        dark, light = np.percentile(part, (5, 95))
        steps.append(np.percentile(abs(np.diff(part, axis=1)), 98) / max(light - dark, 1))
    return bool(np.median(steps) >= SHARP)


def in_pixels(millimetres):
    """Return places on the sheet as pixels of the straightened page."""
    return ((np.asarray(millimetres) + EDGE) * SCALE - 0.5).astype(np.float32)


@cache
def ideal_page():
    """Return the sheet as it would look, empty and flat, as a straightened page uint8 (H, W)."""
    size = [length + 2 * EDGE for length in FRAME]
    page = draw_page(4 * SCALE, size, (EDGE, EDGE))
    return np.asarray(page.resize([round(length * SCALE) for length in size], Image.Resampling.BOX))


def smooth_shift(page, reach):
    """Return how far off each pixel of a page lies, float32 (H, W, 2): cubic in x and y, from the crossings.

    Each crossing of the grid is looked for in page, up to reach pixels from where it should be.
    """
    cv2 = opencv()
    ideal, half = ideal_page(), round(CELL * SCALE * 0.3)
    page = np.pad(page, reach, mode="edge")
    spots, shifts, scores = [], [], []
    for row, column in product(range(11), repeat=2):
        x, y = in_pixels([GRID[0] + column * CELL, GRID[1] + row * CELL]).round().astype(int)
        part = ideal[y - half : y + half + 1, x - half : x + half + 1]
        around = page[y - half : y + half + 1 + 2 * reach, x - half : x + half + 1 + 2 * reach]
        _, score, _, best = cv2.minMaxLoc(cv2.matchTemplate(around, part, cv2.TM_CCOEFF_NORMED))
        spots.append((x, y))
        shifts.append((best[0] - reach, best[1] - reach))
        scores.append(score)
    return cubic_fit(np.array(spots), np.array(shifts), np.array(scores), ideal.shape)


def cubic_fit(spots, shifts, scores, shape):
    """Return shifts at spots as a smooth field float32 (H, W, 2); outliers get less and less weight."""
    powers = np.array([(i, j) for i, j in product(range(4), repeat=2) if i + j < 4])
    x, y = (2 * np.arange(length) / length - 1 for length in shape[::-1])
    basis = x[spots[:, :1]] ** powers[:, 0] * y[spots[:, 1:]] ** powers[:, 1]
    weights = np.maximum(scores - 0.2, 0)
    for _ in range(4):
        root = np.sqrt(weights)[:, None]
        factors = np.linalg.lstsq(basis * root, shifts * root, rcond=1e-6)[0]
        off = np.linalg.norm(basis @ factors - shifts, axis=1)
        weights = np.maximum(scores - 0.2, 0) / (1 + (off / 2) ** 2)
    coefficients = np.zeros((4, 4, 2))
    coefficients[*powers.T] = factors
    return polygrid2d(x, y, coefficients).T.astype(np.float32)


# The markers


def find_corners(grey):
    """Return the corners of a sheet's four markers in a photo, float32 (4, 4, 2); raise SheetError."""
    seen = detect(grey)
    whole = [found for found in product(*seen) if fits(np.array(found))]
    if len(whole) == 1:
        corners = np.array(whole[0])
        if sides_of(corners).min() < LEAST * MARKER:
            raise SheetError("The sheet is too small in this photo; go nearer, until it fills the picture.")
        return corners
    if whole:
        raise SheetError(f"There are {len(whole)} sheets in this photo; take a photo of each one alone.")
    if sum(map(len, detect(grey[:, ::-1]))) > sum(map(len, seen)):
        raise SheetError(
            "This photo shows the sheet in a mirror or from its back; take one of its front, and switch off "
            "the mirror of a selfie camera."
        )
    raise SheetError(missing_corners(seen))


def missing_corners(seen):
    """Return the sentence on a photo without a whole sheet, by what was seen of each marker."""
    missing = [name for name, found in zip(CORNERS, seen, strict=True) if not found]
    if len(missing) == 4:
        return "There is no sheet of mnist-lab in this photo; print one with `mnist-lab sheet`."
    if not missing:
        return "The four markers here are not those of one flat sheet; smooth it, and photograph it alone."
    where = "markers at the " if missing[1:] else "marker at the "
    return (
        f"The {where}{' and the '.join(missing)} of the sheet cannot be seen; take the photo with the whole "
        "page in it, in even light, with nothing on the corners."
    )


def detect(grey):
    """Return, for each of the four markers, a list of the corners float32 (4, 2) of where it was seen.

    Where one is missing, a small photo is looked at once more, enlarged: its markers have few pixels.
    """
    seen = markers_in(grey)
    if all(seen) or max(grey.shape) > SMALL:
        return seen
    larger = markers_in(opencv().resize(grey, None, fx=2, fy=2))
    if sum(map(bool, larger)) <= sum(map(bool, seen)):
        return seen
    return [[(corners + 0.5) / 2 - 0.5 for corners in found] for found in larger]


def markers_in(grey):
    """Return what detect does, from one look."""
    cv2 = opencv()
    options = cv2.aruco.DetectorParameters()
    options.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(markers(), options)
    seen = [[], [], [], []]
    corners, names, _ = detector.detectMarkers(np.ascontiguousarray(grey))
    for name, found in zip([] if names is None else names.ravel(), corners, strict=True):
        seen[name].append(found[0])
    return seen


def fits(found):
    """Return whether four markers' corners, (4, 4, 2), are those of one sheet, seen in perspective."""
    cv2 = opencv()
    flat = marker_corners().reshape(-1, 2)
    matrix, _ = cv2.findHomography(flat, found.reshape(-1, 2))
    if matrix is None:
        return False
    off = np.linalg.norm(cv2.perspectiveTransform(flat[None], matrix)[0] - found.reshape(-1, 2), axis=1)
    return bool(off.mean() < 0.1 * sides_of(found).mean())


def sides_of(found):
    """Return the mean side in pixels of each of the markers with these corners, (4, 4, 2)."""
    return np.linalg.norm(found - np.roll(found, 1, axis=1), axis=2).mean(axis=1)
