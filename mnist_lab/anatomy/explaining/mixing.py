"""Where the images of a batch mix although every shape fits: one image changes the row of another."""

import io
from contextlib import redirect_stdout
from dataclasses import replace

from mnist_lab.anatomy.explaining import make_report
from mnist_lab.anatomy.explaining.batch_fits import FOLDS, REDUCTIONS, Change, fit_batch, fit_steps_first
from mnist_lab.anatomy.explaining.fits import Fit, name_of
from mnist_lab.anatomy.explaining.report import is_several
from mnist_lab.anatomy.explaining.rules import rule_of
from mnist_lab.anatomy.explaining.tensor_fits import fit_elementwise, fit_matmul
from mnist_lab.anatomy.explaining.trial import same_random_states
from mnist_lab.anatomy.explaining.watching import Call, Shape, Watcher, first_tensor, tensors
from mnist_lab.training import evaluation_mode

import torch

ALONG_AXIS = (*REDUCTIONS, "softmax", "log_softmax", "cumsum", "sort", "normalize", "norm")
UNSEEN = (
    "By what operation was not seen: perhaps axis 0 is not that of the images, or forward branches on "
    "what is in the batch."
)


def checked_images(model, images, index):
    """Return the images on the model's device, or raise ValueError if there is no pair to swap."""
    shape = tuple(getattr(images, "shape", ()))
    if shape[:1] < (2,):
        came = shape or type(images).__name__
        raise ValueError(
            f"rows_changed_by expects a tensor of at least two images, but got {came}; with one alone "
            "there is no other to take its place."
        )
    if not 0 <= index < len(images):
        raise ValueError(
            f"index expects a place in the batch, 0 to {len(images) - 1}, but got {index}; count from 0."
        )
    return images.to(next((parameter.device for parameter in model.parameters()), images.device))


def checked_rows(output, batch_size):
    """Return the output, or the first tensor in it, or raise ValueError if it has no row for each image."""
    first = first_tensor(output)
    if first.shape[:1] != (batch_size,):
        raise ValueError(
            f"rows_changed_by expects a row of the output for each of {batch_size} images, but got "
            f"{tuple(first.shape)}; ask explain_shapes where the batch is lost."
        )
    return first


def explain_rows(watcher, fitting, rows_changed_by):
    """Return the report that every shape fits, or one on the call in which images mix."""
    batch_size, unknown = watcher.input_shape[0], "Whether images mix was not found out:"
    if batch_size == 1:
        return replace(fitting, note=f"{unknown} one image alone cannot show it.")
    images, first, several = lively_images(watcher), fitting.output_shape, is_several(fitting.output_shape)
    if several and first[0][:1] != (batch_size,):
        return replace(fitting, note=f"{unknown} the first output has no row for each image.")
    try:
        with redirect_stdout(io.StringIO()):  # what forward prints was printed once
            rows = rows_changed_by(watcher.model, images)
    except Exception as error:
        return replace(fitting, note=f"{unknown} {error}")
    if not rows:
        return replace(fitting, note=f"{unknown} the output is the same for other images.")
    if rows == [0]:
        alone = "Whether images mix was found out for the first output alone."
        return replace(fitting, note=alone if several else "")
    call, after = first_mixing(watcher.model, checked_images(watcher.model, images, 0))
    fit = fit_mixing(call, after, batch_size) if call else Fit(reason=UNSEEN)
    call = call or Call("forward", (Shape(images.shape),))
    told = f"0 to {rows[-1]}" if len(rows) == rows[-1] + 1 else f"{rows}"
    finding = f"Every shape fits, but changing image 0 changes rows {told} of the output, not row 0 alone. "
    return make_report(call, fit._replace(reason=finding + fit.reason), watcher, heading="Mixes images")


def lively_images(watcher):
    """Return images, the darkest and the brightest pixel in the first; whole numbers for an Embedding."""
    random = torch.Generator().manual_seed(0)
    if not watcher.dtype.is_floating_point:
        words = (getattr(layer, "num_embeddings", None) for layer in watcher.model.modules())
        return torch.randint(min(filter(None, words)), watcher.input_shape, generator=random)
    images = torch.rand(watcher.input_shape, generator=random)
    images[0] = 3 * images[0] - 1
    return images.to(watcher.dtype)


class SumWatcher(Watcher):
    """Keeps, for every tensor that is made, a weighted sum over what stands at each place of each axis."""

    def __init__(self, model, images):
        super().__init__(model, images)
        self.sums = []

    def mark(self, call, made):
        super().mark(call, made)
        if made:
            self.sums.append([axis_sums(tensor) for tensor in made])


