"""Exercise 5.6: keep the best weights of a run, judged on runs with scripted scores."""

import copy
from functools import partial

from mnist_lab.exercises.engine.compare import difference, in_types_of, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch import nn


def keep_best(model, train, score, num_epochs):
    best_score, best_weights = float("-inf"), None
    for _ in range(num_epochs):
        train()
        now = score()
        if now > best_score:
            best_score, best_weights = now, copy.deepcopy(model.state_dict())
    model.load_state_dict(best_weights)
    return best_score


def scripts(generator):
    """Return the scores of some runs, epoch by epoch; the best is often the best by very little."""
    number = partial(whole_number, generator)
    low, fall = number(4000, 6000), number(100, 390)
    top, tiny, hidden = low + 10 * fall, number(1, 3), [number(0, 900) for _ in range(number(8, 10))]
    rows = (
        (low, top, top - 2 * fall, top - fall),
        (top, low, low + fall),
        (low, top, top, top - tiny),
        (low, low + tiny, low + 2 * tiny, low + 3 * tiny),
        (low, top, *(low + score for score in hidden), top + tiny, top),
        (-30_000 * low, -20_000 * low, -25_000 * low),
    )
    return [tuple(score / 10_000 for score in row) for row in rows]


class Run(nn.Module):
    """A network whose every number is the epoch that it was last trained in; its scores are scripted.

    scale is a buffer: it belongs to the state_dict, and no optimizer moves it.
    """

    def __init__(self, script):
        super().__init__()
        self.layer = nn.Linear(2, 1)
        self.register_buffer("scale", torch.zeros(1))
        self.script, self.epoch, self.asked, self.loads, self.interfered = script, 0, 0, 0, False
        self.best = script.index(max(script)) + 1
        self._write(0)

    def train_epoch(self):
        self.interfered |= self._epochs() != {self.epoch}
        self.epoch += 1
        self._write(self.epoch)

    def score(self):
        self.asked += 1
        return self.script[min(max(self.epoch, 1), len(self.script)) - 1]

    def load_state_dict(self, *args, **kwargs):
        self.loads += 1
        return super().load_state_dict(*args, **kwargs)

    def _write(self, epoch):
        with torch.no_grad():
            for tensor in (*self.parameters(), *self.buffers()):
                tensor.fill_(float(epoch))  # in place, as an optimizer does

    def _epochs(self):
        """The epochs that the numbers in the network come from; more than one if it is a mixture."""
        return {int(number) for tensor in self.state_dict().values() for number in tensor.flatten()}

    def in_epochs(self, returned):
        if self.epoch != len(self.script):
            yield f"{self.epoch} epochs were trained."

    def in_calls(self, returned):
        if self.asked != len(self.script):
            yield f"`score()` was asked {self.asked} times."

    def in_weights(self, returned):
        if self.interfered:
            yield "an epoch started from other weights than the epoch before had left."
        if self._epochs() != {self.best}:
            epochs = " and ".join(str(epoch) for epoch in sorted(self._epochs()))
            left_alone = self._epochs() == {self.epoch} and not self.loads
            how = ", and nothing was put back into it" if left_alone else ""
            yield f"the network ends with weights of epoch {epochs}{how}."

    def in_score(self, returned):
        best = max(self.script)
        returned = in_types_of(best, returned)
        if isinstance(returned, bool) or not isinstance(returned, int | float):
            yield f"{kind_of(returned)} came back, where the best score was expected."
        elif difference(best, returned, tolerance=1e-7):
            yield f"the score {returned} came back."


def judged(*checks):
    """Return the probe that plays the scripts to an answer, and tells what each check finds."""

    def probe(keep_best, generator):
        faults = []
        for script in scripts(generator):
            run = Run(script)
            returned = keep_best(run, run.train_epoch, run.score, len(script))
            found = (fault for check in checks for fault in check(run, returned))
            faults += [f"Scores {', '.join(map(str, script))}: {fault}" for fault in found]
        return faults

    return probe


START = 'best_score, best_weights = float("-inf"), None'
BETTER = "now > best_score"
COPIED = "copy.deepcopy(model.state_dict())"
NOT_PUT_BACK = {"    model.load_state_dict(best_weights)\n": ""}

