"""Exercise 8.14: Patient 12, five scores for one network."""

from numbers import Real

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import watch_forward
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def accuracy_of(model, loader):
    was_training = model.training
    model.eval()
    correct, total = 0, 0
    with torch.no_grad():
        for images, labels in loader:
            outputs = model(images)
            _, predicted = torch.max(outputs, 1)
            correct += (predicted == labels).sum().item()
            total += labels.size(0)
    model.train(was_training)
    return correct / total


def network_and_batches(generator):
    """Return a network with dropout, a loader, and which answers are right: of the last batch all."""
    batch_size = (5, 7, 8, 10)[whole_number(generator, 0, 3)]
    size = 2 * batch_size + 3  # a prime, so that no share of it is a round number
    torch.manual_seed(whole_number(generator, 0, 999_999))
    model, images = (
        nn.Sequential(nn.Flatten(), nn.Linear(3, 8), nn.Dropout(), nn.Linear(8, 3)),
        torch.randn(size, 1, 1, 3),
    )
    is_right = torch.randperm(size) % 2 == 0
    is_right[-3:] = True
    labels = (model.eval()(images).argmax(dim=1) + ~is_right) % 3
    return model, DataLoader(TensorDataset(images, labels), batch_size=batch_size), is_right.split(batch_size)


def scored_in_both_modes(accuracy_of, generator):
    """Is a model that comes in either mode scored in eval mode, exactly, and given back as it came?"""
    faults, (model, loader, rights) = [], network_and_batches(generator)
    for mode, name in ((True, "training"), (False, "eval")):
        model.train(mode)
        with watch_forward(model[2]) as (modes, graphs):
            result = accuracy_of(model, loader)
        if not modes:
            return ["The model was never called."]
        if any(modes):
            when = "" if all(modes) else ", at the first batch"
            faults.append(f"A model that came in {name} mode was scored in training mode{when}.")
        if any(graphs):
            faults.append("Autograd took notes while the model was scored.")
        if any(module.training != mode for module in model.modules()):
            faults.append(f"A model that came in {name} mode was not given back in it.")
        faults += _accuracy(result, rights)
    return list(dict.fromkeys(faults))


def _accuracy(result, rights):
    if isinstance(result, torch.Tensor) and result.numel() == 1:
        result = result.item()
    if isinstance(result, bool) or not isinstance(result, Real):
        return [f"{kind_of(result).capitalize()} came back, where a plain number was expected."]
    exact, means = (
        torch.cat(rights).double().mean().item(),
        [right.double().mean().item() for right in rights],
    )
    if difference(100 * exact, float(result)) is None:
        return ["The accuracy came back in percent."]
    if difference(sum(means) / len(means), float(result)) is None:
        return ["The mean of the accuracies of the batches came back."]
    return ["The accuracy is another one."] if difference(exact, float(result)) else []


EVAL, RESTORE, OUTPUTS = "    model.eval()\n", "    model.train(was_training)\n", "outputs = model(images)\n"
IN_THE_LOOP = {EVAL: "", OUTPUTS: f"{OUTPUTS}        {EVAL}"}

MISTAKES = (
    (RESTORE, "",
     "Scored in the right mode, and never given back: whoever trains on trains without dropout. Remember the "
     "mode before `eval()`, and restore it."),
    ({EVAL: "", RESTORE: ""},
     "Dropout still drops while the model is scored, so each scoring gives another number. `no_grad` does "
     "not switch it off; `model.eval()` does."),
    ("train(was_training)", "train()",
     "`model.train()` at the end is too much for a model that came in eval mode. `model.train(was_training)` "
     "knows both."),
    (IN_THE_LOOP | {RESTORE: ""},
     "`eval()` comes too late for the first batch. It belongs before the loop; and afterwards the mode "
     "should be as it was."),
    (IN_THE_LOOP,
     "`eval()` stands in the loop, behind the first answers, so the first batch is still scored with "
     "dropout. Put it before the loop."),
    ("torch.no_grad()", "torch.enable_grad()",
     "The mode is right, but `no_grad` got lost: autograd takes notes that nobody reads. Scoring needs "
     "both."),
    ({"torch.no_grad()": "torch.enable_grad()", RESTORE: ""},
     "`eval()` was put in the place of `no_grad`. Scoring needs both, and the mode afterwards as it was."),
    ("model.eval()", "model.train()",
     "`model.train()` switches dropout on for every model, whatever mode it came in. To score, it needs "
     "`model.eval()`."),
    ({EVAL: "", RESTORE: EVAL}, "`eval()` after the loop comes too late: the answers are given by then."),
    ({".sum().item()": ".float().mean().item()", "labels.size(0)": "1"},
     "The mode is right. But the mean over batches counts a short last batch as much as a full one. Count "
     "right answers and images, and divide once."),
    ("correct / total", "100 * correct / total",
     "The mode is right. But the accuracy was a share from 0 to 1, and you made percent of it."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.14",
    title="Patient 12, five scores for one network",
    difficulty=2,
    minutes=4,
    points=2,
    reference=accuracy_of,
    given={
        "    was_training = model.training\n    model.eval()\n": "",
        "    model.train(was_training)\n": "",
    },
    probe=scored_in_both_modes,
    why="`no_grad` and `eval` have nothing to do with each other: one stops the notes of autograd, the other "
    "stops dropout. Scoring needs both.",
    hints=(
        "What is random in a network that is only scored? What switches it off?",
        "`model.eval()` before the loop. And afterwards? The model may have come in either mode.",
        "Remember `model.training` first, call `model.eval()`, and after the loop "
        "`model.train(was_training)`.",
    ),
    mistakes=MISTAKES,
)
