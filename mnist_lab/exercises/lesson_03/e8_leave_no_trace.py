"""Exercise 3.8: answers in eval mode that leave no trace in the model."""

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import tiny_loader, tiny_model, watch_forward

import torch

NAMES = {True: "training", False: "eval"}  # of the modes


def answers_of(model, loader):
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        answers = [model(images).argmax(dim=1) for images, labels in loader]
    model.train(was_training)
    return torch.cat(answers)


def traces(answers_of):
    """Return what scoring does to a model that came in training mode, and to one in eval mode."""
    found = []
    for mode in (True, False):
        model = tiny_model().train(mode)
        with watch_forward(model) as (modes, graphs):
            came = answers_of(model, tiny_loader())
        found += _while_answering(mode, modes, graphs) + _afterwards(mode, model) + _answers(came)
    return list(dict.fromkeys(found))


def _while_answering(mode, modes, graphs):
    found = []
    if not modes:
        found.append("The model was never called as `model(images)`.")
    if any(modes):
        came = NAMES[mode]
        found.append(f"A model that came in {came} mode answered in training mode: dropout would drop.")
    if any(graphs):
        found.append("Autograd took notes while the model answered.")
    return found


def _afterwards(mode, model):
    if model.training == mode:
        return []
    return [f"A model that came in {NAMES[mode]} mode was left in {NAMES[not mode]} mode."]


def _answers(came):
    with torch.inference_mode():
        expected = torch.cat([tiny_model()(images).argmax(dim=1) for images, _ in tiny_loader()])
    wrong = difference(expected, came)
    return [f"The answers are others: {wrong}"] if wrong else []


def variant(*, before=None, notes=torch.inference_mode, after=None, dim=1):
    """Return an answers_of that sets the mode before and after by the values given, if any."""

    def answers_of(model, loader):
        mode = model.training
        if before is not None:
            model.train(before)
        with notes():
            answers = [model(images).argmax(dim=dim) for images, _ in loader]
        if after is not None:
            model.train(mode if after == "as before" else after)
        return torch.cat(answers)

    return answers_of


MISTAKES = (
    (variant(before=False),
     "The model is never put back to train mode. If you do remember the mode, remember it before `eval()`, "
     "not after."),
    (variant(), "`inference_mode` was used for `eval()`. Neither implies the other: it stops the notes of "
     "autograd, and dropout goes on."),
    (variant(before=False, notes=torch.enable_grad, after="as before"),
     "`eval()` sets the mode, but autograd still takes notes. Put `with torch.inference_mode():` around the "
     "answers."),
    (variant(before=False, after=True),
     "`model.train()` at the end is too much for a model that came in eval mode. `model.train(was_training)` "
     "knows both."),
    (variant(notes=torch.enable_grad),
     "Nothing is switched yet: call `model.eval()`, and put `with torch.inference_mode():` around the "
     "answers."),
    (variant(before=False, notes=torch.enable_grad),
     "`eval()` alone: autograd still takes notes, and nobody puts the mode back afterwards."),
    (variant(before=False, notes=torch.enable_grad, after=True),
     "Autograd still takes notes, and `model.train()` at the end is too much for a model that came in eval "
     "mode."),
    (variant(before=True, after="as before"),
     "`model.train()` switches training mode on. To answer, the model needs `model.eval()`."),
    (variant(after=True),
     "`inference_mode` is no `eval()`: dropout would drop. And `model.train()` at the end is too much for a "
     "model that came in eval mode."),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.8",
    title="Leave no trace",
    kind="training",
    difficulty=2,
    minutes=5,
    points=2,
    reference=answers_of,
    probe=traces,
    why="Whoever scores in the middle of training must hand the model back as it came, or dropout stays off "
    "from then on.",
    hints=(
        "Two switches and one memory: the mode, the notes of autograd, and the mode before.",
        "`model.training` is True or False. Remember it before you call `model.eval()`.",
        "`with torch.inference_mode():` around the answers; after it `model.train(was_training)`, which goes "
        "into training mode for True and into eval mode for False.",
    ),
    mistakes=MISTAKES,
)
