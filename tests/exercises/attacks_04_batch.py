"""Exercise 4.6: answers that nearly move a nested batch, and right ones of another kind."""

import copy
from collections import OrderedDict

import torch

# 4.6: move a nested batch


def moving(tensor=lambda value, device: value.to(device), **ways):
    """Return a move_to with other ways for a tensor, a dict, a named or another tuple, a list, the rest."""

    def move_to(value, device):
        def move(item):
            return move_to(item, device)

        if isinstance(value, torch.Tensor):
            return tensor(value, device)
        if isinstance(value, dict):
            return ways.get("dict", lambda value, move: {k: move(v) for k, v in value.items()})(value, move)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return ways.get("named", lambda value, move: type(value)(*map(move, value)))(value, move)
        if isinstance(value, tuple):
            return ways.get("tuple", lambda value, move: tuple(map(move, value)))(value, move)
        if isinstance(value, list):
            return ways.get("list", lambda value, move: list(map(move, value)))(value, move)
        return ways.get("rest", lambda value: value)(value)

    return move_to


def in_place_on_a_copy(value, device):
    def move(value):
        if isinstance(value, torch.Tensor):
            return value.to(device)
        if isinstance(value, dict | list):
            for key in value if isinstance(value, dict) else range(len(value)):
                value[key] = move(value[key])
        if isinstance(value, tuple):
            moved = map(move, value)
            return value._make(moved) if hasattr(value, "_make") else tuple(moved)
        return value

    return move(copy.deepcopy(value))


def by_trying(value, device):
    try:
        return value.to(device)
    except AttributeError:
        return moving()(value, device)


def two_levels(value, device):
    shallow = moving(
        dict=lambda value, move: value, tuple=lambda value, move: value, list=lambda value, move: value
    )
    within = moving(
        **dict.fromkeys(("dict",), lambda value, move: {k: shallow(v, device) for k, v in value.items()})
    )
    return within(value, device)


def pair(value, move):
    return type(value)(move(value[0]), move(value[1]))


RIGHT = {
    "4.6": [
        in_place_on_a_copy,
        by_trying,
        moving(named=lambda value, move: type(value)(**{k: move(v) for k, v in value._asdict().items()})),
        moving(
            named=lambda value, move: value._replace(
                **dict(zip(value._fields, map(move, value), strict=True))
            )
        ),
        moving(dict=lambda value, move: type(value)(zip(value, map(move, value.values()), strict=True))),
        moving(dict=lambda value, move: {key: move(value[key]) for key in reversed(value)}),
        moving(tensor=lambda value, device: value.detach().clone().to(device, non_blocking=True)),
        moving(list=lambda value, move: [*(move(item) for item in value)]),
        moving(rest=copy.copy),
    ],
}
WRONG = {
    "4.6": [
        two_levels,
        moving(named=pair),
        moving(tuple=lambda value, move: (move(value[0]), move(value[1]))),
        moving(tensor=lambda value, device: torch.empty_like(value, device=device)),
        moving(tensor=lambda value, device: value.float().to(device)),
        moving(tensor=lambda value, device: value.to("meta")),
        moving(tensor=lambda value, device: value.flatten().to(device)),
        moving(dict=lambda value, move: OrderedDict((key, move(item)) for key, item in value.items())),
        moving(dict=lambda value, move: {str(key): move(item) for key, item in value.items()}),
        moving(
            dict=lambda value, move: {key: move(value[key]) for key in value if key in ("images", "labels")}
        ),
        moving(list=lambda value, move: [move(item) for item in value if item is not None]),
        moving(rest=str),
        moving(rest=lambda value: value if isinstance(value, str) else torch.tensor(value)),
    ],
}
