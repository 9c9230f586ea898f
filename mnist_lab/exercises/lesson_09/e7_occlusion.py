"""Exercise 9.7: by how much the score drops where a square hides the image."""

from mnist_lab.exercises.engine.compare import NO_RETURN, difference, kind_of
from mnist_lab.exercises.engine.model import Exercise

import torch
from torch import nn

PLACES = (  # height, width, size, stride, background, target
    (4, 5, 2, 1, -1.0, 2),
    (5, 9, 3, 2, -1.0, 0),
    (9, 7, 3, 2, 0.25, 1),
    (8, 6, 2, 2, -1.0, 2),
)


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
    """Three scores for images (N, 1, H, W) from whole numbers, so that all sums are exact."""

    def __init__(self, height, width):
        super().__init__()
        generator = torch.Generator().manual_seed(height)
        self.linear = nn.Linear(height * width, 3)
        with torch.no_grad():
            for weight in self.parameters():
                weight.copy_(torch.randint(-4, 5, weight.shape, generator=generator) / 4)

    def forward(self, images):
        if images.dim() != 4:
            raise ValueError(f"expected images (N, 1, H, W), but got {tuple(images.shape)}")
        return self.linear(images.flatten(1))


def what_is_covered(occlusion_map):
    """Return the faults of an occlusion map, tried on small images with a network of one layer."""
    return list(dict.fromkeys(fault for place in PLACES for fault in _faults(occlusion_map, *place)))


def _faults(answer, height, width, size, stride, background, target):
    model = Scorer(height, width).eval()
    generator = torch.Generator().manual_seed(width)
    image = torch.randint(-3, 5, (1, height, width), generator=generator) / 4
    settings = {"size": size, "stride": stride, "background": background}
    wanted = occlusion_map(model, image, target, **settings)
    given = image.clone()
    came = answer(model, given, target, **settings)
    where = (
        f"Image of {height} by {width}, {', '.join(f'{key} {value:g}' for key, value in settings.items())}"
    )
    found = _other_map(wanted, came)
    if found:
        yield f"{where}: {found}"
    if not torch.equal(given, image):
        yield "The image that was given is not as it was."
    if not found and came.requires_grad:
        yield "The map holds the graph of every score in it, for a gradient that nobody needs."


def _other_map(wanted, came):
    if came is None:
        return NO_RETURN
    if not isinstance(came, torch.Tensor):
        return f"{kind_of(came)} came where a tensor was expected."
    return difference(wanted, came)


# What a known wrong answer takes for the starts, how it covers, which score it follows, what it keeps.
def whole_squares(length, size, stride):
    return range(0, length - size + 1, stride)


def cover(image, top, left, size, stride, background):
    hidden = image.clone()
    hidden[:, top : top + size, left : left + size] = background
    return hidden


def of_target(scores, target, whole):
    return scores[target]


def drop_of(whole, now):
    return whole - now


def variant(*, starts=whole_squares, cover=cover, score=of_target, keep=drop_of, tracked=False, end=None):
    """Return an occlusion_map with some of its parts as they should not be."""

    def occlusion_map(model, image, target, *, size, stride, background):
        with torch.set_grad_enabled(tracked):
            scores = model(image.unsqueeze(0))[0]
            whole = score(scores, target, scores)
            rows = []
            for top in starts(image.shape[1], size, stride):
                rows.append([])
                for left in starts(image.shape[2], size, stride):
                    hidden = cover(image, top, left, size, stride, background)
                    now = score(model(hidden.unsqueeze(0))[0], target, scores)
                    rows[-1].append(keep(whole, now))
            drops = torch.stack([torch.stack(row) for row in rows])
        return end(drops) if end else drops

    return occlusion_map


def cover_in_place(image, top, left, size, stride, background):
    image[:, top : top + size, left : left + size] = background
    return image


def cover_all_but(image, top, left, size, stride, background):
    hidden = torch.full_like(image, background)
    square = (slice(None), slice(top, top + size), slice(left, left + size))
    hidden[square] = image[square]
    return hidden


def cover_rows(image, top, left, size, stride, background):
    hidden = image.clone()
    hidden[:, top : top + size] = background
    return hidden


def cover_exchanged(image, top, left, size, stride, background):
    return cover(image, left, top, size, stride, background)


def with_size(size_of):
    """Return a cover whose square has another size than it should."""

    def covering(image, top, left, size, stride, background):
        return cover(image, top, left, size_of(size, stride), stride, background)

    return covering


def with_background(value):
    """Return a cover that shows value(image, background) where the square is."""

    def covering(image, top, left, size, stride, background):
        return cover(image, top, left, size, stride, value(image, background))

    return covering


def never_uncovered(model, image, target, **settings):
    return variant(cover=cover_in_place)(model, image.clone(), target, **settings)


def without_batch(model, image, target, *, size, stride, background):
    return model(image)[target]


