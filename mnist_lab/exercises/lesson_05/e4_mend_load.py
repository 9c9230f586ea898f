"""Exercise 5.4: mend a load that takes anything, and every way to mend it by half."""

import io
import tempfile
from functools import lru_cache, partial
from itertools import combinations
from pathlib import Path
from unittest.mock import patch

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch import nn


def ready_model(model, path):
    weights = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(weights)
    return model.eval()


RAN = []  # filled by the harmless stand-in for a payload


class Payload:
    """What a stranger could put into a file: here it only notes that it ran."""

    def __reduce__(self):
        return note_run, ("code in a file",)


def note_run(text):
    RAN.append(text)


def network(seed, width):
    """Return a network of two layers with dropout between them, the same at every call."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return nn.Sequential(nn.Linear(3, width), nn.Dropout(0.5), nn.Linear(width, 2))


UNFIT = {
    "incomplete": "A file in which a layer is missing",
    "larger": "A file with a layer too many",
    "renamed": "A file in which a layer has another name",
    "resized": "A file whose layers have other sizes",
}


@lru_cache(maxsize=2)
def files(seed, width, card, number):
    """Return the bytes of files: a good one, one from a graphics card, the unfit ones, one with code."""
    weights = network(seed, width).state_dict()
    first, second = "02" if number % 2 else "20"
    with patch.object(torch.serialization, "location_tag", lambda storage: f"cuda:{card}"):
        from_card = saved(weights)
    contents = {
        "good": weights,
        "incomplete": {name: tensor for name, tensor in weights.items() if name[0] != first},
        "larger": weights | {f"{number}.weight": torch.zeros(2)},
        "renamed": {name.replace(f"{second}.", f"{number}."): weights[name] for name in weights},
        "resized": network(seed, width + 1).state_dict(),
        "code": Payload(),
    }
    return {"card": from_card} | {name: saved(content) for name, content in contents.items()}


def saved(content):
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def what_opens(ready_model, generator):
    """Return how a load fails: on a good file, and on the others."""
    number = partial(whole_number, generator)
    seed, width = number(1, 10_000), number(4, 9)
    contents = files(seed, width, number(20, 99), number(3, 9))
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, f"{name}.pt") for name in contents}
        for name, content in contents.items():
            paths[name].write_bytes(content)
        fresh = partial(network, seed + 1, width)
        good = _good(ready_model, paths["good"], fresh(), dict(network(seed, width).state_dict()))
        return good + _others(lambda name: _raises(ready_model, fresh(), paths[name]))


def _good(ready_model, path, model, weights):
    faults, returned = [], ready_model(model, path)
    if not isinstance(returned, nn.Module):
        what = "a report of keys" if hasattr(returned, "missing_keys") else kind_of(returned)
        faults.append(f"From a good file {what} came back, where the network was expected.")
        returned = model
    if difference(weights, dict(returned.state_dict()), tolerance=0.0):
        faults.append("The network does not have the weights of the file.")
    if any(layer.training for layer in returned.modules()):
        faults.append("Not all of the network is in eval mode, and in training mode dropout is active.")
    return faults


def _others(raises):
    faults = [f"{what} was taken without a word." for name, what in UNFIT.items() if not raises(name)]
    if raises("card"):
        faults.append("A file from a machine with a graphics card could not be opened here.")
    RAN.clear()
    refused = raises("code")
    if RAN:
        faults.append("A file that holds code was opened, and its code ran.")
    elif not refused:
        faults.append("A file that holds code, and no weights, was taken without a word.")
    return faults


def _raises(ready_model, model, path):
    try:
        ready_model(model, path)
    except Exception:
        return True
    return False


FAULTS = (  # edits, the sentence that helps, and what is wrong in few words
    ({"model.load": "report = model.load", "return model.eval()": "model.eval()\n    return report"},
     "`load_state_dict` returns a report of keys, not the network: call it alone, and return `model`.",
     "a report of keys comes back"),
    ({"(weights)": "(weights, strict=False)"},
     "Layers that are missing from a file stay random, perhaps because of `strict=False`, which silences. "
     "Without it a wrong file is an error.",
     "layers that are missing stay random"),
    ({"model.eval()": "model"},
     "Dropout is still active: a new network starts in training mode. Call `model.eval()`.",
     "dropout is still active"),
    ({'map_location="cpu", ': ""},
     'A file from a graphics card wants to go back to one: `map_location="cpu"` opens it everywhere.',
     "a file from a graphics card cannot be opened here"),
)  # fmt: skip


def half_repairs():
    """Each load that still has some of the four faults, with its sentence."""
    rows = []
    for number in range(1, len(FAULTS) + 1):
        for faults in combinations(FAULTS, number):
            edits, sentences, words = zip(*faults, strict=True)
            changes = {old: new for edit in edits for old, new in edit.items()}
            sentence = " ".join(sentences) if number <= 2 else f"Still at fault: {'; '.join(words)}."
            rows.append((changes, sentence))
    return rows


LOAD_AND_RETURN = "model.load_state_dict(weights)\n    return model.eval()"

MISTAKES = (
    *half_repairs(),
    ("model.load_state_dict", "model = model.load_state_dict",
     "`model = model.load_state_dict(…)` puts a report of keys in the place of the network, and a report has "
     "no `eval`. Call it alone."),
    (LOAD_AND_RETURN, "return weights",
     "`torch.load` gives a dictionary of tensors, not a network: load it into `model`, then return that."),
    (LOAD_AND_RETURN, "return weights.eval()",
     "`torch.load` gives a dictionary of tensors, and a dictionary has no mode. Load it into `model`; that "
     "has one."),
    ({LOAD_AND_RETURN: "return weights", "weights_only=True": "weights_only=False"},
     "A dictionary comes back, not a network. And code in the file ran, as it may with "
     "`weights_only=False`."),
    ("return model.eval()", "model.eval()",
     "All is loaded, and nothing comes back: the function ends with `return model`."),
    ("model.eval()", "model.eval",
     "`model.eval` without brackets is the method itself, and nobody has called it. With brackets it "
     "switches the mode and returns the network."),
    ("    model.load_state_dict(weights)\n", "",
     "The network does not have the weights of the file. Perhaps nothing went into it: "
     "`model.load_state_dict(weights)` does that."),
    ("weights_only=True", "weights_only=False",
     "The check's file ran code when it was opened, as any file may with `weights_only=False`. Keep "
     "`weights_only=True`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.4",
    title="Mend a load",
    difficulty=2,
    minutes=5,
    points=2,
    reference=ready_model,
    given={
        'map_location="cpu", ': "",
        "model.load_state_dict(weights)": "model = model.load_state_dict(weights, strict=False)",
        "model.eval()": "model",
    },
    probe=what_opens,
    why="A load should either give the network that was saved, ready to answer, or stop. Anything between "
    "costs days.",
    hints=(
        "What does each of the three lines hand back, and what does it keep quiet about?",
        "`load_state_dict` changes the network in place and returns a report. What does `strict=False` do to "
        "a file in which a layer is missing?",
        "In which mode is a network that was just built? And where does `torch.load` put a tensor that was "
        "saved on a graphics card?",
        '`map_location="cpu"` in the first line; `model.load_state_dict(weights)` alone in the second; '
        "`model.eval()` before the end.",
    ),
    mistakes=MISTAKES,
)
