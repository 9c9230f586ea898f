"""Find the folder of a digit set: check the files that are there, download those that are not."""

import hashlib
import os
from pathlib import Path

from mnist_lab.data._contents import OFFLINE, RESTORE, SETS, DigitsError, check_files, expected_files, set_of
from mnist_lab.data._downloads import download_files
from mnist_lab.files import sha256_of
from mnist_lab.near_names import did_you_mean

import platformdirs

BUNDLED = Path(__file__).parents[1] / "digits"


def find_root(name, root=None):
    """Return torchvision's class for the named set and the root folder of its checked files.

    root is the argument, else MNIST_LAB_DATA, else a cache folder of this user; "bundled" has its
    own, and a folder named in place of a set is the root itself. Downloads what is missing. Files that
    are there are only read, so they may be read-only. Raises DigitsError, a ValueError.
    """
    name = known_name(name)
    root = BUNDLED if name == "bundled" else chosen_root(root) if name in SETS else Path(name)
    raw = root / set_of(name)[0].__name__ / "raw"
    refuse_processed_files(raw.with_name("processed"))
    missing = check_files(name, raw)
    if missing and name == "bundled":
        raise DigitsError(f"Expected {raw / missing[0]}, but there is no such file. {RESTORE}")
    if missing and name not in SETS:
        raise DigitsError(f"{root} is no whole set: expected {raw / missing[0]}, but there is no such file.")
    if missing:
        download_files(name, raw)
    return set_of(name)[0], root


def digest_of_digits(name, root=None):
    """Return twelve characters of a SHA-256 of the files of a set that is here, for the record of a run."""
    dataset_class, root = find_root(name, root)
    raw = root / dataset_class.__name__ / "raw"
    digests = [sha256_of(raw / file) for file in expected_files(known_name(name))]
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:12]


def chosen_root(root=None):
    """Return the folder of all sets but the bundled one: root, else MNIST_LAB_DATA, else the user's cache."""
    root = root or os.environ.get("MNIST_LAB_DATA", "").strip() or platformdirs.user_cache_path("mnist-lab")
    return Path(root).expanduser().absolute()


def known_name(name):
    """Return the set's name as SETS spells it, in any case, or the absolute path of its folder."""
    known = {known.lower(): known for known in SETS}
    if str(name).lower() in known:
        return known[str(name).lower()]
    if isinstance(name, str | Path) and (folder := own_folder(name)):
        return folder
    meant = known | {"mnist": "full"}
    suggestion = did_you_mean(str(name).lower(), meant, shown=lambda near: f'"{meant[near]}"')
    raise DigitsError(f"DIGITS is one of {', '.join(SETS)}, but got {name!r}.{suggestion} {OFFLINE}")


def own_folder(name):
    """Return the absolute path of a folder that holds MNIST/raw, "" for what is no path."""
    folder = Path(os.path.expanduser(name)).absolute()
    if (folder / "MNIST" / "raw").is_dir():
        return str(folder)
    if name and (folder.is_dir() or os.path.dirname(name)):
        what = "holds no MNIST/raw" if folder.is_dir() else "is not there"
        raise DigitsError(
            f"DIGITS may be a folder with MNIST/raw in it, but {folder} {what}; `mnist-lab sheet --read` "
            f"writes one. {OFFLINE}"
        )
    return ""


def refuse_processed_files(folder):
    """Refuse files that an old torchvision wrote, which the new one reads first, unchecked."""
    old_files = sorted(folder.glob("*.pt"))
    if old_files:
        raise DigitsError(
            f"{old_files[0]} was written by an old torchvision and would be read in place of the "
            f"IDX files expected in {folder.with_name('raw')}. Delete the folder {folder} and run "
            f"this again. {OFFLINE}"
        )
