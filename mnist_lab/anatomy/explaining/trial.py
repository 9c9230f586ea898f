"""What a trial run of a model needs so that it leaves no trace: blank images, a copy, random states."""

import copy
import random
from collections.abc import Iterable
from contextlib import contextmanager
from numbers import Integral

import numpy as np
import torch
from torch import nn

EXAMPLE = "such as (64, 1, 28, 28)"


def blank_images(model, input_shape):
    """Return zeros of that shape, of the model's own dtype and on its device; integers for an Embedding.

    Raises ValueError if model is no module, or input_shape no shape with a batch.
    """
    check_model(model)
    shape = check_shape(input_shape)
    parameter = next(model.parameters(), torch.empty(0))
    if parameter.is_meta:
        raise ValueError(
            "explain_shapes expects a model with weights, but this one is on the meta device, where a "
            "Conv2d takes any shape; build it on the CPU."
        )
    holders = (layer for layer in model.modules() if list(layer.parameters(recurse=False)))
    wants_integers = isinstance(next(holders, None), nn.Embedding | nn.EmbeddingBag)
    dtype = torch.int64 if wants_integers else parameter.dtype
    return torch.zeros(shape, dtype=dtype, device=parameter.device)


def check_model(model):
    """Raise ValueError for what is no module, such as a class that nobody has called."""
    if isinstance(model, type):
        raise ValueError(
            f"explain_shapes expects a model, but got the class {model.__name__}; build one first, "
            f"as in {model.__name__}()."
        )
    if not isinstance(model, nn.Module):
        raise ValueError(
            f"explain_shapes expects an nn.Module, but got a {type(model).__name__}; the model comes "
            "first, then the shape of its input."
        )
    if isinstance(model, torch.jit.ScriptModule):
        raise ValueError(
            "explain_shapes expects a model in Python, but got a scripted or traced one, which has no lines "
            "to name; give it the model that this one was made from."
        )


def check_shape(input_shape):
    """Return input_shape as a tuple of numbers, or raise ValueError if it is no shape with a batch."""
    is_tensor = hasattr(input_shape, "shape")
    sizes = tuple(input_shape) if isinstance(input_shape, Iterable) and not is_tensor else (None,)
    if any(isinstance(size, bool) or not isinstance(size, Integral) for size in sizes):
        came = f"a tensor {tuple(input_shape.shape)}" if is_tensor else repr(input_shape)
        raise ValueError(
            f"input_shape expects a tuple of whole numbers, {EXAMPLE}, but got {came}; give one number "
            "for each axis, as images.shape does."
        )
    if len(sizes) < 2:
        raise ValueError(
            f"input_shape expects the batch and at least one more axis, {EXAMPLE}, but got {sizes}; "
            "put the number of images first."
        )
    if min(sizes) < 1:
        raise ValueError(
            f"input_shape expects sizes of at least 1, {EXAMPLE}, but got {sizes}; "
            "give the shape of a real batch."
        )
    return tuple(map(int, sizes))


def private_copy(model):
    """Return a copy of the model, so that whatever its forward changes is changed in the copy only.

    An attribute that cannot be copied, such as an open file, is shared; a tensor with a history is
    copied without it; a compiled model is taken out of its wrapper.
    """
    memo, model = {}, getattr(model, "_orig_mod", model)
    try:
        return copy.deepcopy(model)
    except Exception:
        for module in reversed(list(model.modules())):
            for value in vars(module).values():
                memo.update(stand_in(value, memo))
    try:
        return copy.deepcopy(model, memo)
    except Exception as error:
        raise ValueError(
            f"explain_shapes expects a model that it can copy, but copying fails with: {error}; take "
            "out of the model what is not made of modules and tensors."
        ) from error


def stand_in(value, memo):
    """Return what deepcopy shall take for a value that it cannot copy, as an entry of its memo."""
    try:
        copy.deepcopy(value, dict(memo))
        return {}
    except Exception:
        return {id(value): value.detach().clone() if isinstance(value, torch.Tensor) else value}


@contextmanager
def same_random_states(device):
    """Run a block, then put the random states of Python, NumPy, torch and the device back."""
    accelerator = None if device.type == "cpu" else torch.get_device_module(device)
    which = () if device.type == "mps" else (device,)  # there is but one mps
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    on_device = accelerator and accelerator.get_rng_state(*which)
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
        if accelerator:
            accelerator.set_rng_state(on_device, *which)
