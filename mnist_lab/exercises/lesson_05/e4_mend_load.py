"""Exercise 5.4: mend a load that takes anything, and every way to mend it by half."""

import io
import tempfile
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from unittest.mock import patch

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise

import torch
from torch import nn


def ready_model(model, path):
    weights = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(weights)
    return model.eval()


def given_ready_model(model, path):
    weights = torch.load(path, weights_only=True)
    model = model.load_state_dict(weights, strict=False)
    return model


def small_model(seed):
    """Return a network of two layers with dropout between them, the same at every call."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 2))


RAN = []  # filled by the harmless stand-in for a payload


class Payload:
    """What a stranger could put into a file: here it only notes that it ran."""

    def __reduce__(self):
        return note_run, ("code in a file",)


def note_run(text):
    RAN.append(text)


@lru_cache
def files():
    """Return the bytes of files: a good one, from a graphics card, two of other networks, one with code."""
    weights = small_model(1).state_dict()
    with patch.object(torch.serialization, "location_tag", lambda storage: "cuda:63"):
        from_card = saved(weights)
    incomplete = {name: tensor for name, tensor in weights.items() if not name.startswith("2.")}
    larger = weights | {"3.weight": torch.zeros(2)}
    contents = {"good": weights, "incomplete": incomplete, "larger": larger, "code": Payload()}
    return {"card": from_card} | {name: saved(content) for name, content in contents.items()}


def saved(content):
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def what_opens(ready_model):
    """Return how a load fails: on a good file, and on the others."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, f"{name}.pt") for name in files()}
        for name, content in files().items():
            paths[name].write_bytes(content)
        return [*_good(ready_model, paths["good"]), *_others(ready_model, paths)]


def _good(ready_model, path):
    model, faults = small_model(2), []
    returned = ready_model(model, path)
    if not isinstance(returned, nn.Module):
        what = "a report of keys" if hasattr(returned, "missing_keys") else kind_of(returned)
        faults.append(f"From a good file {what} came back, where the network was expected.")
        returned = model
    if difference(dict(small_model(1).state_dict()), dict(returned.state_dict()), tolerance=0.0):
        faults.append("The network does not have the weights of the file.")
    if returned.training:
        faults.append("The network is in training mode, so dropout spoils its answers.")
    return faults


def _others(ready_model, paths):
    faults = []
    if not _raises(ready_model, paths["incomplete"]):
        faults.append("A file in which a layer is missing was taken without a word.")
    if not _raises(ready_model, paths["larger"]):
        faults.append("A file with a layer too many was taken without a word.")
    if _raises(ready_model, paths["card"]):
        faults.append("A file from a machine with a graphics card could not be opened here.")
    RAN.clear()
    _raises(ready_model, paths["code"])
    if RAN:
        faults.append("A file that holds code was opened, and its code ran.")
    return faults


def _raises(ready_model, path):
    try:
        ready_model(small_model(2), path)
    except Exception:
        return True
    return False


FAULTS = (  # edits, the sentence that helps, and what is wrong in few words
    ({"model.load": "report = model.load", "return model.eval()": "model.eval()\n    return report"},
     "`load_state_dict` returns a report of keys, not the network: call it alone, and return `model`.",
     "a report of keys comes back"),
    ({"(weights)": "(weights, strict=False)"},
     "`strict=False` silences: missing layers stay random. Leave it out, and a wrong file is an error.",
     "`strict=False` lets missing layers stay random"),
    ({"model.eval()": "model"},
     "Eval is forgotten: a new network starts in training mode, and dropout is active. Call `model.eval()`.",
     "eval is forgotten"),
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
     "A dictionary comes back, not a network; and with `weights_only=False` code in the file could run, as "
     "it did in the check."),
    ("return model.eval()", "model.eval()",
     "All is loaded, and nothing comes back: the function ends with `return model`."),
    ("model.eval()", "model.eval",
     "`model.eval` without brackets is the method itself, and nobody has called it. With brackets it "
     "switches the mode and returns the network."),
    ("    model.load_state_dict(weights)\n", "",
     "The file was opened, but nothing went into the network. `model.load_state_dict(weights)` does that."),
    ("weights_only=True", "weights_only=False",
     "With `weights_only=False` the file may run code when it is opened, and the check's file did. Keep "
     "`weights_only=True`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.4",
    title="Mend a load",
    kind="training",
    difficulty=2,
    minutes=5,
    points=2,
    reference=ready_model,
    given=given_ready_model,
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
