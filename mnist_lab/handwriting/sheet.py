"""The sheet of a hundred cells: a page to print, and a photo of the page, written on, as digits."""

from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from mnist_lab.data.strokes import SIDE, centre_by_mass
from mnist_lab.files import write_whole
from mnist_lab.handwriting.ink import even_stroke, flatten_light, ink_on_black
from mnist_lab.handwriting.photo import open_photo
from mnist_lab.handwriting.sheet_page import CELL, FRAME, GRID, PAPERS, draw_page, opencv
from mnist_lab.handwriting.straightening import SCALE, in_pixels, straighten

import numpy as np
import torch
from PIL import Image
from scipy import ndimage

DPI = 600
INSET = 4  # pixels of the straightened page between a cell's line and its crop
WIDEST = 7  # mm: no stroke is as wide
FAINT = 25  # of 255: paper, however crumpled, is hardly as dark
SPECK = 0.04  # of the largest piece of ink in a cell


class Sheet(NamedTuple):
    """What is on a sheet; S is 60, its cells stand row by row, and the row's digit is the label.

    crops uint8 (100, S, S) are as grey as in the photo; images uint8 (100, 28, 28) are as a network gets
    them, black where is_empty, bool (100,); over_border, bool (100,), says where ink touches the edge of a
    cell. labels are int64 (100,), page is the straightened page, as grey as in the photo, uint8 (H, W).
    """

    crops: torch.Tensor
    images: torch.Tensor
    labels: torch.Tensor
    is_empty: torch.Tensor
    over_border: torch.Tensor
    page: torch.Tensor


def write_sheet(path, *, paper="A4"):
    """Write the sheet as a PDF to print; paper is A4 or Letter. Returns the path."""
    if str(paper).lower() not in PAPERS:
        raise ValueError(f"paper is A4 or Letter, but got {paper!r}; both give the same cells.")
    size, content = PAPERS[paper.lower()], BytesIO()
    origin = [(whole - frame) / 2 for whole, frame in zip(size, FRAME, strict=True)]
    page = draw_page(DPI / 25.4, size, origin).convert("1", dither=Image.Dither.NONE)
    page.save(content, "PDF", resolution=DPI, title="Ten rows of digits")
    write_whole(path, content.getvalue())
    return Path(path)


def read_sheet(source):
    """Return the Sheet in a photo: a path, bytes, an open file or a PIL image.

    Raises SheetError where the four markers of one sheet cannot be seen, PhotoError for what is no photo.
    """
    page, _ = straighten(np.asarray(open_photo(source).convert("L")))
    cells = cut(on_white(page))
    is_empty = empty_cells(cells)
    read = [(None, False) if empty else read_cell(cell) for cell, empty in zip(cells, is_empty, strict=True)]
    black = torch.zeros(SIDE, SIDE, dtype=torch.uint8)
    return Sheet(
        torch.from_numpy(cut(page)),
        torch.stack([black if image is None else image for image, _ in read]),
        torch.arange(10).repeat_interleave(10),
        torch.from_numpy(is_empty),
        torch.tensor([over_border for _, over_border in read]),
        torch.from_numpy(page),
    )


def on_white(page):
    """Return a page uint8 (H, W) with paper white up to the ink, even along the edge of a shadow."""
    cv2 = opencv()
    flat = flatten_light(page)
    paper = cv2.morphologyEx(
        cv2.blur(flat, (3, 3)), cv2.MORPH_CLOSE, np.ones([WIDEST * SCALE + 1] * 2, np.uint8)
    )
    return 255 - cv2.subtract(paper, flat)


def cut(page):
    """Return the hundred cells of a straightened page, (100, S, S), without their lines."""
    left, top = np.ceil(in_pixels(GRID)).astype(int) + INSET
    side = round(CELL * SCALE)
    rows = [page[top + side * row :][: side - 2 * INSET] for row in range(10)]
    return np.stack([row[:, left + side * c :][:, : side - 2 * INSET] for row in rows for c in range(10)])


def empty_cells(cells):
    """Return which cells (100, S, S) on white hold no ink, bool (100,), or far paler ink than the others."""
    smooth = ndimage.uniform_filter(255 - cells.astype(np.float32), (0, 3, 3))
    depth = np.sort(smooth.reshape(len(cells), -1))[:, -(SCALE**2) :].mean(axis=1)  # of the darkest mm²
    written = depth[depth > FAINT]
    return depth <= max(FAINT, np.median(written) / 3 if len(written) else 0)


def read_cell(cell):
    """Return the image uint8 (28, 28) of a cell (S, S), dark on light, and whether ink touches its edge.

    Specks are left out, and so is what reaches in from a neighbour.
    """
    ink = ink_on_black(cell)
    labels, number = ndimage.label(ink > 60, structure=np.ones((3, 3)))
    pixels = np.bincount(labels.ravel(), minlength=2)
    pixels[0] = 0
    edge = np.pad(np.zeros(np.subtract(cell.shape, 2), bool), 1, constant_values=True)
    at_edge = np.isin(np.arange(number + 1), labels[edge & (ink > 127)]) & (pixels > SPECK * pixels.max())
    keep = np.flatnonzero(pixels >= np.where(at_edge, 1, SPECK) * pixels.max())
    mine = ndimage.maximum_filter(np.isin(labels, keep), 3)
    ink = Image.fromarray(ink * mine)
    return centre_by_mass(Image.fromarray(even_stroke(np.asarray(ink.crop(ink.getbbox()))))), bool(
        at_edge.any()
    )
