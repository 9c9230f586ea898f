"""Make the photos of handwriting that come with the package: ten made-up writers' sheets, and a row.

python mnist_lab/workshop/upkeep/make_handwriting.py [FOLDER]     writes them, if not told otherwise, into
                                                                  mnist_lab/handwriting/examples
"""

import argparse
from pathlib import Path

from mnist_lab.data import as_tensors, load_digits
from mnist_lab.handwriting.writers import EXAMPLES
from mnist_lab.workshop.upkeep.made_up_photos import made_up_photo
from mnist_lab.workshop.upkeep.made_up_sheets import Look, made_up_sheet

import numpy as np

WRITERS = (  # chosen once, as ten people might write and photograph; not tuned on what a network reads
    Look(ink="ballpoint", height=9.5, slant=0.10, pen=0.7, tilt=6, turn=2),
    Look(ink="fine liner", height=8.0, aspect=0.85, pen=0.6, tilt=12, turn=-4, curl=2, shadow=0.3),
    Look(ink="felt pen", height=11.0, aspect=1.1, pen=1.4, tilt=3, turn=91, paper="cream"),
    Look(ink="pencil", height=9.0, slant=0.20, pen=0.7, tilt=10, turn=5, shadow=0.1),
    Look(ink="ballpoint", height=10.5, slant=-0.15, pen=0.8, tilt=15, turn=-2, curl=-3, paper="grey"),
    Look(ink="fine liner", height=7.5, aspect=1.15, pen=0.7, tilt=5, turn=178, format="letter"),
    Look(ink="ballpoint", height=9.0, aspect=0.8, slant=0.30, pen=0.6, tilt=20, turn=3, shadow=0.4),
    Look(ink="felt pen", height=9.5, slant=0.05, pen=1.1, tilt=8, turn=-88, curl=3),
    Look(
        ink="pencil", height=10.0, aspect=1.05, slant=-0.05, pen=0.9, tilt=4, turn=0, paper="cream", blur=0.7
    ),
    Look(ink="fine liner", height=8.5, slant=0.15, pen=0.9, tilt=25, turn=6, shadow=0.35, format="letter"),
)
ROW = {  # a page as it lies under a lamp, and somebody's shadow on it
    "ink": "ballpoint",
    "paper": "grey",
    "lines": "plain",
    "rows": [10],
    "digits": range(10),
    "pen": 1.1,
    "slant": 0.05,
    "gap": 0.5,
    "margin": 0.8,
    "pixels": 1400,
    "tilt": 12,
    "turn": 2,
    "shadow": 0.45,
    "noise": 2,
    "blur": 0.5,
    "quality": 75,
    "orientation": 1,
}


def write_examples(folder):
    """Write the row and the sheets: writer w gets the bundled test digits from 100 w on, ten of a class."""
    images, labels = as_tensors(load_digits("bundled").test)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "row.jpg").write_bytes(made_up_photo(1, **ROW).jpeg)
    for writer, look in enumerate(WRITERS):
        mine = np.arange(100 * writer, 100 * (writer + 1))
        rows = mine[np.argsort(labels[mine].numpy(), kind="stable")]
        sheet = made_up_sheet(images[rows].numpy(), look, rng=np.random.default_rng(writer))
        (folder / f"sheet_{writer:02}.jpg").write_bytes(sheet.jpeg)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Make the photos of handwriting that come with the package.")
    parser.add_argument("folder", nargs="?", default=EXAMPLES, help="where they go")
    write_examples(parser.parse_args(arguments).folder)


if __name__ == "__main__":
    main()