MISTAKES = (
    (COPIED, "model.state_dict()",
     "The last weights were put back. Perhaps yours went on learning: `model.state_dict()` holds live "
     "references, and so does a `dict(…)` or `.copy()` of it. `copy.deepcopy` makes numbers of its own."),
    (NOT_PUT_BACK, "The network keeps its last weights. At the end `model.load_state_dict(best_weights)` "
     "puts the best ones into it; `model = …` only gives the name to something else."),
    ({'float("-inf")': 'float("inf")', BETTER: "now < best_score"},
     "You kept the minimum. For a loss that would be right; of scores the largest is the best."),
    ('float("-inf")', "0.0",
     "In one run no epoch was better than the value that you start with, so nothing was kept. Start with "
     '`float("-inf")`, and keep what is larger.'),
    ({'float("-inf")': "0.0"} | NOT_PUT_BACK,
     "Two things: nothing is put back into the network at the end, and scores below 0 never beat a start at "
     "0."),
    (START, f"best_score, best_weights = 0.0, {COPIED}",
     "Scores below 0 never beat your start value, so the untrained weights came out as the best. Start with "
     '`float("-inf")`.'),
    (BETTER, "now >= best_score", "Of two equal scores the first one counts: `>`, not `>=`."),
    ({START: "train()\n    best_score, best_weights = score(), model.state_dict()",
      "range(num_epochs)": "range(num_epochs - 1)"},
     "The first epoch is never really kept: what you start with are live references, or a later epoch. Treat "
     "it as every other epoch."),
    ({START: f'{START}\n    now = float("-inf")',
      "now = score()": "last, now = now, score()", BETTER: "now > last"},
     "Perhaps you compare each epoch with the one before it. A small rise after a deep fall is not a best; "
     "compare with the best score so far."),
    ({"train()\n        now": "now", "    model.load": "        train()\n    model.load"},
     "The score is taken before the training of its epoch, so an untrained network takes part and the last "
     "epoch does not. First `train()`, then `score()`."),
    ({"train()": f"weights = {COPIED}\n        train()", f"now, {COPIED}": "now, weights"},
     "These are the weights from before the best epoch. Copy them after `train()`, when they are the ones "
     "that were scored."),
    ("    model.load", "        model.load",
     "You put the best weights back inside the loop, so every epoch starts from there. Do it once, after the "
     "loop."),
    ("if now > best_score:\n            best_score",
     "if now <= best_score:\n            break\n        best_score",
     "You stop at the first epoch that is no better. A later one may be the best; go through all of them."),
    ("= now,", "= score(),",
     "`score()` is called twice for one epoch. It goes through all validation digits each time: call it once "
     "and keep the number."),
    ({"model.state_dict()": "dict(model.named_parameters())",
      "(best_weights)": "(best_weights, strict=False)"},
     "The parameters came back, the buffer did not. `state_dict()` holds both; `model.parameters()` only "
     "what an optimizer moves."),
    ("return best_score", "return now",
     "The weights are right, but what comes back is the last score, not the best."),
    ("    return best_score\n", "",
     "The weights are right, but nothing comes back: the function ends with `return best_score`."),
    ("return best_score", "return model",
     "The weights are right, and the network is changed in place, so it need not come back. The exercise "
     "asks for the best score."),
    ("return best_score", "return model.state_dict()",
     "The weights belong into `model`, where they are already. What comes back is the best score."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.6",
    title="Keep the best weights",
    difficulty=2,
    minutes=6,
    points=3,
    reference=keep_best,
    probe=judged(Run.in_epochs, Run.in_calls, Run.in_weights, Run.in_score),
    parts={
        "ends with the best weights": (2, judged(Run.in_epochs, Run.in_weights)),
        "returns the best score": (1, judged(Run.in_epochs, Run.in_calls, Run.in_score)),
    },
    why="A copy when it is best, the copy back at the end: early stopping, in the next lesson, is this and a "
    "rule for when to stop.",
    hints=(
        "Two things have to be remembered through the loop: the best score so far, and the weights that made "
        "it.",
        "`model.state_dict()` shows what is in the network now. What makes its numbers independent of the "
        "network?",
        'Start with `float("-inf")`, so that the first epoch is always kept, also when scores are negative. '
        "A buffer such as `scale` is in the state_dict, but not among the parameters.",
        "If `now > best_score`: `best_score = now` and `best_weights = copy.deepcopy(model.state_dict())`. "
        "After the loop `model.load_state_dict(best_weights)`.",
    ),
    mistakes=MISTAKES,
)
