"""What a Fit says, and the wording that every rule shares."""

import re
from math import prod
from typing import NamedTuple

from mnist_lab.anatomy.explaining.watching import Shape, kind_of, walk

REORDERS = {"permute", "transpose", "t", "T", "mT", "swapaxes", "swapdims", "movedim", "moveaxis"}


class Fit(NamedTuple):
    """Why a call does not fit: the setting, the value that stands, the one that would fit, a sentence."""

    setting: object = None
    stands: object = None
    fits: object = None
    reason: str = ""


def name_of(call):
    """The layer or operation as a reader knows it, such as fc1 (Linear) or view."""
    if not is_layers(call):
        return call.operation
    path = call.place.path if call.place.is_registered else ""
    path = f"layer {path}" if path.isdigit() else path
    kind = type(call.place.layer).__name__
    return f"{path} ({kind})" if path else kind


def is_layers(call):
    """Whether an operation is what its layer is there for, as linear is for Linear."""
    kind, called = kind_of(call.place.layer).lower(), re.sub("_(tanh|relu)?", "", call.operation).lower()
    return bool(kind) and (called in kind or kind in called)


def shapes_given(call):
    """The shapes as the reader's code has them: what the layer was given, or else the operation."""
    given = [item for item in walk(call.place.given) if isinstance(item, Shape)]
    return given if given and is_layers(call) and "." not in call.operation else call.shapes


def trail(made=None):
    """Return the marks from a tensor back to the input, by way of what has as many rows, if anything has."""
    marks = [made] if made else []
    while made and made.call.sources:
        kept = [source for source in made.call.sources if source.shape[:1] == made.shape[:1]]
        made = (kept or made.call.sources)[0]
        marks.append(made)
    return marks


def batch_of(call):
    """The number of images in the input that a call's first source came from, or None."""
    return trail(call.sources[0])[-1].shape[0] if call.sources else None


def misplaced(call, shape_in, axis, wanted, setting):
    """The Fit for numbers that stand on another axis than the one that a layer reads, or None."""
    axis = axis % len(shape_in)
    places = [i for i, size in enumerate(shape_in) if size == wanted and i > 0]
    if len(places) != 1 or places[0] == axis:
        return None
    order = list(range(len(shape_in)))
    order.insert(axis, order.pop(places[0]))
    fits, size = tuple(shape_in[i] for i in order), shape_in[axis]
    reason = f"{name_of(call)} expects {wanted} on axis {axis}, but that has {size}, and axis {places[0]} has"
    likely = f"Likely x.permute{tuple(order)} belongs before it; if not, {setting}={size}."
    return Fit("shape", tuple(shape_in), fits, f"{reason} {wanted}. {likely}")


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
