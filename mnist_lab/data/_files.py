"""Find the folder of a digit set: check the files that are there, download those that are not.

A download happens in a folder of its own, under a lock; a file moves to its place only when all are
complete and checked. So nothing half-written is ever taken for data, and of two processes that
want the same set at once one downloads while the other waits.
"""

import math
import os
import shutil
import socket
import struct
from contextlib import contextmanager
from pathlib import Path

from mnist_lab.near_names import did_you_mean

import numpy as np
import platformdirs
from filelock import FileLock
from torchvision import datasets

BUNDLED = Path(__file__).parents[1] / "digits"
SETS = {  # name: torchvision's class, number of training digits, number of test digits
    "bundled": (datasets.MNIST, 4_000, 1_000),
    "full": (datasets.MNIST, 60_000, 10_000),
    "FashionMNIST": (datasets.FashionMNIST, 60_000, 10_000),
    "KMNIST": (datasets.KMNIST, 60_000, 10_000),
    "QMNIST": (datasets.QMNIST, 60_000, 60_000),
}
IMAGES, LABELS, LABEL_TABLE = 2051, 2049, 3074  # IDX magic numbers: type of a value, number of axes
TIMEOUT = 30  # seconds without a byte, after which a download is given up
OFFLINE = 'DIGITS = "bundled" works offline.'
RESTORE = (
    "Restore it: install mnist-lab again, `git checkout` the file, or run "
    "`python mnist_lab/workshop/upkeep/rebuild_digits.py`."
)


class DigitsError(ValueError):
    """The files of a digit set are wrong, or missing and could not be downloaded."""


def find_root(name, root=None):
    """Return torchvision's class for the named set and the root folder of its checked files.

    root is the argument, else MNIST_LAB_DATA, else a cache folder of this user; "bundled" has its
    own. Downloads what is missing. Files that are there are only read, so they may be read-only.
    Raises DigitsError, a ValueError.
    """
    name = known_name(name)
    root = BUNDLED if name == "bundled" else chosen_root(root)
    raw = root / SETS[name][0].__name__ / "raw"
    refuse_processed_files(raw.with_name("processed"))
    missing = check_files(name, raw)
    if missing and name == "bundled":
        raise DigitsError(f"Expected {raw / missing[0]}, but there is no such file. {RESTORE}")
    if missing:
        download_files(name, raw)
    return SETS[name][0], root


def chosen_root(root=None):
    """Return the folder of all sets but the bundled one: root, else MNIST_LAB_DATA, else the user's cache."""
    root = root or os.environ.get("MNIST_LAB_DATA") or platformdirs.user_cache_path("mnist-lab")
    return Path(root).expanduser().absolute()


def known_name(name):
    """Return the set's name as SETS spells it; upper and lower case are alike."""
    known = {known.lower(): known for known in SETS}
    if str(name).lower() in known:
        return known[str(name).lower()]
    meant = known | {"mnist": "full"}
    suggestion = did_you_mean(str(name).lower(), meant, shown=lambda near: f'"{meant[near]}"')
    raise DigitsError(f"DIGITS is one of {', '.join(SETS)}, but got {name!r}.{suggestion} {OFFLINE}")


def refuse_processed_files(folder):
    """Refuse files that an old torchvision wrote, which the new one reads first, unchecked."""
    old_files = sorted(folder.glob("*.pt"))
    if old_files:
        raise DigitsError(
            f"{old_files[0]} was written by an old torchvision and would be read in place of the "
            f"IDX files expected in {folder.with_name('raw')}. Delete the folder {folder} and run "
            f"this again. {OFFLINE}"
        )


def expected_files(name):
    """Return {file name: (magic number, shape)} of the IDX files that torchvision reads."""
    prefixes, suffix, magic, columns = ("train", "t10k"), "labels-idx1-ubyte", LABELS, ()
    if name == "QMNIST":  # a label is a row of eight numbers, the class first
        prefixes, suffix = ("qmnist-train", "qmnist-test"), "labels-idx2-int"
        magic, columns = LABEL_TABLE, (8,)
    files = {}
    for prefix, count in zip(prefixes, SETS[name][1:], strict=True):
        files[f"{prefix}-images-idx3-ubyte"] = (IMAGES, (count, 28, 28))
        files[f"{prefix}-{suffix}"] = (magic, (count, *columns))
    return files


