"""Rules for layers that know their number of features: normalisation, recurrent layers, attention."""

from math import prod

from mnist_lab.anatomy.explaining.fits import Fit, misplaced, name_of, one_if_equal, shapes_given
from mnist_lab.anatomy.explaining.layer_fits import AXES, missing_flatten
from mnist_lab.anatomy.explaining.watching import kind_of, walk


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
    return misplaced(call, call.shapes[0], 1, stands, setting) or Fit(setting, stands, fits, reason)


def fit_norm_axes(call, shape_in, kind, axes):
    fitting = f"{kind[:-2]}{max(1, len(shape_in) - 2)}d" if 2 <= len(shape_in) <= 5 else None
    expected = f"{axes + 2} axes, {AXES[axes]}" if axes > 1 else "2 or 3 axes"
    return Fit("layer", kind, fitting, f"{name_of(call)} expects {expected}, but this has {len(shape_in)}.")


def fit_group_norm(call):
    shape_in, num_groups = call.argument(0, "input"), call.argument(1, "num_groups")
    weight = call.argument(2, "weight")
    if len(shape_in) < 2:
        return None
    if weight is not None and weight[0] != shape_in[1]:
        fit = features_on_axis_1(call, "num_channels", weight[0], shape_in[1])
        uneven = f" {num_groups} groups do not divide {fit.fits}." if fit.fits == shape_in[1] else ""
        return fit._replace(reason=fit.reason + (uneven if shape_in[1] % num_groups else ""))
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
    if len(stands) == 1 and (fit := misplaced(call, shape_in, -1, stands[0], "normalized_shape")):
        return fit
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
    shape_in, stands = shapes_given(call)[0], getattr(call.place.layer, "input_size", None)
    if len(shape_in) not in (2, 3):
        fits = (shape_in[0], *shape_in[2:]) if len(shape_in) == 4 and shape_in[1] == 1 else None
        reason = (
            f"{name_of(call)} expects 3 axes, such as (N, steps, {stands}), but this has {len(shape_in)}."
        )
        advice = " x.squeeze(1) takes the single channel away." if fits else ""
        return Fit("shape", tuple(shape_in), fits, reason + advice)
    if shape_in[-1] == stands:
        return None
    reason = f"{name_of(call)} expects steps of {stands} numbers, but each has {shape_in[-1]}."
    fit = Fit("input_size", stands, shape_in[-1], reason)
    return misplaced(call, shape_in, -1, stands, "input_size") or fit


def fit_cell(call):
    """RNNCell, LSTMCell and GRUCell: one step, and the state that it goes on from."""
    shape_in, states, weight, state_weight = call.args[:4]
    name, size = name_of(call), state_weight[-1]
    if shape_in[-1] != weight[-1]:
        reason = f"{name} expects steps of {weight[-1]} numbers, but each has {shape_in[-1]}."
        return Fit("input_size", weight[-1], shape_in[-1], reason)
    fits = (*shape_in[:-1], size)
    state = next((tuple(state) for state in walk(states) if state != fits), None)
    reason = f"{name} keeps a state of {size} numbers for each image, {fits}, but was handed {state}."
    return state and Fit("state", state, fits, reason)


def fit_attention(call):
    """The sizes of queries, keys and values, and as many keys as values."""
    query, key, value = shapes_given(call)[:3]
    name, layer, stands = name_of(call), call.place.layer, call.argument(3, "embed_dim_to_check")
    if query[-1] != stands:
        reason = f"{name} expects vectors of {stands} numbers, but they have {query[-1]}."
        heads = call.argument(4, "num_heads")
        reason += f" {heads} heads do not divide that." if query[-1] % heads else ""
        fit = misplaced(call, query, -1, stands, "embed_dim") if key[-1] != stands else None
        return fit or Fit("embed_dim", stands, query[-1], reason)
    for noun, setting, shape in (("keys", "kdim", key), ("values", "vdim", value)):
        expected = getattr(layer, setting, stands)
        if shape[-1] != expected:
            other = f"Built with kdim={key[-1]}, vdim={value[-1]} it takes them"
            reason = f"{name} expects {noun} of {expected} numbers, but they have {shape[-1]}. {other}."
            return Fit(setting, expected, shape[-1], reason)
    if key[:-1] != value[:-1]:
        both = f"the keys are {tuple(key)} and the values {tuple(value)}"
        return Fit(reason=f"{name} needs a value for every key, but {both}.")
    return None


def fit_embedding(call):
    """A number beyond the table; behind an arange, as for positions, it likely needs a row for each step."""
    rows, steps = call.argument(1, "weight")[0], max(call.argument(0, "input"), default=0)
    reason = f"{name_of(call)} has {rows} rows, numbered 0 to {rows - 1}, but a number beyond them came."
    is_short = not call.sources and steps > rows
    return (
        Fit("num_embeddings", rows, steps, f"{reason} Likely it needs {steps}.")
        if is_short
        else Fit(reason=reason)
    )


def fit_pixel_shuffle(call):
    channels, factor = (*call.shapes[0][-3:-2], 0)[0], call.argument(1, "upscale_factor")
    fits = -(-channels // factor**2) * factor**2
    name, asked = name_of(call), f"{factor}×{factor} pixels of {factor**2} channels"
    reason = f"{name} makes {asked}, but {channels} do not divide."
    return Fit("channels", channels, fits, reason) if fits != channels else None