def axis_sums(tensor):
    if tensor.layout != torch.strided or tensor.is_nested:
        return [torch.zeros(1)]  # it cannot be told
    values = tensor.detach().cpu().double()[None]
    weights = torch.rand(values.shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    weighted = (values * weights).nan_to_num()
    return [weighted.movedim(axis, 0).reshape(size, -1).sum(1) for axis, size in enumerate(weighted.shape)]


def first_mixing(model, images):
    """Return the first call behind the output that leaves no axis of images, and the shape it made."""
    others, runs = images.clone(), []
    others[0] = images[-1]
    for batch in (images, others):
        watcher = SumWatcher(model, batch)
        quiet = redirect_stdout(io.StringIO())
        with same_random_states(batch.device), evaluation_mode(model), torch.inference_mode(), quiet, watcher:
            output = model(batch)
        runs.append((watcher.calls, watcher.sums))
    on_the_way = calls_behind(output)
    for twin, one, call, other in zip(*runs[0], *runs[1], strict=False):
        if call.operation != twin.operation:
            break  # a loop that ended earlier
        for before, after in zip(one, other, strict=True) if id(call) in on_the_way else ():
            if not are_apart(before, after, len(images)):
                return call, tuple(map(len, before[1:]))
    return None, None


def are_apart(before, after, batch_size):
    """Whether one image changes, on some axis, no more than its share, and no size."""
    if [*map(len, before)] != [*map(len, after)]:
        return False
    axes = zip(before, after, strict=True)
    return any((one != other).sum() * batch_size <= len(one) for one, other in axes)


def calls_behind(output):
    """Return the id of every call that the output comes from."""
    found, marks = set(), [tensor.made for tensor in tensors(output) if hasattr(tensor, "made")]
    while marks:
        call = marks.pop().call
        if id(call) not in found:
            found.add(id(call))
            marks.extend(call.sources)
    return found


def fit_mixing(call, after, batch_size):
    """The Fit of a call that mixes images: how it does, and what would keep them apart."""
    name, shapes = name_of(call), [tuple(shape) for shape in call.shapes]
    before, dim = shapes[0], call.argument(1, "dim")
    if fit := fit_steps_first(call, batch_size):
        return fit
    if before[:1] == (batch_size,) != after[:1]:
        return fit_batch(Change(call, before, after), batch_size)
    if rule_of(call) is fit_elementwise and len(shapes) > 1:
        return fit_broadcast(name, shapes[:2], after)
    if call.operation in ALONG_AXIS and dim in (0, -len(before), None):
        reason = f"{name} works along axis 0, from image to image; dim=-1 stays within one."
        return Fit("dim", dim, -1, reason)
    if call.operation == "batch_norm":
        is_forgetful = getattr(call.place.layer, "track_running_stats", True) is False
        setting = ("track_running_stats", False, True) if is_forgetful else ("training", True, False)
        return Fit(*setting, f"{name} takes the mean and variance of this batch, in eval mode too.")
    if rule_of(call) is fit_matmul or call.operation in ("einsum", "scaled_dot_product_attention"):
        sides = f"{' and '.join(map(str, shapes[:2]))} make {after}"
        return Fit(reason=f"{name} multiplies one image with another: {sides}.")
    if call.operation in (*FOLDS, "flatten") and before[1:2] == (batch_size,):
        reason = f"{name} fills rows in the order of {before}, so that one takes from several images."
        fits = (batch_size, before[0], *before[2:])
        return Fit("shape", before, fits, f"{reason} Likely x.transpose(0, 1) belongs before it.")
    there = f", where axis {before.index(batch_size)} holds them," if batch_size in before[1:] else ""
    return Fit(reason=f"{name} makes {after} of {before}{there} and lets one image reach another.")


def fit_broadcast(name, shapes, after):
    """The Fit of a sum whose sides stretch each other: what belongs to one image meets all others."""
    shorter, longer = sorted(shapes, key=len)
    sides = " and ".join(map(str, shapes))
    reason = f"{name} stretches {sides} to {after}, so that every image meets every other."
    fits = longer[:1] + tuple(size for size in longer[1:] if size > 1)
    if fits == shorter != longer:
        return Fit("shape", longer, fits, f"{reason} Likely squeeze or flatten belongs behind {longer}.")
    fits = (*shorter[:1], *[1] * (len(longer) - len(shorter)), *shorter[1:])
    if fits == shorter:
        return Fit(reason=f"{reason} Likely one of the two is turned.")
    return Fit("shape", shorter, fits, f"{reason} Likely the images are to stand on axis 0 of both.")
