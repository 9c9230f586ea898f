"""Lesson 10, unaided: train ten letters, and save what was learned with all that belongs to it."""

from functools import lru_cache

from mnist_lab.analysis.glyphs import font_glyphs
from mnist_lab.checkpoints import save_checkpoint
from mnist_lab.models import SimpleCNN
from mnist_lab.training import train_one_epoch

import torch
from torch.utils.data import DataLoader, TensorDataset


def train_letters(path, letters, fonts, *, num_epochs, seed):
    torch.manual_seed(seed)
    images = font_glyphs(letters, fonts=fonts, mean=0.5, std=0.5)
    labels = torch.arange(len(letters)).repeat(len(fonts))
    loader = DataLoader(TensorDataset(images, labels), batch_size=16, shuffle=True)
    model = SimpleCNN()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(num_epochs):
        train_one_epoch(model, loader, optimizer)
    words = f"letters {letters}, {len(fonts)} of Matplotlib's fonts"
    save_checkpoint(path, model, digits=words, mean=0.5, std=0.5, classes=letters)


def in_order(letters, fonts):
    return torch.arange(len(letters)).repeat(len(fonts))


@lru_cache(maxsize=64)
def drawn(letters, fonts, mean, std):
    return font_glyphs(letters, fonts=fonts, mean=mean, std=std)


def variant(
    *, fonts_of=tuple, labels_of=in_order, used=(0.5, 0.5), said=(0.5, 0.5), seeds="before",
    words="letters of some fonts", trains=True, classes=tuple, save=save_checkpoint,
):  # fmt: skip
    """Return a train_letters that gets one of its parts wrong."""

    def train_letters(path, letters, fonts, *, num_epochs, seed):
        chosen = fonts_of(fonts)
        font_glyphs(letters[:1], fonts=chosen)  # drawn() keeps glyphs, and the check wants to see the fonts
        images = drawn(letters, tuple(chosen), *used)
        torch.manual_seed(seed) if seeds == "before" else None
        torch.manual_seed(0) if seeds == "fixed" else None
        model = SimpleCNN()
        torch.manual_seed(seed) if seeds == "after" else None
        optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
        dataset = TensorDataset(images, labels_of(letters, chosen))
        for _ in range(min(num_epochs, 4 if trains else 1)):  # enough to be recognised
            loader = DataLoader(dataset, batch_size=16, shuffle=True)
            train_one_epoch(model, loader, optimizer if trains else idle(model))
        save(path, model, digits=words, mean=said[0], std=said[1], classes=classes(letters))

    return train_letters


def idle(model):
    """An optimizer that changes nothing."""
    return torch.optim.SGD(model.parameters(), lr=0.0)


def weights_alone(path, model, **kept):
    torch.save(model.state_dict(), path)


def nowhere(path, model, **kept):
    pass


def default_classes(path, model, *, classes, **kept):
    save_checkpoint(path, model, **kept)


def letter_by_letter(letters, fonts):
    return torch.arange(len(letters)).repeat_interleave(len(fonts))


def one_further(letters, fonts):
    return (in_order(letters, fonts) + 1) % len(letters)


def from_one(letters, fonts):
    return in_order(letters, fonts) + 1
