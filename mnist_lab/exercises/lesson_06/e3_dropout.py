"""Exercise 6.3: write dropout; e3_dropout_probe judges it by what holds for every draw."""

import math

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers
from mnist_lab.exercises.lesson_06.e3_dropout_probe import faults

import torch


def dropout(values, *, p, training):
    if not training:
        return values
    mask = torch.rand_like(values) >= p
    return values * mask / (1 - p)


def of_function(dropout, generator):
    """Return the faults of a dropout, tried on 60 samples of 100 values, and on 1, 3 and 4 axes."""
    sizes = different_numbers(generator, 4, 5, 9)
    shapes = [(60, 100), (math.prod(sizes[:3]),), sizes[:3], sizes]
    return faults(dropout, generator, shapes=shapes, coins=lambda dropped: ("", dropped))


MODE = "if not training:\n        return values\n    "
IN_EVAL = "return values\n"
DRAW = "torch.rand_like(values)"
SCALE = " / (1 - p)"
SCALED = f"return values * mask{SCALE}"

MISTAKES = (
    (SCALE, "", "No scaling: in training the sums are smaller than in evaluation, and the next layer learns "
     "the wrong size. Divide what stays by 1 − p."),
    (IN_EVAL, "return values * (1 - p)\n",
     "Scaling in eval mode: training has made up for the loss already. In eval mode return the values as "
     "they are."),
    (IN_EVAL, "return values / (1 - p)\n",
     "In eval mode nobody is missing, so nobody has to stand in. Return the values before you divide."),
    ({SCALE: "", IN_EVAL: "return values * (1 - p)\n"},
     "That is dropout as it was first published: it scales in evaluation. Inverted dropout divides by 1 − p "
     "in training, so that evaluation costs nothing."),
    ({SCALE: "", IN_EVAL: "return values / (1 - p)\n"},
     "The division stands in the wrong mode. It belongs to training, where values are missing."),
    (MODE, "", "It drops in eval mode, too: perhaps `training` is not asked. The same digit would get "
     "another answer each time."),
    ({MODE: "", SCALE: ""},
     "It drops in eval mode, too, and nothing is divided by 1 − p. Ask for `training` first, and divide what "
     "stays."),
    ("if not training", "if training",
     "The modes are exchanged: it drops in evaluation and rests in training."),
    (">= p", "< p", "p and 1 − p look swapped in the mask: `rand < p` is true with a chance of p, and p is "
     "the share to be dropped. Keep where `rand >= p`."),
    ({">= p": "< p", SCALE: " / p"},
     "p and 1 − p look swapped throughout: your p is the chance to stay. Here, as in PyTorch, it is the "
     "chance to go."),
    ({">= p": "< p", SCALE: ""},
     "Your p looks like the chance to stay, and here it is the chance to go. And what stays is not divided "
     "by 1 − p yet."),
    (SCALE, " / p",
     "The mask is right, but you divide by the share that goes. Divide by the share that stays, 1 − p."),
    (SCALE, " * (1 - p)", "You multiply by 1 − p, which makes what stays even smaller. Divide by it."),
    (SCALE, " * (1 + p)",
     "1 + p does not make up for 1 − p: with p = 0.2 a fifth less and then a fifth more is not where you "
     "began. Divide by 1 − p."),
    (SCALE, " * 2", "The factor 2 is right for p = 0.5 only. In general it is 1 / (1 − p)."),
    (SCALE, " * 3",
     "What stays is multiplied by a number, but not by the right one. It is 1 / (1 − p), 1.25 for p = 0.2."),
    (DRAW, "torch.rand(values.shape[1])",
     "The same mask for every sample: all images of the batch lose the same values. Draw as many numbers as "
     "there are values: `torch.rand_like(values)`."),
    (DRAW, "torch.rand(len(values), 1)",
     "One draw for each sample: an image loses all of its values or none. Every value needs a draw of its "
     "own."),
    (DRAW, "torch.rand(1)",
     "One draw for everything: the whole batch is kept or lost. Every value needs a draw of its own: "
     "`torch.rand_like(values)`."),
    (DRAW, "torch.rand(values.shape, generator=torch.Generator().manual_seed(0))",
     "The mask is drawn once and then always the same; a fixed seed inside the function does that, too. Then "
     "the same values never learn. Draw anew at each call."),
    (">= p", ">= 0.5", "Perhaps the chance is fixed at one half. Compare the random numbers with `p`."),
    (DRAW, "torch.randn_like(values)",
     "Perhaps you drew with `randn`, which draws from a bell curve around 0. For a chance of p you need "
     "numbers spread evenly from 0 to 1: `torch.rand_like`."),
    (" >= p", "", "Nothing became 0. Perhaps each value was multiplied by a random number. Dropout keeps or "
     "drops: compare the random numbers with `p` to get True or False."),
    (f"{DRAW} >= p", "int(1 - p)",
     "Everything became 0. Perhaps the mask is a share cut down to a whole number; it has to be True or "
     "False, by chance, for each value."),
    ({DRAW: f"{DRAW}.argsort(dim=1).argsort(dim=1)", ">= p": ">= round(p * values.shape[1])"},
     "Every sample loses exactly the same number of values. In dropout each value is drawn on its own, so "
     "the number varies."),
    ({DRAW: "torch.randperm(values.numel()).reshape(values.shape)", ">= p": ">= round(p * values.numel())"},
     "Every call drops exactly the same number of values. In dropout each value is drawn on its own, so the "
     "number varies. With p = 0.1 and three values, yours may never drop one."),
    (SCALE, " / mask.float().mean()",
     "Perhaps you divide by the share that happened to stay. Then each value depends on how the others were "
     "drawn; divide by 1 − p, which is fixed."),
    (SCALED, "values *= mask\n    values /= 1 - p\n    return values",
     "The function writes into the tensor that it was given, which the caller may still need. Multiply by a "
     "mask instead, that makes a new one."),
    (SCALED, "values *= mask\n    return values",
     "No scaling, and the function writes into the tensor that it was given. Multiply by a mask, divide by 1 "
     "− p, and return the new tensor."),
    ("values * mask", "mask", "What comes back is the mask alone. Multiply the values by it."),
    ("values * mask", "values[mask]",
     "Perhaps square brackets picked the values that stay, so the shape is lost. Multiply by the mask: what "
     "is dropped stays in its place, as 0."),
    (IN_EVAL, "return\n", "In eval mode nothing is returned, so `None` comes. Return the values there, too."),
    (IN_EVAL, "return torch.zeros_like(values)\n",
     "In eval mode dropout is switched off, which means that everything passes, not that nothing does."),
)  # fmt: skip


EXERCISE = Exercise(
    id="6.3",
    title="Write dropout",
    difficulty=2,
    minutes=6,
    points=3,
    reference=dropout,
    probe=of_function,
    why="A new mask for every value and every call, the mean kept, and silence in eval mode: this is all "
    "that dropout is.",
    hints=(
        "Three moves: what happens in eval mode, who is dropped, and what becomes of the rest.",
        "Draw a number between 0 and 1 for each value, with `torch.rand_like(values)`. Compared with `p`, it "
        "gives True or False; a value times False is 0.",
        "`torch.rand_like(values) >= p` is True with a chance of 1 − p: these stay. On average only a share "
        "of 1 − p is left, so divide by it.",
    ),
    mistakes=MISTAKES,
)
