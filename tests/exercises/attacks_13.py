"""Lesson 13: wrong answers that nearly pass, right ones of another kind. (13.5, 13.6: attacks_13_counts.)"""

import warnings

from mnist_lab.data.strokes import centre_by_mass
from mnist_lab.handwriting import ink as library

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

# 13.3: crop first, then shrink


def cut_out(ink):
    """Return the ink without the black around it."""
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def prepared(shrink=lambda picture: picture, cut=cut_out, change=lambda image: image):
    """Return a prepare that cuts, shrinks and centres in that way."""
    return lambda ink: change(centre_by_mass(shrink(Image.fromarray(cut(ink)))))


def within(side, **options):
    """Return a shrink that makes a picture fit into a square."""

    def shrink(picture):
        picture = picture.copy()
        picture.thumbnail((side, side), **options)
        return picture

    return shrink


def by_torch(ink):
    digit = torch.from_numpy(cut_out(ink)).float()[None, None]
    size = [max(1, round(20 * side / max(digit.shape))) for side in digit.shape[2:]]
    small = F.interpolate(digit, size=size, mode="bilinear", antialias=True)[0, 0].round().clamp(0, 255)
    return centre_by_mass(Image.fromarray(small.to(torch.uint8).numpy()))


def with_a_margin(ink):
    rows, columns = np.nonzero(ink)
    return ink[rows.min() - 2 : rows.max() + 3, columns.min() - 2 : columns.max() + 3]


def clearing(ink):
    image = prepared(within(20))(ink)
    ink[:] = 0
    return image


# 13.4: light paper or dark?


def skewed(grey):
    """Go by the third power of the distance from the grey of most of the paper."""
    return ((grey.astype(float) - np.median(grey)) ** 3).mean() < 0


def farther(grey):
    paper = float(np.median(grey))
    return paper - float(grey.min()) > float(grey.max()) - paper


def most_pixels(grey):
    values = torch.from_numpy(grey).float()
    return (values > (values.min() + values.max()) / 2).float().mean() > 0.5


def by_percentiles(grey):
    low, middle, high = np.percentile(grey, (2, 50, 98))
    return bool(middle > (low + high) / 2)


def most_frequent(grey):
    return np.bincount(grey.ravel()).argmax() > (int(grey.min()) + int(grey.max())) // 2


def brighter_than(level):
    return lambda grey: bool(np.median(grey) > level)


def by_its_edge(grey):
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return bool(np.median(edge) > (int(grey.min()) + int(grey.max())) / 2)


def middle_of_two_bytes(grey):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(np.median(grey) > (grey.min() + grey.max()) // 2)


def inverting(grey):
    light = farther(grey)
    grey[:] = 255 - grey
    return light


RIGHT = {
    "13.1": [[1.75, 3.4], np.array([1.75, 3.4]), torch.tensor([1.75, 3.4]), (np.float64(1.75), 17 / 5)],
    "13.2": ["lcps", "L, C, P, S", ["L", "C", "P", "S"], "1L 2C 3P 4S"],
    "13.7": ["ea", "A and E", ["A", "E"], {"E", "A"}],
    "13.3": [
        prepared(),
        prepared(within(20, resample=Image.Resampling.BOX)),
        prepared(within(28)),
        prepared(within(56)),
        by_torch,
    ],
    "13.4": [library.paper_is_light, skewed, farther, most_pixels, by_percentiles, most_frequent],
}
WRONG = {
    "13.1": [(1.75, 3.0), (2.5, 3.4), (1.8, 3.4), 1.75, "1.75, 3.4"],
    "13.2": ["LCP", "PLSC", "CLSP", "LCPSC", 4],
    "13.3": [
        clearing,
        prepared(within(10)),
        prepared(lambda picture: picture.resize((20, 20))),
        prepared(cut=lambda ink: ink[ink.any(axis=1)]),
        prepared(cut=lambda ink: ink[ink.any(axis=1)][:100, :100]),
        prepared(within(20), change=lambda image: image.T.contiguous()),
        prepared(within(20), change=lambda image: 255 - image),
        prepared(within(20), change=lambda image: image.roll(3, 0)),
        prepared(within(20), change=lambda image: image.numpy()),
        prepared(within(20), cut=lambda ink: with_a_margin(np.pad(ink, 9)[:, ::2])),
    ],
    "13.4": [
        *map(brighter_than, (30, 70, 110, 128, 150, 170)),
        by_its_edge,
        middle_of_two_bytes,
        inverting,
        lambda grey: grey.mean() > 100,
        lambda grey: bool(grey[len(grey) // 2, 0] > 128),
        lambda grey: "light" if farther(grey) else "dark",
        lambda grey: farther(grey) or None,
    ],
    "13.7": ["A", "E", "ABE", "ABCDEF", "AEG", 2],
}
