"""A file that is no checkpoint is named from its first bytes, and each advice works when it is followed."""

import gzip
import io
import json
import os
import pickle
import re
import threading
import warnings
import zipfile
from pathlib import Path

from mnist_lab.checkpoints import load_checkpoint, load_model, save_checkpoint
from mnist_lab.checkpoints.export import export_model
from mnist_lab.checkpoints.sealed import CheckpointError, DamagedCheckpoint, NotACheckpoint, UnreachableFile
from mnist_lab.models import SimpleCNN

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

ABOUT = {"digits": "bundled", "mean": 0.5, "std": 0.5}
posix_only = pytest.mark.skipif(os.name != "posix", reason="needs named pipes and /dev")


@pytest.fixture
def path(tmp_path):
    return tmp_path / 'it\'s my "model".pt' if os.name == "posix" else tmp_path / "it's my model.pt"


@pytest.fixture
def model():
    return SimpleCNN().eval()


def refusal(path):
    with pytest.raises(CheckpointError) as caught:
        load_model(path)
    return str(caught.value)


def follow(sentence, **names):
    """Run the Python between the backticks of a sentence; return the names that it leaves."""
    (code,) = re.findall("`(.*)`", sentence)
    names |= {"torch": torch}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(code, names)
    return names


def check_same(path, weights, model):
    """Put weights into a network and save it, as each advice goes on; the file is that of the model."""
    network = SimpleCNN()
    network.load_state_dict(weights)
    save_checkpoint(path, network, **ABOUT)
    images = torch.rand(3, 1, 28, 28) * 2 - 1
    with torch.inference_mode():
        assert torch.allclose(load_model(path)(images), model(images))


# Advice that is Python


def new_torch(model, path):
    torch.save(model.state_dict(), path)


def old_torch(model, path):
    torch.save(model.state_dict(), path, _use_new_zipfile_serialization=False)


def as_if_from_cuda(model, path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("torch.serialization.location_tag", lambda storage: "cuda:9")
        torch.save(model.state_dict(), path)


def torch_script(model, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.script(model).save(str(path))


def exported_program(model, path):
    export_model(model, path.with_suffix(".pt2"), mean=0.5, std=0.5)
    path.with_suffix(".pt2").rename(path)


def safetensors_file(model, path):
    pytest.importorskip("safetensors")
    export_model(model, path.with_suffix(".safetensors"), mean=0.5, std=0.5)
    path.with_suffix(".safetensors").rename(path)


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (new_torch, "has no seal: it is a file of torch.save, not of save_checkpoint"),
        (as_if_from_cuda, "has no seal: it is a file of torch.save, not of save_checkpoint"),
        (old_torch, "a file in the old format of torch.save, not of save_checkpoint"),
        (torch_script, "is a program of TorchScript"),
        (exported_program, "is a program of torch.export"),
        (safetensors_file, "is a file of safetensors"),
    ],
)
def test_the_weights_in_it_are_taken_as_the_sentence_says(path, model, write, words):
    write(model, path)
    sentence = refusal(path)
    assert words in sentence and "put them into a network with load_state_dict" in sentence
    check_same(path, follow(sentence)["weights"], model)


@pytest.mark.parametrize("new", [True, False])
def test_a_whole_network_is_saved_anew_where_it_was_made(tmp_path, path, model, monkeypatch, new):
    torch.save(model, path, _use_new_zipfile_serialization=new)
    sentence = refusal(path)
    assert "more than weights in it (mnist_lab.models SimpleCNN), perhaps a whole network" in sentence
    monkeypatch.chdir(tmp_path)
    follow(sentence, model=torch.load(path, weights_only=False))
    check_same(path, follow(refusal("weights.pt"))["weights"], model)


