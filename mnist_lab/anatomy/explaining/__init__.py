"""From a call that fails, or a batch that is lost, to a ShapeReport that says what would fit."""

from math import prod

from mnist_lab.anatomy.explaining import feature_fits, layer_fits, tensor_fits
from mnist_lab.anatomy.explaining.batch_fits import (
    FOLDS,
    REDUCTIONS,
    batch_changes,
    changed,
    culprit,
    fit_batch,
    fit_steps_first,
    is_stray,
    keeps_batch,
)
from mnist_lab.anatomy.explaining.fits import Fit, is_layers, name_of, shapes_given, trail
from mnist_lab.anatomy.explaining.report import ShapeReport, spelled
from mnist_lab.anatomy.explaining.rules import SEVERAL, find_fit, find_integers, rule_of, undone
from mnist_lab.anatomy.explaining.watching import Call, Shape, tensors


def explain_failure(watcher, error):
    """Return the ShapeReport of an error in forward, or None and a note on it if it is another fault."""
    call, cause = watcher.failed_call(error)
    check_batch_given(watcher, call)
    fit = find_integers(call, error) or find_fit(call, cause)
    if fit is None:
        error.add_note(f"explain_shapes: no operation refused a shape here{where(call)}.")
        return None
    batch_size = watcher.input_shape[0]
    for source in call.sources:
        change = culprit(batch_changes(source, batch_size), batch_size)
        if change and lacks_batch(call, fit, change, source.shape, batch_size):
            return make_report(change.call, fit_batch(change, batch_size), watcher)
        if change and change.call.operation in FOLDS and is_stray(change, batch_size):
            finding = f" Before that, line {change.call.place.line} {changed(change, batch_size)}."
            fit = fit._replace(reason=fit.reason + finding)
    fit = undone(call) or (fit.fits is None and fit_steps_first(call, batch_size)) or fit
    return make_report(call, fit, watcher)


def explain_output(watcher, output):
    """Return the ShapeReport of a forward that came through: all is well, or what lost the batch."""
    check_batch_given(watcher)
    check_output(output)
    batch_size = watcher.input_shape[0]
    shapes = [tuple(tensor.shape) for tensor in tensors(output)]
    if keeps_batch(shapes, batch_size):
        return ShapeReport(watcher.input_shape, shapes[0] if len(shapes) == 1 else tuple(shapes))
    lost = next(tensor for tensor in tensors(output) if tensor.dim() or len(shapes) == 1)
    mark = getattr(lost, "made", None)
    first = next((made.call for made in trail(mark)[::-1] if fit_steps_first(made.call, batch_size)), None)
    if first:
        return make_report(first, fit_steps_first(first, batch_size), watcher)
    change = culprit(batch_changes(mark, batch_size), batch_size)
    if change:
        return make_report(change.call, fit_batch(change, batch_size), watcher)
    words = f"{batch_size} images go in, but {tuple(lost.shape)} comes out, by what operation was not seen."
    return make_report(Call("forward", (Shape(watcher.input_shape),)), Fit(reason=words), watcher)


def make_report(call, fit, watcher, **heading):
    """Return the ShapeReport of a call that does not fit."""
    place, rule, shapes = call.place, rule_of(call), [tuple(shape) for shape in shapes_given(call)]
    if rule is feature_fits.fit_attention:
        shapes = list(dict.fromkeys(shapes[:3]))
    is_open = rule is feature_fits.fit_attention or call.operation == "einsum"
    is_many = rule in SEVERAL or (is_open and len(shapes) > 1)
    return ShapeReport(
        input_shape=watcher.input_shape,
        operation=call.operation,
        name=name_of(call),
        path=place.path,
        line=place.line,
        function=place.function,
        code=place.code,
        received=tuple(shapes) if is_many else shapes[0],
        setting=fit.setting,
        stands=fit.stands,
        fits=fit.fits,
        message=fit.reason,
        **heading,
    )


def lacks_batch(call, fit, change, shape, batch_size):
    """Whether a call fails for want of the batch: it would fit had axis 0 of its input stayed the batch."""
    if shape[:1] == (batch_size,):
        return False
    rule, stands, fits = rule_of(call), fit.stands, fit.fits
    if rule in (tensor_fits.fit_elementwise, tensor_fits.fit_cat):
        is_same_rank = isinstance(stands, tuple) and isinstance(fits, tuple) and len(stands) == len(fits)
        rows = {stands[0], fits[0]} if is_same_rank else set()
        return len(rows) == 2 and batch_size in rows and 1 not in rows
    if len(shape) < 2 or change.call.operation in REDUCTIONS or is_layers(change.call):
        return True
    is_row_length = rule in (layer_fits.fit_linear, tensor_fits.fit_matmul) and isinstance(stands, int)
    return is_row_length and prod(shape) == batch_size * stands


def where(call):
    """The place and the shapes of a call, for a note."""
    place = call.place
    line = f"; it came up at line {place.line} of {place.function}: {place.code}" if place.line else ""
    shapes = f", with {spelled(tuple(map(tuple, call.shapes)))}" if line and call.shapes else ""
    return line + shapes


def check_batch_given(watcher, *failed):
    """Raise ValueError if a convolution or pooling gets the input as it is, and it has too few axes."""
    for call in (*watcher.calls, *failed):
        if rule_of(call) not in (layer_fits.fit_conv, layer_fits.fit_pool) or not call.shapes:
            continue
        axes, shape_in = layer_fits.axes_of(call), tuple(call.shapes[0])
        if shape_in == watcher.input_shape and len(shape_in) < min(axes, 2) + 2:
            raise ValueError(
                f"input_shape expects the batch and the channels too: {name_of(call)} takes {axes + 2} axes, "
                f"{layer_fits.AXES[axes]}, but got {shape_in}; give all of them, such as (64, 1, 28, 28) for "
                "64 grey images."
            )


def check_output(output):
    """Raise ValueError if forward returned no tensor."""
    if next(tensors(output), None) is None:
        advice = "end it with return" if output is None else "return a tensor, or a tuple or dict of tensors"
        raise ValueError(
            f"forward is expected to return a tensor, but it returned {type(output).__name__}; {advice}."
        )
