"""Exercise 8.3: Four losses at 2.30."""

from mnist_lab.data import InMemoryLoader, load_digits
from mnist_lab.exercises.engine.letters import misplaced
from mnist_lab.exercises.engine.model import Exercise

import torch
from torch import nn
from torch.nn import functional as F

CAUSES = "DABC"  # of the four patients, in their order; lesson_08_stuck.py makes them ill accordingly


def wrong_causes(answer):
    """Return for which of the four patients another cause fits."""
    form = 'The answer is a text of four letters, one for each case, such as `"ABCD"`.'
    return misplaced(answer, CAUSES, letters="ABCD", form=form, why=_why_not)


def _why_not(place, letter):
    return f"Case {place} has another cause."


NUM_STEPS, BATCH_SIZE = 50, 64


RATES = {"D": 1e-8}  # of Adam; 0.003 for all others


def case_notes():
    """Return the facts about the four cases of exercise 8.3 as text, a line each."""
    images, labels = next(iter(InMemoryLoader(load_digits().train, batch_size=NUM_STEPS * BATCH_SIZE)))
    lines = [
        "         loss on new    gradient of the first layer   largest  one batch,",
        "         batches        after backward  before step   change   over and over",
    ]
    for number, illness in enumerate(CAUSES, 1):
        lines.append(f"case {number}   {_row(illness, images, labels)}")
    return "\n".join(lines)


def _row(illness, images, labels):
    fresh, again = (_train(illness, images, labels, same=same) for same in (False, True))
    first, last = fresh["losses"][0], sum(fresh["losses"][-10:]) / 10
    change = f"{fresh['change']:.0e}" if fresh["change"] else "0"
    over_and_over = f"{again['losses'][0]:.2f} → {again['losses'][-1]:.2f}"
    return (
        f"{first:.2f} → {last:.2f}    {_shown(fresh['after']):<14}  {_shown(fresh['before']):<12}  "
        f"{change:<7}  {over_and_over}"
    )


def _train(illness, images, labels, *, same):
    """Train an ill network on new batches or on one, and return what was seen on the way."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        model, other, shuffled = _network(), _network(), torch.randperm(len(labels))
    watched = other if illness == "C" else model
    optimizer = torch.optim.Adam(watched.parameters(), lr=RATES.get(illness, 0.003))
    if illness == "B":
        labels = labels[shuffled]
    start, seen = model[1].weight.detach().clone(), {"losses": []}
    for step in range(NUM_STEPS):
        part = slice(0, BATCH_SIZE) if same else slice(step * BATCH_SIZE, (step + 1) * BATCH_SIZE)
        loss = F.cross_entropy(model(images[part]), labels[part])
        seen["losses"].append(loss.item())
        _update(illness, model, optimizer, loss, seen)
    seen["change"] = (model[1].weight - start).abs().max().item()
    return seen


def _update(illness, model, optimizer, loss, seen):
    """Three lines of a loop, in the order that the illness has, with a look at the gradient."""
    model.zero_grad()
    if illness == "A":
        seen["before"] = model[1].weight.grad
        optimizer.step()
    loss.backward()
    seen["after"] = model[1].weight.grad.clone()
    if illness != "A":
        seen["before"] = model[1].weight.grad.clone()
        optimizer.step()


def _network():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))


def _shown(gradient):
    return "none" if gradient is None else f"norm {gradient.norm().item():.2f}"


MISTAKES = (
    ("CABD", "A weight that moves a little moves: the step is only too small. Change by exactly nothing "
     "means that the optimizer never sees the weight."),
    ("DCBA", "Both have weights that stay exactly where they are. The gradient just before `step` tells them "
     "apart: is there one to go by?"),
    ("BADC", "Where hardly a weight moves, not even one batch can be learned. With labels shuffled apart the "
     "weights move well, and one batch is learned by heart."),
    ("DBAC", "Labels shuffled apart give a proper gradient, only in no useful direction. No gradient at all "
     "before `step` is a matter of the order of lines."),
    ("DACB", "Frozen weights learn nothing, not even one batch. Labels shuffled apart can be learned by "
     "heart, as long as it is the same batch."),
    ("ADBC", "The rate does not touch the gradient. If it is there after `backward` and gone before `step`, "
     "look at the order of the lines."),
    ("DCAB", "Look at the last column for those whose weights move, and at the gradient before `step` for "
     "those whose weights do not."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.3",
    title="Four losses at 2.30",
    kind="value",
    difficulty=2,
    minutes=4,
    points=2,
    reference=CAUSES,
    probe=wrong_causes,
    why="One symptom, four causes, and three numbers tell them apart: the gradient before the step, the "
    "change of a weight, and one batch over and over.",
    hints=(
        "Begin with the gradient as `step` finds it. For one patient there is none.",
        "Then the weights. One patient's change by nothing, one's by next to nothing, one's by as much as a "
        "healthy network's.",
        "Weights that move, and a single batch that can be learned by heart: then the machinery works, and "
        "what it is fed with is wrong.",
    ),
    mistakes=MISTAKES,
)
