"""Exercise 5.8: a run that may be stopped after any epoch."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.model import Exercise

import torch
from torch import nn
from torch.nn import functional as F


def one_more_epoch(path, model, optimizer, scheduler, generator, train):
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        scheduler.load_state_dict(saved["scheduler"])
        generator.set_state(saved["generator"])
        torch.set_rng_state(saved["torch"])
    train()
    saved = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "generator": generator.get_state(),
        "torch": torch.get_rng_state(),
    }
    torch.save(saved, path)


def given_one_more_epoch(path, model, optimizer, scheduler, generator, train):
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
    train()
    saved = {"model": model.state_dict()}
    torch.save(saved, path)


SEEDS = (5, 6, 7, 8)  # of the epochs, each in a new process; none that an answer would choose
NUM_EPOCHS = len(SEEDS)


@dataclass(eq=False)
class Run:
    """Dropout, Adam, a schedule, shuffled batches; states holds what each epoch began with."""

    seed: int
    states: list = field(default_factory=list)

    def __post_init__(self):
        torch.default_generator.manual_seed(1000 + self.seed)
        self.model = nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5), nn.Linear(8, 2))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.1)
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda epoch: 1 / (1 + epoch))
        self.generator = torch.Generator().manual_seed(self.seed)
        torch.default_generator.manual_seed(self.seed)

    def train_epoch(self):
        self.states.append(self.state())
        images = torch.linspace(-1, 1, 36).reshape(12, 3)
        labels = (images.sum(dim=1) > 0).long()
        self.model.train()
        for chosen in torch.randperm(12, generator=self.generator).split(5):
            loss = F.cross_entropy(self.model(images[chosen]), labels[chosen])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        self.scheduler.step()

    def state(self):
        """All that the next epoch depends on, as copies."""
        averages = self.optimizer.state_dict()["state"].items()
        return {
            "weights": {name: tensor.clone() for name, tensor in self.model.state_dict().items()},
            "averages": {n: {k: v.clone() for k, v in kept.items()} for n, kept in averages},
            "rate": self.optimizer.param_groups[0]["lr"],
            "count": self.scheduler.last_epoch,
            "order": self.generator.get_state(),
            "masks": torch.get_rng_state(),
        }


WORDS = {
    "weights": "the weights are not those that the epoch before had ended with",
    "averages": "Adam's running averages are not those of the epoch before",
    "rate": "the learning rate is not that of the schedule",
    "count": "the scheduler has not counted the epochs so far",
    "order": "the batches will come in another order than in a run without a break",
    "masks": "dropout will draw other masks than in a run without a break",
}

STUCK = {
    "order": "the batches will come in an order that is the same after every break",
    "masks": "dropout will draw masks that are the same after every break",
}

AGAIN = {
    "weights": "the weights are those that the epoch before had begun with",
    "order": "the batches will come in the order of the epoch before once more",
    "masks": "dropout will draw the masks of the epoch before once more",
}


def never_stopped():
    """Return the states of a run without a break, the last one after the last epoch."""
    run = Run(SEEDS[0])
    for _ in range(NUM_EPOCHS):
        run.train_epoch()
    return [*run.states, run.state()]


def what_is_lost(one_more_epoch):
    """Return what a run loses that is built anew for each epoch, as after a crash."""
    expected, actual = never_stopped(), []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.pt")
        for seed in SEEDS:
            run = Run(seed)
            one_more_epoch(path, run.model, run.optimizer, run.scheduler, run.generator, run.train_epoch)
            if len(run.states) != 1:
                return [f"`train()` was called {len(run.states)} times for one epoch."]
            actual += run.states
        faults = _file(path)
    return faults + _first_loss(expected, [*actual, run.state()])


def _file(path):
    if not path.is_file():
        return ["No file was written."]
    try:
        torch.load(path, weights_only=True)
    except Exception:
        return ["The file does not open with `weights_only=True`."]
    return []


def _first_loss(expected, actual):
    """The pieces of the first state that is not as it should be."""
    for number, (expected_state, state) in enumerate(zip(expected, actual, strict=True)):
        when = f"At the start of epoch {number + 1}" if number < NUM_EPOCHS else "At the end"
        lost = [piece for piece in state if _differs(piece, expected_state, state)]
        if lost:
            return [f"{when} {_words(piece, number, actual)}." for piece in lost]
    return []


def _words(piece, number, states):
    """What is wrong with a piece of a state; the states before and after it tell the causes apart."""
    before, after = states[:number][-1:], states[number + 1 : NUM_EPOCHS][:1]
    for words, others in ((AGAIN, before), (STUCK, after)):
        if piece in words and any(not _differs(piece, states[number], other) for other in others):
            return words[piece]
    return WORDS[piece]


def _differs(piece, first, second):
    return difference(first[piece], second[piece], tolerance=0.0) is not None


def whole_objects_opened(path, model, optimizer, scheduler, generator, train):
    if path.exists():
        saved = torch.load(path, weights_only=False)
        model, optimizer = saved["model"], saved["optimizer"]
    train()
    torch.save({"model": model, "optimizer": optimizer}, path)


PUT_BACK = {
    "model": 'model.load_state_dict(saved["model"])',
    "optimizer": 'optimizer.load_state_dict(saved["optimizer"])',
    "scheduler": 'scheduler.load_state_dict(saved["scheduler"])',
    "generator": 'generator.set_state(saved["generator"])',
    "torch": 'torch.set_rng_state(saved["torch"])',
}


def without(*pieces):
    """Return the edits that leave some pieces of the file where they are."""
    return {PUT_BACK[piece]: "pass" for piece in pieces}


SAVE = "torch.save(saved, path)"
EARLY = {"    train()\n": "    order, masks = generator.get_state(), torch.get_rng_state()\n    train()\n"}
EARLY_ORDER = {"generator.get_state()": "order"}
EARLY_MASKS = {"torch.get_rng_state()": "masks"}


def dictionary_before_training(path, model, optimizer, scheduler, generator, train):
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        scheduler.load_state_dict(saved["scheduler"])
        generator.set_state(saved["generator"])
        torch.set_rng_state(saved["torch"])
    saved = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "generator": generator.get_state(),
        "torch": torch.get_rng_state(),
    }
    train()
    torch.save(saved, path)


MISTAKES = (
    (without("optimizer"),
     "The optimizer is forgotten: Adam starts with empty averages, and with the first learning rate, because "
     "the optimizer holds it."),
    (without("scheduler"),
     "The scheduler is restarted: it counts from 0 again, and as it is a `LambdaLR`, the learning rates of "
     "the first epochs come back, one epoch later."),
    (without("optimizer", "scheduler"),
     "Optimizer and scheduler both start anew: empty averages, and the learning rates of the first epochs "
     "again."),
    (without("generator"),
     "The generator of the loader is forgotten, so the batches come in another order: `get_state` and "
     "`set_state`."),
    (without("torch"),
     "PyTorch's own random state is lost, and dropout draws other masks: `torch.get_rng_state()` and "
     "`torch.set_rng_state(…)`."),
    (without("generator", "torch"),
     "Both random states are lost: that of the loader's generator, and PyTorch's own, from which dropout "
     "draws."),
    (without("scheduler", "generator", "torch"),
     "Weights and optimizer are what most tutorials save. The scheduler and both random states are still "
     "missing."),
    (without("optimizer", "generator", "torch"),
     "The optimizer is forgotten, and so are both random states: the generator's, and PyTorch's own."),
    (without("model"), "All is put back but the weights. `model.load_state_dict` has to stay."),
    (without(*PUT_BACK), "What is in the file is never put back before `train()`. Each entry needs its line "
     "under `if path.exists()`."),
    ({"    train()\n": "", SAVE: f"{SAVE}\n    train()"},
     "The file is written before the epoch, so the epoch is lost. Save after `train()`."),
    (SAVE, f"if not path.exists():\n        {SAVE}",
     "The file is written after the first epoch and never again. Save after each epoch."),
    ("    train()\n", "", "No epoch was trained. Call `train()` once, after what was saved is put back."),
    (PUT_BACK["torch"], "torch.manual_seed(0)",
     "A seed is where a generator starts, not where it stands: with the same seed each epoch repeats its "
     "masks. Save `torch.get_rng_state()`."),
    (PUT_BACK["generator"], "generator.manual_seed(0)",
     "A seed is where a generator starts, not where it stands: the batches come in the same order in each "
     "epoch. Save `generator.get_state()`."),
    ({PUT_BACK["generator"]: "generator.manual_seed(0)", PUT_BACK["torch"]: "torch.manual_seed(0)"},
     "Seeds are where generators start, not where they stand: each epoch repeats the order and the masks. "
     "Save both states."),
    (EARLY_ORDER | EARLY_MASKS | EARLY,
     "Both random states are saved, but from before `train()`: each epoch repeats the order and the masks of "
     "the one before. Read them after `train()`."),
    (EARLY_ORDER | EARLY,
     "The generator's state is saved, but from before `train()`: each epoch repeats the order of the one "
     "before. Read it after `train()`."),
    (EARLY_MASKS | EARLY,
     "PyTorch's random state is saved, but from before `train()`: each epoch repeats the masks of the one "
     "before. Read it after `train()`."),
    (dictionary_before_training,
     "The dictionary is made before `train()`. The weights in it are live and go on; all else in it is from "
     "before the epoch. Make it after `train()`."),
    ("optimizer.state_dict()", "optimizer",
     "The optimizer itself went into the file, and `weights_only=True` refuses it. Save "
     "`optimizer.state_dict()`."),
    (whole_objects_opened, "Whole objects from the file are others than those that `train` uses, and such a "
     "file may run code. Save states, and load them into what is there."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.8",
    title="Stop after any epoch",
    kind="training",
    difficulty=3,
    minutes=9,
    points=4,
    reference=one_more_epoch,
    given=given_one_more_epoch,
    probe=what_is_lost,
    seconds=20.0,  # a kernel's first optimizer imports much
    why="Five states, and the run does not notice that it was stopped. To the last bit: nothing less could "
    "be told from a small mistake.",
    hints=(
        "Go through the arguments one by one: what does each of them know that a new one does not?",
        "Optimizer and scheduler have `state_dict` and `load_state_dict`, as the network has. A generator "
        "has `get_state` and `set_state`.",
        "Dropout draws from PyTorch's own generator. `torch.get_rng_state()` reads its state, and "
        "`torch.set_rng_state(…)` puts it back.",
        'Five entries in the dictionary, say `"model"`, `"optimizer"`, `"scheduler"`, `"generator"`, '
        '`"torch"`, and one line for each under `if path.exists()`.',
    ),
    mistakes=MISTAKES,
)
