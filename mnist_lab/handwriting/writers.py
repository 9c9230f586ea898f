"""Several sheets as one set: who wrote what, a split by writer, and an ordinary MNIST root."""

import struct
from pathlib import Path
from typing import NamedTuple

from mnist_lab.files import write_whole

import torch

NO_PHOTOS = {".md", ".txt", ".pdf", ".csv", ".json", ".ini", ".db", ".mov", ".mp4", ".zip", ".ipynb"}
EXAMPLES = Path(__file__).with_name("examples")


class Handwriting(NamedTuple):
    """images uint8 (N, 28, 28); labels int64 (N,); writers int64 (N,), one number for each sheet."""

    images: torch.Tensor
    labels: torch.Tensor
    writers: torch.Tensor


def example_sheets():
    """Return the paths of the ten photos of sheets that come with the package; no person wrote them."""
    return sorted(EXAMPLES.glob("sheet_*.jpg"))


def example_photo():
    """Return the path of the photo of ten digits in a row that comes with the package."""
    return EXAMPLES / "row.jpg"


def photos_in(place):
    """Return the photos in a folder by name; for a file itself, and for "" none.

    Hidden files and those that by their name are no pictures, such as a list or a PDF, are passed over.
    """
    place = Path(place).expanduser() if place else None
    if place is None or not place.is_dir():
        return [place] if place else []
    kept = (path for path in place.iterdir() if path.suffix.lower() not in NO_PHOTOS)
    return sorted(path for path in kept if path.is_file() and not path.name.startswith("."))


def gather(sheets):
    """Return the Handwriting on a list of Sheets, without their empty cells; the first sheet is writer 0."""
    images, labels, writers = [], [], []
    for writer, sheet in enumerate(sheets):
        written = ~sheet.is_empty
        images.append(sheet.images[written])
        labels.append(sheet.labels[written])
        writers.append(torch.full_like(labels[-1], writer))
    if not images:
        raise ValueError("gather expects at least one Sheet, but got none; read a photo with read_sheet.")
    return Handwriting(torch.cat(images), torch.cat(labels), torch.cat(writers))


def split_by_writer(writers, *, num_test, seed=0):
    """Return two lists of indices: what num_test writers wrote comes second, all else first.

    writers (N,) has one number for each digit. The same seed chooses the same writers.
    """
    writers = torch.as_tensor(writers)
    people = writers.unique()
    if not 0 < num_test < len(people):
        text = f"num_test is from 1 to {len(people) - 1}, of {len(people)} writers, but got {num_test!r}"
        raise ValueError(f"{text}; a split needs a writer on either side.")
    order = torch.randperm(len(people), generator=torch.Generator().manual_seed(seed))
    in_test = torch.isin(writers, people[order[:num_test]])
    return (~in_test).nonzero().flatten().tolist(), in_test.nonzero().flatten().tolist()


def write_root(handwriting, folder):
    """Write Handwriting as an MNIST root, folder/MNIST/raw, which load_digits(folder) reads.

    The last half of the writers, rounded down, is the test set; one writer alone is all test set. Returns
    the folder.
    """
    people = handwriting.writers.unique()
    if not len(people):
        raise ValueError("A set needs at least one digit, but every cell is empty or struck out.")
    in_test = torch.isin(handwriting.writers, people[-max(1, len(people) // 2) :])
    raw = Path(folder) / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for prefix, chosen in (("train", ~in_test), ("t10k", in_test)):
        write_whole(raw / f"{prefix}-images-idx3-ubyte", as_idx(handwriting.images[chosen]))
        write_whole(raw / f"{prefix}-labels-idx1-ubyte", as_idx(handwriting.labels[chosen]))
    return Path(folder)


def as_idx(values):
    """Return whole numbers from 0 to 255 as the bytes of an IDX file."""
    header = struct.pack(f">HBB{values.dim()}I", 0, 8, values.dim(), *values.shape)
    return header + values.to(torch.uint8).numpy().tobytes()
