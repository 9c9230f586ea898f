"""Files that are written whole or not at all."""

import glob
import hashlib
import json
import os
import stat
from contextlib import contextmanager, suppress
from errno import EACCES
from functools import cache
from pathlib import Path

import psutil


def write_whole(path, content):
    """Write text (UTF-8, Unix line ends) or bytes; a reader sees the old file or the new, never a part.

    The content goes to a hidden file beside path, which then takes its place in one step. Permissions
    stay, and so does a link: the file that it points to is written. Raises OSError, also for a folder,
    a device or a pipe. What is no text in UTF-8, as in odd names of files, is written as \\udc00.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    with _unfinished(path) as (file, place):
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        file.close()
        os.replace(file.name, place)


def check_writable(path):
    """Raise the OSError that write_whole would raise now; for before long work."""
    with _unfinished(path):
        pass


@contextmanager
def _unfinished(path):
    """Yield a hidden file, open and with path's permissions, and the place it is for; removed at the end."""
    place, mode = Path(os.path.realpath(path)), None
    with suppress(FileNotFoundError):
        mode = regular_file(place).st_mode
        if not os.access(place, os.W_OK):  # to replace it, its folder's permission would be enough
            raise PermissionError(EACCES, "it is protected from writing", str(path))
    remove_unfinished(place)
    unfinished = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        with open(unfinished, "wb") as file:
            if mode is not None and os.name == "posix":  # else Windows could not remove a read-only one
                with suppress(OSError):  # a disk that keeps no permissions
                    os.chmod(unfinished, mode)
            yield file, place
    finally:
        unfinished.unlink(missing_ok=True)


def write_json(path, content):
    """Write a dictionary as indented JSON, whole or not at all."""
    write_whole(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def remove_unfinished(path):
    """Remove the hidden files that writers of path left behind when they were killed."""
    for unfinished in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        writer = unfinished.name.split(".")[-2]
        if writer.isdecimal() and not psutil.pid_exists(int(writer)):
            unfinished.unlink(missing_ok=True)


# Reading


def regular_file(path):
    """Return the status of a file; raise OSError, before a read could wait for ever or never end.

    A pipe waits for its writer, a device has no end, and a folder cannot be read.
    """
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
        raise OSError(f"it is {kinds.get(stat.S_IFMT(status.st_mode), 'a device')}, not a regular file")
    return status


def read_regular(path):
    """Return the bytes of a regular file; raises ValueError where others raise OSError, as writing does."""
    try:
        regular_file(path)
        return Path(path).read_bytes()
    except OSError as error:
        text = f"{path} cannot be read ({error.strerror or error}); make it readable, or move it away."
        raise ValueError(text) from error


def sha256_of(path):
    """Return the SHA-256 of a regular file as hex; one of the same size and time of change is read once."""
    status = regular_file(path)
    return _sha256(path, status.st_size, status.st_mtime_ns)


@cache
def _sha256(path, size, changed):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
