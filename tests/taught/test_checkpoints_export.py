"""Export: the same logits in every format, for any number of images."""

import json

from mnist_lab.checkpoints import load_model, save_checkpoint
from mnist_lab.checkpoints.export import export_model
from mnist_lab.models import SimpleCNN

import pytest
import torch

ABOUT = {"digits": "bundled", "mean": 0.5, "std": 0.5}


@pytest.fixture(scope="module")
def images():
    return torch.rand(40, 1, 28, 28) * 2 - 1


@pytest.fixture
def exported(tmp_path, images):
    def export(suffix):
        model = SimpleCNN(dropout=0.5)
        save_checkpoint(tmp_path / "model.pt", model, **ABOUT)
        model = load_model(tmp_path / "model.pt").train()
        target = tmp_path / f"model{suffix}"
        export_model(model, target, mean=0.5, std=0.5)
        assert model.training, "exporting leaves the model as it was"
        with torch.inference_mode():
            return target, model.eval()(images)

    return export


def test_safetensors_give_the_same_logits(exported, images):
    safetensors = pytest.importorskip("safetensors")
    from safetensors.torch import load_file

    target, logits = exported(".safetensors")
    model = SimpleCNN()
    model.load_state_dict(load_file(target))
    with torch.inference_mode():
        torch.testing.assert_close(model.eval()(images), logits, atol=1e-5, rtol=0)
    with safetensors.safe_open(target, "pt") as file:
        assert file.metadata()["mean"] == "0.5" and json.loads(file.metadata()["classes"])[9] == "9"


def test_torch_export_gives_the_same_logits_for_any_number_of_images(exported, images):
    target, logits = exported(".pt2")
    program = torch.export.load(target).module()
    for count in (1, 3, len(images)):
        torch.testing.assert_close(program(images[:count]), logits[:count], atol=1e-5, rtol=0)


def test_onnx_gives_the_same_logits_for_any_number_of_images(exported, images):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    target, logits = exported(".onnx")
    session = onnxruntime.InferenceSession(target)
    for count in (1, 3, len(images)):
        (result,) = session.run(None, {"images": images[:count].numpy()})
        torch.testing.assert_close(torch.from_numpy(result), logits[:count], atol=1e-5, rtol=0)
    assert session.get_modelmeta().custom_metadata_map["std"] == "0.5"


def test_an_unknown_suffix_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"one of \.safetensors, \.pt2, \.onnx"):
        export_model(SimpleCNN(), tmp_path / "model.h5", mean=0.5, std=0.5)
    assert not list(tmp_path.iterdir())


def test_a_missing_extra_is_named_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "safetensors.torch", None)
    with pytest.raises(ValueError, match=r"needs safetensors.*\[export\]"):
        export_model(SimpleCNN(), tmp_path / "model.safetensors", mean=0.5, std=0.5)
    assert not list(tmp_path.iterdir())


def test_mean_and_std_go_along_exactly_or_not_at_all(tmp_path):
    safetensors = pytest.importorskip("safetensors")
    path = tmp_path / "model.safetensors"
    export_model(SimpleCNN(), path, mean=1 / 3, std=0.30810049)
    about = safetensors.safe_open(path, "pt").metadata()
    assert (float(about["mean"]), float(about["std"])) == (1 / 3, 0.30810049)
    for numbers in ({"mean": float("nan"), "std": 1}, {"mean": 0, "std": 0}):
        with pytest.raises(ValueError, match=r"is a number .* but got"):
            export_model(SimpleCNN(), path, **numbers)
