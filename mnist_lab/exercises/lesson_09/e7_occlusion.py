"""Exercise 9.7: by how much the score drops where a square hides the image."""

from functools import partial

from mnist_lab.exercises.engine.compare import NO_RETURN, difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch
from torch import nn
from torch.nn import functional as F


def occlusion_map(model, image, target, *, size, stride, background):
    height, width = image.shape[1:]
    tops = range(0, height - size + 1, stride)
    lefts = range(0, width - size + 1, stride)
    drops = torch.zeros(len(tops), len(lefts))
    with torch.inference_mode():
        whole = model(image.unsqueeze(0))[0, target]
        for row, top in enumerate(tops):
            for column, left in enumerate(lefts):
                hidden = image.clone()
                hidden[:, top : top + size, left : left + size] = background
                drops[row, column] = whole - model(hidden.unsqueeze(0))[0, target]
    return drops


class Scorer(nn.Module):
    """Three scores for images (N, 1, H, W), not linear, from whole numbers, so that all sums are exact."""

    def __init__(self, num_pixels, generator):
        super().__init__()
        self.linear = nn.Linear(num_pixels, 3)
        with torch.no_grad():
            for weight in self.parameters():
                weight.copy_(torch.randint(-4, 5, weight.shape, generator=generator) / 4)

    def forward(self, images):
        if images.dim() != 4:
            raise ValueError(f"expected images (N, 1, H, W), but got {tuple(images.shape)}")
        images = F.dropout(images) if self.training else images
        return self.linear((images * images * images).flatten(1))


def what_is_covered(answer, generator):
    """Return the faults of an occlusion map, tried on small images with a small network."""
    number = partial(whole_number, generator)
    hiding = ((2, 1, -1.0), (3, 2, -1.0), (number(4, 5), number(2, 3), number(5, 9) / 4), (2, 2, -1.0))
    faults = []
    for size, stride, background in hiding:
        rows, columns = different_numbers(generator, 2, 2, 4)
        height, width = size + (rows - 1) * stride, size + (columns - 1) * stride
        image = torch.randint(-3, 5, (1, height, width), generator=generator) / 4
        model = Scorer(height * width, generator).eval()
        target = (int(model(image[None]).argmax()) + number(1, 2)) % 3
        faults += _faults(answer, model, image, target, size=size, stride=stride, background=background)
    return list(dict.fromkeys(faults))


def _faults(answer, model, image, target, **settings):
    given = image.clone()
    expected = occlusion_map(model, image, target, **settings)
    actual = answer(model, given, target, **settings)
    problem = _other_map(expected, actual)
    if problem:
        words = ", ".join(f"{name} {value:g}" for name, value in settings.items())
        yield f"Image of {image.shape[1]} by {image.shape[2]}, {words}: {problem}"
    if not torch.equal(given, image):
        yield "The image that was given is not as it was."
    if model.training:
        yield "The model was left in training mode."
    if not problem and actual.requires_grad:
        yield "The map holds the graph of every score in it, for a gradient that nobody needs."


def _other_map(expected, actual):
    if actual is None:
        return NO_RETURN
    if not isinstance(actual, torch.Tensor):
        return f"{kind_of(actual)} came where a tensor was expected."
    return difference(expected, actual, strict=False)


WHOLE, NOW = "model(image.unsqueeze(0))[0, target]", "model(hidden.unsqueeze(0))[0, target]"
DROP, SQUARE = f"whole - {NOW}", "[:, top : top + size, left : left + size]"


def following(score):
    """The edit that takes another score of the whole image, and of one with a part hidden."""
    return {scores: scores.replace("[0, target]", score) for scores in (WHOLE, NOW)}


def starting(steps):
    """The edit of where squares start, on both axes; steps are the arguments of range, for a length."""
    ranges = {side: steps.replace("length", side) for side in ("height", "width")}
    return {f"0, {side} - size + 1, stride": arguments for side, arguments in ranges.items()}


