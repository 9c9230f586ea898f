"""Rules for operations on tensors, each from a Call to a Fit, or None: view, sums, cat and matmul."""

import re
from itertools import permutations
from math import isqrt, prod

from mnist_lab.anatomy.explaining.fits import Fit, batch_of, count, factors, name_of, product, trail

AXIS_NAMES = {4: ("batch", "channels", "height", "width"), 2: ("batch", "features")}


def fit_view(call):
    """view and reshape: the sizes that keep every row, such as every image, in its own row."""
    shape_in, sizes = call.argument(0, "input"), sizes_of(call)
    if not sizes or not shape_in or 0 in sizes or min(sizes) < -1 or sizes.count(-1) > 1:
        return None
    known = prod(size for size in sizes if size != -1)
    if known == prod(shape_in) or (-1 in sizes and known and prod(shape_in) % known == 0):
        return fit_layout(call)
    rows, row_size = shape_in[0], prod(shape_in[1:])
    noun = "image" if rows == batch_of(call) else "row"
    if sizes[0] not in (-1, rows) and prod(sizes[1:]) == row_size:
        reason = f"{call.operation} fixes the first size, but {count(rows, noun)} came; -1 fits every batch."
        return Fit("first size", sizes[0], rows, reason)
    first, *rest = sizes if len(sizes) > 1 else (-1, *sizes)
    asked = product([size for size in rest if size != -1])
    has = product(shape_in[1:])
    reason = f"{call.operation} asks for {asked} numbers in a row, but each {noun} has {has}."
    if len(sizes) == 2 and first in (-1, rows):
        return Fit("size", rest[0], row_size, reason)
    fits = refit(tuple(rest), row_size) or (row_size,)
    return Fit("sizes", sizes, (first if first == rows else -1, *fits), reason)


def fit_layout(call):
    if call.operation != "view":
        return None
    reason = "view needs the numbers in one run of memory, but permute, transpose or the like has reordered "
    return Fit("operation", "view", "reshape", f"{reason}them; reshape copies them where it must.")


