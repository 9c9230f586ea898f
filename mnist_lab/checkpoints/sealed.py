"""One file: plain values, sealed with a SHA-256 that is verified before anything is unpickled.

The file is what torch.save writes, a zip, with the seal as the zip's comment; torch.load opens it
too. The seal finds damage, not malice: whoever can write the file can seal it anew. What protects
from a pickle that runs code is weights_only=True.
"""

import contextlib
import hashlib
import io
import math
import os
import pickle
import reprlib
from numbers import Real
from pathlib import Path

from mnist_lab.checkpoints.foreign_files import name_foreign_file
from mnist_lab.checkpoints.plain_values import check_sizes, find_foreign_name
from mnist_lab.devices import move_to
from mnist_lab.files import regular_file, write_whole

import torch

FORMAT = 1
SEAL = b"sha256:"
SEAL_LENGTH = len(SEAL) + 64
NEEDED = {
    "architecture": str, "arguments": dict, "weights": dict, "mean": float, "std": float, "classes": list,
    "digits": str, "optimizer": dict | None, "scheduler": dict | None, "kinds": dict, "epoch": int,
    "history": dict, "random": dict, "versions": dict,
}  # fmt: skip
PLAIN = {"mean": float, "std": float, "classes": list}  # what may be given as something that turns into it
POSSIBLE = {  # name: what its value has to be, in words and as a question
    "mean": ("a finite number", math.isfinite),
    "std": ("a finite number above 0", lambda value: 0 < value < math.inf),
    "epoch": ("0 or more", lambda value: value >= 0),
    "weights": ("tensors under their names", lambda weights: all(map(is_named_tensor, weights.items()))),
    "arguments": (
        "values under their names",
        lambda arguments: all(isinstance(key, str) for key in arguments),
    ),
    "kinds": ("texts or None", lambda kinds: all(isinstance(kind, str | None) for kind in kinds.values())),
    "history": ("lists of numbers", lambda history: all(map(is_curve, history.values()))),
    "optimizer": ("the state of an optimizer", lambda state: not state or "param_groups" in state),
    "scheduler": ("the state of a scheduler", lambda state: not state or "param_groups" not in state),
}


class CheckpointError(ValueError):
    """Something is wrong with a checkpoint; the sentence says what, and what to do."""


class UnreachableFile(CheckpointError):
    """The file is not there, is a folder, or may not be read or written."""


class NotACheckpoint(CheckpointError):
    """The file is something else."""


class DamagedCheckpoint(CheckpointError):
    """The file is cut short, or some of its bytes are not those that were written."""


class UnsafeCheckpoint(CheckpointError):
    """The file holds more than plain values, which could run code; nothing of it was run."""


class NewerFormat(CheckpointError):
    """The file was written by a newer mnist-lab."""


class WrongArchitecture(CheckpointError):
    """The weights belong to another network."""


def write_sealed(path, content):
    """Write a dictionary of plain values, whole or not at all; what was there stays until it is done."""
    path = as_path(path)
    file = io.BytesIO()
    torch.save(move_to(content | as_plain(content), "cpu"), file)
    data = seal(file.getvalue())
    check_content(unpickle(data, what := "What is to be saved"), what)
    with to_be_written(path):
        write_whole(path, data)


@contextlib.contextmanager
def to_be_written(path):
    """Raise UnreachableFile for a folder, and for what keeps the block from writing a file."""
    if os.path.isdir(path):
        raise UnreachableFile(f"{path} is a folder, where a file was expected; add a name such as model.pt.")
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        advice = "Free some space, or choose a folder where you may write, and save again."
        if not os.path.isdir(path.parent):
            advice = f"There is no folder {path.parent}; make it first."
        raise UnreachableFile(
            f"{path} could not be written ({reason}). A file that was there before is unchanged. {advice}"
        ) from error


def read_sealed(path):
    """Return the content of a checkpoint, its seal, its format and its values verified."""
    path = as_path(path)
    data = read_bytes(path)
    check_seal(data, path)
    content = unpickle(data, path)
    check_content(content, path)
    return content


def as_path(path):
    """Return a Path, or raise UnreachableFile for None and its like."""
    try:
        return Path(path)
    except TypeError as error:
        raise UnreachableFile(
            f"The path of a checkpoint is a text such as 'model.pt', or a Path, but got {path!r}."
        ) from error


def as_plain(content):
    """Return the parts that PLAIN names, a number for mean and the like, as far as they turn into it."""
    plain = {}
    for name, kind in PLAIN.items():
        if isinstance(content[name], dict | set | frozenset):
            continue  # which have no order of classes
        with contextlib.suppress(TypeError, ValueError, OverflowError, RuntimeError):
            plain[name] = kind(content[name])
    return plain


