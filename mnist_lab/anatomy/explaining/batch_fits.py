"""Where the batch, axis 0, changed its size, and what would have kept it."""

from math import prod
from typing import NamedTuple

from mnist_lab.anatomy.explaining.fits import Fit, count, factors, name_of, product
from mnist_lab.anatomy.explaining.tensor_fits import refit, sizes_of
from mnist_lab.anatomy.explaining.watching import Call

FOLDS = ("view", "reshape")
ALONG_AN_AXIS = ("cat", "concat", "concatenate", "stack", "unsqueeze", "unbind", "split", "chunk")
REDUCTIONS = ("mean", "sum", "max", "min", "amax", "amin", "argmax", "argmin", "prod", "std", "var", "median")


class Change(NamedTuple):
    """A call that changed the size of axis 0, with the shapes that went in and came out."""

    call: Call
    before: tuple
    after: tuple


def batch_changes(made):
    """Return every Change on the way from the input to the tensor with this mark, first one first."""
    changes = []
    while made and made.call.sources:
        kept = [source for source in made.call.sources if source.shape[:1] == made.shape[:1]]
        if not kept:
            changes.append(Change(made.call, made.call.sources[0].shape, made.shape))
        made = (kept or made.call.sources)[0]
    return changes[::-1]


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
    if call.operation in FOLDS:
        return fit_fold(change, batch_size)
    fault = f"{name_of(call)} makes {after} of {before}, so axis 0 is no longer {count(batch_size, 'image')}."
    if call.operation == "flatten":
        return Fit("start_dim", call.argument(1, "start_dim", 0), 1, f"{fault} flatten(1) leaves it alone.")
    if call.operation in ALONG_AN_AXIS:
        return Fit("dim", call.argument(1, "dim", 0), 1, f"{fault} dim=1 leaves it alone.")
    if call.operation in REDUCTIONS:
        return Fit("dim", call.argument(1, "dim"), 1, f"{fault} dim=1 leaves it alone.")
    if call.operation == "squeeze":
        ones = tuple(axis for axis, size in enumerate(before) if size == 1 and axis > 0)
        advice = f"squeeze({ones}) leaves it alone." if ones else "There is nothing else to squeeze here."
        return Fit("dim", None, ones or None, f"{fault} {advice}")
    return Fit("shape", after, None, f"{fault} It is the batch, which every operation leaves alone.")


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
