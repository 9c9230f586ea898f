"""Hand a network on to programs that know nothing of this package: safetensors, torch.export, ONNX."""

import contextlib
import copy
import io
import json
import logging
import warnings
from pathlib import Path

from mnist_lab.files import write_whole
from mnist_lab.ranges import check_number

import torch


def export_model(model, path, *, mean, std, classes=tuple("0123456789"), image_shape=(1, 28, 28)):
    """Write the network in the format that the suffix names: .safetensors, .pt2 or .onnx.

    .safetensors holds the weights alone; .pt2 and .onnx the calculation too, in eval mode, for any
    number of images float32 (N, 1, 28, 28). mean, std and classes go along as text.
    """
    writers = {".safetensors": as_safetensors, ".pt2": as_program, ".onnx": as_onnx}
    write = writers.get(Path(path).suffix)
    if write is None:
        raise ValueError(
            f"The suffix of {path} should be one of {', '.join(writers)}, which chooses the format; "
            "name the file accordingly."
        )
    check_number("mean", mean, -1e6, 1e6, advice="give that of the training images")
    check_number("std", std, 1e-6, 1e6, advice="give that of the training images")
    about = {"mean": repr(float(mean)), "std": repr(float(std)), "classes": json.dumps(list(classes))}
    fixed = copy.deepcopy(model).cpu().eval()
    write_whole(path, write(fixed, torch.zeros(2, *image_shape), about))


def as_safetensors(model, images, about):
    """Return the weights as bytes; numbers and names only, so that opening it cannot run code."""
    with extra_needed("safetensors"):
        from safetensors.torch import save
    weights = {name: value.contiguous().clone() for name, value in model.state_dict().items()}
    return save(weights, metadata=about)


def as_program(model, images, about):
    """Return what torch.export makes of the model as bytes; torch.export.load opens it."""
    file = io.BytesIO()
    with quiet():
        torch.export.save(program_of(model, images), file, extra_files={"about.json": json.dumps(about)})
    return file.getvalue()


def as_onnx(model, images, about):
    """Return the model as ONNX bytes, with the input "images" and the output "logits"."""
    with extra_needed("onnx, onnxruntime and onnxscript"):
        import onnxscript  # noqa: F401
        from onnx import helper
    with quiet():
        program = torch.onnx.export(
            program_of(model, images), input_names=["images"], output_names=["logits"], verbose=False
        )
    proto = program.model_proto
    helper.set_model_props(proto, about)
    return proto.SerializeToString()


def program_of(model, images):
    """Return the exported program of a model, with the number of images left open."""
    shapes = ({0: torch.export.Dim("num_images")},)
    return torch.export.export(model, (images,), dynamic_shapes=shapes, strict=False)  # True before 2.7


@contextlib.contextmanager
def extra_needed(names):
    """Turn a failed import into the sentence that says what to install."""
    try:
        yield
    except ImportError as error:
        raise ValueError(
            f"This format needs {names}, which are not installed here; say "
            'python -m pip install "mnist-lab[export]"'
        ) from error


@contextlib.contextmanager
def quiet():
    """Keep the exporters' progress lines and notes to developers out of a lesson; errors still come."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        logging.disable(before)