def only_steps(model, image, target, *, size, stride, background):
    """The square moves on by stride, counted by number: the third stands at 2, not at 2 times stride."""
    starts = [range((length - size) // stride + 1) for length in image.shape[1:]]
    drops = torch.zeros(len(starts[0]), len(starts[1]))
    with torch.no_grad():
        whole = model(image.unsqueeze(0))[0, target]
        for top in starts[0]:
            for left in starts[1]:
                hidden = cover(image, top, left, size, stride, background)
                drops[top, left] = whole - model(hidden.unsqueeze(0))[0, target]
    return drops


MISTAKES = (
    (variant(tracked=True),
     "The numbers are right, but each of them holds on to its graph: for every square the whole network. Put "
     "`with torch.inference_mode():` around all of it."),
    (variant(cover=with_background(lambda image, background: 0)),
     "You hide with 0. After a normalisation with 0.5 and 0.5 background is −1, and 0 is grey: a new shape "
     "in the image. Use `background`."),
    (variant(cover=with_background(lambda image, background: -1)),
     "−1 is black for one normalisation only. The function is told which number hides: `background`."),
    (variant(cover=with_background(lambda image, background: image.min())),
     "The smallest value need not be the background: an image may have none. The function is told which "
     "number hides: `background`."),
    (variant(cover=with_background(lambda image, background: image.mean())),
     "The mean of an image is some grey, and another one each time. The function is told which number hides: "
     "`background`."),
    (variant(keep=lambda whole, now: now - whole),
     "The sign is the wrong way round. A drop is before minus after, positive where the hidden part spoke "
     "for the class."),
    (variant(keep=lambda whole, now: now),
     "These are the scores with a part hidden. A map of drops subtracts them from the score of the whole "
     "image."),
    (variant(keep=lambda whole, now: (whole - now).abs()),
     "The sign got lost. Where hiding helps, the part spoke against the class, and the drop is negative."),
    (variant(keep=lambda whole, now: (whole - now).relu()),
     "You cut below zero. A negative drop is a finding, too: the hidden part spoke against the class."),
    (variant(keep=lambda whole, now: (whole - now) / whole),
     "You divided by the score of the whole image. A logit has no natural zero, so only differences mean "
     "something: subtract."),
    (variant(score=lambda scores, target, whole: scores.softmax(dim=0)[target]),
     "You followed the probability. That can be done; here the logit is asked for, which does not hide a "
     "drop behind the other classes."),
    (variant(score=lambda scores, target, whole: scores.log_softmax(dim=0)[target]),
     "You followed the log-probability, in which all classes have a share. Here the logit of the target is "
     "asked for."),
    (variant(score=lambda scores, target, whole: scores.max()),
     "You took the largest score each time. Once a part is hidden, that may be another class's; stay with "
     "`target`."),
    (variant(score=lambda scores, target, whole: scores[whole.argmax()]),
     "You followed the class that the network chose. Asked is about `target`, which may be another."),
    (variant(score=lambda scores, target, whole: (scores.argmax() == target).float()),
     "You noted whether the answer changes. Most squares change the score without changing the answer, so "
     "follow the score."),
    (variant(score=lambda scores, target, whole: scores.sum()),
     "You added the scores of all classes. Asked is about one of them, `target`."),
    (variant(cover=cover_in_place),
     "You wrote into the image itself: each square stays, and whoever gave you the image has lost it. Clone "
     "it anew for each square."),
    (never_uncovered,
     "One copy for all squares: each of them stays when the next one comes. Clone the image inside the inner "
     "loop."),
    (variant(cover=cover_all_but), "You hid everything but the square. Only the square is to be hidden."),
    (variant(cover=cover_rows),
     "You hid whole rows. The image has three axes: `hidden[:, top : top + size, left : left + size]`."),
    (variant(cover=cover_exchanged),
     "Rows and columns are exchanged: in `image[:, row, column]` the row comes first."),
    (variant(end=lambda drops: drops.T.contiguous()),
     "The map is on its side: rows of the map belong to `top`, its columns to `left`."),
    (variant(cover=with_size(lambda size, stride: stride)),
     "Your square is as large as the stride. `size` says how large it is, `stride` how far it moves."),
    (variant(cover=with_size(lambda size, stride: size + 1)),
     "Your square is one pixel too large. A slice ends before its second number: `top : top + size`."),
    (variant(cover=with_size(lambda size, stride: size - 1)),
     "Your square is one pixel too small. A slice ends before its second number: `top : top + size`."),
    (variant(starts=lambda length, size, stride: range(length - size + 1)),
     "The stride is ignored: the square moves by one pixel each time, instead of by `stride`."),
    (variant(starts=lambda length, size, stride: range(0, length - size + 1, size)),
     "You move by `size`, so that the squares lie side by side. They are to move by `stride` and may "
     "overlap."),
    (only_steps, "The number of squares is right, but the third one starts at 2 whatever the stride. It "
     "starts at 2 times `stride`."),
    (variant(starts=lambda length, size, stride: range(0, length - size, stride)),
     "The last squares are lost, below and on the right: a range ends before its second number. `length - "
     "size` is a start, too."),
    (variant(starts=lambda length, size, stride: range(0, length, stride)),
     "Your last squares reach beyond the edge and hide less than the others. The last start is `length - "
     "size`."),
    (without_batch, "The network expects a batch: `image.unsqueeze(0)` makes one of a single image."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.7",
    title="An occlusion map",
    kind="function",
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
