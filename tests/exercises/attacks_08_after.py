"""Lesson 08, patients 12 and 13: wrong answers that nearly pass, and right ones of another kind."""

import copy

from mnist_lab.exercises.registry import find_exercise

import numpy as np
import torch
from attacks_08 import variants
from torch import nn

E14, E15 = map(find_exercise, ("8.14", "8.15"))

# 8.14


def in_numpy(model, loader):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.inference_mode():
        hits = [(model(images).argmax(1) == labels).numpy() for images, labels in loader]
    for module, mode in modes.items():
        module.training = mode
    return np.concatenate(hits).mean()


def as_a_tensor(model, loader):
    return torch.tensor(in_numpy(model, loader))


def of_a_copy(model, loader):
    return E14.reference(copy.deepcopy(model), loader)


def by_the_flag(model, loader):
    was_training, model.training = model.training, False
    with torch.no_grad():
        hits = torch.cat([model(images).argmax(1) == labels for images, labels in loader])
    model.training = was_training
    return hits.double().mean().item()


# 8.15

NAMES = 'weights = {name.removeprefix("module."): tensor for name, tensor in weights.items()}'
LOAD = "model.load_state_dict(weights)"


def in_the_checkpoint(model, checkpoint):
    for name in list(checkpoint["model"]):
        checkpoint["model"][name[7:]] = checkpoint["model"].pop(name)
    print(model.load_state_dict(checkpoint["model"]))
    model.train(False)
    return model


def by_parallel(model, checkpoint):
    nn.DataParallel(model).load_state_dict(checkpoint["model"])
    return model.eval()


def by_hand_of_names(model, checkpoint):
    weights = checkpoint["model"]
    if {f"module.{name}" for name in model.state_dict()} != set(weights):
        raise KeyError("names")
    for name, tensor in model.state_dict().items():
        tensor.copy_(weights[f"module.{name}"])
    return model.eval()


def always_raises(model, checkpoint):
    raise RuntimeError("a damaged checkpoint")


def counted(model, checkpoint):
    weights = {name[7:]: tensor for name, tensor in checkpoint["model"].items()}
    if len(weights) != len(model.state_dict()):
        raise KeyError("names")
    model.load_state_dict(weights, strict=False)
    return model.eval()


def four_names(model, checkpoint):
    names = ("hidden.weight", "hidden.bias", "submodule.weight", "submodule.bias", "out.weight", "out.bias")
    model.load_state_dict({name: checkpoint["model"][f"module.{name}"] for name in names})
    return model.eval()


RIGHT = {
    "8.14": [in_numpy, as_a_tensor, of_a_copy],
    "8.15": [
        in_the_checkpoint,
        by_parallel,
        by_hand_of_names,
        *variants(E15, {LOAD: "model.load_state_dict(weights, assign=True)"}),
    ],
}
WRONG = {
    "8.14": [
        by_the_flag,
        *variants(
            E14,
            {"train(was_training)": "train(not was_training)"},
            {"correct / total": "correct / 11"},
            {"correct / total": "round(correct / total, 2)"},
            {"correct / total": "1 - correct / total"},
            {"correct / total": "correct"},
            {"total += labels.size(0)\n": "total += labels.size(0)\n            break\n"},
            {"torch.max(outputs, 1)": "torch.min(outputs, 1)"},
        ),
    ],
    "8.15": [
        always_raises,
        counted,
        four_names,
        *variants(
            E15,
            {LOAD: f"model = copy.deepcopy(model)\n    {LOAD}"},
            {"return model.eval()": "model.training = False\n    return model"},
            {LOAD: f"try:\n        {LOAD}\n    except RuntimeError:\n        pass"},
            {
                NAMES: 'weights = {name.split(".")[-2] + "." + name.split(".")[-1]: 0 * tensor for '
                "name, tensor in weights.items()}"
            },
        ),
    ],
}
