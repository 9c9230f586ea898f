"""Which rule holds for which operation, and what else would have fit."""

import re
from dataclasses import replace
from itertools import combinations, pairwise

from mnist_lab.anatomy.explaining import feature_fits, layer_fits, tensor_fits
from mnist_lab.anatomy.explaining.batch_fits import REDUCTIONS
from mnist_lab.anatomy.explaining.fits import REORDERS, Fit, name_of, one_if_equal, trail
from mnist_lab.anatomy.explaining.watching import Place, Shape

RULES = {
    r"linear": layer_fits.fit_linear,
    r"conv(_transpose)?[123]d": layer_fits.fit_conv,
    r"(max|avg|lp)_pool[123]d": layer_fits.fit_pool,
    r"(batch|instance)_norm|(Batch|Instance)Norm[123]d": feature_fits.fit_batch_norm,
    r"group_norm": feature_fits.fit_group_norm,
    r"(layer|rms)_norm": feature_fits.fit_layer_norm,
    r"prelu": feature_fits.fit_prelu,
    r"RNN|LSTM|GRU": feature_fits.fit_recurrent,
    r"(rnn_tanh|rnn_relu|lstm|gru)_cell": feature_fits.fit_cell,
    r"multi_head_attention_forward": feature_fits.fit_attention,
    r"embedding": feature_fits.fit_embedding,
    r"pixel_shuffle": feature_fits.fit_pixel_shuffle,
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
    r"(\b|_)(shapes?|sizes?|dim(ension)?s?|axis|channels?|broadcast\w*|out of bounds|subscripts?|\d-?D)\b",
    re.I,
)
ABOUT_OTHERS = re.compile(
    r"\b(d?types?|device|cuda|long|float|double|grad|gradient|memory|inference)\b", re.I
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
        return Fit(reason=f"{name_of(call)} refuses it: {words}.")
    return fit


def undone(call):
    """The Fit of a call that would take its input before a turn of its axes, or with others averaged away."""
    rule = rule_of(call)
    for i, shape in enumerate(call.args if rule and rule(call) else ()):
        source = next((source for source in call.sources if source.shape == shape), None)
        for after, before in pairwise(trail(source)):
            for setting, stands, fits, wanted in otherwise(after, before.shape, rule):
                args = (*call.args[:i], Shape(wanted), *call.args[i + 1 :])
                if rule(replace(call, args=args, place=Place(layer=call.place.layer))):
                    continue
                turn, line = after.call.operation, after.call.place.line
                likely = f"dim={fits} is meant" if setting == "dim" else f"{turn} is to go"
                turn += f" in line {line}" if line else ""
                reason = f"{name_of(call)} would take {wanted}, but {turn} made {after.shape} of"
                reason = f"{reason} {before.shape}; likely {likely}."
                return Fit(setting, stands, fits, reason)
            if after.shape != before.shape or len(after.call.shapes) > 1:
                break
    return None


def otherwise(after, before, rule):
    """Yield setting, what stands, what might, and the shape of it: no turn, or an average over other axes."""
    gone = len(before) - len(after.shape)
    if after.call.operation in REORDERS:
        yield "shape", after.shape, before, before
    is_usual = len(before) > 3 and after.shape == before[:2]  # the mean of each map
    if after.call.operation in REDUCTIONS and gone > 0 and rule not in SEVERAL and not is_usual:
        for axes in combinations(range(1, len(before)), gone):
            shape = tuple(size for axis, size in enumerate(before) if axis not in axes)
            yield "dim", after.call.argument(1, "dim"), one_if_equal(axes), shape
        yield "shape", after.shape, before, before


def find_integers(call, error):
    """The Fit of a table that is asked by floats that a layer made; ValueError if they are the input."""
    if call.operation not in NEEDS_INTEGERS or not ABOUT_OTHERS.search(str(error)):
        return None
    maker = next((made.call for made in trail(*call.sources[:1]) if len(made.call.shapes) > 1), None)
    if maker:
        words = f"{name_of(call)} looks rows up by whole numbers, but {name_of(maker)} makes floats."
        return Fit(reason=words)
    raise ValueError(
        f"{name_of(call)} expects whole numbers, but explain_shapes fed the model floats, as its first "
        "layer asks for; explain the layers behind it alone."
    ) from error
