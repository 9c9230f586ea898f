"""Exercise 5.9: two runs from one, which share nothing."""

import copy

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import tiny_loader, tiny_model

import torch
from torch.nn import functional as F


def fork(model, optimizer, new_model, new_optimizer):
    new_model.load_state_dict(model.state_dict())
    new_optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))


def given_fork(model, optimizer, new_model, new_optimizer):
    new_model.load_state_dict(model.state_dict())
    new_optimizer.load_state_dict(optimizer.state_dict())


def fresh_run(seed):
    """Return a network and its Adam; another seed has other weights and another learning rate."""
    model = tiny_model()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(1 + seed)
    return model, torch.optim.Adam(model.parameters(), lr=0.1 / (1 + seed))


def train(model, optimizer):
    for images, labels in tiny_loader():
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()


def states(model, optimizer):
    return copy.deepcopy((dict(model.state_dict()), optimizer.state_dict()))


def what_is_shared(fork):
    """Return what two runs share, or have not in common, after one was made from the other."""
    old, new = fresh_run(0), fresh_run(1)
    train(*old)
    before = states(*old)
    fork(*old, *new)
    faults = [] if _same(before, states(*old)) else ["The fork itself changed the old run."]
    faults += _differences(before, states(*new))
    train(*new)
    trained = states(*new)
    faults += [f"While the new run trained, {what} of the old one changed." for what in _moved(before, old)]
    if _same(before[0], trained[0]):
        faults.append("When the new run trained, its weights did not move.")
    train(*old)
    faults += [f"While the old run trained, {what} of the new one changed." for what in _moved(trained, new)]
    if not faults and not _same(states(*old), trained):
        faults.append("The same batches take the two runs to different weights.")
    return faults


def _differences(expected, actual):
    """What the new run did not take over."""
    (weights, kept), (new_weights, new_kept) = expected, actual
    faults = []
    if not _same(weights, new_weights):
        faults.append("The new run does not start with the weights of the old one.")
    if not _same(kept["state"], new_kept["state"]):
        faults.append("The new optimizer does not start with Adam's averages of the old one.")
    if not _same(kept["param_groups"], new_kept["param_groups"]):
        faults.append("The new optimizer does not have the learning rate of the old one.")
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
    kind="training",
    difficulty=2,
    minutes=4,
    points=2,
    reference=fork,
    given=given_fork,
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
