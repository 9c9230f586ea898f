"""Download what is missing of a digit set, from the first mirror that has it.

A download happens in a folder of its own, under a lock; a file moves to its place only when all are
complete and checked. So nothing half-written is ever taken for data, and of two processes that
want the same set at once one downloads while the other waits.
"""

import os
import re
import shutil
import socket
from contextlib import contextmanager

from mnist_lab.data._contents import OFFLINE, SETS, DigitsError, check_files, expected_files

from filelock import FileLock

TIMEOUT = 30  # seconds without a byte, after which a mirror is given up


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
            f"write permission, but got: {error}.{near_files(raw, expected_files(name))} Name another "
            f"folder with root= or MNIST_LAB_DATA. {OFFLINE}"
        ) from error


def fetch(name, raw, missing):
    """Download the set beside raw with torchvision, check it, move the missing files into raw."""
    partial = raw.with_name("partial")
    partial_raw = partial / raw.parent.name / "raw"
    shutil.rmtree(partial, ignore_errors=True)  # of a process that was killed: we hold the lock
    try:
        partial_raw.mkdir(parents=True)
        for archive in filter(os.path.isfile, raw.glob("*.gz")):  # used if its checksum is right
            shutil.copy(archive, partial_raw)
        from_first_mirror(SETS[name][0], partial, partial_raw)
        check_files(name, partial_raw)
        for file in missing:
            os.replace(partial_raw / file, raw / file)
    except Exception as error:  # network, disk, proxy, archive: whatever broke, the way out is one
        raise DigitsError(
            f"Expected {raw / missing[0]}; there is no such file, and downloading {name!r} failed: "
            f"{' '.join(str(error).split())}.{near_files(raw, missing)} Check the network and the "
            f"free disk space and run this again, or put the files there yourself. {OFFLINE}"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def from_first_mirror(dataset_class, folder, raw):
    """Have torchvision download a set into folder; whatever stops one mirror, the next one is tried.

    Files that one mirror has sent whole are not asked of the next.
    """
    failures = []
    for mirror in vars(dataset_class).get("mirrors", [None]):  # QMNIST has one address a file
        alone = type(dataset_class.__name__, (dataset_class,), {"mirrors": [mirror]})
        try:
            with socket_timeout(TIMEOUT):
                for train in (True, False):
                    alone(folder, train=train, download=True)
            return
        except Exception as error:  # time-outs too, and answers cut off, where torchvision itself gives up
            text = str(error) or type(error).__name__
            text = text if not mirror or mirror in text else f"{mirror}: {text}"
            page = " A web page came, perhaps the login page of this network." if web_page_in(raw) else ""
            failures.append(text + page)
    raise DigitsError("; ".join(failures))


def web_page_in(raw):
    """Return whether what was to be an archive begins like a web page."""
    return any(archive.read_bytes()[:200].lstrip().startswith(b"<") for archive in raw.glob("*.gz"))


def near_files(raw, wanted):
    """Return a sentence about a file that has nearly one of these names or lies a folder off, or ""."""
    root = raw.parent.parent
    meant = {squeezed(file): file for file in wanted}
    folders = [raw, raw.parent, root, root / "raw", *root.glob(f"*/{raw.parent.name}/raw")]
    for path in (path for folder in folders for path in sorted(folder.glob("*"))):
        file = meant.get(squeezed(path.name.removesuffix(".gz")))
        target = raw / f"{file}{'.gz' if path.suffix == '.gz' else ''}"
        here = path.parent
        if here.parts[-2:] == raw.parts[-2:] and here != raw and file == path.name.removesuffix(".gz"):
            return f" Some of its files are in {here}: name {path.parents[2]} with root= or MNIST_LAB_DATA."
        if file and path != target and path.is_file():
            return f" {path} looks like one of its files: move it to {target}, and the others likewise."
    return ""


def squeezed(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


@contextmanager
def socket_timeout(seconds):
    """Give up on a connection that is silent for so long; torchvision would wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
