"""Exercise 8.14: Patient 12, five scores for one network."""

from numbers import Real

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import tiny_loader, tiny_model, watch_forward

import torch


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


def scored_in_both_modes(accuracy_of):
    """Is a model that comes in either mode scored in eval mode, exactly, and given back as it came?"""
    faults = []
    for mode, name in ((True, "training"), (False, "eval")):
        model = tiny_model().train(mode)
        with watch_forward(model) as (modes, graphs):
            result = accuracy_of(model, tiny_loader())
        if not modes:
            return ["The model was never called."]
        if any(modes):
            when = "" if all(modes) else ", at the first batch"
            faults.append(f"A model that came in {name} mode was scored in training mode{when}.")
        if any(graphs):
            faults.append("Autograd took notes while the model was scored.")
        if model.training != mode:
            faults.append(f"A model that came in {name} mode was not given back in it.")
        faults += _accuracy(result)
    return list(dict.fromkeys(faults))


def _accuracy(result):
    model = tiny_model().eval()
    with torch.inference_mode():
        rights = [int((model(images).argmax(dim=1) == labels).sum()) for images, labels in tiny_loader()]
    if isinstance(result, bool) or not isinstance(result, Real):
        return [f"{kind_of(result).capitalize()} came back, where a plain number was expected."]
    exact = sum(rights) / sum(len(labels) for _, labels in tiny_loader())
    if difference(100 * exact, float(result)) is None:
        return ["The accuracy came back in percent."]
    means = [right / len(labels) for right, (_, labels) in zip(rights, tiny_loader(), strict=True)]
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
     "`no_grad` or `inference_mode` was there for `eval()`. Neither implies the other: dropout still drops, "
     "and each scoring gives another number."),
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
    kind="training",
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
