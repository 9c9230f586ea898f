"""Name a file that is no checkpoint from its first bytes, and say what to do with it.

What stands between backticks in an answer is Python that may be run as it stands.
"""

import zipfile

from mnist_lab.checkpoints.plain_values import names_in_pickles

ON = "put them into a network with load_state_dict, and save that network with save_checkpoint."
ASK = "Name a file that save_checkpoint wrote."
UNPACK = "Unpack it first, then open what was in it."
OLD_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
BEGINNINGS = (
    (b"<", "a web page", "Download the file itself: on GitHub with the button for the raw file."),
    (
        b"version https://git-lfs",
        "Git's pointer to a file",
        "Say git lfs pull in its folder to get the file.",
    ),
    (b"\x1f\x8b", "packed with gzip", UNPACK),
    (b"BZh", "packed with bzip2", UNPACK),
    (b"\xfd7zXZ", "packed with xz", UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", UNPACK),
    (b"\x89HDF", "an HDF5 file, perhaps of Keras", ASK),
    (b"\x89PNG", "a picture (PNG)", ASK),
    (b"\xff\xd8\xff", "a picture (JPEG)", ASK),
    (b"GIF8", "a picture (GIF)", ASK),
    (b"%PDF", "a PDF", ASK),
    (b"\x93NUMPY", "an array of NumPy", ASK),
    (b"{", "JSON, perhaps a notebook", ASK),
)


def name_foreign_file(file, path):
    """Return a sentence on what an open file without a seal is, or None for a damaged checkpoint."""
    file.seek(0)
    start, name = file.read(400), repr(str(path))
    if start.startswith(b"PK\x03\x04"):
        return name_zip(file, path)
    if start.startswith(OLD_TORCH):
        file.seek(0)
        return name_torch_file(file, 4, path, "in the old format of torch.save")
    if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 100_000_000:
        code = f"`import safetensors.torch; weights = safetensors.torch.load_file({name})`"
        return f"{path} is a file of safetensors. Take its weights with {code}, {ON}"
    if start[:1] == b"\x08" and (b"pytorch" in start or b"onnx" in start or name.endswith(".onnx'")):
        return (
            f"{path} is a network in ONNX, which onnxruntime runs; weights do not come back from it. Save "
            "the network with save_checkpoint where it was exported."
        )
    for beginning, kind, advice in BEGINNINGS:
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(beginning):
            return f"{path} is {kind}, not a checkpoint. {advice}"
    if start[:1] == b"\x80" and start[1:2] in b"\2\3\4\5":
        return f"{path} is a pickle, which could run code when opened; nothing was run. {ASK}"
    return f"{path} is not a checkpoint, but another kind of file. {ASK}"


def name_zip(file, path):
    """Return a sentence on a zip without a comment, or None if it is cut short or has a comment."""
    file.seek(-22, 2)
    if file.read(4) != b"PK\x05\x06":
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            inside = {name.rpartition("/")[2]: name for name in archive.namelist()}
            if "constants.pkl" in inside and "data.pkl" in inside:
                code = f'`weights = torch.jit.load({str(path)!r}, map_location="cpu").state_dict()`'
                return f"{path} is a program of TorchScript. Take its weights with {code}, {ON}"
            if {"archive_format", "serialized_exported_program.json"} & set(inside):  # the second before 2.7
                code = f"`weights = torch.export.load({str(path)!r}).state_dict`"
                return f"{path} is a program of torch.export. Take its weights with {code}, {ON}"
            if "data.pkl" in inside:
                with archive.open(inside["data.pkl"]) as pickled:
                    return name_torch_file(pickled, 1, path, "of torch.save")
    except Exception:  # a broken zip breaks in many ways
        return None
    kind = "arrays of NumPy" if any(name.endswith(".npy") for name in inside) else "a zip archive"
    return f"{path} is {kind}, not a checkpoint. {ASK}"


def name_torch_file(file, num_pickles, path, kind):
    """Return a sentence on what torch.save wrote: weights and other plain values, or objects with code."""
    foreign = [name for name, is_plain in names_in_pickles(file, num_pickles) if not is_plain]
    if foreign:
        return (
            f"{path} has no seal: it is a file {kind} with more than weights in it ({foreign[0]}), perhaps a "
            "whole network; it could run code when opened, and nothing was run. Where it was made, save "
            'the weights alone, `torch.save(model.state_dict(), "weights.pt")`, or say save_checkpoint.'
        )
    code = f'`weights = torch.load({str(path)!r}, map_location="cpu", weights_only=True)`'
    return (
        f"{path} has no seal: it is a file {kind}, not of save_checkpoint. Take its weights with {code}, {ON}"
    )
