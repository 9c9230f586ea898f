"""Lesson 05: wrong answers that nearly pass, and right ones of another kind. (5.4, 5.8: attacks_05_files.)"""

import copy
import io
import math

import numpy as np
import torch
from by_heart import by_heart
from torch import nn

# 5.5: older names


def by_split(weights, new_names):
    def renamed(name):
        parts = name.split(".")
        parts = parts[1:] if parts[0] == "module" else parts
        layer = ".".join(parts[:-1])
        return ".".join([new_names.get(layer, layer), parts[-1]])

    return {renamed(name): tensor.clone() for name, tensor in weights.items()}


def by_prefix(weights, new_names):
    result = {}
    for name in weights:
        short = name[7:] if name.startswith("module.") else name
        for old, new in new_names.items():
            if short.startswith(f"{old}.") and "." not in short[len(old) + 1 :]:
                short = new + short[len(old) :]
                break
        result[short] = weights[name]
    return result


def weight_or_bias(weights, new_names):
    result = {}
    for name, tensor in weights.items():
        name = name.removeprefix("module.")
        for kind in (".weight", ".bias"):
            if name.endswith(kind):
                layer = name.removesuffix(kind)
                result[new_names.get(layer, layer) + kind] = tensor
    return result


def by_tokens(weights, new_names):
    result = {}
    for name, tensor in weights.items():
        name = name.removeprefix("module.")
        for number, old in enumerate(sorted(new_names, key=len, reverse=True)):
            name = name.replace(old, f"<{number}>")
        for number, old in enumerate(sorted(new_names, key=len, reverse=True)):
            name = name.replace(f"<{number}>", new_names[old])
        result[name] = tensor
    return result


def of_two_parts(weights, new_names):
    result = {}
    for name, tensor in weights.items():
        *_, parent, layer, kind = ("", "", *name.removeprefix("module.").split("."))
        layer = f"{parent}.{layer}".lstrip(".")
        result[f"{new_names.get(layer, layer)}.{kind}"] = tensor
    return result


def in_place(weights, new_names):
    renamed = by_split(weights, new_names)
    weights.clear()
    weights.update(renamed)
    return weights


# 5.6: keep the best weights


def keeping(*, start=-math.inf, better=lambda now, best: now > best, keep=copy.deepcopy, stop=math.inf):
    """Return a loop that keeps the best weights, with one of its pieces exchanged."""

    def keep_best(model, train, score, num_epochs):
        best_score, since, best_weights = start, 0, keep(model.state_dict())
        for _ in range(num_epochs):
            train()
            now, since = score(), since + 1
            if better(now, best_score):
                best_score, since, best_weights = now, 0, keep(model.state_dict())
            if since == stop:
                break
        model.load_state_dict(best_weights)
        return best_score

    return keep_best


def all_of_them(model, train, score, num_epochs):
    history = []
    for _ in range(num_epochs):
        train()
        history.append((score(), {name: value.clone() for name, value in model.state_dict().items()}))
    scores = np.array([now for now, _ in history])
    model.load_state_dict(history[scores.argmax()][1])
    return scores.max()


def by_bytes(model, train, score, num_epochs):
    best, buffer = None, None
    for _ in range(num_epochs):
        train()
        now = torch.tensor(score(), dtype=torch.float64)
        if best is None or now > best:
            best, buffer = now, io.BytesIO()
            torch.save(model.state_dict(), buffer)
    buffer.seek(0)
    model.load_state_dict(torch.load(buffer))
    return best


def filled_by_heart(model, train, score, num_epochs):
    scores = [(train(), score())[1] for _ in range(num_epochs)]
    with torch.no_grad():
        for tensor in (*model.parameters(), *model.buffers()):
            tensor.fill_(2.0)
    return max(scores)


def of_a_copy(model, train, score, num_epochs):
    return keeping()(copy.deepcopy(model), train, score, num_epochs)


# 5.9: two runs from one


def through_bytes(model, optimizer, new_model, new_optimizer):
    buffer = io.BytesIO()
    torch.save((model.state_dict(), optimizer.state_dict()), buffer)
    buffer.seek(0)
    for part, state in zip((new_model, new_optimizer), torch.load(buffer), strict=True):
        part.load_state_dict(state)


def old_one_moves_out(model, optimizer, new_model, new_optimizer):
    new_model.load_state_dict(model.state_dict())
    new_optimizer.load_state_dict(optimizer.state_dict())
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))


def forking(weights=nn.Module.load_state_dict, state=torch.optim.Optimizer.load_state_dict):
    """Return a fork with one of its pieces exchanged; each takes the new part and a copy of the state."""

    def fork(model, optimizer, new_model, new_optimizer):
        weights(new_model, copy.deepcopy(model.state_dict()))
        state(new_optimizer, copy.deepcopy(optimizer.state_dict()))

    return fork


def without_buffers(model, state):
    for name, parameter in model.named_parameters():
        parameter.data = state[name]


def without_settings(optimizer, state):
    for group, old in zip(optimizer.param_groups, state["param_groups"], strict=True):
        group["lr"] = old["lr"]
    optimizer.load_state_dict(state | {"param_groups": optimizer.state_dict()["param_groups"]})


def state_alone(optimizer, state):
    optimizer.state = state["state"]


def groups_alone(optimizer, state):
    optimizer.param_groups = state["param_groups"]


RIGHT = {
    "5.5": [by_split, by_prefix],
    "5.6": [all_of_them, by_bytes, keeping(better=lambda now, best: not best >= now)],
    "5.9": [through_bytes, old_one_moves_out, forking()],
}
WRONG = {
    "5.5": [
        by_heart("5.5"),
        weight_or_bias,
        by_tokens,
        of_two_parts,
        in_place,
        lambda weights, new_names: weights,
    ],
    "5.6": [
        filled_by_heart,
        of_a_copy,
        keeping(start=-10.0),
        keeping(keep=copy.copy),
        keeping(stop=3),
        keeping(stop=7),
        keeping(better=lambda now, best: now > best + 0.001),
        keeping(better=lambda now, best: round(now, 2) > round(best, 2) if best > -math.inf else True),
        keeping(better=lambda now, best: now - best > 1e-3 or best < 0),
        keeping(better=lambda now, best: abs(now) > abs(best) or best == -math.inf),
    ],
    "5.9": [
        forking(weights=without_buffers),
        forking(state=without_settings),
        forking(state=state_alone),
        forking(state=groups_alone),
        forking(weights=lambda model, state: None),
        forking(state=lambda optimizer, state: None),
        lambda model, optimizer, new_model, new_optimizer: forking()(model, optimizer, new_model, optimizer),
    ],
}