def refit(sizes, row_size):
    """Return the sizes with one of them, or two equal ones, changed so that they hold each numbers."""
    if not sizes or -1 in sizes:
        return (row_size,) if len(sizes) < 2 else None
    if len(sizes) == 3 and sizes[1] == sizes[2] and row_size % sizes[0] == 0:
        side = isqrt(row_size // sizes[0])
        if sizes[0] * side * side == row_size:
            return (sizes[0], side, side)
    for i in reversed(range(len(sizes))):
        others = prod(sizes) // sizes[i]
        if row_size % others == 0:
            return (*sizes[:i], row_size // others, *sizes[i + 1 :])
    return None


def sizes_of(call):
    """The sizes of a view, given one by one or as a tuple, or () if it gives a dtype."""
    sizes = call.args[1:] or tuple(call.kwargs.values())
    sizes = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple) else sizes
    return tuple(sizes) if all(isinstance(size, int) for size in sizes) else ()


def fit_unflatten(call):
    shape_in, axis, stands = call.argument(0, "input"), call.argument(1, "dim"), call.argument(2, "sizes")
    rank = len(shape_in)
    if not isinstance(axis, int) or not isinstance(stands, tuple) or not -rank <= axis < rank:
        return None
    row_size = shape_in[axis]
    if prod(stands) == row_size:
        return None
    has = count(row_size, "number")
    reason = f"{name_of(call)} cuts axis {axis} into {product(stands)}, but it has {has}."
    return Fit("sizes", stands, refit(stands, row_size), reason)


def fit_elementwise(call):
    """Sums and the like: from the last axis backwards, sizes are equal or one of them is 1."""
    left, right = [*call.shapes, (), ()][:2]
    clashes = [
        (max(len(left), len(right)) - i, left[-i], right[-i])
        for i in range(1, min(len(left), len(right)) + 1)
        if left[-i] != right[-i] and 1 not in (left[-i], right[-i])
    ][::-1]
    if not clashes:
        return None
    names = AXIS_NAMES.get(len(left), ()) if len(left) == len(right) else ()
    finding = [
        f"axis {axis}{f' ({names[axis]})' if names else ''} is {one} on the left and {other} on the right"
        for axis, one, other in clashes
    ]
    reason = f"{name_of(call)} needs equal sizes, but {', '.join(finding)}."
    if sorted(left) == sorted(right) and left[0] == right[0]:
        reason += " The sizes are the same in another order: likely a permute of one side belongs before it."
        return Fit(reason=reason)
    goal, other = sorted((left, right), key=rank_as_goal, reverse=True)
    return fit_to(call, goal, other, [axis for axis, *_ in clashes], reason)


def fit_to(call, goal, other, clashing, reason):
    """The Fit that brings one shape to another: the axes that clash, or those that are missing."""
    missing, fits = len(goal) - len(other), tuple(goal)
    if goal[: len(other)] == other:
        fits = (*other, *[1] * missing)
        return Fit("shape", tuple(other), fits, f"{reason} Likely axes of 1 are missing at its end.")
    if missing < 2:
        fits = tuple(goal[i] if i in clashing else size for i, size in enumerate(other, missing))
    return Fit("shape", tuple(other), fits, f"{reason} {remedy(call, goal, other)}".strip())


def rank_as_goal(shape):
    """Of two shapes, the one to bring the other to: more axes, no gate, more channels, the larger map."""
    return len(shape), not is_gate(shape), shape[1:2], prod(shape)


def is_gate(shape):
    """Whether a shape has one number for each channel, such as (64, 16, 1, 1)."""
    return len(shape) < 4 or set(shape[2:]) == {1}


def remedy(call, goal, other):
    """What makes two shapes equal, as a sentence."""
    source = next((source for source in call.sources if source.shape == other), None)
    if is_gate(other):
        return widening(source, other, goal)
    if len(goal) != 4 or len(other) != 4:
        return ""
    (_, channels, *size), (_, few, *other_size) = goal, other
    stride = max(1, other_size[0] // size[0])
    strided = [(large - 1) // stride + 1 for large in other_size]
    if channels != few and strided == size:
        layer = f"nn.Conv2d({few}, {channels}, 1{f', stride={stride}' if stride > 1 else ''})"
        return f"A convolution {layer} on the side with {few} channels makes them equal."
    if channels != few and 1 not in (channels, few):
        first = f"A convolution nn.Conv2d({few}, {channels}, 1) makes the channels equal, but not the maps."
        return f"{first} {sizing(call, size, other_size)}"
    return sizing(call, size, other_size)


def sizing(call, size, other_size):
    """What makes two maps equally large, as a sentence."""
    steps = [made.call.operation for source in call.sources for made in trail(source)]
    if any(re.fullmatch(r"interpolate|upsample\w*|conv_transpose\dd", step) for step in steps):
        return f"F.interpolate(x, size={tuple(size)}) makes the other map as large."
    if all(large % small == 0 for large, small in zip(size, other_size, strict=True)):
        return "The same stride or pooling on both ways makes them equal."
    return "Padding in the convolutions of one way keeps its map as large as the other."


def widening(source, shape, goal):
    """Which layer gave a tensor its features, and how wide it would have to be, as a sentence."""
    makers = (made.call for made in trail(source) if re.fullmatch(r"linear|conv\dd", made.call.operation))
    for maker, weight in ((maker, maker.argument(1, "weight")) for maker in makers):
        wanted = [new for old, new in zip(reversed(shape), reversed(goal), strict=False) if old == weight[0]]
        if wanted in ([], [weight[0]]):
            break
        sizes = ", ".join(map(str, (weight[1], wanted[0], *weight[2:3])))
        return f"Likely {name_of(maker)} is to be {type(maker.place.layer).__name__}({sizes})."
    return ""


def fit_cat(call):
    parts, axis = call.argument(0, "tensors"), call.argument(1, "dim", 0)
    first = parts[0]
    other = next((part for part in parts if len(part) != len(first) or differing(first, part)), None)
    if other is None:
        return None
    if first[:1] == (1,) and len(other) == len(first):
        first, other = other, first
    if len(other) != len(first):
        axes = f"{len(first)} and {len(other)}"
        reason = f"{name_of(call)} joins tensors with equally many axes, but these have {axes}."
        return Fit("shape", tuple(other), None, reason)
    different, axis = differing(first, other), axis % len(first)
    if call.operation == "stack":
        finding = axes_told(first, other, different)
        return Fit("shape", tuple(other), tuple(first), f"stack needs equal shapes, but {finding}.")
    if different == [axis]:
        return None
    finding = axes_told(first, other, [i for i in different if i != axis])
    reason = f"{name_of(call)} joins along dim={axis}, so every other axis must be equal, but {finding}."
    if len(different) == 1 and different[0] > 0:
        return Fit("dim", axis, different[0], reason)
    fits = tuple(other[i] if i == axis else size for i, size in enumerate(first))
    return Fit("shape", tuple(other), fits, f"{reason} {joining(call, axis, first, other)}".strip())


def joining(call, axis, first, other):
    """What makes it possible to join two tensors, as a sentence."""
    if other[:1] == (1,) != first[:1]:
        return f"Likely expand is missing, as in x.expand({first[0]}{', -1' * (len(first) - 1)})."
    return sizing(call, first[2:], other[2:]) if axis == 1 and len(first) == 4 else ""


def axes_told(first, other, axes):
    return ", ".join(f"axis {i} is {first[i]} and {other[i]}" for i in axes)


def differing(first, other):
    return [i for i, (one, two) in enumerate(zip(first, other, strict=True)) if one != two]


def fit_matmul(call):
    left, right = call.shapes[1:3] if call.operation.startswith("add") else [*call.shapes, (), ()][:2]
    if not left or not right:
        return None
    rows = right[-2] if len(right) > 1 else right[0]
    if left[-1] == rows:
        return fit_matmul_batch(left, right)
    reason = f"The right side has {rows} rows, so the left needs rows of {rows} numbers, but has {left[-1]}."
    if len(right) == 2 and prod(left[1:]) == rows:
        reason += f" x.flatten(1) belongs before it: {product(left[1:])}."
        return Fit("left shape", tuple(left), (left[0], rows), reason)
    for turned in permutations(right) if len(right) > 1 else ():
        if turned[-2] == left[-1] and turned[:-2] in ((), left[:-2]):
            turn = "weight.T" if len(right) == 2 else "k.transpose(-2, -1)"
            reason += f" Likely the right side is to be {turned}, turned as in x @ {turn}."
            return Fit("right shape", tuple(right), turned, reason)
    if len(right) > 2 and (*right[:-2], right[-1]) == left[:-1]:
        reason += " The other way round the two would fit."
    return Fit("rows on the right", rows, left[-1], reason)


def fit_matmul_batch(left, right):
    if len(left) < 3 or len(right) < 3 or left[:-2] == right[:-2]:
        return None
    pairs = f"{factors(left[:-2])} on the left and {factors(right[:-2])} on the right"
    reason = f"Matrices are multiplied pair by pair, but there are {pairs}."
    return Fit("right shape", tuple(right), (*left[:-2], *right[-2:]), reason)
