"""What a Fit says, and the wording that every rule shares."""

from math import prod
from typing import NamedTuple

from mnist_lab.anatomy.explaining.watching import kind_of


class Fit(NamedTuple):
    """Why a call does not fit: the setting, the value that stands, the one that would fit, a sentence."""

    setting: str
    stands: object
    fits: object
    reason: str


def name_of(call):
    """The layer or operation as a reader knows it, such as fc1 (Linear) or view."""
    layer, operation = call.place.layer, call.operation
    kind, called = kind_of(layer).lower(), operation.replace("_", "").lower()
    if kind and (called in kind or kind in called):
        path = call.place.path if call.place.is_registered else ""
        path = f"layer {path}" if path.isdigit() else path
        return f"{path} ({type(layer).__name__})" if path else type(layer).__name__
    return operation


def batch_of(call):
    """The number of images in the input that a call's first source came from, or None."""
    made = call.sources[0] if call.sources else None
    while made and made.call.sources:
        made = made.call.sources[0]
    return made.shape[0] if made else None


def product(sizes):
    """A product written out, such as 64·6·6 = 2304."""
    return f"{factors(sizes)} = {prod(sizes)}" if len(sizes) > 1 else f"{prod(sizes)}"


def factors(sizes):
    return "·".join(str(size) for size in sizes)


def count(number, noun):
    """A number and its noun, such as 1 image or 64 images."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def both_axes(option, axes):
    """An option of a layer as one number for each axis."""
    return (option,) * axes if isinstance(option, int) else tuple(option) * (axes if len(option) == 1 else 1)


def one_if_equal(numbers):
    """(3, 3) as 3, as a reader would write it; (3, 5) stays."""
    return numbers[0] if len(set(numbers)) == 1 else tuple(numbers)
