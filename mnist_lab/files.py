"""Files that are written whole or not at all."""

import glob
import json
import os
from pathlib import Path

import psutil


def write_whole(path, content):
    """Write text (UTF-8, Unix line ends) or bytes; a reader sees the old file or the new, never a part.

    The content goes to a hidden file beside path, which then takes its place in one step.
    """
    path = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    remove_unfinished(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(unfinished, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
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
