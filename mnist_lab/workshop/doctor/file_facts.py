"""Look at files and folders, any of which may be missing, damaged, or no file at all."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from mnist_lab.files import check_writable, regular_file

DIGITS_FILES = tuple(
    f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
)
LIBRARIES = ("matplotlib", "PIL", "scipy", "tqdm", "ipywidgets", "IPython", "mnist_lab")  # of lessons
LARGEST = 100_000_000  # bytes; no file of ours has nearly so many
CONFLICT = re.compile(rb"^(<{7}|>{7}) ", re.MULTILINE)  # what git leaves where two versions do not fit


def digits_checksums(folder):
    """Return for each bundled file the sha256 of what is there and the one in the README."""
    try:
        lines = _read(folder / "README.md").decode(errors="replace").splitlines()
    except OSError:
        lines = []
    return {
        name: (
            _sha256(folder / "MNIST" / "raw" / name),
            _named_sha256("".join(line for line in lines if name in line)),
        )
        for name in DIGITS_FILES
    }


def _sha256(path):
    try:
        return hashlib.sha256(_read(path)).hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        return error.strerror or str(error)


def _named_sha256(text):
    match = re.search(r"\b[0-9a-f]{64}\b", text)
    return match and match[0]


def _read(path):
    """Return the bytes of a file; raise OSError where that would never end or fill the memory."""
    size = regular_file(path).st_size
    if size > LARGEST:
        raise OSError(f"it has {size:,} bytes")
    return path.read_bytes()


def sets_root():
    from mnist_lab.data._files import chosen_root

    return chosen_root()


def sets_in(root):
    """Return {set: what is wrong with it, or None} of the sets beside the bundled one that root holds."""
    from mnist_lab.data._contents import SETS, expected_files

    if root.exists() and not root.is_dir():
        return {"MNIST_LAB_DATA": f"{root} is not a folder"}
    folders = {name: root / kind.__name__ for name, (kind, *_) in SETS.items() if name != "bundled"}
    return {
        name: _wrong_with(name, folder / "raw")
        for name, folder in folders.items()
        if any(os.path.lexists(folder / "raw" / file) for file in expected_files(name))
    }


def _wrong_with(name, raw):
    from mnist_lab.data._contents import check_files
    from mnist_lab.data._files import refuse_processed_files

    try:
        refuse_processed_files(raw.with_name("processed"))
        missing = check_files(name, raw)
    except (ValueError, OSError) as error:
        return str(error)
    return f"{raw} lacks {', '.join(missing)}" if missing else None


def lesson_facts(folder):
    paths = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    broken = {path.name: problem for path in paths if (problem := wrong_with_lesson(path))}
    hiding = {
        path.name: f"it hides the library {path.stem} from every lesson"
        for path in sorted(folder.glob("*.py"))  # a kernel looks for libraries beside its lesson first
        if path.stem in sys.modules or path.stem in LIBRARIES
    }
    return {"lessons": len(paths) - len(broken), "broken_lessons": broken | hiding}


def wrong_with_lesson(path):
    """Return why a notebook does not open, None if it does."""
    try:
        data = _read(path)
        if CONFLICT.search(data):
            return f"it has git's conflict marks; {_sides(path, data)}"
        has_cells = isinstance(json.loads(data.decode("utf-8"))["cells"], list)
    except OSError as error:
        return error.strerror or str(error)
    except (ValueError, TypeError, KeyError, RecursionError):
        has_cells = False
    return None if has_cells else "it is no notebook"


def _sides(path, data):
    """Return in words which side of a conflict is whose: a rebase and a stash put your own work on theirs."""

    def ask(*words):
        asked = subprocess.run(["git", "-C", path.parent, *words], capture_output=True, check=False)
        return asked.stdout

    try:
        is_open = ask("ls-files", "--unmerged", "--", path.name)
        is_turned = b"\n>>>>>>> Stashed" in data or ask("rev-parse", "--verify", "--quiet", "REBASE_HEAD")
    except OSError:  # no git here
        is_open = False
    if not is_open:
        return "git has both sides no more; origin/HEAD takes the lesson of the repository"
    new, own = ("--ours", "--theirs") if is_turned else ("--theirs", "--ours")
    return f"{new} takes the new lesson, {own} your own"


def unwritable_folders():
    """Return NAME=FOLDER of each folder that a kernel needs and that nobody here may write to."""
    from jupyter_core.paths import jupyter_runtime_dir

    python = os.environ.get("IPYTHONDIR") or Path.home() / ".ipython"
    folders = {"JUPYTER_RUNTIME_DIR": jupyter_runtime_dir(), "IPYTHONDIR": python}
    return tuple(f"{name}={folder}" for name, folder in folders.items() if not _is_writable(Path(folder)))


def _is_writable(folder):
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        check_writable(there / "mnist-lab-doctor")
    except OSError:
        return False
    return True
