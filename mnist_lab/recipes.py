"""Named training recipes: what a run consists of, as data, and the function that carries it out."""

import time
from dataclasses import dataclass

from mnist_lab.data import load_digits, make_loader
from mnist_lab.devices import pick_device, seed_everything, synchronize
from mnist_lab.evidence import sampling_floor, summarise
from mnist_lab.models import SimpleCNN
from mnist_lab.training import evaluate, fit

import torch
from torchvision.transforms import v2


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a run but its digits, its seed and its device."""

    about: str
    batch_size: int
    learning_rate: float
    num_epochs: int
    mean: float
    std: float


RECIPES = {
    "seed": Recipe(
        about="what this series grew from: SimpleCNN, Adam, a DataLoader with transforms image by image",
        batch_size=64,
        learning_rate=0.001,
        num_epochs=10,
        mean=0.5,
        std=0.5,
    ),
}


def find_recipe(name):
    """Return the Recipe of that name, or raise ValueError naming those that exist."""
    if name not in RECIPES:
        raise ValueError(
            f"There is no recipe {name!r}; there are {', '.join(RECIPES)}. Choose one of them."
        )
    return RECIPES[name]


def train_recipe(recipe, *, seed=0, digits="full", root=None, device="auto", num_epochs=None):
    """Train once and return the run as plain numbers; the test set is scored once, at the end.

    The seconds are those of fit: training, and scoring the validation set after each epoch.
    """
    device = pick_device(device)
    train_loader, validation_loader, test_loader = recipe_loaders(recipe, digits, root, seed)
    seed_everything(seed)
    model = SimpleCNN().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=recipe.learning_rate)
    epochs = num_epochs or recipe.num_epochs
    start = time.perf_counter()
    history = fit(
        model, train_loader, validation_loader, optimizer, num_epochs=epochs, device=device
    )
    synchronize(device)
    seconds = time.perf_counter() - start
    test = evaluate(model, test_loader, device=device)
    return {
        "seed": seed,
        "seconds": round(seconds, 1),
        "epochs": len(history),
        "train_accuracy_running": history.train_accuracy[-1],
        "validation_accuracy": history.validation_accuracy[-1],
        "num_test": len(test_loader.dataset),
        "test_loss": test.loss,
        "test_accuracy": test.accuracy,
    }


def recipe_loaders(recipe, digits, root, seed):
    """Return the loaders of training, validation and test; only the first is shuffled."""
    steps = [
        v2.ToImage(),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize((recipe.mean,), (recipe.std,)),
    ]
    train, validation, test = load_digits(digits, root=root, transform=v2.Compose(steps))
    return (
        make_loader(train, batch_size=recipe.batch_size, shuffle=True, seed=seed),
        make_loader(validation, batch_size=500),
        make_loader(test, batch_size=500),
    )


def summarise_runs(runs):
    """Return what a stored result holds of runs over seeds: epochs, mean and spread, and every run."""
    figures = {}
    for name in ("test_accuracy", "validation_accuracy", "seconds"):
        summary = summarise(run[name] for run in runs)
        figures[name] = {"mean": summary.mean, "std": summary.std if summary.n > 1 else None}
    return {"epochs": runs[0]["epochs"], **figures, "runs": runs}


def report_runs(runs):
    """Return the mean and spread over runs as text, with the floor that the number of images sets."""
    test, seconds = (summarise(run[name] for run in runs) for name in ("test_accuracy", "seconds"))
    spread = f" ± {seconds.std:.1f}" if seconds.n > 1 else ""
    return (
        f"test accuracy {test.percent(digits=2)}, "
        f"sampling floor {100 * sampling_floor(test.mean, runs[0]['num_test']):.2f} points, "
        f"{seconds.mean:.1f}{spread} s a run"
    )
