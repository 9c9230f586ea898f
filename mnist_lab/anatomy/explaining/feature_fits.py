"""Rules for layers that know their number of features: normalisation, recurrent layers, attention."""

from math import prod

from mnist_lab.anatomy.explaining.fits import Fit, name_of, one_if_equal
from mnist_lab.anatomy.explaining.layer_fits import AXES, missing_flatten
from mnist_lab.anatomy.explaining.watching import kind_of


def fit_batch_norm(call):
    """BatchNorm and InstanceNorm, as an operation or as the layer that refused its input."""
    shape_in, *parameters = call.shapes
    kind = kind_of(call.place.layer)
    if kind.endswith("d"):
        axes = int(kind[-2])
        if len(shape_in) != axes + 2 and (axes, len(shape_in)) != (1, 2):
            return fit_norm_axes(call, shape_in, kind, axes)
    features = getattr(call.place.layer, "num_features", parameters[0][0] if parameters else None)
    if features is None or len(shape_in) < 2 or shape_in[1] == features:
        return None
    return features_on_axis_1(call, "num_features", features, shape_in[1])


def features_on_axis_1(call, setting, stands, fits):
    reason = f"{name_of(call)} expects {stands} channels on axis 1, but there are {fits}."
    return Fit(setting, stands, fits, reason)


def fit_norm_axes(call, shape_in, kind, axes):
    fitting = f"{kind[:-2]}{max(1, len(shape_in) - 2)}d" if 2 <= len(shape_in) <= 5 else None
    expected = f"{axes + 2} axes, {AXES[axes]}" if axes > 1 else "2 or 3 axes"
    return Fit("layer", kind, fitting, f"{name_of(call)} expects {expected}, but this has {len(shape_in)}.")


def fit_group_norm(call):
    shape_in, num_groups, weight = (
        call.argument(0, "input"), call.argument(1, "num_groups"), call.argument(2, "weight")
    )
    if len(shape_in) < 2:
        return None
    if weight is not None and weight[0] != shape_in[1]:
        return features_on_axis_1(call, "num_channels", weight[0], shape_in[1])
    if shape_in[1] % num_groups == 0:
        return None
    fits = max(number for number in range(1, num_groups) if shape_in[1] % number == 0)
    channels = shape_in[1]
    reason = f"{name_of(call)} shares the channels among {num_groups} groups, but {channels} do not divide."
    return Fit("num_groups", num_groups, fits, reason)


def fit_layer_norm(call):
    shape_in, stands = call.argument(0, "input"), tuple(call.argument(1, "normalized_shape"))
    fits = shape_in[-len(stands) :]
    if fits == stands:
        return None
    if len(stands) == 1 and len(shape_in) > 2 and prod(shape_in[1:]) == stands[0]:
        return missing_flatten(call, shape_in, stands[0])
    last = "the last axis" if len(stands) == 1 else f"the last {len(stands)} axes"
    reason = f"{name_of(call)} expects {readable(stands)} on {last}, but there is {readable(fits)}."
    return Fit("normalized_shape", readable(stands), readable(fits), reason)


def readable(sizes):
    return one_if_equal(sizes) if len(sizes) == 1 else tuple(sizes)


def fit_prelu(call):
    shape_in, weight = call.shapes[:2]
    if len(shape_in) < 2 or not weight or weight[0] in (1, shape_in[1]):
        return None
    return features_on_axis_1(call, "num_parameters", weight[0], shape_in[1])


def fit_recurrent(call):
    """RNN, LSTM and GRU, which refuse their input themselves."""
    shape_in, stands = call.shapes[0], getattr(call.place.layer, "input_size", None)
    if len(shape_in) not in (2, 3):
        fits = (shape_in[0], *shape_in[2:]) if len(shape_in) == 4 and shape_in[1] == 1 else None
        return Fit(
            "shape", shape_in, fits,
            f"{name_of(call)} expects 3 axes, such as (N, steps, {stands}), but this has {len(shape_in)}."
            + (" x.squeeze(1) takes the single channel away." if fits else ""),
        )
    if shape_in[-1] == stands:
        return None
    reason = f"{name_of(call)} expects steps of {stands} numbers, but each has {shape_in[-1]}."
    return Fit("input_size", stands, shape_in[-1], reason)


def fit_attention(call):
    shape_in, stands = call.argument(0, "query"), call.argument(3, "embed_dim_to_check")
    if shape_in[-1] == stands:
        return None
    reason = f"{name_of(call)} expects vectors of {stands} numbers, but they have {shape_in[-1]}."
    return Fit("embed_dim", stands, shape_in[-1], reason)
