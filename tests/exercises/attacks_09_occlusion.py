"""Exercise 9.7: occlusion maps that are nearly right, and right ones of another kind."""

import torch
import torch.nn.functional as F

# 9.7: an occlusion map


def places(image, size, stride):
    tops, lefts = (range(0, side - size + 1, stride) for side in image.shape[1:])
    return [(top, left) for top in tops for left in lefts], (len(tops), len(lefts))


def covering(
    change=lambda model: None, *, starts=places, drop=lambda whole, hidden: whole - hidden, dtype=None
):
    """Return an occlusion map that changes the model first, and has its own starts and drops."""

    @torch.no_grad()
    def occlusion_map(model, image, target, *, size, stride, background):
        change(model)
        where, shape = starts(image, size, stride)
        hidden = image.repeat(len(where), 1, 1, 1)
        for number, (top, left) in enumerate(where):
            hidden[number, :, top : top + size, left : left + size] = background
        return drop(model(image[None])[0, target], model(hidden)[:, target]).reshape(shape).to(dtype)

    return occlusion_map


def restoring(model, image, target, *, size, stride, background):
    whole, drops, (where, shape) = model(image[None])[0][target].item(), [], places(image, size, stride)
    for top, left in where:
        square = image[:, top : top + size, left : left + size]
        kept = square.clone()
        square.fill_(background)
        drops.append(whole - model(image[None])[0][target].item())
        square.copy_(kept)
    return torch.tensor(drops).view(shape)


def by_unfolding(model, image, target, *, size, stride, background):
    numbers = torch.arange(image.numel(), dtype=torch.float32).view(1, *image.shape)
    squares = F.unfold(numbers, size, stride=stride)[0].T.long()
    rows = [image.flatten().index_fill(0, square, background) for square in squares]
    scores = model(torch.stack([image.flatten(), *rows]).view(-1, *image.shape)).detach()[:, target]
    return (scores[0] - scores[1:]).view((image.shape[1] - size) // stride + 1, -1)


def padded(image, size, stride):
    where, shape = places(F.pad(image, (0, stride, 0, stride)), size, stride)
    return where, shape


def row_of_places(image, size, stride):
    where, (rows, columns) = places(image, size, stride)
    return where, (1, rows, columns)


def square_only(image, size, stride):
    count = len(range(0, min(image.shape[1:]) - size + 1, stride))
    return [(row * stride, column * stride) for row in range(count) for column in range(count)], (
        count,
        count,
    )


def zeros(model, image, target, *, size, stride, background):
    return torch.zeros(places(image, size, stride)[1])


def left_changed(model, image, target, *, size, stride, background):
    drops = covering()(model, image, target, size=size, stride=stride, background=background)
    image[:, -size:, -size:] = background
    return drops


def of_one_whole(model, image, target, *, size, stride, background, kept={}):  # noqa: B006
    whole = kept.setdefault("whole", model(image[None])[0, target].item())
    other = covering(drop=lambda _, hidden: whole - hidden)
    return other(model, image, target, size=size, stride=stride, background=background)


def by_slope(model, image, target, *, size, stride, background):
    """The drop of a linear network, from its slope; another network has no such slope."""
    pixels = image.clone().requires_grad_()
    (slope,) = torch.autograd.grad(model(pixels[None])[0, target], pixels)
    return size * size * F.avg_pool2d((slope * (image - background))[None], size, stride)[0, 0]


RIGHT = {
    "9.7": [
        covering(),
        restoring,
        by_unfolding,
        covering(dtype=torch.float64),
        covering(lambda model: print(model.eval())),
    ],
}
WRONG = {
    "9.7": [
        by_slope,
        zeros,
        left_changed,
        of_one_whole,
        covering(lambda model: model.train()),
        covering(starts=padded),
        covering(starts=row_of_places),
        covering(starts=square_only),
        covering(drop=lambda whole, hidden: (whole - hidden).round()),
        covering(drop=lambda whole, hidden: hidden[0] - hidden),
        covering(dtype=torch.int64),
    ],
}
