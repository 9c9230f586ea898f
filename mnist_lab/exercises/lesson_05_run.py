"""Lesson 05: a tiny run that is stopped after each epoch, beside one that never is."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from mnist_lab.exercises.compare import difference

import torch
from torch import nn
from torch.nn import functional as F

NUM_EPOCHS = 4


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
AGAIN = {
    "weights": "the weights are those that the epoch before had begun with",
    "order": "the batches will come in the order of the epoch before once more",
    "masks": "dropout will draw the masks of the epoch before once more",
}


def never_stopped():
    """Return the states of a run without a break, the last one after the last epoch."""
    run = Run(0)
    for _ in range(NUM_EPOCHS):
        run.train_epoch()
    return [*run.states, run.state()]


def what_is_lost(one_more_epoch):
    """Return what a run loses that is built anew for each epoch, as after a crash."""
    wanted, came = never_stopped(), []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.pt")
        for seed in range(NUM_EPOCHS):
            run = Run(seed)
            one_more_epoch(path, run.model, run.optimizer, run.scheduler, run.generator, run.train_epoch)
            if len(run.states) != 1:
                return [f"`train()` was called {len(run.states)} times for one epoch."]
            came += run.states
        found = _file(path)
    return found + _first_loss(wanted, [*came, run.state()])


def _file(path):
    if not path.is_file():
        return ["No file was written."]
    try:
        torch.load(path, weights_only=True)
    except Exception:
        return ["The file does not open with `weights_only=True`."]
    return []


def _first_loss(wanted, came):
    """The pieces of the first state that is not as it should be."""
    for epoch, (state, theirs) in enumerate(zip(wanted, came, strict=True), 1):
        when = f"At the start of epoch {epoch}" if epoch <= NUM_EPOCHS else "At the end"
        before = came[max(epoch - 2, 0)]
        other = [piece for piece in state if _other(piece, state, theirs)]
        found = [f"{when} {_words(piece, theirs, before)}." for piece in other]
        if found:
            return found
    return []


def _words(piece, theirs, before):
    if piece in AGAIN and theirs is not before and not _other(piece, before, theirs):
        return AGAIN[piece]
    return WORDS[piece]


def _other(piece, first, second):
    return difference(first[piece], second[piece], tolerance=0.0) is not None
