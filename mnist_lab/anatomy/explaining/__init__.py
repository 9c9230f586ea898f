"""From a call that fails, or a batch that is lost, to a ShapeReport that says what would fit."""

import re
from math import prod

from mnist_lab.anatomy.explaining import feature_fits, layer_fits, tensor_fits
from mnist_lab.anatomy.explaining.batch_fits import (
    FOLDS,
    batch_changes,
    changed,
    culprit,
    fit_batch,
    is_stray,
    keeps_batch,
)
from mnist_lab.anatomy.explaining.fits import Fit, name_of
from mnist_lab.anatomy.explaining.layer_fits import axes_of
from mnist_lab.anatomy.explaining.report import ShapeReport, spelled
from mnist_lab.anatomy.explaining.watching import Call, Shape, tensors

RULES = {
    r"linear": layer_fits.fit_linear,
    r"conv(_transpose)?[123]d": layer_fits.fit_conv,
    r"(max|avg|lp)_pool[123]d": layer_fits.fit_pool,
    r"(batch|instance)_norm|(Batch|Instance)Norm[123]d": feature_fits.fit_batch_norm,
    r"group_norm": feature_fits.fit_group_norm,
    r"(layer|rms)_norm": feature_fits.fit_layer_norm,
    r"prelu": feature_fits.fit_prelu,
    r"RNN|LSTM|GRU": feature_fits.fit_recurrent,
    r"multi_head_attention_forward": feature_fits.fit_attention,
    r"view|reshape": tensor_fits.fit_view,
    r"unflatten": tensor_fits.fit_unflatten,
    r"cat|concat|concatenate|stack": tensor_fits.fit_cat,
    r"matmul|mm|bmm|mv|addmm": tensor_fits.fit_matmul,
    r"r?(add|sub|mul|div|pow)|(true|floor)_divide|maximum|minimum|and|or|xor": tensor_fits.fit_elementwise,
    r"lt|le|gt|ge|eq|ne|mse_loss|l1_loss": tensor_fits.fit_elementwise,
}
SEVERAL = (tensor_fits.fit_cat, tensor_fits.fit_matmul, tensor_fits.fit_elementwise)
NEEDS_INTEGERS = ("embedding", "embedding_bag", "one_hot")
REFUSALS = (RuntimeError, ValueError, IndexError, AssertionError)
ABOUT_SHAPES = re.compile(
    r"\b(shapes?|sizes?|dim(ension)?s?|axis|channels?|broadcast\w*|out of bounds|\dD)\b", re.IGNORECASE
)
ABOUT_OTHERS = re.compile(
    r"\b(d?types?|device|cuda|long|float|double|grad|gradient|memory|inference)\b", re.IGNORECASE
)


def explain_failure(watcher, error):
    """Return the ShapeReport of an error in forward, or None and a note on it if it is another fault."""
    call, cause = watcher.failed_call(error)
    check_batch_given(watcher, call)
    check_integers(call, error)
    fit = find_fit(call, cause)
    if fit is None:
        error.add_note(f"explain_shapes: no operation refused a shape here{where(call)}.")
        return None
    batch_size = watcher.input_shape[0]
    for source in call.sources:
        change = culprit(batch_changes(source), batch_size)
        if change and lacks_batch(call, fit, source.shape, batch_size):
            return report(change.call, fit_batch(change, batch_size), watcher)
        if change and change.call.operation in FOLDS and is_stray(change, batch_size):
            finding = f" Before that, line {change.call.place.line} {changed(change, batch_size)}."
            fit = fit._replace(reason=fit.reason + finding)
    return report(call, fit, watcher)


def explain_output(watcher, output):
    """Return the ShapeReport of a forward that came through: all is well, or what lost the batch."""
    check_batch_given(watcher)
    check_output(output)
    batch_size = watcher.input_shape[0]
    shapes = [tuple(tensor.shape) for tensor in tensors(output)]
    if keeps_batch(shapes, batch_size):
        return ShapeReport(watcher.input_shape, shapes[0] if len(shapes) == 1 else tuple(shapes))
    lost = next(tensor for tensor in tensors(output) if tensor.dim() or len(shapes) == 1)
    change = culprit(batch_changes(getattr(lost, "made", None)), batch_size)
    if change:
        return report(change.call, fit_batch(change, batch_size), watcher)
    words = f"{batch_size} images go in, but {tuple(lost.shape)} comes out, by what operation was not seen."
    return report(Call("forward", (Shape(watcher.input_shape),)), Fit(None, None, None, words), watcher)


def report(call, fit, watcher):
    """Return the ShapeReport of a call that does not fit."""
    place, rule, shapes = call.place, rule_of(call), [tuple(shape) for shape in call.shapes]
    return ShapeReport(
        input_shape=watcher.input_shape,
        operation=call.operation,
        name=name_of(call),
        path=place.path,
        line=place.line,
        function=place.function,
        code=place.code,
        received=tuple(shapes) if rule in SEVERAL else shapes[0],
        setting=fit.setting,
        stands=fit.stands,
        fits=fit.fits,
        message=fit.reason,
    )


def rule_of(call):
    return next((rule for names, rule in RULES.items() if re.fullmatch(names, call.operation)), None)


def find_fit(call, error):
    """Return what the rule for this call says, or PyTorch's own words if they are about shapes."""
    if not isinstance(error, REFUSALS) or not call.shapes:
        return None
    rule = rule_of(call)
    fit = rule(call) if rule else None
    words = str(error).strip().split("\n")[0].removesuffix(".")
    about_shapes = isinstance(error, IndexError) or ABOUT_SHAPES.search(words)
    if fit is None and about_shapes and not ABOUT_OTHERS.search(words):
        return Fit(None, None, None, f"{name_of(call)} refuses it: {words}.")
    return fit


def lacks_batch(call, fit, shape, batch_size):
    """Whether a call fails for want of the batch: it would fit had axis 0 of its input stayed the batch."""
    if shape[:1] == (batch_size,):
        return False
    rule, stands, fits = rule_of(call), fit.stands, fit.fits
    if rule in (tensor_fits.fit_elementwise, tensor_fits.fit_cat):
        is_same_rank = isinstance(stands, tuple) and isinstance(fits, tuple) and len(stands) == len(fits)
        rows = {stands[0], fits[0]} if is_same_rank else set()
        return len(rows) == 2 and batch_size in rows and 1 not in rows
    if len(shape) < 2:
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
        axes, shape_in = axes_of(call), tuple(call.shapes[0])
        if shape_in == watcher.input_shape and len(shape_in) < axes + 2:
            raise ValueError(
                f"input_shape expects the batch and the channels too: {name_of(call)} takes {axes + 2} axes, "
                f"{layer_fits.AXES[axes]}, but got {shape_in}; give all of them, such as (64, 1, 28, 28) for "
                "64 grey images."
            )


def check_integers(call, error):
    """Raise ValueError if the model looks numbers up in a table, and got the zeros of a float dtype."""
    if call.operation in NEEDS_INTEGERS and ABOUT_OTHERS.search(str(error)):
        raise ValueError(
            f"{name_of(call)} expects whole numbers, but explain_shapes fed the model floats, as its first "
            "layer asks for; explain the layers behind it alone."
        ) from error


def check_output(output):
    """Raise ValueError if forward returned no tensor."""
    if next(tensors(output), None) is None:
        advice = "end it with return" if output is None else "return a tensor, or a tuple or dict of tensors"
        raise ValueError(
            f"forward is expected to return a tensor, but it returned {type(output).__name__}; {advice}."
        )
