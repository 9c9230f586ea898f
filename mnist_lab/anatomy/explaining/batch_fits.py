"""Where the batch, axis 0, changed its size, and what would have kept it."""

from itertools import pairwise
from math import prod
from typing import NamedTuple

from mnist_lab.anatomy.explaining.fits import Fit, count, factors, is_layers, name_of, product, trail
from mnist_lab.anatomy.explaining.tensor_fits import refit, sizes_of
from mnist_lab.anatomy.explaining.watching import Call, Shape, walk

FOLDS = ("view", "reshape")
DIM_SECOND = ("cat", "concat", "concatenate", "stack", "unsqueeze", "unbind")  # of the arguments
DIM_THIRD = ("split", "chunk")
REDUCTIONS = ("mean", "sum", "max", "min", "amax", "amin", "argmax", "argmin", "prod", "std", "var", "median")
SEVERAL_AXES = ("mean", "sum", "amax", "amin", "std", "var")


class Change(NamedTuple):
    """A call that changed the size of axis 0, with the shapes that went in and came out."""

    call: Call
    before: tuple
    after: tuple


def batch_changes(made, batch_size):
    """Return every Change since axis 0 was the batch, on the way to this mark, first one first."""
    changes = []
    for after, before in pairwise(trail(made)):
        if after.shape[:1] == (batch_size,):
            break
        if after.shape[:1] != before.shape[:1]:
            changes.append(Change(after.call, before.shape, after.shape))
    return changes[::-1]


def fit_steps_first(call, batch_size):
    """The Fit of a recurrent layer or attention that takes the images for steps of a sequence, or None."""
    layer, given = call.place.layer, (item for item in walk(call.place.given) if isinstance(item, Shape))
    shape_in = tuple(next(given, ()))
    if not hasattr(layer, "batch_first") or not is_layers(call) or shape_in[:1] != (batch_size,):
        return None
    told = f"{name_of(call)} takes {shape_in} for {batch_size} steps"
    if len(shape_in) == 2:
        reason = f"{told} of one sequence; x.unsqueeze(1) makes each image a sequence of its own."
        return Fit("shape", shape_in, (batch_size, 1, shape_in[1]), reason)
    if layer.batch_first or len(shape_in) != 3 or shape_in[1] == batch_size:
        return None
    reason = f"{told} of {shape_in[1]} sequences, as batch_first is False; likely batch_first=True is meant."
    return Fit("batch_first", False, True, reason)


def culprit(changes, batch_size):
    """Return the Change to mend: the first with no whole number of rows for each image, else the last."""
    strays = [change for change in changes if is_stray(change, batch_size)]
    return (strays or changes[-1:] or [None])[0]


def is_stray(change, batch_size):
    """Whether what comes out has no rows, or not equally many for each image."""
    return len(change.after) < 2 or change.after[0] % batch_size != 0


def keeps_batch(shapes, batch_size):
    """Whether an output has its batch: on axis 0, or if there are several tensors, the first on any axis."""
    if len(shapes) == 1:
        return shapes[0][:1] == (batch_size,)
    return batch_size in next(filter(None, shapes), (batch_size,))


def fit_batch(change, batch_size):
    """Return the Fit of a Change: which setting of the operation keeps the batch."""
    call, before, after = change
    if fit := fit_steps_first(call, batch_size):
        return fit
    if call.operation in FOLDS:
        return fit_fold(change, batch_size)
    fault = f"{name_of(call)} makes {after} of {before}, so axis 0 is no longer {count(batch_size, 'image')}."
    if call.operation == "flatten":
        return Fit("start_dim", call.argument(1, "start_dim", 0), 1, f"{fault} flatten(1) leaves it alone.")
    if call.operation in DIM_SECOND or (call.operation in DIM_THIRD and before[1:2] != (1,)):
        axis = call.argument(1 + (call.operation in DIM_THIRD), "dim", 0)
        return Fit("dim", axis, 1, f"{fault} dim=1 leaves it alone.")
    if call.operation in REDUCTIONS and len(before) > 1:
        return fit_reduction(call, len(before), fault)
    if call.operation == "getitem" and isinstance(call.args[1], int) and len(before) > 1:
        index = call.args[1]
        return Fit("index", index, f"[:, {index}]", f"{fault} [:, {index}] leaves it alone.")
    if is_layers(call) and hasattr(call.place.layer, "batch_first") and after[1:2] == (batch_size,):
        advice = f"Its state has the layers on axis 0: state[-1] is {after[1:]}, that of the last layer."
        return Fit("shape", after, after[1:], f"{fault} {advice}")
    if call.operation == "squeeze":
        ones = tuple(axis for axis, size in enumerate(before) if size == 1 and axis > 0)
        advice = f"squeeze({ones}) leaves it alone." if ones else "There is nothing else to squeeze here."
        return Fit("dim", None, ones or None, f"{fault} {advice}")
    return Fit("shape", after, None, f"{fault} It is the batch, which every operation leaves alone.")


def fit_reduction(call, rank, fault):
    """The Fit of a mean, sum or the like over the images: over each map in their place, or over axis 1."""
    stands, fits = call.argument(1, "dim"), tuple(range(2, rank)) if rank > 3 else 1
    if rank > 3 and call.operation not in SEVERAL_AXES:
        return Fit("dim", stands, None, f"{fault} x.flatten(1) before it and dim=1 leave it alone.")
    advice = f"Likely dim={fits} is meant, which" if isinstance(stands, tuple) else f"dim={fits}"
    return Fit("dim", stands, fits, f"{fault} {advice} leaves it alone.")


def changed(change, batch_size):
    """What a Change did to the images, for a sentence."""
    noun = "image" if change.before[0] == batch_size else "row"
    return f"turns {count(change.before[0], noun)} into {count(change.after[0], 'row')}"


def fit_fold(change, batch_size):
    """The Fit of a view that took axis 0 for more, or fewer, rows than there are images."""
    call, before, after = change
    sizes, row_size = sizes_of(call), prod(before) // batch_size
    fault = f"{call.operation} {changed(change, batch_size)} without a word"
    if prod(before) % batch_size:
        return Fit("sizes", sizes, None, f"{fault}.")
    held = before[1:] if before[0] == batch_size else (row_size,)
    reason = f"{fault}: a row takes {factors(after[1:]) or 1} numbers, but an image has {product(held)}."
    if len(sizes) == 2 and sizes[0] == -1:
        return Fit("size", sizes[1], row_size, reason)
    return Fit("sizes", sizes, (-1, *(refit(sizes[1:], row_size) or (row_size,))), reason)
