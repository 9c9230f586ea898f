"""Rules for the operations of layers: each takes a Call and returns a Fit, or None if its shapes fit."""

from math import isqrt, prod

from mnist_lab.anatomy.explaining.fits import Fit, both_axes, count, name_of, one_if_equal, product

AXES = {1: "(N, C, L)", 2: "(N, C, H, W)", 3: "(N, C, D, H, W)"}


def fit_linear(call):
    given, weight = call.argument(0, "input"), call.argument(1, "weight")
    stands = weight[-1]
    if not given or given[-1] == stands:
        return None
    if len(given) > 2 and prod(given[1:]) == stands:
        return missing_flatten(call, given, stands)
    name, setting = name_of(call), "in_features" if name_of(call) != "linear" else "columns of the weight"
    if len(given) > 3:
        return Fit(
            setting, stands, prod(given[1:]),
            f"{name} works on the last axis alone, which has {given[-1]} numbers. For a whole image, "
            f"x.flatten(1) belongs before it and makes rows of {product(given[1:])}.",
        )
    return Fit(
        setting, stands, given[-1],
        f"{name} expects rows of {stands} numbers, but each row has {row_length(call, given)}.",
    )


def missing_flatten(call, given, stands):
    return Fit(
        "shape", given, (given[0], stands),
        f"{name_of(call)} works on the last axis alone, which has {given[-1]} numbers, not {stands}. "
        f"x.flatten(1) belongs before it: {product(given[1:])}.",
    )


def row_length(call, given):
    """The numbers in a row, written as the product that a flatten made them from, if there was one."""
    made = call.sources[0] if call.sources else None
    while made and made.call.sources:
        before = made.call.sources[0]
        if before.shape != made.shape:
            is_flat = before.shape[:1] == given[:1] and prod(before.shape[1:]) == given[-1]
            return product(before.shape[1:]) if is_flat else given[-1]
        made = before
    return given[-1]


def fit_conv(call):
    given, weight = call.argument(0, "input"), call.argument(1, "weight")
    axes, groups = len(weight) - 2, call.argument(6, "groups", 1)
    transposed = "transpose" in call.operation
    channels = weight[0] if transposed else weight[1] * groups
    if len(given) != axes + 2:
        return fit_axes(call, given, channels, kind="ConvTranspose" if transposed else "Conv")
    if given[1] != channels:
        return fit_channels(call, given, channels, groups)
    padding, dilation = call.argument(4, "padding", 0), call.argument(5, "dilation", 1)
    if transposed or padding == "same":
        return None
    padding = 0 if padding == "valid" else padding
    return fit_kernel(call, given[2:], weight[2:], padding, dilation)


def fit_channels(call, given, channels, groups):
    if channels == given[-1] and len(set(given[1:-1])) == 1:
        order = (0, len(given) - 1, *range(1, len(given) - 1))
        return Fit(
            "shape", given, tuple(given[axis] for axis in order),
            f"{name_of(call)} expects the channels on axis 1, but here they are on the last one. "
            f"x.permute{order} moves them.",
        )
    grouped = f", in {groups} groups" if groups > 1 else ""
    uneven = f" {given[1]} channels cannot be shared among {groups} groups." if given[1] % groups else ""
    return Fit(
        "in_channels", channels, given[1],
        f"{name_of(call)} expects {count(channels, 'channel')}{grouped}, "
        f"but axis 1 holds {given[1]}.{uneven}",
    )


def axes_of(call):
    """The number of axes that conv2d, max_pool2d and their like work on."""
    return int(call.operation[-2])


def fit_axes(call, given, channels, *, kind):
    """The Fit for too many axes (another layer) or too few (another shape); channels may be None."""
    axes = axes_of(call)
    reason = f"{name_of(call)} expects {axes + 2} axes, {AXES[axes]}, but this has {len(given)}."
    stands, shape = f"{kind}{axes}d", None
    if axes + 2 < len(given) <= 5:
        return Fit("layer", stands, f"{kind}{len(given) - 2}d", reason)
    if len(given) == axes + 1 and channels in (None, 1):
        shape = (given[0], 1, *given[1:])
        reason += " x.unsqueeze(1) adds an axis for the one channel."
    elif len(given) == 2 and axes == 2 and channels and given[1] % channels == 0:
        side = isqrt(given[1] // channels)
        shape = (given[0], channels, side, side) if channels * side * side == given[1] else None
        reason += " Flattening belongs behind the convolutions."
    return Fit("shape", given, shape, reason)


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
    return Fit(
        "kernel_size", one_if_equal(kernel), one_if_equal(fitting),
        f"The {whole} of {name_of(call)} spans {'×'.join(map(str, spans))}, but the map has only "
        f"{'×'.join(map(str, padded))}{', padding included' if any(padding) else ''}.",
    )


def fit_pool(call):
    given, axes = call.argument(0, "input"), axes_of(call)
    if len(given) != axes + 2:
        return fit_axes(call, given, None, kind="MaxPool" if "max" in call.operation else "AvgPool")
    dilation = call.argument(4, "dilation", 1) if "max" in call.operation else 1
    fit = fit_kernel(
        call, given[2:], call.argument(1, "kernel_size"), call.argument(3, "padding", 0), dilation,
        whole="window",
    )
    advice = " Leave this pooling out, or shrink the map less before it."
    return fit and fit._replace(reason=fit.reason + advice)
