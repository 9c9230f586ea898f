"""Which knobs matter, run by `mnist-lab study hyperparameters` for lesson 07.

knobs: one run for every combination of four knobs of AdamW, KNOB_EPOCHS long, its validation accuracy
noted after every epoch. Each run has a seed of its own, which fixes the digits drawn, the first weights
and the order of the batches, so a single figure holds that luck. optimizers: every optimizer with every
learning rate; the rate is chosen by the mean accuracy on the 500 validation digits, and the chosen one is
scored on 1,000 training digits that the run left out. one_recipe: the same recipe again and again, only
the seed differs, trained on all 3,500 digits and scored on validation and on the 1,000 test digits.

n is the number of seeds for optimizers, 1 a combination for knobs, RECIPE_SEEDS for one_recipe. The test
digits are used in one_recipe alone, whose subject is what choosing does to a score; nothing is chosen on
them. The batch sizes alone have a study of their own, batch_sizes.
"""

import time
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain, islice, product, repeat

from mnist_lab.data import InMemoryLoader, as_tensors, load_digits
from mnist_lab.devices import describe, pick_device, seed_everything
from mnist_lab.evidence import summarise
from mnist_lab.models import SimpleCNN
from mnist_lab.training import NotFiniteLoss, evaluate, train_one_epoch
from mnist_lab.workshop.studies.overfitting_study import spread_order
from mnist_lab.workshop.studies.tables import columns
from mnist_lab.workshop.studies.workers import StudyRuns, run_all

import torch
from torch.utils.data import Subset

