"""Exercise 1.5: a kernel that finds horizontal strokes, judged by what it finds."""

from mnist_lab.exercises.engine.compare import kind_of
from mnist_lab.exercises.engine.model import Exercise

import torch
from torch.nn import functional as F

TINY = 1e-3  # of the largest weight; less counts as 0


def kernel_faults(kernel):
    """Return what a 3×3 kernel does wrong as a finder of horizontal strokes, as sentences."""
    if not isinstance(kernel, torch.Tensor):
        actual = kind_of(kernel)
        return [f"What came is {actual}, no tensor; `torch.tensor([[…], […], […]])` makes one of a table."]
    if kernel.shape != (3, 3):
        return [f"The shape {tuple(kernel.shape)} came where (3, 3) was expected."]
    kernel = kernel.detach().double().cpu()
    if not kernel.isfinite().all() or not kernel.any():
        return ["Every weight is 0." if kernel.isfinite().all() else "A weight is not a number."]
    return [*_on_flat(kernel / kernel.abs().max()), *_on_strokes(kernel / kernel.abs().max())]


def _on_flat(kernel):
    flat = kernel.sum().item()
    return [] if abs(flat) < TINY else [f"A flat area gives {_sign(flat)}, not 0."]


def _on_strokes(kernel):
    """What goes wrong on a horizontal stroke, a vertical one, and the edge of a bright area."""
    stroke = torch.zeros(7, 7, dtype=kernel.dtype)
    stroke[3] = 1
    above, on, below = (_answer(stroke, kernel)[row, 2].item() for row in (1, 2, 3))
    across = _answer(stroke.T, kernel)[2]
    faults = []
    if on < TINY:
        faults.append(f"On a horizontal stroke the map is {_sign(on)}.")
    if max(above, below) > max(on, 0) - TINY and max(above, below) > TINY:
        place = "above" if above > below + TINY else "below" if below > above + TINY else "above and below"
        faults.append(f"The map is as large or larger {place} the stroke.")
    if across.max() > TINY:
        beside, most = max(across[1], across[3]), across.max() - TINY
        place = ", most strongly on it" if beside < most else ", most strongly beside it"
        place = "" if min(beside, across[2]) >= most else place  # it is a tie
        faults.append(f"A vertical stroke is answered too{place}.")
    edge = stroke.cumsum(0)  # bright from row 3 on
    strongest = max(_answer(edge, kernel).max().item(), _answer(edge.flip(0), kernel).max().item())
    if on > TINY and abs(kernel.sum()) < TINY and strongest > on - TINY:
        faults.append("The edge of a large bright area is answered as strongly as a stroke.")
    return faults


def _answer(image, kernel):
    """The map (5, 5) of a kernel on an image (7, 7)."""
    return F.conv2d(image[None, None], kernel[None, None])[0, 0]


def _sign(number):
    return "0" if abs(number) < TINY else "more than 0" if number > 0 else "less than 0"


def weights(*rows):
    return torch.tensor(rows, dtype=torch.float32)


MISTAKES = (
    (weights((-1, 2, -1), (-1, 2, -1), (-1, 2, -1)),
     "The kernel answers a vertical stroke, and is silent on a horizontal one. Turn it by a quarter."),
    (weights((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
     "This is the edge kernel from above: it compares left with right. A horizontal stroke differs from what "
     "lies above and below it."),
    (weights((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
     "This finds upper edges: dark above, bright below. Over a stroke it is silent; a stroke is bright in "
     "the middle and dark on both sides."),
    (weights((1, 1, 1), (0, 0, 0), (-1, -1, -1)),
     "This finds lower edges: bright above, dark below. Over a stroke it is silent; a stroke is bright in "
     "the middle and dark on both sides."),
    (weights((1, 1, 1), (-2, -2, -2), (1, 1, 1)),
     "The signs are the wrong way round: this finds dark strokes on white. In our images the stroke is "
     "bright."),
    (weights((0, 0, 0), (1, 1, 1), (0, 0, 0)),
     "The plus outweighs the minus, so a flat bright area gives more than 0. What stands above and below "
     "must count against the stroke as much as the stroke counts."),
    (weights((-1, -1, -1), (1, 1, 1), (-1, -1, -1)),
     "Nearly: the minus outweighs the plus, and a flat bright area gives less than 0. The nine weights "
     "should add up to 0."),
    (weights((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
     "This answers every line, whatever its direction. A whole row of the kernel should look for the stroke, "
     "not its centre alone."),
    (weights((-1, -1, -1), (1, 1, 1), (0, 0, 0)),
     "This looks at one side of the stroke only, so the edge of a large bright area excites it as much. Let "
     "the other side count too."),
    (weights((2, -1, -1), (-1, 2, -1), (-1, -1, 2)),
     "In each row the weights add up to 0, so a stroke along the row gives 0. This one asks for a diagonal."),
    (weights((0, 0, 0), (0, 1, 0), (0, 0, 0)),
     "This leaves the image as it is, so every bright pixel counts as found. The pixels around the middle "
     "must have a say."),
    (torch.full((3, 3), 1 / 9), "This is the blur: all weights are equal, so it cannot tell a stroke from an "
     "area. Some weights must be negative."),
    (weights((-1, -1, -1), (2, 2, 2), (-1, -1, -1))[None, None],
     "The weights are right, but the kernel should have two axes here. `F.conv2d` wants the four axes, our "
     "`convolve` does not."),
    (weights((-1,), (2,), (-1,)), "A column of three asks the right question at a single place. Make each "
     "row three weights wide, so that it asks for a stroke."),
    ([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]],
     "This is a list. `torch.tensor(...)` around it makes a kernel that can slide."),
)  # fmt: skip


EXERCISE = Exercise(
    id="1.5",
    title="A kernel for horizontal strokes",
    difficulty=2,
    minutes=4,
    points=2,
    reference=weights((-1, -1, -1), (2, 2, 2), (-1, -1, -1)),
    probe=kernel_faults,
    why="A kernel is a question to the image. A network learns which questions are worth asking.",
    hints=(
        "Draw a horizontal stroke in a 3×3 window: which row is bright when the window stands on it?",
        "The bright row wants positive weights. What must the dark rows have, so that a flat area gives 0?",
        "All nine weights add up to 0, and each column on its own as well; then a vertical stroke gives 0 "
        "too. The rows above and below share the minus equally.",
    ),
    mistakes=MISTAKES,
)