def check_files(name, raw):
    """Return the names of the files that are missing; raise DigitsError for one that is wrong."""
    advice = f"Delete it and run this again to download it anew. {OFFLINE}"
    if name == "bundled":
        advice = RESTORE
    missing = []
    for file, (magic, shape) in expected_files(name).items():
        if not os.path.lexists(raw / file):
            missing.append(file)
            continue
        try:
            problem = find_problem(raw / file, magic, shape)
        except OSError as error:
            problem = f"a file that can be read, but got: {error}"
        if problem:
            raise DigitsError(
                f"{raw / file} is not the file that {name!r} needs: expected {problem}. {advice}"
            )
    return missing


def find_problem(path, magic, shape):
    """Return what is wrong with an IDX file's header, size or labels, or None if nothing is."""
    item = np.dtype(">i4" if magic == LABEL_TABLE else "u1")
    header = struct.Struct(f">{1 + len(shape)}I")  # the magic number, then the length of each axis
    size = header.size + math.prod(shape) * item.itemsize
    with open(path, "rb") as file:
        start = file.read(header.size)
        found_size = file.seek(0, os.SEEK_END)
        if len(start) < header.size:
            return f"{size:,} bytes, but it holds {found_size:,}"
        found_magic, *found_shape = header.unpack(start)
        if found_magic != magic:
            return f"the magic number {magic}, but it starts with {found_magic}"
        if tuple(found_shape) != shape:
            return f"the shape {shape}, but its header says {tuple(found_shape)}"
        if found_size != size:
            return f"{size:,} bytes, but it holds {found_size:,}"
        file.seek(header.size)
        return None if magic == IMAGES else find_wrong_label(file.read(), item, shape[0])


def find_wrong_label(data, item, count):
    """Return where the first label outside 0 to 9 stands, as a sentence's end, or None."""
    labels = np.frombuffer(data, item).reshape(count, -1)[:, 0]
    wrong = np.flatnonzero((labels < 0) | (labels > 9))
    if len(wrong):
        return f"labels from 0 to 9, but the label at index {wrong[0]} is {labels[wrong[0]]}"
    return None


def download_files(name, raw):
    """Download the missing files of a set; a process that comes second waits, then finds them."""
    probe = raw.with_name(f"probe-{os.getpid()}")
    try:
        raw.mkdir(parents=True, exist_ok=True)
        probe.touch()  # the lock may wait for ever, not fail, where this is not allowed
        probe.unlink(missing_ok=True)
        with FileLock(raw.with_name("download.lock")):
            missing = check_files(name, raw)
            if missing:
                fetch(name, raw, missing)
    except OSError as error:
        raise DigitsError(
            f"{name!r} is not in {raw} and cannot be downloaded to it: expected a folder with "
            f"write permission, but got: {error}. Name another folder with root= or "
            f"MNIST_LAB_DATA. {OFFLINE}"
        ) from error


def fetch(name, raw, missing):
    """Download the set beside raw with torchvision, check it, move the missing files into raw."""
    dataset_class = SETS[name][0]
    partial = raw.with_name("partial")
    partial_raw = partial / dataset_class.__name__ / "raw"
    shutil.rmtree(partial, ignore_errors=True)  # of a process that was killed: we hold the lock
    try:
        partial_raw.mkdir(parents=True)
        for archive in raw.glob("*.gz"):  # torchvision uses those whose checksum is right
            shutil.copy(archive, partial_raw)
        with socket_timeout(TIMEOUT):
            for train in (True, False):
                dataset_class(partial, train=train, download=True)
        check_files(name, partial_raw)
        for file in missing:
            os.replace(partial_raw / file, raw / file)
    except Exception as error:  # network, disk, proxy, archive: whatever broke, the way out is one
        raise DigitsError(
            f"Expected {raw / missing[0]}; there is no such file, and downloading {name!r} failed: "
            f"{' '.join(str(error).split())}. Check the network and the free disk space and run "
            f"this again, or put the files there yourself. {OFFLINE}"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def socket_timeout(seconds):
    """Give up on a connection that is silent for so long; torchvision would wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