MISTAKES = (
    ("torch.inference_mode()", "torch.enable_grad()",
     "The numbers are right, but each of them holds on to its graph: for every square the whole network. Put "
     "`with torch.inference_mode():` around all of it."),
    ("= background", "= 0",
     "You hide with 0. After a normalisation with 0.5 and 0.5 background is −1, and 0 is grey: a new shape "
     "in the image. Use `background`."),
    ("= background", "= -1",
     "−1 is black for one normalisation only. The function is told which number hides: `background`."),
    ("= background", "= image.min()",
     "The smallest value need not be the background: an image may have none. The function is told which "
     "number hides: `background`."),
    ("= background", "= image.mean()",
     "The mean of an image is some grey, and another one each time. The function is told which number hides: "
     "`background`."),
    (DROP, f"{NOW} - whole",
     "The sign is the wrong way round. A drop is before minus after, positive where the hidden part spoke "
     "for the class."),
    (DROP, NOW, "These are the scores with a part hidden. A map of drops subtracts them from the score of "
     "the whole image."),
    (DROP, f"({DROP}).abs()",
     "The sign got lost. Where hiding helps, the part spoke against the class, and the drop is negative."),
    (DROP, f"({DROP}).relu()",
     "You cut below zero. A negative drop is a finding, too: the hidden part spoke against the class."),
    (DROP, f"({DROP}) / whole",
     "You divided by the score of the whole image. A logit has no natural zero, so only differences mean "
     "something: subtract."),
    (following("[0].softmax(dim=0)[target]"),
     "You followed the probability. That can be done; here the logit is asked for, which does not hide a "
     "drop behind the other classes."),
    (following("[0].log_softmax(dim=0)[target]"),
     "You followed the log-probability, in which all classes have a share. Here the logit of the target is "
     "asked for."),
    (following("[0].max()"),
     "You took the largest score each time. Once a part is hidden, that may be another class's; stay with "
     "`target`."),
    ("whole = model", "target = model(image.unsqueeze(0))[0].argmax()\n        whole = model",
     "You followed the class that the network chose. Asked is about `target`, which may be another."),
    (NOW, NOW.replace("[0, target]", "[0].max()"),
     "Before, you took the score of the target; with a part hidden, the largest score. Follow one class in "
     "both: `target`."),
    (WHOLE, WHOLE.replace("[0, target]", "[0].max()"),
     "With a part hidden you took the score of the target; of the whole image, the largest score. Follow one "
     "class in both: `target`."),
    (following("[0].argmax().eq(target).float()"),
     "You noted whether the answer changes. Most squares change the score without changing the answer, so "
     "follow the score."),
    (following("[0].sum()"), "You added the scores of all classes. Asked is about one of them, `target`."),
    ("image.clone()", "image",
     "You wrote into the image itself: each square stays, and whoever gave you the image has lost it. Clone "
     "it anew for each square."),
    ({"image.clone()": "copy", "drops = torch": "copy = image.clone()\n    drops = torch"},
     "One copy for all squares: each of them stays when the next one comes. Clone the image inside the inner "
     "loop."),
    ({"image.clone()": "torch.full_like(image, background)", "= background": f"= image{SQUARE}"},
     "You hid everything but the square. Only the square is to be hidden."),
    (SQUARE, "[:, top : top + size]",
     "You hid whole rows. The image has three axes: `hidden[:, top : top + size, left : left + size]`."),
    (SQUARE, "[:, left : left + size, top : top + size]",
     "Rows and columns are exchanged: in `image[:, row, column]` the row comes first."),
    ("return drops", "return drops.T",
     "The map is on its side: rows of the map belong to `top`, its columns to `left`."),
    (SQUARE, SQUARE.replace("size", "stride"),
     "Your square is as large as the stride. `size` says how large it is, `stride` how far it moves."),
    (SQUARE, SQUARE.replace("size", "size + 1"),
     "Your square is one pixel too large. A slice ends before its second number: `top : top + size`."),
    (SQUARE, SQUARE.replace("size", "size - 1"),
     "Your square is one pixel too small. A slice ends before its second number: `top : top + size`."),
    (starting("length - size + 1"),
     "The stride is ignored: the square moves by one pixel each time, instead of by `stride`."),
    (starting("0, length - size + 1, size"),
     "You move by `size`, so that the squares lie side by side. They are to move by `stride` and may "
     "overlap."),
    (SQUARE, "[:, row : row + size, column : column + size]",
     "The number of squares is right, but the third one starts at 2 whatever the stride. It starts at 2 "
     "times `stride`."),
    (starting("0, length - size, stride"),
     "The last squares are lost, below and on the right: a range ends before its second number. `length - "
     "size` is a start, too."),
    (starting("0, length, stride"),
     "Your last squares reach beyond the edge and hide less than the others. The last start is `length - "
     "size`."),
    (WHOLE, "model(image)[target]",
     "The network expects a batch: `image.unsqueeze(0)` makes one of a single image."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.7",
    title="An occlusion map",
    difficulty=3,
    minutes=9,
    points=3,
    reference=occlusion_map,
    probe=what_is_covered,
    why="Unlike a gradient this is an experiment: something was really taken away. It still says what the "
    "score depends on, not why.",
    hints=(
        "A loop within a loop over the places where a square may start, as for a convolution without "
        "padding. In each round: copy, hide, score, subtract.",
        "`range(0, height - size + 1, stride)` starts at every place where the square still fits.",
        "The score of an image is `model(image.unsqueeze(0))[0, target]`: one number, always of the same "
        "class.",
        "`with torch.inference_mode():` around it all, and in the inner loop a new `image.clone()` for each "
        "square.",
    ),
    mistakes=MISTAKES,
)
