"""Exercise 0.3: Move an axis."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers

import torch


def channels_first(photo):
    return photo.permute(2, 0, 1)


def photos(generator):
    """Photos (H, W, C) with no two sizes equal, most numbered, so that each value shows its place."""
    shapes = (1, 2, 3), (2, 4, 3), (6, 5, 3)
    numbered = [call(torch.arange(h * w * c).reshape(h, w, c)) for h, w, c in shapes]
    height, width = different_numbers(generator, 2, 7, 14)
    return [*numbered, call(torch.randint(256, (height, width, 3), generator=generator))]


MISTAKES = (
    ("permute(2, 0, 1)", "reshape(photo.shape[2], *photo.shape[:2])",
     "`reshape` re-cuts the same sequence; `permute` moves axes. The shape is right, but the values stand in "
     "the wrong places."),
    ("2, 0, 1", "2, 1, 0", "The channels are first, but rows and columns changed places too: the photo is "
     "mirrored on its diagonal. After C comes H, which is old axis 0."),
    ("2, 0, 1", "1, 2, 0", "This is the way back. `permute` asks, for each new place, which old axis comes "
     "there; the first place wants C, which is old axis 2."),
    ("2, 0, 1", "1, 0, 2", "Rows and columns changed places, and the channels are still last. The first "
     "place wants C, which is old axis 2."),
    ("2, 0, 1", "0, 2, 1", "The channels stand in the middle now. C comes first, then H, then W."),
)  # fmt: skip


EXERCISE = Exercise(
    id="0.3",
    title="Move an axis",
    difficulty=1,
    minutes=4,
    points=2,
    reference=channels_first,
    cases=photos,
    why="Cameras and Matplotlib put channels last, PyTorch puts them first: you will need this move.",
    hints=(
        "Which of the two moves, `reshape` and `permute`, changes the order of the axes?",
        "`permute` takes one number for each new place: which old axis comes here?",
        "The old axes are H = 0, W = 1, C = 2. The new order C, H, W is a list of these three numbers.",
    ),
    mistakes=MISTAKES,
)