def seal(data):
    """Return the bytes of a zip with the SHA-256 of all of them as its comment."""
    body = data[:-2] + SEAL_LENGTH.to_bytes(2, "little")  # a zip ends in the length of its comment
    return body + SEAL + hashlib.sha256(body).hexdigest().encode()


def check_seal(data, path):
    """Raise DamagedCheckpoint or NotACheckpoint unless the file ends in the SHA-256 of all before."""
    body, end = data[:-SEAL_LENGTH], data[-SEAL_LENGTH:]
    if not end.startswith(SEAL):
        raise without_seal(io.BytesIO(data), path, len(data))
    if end != SEAL + hashlib.sha256(body).hexdigest().encode():
        raise damaged(path, len(data))


def without_seal(file, path, size):
    """Return the error for an open file that does not end in a seal; only its beginning is read."""
    if not size:
        return DamagedCheckpoint(f"{path} is empty. Copy it again from where it came, or save it again.")
    sentence = name_foreign_file(file, path)
    return NotACheckpoint(sentence) if sentence else damaged(path, size)


def damaged(path, size):
    return DamagedCheckpoint(
        f"{path} is damaged: its {size:,} bytes are not those that were written (the SHA-256 differs). "
        "Copy it again from where it came, or take an older checkpoint."
    )


def read_bytes(path):
    """Return the bytes of a file that ends in a seal, or raise CheckpointError; no other is read whole."""
    if os.path.isdir(path):
        raise UnreachableFile(f"{path} is a folder, where a checkpoint was expected; name a file in it.")
    try:
        size = regular_file(path).st_size
        with open(path, "rb") as file:
            file.seek(max(0, size - SEAL_LENGTH))
            if not file.read(SEAL_LENGTH).startswith(SEAL):
                raise without_seal(file, path, size)
            file.seek(0)
            return file.read()
    except FileNotFoundError as error:
        raise UnreachableFile(f"There is no file {path}; check its name and folder.") from error
    except PermissionError as error:
        raise UnreachableFile(
            f"{path} may not be read ({error.strerror}); ask its owner for the right to read it."
        ) from error
    except CheckpointError:
        raise
    except (OSError, ValueError, MemoryError) as error:
        raise UnreachableFile(
            f"{str(path)!r} cannot be read ({error or 'it is larger than the memory here'}); name a file "
            "that save_checkpoint wrote."
        ) from error


def unpickle(data, path):
    """Return what torch.save wrote, on the CPU, if it is plain values no larger than their file."""
    try:
        foreign = find_foreign_name(data)
        if foreign:
            raise pickle.UnpicklingError(f"It names {foreign}.")
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        check_sizes(content, len(data))
    except pickle.UnpicklingError as error:
        raise UnsafeCheckpoint(
            f"{path} holds more than tensors and plain values, which could run code when opened; nothing "
            f"was run. {first_line(error)} Keep numbers, texts, lists, dictionaries and tensors only."
        ) from error
    except Exception as error:  # a file that was made by hand breaks zip, pickle and torch in any way
        raise NotACheckpoint(
            f"{path} cannot be opened by torch: {first_line(error)}. Write it again with save_checkpoint."
        ) from error
    return content


def first_line(error):
    """The part of torch's message that names what it refused."""
    lines = [line.strip() for line in str(error).splitlines() if "WeightsUnpickler error" in line]
    return (lines or str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def check_content(content, path):
    """Raise NewerFormat or NotACheckpoint unless the content is a whole checkpoint of this format."""
    number = content.get("format") if isinstance(content, dict) else None
    if not isinstance(number, int) or number < 1:
        raise NotACheckpoint(f"{path} holds something else than a checkpoint: it has no format number.")
    if number > FORMAT:
        raise NewerFormat(
            f"{path} has format {number}, and this mnist-lab reads up to {FORMAT}; update mnist-lab."
        )
    wrong = [name for name, kind in NEEDED.items() if not isinstance(content.get(name, ...), kind)]
    if wrong:
        got = ", ".join(reprlib.repr(content[name]) for name in wrong if name in content)
        raise NotACheckpoint(
            f"{path} is no whole checkpoint: {', '.join(wrong)} missing or of the wrong type"
            f"{got and f' (got {got})'}; write it with save_checkpoint and values that fit."
        )
    for name, (expected, is_possible) in POSSIBLE.items():
        if not is_possible(content[name]):
            raise NotACheckpoint(
                f"{path}: the {name} of a checkpoint should be {expected}, but got "
                f"{reprlib.repr(content[name])}; save it with save_checkpoint and values that fit."
            )


def is_named_tensor(item):
    name, value = item
    return isinstance(name, str) and isinstance(value, torch.Tensor) and value.layout == torch.strided


def is_curve(values):
    return isinstance(values, list) and all(isinstance(value, Real) for value in values)
