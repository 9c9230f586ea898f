"""Lesson 09: an occlusion map, right and in many wrong ways, and what is seen of it."""

from mnist_lab.exercises.compare import NO_RETURN, difference, kind_of

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
