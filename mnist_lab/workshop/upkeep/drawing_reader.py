"""The network that reads drawings and photos; `python -m mnist_lab.workshop.upkeep.drawing_reader` makes it.

Trained once, from one seed; the 500 bundled validation digits are scored at the end, and no test digit is
looked at. Its network is small, the one that the speedruns began with. It learns from the 3,500 bundled
training digits as they are, as ink of pens, and as cut from made-up photos of sheets, so that it knows the
thin and even line of a pen, and a blurred one. All are turned, scaled, slanted, shifted and bent, since
drawings are. One thread, so that it comes out alike; about five minutes, most for the photos.
"""

import argparse
from pathlib import Path

import mnist_lab
from mnist_lab.checkpoints import save_checkpoint
from mnist_lab.data import InMemoryLoader, as_tensors
from mnist_lab.data.strokes import centre_by_mass
from mnist_lab.devices import seed_everything
from mnist_lab.evidence import sampling_floor
from mnist_lab.handwriting.ink import even_stroke
from mnist_lab.handwriting.sheet import read_sheet
from mnist_lab.recipes import PATIENT, SMALL, Recipe
from mnist_lab.recipes.running import count_steps, train, train_loader
from mnist_lab.recipes.splits import choose_splits
from mnist_lab.training import evaluate
from mnist_lab.workshop.upkeep.made_up_photos import HEIGHT, written
from mnist_lab.workshop.upkeep.made_up_sheets import made_up_sheet, random_look

import numpy as np
import torch
from PIL import Image
from torch.utils.data import TensorDataset

READER = Recipe(
    **PATIENT
    | {
        "about": "the reader of drawings and photos",
        "digits": "bundled",
        "layers": SMALL,
        "mean": 0.5,
        "std": 0.5,
        "epochs": 50,
        "precision": "float32",
        "label_smoothing": 0.05,
        "augmentation": {"degrees": 15.0, "scale": 0.15, "shear": 0.2, "pixels": 2.0, "elastic": 0.6},
        "averaging": {"decay": 0.998, "start": 0.5, "buffers": True},
        "shifts": 0,
    }
)
SEED = 0
SHEETS = range(7000, 7140)  # their seeds: each digit is written on four, and no test or bar has one of them
PATH = Path(mnist_lab.__file__).with_name("handwriting") / "drawing_reader.pt"


def photographed(images, labels, seeds):
    """Return digits as cut from a made-up photo of a sheet for each seed: uint8 (N, 28, 28), labels (N,).

    Each sheet has the next ten of each class, in an order of their own; after the last the first come again.
    """
    classes = [np.random.default_rng(d).permutation(np.nonzero(labels == d)[:, 0]) for d in range(10)]
    cells = []
    for number, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        chosen = [np.take(rows, range(10 * number, 10 * number + 10), mode="wrap") for rows in classes]
        made = made_up_sheet(images[np.concatenate(chosen)].numpy(), random_look(rng), rng=rng)
        sheet = read_sheet(made.jpeg)
        cells.append((sheet.images[~sheet.is_empty], sheet.labels[~sheet.is_empty]))
    return tuple(torch.cat(parts) for parts in zip(*cells, strict=True))


def in_ink(images, labels):
    """Return digits as a pen of some width writes them, made ready as those of a photo: uint8 (N, 28, 28)."""
    rng = np.random.default_rng(SEED)
    pens = HEIGHT * np.exp(rng.uniform(np.log(0.03), np.log(0.13), len(labels)))
    stamps = [
        even_stroke(written(image, digit, height=HEIGHT, pen=pen))
        for image, digit, pen in zip(images.numpy(), labels.tolist(), pens, strict=True)
    ]
    return torch.stack([centre_by_mass(Image.fromarray(stamp)) for stamp in stamps])


def make_reader(path, *, sheets=SHEETS, steps=None, show=True):
    """Train the reader, write its checkpoint, and return its validation Score and the number of digits."""
    learn, validation, digits = choose_splits(READER.digits, tune=True)
    images, labels = as_tensors(learn)
    cells, meant = photographed(images, labels, sheets)
    learn = TensorDataset(
        torch.cat([images, in_ink(images, labels), cells]), torch.cat([labels, labels, meant])
    )
    learn.data, learn.targets = learn.tensors  # by these names a loader in memory asks for them
    loader = train_loader(READER, learn, SEED, "cpu")
    steps = steps or count_steps(READER, len(learn), loader)
    seed_everything(SEED)
    network = train(READER, loader, steps=steps, device=torch.device("cpu"), precision="float32", show=show)
    score = evaluate(network, InMemoryLoader(validation, batch_size=500, mean=READER.mean, std=READER.std))
    history = {"validation_loss": [score.loss], "validation_accuracy": [score.accuracy]}
    save_checkpoint(path, network, digits=digits, mean=READER.mean, std=READER.std, history=history)
    return score, len(validation)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description="Train the reader of drawings and photos, and write its checkpoint."
    )
    parser.add_argument("--to", type=Path, default=PATH, help="the file to write (default: the package's)")
    path = parser.parse_args(arguments).to
    torch.set_num_threads(1)
    score, number = make_reader(path)
    floor = 100 * sampling_floor(score.accuracy, number)
    print(
        f"{path}: {path.stat().st_size:,} bytes; validation accuracy {score.accuracy:.1%} "
        f"on {number} digits, one seed, sampling floor {floor:.2f} points"
    )


if __name__ == "__main__":
    main()
