"""Lesson 09: wrong answers that nearly pass, and right ones of another kind. (9.7: attacks_09_occlusion.)"""

import math

import numpy as np
import torch
import torch.nn.functional as F

# 9.3: expected calibration error


def binned(probabilities, labels, numbers, num_bins, answer=lambda gaps: gaps.abs().sum()):
    """Return what answer makes of accuracy minus confidence in each bin, weighted by its share."""
    confidences, predicted = probabilities.max(dim=1)
    gaps = torch.zeros(num_bins).index_add(0, numbers, (predicted == labels).float() - confidences)
    return answer(gaps / len(labels)).item()


def by_rounding_up(probabilities, labels, *, num_bins):
    numbers = (probabilities.amax(dim=1) * num_bins).ceil().long() - 1
    return binned(probabilities, labels, numbers, num_bins)


def by_clamping(probabilities, labels, *, num_bins):
    numbers = (probabilities.amax(dim=1) * num_bins).long().clamp(max=num_bins - 1)
    return binned(probabilities, labels, numbers, num_bins)


def by_bucketize(probabilities, labels, *, num_bins):
    edges = torch.linspace(0, 1, num_bins + 1)[1:-1]
    return binned(probabilities, labels, torch.bucketize(probabilities.amax(dim=1), edges), num_bins)


def by_numpy(probabilities, labels, *, num_bins):
    probabilities, labels = probabilities.double().numpy(), labels.numpy()
    confidences, correct = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    numbers = np.digitize(confidences, np.linspace(0, 1, num_bins + 1), right=True)
    gaps = [(confidences - correct)[numbers == number].sum() for number in np.unique(numbers)]
    return np.abs(gaps).sum() / len(labels)


def in_python(probabilities, labels, *, num_bins):
    bins = {}
    for row, label in zip(probabilities.tolist(), labels.tolist(), strict=True):
        bins.setdefault(math.ceil(max(row) * num_bins), []).append((max(row), row.index(max(row)) == label))
    means = {number: [sum(side) / len(side) for side in zip(*pairs)] for number, pairs in bins.items()}  # noqa: B905
    return sum(len(bins[n]) * abs(said - right) for n, (said, right) in means.items()) / len(labels)


def of_other_bins(change):
    """Return an answer with change(num_bins) bins."""
    return lambda probabilities, labels, *, num_bins: in_python(
        probabilities, labels, num_bins=change(num_bins)
    )


def from_one_half(probabilities, labels, *, num_bins):
    numbers = ((probabilities.amax(dim=1) - 0.5) * 2 * num_bins).ceil().long().clamp(min=1) - 1
    return binned(probabilities, labels, numbers, num_bins)


def softmax_again(probabilities, labels, *, num_bins):
    return in_python(probabilities.softmax(dim=1), labels, num_bins=num_bins)


def rounded(probabilities, labels, *, num_bins):
    return round(in_python(probabilities, labels, num_bins=num_bins), 2)


def without_the_sure(probabilities, labels, *, num_bins):
    kept = probabilities.amax(dim=1) < 1
    return in_python(probabilities[kept], labels[kept], num_bins=num_bins)


def in_nearest_bins(probabilities, labels, *, num_bins):
    numbers = (probabilities.amax(dim=1) * num_bins).round().long().clamp(max=num_bins - 1)
    return binned(probabilities, labels, numbers, num_bins)


def sorting_in_place(probabilities, labels, *, num_bins):
    error = in_python(probabilities, labels, num_bins=num_bins)
    probabilities.copy_(probabilities.sort(dim=1).values)
    return error


# 9.6: hide without a trace


def hiding(number):
    """Return a hide_square that hides with that number, or with what it makes of the images."""

    def hide_square(images, *, top, left, size):
        hidden = images.clone()
        hidden[..., top : top + size, left : left + size] = number(images) if callable(number) else number
        return hidden

    return hide_square


def by_padding(images, *, top, left, size):
    height, width = images.shape[-2:]
    mask = F.pad(torch.ones(size, size), (left, width - left - size, top, height - top - size))
    return images.masked_fill(mask.bool(), (0 - 0.5) / 0.5)


def pixel_by_pixel(images, *, top, left, size):
    hidden = images.clone()
    for row in range(top, top + size):
        hidden[:, :, row, left : left + size].fill_(-1)
    return hidden


def hidden_in_place(images, *, top, left, size):
    images[:, :, top : top + size, left : left + size] = -1
    return images


# 9.8: centre a drawing by its mass


