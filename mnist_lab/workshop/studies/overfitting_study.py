"""What helps against overfitting on 300 digits, run by `mnist-lab study overfitting` for lesson 06.

Compared: the ARMS below, each with the same seeds. A seed fixes which digits are drawn from the
3,500 bundled training digits, the first weights and the order of the batches, so that the arms of a
seed are pairs, and the spread over seeds holds the luck of the draw as well. Every arm takes the
same number of steps, also those with more digits; only early stopping takes fewer. An epoch here is
always 5 steps: one pass over 300 digits.

Scored: on all training digits that the run left out, 3,200 for 300 digits and fewer for more. The
largest arm has 2,400 digits, since 3,500 would leave none. Training digits are scored anew in eval
mode, against the labels that the network was given, wrong ones included.

Chosen: when early stopping stops, and which weights it keeps, on the loss of the 500 validation
digits, whose labels are right. Which arm is scored on the 1,000 test digits, once, at the end: the
one of 300 rightly labelled digits with the highest mean validation accuracy. The least held-out loss
of a curve describes the curve; it was found on the digits it is scored on, so no claim rests on it.

n is the number of seeds; a grid for curves alone has GRID_SEEDS at most, and no claim rests on it.
Verdicts are those of evidence.compare_all, corrected for all comparisons with one baseline.
"""

import time
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, product, repeat
from typing import NamedTuple

from mnist_lab.data import InMemoryLoader, as_tensors, load_digits
from mnist_lab.data.augment import random_affine
from mnist_lab.devices import describe, pick_device, seed_everything
from mnist_lab.models import SimpleCNN
from mnist_lab.training import EarlyStopping, History, evaluate, train_one_epoch
from mnist_lab.workshop.studies.overfitting_table import best_on_validation, build_table, test_scores
from mnist_lab.workshop.studies.workers import StudyRuns, run_all

import torch
from torch.utils.data import Subset

BATCH_SIZE, LEARNING_RATE, STEPS = 64, 0.001, 5  # STEPS an epoch: 300 digits in batches of 64
EPOCHS = (1, 2, 4, 6, 8, 10, 12, 15, 20, 30, 40, 50)  # after which a run is scored
GRID_SEEDS = 3
SOURCES = (
    "workshop/studies/overfitting_study.py",
    "training.py",
    "models.py",
    "data",
    "devices.py",
)  # of a run's numbers


@dataclass(frozen=True)
class Arm:
    """What a run does: how many digits it learns from, how many labels are wrong, which remedies it takes."""

    num_digits: int = 300
    wrong_labels: float = 0.0  # share of the training labels
    dropout: float = 0.0
    augmentation: bool = False
    weight_decay: float = 0.0  # decoupled from the gradient, as AdamW does it
    l2: float = 0.0  # added to the gradient, as Adam's own weight_decay does it
    patience: int = 0  # epochs; 0 is no early stopping


ARMS = {
    "plain": Arm(),
    "dropout 0.25": Arm(dropout=0.25),
    "dropout 0.5": Arm(dropout=0.5),
    "dropout 0.75": Arm(dropout=0.75),
    "augmentation": Arm(augmentation=True),
    "weight decay 0.01": Arm(weight_decay=0.01),
    "weight decay 0.1": Arm(weight_decay=0.1),
    "L2 0.0001": Arm(l2=0.0001),
    "early stopping": Arm(patience=5),
    "dropout 0.5 + augmentation": Arm(dropout=0.5, augmentation=True),
    "all together": Arm(dropout=0.5, augmentation=True, weight_decay=0.1, patience=5),
    "600 digits": Arm(num_digits=600),
    "1200 digits": Arm(num_digits=1_200),
    "2400 digits": Arm(num_digits=2_400),
    "wrong labels: plain": Arm(wrong_labels=0.2),
    "wrong labels: early stopping": Arm(wrong_labels=0.2, patience=5),
    "wrong labels: dropout 0.5": Arm(wrong_labels=0.2, dropout=0.5),
    "wrong labels: augmentation": Arm(wrong_labels=0.2, augmentation=True),
}
GRID = [Arm(num_digits=n, dropout=p) for n, p in product((100, 300, 1_000, 2_400), (0.0, 0.25, 0.5, 0.75))]


def run(*, seeds=5, workers=1, device="auto", arms=ARMS, grid=GRID, epochs=EPOCHS):
    """Run every arm with every seed and return the whole table as plain numbers.

    Finished runs are kept in the folder runs until all are done, so that a study that was cut off goes on.
    """
    grid_seeds = min(seeds, GRID_SEEDS)
    finished = StudyRuns("overfitting", SOURCES)
    pairs = [*product(arms.values(), range(seeds)), *product(grid, range(grid_seeds))]
    pairs = sorted(dict.fromkeys(pairs), key=lambda pair: pair[1])  # an arm may be one of the grid too
    run_pairs = partial(run_tasks, epochs=epochs, device=device, workers=workers, finished=finished)
    runs = run_pairs(pairs)
    table = build_table(runs, arms, grid, seeds=seeds, grid_seeds=grid_seeds)
    chosen = best_on_validation(table["arms"])
    tested = run_pairs([(arms[chosen], seed) for seed in range(seeds)], test=True)
    finished.remove()
    return {
        "device": runs[pairs[0]]["device"],
        "setup": describe_setup(runs, epochs),
        "chosen": {"arm": chosen, "on": "mean validation accuracy"} | test_scores(list(tested.values())),
        **table,
    }


