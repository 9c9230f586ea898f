"""Exercise 3.5: which learning rate made which curve."""

from mnist_lab.exercises.engine.model import Exercise

import torch
from torch import nn
from torch.nn import functional as F

RATES = {"A": 0.003, "B": 0.3, "C": 0.0003, "D": 0.03}  # of the four curves


def training_curves(images, labels, *, num_steps=40):
    """Return {letter: losses} of a linear layer on one batch, with plain SGD at the four rates."""
    curves, pixels = {}, images.flatten(1)
    for letter, rate in RATES.items():
        layer = nn.Linear(pixels.shape[1], 10).to(pixels.device)
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
        optimizer = torch.optim.SGD(layer.parameters(), lr=rate)
        curves[letter] = []
        for _ in range(num_steps):
            loss = F.cross_entropy(layer(pixels), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            curves[letter].append(loss.item())
    return curves


MISTAKES = (
    ((0.03, 0.0003, 0.3, 0.003), "You have them the other way round. A smaller rate makes smaller steps, so "
     "its curve falls more slowly."),
    ((0.03, 0.3, 0.0003, 0.003),
     "The two in the middle are exchanged: both fall without a jump, and the larger rate falls faster."),
    ((0.003, 0.0003, 0.3, 0.03), "The extremes are exchanged. Flat does not mean that the steps are too "
     "large, nor jumps that they are small: a step too large leaps across the valley."),
    ((0.003, 0.03, 0.0003, 0.3), "The steepest smooth curve is not the largest rate. A rate too large for "
     "the start leaps across the valley: its loss shoots up before it comes down, if it does."),
    ((0.0003, 0.3, 0.003, 0.03), "The flat curve and the slow one are exchanged: the smallest rate is the "
     "one that has hardly moved after all these steps."),
    ((0.0003, 0.003, 0.03, 0.3), "That is the list from small to large. The question is which of them "
     "belongs to A, to B, to C and to D."),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.5",
    title="Which rate made which curve",
    difficulty=2,
    minutes=3,
    points=1,
    reference=tuple(RATES.values()),
    why="Small rates creep, larger ones fall, and one too large for the start leaps up first. Which of them "
    "ends lowest, the form alone does not tell.",
    hints=(
        "Find the extremes first: which curve hardly moves, which one jumps?",
        "Think of the parabola. Small steps creep down, larger ones arrive sooner, too large ones leap "
        "across the valley and may land higher.",
        "The flat one has the smallest rate, the one that jumps the largest. Of the two others, the larger "
        "rate falls faster.",
    ),
    mistakes=MISTAKES,
)
