"""Exercise 8.12: Patient 10, deep and deaf."""

from itertools import pairwise

from mnist_lab.exercises.engine.call_watch import CallWatch
from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch import nn
from torch.nn import functional as F


def deep_network(num_hidden):
    network = nn.Module()
    network.hidden = nn.ModuleList([nn.Linear(16, 16) for _ in range(num_hidden)])
    network.out = nn.Linear(16, 10)

    def forward(x):
        for layer in network.hidden:
            x = F.relu(layer(x))
        return network.out(x)

    network.forward = forward
    return network


def what_moves(deep_network, generator):
    """After ten steps: does every layer that is used move, is it saved, and is each used once?"""
    torch.manual_seed(whole_number(generator, 0, 999_999))
    faults = []
    for num_hidden in (whole_number(generator, 3, 6), 1):
        network = deep_network(num_hidden)
        if not isinstance(network, nn.Module):
            return ["What comes back is no network."]
        faults += [f"With {num_hidden} hidden: {fault}" for fault in _faults(network, num_hidden)]
    return faults


def _faults(network, num_hidden):
    x, labels = torch.randn(32, 16), torch.randint(10, (32,))
    with CallWatch("linear") as watch, torch.no_grad():
        logits = network(x)
    used = [call.tensors[1] for call in watch.seen]
    if len(used) != num_hidden + 1:
        yield f"{len(used)} layers work, where {num_hidden + 1} were expected."
    elif len({id(weight) for weight in used}) < len(used):
        yield "one and the same layer is used again and again."
    elif [tuple(weight.shape) for weight in used] != [(16, 16)] * num_hidden + [(10, 16)]:
        yield "layers have other sizes than 16 to 16, and 16 to 10 for the last."
    elif any(len(call.tensors) < 3 for call in watch.seen):
        yield "a layer has no bias."
    yield from _unbent(watch.seen)
    yield from _bent_at_the_end(watch.seen[-1:], logits)
    if _others_next_time(network, x, used):
        yield "other layers work at the next call."
    yield from _unmoved(network, used, x, labels)


def _unbent(calls):
    """Say so unless each layer is given what ReLU leaves of the one before, however that was worked out."""
    pairs = [(before.result, after.tensors[0]) for before, after in pairwise(calls)]
    if all(torch.equal(given, result.clamp(min=0)) for result, given in pairs):
        return
    lost = all(torch.equal(given, result) for result, given in pairs)
    yield "no ReLU is left." if lost else "there is not a ReLU behind each hidden layer."


def _bent_at_the_end(last, logits):
    """Say so unless what comes out is what the last layer makes, as logits are."""
    for call in last:
        result = F.linear(*call.tensors)  # call.result may have been changed in place
        known = {
            "": result,
            "there is a ReLU behind the last layer, too.": result.clamp(min=0),
            "there is a softmax behind the last layer.": result.softmax(dim=1),
        }
        found = [name for name, value in known.items() if difference(value, logits) is None]
        if "" not in found:
            yield found[0] if found else "what comes back is not what the last layer makes."


def _unmoved(network, used, x, labels):
    if not network(x).requires_grad:
        yield "the logits have no graph, so no layer can learn."
        return
    before = [weight.clone() for weight in used]
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    for _ in range(10):
        optimizer.zero_grad()
        F.cross_entropy(network(x), labels).backward()
        optimizer.step()
    still = [place for place, pair in enumerate(zip(used, before, strict=True), 1) if torch.equal(*pair)]
    saved = {tensor.data_ptr() for tensor in network.state_dict().values()}
    if still:
        known = {id(weight) for weight in network.parameters()}
        why = "" if all(weight.requires_grad for weight in used) else ", and gets no gradient"
        why += "" if all(id(weight) in known for weight in used) else ", and the network does not know of it"
        yield f"of {len(used)} layers, number {', '.join(map(str, still))} never moved{why}."
    elif any(weight.data_ptr() not in saved for weight in used):
        yield "a layer is not in the `state_dict`."


def _others_next_time(network, x, used):
    with CallWatch("linear") as watch, torch.no_grad():
        network(x)
    return any(call.tensors[1] is not old for call, old in zip(watch.seen, used, strict=False))


LAYERS, USED = "[nn.Linear(16, 16) for _ in range(num_hidden)]", "in network.hidden"

MISTAKES = (
    (f"nn.ModuleList({LAYERS})", f"tuple({LAYERS})",
     "The hidden layers are still in a plain list, tuple or dictionary, and the network does not look "
     "inside. `nn.ModuleList` is registered."),
    (f"nn.ModuleList({LAYERS})", f"{LAYERS}\n    for layer in network.hidden:\n        network.layer = layer",
     "Under one name only the last layer is registered; each assignment replaces the one before. "
     "`nn.ModuleList` takes them all."),
    (LAYERS, "[nn.Linear(16, 16)] * num_hidden",
     "`[layer] * n` is one layer written down n times: they share their weights. Make a new one for each "
     "place."),
    ("F.relu(layer(x))", "layer(x)",
     "The layers are registered, but the ReLU between them got lost: linear layers in a row are one."),
    ("return network.out(x)", "return F.relu(network.out(x))",
     "All layers are registered now. But there is a ReLU on the logits too, and a logit may be any number, "
     "also below 0."),
    ("return network.out(x)", "return network.out(x).softmax(dim=1)",
     "All layers are registered now. But the network returns shares, and logits were asked for: "
     "`cross_entropy` takes the softmax itself."),
    (USED, "in network.hidden[-1:]",
     "All are registered, but only the last hidden layer is still used. Go through all of them."),
    (USED, "in []",
     "The hidden layers went out of use: a network of one layer. They are to learn, so keep them."),
    (USED, "in [nn.Linear(16, 16) for _ in network.hidden]",
     "New layers are made at every call, with new random weights. Make them once, and register them."),
    (f"{LAYERS})", f"{LAYERS}).requires_grad_(False)",
     "The optimizer sees the layers now, but without `requires_grad` they get no gradient. A new layer has "
     "it by itself."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.12",
    title="Patient 10, deep and deaf",
    difficulty=2,
    minutes=4,
    points=2,
    reference=deep_network,
    given={"nn.ModuleList([": "[", "(num_hidden)])": "(num_hidden)]"},
    probe=what_moves,
    seconds=20.0,  # a kernel's first optimizer imports much
    why="A module registers modules, and a Python list is none. What is not registered is not trained, not "
    "moved and not saved.",
    hints=(
        "Ask the network itself: `[name for name, _ in deep_network(3).named_parameters()]`.",
        "A module looks at what is assigned to it. A layer it registers; a list it only keeps.",
        "`nn.ModuleList([...])` is a list that is a module, too.",
    ),
    mistakes=MISTAKES,
)
