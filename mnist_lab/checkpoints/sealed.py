"""One file: plain values, sealed with a SHA-256 that is verified before anything is unpickled.

The file is what torch.save writes, a zip, with the seal as the zip's comment; torch.load opens it
too. The seal finds damage, not malice: whoever can write the file can seal it anew. What protects
from a pickle that runs code is weights_only=True.
"""

import hashlib
import io
import pickle
import zipfile
from pathlib import Path

from mnist_lab.devices import move_to
from mnist_lab.files import write_whole

import torch

FORMAT = 1
SEAL = b"sha256:"
SEAL_LENGTH = len(SEAL) + 64
ZIP_START, ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
NEEDED = {
    "architecture": str, "arguments": dict, "weights": dict, "mean": float, "std": float, "classes": list,
    "digits": str, "optimizer": dict | None, "scheduler": dict | None, "kinds": dict, "epoch": int,
    "history": dict, "random": dict, "versions": dict,
}  # fmt: skip


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
    file = io.BytesIO()
    torch.save(move_to(content, "cpu"), file)
    data = seal(file.getvalue())
    unpickle(data, path)
    if Path(path).is_dir():
        raise UnreachableFile(f"{path} is a folder, where a file was expected; add a name such as model.pt.")
    try:
        write_whole(path, data)
    except OSError as error:
        raise UnreachableFile(
            f"{path} could not be written ({error.strerror or error}). A file that was there before is "
            "unchanged. Free some space, or choose a folder where you may write, and save again."
        ) from error


def read_sealed(path):
    """Return the content of a checkpoint, its seal and its format verified."""
    data = read_bytes(path)
    check_seal(data, path)
    content = unpickle(data, path)
    check_content(content, path)
    return content


def seal(data):
    """Return the bytes of a zip with the SHA-256 of all of them as its comment."""
    body = data[:-2] + SEAL_LENGTH.to_bytes(2, "little")  # a zip ends in the length of its comment
    return body + SEAL + hashlib.sha256(body).hexdigest().encode()


def check_seal(data, path):
    """Raise DamagedCheckpoint or NotACheckpoint unless the file ends in the SHA-256 of all before."""
    body, end = data[:-SEAL_LENGTH], data[-SEAL_LENGTH:]
    if end == SEAL + hashlib.sha256(body).hexdigest().encode():
        return
    if not end.startswith(SEAL):
        if not data.startswith(ZIP_START[: len(data)]):
            raise NotACheckpoint(
                f"{path} is not a checkpoint, but another kind of file; name one that save_checkpoint wrote."
            )
        if zipfile.is_zipfile(io.BytesIO(data)) and data[-22:-18] == ZIP_END:
            raise NotACheckpoint(
                f"{path} has no seal: torch.save wrote it, perhaps, but not save_checkpoint. Open it with "
                "torch.load(…, weights_only=True), put it into a network, and save that with save_checkpoint."
            )
    raise DamagedCheckpoint(
        f"{path} is damaged: its {len(data):,} bytes are not those that were written (the SHA-256 differs). "
        "Copy it again from where it came, or take an older checkpoint."
    )


def read_bytes(path):
    """Return the bytes of a file, or raise UnreachableFile."""
    path = Path(path)
    if path.is_dir():
        raise UnreachableFile(f"{path} is a folder, where a checkpoint was expected; name a file in it.")
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreachableFile(f"There is no file {path}; check its name and folder.") from error
    except OSError as error:
        raise UnreachableFile(
            f"{path} may not be read ({error.strerror or error}); ask its owner for the right to read it."
        ) from error


def unpickle(data, path):
    """Return what torch.save wrote, on the CPU, if it is nothing but plain values."""
    try:
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise UnsafeCheckpoint(
            f"{path} holds more than tensors and plain values, which could run code when opened; nothing "
            f"was run. {first_line(error)} Keep numbers, texts, lists, dictionaries and tensors only."
        ) from error
    except (RuntimeError, EOFError, KeyError, OSError) as error:
        raise NotACheckpoint(f"{path} cannot be opened by torch: {first_line(error)}") from error


def first_line(error):
    """The part of torch's message that names what it refused."""
    lines = [line.strip() for line in str(error).splitlines() if "WeightsUnpickler error" in line]
    return (lines or str(error).strip().splitlines() or [type(error).__name__])[0]


def check_content(content, path):
    """Raise NewerFormat or NotACheckpoint unless the content is that of a checkpoint of this format."""
    number = content.get("format") if isinstance(content, dict) else None
    if not isinstance(number, int) or number < 1:
        raise NotACheckpoint(f"{path} holds something else than a checkpoint: it has no format number.")
    if number > FORMAT:
        raise NewerFormat(
            f"{path} has format {number}, and this mnist-lab reads up to {FORMAT}; update mnist-lab."
        )
    wrong = [name for name, kind in NEEDED.items() if not isinstance(content.get(name, ...), kind)]
    if not wrong and not all(isinstance(value, torch.Tensor) for value in content["weights"].values()):
        wrong = ["weights"]
    if wrong:
        raise NotACheckpoint(
            f"{path} is no whole checkpoint: {', '.join(wrong)} missing or of the wrong type; write it "
            "with save_checkpoint."
        )
