"""The check of exercise 10.5: what a file says, how it was trained, and what its network reads."""

import tempfile
from collections import namedtuple
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_uppercase
from unittest.mock import patch

from mnist_lab.analysis import glyphs
from mnist_lab.checkpoints import load_checkpoint, load_model
from mnist_lab.checkpoints.sealed import CheckpointError
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch
from torch.nn.modules.module import register_module_forward_pre_hook

NUM_EPOCHS = 8  # of the long run
WORDS = ("letter", "font", "glyph", "capital", "character", "typeface", "alphabet")


# Ten letters, the fonts of the long run and of the short ones, others that none of them is given
Task = namedtuple("Task", "letters fonts few unseen seed")


@dataclass
class Seen:
    """What a training was seen to do: the fonts drawn, the range of each batch, the images learned from."""

    fonts: set = field(default_factory=set)
    ranges: list = field(default_factory=list)
    learned: int = 0


def drawn_task(generator):
    names = list(glyphs.FONTS)
    names = [names[place] for place in different_numbers(generator, 13, 0, len(names) - 1)]
    letters = "".join(ascii_uppercase[place] for place in different_numbers(generator, 10, 0, 25))
    return Task(letters, names[:8], names[:3], names[8:], whole_number(generator, 1, 1000))


def short_run(train_letters, task, path, *, noise, more=0):
    """Return the faults of one epoch on three fonts, its weights, and what was Seen."""
    torch.default_generator.manual_seed(noise)
    with watched() as seen:
        train_letters(path, task.letters, list(task.few), num_epochs=1, seed=task.seed + more)
    faults = _unreadable(path)
    if faults:
        return faults, None, seen
    content = load_checkpoint(path)
    return _words(content, task.letters) + _training(task, content, seen), content["weights"], seen


def _long_run(train_letters, task, path, short):
    """Faults of a run of several epochs on all the fonts."""
    path.unlink(missing_ok=True)
    with watched() as seen:
        train_letters(path, task.letters, list(task.fonts), num_epochs=NUM_EPOCHS, seed=task.seed)
    faults = _unreadable(path) or _words(load_checkpoint(path), task.letters)
    if not faults and seen.learned / len(task.fonts) < NUM_EPOCHS / 2 * short.learned / len(task.few):
        faults = [f"With `num_epochs={NUM_EPOCHS}` a glyph was learned from hardly more often than with 1."]
    return faults or reads(path, task)


def _unreadable(path):
    if not path.is_file():
        return ["No file was written at `path`."]
    try:
        load_model(path)
    except CheckpointError as error:
        return [f"`load_model(path)` refuses the file: {type(error).__name__}."]
    return []


def _words(content, letters):
    """Faults of what the file says in words: its classes, and what they were trained on."""
    faults = []
    classes = [str(name) for name in content["classes"]]
    if classes == list("0123456789"):
        faults.append("By its file the network reads the classes 0 to 9.")
    elif sorted(classes) != sorted(letters):
        faults.append("The classes in the file are not the ten letters.")
    words = content["digits"].lower()
    if not any(word in words for word in (*WORDS, letters.lower())):
        faults.append("What it was trained on, `digits`, names neither letters nor fonts.")
    return faults


def _training(task, content, seen):
    """Faults of what went in: fonts that were not given, images normalised otherwise than the file says."""
    faults = []
    if seen.fonts - set(task.few):
        faults.append("Glyphs of fonts that were not given were drawn.")
    if set(task.few) - seen.fonts:
        faults.append("Not all fonts that were given were drawn.")
    if not seen.ranges:
        return [*faults, "No images (N, 1, 28, 28) went through a network."]
    black, white = ((value - content["mean"]) / content["std"] for value in (0, 1))
    least, most = min(low for low, _ in seen.ranges), max(high for _, high in seen.ranges)
    reach = white - black
    if abs(least - black) > 0.1 * reach or not -0.4 * reach <= most - white <= 0.1 * reach:
        faults.append("The images in training had another range than the mean and std in the file say.")
    return faults