KNOBS = {
    "learning_rate": [1e-5, 3e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2, 1e-1, 3e-1],
    "batch_size": [16, 32, 64, 128, 256, 512],
    "weight_decay": [0.0, 0.1],
    "epsilon": [1e-10, 1e-7],
}
RATES = {
    "SGD": [0.01, 0.03, 0.1, 0.3, 1.0],
    "SGD with momentum": [0.003, 0.01, 0.03, 0.1, 0.3],
    "Adam": [0.0003, 0.001, 0.003, 0.01, 0.03],
    "AdamW": [0.0003, 0.001, 0.003, 0.01, 0.03],
    "Adam, one-cycle": [0.001, 0.003, 0.01, 0.03, 0.1],
}
KNOB_EPOCHS = 4
RECIPE_SEEDS = 100
NUM_HELD_OUT = 1_000  # at most, of the training digits that a run leaves out
SOURCES = (
    "workshop/studies/hyperparameter_study.py", "workshop/studies/overfitting_study.py",
    "training.py", "models.py", "data", "devices.py",
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """One run: what it learns from, how, and for how long; num_steps comes before num_epochs if given.

    With by_epoch the validation accuracy after each epoch is noted, with test the test digits are scored.
    """

    num_digits: int = 1_000
    optimizer: str = "AdamW"
    learning_rate: float = 0.001
    batch_size: int = 64
    weight_decay: float = 0.01
    epsilon: float = 1e-8
    num_epochs: int = 3
    num_steps: int | None = None
    by_epoch: bool = False
    test: bool = False


@dataclass(frozen=True)
class Plan:
    """What the study runs; smaller ones serve tests."""

    knobs: dict
    rates: dict
    recipe_seeds: int


PLAN = Plan(KNOBS, RATES, RECIPE_SEEDS)


def run(*, seeds=10, workers=1, device="auto", plan=PLAN):
    """Run everything and return the tables as plain numbers; what was finished is kept until the end."""
    finished = StudyRuns("hyperparameters", SOURCES)
    run_pairs = partial(run_tasks, device=device, workers=workers, finished=finished)
    tables = {
        "knobs": knob_table(run_pairs, plan.knobs),
        "optimizers": optimizer_table(run_pairs, plan.rates, seeds),
        "one_recipe": recipe_table(run_pairs, plan.recipe_seeds),
    }
    finished.remove()
    return {"device": describe(pick_device(device)), "trial": asdict(Trial()), **tables}


def run_tasks(pairs, *, workers, finished, device):
    """Return the results of all (trial, seed), in their order."""
    tasks = [{"trial": trial, "seed": seed, "device": device} for trial, seed in pairs]
    return run_all(run_trial, tasks, workers=workers, finished=finished)


def knob_table(run_pairs, knobs):
    """Return the levels and, for every combination in the order of itertools.product, its accuracies."""
    fixed = {"num_epochs": KNOB_EPOCHS, "by_epoch": True}
    trials = [Trial(**dict(zip(knobs, levels, strict=True)), **fixed) for levels in product(*knobs.values())]
    runs = run_pairs([(trial, seed) for seed, trial in enumerate(trials)])
    return {"levels": knobs} | columns(runs)


def optimizer_table(run_pairs, rates, seeds):
    """Return for each optimizer its accuracies by learning rate, and the rate chosen on validation."""
    table = {}
    for name, levels in rates.items():
        trials = [Trial(optimizer=name, learning_rate=rate) for rate in levels]
        runs = run_pairs([*product(trials, range(seeds))])
        by_rate = [columns(runs[i : i + seeds]) for i in range(0, len(runs), seeds)]
        means = [summarise(column["validation_accuracy"]).mean for column in by_rate]
        table[name] = {"learning_rates": levels, "runs": by_rate, "chosen": means.index(max(means))}
    return table


def recipe_table(run_pairs, seeds):
    """Return validation and test accuracy of one recipe, one of each a seed."""
    trial = Trial(num_digits=3_500, num_epochs=2, test=True)
    return columns(run_pairs([(trial, seed) for seed in range(seeds)]))


def run_trial(trial, *, seed, device="cpu"):
    """Train once; return the accuracies, and whether the loss stayed finite."""
    start, device = time.perf_counter(), pick_device(device)
    loaders = make_loaders(trial, seed, device)
    seed_everything(seed)
    model = SimpleCNN().to(device, memory_format=torch.channels_last)
    optimizer, after_batch = make_optimizer(trial, model)
    batches = chain.from_iterable(repeat(loaders.pop("learn")))
    by_epoch, is_finite = [], True
    for steps in legs(trial):
        try:
            train_one_epoch(model, islice(batches, steps), optimizer, device=device, after_batch=after_batch)
        except NotFiniteLoss:
            is_finite = False  # the weights are those before the step that would have spoilt them
        by_epoch.append(round(evaluate(model, loaders["validation"], device=device).accuracy, 5))
    scores = {name: evaluate(model, loader, device=device).accuracy for name, loader in loaders.items()}
    return {f"{name}_accuracy": round(value, 5) for name, value in scores.items()} | {
        **({"validation_by_epoch": by_epoch} if trial.by_epoch else {}),
        "is_finite": is_finite,
        "seconds": round(time.perf_counter() - start, 2),
    }


def legs(trial):
    """Return the numbers of steps after which the run is scored: all at once, or epoch by epoch."""
    return [num_steps(trial) // trial.num_epochs] * trial.num_epochs if trial.by_epoch else [num_steps(trial)]


def num_steps(trial):
    return trial.num_steps or trial.num_epochs * -(-trial.num_digits // trial.batch_size)


def make_optimizer(trial, model):
    """Return the optimizer of a trial and the functions to call after each batch."""
    weights, rate = model.parameters(), trial.learning_rate
    if trial.optimizer.startswith("SGD"):
        momentum = 0.9 if "momentum" in trial.optimizer else 0.0
        return torch.optim.SGD(weights, lr=rate, momentum=momentum), ()
    if trial.optimizer == "AdamW":
        decay, epsilon = trial.weight_decay, trial.epsilon
        return torch.optim.AdamW(weights, lr=rate, weight_decay=decay, eps=epsilon), ()
    optimizer = torch.optim.Adam(weights, lr=rate)
    if trial.optimizer == "Adam":
        return optimizer, ()
    cycle = partial(torch.optim.lr_scheduler.OneCycleLR, total_steps=num_steps(trial) + 1)
    schedule = cycle(optimizer, rate, cycle_momentum=False)  # Adam's own averages stay as they are
    return optimizer, (lambda loss, accuracy: schedule.step(),)


def make_loaders(trial, seed, device):
    """Return the loaders by name: learn, validation, and the digits left out, or the test digits."""
    digits = load_digits("bundled")
    order = spread_order(as_tensors(digits.train)[1], seed=seed)
    chosen, left_out = order[: trial.num_digits], order[trial.num_digits :][:NUM_HELD_OUT]
    learn = {"batch_size": trial.batch_size, "shuffle": True, "seed": seed, "device": device}
    final = ("test", digits.test) if trial.test else ("held_out", Subset(digits.train, left_out))
    scored = {"validation": digits.validation, final[0]: final[1]}
    return {"learn": InMemoryLoader(Subset(digits.train, chosen), **learn)} | {
        name: InMemoryLoader(part, batch_size=250, device=device) for name, part in scored.items()
    }
