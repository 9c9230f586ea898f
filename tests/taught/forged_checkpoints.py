"""Checkpoints that somebody changed and sealed anew, for the tests of what is refused and what stays."""

import copy
import io
import pickle
import random
import zipfile
from pathlib import Path

from mnist_lab.checkpoints import load_checkpoint, load_model, save_checkpoint
from mnist_lab.checkpoints.sealed import CheckpointError, seal
from mnist_lab.data import InMemoryLoader, load_digits

import torch
from torch import nn
from torch.utils.data import Subset

ABOUT = {"digits": "bundled", "mean": 0.5, "std": 0.5}


class Run:
    """A small network in the middle of its training, with all that load_checkpoint puts back."""

    def __init__(self, dataset, seed=0):
        torch.manual_seed(seed)
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(784, 3), nn.BatchNorm1d(3), nn.Linear(3, 10))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.01)
        self.scheduler = torch.optim.lr_scheduler.MultiStepLR(self.optimizer, [2, 4])
        self.loader = InMemoryLoader(dataset, batch_size=8, shuffle=True, seed=seed)
        self.step()

    def step(self):
        for images, labels in self.loader:
            self.optimizer.zero_grad()
            nn.functional.cross_entropy(self.model(images), labels).backward()
            self.optimizer.step()
        self.scheduler.step()

    def parts(self):
        return {name: getattr(self, name) for name in ("model", "optimizer", "scheduler", "loader")}

    def state(self):
        """Everything that a load may change, as bytes."""
        file = io.BytesIO()
        states = [part.state_dict() for part in (self.model, self.optimizer, self.scheduler)]
        states += [self.loader.generator.get_state(), torch.get_rng_state(), random.getstate()]
        torch.save([states, len(self.model._forward_pre_hooks)], file)
        return file.getvalue()


def small_run(seed=0):
    return Run(Subset(load_digits().train, range(16)), seed)


def content_of(path):
    """Return the content of a run's checkpoint, which is written to path."""
    run = small_run()
    curves = {
        "train_loss": [2.0],
        "train_accuracy": [0.1],
        "validation_loss": [2.0],
        "validation_accuracy": [0.2],
    }
    others = {name: part for name, part in run.parts().items() if name != "model"}
    save_checkpoint(path, run.model, **ABOUT, **others, history=curves)
    return torch.load(path, weights_only=True)


def sealed(content):
    file = io.BytesIO()
    torch.save(content, file)
    return seal(file.getvalue())


def rezipped(data, change, compression=zipfile.ZIP_STORED):
    """Return a sealed zip of the records that change({name: bytes}) leaves."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        records = change({name: old.read(name) for name in old.namelist()})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as new:
        for name, value in records.items():
            new.writestr(name, value)
    return seal(file.getvalue())


def with_pickle(data, pickled):
    """Return a sealed zip with another data.pkl."""
    return rezipped(data, lambda old: {n: pickled if n.endswith("data.pkl") else v for n, v in old.items()})


class Call:
    """Pickled as a call of a function, whatever it is."""

    def __init__(self, function, *arguments):
        self.reduced = function, arguments

    def __reduce__(self):
        return self.reduced


STRANGE = [
    None, True, -1, 0, 10**30, 0.5, float("nan"), float("inf"), 1j, "x", "", [], {}, (), (1, 2), [None] * 3,
    {"a": 1}, {1: 2}, {"format": 1}, set(), torch.zeros(0), torch.zeros(7), torch.zeros(()),
    torch.ones(2, 2).int(), torch.zeros(1).expand(10**9), torch.zeros(1, 1).expand(3, 10**8),
    torch.zeros(3, dtype=torch.complex64),
    torch.zeros(2, 2).to_sparse(), torch.float16, torch.Size([3]),
]  # fmt: skip


def places(value, path=()):
    """Yield the path to every value inside a content; of a long row the first, the middle and the last."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list | tuple):
        chosen = range(len(value)) if len(value) < 20 else (0, len(value) // 2, len(value) - 1)
        for index in chosen:
            yield from places(value[index], (*path, index))


def replaced(value, path, new):
    """Return a copy of a content with another value at a path; `...` takes it out."""
    key, *rest = path
    changed = list(value) if isinstance(value, list | tuple) else type(value)(value)
    if rest:
        changed[key] = replaced(value[key], rest, new)
    elif new is ...:
        del changed[key]
    else:
        changed[key] = new
    return tuple(changed) if isinstance(value, tuple) else changed


def random_forgery(content, data, generator):
    """Return a sealed file with one to four changes of values, or of bytes of its pickle or its zip."""
    kind = generator.randrange(4)
    if kind < 2:
        for _ in range(generator.randrange(1, 5)):
            path = generator.choice(list(places(content)))
            try:
                content = replaced(content, path, generator.choice([*STRANGE, ...]))
            except (TypeError, KeyError, IndexError):
                continue
        return sealed(content)
    if kind == 2:
        return rezipped(data, lambda records: with_changed_bytes(records, "data.pkl", generator))
    name = generator.choice(["data.pkl", "version", "byteorder", "data/0", "data/3", ".format_version"])
    changes = [
        lambda records: with_changed_bytes(records, name, generator),
        lambda records: {n: v for n, v in records.items() if not n.endswith(name)},
        lambda records: {n: v[: len(v) // 2] if n.endswith(name) else v for n, v in records.items()},
        lambda records: {n: v * 3 if n.endswith(name) else v for n, v in records.items()},
        lambda records: {
            n.replace("archive", "b", 1) if n.endswith(name) else n: v for n, v in records.items()
        },
    ]
    compression = generator.choice([zipfile.ZIP_STORED, zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    return rezipped(data, generator.choice(changes), compression)


def with_changed_bytes(records, ending, generator):
    changed = dict(records)
    for name in (name for name in records if name.endswith(ending)):
        value = bytearray(records[name])
        for _ in range(generator.randrange(1, 4)):
            place = generator.randrange(len(value) or 1)
            value[place : place + generator.randrange(2)] = generator.randbytes(generator.randrange(3))
        changed[name] = bytes(value)
    return changed


def what_happens(path, run):
    """Return "loaded", or the error of a refusal that changed nothing, or a fault in words."""
    before = run.state()
    try:
        load_checkpoint(path, **run.parts())
    except CheckpointError as error:
        return error if run.state() == before else f"refused, but changed: {error}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    try:
        run.step()
    except BaseException as error:
        return f"loaded, then {type(error).__name__}: {error}"
    return "loaded"


def what_load_model_does(path, model):
    """The same for load_model into a network that is given."""
    before = copy.deepcopy(model.state_dict())
    try:
        load_model(path, model=model)
    except CheckpointError as error:
        same = all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
        return error if same and not model._forward_pre_hooks else f"refused, but changed: {error}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return "loaded"


def peak_memory():
    """The largest size of this process's memory so far in bytes, touched or not; 0 if unknown."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmPeak")), 0)


def pickled(content):
    return pickle.dumps(content, protocol=2)
