"""Exercise 8.15: Patient 13, a stranger to itself."""

import copy
from collections import OrderedDict
from contextlib import suppress

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch
from torch import nn


def restored(model, checkpoint):
    weights = checkpoint["model"]
    weights = {name.removeprefix("module."): tensor for name, tensor in weights.items()}
    model.load_state_dict(weights)
    return model.eval()


def given_restored(model, checkpoint):
    model.load_state_dict(checkpoint, strict=False)
    return model.eval()


def small_network(num_layers, width):
    layers = {"hidden": nn.Linear(3, width), "drop": nn.Dropout(0.5), "submodule": nn.Linear(width, width)}
    layers |= {f"layer{number}": nn.Linear(width, width) for number in range(num_layers)}
    return nn.Sequential(OrderedDict(layers | {"out": nn.Linear(width, 2)}))


def checkpoint_of(network):
    """What was saved from a network inside nn.DataParallel, in an order of its own."""
    names = sorted(network.state_dict(), reverse=True)
    weights = {f"module.{name}": network.state_dict()[name] for name in names}
    return {"model": weights, "epoch": 10}


def what_is_restored(restored, generator):
    """Are the weights those of the checkpoint, is the network ready, is a damaged one refused?"""
    return of_a_sound_one(restored, generator) + _damaged(restored, *two_networks(generator), generator)


def of_a_sound_one(restored, generator):
    """Are the weights those of the checkpoint, and is the network ready?"""
    saved, model = two_networks(generator)
    before = copy.deepcopy(model)
    return _not_loaded(restored(model, checkpoint_of(copy.deepcopy(saved))), model, before, saved)


def two_networks(generator):
    torch.manual_seed(whole_number(generator, 0, 999_999))
    sizes = different_numbers(generator, 2, 1, 5)
    return small_network(*sizes), small_network(*sizes)


def _not_loaded(result, model, before, saved):
    faults = []
    if isinstance(result, nn.DataParallel):
        faults.append("The network came back inside an `nn.DataParallel`.")
        result = result.module
    if not isinstance(result, nn.Module):
        return [f"{kind_of(result)} came back, where the network was expected."]
    if result is not model:
        faults.append("Another network came back than the one that was handed in.")
    if difference(dict(before.state_dict()), dict(result.state_dict()), tolerance=0.0) is None:
        faults.append("The network has the random weights that it had before.")
    elif difference(dict(saved.state_dict()), dict(result.state_dict()), tolerance=0.0):
        faults.append("The network has not all of the weights of the checkpoint.")
    if any(module.training for module in result.modules()):
        faults.append("The network is in training mode, so dropout spoils its answers.")
    return faults


def _damaged(restored, saved, model, generator):
    """A checkpoint with a tensor too few must be refused, one too many, and one under another name."""
    fewer, more, other = (copy.deepcopy(checkpoint_of(saved)) for _ in range(3))
    name = list(fewer["model"])[whole_number(generator, 0, len(fewer["model"]) - 1)]
    other["model"]["module.other.bias"] = other["model"].pop(name)
    del fewer["model"][name]
    more["model"]["module.extra.bias"] = torch.zeros(2)
    whats = {"a tensor is missing": fewer, "there is a tensor too many": more, "a name is wrong": other}
    faults = []
    for what, damaged in whats.items():
        with suppress(Exception):
            restored(copy.deepcopy(model), damaged)
            faults.append(f"A checkpoint in which {what} was taken without a word.")
    return faults


LOAD, END = "model.load_state_dict(weights)", "return model.eval()"

MISTAKES = (
    (LOAD, "model.load_state_dict(checkpoint, strict=False)",
     "Nothing was loaded, and no error says so: the network stayed random. If `strict=False` or a `try` "
     "silences the error, take it away and read what it says about the keys."),
    (LOAD, "model.load_state_dict(checkpoint)",
     "Strict again, that is the first step. Now read the error: `model` is an unexpected key, so the weights "
     "are one level deeper."),
    (LOAD, 'model.load_state_dict(checkpoint["model"])',
     "The right entry. Compare missing and unexpected names in the error: they differ by `module.` in "
     "front."),
    (LOAD, "model.load_state_dict(weights, strict=False)",
     "These weights load. But a damaged checkpoint loads too, and its missing layers stay random. Leave "
     "`strict=False` out, and catch no error: it is there to be read."),
    (LOAD, f"model = {LOAD}", "`load_state_dict` returns a report of keys, not the network. Call it alone."),
    (END, "return model", "The weights are right; `eval()` got lost, and dropout is on."),
    (END, "model.eval()", "The weights are right, and nothing came back. End with `return model.eval()`."),
    (LOAD, 'model = nn.DataParallel(model)\n    model.load_state_dict(checkpoint["model"])',
     "Wrapped again, the names fit. But the caller gets the wrapper, whose weights have other names than the "
     "network's. Mend the names instead."),
    (LOAD, "model.load_state_dict(dict(zip(model.state_dict(), weights.values(), strict=False)))",
     "By their place weights land where they do not belong: a checkpoint may have any order. Names are there "
     "to be used."),
    ('name.removeprefix("module.")', 'name.replace("module.", "")',
     "`replace` takes the word out wherever it stands: of `module.submodule.bias` only `subbias` is left. "
     "`removeprefix` takes it from the front alone."),
    ("removeprefix", "lstrip",
     '`lstrip("module.")` takes away any of these letters, and of `out` only `t` is left. `removeprefix` '
     "takes away the word."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.15",
    title="Patient 13, a stranger to itself",
    difficulty=2,
    minutes=5,
    points=3,
    reference=restored,
    given=given_restored,
    probe=what_is_restored,
    parts={
        "loads the weights": (2, of_a_sound_one),
        "and refuses a damaged checkpoint": (1, what_is_restored),
    },
    why="The error was right, twice. `strict=False` only turned it into a network that never learned "
    "anything.",
    hints=(
        "Take `strict=False` away and read the error: which keys are missing, which are unexpected?",
        "A checkpoint holds more than weights. Print `checkpoint.keys()`, then the names inside.",
        'The weights are `checkpoint["model"]`, and each name begins with `module.`, which `removeprefix` '
        "takes away.",
    ),
    mistakes=MISTAKES,
)
