"""The network that reads the drawing pad; `python -m mnist_lab.workshop.studies.drawing_reader` makes it.

Trained once, from one seed, on the 3,500 bundled training digits; the 500 validation digits are scored
at the end, and no test digit is looked at. It is the network of the speedruns, because it is small, and
learns from digits that are turned, scaled, slanted, shifted and bent, since drawings are. One thread, so
that it comes out alike; about a minute.
"""

import argparse
from pathlib import Path

import mnist_lab
from mnist_lab.checkpoints import save_checkpoint
from mnist_lab.data import InMemoryLoader
from mnist_lab.devices import seed_everything
from mnist_lab.evidence import sampling_floor
from mnist_lab.recipes import PATIENT, SMALL, Recipe
from mnist_lab.recipes.running import count_steps, train, train_loader
from mnist_lab.recipes.splits import choose_splits
from mnist_lab.training import evaluate

import torch

READER = Recipe(
    **PATIENT
    | {
        "about": "the drawing pad's reader",
        "digits": "bundled",
        "layers": SMALL,
        "mean": 0.5,
        "std": 0.5,
        "epochs": 100,
        "precision": "float32",
        "label_smoothing": 0.05,
        "augmentation": {"degrees": 15.0, "scale": 0.15, "shear": 0.2, "pixels": 2.0, "elastic": 0.6},
        "shifts": 0,
    }
)
SEED = 0
PATH = Path(mnist_lab.__file__).with_name("handwriting") / "drawing_reader.pt"


def make_reader(path, *, steps=None, show=True):
    """Train the reader, write its checkpoint, and return its validation Score and the number of digits."""
    learn, validation, digits = choose_splits(READER.digits, tune=True)
    loader = train_loader(READER, learn, SEED, "cpu")
    steps = steps or count_steps(READER, len(learn), loader)
    seed_everything(SEED)
    network = train(READER, loader, steps=steps, device=torch.device("cpu"), precision="float32", show=show)
    score = evaluate(network, InMemoryLoader(validation, batch_size=500, mean=READER.mean, std=READER.std))
    history = {"validation_loss": [score.loss], "validation_accuracy": [score.accuracy]}
    save_checkpoint(path, network, digits=digits, mean=READER.mean, std=READER.std, history=history)
    return score, len(validation)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Train the drawing pad's reader and write its checkpoint.")
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
