"""What single remedies do on 300 digits, run by `mnist-lab study remedies` for lesson 06.

Compared: the ARMS below, each with the same seeds and as many steps as "plain" of the study overfitting,
which they repeat: the same digits of a seed, the same first weights, the same order of the batches. So the
arms of a seed are pairs, and the spread over seeds holds the luck of the draw as well. Here are few arms
and many seeds, and weight decays that are strong enough to act. Only early stopping takes fewer steps.

Scored: as there, on the 3,200 training digits that the run left out, with cross-entropy that is not
smoothed, also where the network learned from smoothed labels. Beside accuracy and loss stand what two
remedies are meant to change: the length of all weights together, and how sure the network is, on average,
of its wrong answers.

Chosen: when early stopping stops, and which weights it keeps, on the loss of the 500 validation digits.
Nothing else is chosen, so no test digit is looked at.

n is the number of seeds. The lesson corrects the verdicts for their number (evidence.compare_all).
"""

from dataclasses import asdict, dataclass
from itertools import chain, islice, product, repeat

from mnist_lab.devices import describe, pick_device, seed_everything
from mnist_lab.models import SimpleCNN
from mnist_lab.training import EarlyStopping, History, check_epochs, evaluate, evaluation_mode
from mnist_lab.workshop.studies.overfitting_study import (
    BATCH_SIZE,
    LEARNING_RATE,
    SOURCES,
    STEPS,
    Arm,
    make_loaders,
    make_optimizer,
    score,
)
from mnist_lab.workshop.studies.tables import columns, rounded, spread
from mnist_lab.workshop.studies.workers import StudyRuns, run_all

import torch
from torch import nn
from torch.nn import functional as F

NUM_EPOCHS = 50  # of STEPS steps each


@dataclass(frozen=True)
class Remedy(Arm):
    """An Arm of the study overfitting, and two remedies more."""

    batch_norm: bool = False  # after both convolutions
    label_smoothing: float = 0.0  # the share of each label that all ten classes divide


ARMS = {
    "plain": Remedy(),
    "dropout 0.5": Remedy(dropout=0.5),
    "augmentation": Remedy(augmentation=True),
    "dropout 0.5 + augmentation": Remedy(dropout=0.5, augmentation=True),
    "early stopping": Remedy(patience=5),
    "weight decay 1": Remedy(weight_decay=1.0),
    "weight decay 10": Remedy(weight_decay=10.0),
    "batch norm": Remedy(batch_norm=True),
    "label smoothing 0.1": Remedy(label_smoothing=0.1),
}


def run(*, seeds=10, workers=1, device="auto", arms=ARMS, num_epochs=NUM_EPOCHS):
    """Run every arm with every seed and return the table as plain numbers.

    Finished runs are kept in the folder runs until all are done, so that a study that was cut off goes on.
    """
    finished = StudyRuns("remedies", ("workshop/studies/remedies_study.py", *SOURCES))
    pairs = [(name, seed) for seed, name in product(range(seeds), arms)]
    options = {"num_epochs": num_epochs, "device": device}
    tasks = [{"arm": arms[name], "seed": seed, **options} for name, seed in pairs]
    runs = dict(zip(pairs, run_all(run_arm, tasks, workers=workers, finished=finished), strict=True))
    table = {
        name: row(arm, [runs[name, seed]["final"] for seed in range(seeds)]) for name, arm in arms.items()
    }
    finished.remove()
    setup = {"batch_size": BATCH_SIZE, "learning_rate": LEARNING_RATE, "steps_per_epoch": STEPS}
    return {
        "device": runs[pairs[0]]["device"],
        "setup": setup | {"num_epochs": num_epochs, "num_runs": len(runs)},
        "arms": table,
    }


def row(arm, finals):
    """Return what the table holds of one arm: settings, one number a seed, mean and spread of the scores."""
    by_seed = {name: [rounded(value) for value in values] for name, values in columns(finals).items()}
    scores = {name: spread(by_seed[name]) for name in ("held_out_accuracy", "held_out_loss")}
    return {"settings": asdict(arm), **scores, "by_seed": by_seed}


def run_arm(arm, *, seed, num_epochs=NUM_EPOCHS, device="cpu"):
    """Train once and return the final scores, and where it ran, as plain numbers."""
    device = pick_device(device)
    loaders = make_loaders(arm, seed, device)
    seed_everything(seed)
    model = make_model(arm).to(device, memory_format=torch.channels_last)
    stopping = EarlyStopping(model, patience=arm.patience) if arm.patience else None
    optimizer, history = make_optimizer(arm, model), History()
    batches = chain.from_iterable(repeat(loaders.learn))  # pass after pass, each in a new order
    for _ in range(check_epochs(num_epochs)):
        train_steps(model, islice(batches, STEPS), optimizer, label_smoothing=arm.label_smoothing)
        if stopping:
            now = evaluate(model, loaders.validation, device=device)
            history.append(now, now)  # EarlyStopping reads the second alone
            if stopping(history):
                break
    if stopping:
        stopping.restore()
    final = score(model, loaders, ("train", "held_out", "validation"), device)
    final["weight_norm"] = weight_norm(model)
    final["sure_when_wrong"] = sure_when_wrong(model, loaders.held_out)
    return {"final": final, "device": describe(device)}


def make_model(arm):
    """Return the network of an arm; batch norm draws no numbers, so the other weights start as in plain."""
    model = SimpleCNN(dropout=arm.dropout)
    if arm.batch_norm:
        model.conv1 = nn.Sequential(model.conv1, nn.BatchNorm2d(32))
        model.conv2 = nn.Sequential(model.conv2, nn.BatchNorm2d(64))
    return model


def train_steps(model, batches, optimizer, *, label_smoothing=0.0):
    """Take a step on each batch, as train_one_epoch does, with smoothed labels if asked."""
    model.train()
    for images, labels in batches:
        loss = F.cross_entropy(model(images), labels, label_smoothing=label_smoothing)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def weight_norm(model):
    """Return the root of the sum of squares of all weights, without biases and without batch norm's."""
    weights = (w for name, w in model.named_parameters() if name.endswith("weight") and w.dim() > 1)
    return sum(w.square().sum().item() for w in weights) ** 0.5


def sure_when_wrong(model, loader):
    """Return the mean probability that the network gives to its wrong answers; None if it makes none."""
    with evaluation_mode(model), torch.inference_mode():
        sure, answers = torch.cat([model(images) for images, _ in loader]).softmax(dim=1).max(dim=1)
    wrong = answers != loader.labels
    return sure[wrong].mean().item() if wrong.any() else None
