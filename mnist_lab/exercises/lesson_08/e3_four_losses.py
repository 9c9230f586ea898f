"""Exercise 8.3: Four losses at 2.30."""

from mnist_lab.data import InMemoryLoader, load_digits
from mnist_lab.exercises.engine.letters import misplaced
from mnist_lab.exercises.engine.model import Exercise

import torch
from torch import nn
from torch.nn import functional as F

CAUSES = "DABC"  # of cases 1 to 4: rate too small, step too early, labels shuffled apart, frozen
NUM_STEPS, BATCH_SIZE = 50, 64


def case_notes():
    """Return the facts about the four cases as text, a line each; the lesson prints them."""
    images, labels = next(iter(InMemoryLoader(load_digits().train, batch_size=NUM_STEPS * BATCH_SIZE)))
    lines = [
        "         loss on new    gradient of the first layer   largest  one batch,",
        "         batches        after backward  before step   change   over and over",
    ]
    for number, cause in enumerate(CAUSES, 1):
        lines.append(f"case {number}   {_row(cause, images, labels)}")
    return "\n".join(lines)


def _row(cause, images, labels):
    losses, after, before, change = _train(cause, images, labels, same=False)
    again = _train(cause, images, labels, same=True)[0]
    last, shown_change = sum(losses[-10:]) / 10, f"{change:.0e}" if change else "0"
    return (
        f"{losses[0]:.2f} → {last:.2f}    {_norm(after):<14}  {_norm(before):<12}  "
        f"{shown_change:<7}  {again[0]:.2f} → {again[-1]:.2f}"
    )


def _norm(gradient):
    return "none" if gradient is None else f"norm {gradient.norm().item():.2f}"


def _train(cause, images, labels, *, same):
    """Train an ill network on new batches, or on the same one; return what was seen of its first layer.

    That is the losses, the gradient after `backward` and before `step`, and the largest change of a weight.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        (model, optimizer), order = _patient(cause), torch.randperm(len(labels))
    if cause == "B":
        labels = labels[order]
    batches = list(zip(images.split(BATCH_SIZE), labels.split(BATCH_SIZE), strict=True))
    weight, losses = model[1].weight, []
    start = weight.detach().clone()
    for inputs, targets in batches[:1] * NUM_STEPS if same else batches:
        loss = F.cross_entropy(model(inputs), targets)
        losses.append(loss.item())
        model.zero_grad()
        if cause == "A":
            before = weight.grad
            optimizer.step()
        loss.backward()
        after = weight.grad.clone()
        if cause != "A":
            before = after
            optimizer.step()
    return losses, after, before, (weight - start).abs().max().item()


def _patient(cause):
    """Return a network and its optimizer, which holds another network's weights in case C."""
    model, other = (
        nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10)) for _ in range(2)
    )
    weights = (other if cause == "C" else model).parameters()
    return model, torch.optim.Adam(weights, lr=1e-8 if cause == "D" else 0.003)


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
    difficulty=2,
    minutes=4,
    points=2,
    reference=CAUSES,
    probe=misplaced(
        CAUSES,
        letters="ABCD",
        form='The answer is a text of four letters, one for each case, such as `"ABCD"`.',
        why="Case {} has another cause.".format,
    ),
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