@pytest.mark.parametrize("kind", ["DataParallel", "compile", "both"])
def test_a_wrapped_network_loads_into_the_network_itself(path, model, kind):
    wrapped = torch.compile(model) if kind != "DataParallel" else model
    wrapped = nn.DataParallel(wrapped) if kind != "compile" else wrapped
    save_checkpoint(path, wrapped, **ABOUT)
    sentence = refusal(path)
    assert f"a network inside a {type(wrapped).__name__}. Build that network and give it" in sentence
    (call,) = re.findall(r"load_model\(path, model=SimpleCNN\(\)\)", sentence)
    loaded = eval(call, {"load_model": load_model, "SimpleCNN": SimpleCNN, "path": path})
    assert torch.equal(loaded.fc2.weight, model.fc2.weight)
    network = eval(re.search(r"next time save ([\w.]+) instead", sentence)[1], {"model": wrapped})
    save_checkpoint(path, getattr(network, "_orig_mod", network), **ABOUT)
    assert torch.equal(load_model(path).fc2.weight, model.fc2.weight)


@pytest.mark.parametrize("saved", [nn.Module.train, nn.DataParallel, torch.compile])
@pytest.mark.parametrize("given", [nn.Module.train, nn.DataParallel, torch.compile])
def test_either_side_may_be_wrapped(path, model, saved, given):
    save_checkpoint(path, saved(model), **ABOUT)
    network = SimpleCNN()
    load_checkpoint(path, model=given(network))
    assert torch.equal(network.fc2.weight, model.fc2.weight)


class Holder(nn.Module):
    """A network whose own names look like those of a wrapper."""

    def __init__(self):
        super().__init__()
        self.module, self.fc = nn.Linear(2, 2), nn.Linear(2, 2)


def test_a_layer_that_is_called_module_keeps_its_name(path):
    holder = Holder()
    save_checkpoint(path, holder, **ABOUT)
    assert torch.equal(load_model(path, model=Holder()).module.weight, holder.module.weight)
    save_checkpoint(path, nn.DataParallel(holder), **ABOUT)
    assert torch.equal(load_model(path, model=Holder()).module.weight, holder.module.weight)
    with pytest.raises(CheckpointError, match=r"missing in the file: 0\.weight"):
        load_checkpoint(path, model=nn.Sequential(nn.Linear(2, 2)))


# Advice for people


def picture(format):
    file = io.BytesIO()
    Image.new("L", (28, 28)).save(file, format)
    return file.getvalue()


def numpy_file(save):
    file = io.BytesIO()
    save(file, np.zeros(3))
    return file.getvalue()