@contextmanager
def watched():
    """Yield a Seen that fills up."""
    seen, draw = Seen(), glyphs.font_file

    def noting(name):
        seen.fonts.add(name)
        return draw(name)

    def look(module, arguments):
        x = arguments[0] if arguments else None
        if isinstance(x, torch.Tensor) and x.shape[1:] == (1, 28, 28) and x.numel():
            seen.ranges.append([value.item() for value in x.detach().aminmax()])
            seen.learned += len(x) if torch.is_grad_enabled() else 0

    handle = register_module_forward_pre_hook(look)
    try:
        with patch.object(glyphs, "font_file", noting):
            yield seen
    finally:
        handle.remove()


def _seeds(train_letters, task, path, first):
    """Faults of the seed: it has to decide the first weights and the batches, and nothing else."""
    runs = (short_run(train_letters, task, path, noise=2, more=more) for more in (0, 1))
    (more, again, _), (fewer, other, _) = runs
    return more or fewer or _of_weights(first, again, other)


def _of_weights(first, again, other):
    faults = [] if _apart(first, again) < 1e-4 else ["The same seed ended with other weights."]
    return faults if _apart(first, other) > 1e-4 else [*faults, "Another seed ended with the same weights."]


def _apart(first, second):
    """The mean difference between two sets of weights of the same network."""
    means = [(first[name] - second[name]).abs().mean().item() for name in first]
    return sum(means) / len(means)


def reads(path, task):
    """Return what is wrong with how the network in a file reads ten letters in five unseen fonts."""
    content = load_checkpoint(path)
    images = glyphs.font_glyphs(task.letters, fonts=task.unseen, mean=content["mean"], std=content["std"])
    labels = torch.tensor([content["classes"].index(letter) for letter in task.letters])
    labels = labels.repeat(len(task.unseen))
    with torch.inference_mode():
        shares = load_model(path)(images).softmax(dim=1)
    called = shares.argmax(dim=1)
    right = (called == labels).float().mean().item()
    if right >= 0.4:
        return []
    if shares.amax(dim=1).mean() < 0.15:
        return ["Its probabilities are all nearly equal: it has hardly learned."]
    if _other_names(labels, called):
        return ["In unseen fonts nearly every letter is called by the name of another."]
    few = "hardly more than by guessing" if right < 0.25 else "fewer than four of ten letters"
    return [f"In unseen fonts it reads {few}."]


def _other_names(labels, called):
    """True if letters are told apart, but under wrong names."""
    pairs = torch.zeros(10, 10)
    pairs.index_put_((labels, called), torch.ones(len(labels)), accumulate=True)
    agreed = pairs.amax(dim=1).sum().item() / len(labels)
    return agreed >= 0.7 and len(set(pairs.argmax(dim=1).tolist())) >= 8


def in_folder(find):
    """Return the probe that gives the faults of find(train_letters, task, path)."""

    def probe(train_letters, generator):
        with tempfile.TemporaryDirectory() as folder:
            return find(train_letters, drawn_task(generator), Path(folder, "letters.pt"))

    return probe


@in_folder
def what_the_file_says(train_letters, task, path):
    """Return what is wrong: first with short runs and their files, then with what is read."""
    faults, first, seen = short_run(train_letters, task, path, noise=1)
    faults = faults or _seeds(train_letters, task, path, first)
    return faults or _long_run(train_letters, task, path, seen)


@in_folder
def _file(train_letters, task, path):
    return short_run(train_letters, task, path, noise=1)[0]


@in_folder
def _weights(train_letters, task, path):
    runs = [short_run(train_letters, task, path, noise=n, more=n // 3)[1] for n in (1, 2, 3)]
    return ["There are not three files to compare."] if None in runs else _of_weights(*runs)


@in_folder
def _reading(train_letters, task, path):
    seen = short_run(train_letters, task, path, noise=1)[2]
    return _long_run(train_letters, task, path, seen)


PARTS = {
    "writes a whole file": (2, _file),
    "goes by the seed": (1, _weights),
    "reads letters in fonts it has not seen": (2, _reading),
}
