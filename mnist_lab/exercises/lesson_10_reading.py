"""Lesson 10: judge a saved model of ten letters by what is in its file and by what it reads."""

import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from mnist_lab.analysis import glyphs
from mnist_lab.checkpoints import load_checkpoint, load_model
from mnist_lab.checkpoints.sealed import CheckpointError

import torch
from torch.nn.modules.module import register_module_forward_pre_hook

LETTERS = "RAEHKSTMXG"  # not in the order of the alphabet
NAMES = tuple(glyphs.FONTS)
UNSEEN = ("DejaVu Serif", "Computer Modern", "STIX Bold", "DejaVu Sans Mono Oblique", "Computer Modern Sans")
SEEN = tuple(name for name in NAMES if name not in UNSEEN)[::2]  # 8 fonts for the long run
FEW = (SEEN[0], SEEN[3], SEEN[5])
NUM_EPOCHS = 8
WORDS = ("letter", "font", "glyph", "capital", "character", "typeface", "alphabet")


def what_the_file_says(train_letters):
    """Return what is wrong: first with two short runs and their files, then with what is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "letters.pt")
        found, first = short_run(train_letters, path, noise=1)
        if found:
            return found
        found = _seeds(train_letters, path, first)
        if found:
            return found
        path.unlink()
        train_letters(path, LETTERS, list(SEEN), num_epochs=NUM_EPOCHS, seed=0)
        return _whole_file(path, LETTERS) or reads(path)


def short_run(train_letters, path, *, noise, seed=1):
    """Return the faults of one epoch on three fonts, and its weights."""
    torch.default_generator.manual_seed(noise)
    with watched() as (fonts, images):
        train_letters(path, LETTERS, list(FEW), num_epochs=1, seed=seed)
    faults = _whole_file(path, LETTERS)
    if faults:
        return faults, None
    content = load_checkpoint(path)
    return _training(content, fonts, images), content["weights"]


def _whole_file(path, letters):
    """Faults of the file itself: there, whole, of this network, with the right classes and words."""
    if not path.is_file():
        return ["No file was written at `path`."]
    try:
        load_model(path)
    except CheckpointError as error:
        return [f"`load_model(path)` refuses the file: {type(error).__name__}."]
    content, found = load_checkpoint(path), []
    classes = [str(name) for name in content["classes"]]
    if classes == list("0123456789"):
        found.append("By its file the network reads the classes 0 to 9.")
    elif sorted(classes) != sorted(letters):
        found.append("The classes in the file are not the ten letters.")
    words = content["digits"].lower()
    if not any(word in words for word in (*WORDS, letters.lower())):
        found.append("What it was trained on, `digits`, names neither letters nor fonts.")
    return found


def _training(content, fonts, images):
    """Faults of what went in: fonts that were not given, images normalised otherwise than the file says."""
    found = []
    if fonts - set(FEW):
        found.append("Glyphs of fonts that were not given were drawn.")
    if set(FEW) - fonts:
        found.append("Not all fonts that were given were drawn.")
    if not images:
        return [*found, "No images (N, 1, 28, 28) went through a network."]
    black, white = ((value - content["mean"]) / content["std"] for value in (0, 1))
    least, most, reach = min(low for low, _ in images), max(high for _, high in images), white - black
    if abs(least - black) > 0.1 * reach or not -0.4 * reach <= most - white <= 0.1 * reach:
        found.append("The images in training had another range than the mean and std in the file say.")
    return found


@contextmanager
def watched():
    """Note the fonts that are drawn, and the least and largest value of each batch of images."""
    fonts, images, draw = set(), [], glyphs.font_file

    def noting(name):
        fonts.add(name)
        return draw(name)

    def look(module, arguments):
        x = arguments[0] if arguments else None
        if isinstance(x, torch.Tensor) and x.shape[1:] == (1, 28, 28) and x.numel():
            images.append([value.item() for value in x.detach().aminmax()])

    handle = register_module_forward_pre_hook(look)
    try:
        with patch.object(glyphs, "font_file", noting):
            yield fonts, images
    finally:
        handle.remove()


def _seeds(train_letters, path, first):
    """Faults of the seed: it has to decide the first weights and the batches, and nothing else."""
    (more, again), (fewer, other) = (short_run(train_letters, path, noise=2, seed=seed) for seed in (1, 2))
    if more or fewer:
        return more or fewer
    found = [] if _apart(first, again) < 1e-4 else ["The same seed ended with other weights."]
    return found if _apart(first, other) > 1e-4 else [*found, "Another seed ended with the same weights."]


def _apart(first, second):
    """The mean difference between two sets of weights of the same network."""
    means = [(first[name] - second[name]).abs().mean().item() for name in first]
    return sum(means) / len(means)


def reads(path):
    """Return what is wrong with how the network in a file reads ten letters in five unseen fonts."""
    content = load_checkpoint(path)
    images = glyphs.font_glyphs(LETTERS, fonts=UNSEEN, mean=content["mean"], std=content["std"])
    labels = torch.tensor([content["classes"].index(letter) for letter in LETTERS]).repeat(len(UNSEEN))
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
    pairs = torch.zeros(len(LETTERS), len(LETTERS))
    pairs.index_put_((labels, called), torch.ones(len(labels)), accumulate=True)
    agreed = pairs.amax(dim=1).sum().item() / len(labels)
    return agreed >= 0.7 and len(set(pairs.argmax(dim=1).tolist())) >= 8
