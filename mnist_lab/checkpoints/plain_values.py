"""What a sealed file may hold: tensors and plain values, none larger than the file.

torch.load(weights_only=True) runs no foreign code, but it builds a storage or an array of any size that a
pickle asks for, and unpacks any zip. So the names in the pickle are looked at before it is opened.
"""

import io
import pickletools
import zipfile

import torch

PLAIN = {  # beside torch's dtypes and typed storages
    "collections OrderedDict", "collections Counter", "__builtin__ set", "__builtin__ complex",
    "torch Size", "torch device", "torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_parameter",
}  # fmt: skip
MOST = 10  # times the size of the file


def names_in_pickles(file, number=1):
    """Yield (name, whether plain values need it) of each class and function in so many pickles of a file."""
    for _ in range(number):
        for opcode, argument, _ in pickletools.genops(file):
            if opcode.name in ("GLOBAL", "INST", "STACK_GLOBAL", "EXT1", "EXT2", "EXT4"):
                yield str(argument), opcode.name == "GLOBAL" and is_plain_name(argument)


def is_plain_name(name):
    kind = getattr(torch, name.removeprefix("torch "), None) if name.startswith("torch ") else None
    return name in PLAIN or isinstance(kind, torch.dtype) or (kind and name.endswith("Storage"))


def find_foreign_name(data):
    """Return the first name in a zip of torch.save that plain values do not need, or None.

    Raises ValueError for a zip that unpacks to more than itself or has not exactly one pickle.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        records = archive.infolist()
        pickles = [record for record in records if record.filename.lower().endswith("data.pkl")]
        if len(pickles) != 1 or sum(record.file_size for record in records) > len(data):
            raise ValueError("it does not have one pickle, or its parts are larger than the file")
        pickled = archive.read(pickles[0])
    return next((name for name, is_plain in names_in_pickles(io.BytesIO(pickled)) if not is_plain), None)


def check_sizes(content, file_size):
    """Raise ValueError if the tensors in a content say that they are far larger than their file."""
    claimed, seen, waiting = 0, set(), [content]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, torch.Tensor):
            claimed += value.numel() * value.element_size()
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list | tuple | set):
            waiting += value
    if claimed > MOST * file_size:
        raise ValueError(f"its tensors say that they are {claimed:,} bytes, in a file of {file_size:,}")