def centre(image):
    """Return the mean row and column of the ink."""
    rows, columns = torch.meshgrid(*map(torch.arange, image.shape), indexing="ij")
    return [((places * image).sum() / image.sum()).item() for places in (rows, columns)]


def centred(
    move=lambda image, down, right: F.pad(image, (right, -right, down, -down)),
    empty=lambda image: not image.any(),
):
    """Return a centre_drawing that moves in that way, and takes that for an empty one."""

    def centre_drawing(image):
        if empty(image):
            return image
        moves = [round((side - 1) / 2 - mean) for side, mean in zip(image.shape, centre(image), strict=True)]
        return move(image, *moves)

    return centre_drawing


def pixels_moved(image, down, right):
    moved = torch.zeros_like(image)
    for row, column in image.nonzero().tolist():
        place = row + down, column + right
        if all(0 <= number < side for number, side in zip(place, image.shape, strict=True)):
            moved[place] = image[row, column]
    return moved


def rolled_and_cleared(image, down, right):
    moved = image.roll((down, right), (0, 1))
    moved[: max(down, 0)] = moved[image.shape[0] + min(down, 0) :] = 0
    moved[:, : max(right, 0)] = moved[:, image.shape[1] + min(right, 0) :] = 0
    return moved


def in_a_frame(image, down, right):
    height, width = image.shape
    return F.pad(image, (width, width, height, height))[height - down :, width - right :][
        :height, :width
    ].contiguous()


def by_slices(image, down, right):
    """The slices of a move by 0 are empty ones."""
    moved = torch.zeros_like(image)
    rows = (slice(down, None), slice(None, -down)) if down >= 0 else (slice(None, down), slice(-down, None))
    columns = (
        (slice(right, None), slice(None, -right)) if right >= 0 else (slice(None, right), slice(-right, None))
    )
    if moved[rows[0], columns[0]].shape == image[rows[1], columns[1]].shape:
        moved[rows[0], columns[0]] = image[rows[1], columns[1]]
    return moved


def limited(most):
    """Return a move by that many pixels at most."""
    return lambda image, down, right: in_a_frame(
        image, *(max(-most, min(most, move)) for move in (down, right))
    )


def pixels_wrapped(image, down, right):
    place = image.nonzero() + torch.tensor([down, right])
    moved = torch.zeros_like(image)
    moved[tuple(place.clamp(min=0).minimum(torch.tensor(image.shape) - 1).T)] = image[image > 0]
    return moved


RIGHT = {
    "9.3": [by_rounding_up, by_clamping, by_bucketize, by_numpy, in_python],
    "9.6": [hiding(-1.0), hiding((0 - 0.5) / 0.5), hiding(torch.tensor(-1.0)), by_padding, pixel_by_pixel],
    "9.8": [
        centred(),
        centred(pixels_moved, lambda image: image.max() == 0),
        centred(rolled_and_cleared, lambda image: torch.equal(image, torch.zeros_like(image))),
        centred(in_a_frame, lambda image: float(image.sum()) <= 0),
    ],
}
WRONG = {
    "9.3": [
        from_one_half,
        softmax_again,
        rounded,
        without_the_sure,
        in_nearest_bins,
        sorting_in_place,
        of_other_bins(lambda num_bins: 5),
        of_other_bins(lambda num_bins: num_bins + 1),
        of_other_bins(lambda num_bins: {2: 2, 5: 5}.get(num_bins, 10)),
        lambda probabilities, labels, *, num_bins: 0.28,
    ],
    "9.6": [
        hidden_in_place,
        hiding(-0.99),
        hiding(-1.1),
        hiding(lambda images: images.amin((1, 2, 3), keepdim=True)),
        lambda images, *, top, left, size: torch.full_like(images, -1),
        lambda images, *, top, left, size: hiding(-1)(images, top=top, left=left, size=2),
        lambda images, *, top, left, size: hiding(-1)(images, top=left, left=top, size=size),
    ],
    "9.8": [
        centred(by_slices),
        centred(limited(2)),
        centred(limited(3)),
        centred(pixels_wrapped),
        centred(empty=lambda image: image.sum() < 1),
        centred(empty=lambda image: image.max() < 0.2),
        centred(empty=lambda image: False),
        centred(lambda image, down, right: in_a_frame(image, down, right).round()),
        centred(lambda image, down, right: in_a_frame(image, down, right).clamp(max=0.9)),
        centred(lambda image, down, right: in_a_frame(in_a_frame(image, down, 0), 0, right - 1)),
        lambda image: image.clone(),
        lambda image: image.flip(0, 1),
    ],
}
