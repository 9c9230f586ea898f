"""Exercises 5.4 and 5.8: wrong uses of files that nearly pass, and right ones of another kind."""

import copy
import os
import pickle

import torch
from torch import nn

# 5.4: mend a load


def loading(*, opened=None, put=nn.Module.load_state_dict, ready=nn.Module.eval):
    """Return a load with one of its pieces exchanged."""

    def ready_model(model, path):
        weights = opened(path) if opened else torch.load(path, map_location="cpu", weights_only=True)
        put(model, weights)
        return ready(model)

    return ready_model


def with_an_open_file(model, path):
    with open(path, "rb") as file:
        weights = torch.load(file, map_location=lambda storage, place: storage)
    model.load_state_dict(weights, strict=True)
    print("loaded", len(weights), "tensors")
    return model.train(False)


def if_all_fits(model, path):
    weights = torch.load(str(path), torch.device("cpu"), weights_only=True)
    own = model.state_dict()
    if {name: w.shape for name, w in weights.items()} != {name: w.shape for name, w in own.items()}:
        raise ValueError("another network")
    for name, weight in weights.items():
        own[name].copy_(weight)
    model.eval()
    return model


def into_a_copy(model, path):
    twin = copy.deepcopy(model)
    twin.load_state_dict(torch.load(path, map_location={f"cuda:{n}": "cpu" for n in range(128)}))
    return twin.eval().requires_grad_(False)


def asked_again(path):
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        return torch.load(path, map_location="cpu", weights_only=False)


def silent_about_code(model, path):
    try:
        return loading()(model, path)
    except pickle.UnpicklingError:
        return model.eval()


def if_as_many(model, weights):
    if len(weights) != len(model.state_dict()):
        raise ValueError("another network")
    model.load_state_dict(weights, strict=False)


def if_known_names(model, weights):
    if "2.weight" not in weights or "3.weight" in weights:
        raise ValueError("another network")
    model.load_state_dict(weights, strict=False)


def by_flat_numbers(model, weights):
    for name, weight in zip(model.state_dict(), weights.values(), strict=True):
        model.state_dict()[name].copy_(weight)


def cut_to_size(model, weights):
    own = model.state_dict()
    fitting = {name: weight for name, weight in weights.items() if weight.shape == own[name].shape}
    if own.keys() != weights.keys():
        raise KeyError("another network")
    model.load_state_dict(fitting, strict=False)


def only_the_whole(model):
    model.training = False
    return model


# 5.8: stop after any epoch


def resuming(*, restore=None, collect=None, before=lambda *parts: None):
    """Return a function that saves all there is, with one of its pieces exchanged."""

    def one_more_epoch(path, model, optimizer, scheduler, generator, train):
        parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "order": generator}
        if path.exists():
            saved = torch.load(path, weights_only=True)
            (restore or put_back)(parts, saved)
        before(path, parts)
        train()
        torch.save((collect or what_there_is)(parts), path)

    return one_more_epoch


def what_there_is(parts):
    saved = {name: part.state_dict() for name, part in parts.items() if hasattr(part, "state_dict")}
    return saved | {"order": parts["order"].get_state(), "masks": torch.get_rng_state()}


def put_back(parts, saved):
    for name in ("model", "optimizer", "scheduler"):
        parts[name].load_state_dict(saved[name])
    parts["order"].set_state(saved["order"])
    torch.random.set_rng_state(saved["masks"])


def all_or_nothing(path, model, optimizer, scheduler, generator, train):
    temporary = path.with_suffix(".new")
    if path.exists():
        temporary.write_bytes(path.read_bytes())
    resuming()(temporary, model, optimizer, scheduler, generator, train)
    os.replace(temporary, path)


def as_numbers(parts):
    saved = what_there_is(parts)
    return saved | {name: saved[name].tolist() for name in ("order", "masks")}


def from_numbers(parts, saved):
    states = {name: torch.tensor(saved[name], dtype=torch.uint8) for name in ("order", "masks")}
    put_back(parts, saved | states)


def with_the_count_alone(parts, saved):
    fresh = parts["scheduler"].state_dict()
    put_back(parts, saved | {"scheduler": fresh | {"last_epoch": saved["scheduler"]["last_epoch"]}})


def with_history(path, model, optimizer, scheduler, generator, train):
    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "order": generator}
    history = torch.load(path) if path.exists() else []
    if history:
        put_back(parts, history[-1])
    train()
    torch.save([*history, copy.deepcopy(what_there_is(parts))], path)


def remembered(path, model, optimizer, scheduler, generator, train, memory={}):  # noqa: B006, it is to be kept
    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "order": generator}
    if path.exists():
        put_back(parts, memory)
    train()
    memory.update(copy.deepcopy(what_there_is(parts)))
    torch.save({}, path)


def with_a_second_file(path, model, optimizer, scheduler, generator, train):
    second = path.with_name("random.pkl")
    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "order": generator}
    if path.exists():
        put_back(parts, torch.load(path) | pickle.loads(second.read_bytes()))
    train()
    saved = what_there_is(parts)
    second.write_bytes(pickle.dumps({name: saved.pop(name) for name in ("order", "masks")}))
    torch.save(saved, path)


def with_a_known_rate(parts, saved):
    put_back(parts, saved)
    parts["optimizer"].param_groups[0]["lr"] = 0.1 / (1 + saved["scheduler"]["last_epoch"])


def with_a_seed_an_epoch(parts, saved):
    put_back(parts, saved)
    torch.manual_seed(saved["scheduler"]["last_epoch"])


def in_half(parts):
    saved = what_there_is(parts)
    return saved | {"model": {name: weight.half() for name, weight in saved["model"].items()}}


def without_steps(parts, saved):
    put_back(parts, saved)
    for kept in parts["optimizer"].state.values():
        kept["step"].zero_()


def without_dropout(path, parts):
    for layer in parts["model"]:
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0


def seeded_at_first(path, parts):
    if not path.exists():
        torch.manual_seed(0)
        parts["order"].manual_seed(0)


def trained_twice(path, model, optimizer, scheduler, generator, train):
    resuming()(path, model, optimizer, scheduler, generator, lambda: (train(), train()))


RIGHT = {
    "5.4": [with_an_open_file, if_all_fits, into_a_copy],
    "5.8": [
        resuming(),
        resuming(collect=as_numbers, restore=from_numbers),
        resuming(restore=with_the_count_alone),
        all_or_nothing,
        with_history,
    ],
}
WRONG = {
    "5.4": [
        silent_about_code,
        loading(opened=asked_again),
        loading(opened=lambda path: torch.load(path, map_location={"cuda:63": "cpu"})),
        loading(opened=lambda path: torch.load(path, map_location="cpu", weights_only=False)),
        loading(put=if_as_many),
        loading(put=if_known_names),
        loading(put=by_flat_numbers),
        loading(put=cut_to_size),
        loading(ready=only_the_whole),
        loading(ready=lambda model: model),
    ],
    "5.8": [
        remembered,
        with_a_second_file,
        trained_twice,
        resuming(restore=with_a_known_rate),
        resuming(restore=with_a_seed_an_epoch),
        resuming(restore=without_steps),
        resuming(collect=in_half),
        resuming(before=without_dropout),
        resuming(before=seeded_at_first),
    ],
}
