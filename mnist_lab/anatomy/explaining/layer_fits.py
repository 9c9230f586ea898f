"""Rules for the operations of layers: each takes a Call and returns a Fit, or None if its shapes fit."""

from itertools import pairwise
from math import isqrt, prod

from mnist_lab.anatomy.explaining.fits import (
    REORDERS,
    Fit,
    batch_of,
    both_axes,
    count,
    misplaced,
    name_of,
    one_if_equal,
    product,
    trail,
)

AXES = {1: "(N, C, L)", 2: "(N, C, H, W)", 3: "(N, C, D, H, W)"}


def fit_linear(call):
    shape_in, weight = call.argument(0, "input"), call.argument(1, "weight")
    name, stands = name_of(call), weight[-1]
    if not shape_in or shape_in[-1] == stands:
        return None
    if len(shape_in) > 2 and prod(shape_in[1:]) == stands:
        return missing_flatten(call, shape_in, stands)
    setting = "in_features" if name != "linear" else "columns of the weight"
    if fit := misplaced(call, shape_in, -1, stands, setting):
        return fit
    if len(shape_in) > 3 and not REORDERS & {made.call.operation for made in trail(*call.sources[:1])}:
        reason = f"{name} works on the last axis alone, which has {shape_in[-1]} numbers. For a whole image, "
        reason += f"x.flatten(1) belongs before it and makes rows of {product(shape_in[1:])}."
        return Fit(setting, stands, prod(shape_in[1:]), reason)
    if shape_in == (batch_of(call),):
        return Fit(
            "shape", shape_in, None, f"{name} expects rows of {stands} numbers, but each image has one."
        )
    reason = f"{name} expects rows of {stands} numbers, but each row has {row_length(call, shape_in)}."
    is_turned = weight[0] == shape_in[-1]
    if is_turned and name == "linear":
        reason += " It wants the weight as (out, in): likely weight.T is meant."
        return Fit("weight", tuple(weight), tuple(weight[::-1]), reason)
    swapped = f" Perhaps its two numbers are swapped: Linear{tuple(weight)}." if is_turned else ""
    return Fit(setting, stands, shape_in[-1], reason + swapped)


def missing_flatten(call, shape_in, stands):
    reason = f"{name_of(call)} works on the last axis alone, which has {shape_in[-1]}, not {stands} numbers."
    reason += f" x.flatten(1) belongs before it: {product(shape_in[1:])}."
    return Fit("shape", shape_in, (shape_in[0], stands), reason)


def row_length(call, shape_in):
    """The numbers in a row, written as the product that a flatten made them from, if there was one."""
    for made, before in pairwise(trail(*call.sources[:1])):
        if before.shape != made.shape:
            is_flat = before.shape[:1] == shape_in[:1] and prod(before.shape[1:]) == shape_in[-1]
            return product(before.shape[1:]) if is_flat else shape_in[-1]
    return shape_in[-1]


def fit_conv(call):
    shape_in, weight = call.argument(0, "input"), call.argument(1, "weight")
    axes, groups = len(weight) - 2, call.argument(6, "groups", 1)
    transposed = "transpose" in call.operation
    channels = weight[0] if transposed else weight[1] * groups
    if len(shape_in) != axes + 2:
        return fit_axes(call, shape_in, channels, kind="ConvTranspose" if transposed else "Conv")
    if shape_in[1] != channels:
        return fit_channels(call, shape_in, channels, groups)
    padding, dilation = call.argument(4, "padding", 0), call.argument(5, "dilation", 1)
    if transposed or padding == "same":
        return None
    padding = 0 if padding == "valid" else padding
    return fit_kernel(call, shape_in[2:], weight[2:], padding, dilation)


def fit_channels(call, shape_in, channels, groups):
    if fit := misplaced(call, shape_in, 1, channels, "in_channels"):
        return fit
    grouped = f", in {groups} groups" if groups > 1 else ""
    is_uneven = shape_in[1] % groups
    uneven = f" {shape_in[1]} channels cannot be shared among {groups} groups." if is_uneven else ""
    reason = f"{name_of(call)} expects {count(channels, 'channel')}{grouped}, but axis 1 holds {shape_in[1]}."
    return Fit("in_channels", channels, shape_in[1], reason + uneven)


def axes_of(call):
    """The number of axes that conv2d, max_pool2d and their like work on."""
    return int(call.operation[-2])


def fit_axes(call, shape_in, channels, *, kind):
    """The Fit for too many axes (another layer) or too few (another shape); channels may be None."""
    axes = axes_of(call)
    reason = f"{name_of(call)} expects {axes + 2} axes, {AXES[axes]}, but this has {len(shape_in)}."
    stands, shape = f"{kind}{axes}d", None
    if axes + 2 < len(shape_in) <= 5 or (axes, len(shape_in)) == (3, 4):
        return Fit("layer", stands, f"{kind}{len(shape_in) - 2}d", reason)
    if len(shape_in) == axes + 1 and channels in (None, 1):
        shape = (shape_in[0], 1, *shape_in[1:])
        reason += " x.unsqueeze(1) adds an axis for the one channel."
    elif len(shape_in) == 2 and axes == 2 and channels and shape_in[1] % channels == 0:
        side = isqrt(shape_in[1] // channels)
        shape = (shape_in[0], channels, side, side) if channels * side * side == shape_in[1] else None
        reason += " Flattening belongs behind the convolutions."
    return Fit("shape", shape_in, shape, reason)


def fit_kernel(call, sizes, kernel, padding, dilation, *, whole="kernel"):
    """The largest kernel that fits the padded map, if this one does not."""
    axes = len(sizes)
    kernel, padding, dilation = (both_axes(option, axes) for option in (kernel, padding, dilation))
    padded = [size + 2 * pad for size, pad in zip(sizes, padding, strict=True)]
    largest = tuple((size - 1) // step + 1 for size, step in zip(padded, dilation, strict=True))
    if all(size <= limit for size, limit in zip(kernel, largest, strict=True)):
        return None
    fitting = tuple(min(size, limit) for size, limit in zip(kernel, largest, strict=True))
    spans = [step * (size - 1) + 1 for size, step in zip(kernel, dilation, strict=True)]
    whole = f"The {whole} of {name_of(call)} spans {'×'.join(map(str, spans))}"
    limits = f"{'×'.join(map(str, padded))}{', padding included' if any(padding) else ''}"
    reason = f"{whole}, but the map has only {limits}."
    return Fit("kernel_size", one_if_equal(kernel), one_if_equal(fitting), reason)


def fit_pool(call):
    shape_in, axes = call.argument(0, "input"), axes_of(call)
    if len(shape_in) != axes + 2:
        return fit_axes(call, shape_in, None, kind="MaxPool" if "max" in call.operation else "AvgPool")
    dilation = call.argument(4, "dilation", 1) if "max" in call.operation else 1
    window, padding = call.argument(1, "kernel_size"), call.argument(3, "padding", 0)
    fit = fit_kernel(call, shape_in[2:], window, padding, dilation, whole="window")
    advice = " Leave this pooling out, or shrink the map less before it."
    return fit and fit._replace(reason=fit.reason + advice)