def plain_zip():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return file.getvalue()


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1273232\n"
OTHERS = [
    (b"\xef\xbb\xbf\n <!DOCTYPE html><html>", "is a web page, not a checkpoint. Download the file itself"),
    (POINTER, "is Git's pointer to a file, not a checkpoint. Say git lfs pull"),
    (b"\x89HDF\r\n\x1a\n" + bytes(90), "is an HDF5 file, perhaps of Keras"),
    (picture("PNG"), "is a picture (PNG)"),
    (picture("JPEG"), "is a picture (JPEG)"),
    (picture("GIF"), "is a picture (GIF)"),
    (b"%PDF-1.7\n", "is a PDF"),
    (numpy_file(np.save), "is an array of NumPy"),
    (numpy_file(np.savez), "is arrays of NumPy"),
    (plain_zip(), "is a zip archive"),
    (json.dumps({"cells": []}).encode(), "is JSON, perhaps a notebook"),
    (pickle.dumps(object), "is a pickle, which could run code when opened; nothing was run"),
    (b"BZh91AY&SY", "is packed with bzip2"),
    (b"\xfd7zXZ\0\0", "is packed with xz"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive"),
    (b"weights, biases", "another kind of file"),
]


@pytest.mark.parametrize(("data", "words"), OTHERS, ids=[words for _, words in OTHERS])
def test_another_kind_of_file_is_named(path, data, words):
    path.write_bytes(data)
    with pytest.raises(NotACheckpoint, match=re.escape(words)):
        load_checkpoint(path)


def test_a_packed_checkpoint_is_unpacked_first(path, model):
    save_checkpoint(path, model, **ABOUT)
    data = path.read_bytes()
    path.write_bytes(gzip.compress(data))
    assert "is packed with gzip, not a checkpoint. Unpack it first" in refusal(path)
    path.write_bytes(gzip.decompress(path.read_bytes()))
    assert torch.equal(load_model(path).fc2.weight, model.fc2.weight)


def test_onnx_is_named(path, model):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    export_model(model, path.with_suffix(".onnx"), mean=0.5, std=0.5)
    path.with_suffix(".onnx").rename(path)
    assert "is a network in ONNX, which onnxruntime runs" in refusal(path)
    import onnxruntime

    assert onnxruntime.InferenceSession(path.read_bytes()).get_inputs()[0].name == "images"


def test_an_empty_file_is_called_empty(path):
    path.write_bytes(b"")
    with pytest.raises(DamagedCheckpoint, match=r"is empty\. Copy it again"):
        load_checkpoint(path)


# What is no file, no path, no network


def in_time(path):
    sentences = []
    thread = threading.Thread(target=lambda: sentences.append(refusal(path)), daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive(), "it hangs"
    return sentences[0]


@posix_only
def test_a_pipe_or_a_device_is_named_and_does_not_hang(path):
    os.mkfifo(path)
    assert "cannot be read (it is a named pipe, not a regular file)" in in_time(path)
    assert "cannot be read (it is a device, not a regular file)" in in_time("/dev/zero")


@posix_only
def test_a_file_of_40_gigabytes_is_not_read(path):
    with open(path, "wb") as file:
        file.truncate(40 * 2**30)
    assert "another kind of file" in in_time(path)


@pytest.mark.parametrize("path", [None, 3, b"model.pt", ["model.pt"]])
def test_what_is_no_path_is_named(path):
    words = rf"a text such as 'model\.pt', or a Path, but got {re.escape(repr(path))}"
    with pytest.raises(UnreachableFile, match=words):
        load_model(path)
    with pytest.raises(UnreachableFile, match=words):
        save_checkpoint(path, SimpleCNN(), **ABOUT)


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5_000])
def test_a_path_that_leads_nowhere_is_a_sentence(path):
    with pytest.raises(UnreachableFile):
        load_model(path)
    with pytest.raises(UnreachableFile):
        save_checkpoint(path, SimpleCNN(), **ABOUT)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (SimpleCNN, r"a network, such as SimpleCNN\(\), but got SimpleCNN; call it: SimpleCNN\(\)\."),
        ("SimpleCNN", r"but got 'SimpleCNN'\."),
        ({"fc": 3}, r"but got \{'fc': 3\}\."),
    ],
)
def test_what_is_no_network_is_named(path, model, given, words):
    with pytest.raises(CheckpointError, match=words):
        save_checkpoint(path, given, **ABOUT)
    assert not path.exists()
    save_checkpoint(path, model, **ABOUT)
    with pytest.raises(CheckpointError, match=words):
        load_model(path, model=given)
    with pytest.raises(CheckpointError, match=words):
        load_checkpoint(path, model=given)


def test_a_network_that_has_no_sizes_yet_takes_those_of_the_file(path):
    linear = nn.Linear(2, 1)
    save_checkpoint(path, linear, **ABOUT)
    assert torch.equal(load_model(path, model=nn.LazyLinear(1)).weight, linear.weight)


def test_the_version_in_the_file_is_that_of_the_build_that_runs(path, monkeypatch):
    """The package index sells a torch that calls itself 2.13.0 and runs as 2.13.0+cu130."""
    monkeypatch.setattr(torch, "__version__", torch.torch_version.TorchVersion("2.13.0+cu130"))
    save_checkpoint(path, nn.Linear(2, 1), **ABOUT)
    assert torch.load(path, weights_only=True)["versions"]["torch"] == "2.13.0+cu130"


@pytest.mark.parametrize("number", [(0.5,), "0.5", None])
def test_a_normalisation_that_is_no_number_is_named_on_export(tmp_path, model, number):
    with pytest.raises(ValueError, match=r"mean is a number .* but got"):
        export_model(model, tmp_path / "model.safetensors", mean=number, std=0.5)
    assert Path(tmp_path, "model.safetensors").exists() is False
