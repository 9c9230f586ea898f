"""Stops a run after each epoch, and goes on from its file: the probe of 5.8, and its parts."""

import tempfile
from collections import namedtuple
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch
from torch import nn
from torch.nn import functional as F

NUM_EPOCHS = 4


# What all processes of a run have in common, and the seed of each, which no answer would choose. The file of
# the epoch named repeated is opened once more at the end.
Setting = namedtuple("Setting", "seeds images p rate slowing batch_size repeated")


def drawn(generator):
    """Return a Setting."""
    number = partial(whole_number, generator)
    seeds = different_numbers(generator, NUM_EPOCHS + 1, 100, 9999)
    images = torch.randn(12, 3, generator=generator)
    p, rate = number(30, 60) / 100, number(50, 150) / 1000
    return Setting(seeds, images, p, rate, number(1, 4), number(4, 7), number(1, NUM_EPOCHS - 2))


@dataclass(eq=False)
class Run:
    """Dropout, Adam, a schedule, shuffled batches; begun holds what each epoch began with."""

    setting: Setting
    seed: int
    begun: list = field(default_factory=list)
    ended: dict | None = None  # the state that a process left

    def __post_init__(self):
        torch.default_generator.manual_seed(10_000 + self.seed)
        self.model = nn.Sequential(nn.Linear(3, 8), nn.Dropout(self.setting.p), nn.Linear(8, 2))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=self.setting.rate)
        schedule = partial(_share, self.setting.slowing)  # which can be pickled
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, schedule)
        self.generator = torch.Generator().manual_seed(self.seed)
        torch.default_generator.manual_seed(self.seed)

    def train_epoch(self):
        self.begun.append(self.state())
        images = self.setting.images
        labels = (images.sum(dim=1) > 0).long()
        self.model.train()
        for chosen in torch.randperm(12, generator=self.generator).split(self.setting.batch_size):
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


def _share(slowing, epoch):
    return 1 / (1 + slowing * epoch)


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


def never_stopped(setting):
    """Return the states of a run without a break, the last one after the last epoch."""
    run = Run(setting, setting.seeds[0])
    for _ in range(NUM_EPOCHS):
        run.train_epoch()
    return [*run.begun, run.state()]


def resumed(one_more_epoch, setting):
    """Return the runs of a process an epoch, the one that opened an earlier file once more, and faults."""
    runs, files = [], []
    with tempfile.TemporaryDirectory() as folder:
        path, earlier = (Path(folder, name) for name in ("run.pt", "earlier.pt"))
        for seed in setting.seeds[:-1]:
            runs.append(_process(one_more_epoch, path, Run(setting, seed)))
            if len(runs[-1].begun) != 1:
                return runs, None, [f"`train()` was called {len(runs[-1].begun)} times for one epoch."]
            files.append(path.read_bytes() if path.is_file() else b"")
        faults = _file(path)
        if faults or not all(files):
            return runs, None, faults
        earlier.write_bytes(files[setting.repeated - 1])
        again = _process(one_more_epoch, earlier, Run(setting, setting.seeds[-1]))
        return runs, again if again.begun else None, []


def _process(one_more_epoch, path, run):
    one_more_epoch(path, run.model, run.optimizer, run.scheduler, run.generator, run.train_epoch)
    run.ended = run.state()
    return run


def _file(path):
    if not path.is_file():
        return ["No file was written."]
    try:
        torch.load(path, weights_only=True)
    except Exception:
        return ["The file does not open with `weights_only=True`."]
    return []


def what_is_lost(one_more_epoch, generator):
    """Return what a run loses that is built anew for each epoch, as after a crash."""
    setting = drawn(generator)
    expected = never_stopped(setting)
    runs, again, faults = resumed(one_more_epoch, setting)
    if len(runs[-1].begun) != 1:
        return faults
    faults += _first_loss(expected, [*(run.begun[0] for run in runs), runs[-1].ended])
    number = setting.repeated
    if not faults and (again is None or _lost(expected[number], again.begun[0])):
        faults.append(f"Opened once more, the file of epoch {number} led to another epoch {number + 1}.")
    return faults


def _first_loss(expected, actual):
    """The pieces of the first state that is not as it should be."""
    for number, (expected_state, state) in enumerate(zip(expected, actual, strict=True)):
        when = f"At the start of epoch {number + 1}" if number < NUM_EPOCHS else "At the end"
        lost = _lost(expected_state, state)
        if lost:
            return [f"{when} {_words(piece, number, actual)}." for piece in lost]
    return []


def _words(piece, number, states):
    """What is wrong with a piece of a state; the states before and after it tell the causes apart."""
    before, after = states[:number][-1:], states[number + 1 : NUM_EPOCHS][:1]
    for words, others in ((AGAIN, before), (STUCK, after)):
        if piece in words and any(not _lost(states[number], other, piece) for other in others):
            return words[piece]
    return WORDS[piece]


def _lost(expected, actual, *pieces):
    """Return which pieces of a state, or of all of it, are not as they should be."""
    pieces = pieces or expected
    return [piece for piece in pieces if difference(expected[piece], actual[piece], tolerance=0.0)]


def part(*pieces):
    """Return the probe of a part: do these go on at every break from where they were, and the weights?"""

    def probe(one_more_epoch, generator):
        setting = drawn(generator)
        first, second, *_ = never_stopped(setting)
        runs, again, faults = resumed(one_more_epoch, setting)
        if again is None:
            return faults or ["A file was missing."]
        breaks = [*pairwise(runs), (runs[setting.repeated - 1], again)]
        pairs = [(first, runs[0].begun[0]), *((old.ended, new.begun[0]) for old, new in breaks)]
        lost = [piece for pair in pairs for piece in _lost(*pair, "weights", *pieces)]
        return lost + _lost(second, runs[0].ended, "weights")

    return probe


PARTS = {
    "goes on with the optimizer": (1, part("averages", "rate")),
    "goes on with the scheduler": (1, part("count")),
    "goes on with the order of the batches": (1, part("order")),
    "goes on with the masks of dropout": (1, part("masks")),
}
