"""Take a network apart: sizes, shapes and which do not fit, parameters, receptive field, feature maps."""

from functools import partial
from typing import NamedTuple

from mnist_lab.anatomy.explaining import explain_failure, explain_output
from mnist_lab.anatomy.explaining.mixing import checked_images, checked_rows, explain_rows
from mnist_lab.anatomy.explaining.trial import blank_images, private_copy, same_random_states
from mnist_lab.anatomy.explaining.watching import Watcher, first_tensor
from mnist_lab.anatomy.settings import check_convolution, one_number
from mnist_lab.ranges import check_number
from mnist_lab.training import evaluation_mode

import torch
from torch import nn
from torch.nn import functional as F


def conv_output_size(size, kernel_size, *, padding=0, stride=1, dilation=1):
    """Return the output size of a convolution or pooling along one axis: its starting positions.

    Raises ValueError if a setting makes no sense or the kernel does not fit.
    Source: the shape formula in PyTorch's documentation of Conv2d.
    """
    check_convolution(size, kernel_size, padding=padding, stride=stride, dilation=dilation)
    reach = dilation * (kernel_size - 1) + 1
    last_start = size + 2 * padding - reach
    return last_start // stride + 1


def count_parameters(model):
    """Return the number of weights and biases that training can change."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


class LayerTrace(NamedTuple):
    """One call of one layer: its name and kind, the shape of what came out, its parameters."""

    name: str
    kind: str
    shape: tuple
    parameters: int


class Trace(list):
    """A list of LayerTrace that prints as a table."""

    def __str__(self):
        lines = [f"{'layer':<12}{'kind':<14}{'output shape':<22}{'parameters':>10}"]
        for name, kind, shape, parameters in self:
            lines.append(f"{name:<12}{kind:<14}{shape!s:<22}{parameters:>10,}")
        return "\n".join(lines)

    __repr__ = __str__


def trace_shapes(model, input_shape):
    """Return a Trace: a row for every call of a layer, in the order of the calls.

    A layer is a module with none inside, which returns one tensor. input_shape includes the batch, such as
    (1, 1, 28, 28).
    Leaves the model in the mode it was in, and its hooks as they were, also if a layer fails.
    """
    trace, handles = Trace(), []

    def note(name, layer, inputs, output):
        row = LayerTrace(name, type(layer).__name__, tuple(output.shape), count_parameters(layer))
        trace.append(row)

    for name, layer in model.named_modules():
        if not list(layer.children()):
            handles.append(layer.register_forward_hook(partial(note, name)))
    try:
        run_quietly(model, torch.zeros(input_shape))
    finally:
        for handle in handles:
            handle.remove()
    return trace


def run_quietly(model, images):
    """Return the model's output in eval mode, without gradients, on the model's own device.

    Images of fractions take the precision of the model. Leaves every module in the mode it was in.
    """
    weights = next(model.parameters(), images)
    fractions = images.dtype.is_floating_point and weights.dtype.is_floating_point
    with evaluation_mode(model), torch.inference_mode():
        return model(images.to(weights.device, weights.dtype if fractions else images.dtype))


def explain_shapes(model, input_shape):
    """Return a ShapeReport: the first operation that cannot take what it is given, or that all is well.

    input_shape includes the batch. A batch that changes its size is reported only if the output has
    lost it; if every shape fits, so is what mixes the images. Runs a copy of the model in eval mode, so
    that nothing in the model changes. Raises ValueError for no model or no shape; an error in forward
    that is not about shapes goes on.
    """
    images = blank_images(model, input_shape)
    model = private_copy(model)
    with same_random_states(images.device), Watcher(model, images) as watcher:
        try:
            output = run_quietly(model, images)
        except Exception as error:
            report = explain_failure(watcher, error)
            if report is None:
                raise
            return report
    report = explain_output(watcher, output)
    return explain_rows(watcher, report, rows_changed_by) if report.ok else report


def rows_changed_by(model, images, *, index=0):
    """Return which rows of the output change, as a list, if the image at index becomes the one before it.

    images is a tensor (N, ...) of at least two images that differ; the output is (N, ...), or a tuple
    that begins with it. A network that looks at each image alone gives [index]; with other rows, images
    mix. Each run is a copy of the model in eval mode, without gradients, so nothing in the model changes.
    Raises ValueError for a batch of one, an index outside it, or an output with other than N rows.
    """
    images = checked_images(model, images, index)
    others = images.clone()
    others[index] = images[index - 1]
    outputs = []
    for batch in (images, others):
        with same_random_states(batch.device):
            outputs.append(run_quietly(private_copy(model), batch))
    before, after = (checked_rows(output, len(images)) for output in outputs)
    pairs = zip(before, after, strict=True)
    return [row for row, pair in enumerate(pairs) if not torch.allclose(*pair, equal_nan=True)]


class ReceptiveField(NamedTuple):
    """The square of input pixels that one output value depends on.

    size is its side in pixels, step how far it moves from one output value to the next, and start
    the row and column where the first one begins, below 0 where it begins in the padding.
    """

    name: str
    size: int
    step: int
    start: int


def receptive_field(model, input_shape=(1, 1, 28, 28)):
    """Return a ReceptiveField for every convolution and pooling, in the order of the calls.

    Raises ValueError where something else changes the size of the maps between two of them.
    Source: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.
    """
    modules = dict(model.named_modules())
    fields, size, step, start, sides = [], 1, 1, 0, tuple(input_shape[2:])
    for row in trace_shapes(model, input_shape):
        layer = modules[row.name]
        if isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
            options = (layer.kernel_size, layer.stride, layer.padding, getattr(layer, "dilation", 1))
            kernel, stride, padding, dilation = (one_number(option) for option in options)
            _refuse_resized(row, sides, kernel, padding=padding, stride=stride, dilation=dilation)
            sides = row.shape[2:]
            start = start - padding * step
            size, step = size + (kernel - 1) * dilation * step, step * stride
            fields.append(ReceptiveField(row.name, size, step, start))
    return fields


def _refuse_resized(row, sides, kernel, **options):
    """Raise ValueError if a layer cannot have made its maps from maps with these sides."""
    if [conv_output_size(side, kernel, **options) for side in sides] != list(row.shape[2:]):
        raise ValueError(
            "receptive_field expects that only convolutions and poolings, as layers, change the size, but "
            f"something else does before {row.name!r}; look at that one by hand."
        )


def feature_maps(model, images, *, layer):
    """Return what the named layer puts out for images, at its last call, as a tensor on the CPU.

    Leaves the model in the mode it was in. Raises ValueError for a layer that it never calls.
    """
    modules = dict(model.named_modules())
    if layer not in modules:
        known = ", ".join(name for name in modules if name)
        raise ValueError(f"The model has no layer {layer!r}; choose one of {known}.")
    caught = _outputs(model, images, [modules[layer]])
    if not caught:
        raise ValueError(f"The model has {layer!r}, but its forward never calls it; choose another.")
    return caught[-1]


def layer_outputs(model, images):
    """Return what every layer puts out for images, one tensor for each row of trace_shapes."""
    return _outputs(model, images, [layer for layer in model.modules() if not list(layer.children())])


def _outputs(model, images, layers):
    """What every call of these layers puts out, in the order of the calls, on the CPU."""
    outputs = []

    def keep(layer, inputs, output):
        outputs.append(first_tensor(output).clone().cpu())

    handles = [layer.register_forward_hook(keep) for layer in layers]
    try:
        run_quietly(model, images)
    finally:
        for handle in handles:
            handle.remove()
    return outputs


def strongest_patches(model, images, *, layer, channels, count=9):
    """Return the patches that excite each channel most, (channels, count, C, size, size).

    A patch is the receptive field of the largest value that the channel reaches on an image, so an
    image gives one patch at most. What lies outside is filled with the image's smallest value.
    """
    fields = {field.name: field for field in receptive_field(model, (1, *images.shape[1:]))}
    if layer not in fields:
        raise ValueError(f"There are patches for {', '.join(fields)}, but not for {layer!r}.")
    check_number("count", count, 1, len(images), why=" images", advice="give more images, or ask for fewer")
    maps = feature_maps(model, images, layer=layer)
    peaks, places = maps.flatten(2).max(dim=2)  # each (N, channels of the layer)
    patches = []
    for channel in channels:
        strongest = peaks[:, channel].topk(count).indices.tolist()
        spots = [divmod(places[i, channel].item(), maps.shape[-1]) for i in strongest]
        cut = [cut_patch(images[i], fields[layer], spot) for i, spot in zip(strongest, spots, strict=True)]
        patches.append(torch.stack(cut))
    return torch.stack(patches)


def cut_patch(image, field, place):
    """Return the pixels (C, size, size) that the value at place, a (row, column), depends on."""
    padded = F.pad(image.cpu(), [field.size] * 4, value=image.min().item())
    top, left = (field.size + field.start + field.step * number for number in place)
    return padded[:, top : top + field.size, left : left + field.size]
