"""Exercise 5.9: two runs from one, which share nothing."""

import copy

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers

import torch
from torch import nn
from torch.nn import functional as F


def fork(model, optimizer, new_model, new_optimizer):
    new_model.load_state_dict(model.state_dict())
    new_optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))


def fresh_run(number):
    """Return a network and its Adam; another number from 0 to 99 gives other weights and settings."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(number)
        layers = nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Linear(5, 3)
    model = nn.Sequential(*layers)
    rate, betas = 0.02 + number / 1000, (0.8 + number / 1000, 0.9 + number / 1100)
    return model, torch.optim.Adam(model.parameters(), lr=rate, betas=betas)


def train(model, optimizer, images, labels):
    for batch, answers in zip(images.split(4), labels.split(4), strict=True):
        optimizer.zero_grad()
        F.cross_entropy(model(batch), answers).backward()
        optimizer.step()


def states(model, optimizer):
    return copy.deepcopy((dict(model.state_dict()), optimizer.state_dict()))


def what_is_shared(fork, generator):
    """Return what two runs share, or have not in common, after one was made from the other."""
    old, new = map(fresh_run, different_numbers(generator, 2, 0, 99))
    digits = torch.randn(11, 3, generator=generator), torch.randint(3, (11,), generator=generator)
    train(*old, *digits)
    before = states(*old)
    fork(*old, *new)
    faults = [] if _same(before, states(*old)) else ["The fork itself changed the old run."]
    try:
        faults += _differences(before, states(*new), dict(new[0].named_buffers()))
        train(*new, *digits)
        trained = states(*new)
    except Exception as error:  # not of the answer's own lines, but of what they left
        return [*faults, f"The new run cannot go on: its training raises {kind_of(error)}."]
    faults += [f"While the new run trained, {what} of the old one changed." for what in _moved(before, old)]
    if _same(before[0], trained[0]):
        faults.append("When the new run trained, its weights did not move.")
    train(*old, *digits)
    faults += [f"While the old run trained, {what} of the new one changed." for what in _moved(trained, new)]
    if not faults and not _same(states(*old), trained):
        faults.append("The same batches take the two runs to different weights.")
    return faults


def _differences(expected, actual, buffers):
    """What the new run did not take over."""
    (weights, kept), (new_weights, new_kept) = expected, actual
    faults = []
    other = [name for name in weights if not _same(weights[name], new_weights[name])]
    if set(other) - buffers.keys():
        faults.append("The new run does not start with the weights of the old one.")
    elif other:
        faults.append(f"The new run does not start with the buffer {other[0]!r} of the old one.")
    if not _same(kept["state"], new_kept["state"]):
        faults.append("The new optimizer does not start with Adam's averages of the old one.")
    (group,), (new_group,) = kept["param_groups"], new_kept["param_groups"]
    other = [name for name in group if not _same(group[name], new_group.get(name))]
    if other:
        what = "the learning rate" if "lr" in other else f"the setting {other[0]!r}"
        faults.append(f"The new optimizer does not have {what} of the old one.")
    return faults


def _moved(before, run):
    """What is no longer as it was before in a run that did not train."""
    pairs = zip(("the weights", "Adam's averages"), before, states(*run), strict=True)
    return [what for what, old, new in pairs if not _same(old, new)]


def _same(first, second):
    return difference(first, second, tolerance=0.0) is None


def new_names(model, optimizer, new_model, new_optimizer):
    new_model = copy.deepcopy(model)
    new_optimizer = copy.deepcopy(optimizer)
    return new_model, new_optimizer


LOADED = "new_model.load_state_dict(model.state_dict())"
OPTIMIZER_LOADED = "new_optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))"
ASSIGNED = {"(model.state_dict())": "(model.state_dict(), assign=True)"}
NOT_COPIED = {"copy.deepcopy(optimizer.state_dict())": "optimizer.state_dict()"}

MISTAKES = (
    (NOT_COPIED | {"(model.state_dict())": "(copy.deepcopy(model.state_dict()))"},
     "Adam's averages are still shared: the optimizer keeps the tensors it is given, also in a `dict(…)` of "
     "its state. `copy.deepcopy` belongs there; the network copies by itself."),
    (NOT_COPIED | ASSIGNED,
     "With `assign=True` the new network takes over the tensors themselves, and its optimizer still moves "
     "the old ones. Leave it out, and copy the optimizer's state."),
    (ASSIGNED, "The optimizer is right. But with `assign=True` the new network takes over the tensors "
     "themselves, and its optimizer no longer moves them."),
    (OPTIMIZER_LOADED, "",
     "Now nothing is shared, because the optimizer was forgotten: Adam starts with empty averages, and with "
     "another learning rate."),
    (OPTIMIZER_LOADED, 'new_optimizer.param_groups[0]["lr"] = optimizer.param_groups[0]["lr"]',
     "The learning rate came along, Adam's running averages did not: they are in the optimizer's state."),
    (LOADED, "",
     "The averages came along, the weights did not. `new_model.load_state_dict(…)` was right as it stood."),
    (new_names, "Nothing reached `new_model` and `new_optimizer`. An assignment would only give these names "
     "to something else, inside this function. Load the states into what came."),
    (lambda model, optimizer, new_model, new_optimizer: fork(new_model, new_optimizer, model, optimizer),
     "The wrong way round: the old run was overwritten by the new one."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.9",
    title="Two runs from one",
    difficulty=2,
    minutes=4,
    points=2,
    reference=fork,
    given=NOT_COPIED,
    probe=what_is_shared,
    seconds=20.0,  # a kernel's first optimizer imports much
    why="A network copies what it loads; an optimizer keeps the tensors it is given. On the way through a "
    "file both are copies.",
    hints=(
        "Two lines load, and one of them keeps the tensors that it is given instead of copying their "
        "numbers. Exercise 5.2 tells about one of the two.",
        "The network copies. So the running averages of Adam are what both runs write into.",
        "Give `new_optimizer` a state with tensors of its own: `copy.deepcopy(…)` around it.",
    ),
    mistakes=MISTAKES,
)
