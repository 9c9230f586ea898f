"""Exercise 3.8: answers in eval mode that leave no trace in the model."""

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import tiny_loader, tiny_model, watch_forward
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch

NAMES = {True: "training", False: "eval"}  # of the modes


def answers_of(model, loader):
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        answers = [model(images).argmax(dim=1) for images, labels in loader]
    model.train(was_training)
    return torch.cat(answers)


def traces(answers_of, generator):
    """Return what scoring does to a model that came in training mode, and to one in eval mode."""
    faults = []
    for mode in (True, False):
        seed = whole_number(generator, 0, 1_000_000)
        model = tiny_model(seed).train(mode)
        with watch_forward(model) as (modes, graphs), torch.enable_grad():
            answers = answers_of(model, tiny_loader(seed=seed))
            switched_off = not torch.is_grad_enabled()
        faults += _while_answering(mode, modes, graphs) + _afterwards(mode, model, seed)
        faults += ["Autograd was still switched off afterwards."] if switched_off else []
        faults += _answers(answers, seed)
    return list(dict.fromkeys(faults))


def _while_answering(mode, modes, graphs):
    faults = []
    if not modes:
        faults.append("The model was never called as `model(images)`.")
    if any(modes):
        name = NAMES[mode]
        faults.append(f"A model that came in {name} mode answered in training mode: dropout would drop.")
    if any(graphs):
        faults.append("Autograd took notes while the model answered.")
    return faults


def _afterwards(mode, model, seed):
    faults = []
    if model.training != mode:
        faults.append(f"A model that came in {NAMES[mode]} mode was left in {NAMES[not mode]} mode.")
    if not all(weights.requires_grad for weights in model.parameters()):
        faults.append("Some weights no longer take gradients.")
    if difference(dict(tiny_model(seed).state_dict()), dict(model.state_dict()), tolerance=0.0):
        faults.append("The weights of the model have changed.")
    return faults


def _answers(actual, seed):
    with torch.inference_mode():
        batches = [tiny_model(seed)(images).argmax(dim=1) for images, _ in tiny_loader(seed=seed)]
    wrong = difference(torch.cat(batches), actual)
    return [f"The answers are others: {wrong}"] if wrong else []


NO_EVAL = {"model.eval()": "pass"}
NOTES = {"inference_mode": "enable_grad"}  # are taken by autograd
NOT_BACK = {"model.train(was_training)": "pass"}
TRAIN_AFTER = {"model.train(was_training)": "model.train()"}

MISTAKES = (
    (NOT_BACK, "The model is never put back to train mode. If you do remember the mode, remember it before "
     "`eval()`, not after."),
    (NO_EVAL | NOT_BACK, "`inference_mode` was used for `eval()`. Neither implies the other: it stops the "
     "notes of autograd, and dropout goes on."),
    (NOTES, "`eval()` sets the mode, but autograd still takes notes. Put `with torch.inference_mode():` "
     "around the answers."),
    (TRAIN_AFTER, "`model.train()` at the end is too much for a model that came in eval mode. "
     "`model.train(was_training)` knows both."),
    (NO_EVAL | NOTES | NOT_BACK, "Nothing is switched yet: call `model.eval()`, and put `with "
     "torch.inference_mode():` around the answers."),
    (NOTES | NOT_BACK,
     "`eval()` alone: autograd still takes notes, and nobody puts the mode back afterwards."),
    (NOTES | TRAIN_AFTER, "Autograd still takes notes, and `model.train()` at the end is too much for a "
     "model that came in eval mode."),
    ("model.eval()", "model.train()",
     "`model.train()` switches training mode on. To answer, the model needs `model.eval()`."),
    (NO_EVAL | TRAIN_AFTER, "`inference_mode` is no `eval()`: dropout would drop. And `model.train()` at the "
     "end is too much for a model that came in eval mode."),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.8",
    title="Leave no trace",
    difficulty=2,
    minutes=5,
    points=2,
    reference=answers_of,
    probe=traces,
    why="A model that is scored in the middle of training must be left as it came, or dropout stays off from "
    "then on.",
    hints=(
        "Two switches and one memory: the mode, the notes of autograd, and the mode before.",
        "`model.training` is True or False. Remember it before you call `model.eval()`.",
        "`with torch.inference_mode():` around the answers; after it `model.train(was_training)`, which goes "
        "into training mode for True and into eval mode for False.",
    ),
    mistakes=MISTAKES,
)