def describe_setup(runs, epochs):
    """Return what all runs share, how many there were, and the seconds that they took one by one."""
    return {
        "batch_size": BATCH_SIZE,
        "learning_rate": LEARNING_RATE,
        "steps_per_epoch": STEPS,
        "num_epochs": max(epochs),
        "num_runs": len(runs),
        "seconds": round(sum(run["seconds"] for run in runs.values())),
    }


def run_tasks(pairs, *, workers, finished, **options):
    """Return {(arm, seed): run} of all pairs."""
    tasks = [{"arm": arm, "seed": seed, **options} for arm, seed in pairs]
    return dict(zip(pairs, run_all(run_arm, tasks, workers=workers, finished=finished), strict=True))


def run_arm(arm, *, seed, epochs=EPOCHS, device="cpu", test=False):
    """Train once and return the run as plain numbers: curve, final scores, epochs taken.

    The weights are in channels_last order, which computes the same network faster on a CPU.
    """
    start, device = time.perf_counter(), pick_device(device)
    loaders = make_loaders(arm, seed, device)
    seed_everything(seed)
    model = SimpleCNN(dropout=arm.dropout).to(device, memory_format=torch.channels_last)
    stopping = EarlyStopping(model, patience=arm.patience) if arm.patience else None
    curve, num_epochs = train_and_score(model, make_optimizer(arm, model), loaders, stopping, epochs, device)
    final = curve[-1]
    if stopping:
        stopping.restore()
        final = score(model, loaders, ("train", "held_out"), device)
    names = ("validation", "test") if test else ("validation",)
    final = final | score(model, loaders, names, device)
    if arm.dropout:
        final["held_out_accuracy_left_on"] = accuracy_left_on(model, loaders.held_out)
    final["num_epochs"] = num_epochs
    if stopping:
        final["kept_epoch"] = stopping.best_epoch
    seconds = time.perf_counter() - start
    return {"curve": curve, "final": final, "seconds": seconds, "device": describe(device)}


def train_and_score(model, optimizer, loaders, stopping, epochs, device):
    """Train to the last of epochs or until stopping says so; return the scores and the epochs taken."""
    curve, history = [], History()
    batches = chain.from_iterable(repeat(loaders.learn))  # pass after pass, each in a new order
    for epoch in range(1, max(epochs) + 1):
        running = train_one_epoch(model, islice(batches, STEPS), optimizer, device=device)
        if epoch in epochs:
            curve.append({"epoch": epoch} | score(model, loaders, ("train", "held_out"), device))
        if stopping:
            history.append(running, evaluate(model, loaders.validation, device=device))
            if stopping(history):
                break
    return curve, epoch


def score(model, loaders, names, device):
    """Return loss and accuracy on the named loaders, as {"train_loss": …}."""
    scores = {name: evaluate(model, getattr(loaders, name), device=device) for name in names}
    return {f"{name}_{key}": value for name in names for key, value in scores[name]._asdict().items()}


def accuracy_left_on(model, loader):
    """Return the accuracy with dropout left on, which is the mistake of leaving out model.eval()."""
    model.train()
    with torch.inference_mode():
        hits = [(model(images).argmax(dim=1) == labels).sum().item() for images, labels in loader]
    return sum(hits) / len(loader.labels)


def make_optimizer(arm, model):
    if arm.weight_decay:
        return torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=arm.weight_decay)
    return torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, weight_decay=arm.l2)


class Loaders(NamedTuple):
    """learn is shuffled and augmented; train holds the same digits as they are, for scoring."""

    learn: InMemoryLoader
    train: InMemoryLoader
    held_out: InMemoryLoader
    validation: InMemoryLoader
    test: InMemoryLoader


def make_loaders(arm, seed, device):
    """Return the Loaders of an arm; with the same seed, more digits contain the fewer ones."""
    digits = load_digits("bundled")
    order = spread_order(as_tensors(digits.train)[1], seed=seed)
    chosen = Subset(digits.train, order[: arm.num_digits])
    left_out = Subset(digits.train, order[arm.num_digits :])
    augment = random_affine if arm.augmentation else None
    options = {"batch_size": BATCH_SIZE, "device": device}
    learn = InMemoryLoader(chosen, shuffle=True, seed=seed, augment=augment, **options)
    learn.labels = with_wrong_labels(learn.labels, share=arm.wrong_labels, seed=seed)
    others = [InMemoryLoader(part, **options) for part in (chosen, left_out, digits.validation, digits.test)]
    others[0].labels = learn.labels
    return Loaders(learn, *others)


def spread_order(labels, *, seed):
    """Return all indices in an order of which every beginning holds every class in proportion."""
    shuffled = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    share = torch.zeros(len(labels))
    for digit in labels.unique():
        places = shuffled[labels[shuffled] == digit]
        share[places] = (torch.arange(len(places)) + 0.5) / len(places)
    return shuffled[share[shuffled].argsort(stable=True)].tolist()


def with_wrong_labels(labels, *, share, seed):
    """Return the labels with that share of them replaced, each by one of the nine other digits."""
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(labels), generator=generator)[: round(share * len(labels))]
    step = torch.randint(1, 10, (len(chosen),), generator=generator)
    wrong = labels.cpu().clone()
    wrong[chosen] = (wrong[chosen] + step) % 10
    return wrong.to(labels.device)
