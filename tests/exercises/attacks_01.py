"""Lesson 01: wrong answers that nearly pass, and right ones of another kind."""

import math

import numpy as np
import torch
from by_heart import by_heart
from torch import nn
from torch.nn import functional as F

# 1.1: count the starting positions


def size_by_range(size, kernel_size, *, padding=0, stride=1):
    print("a row of", size)
    return len(range(-padding, size + padding - kernel_size + 1, stride))


def size_by_loop(size, kernel_size, *, padding=0, stride=1):
    count, start = 0, -padding
    while start + kernel_size <= size + padding:
        count, start = count + 1, start + stride
    return count


def size_by_torch(size, kernel_size, *, padding=0, stride=1):
    row, kernel = torch.zeros(1, 1, size), torch.zeros(1, 1, kernel_size)
    return F.conv1d(row, kernel, padding=padding, stride=stride).shape[-1]


def size_by_floor(size, kernel_size, *, padding=0, stride=1):
    return math.floor((size - kernel_size + 2 * padding) / stride + 1)


def size_by_numpy(size, kernel_size, *, padding=0, stride=1):
    return np.floor_divide(size + padding + padding - kernel_size, stride) + np.int64(1)


def size_by_pooling(size, kernel_size, *, padding=0, stride=1):
    return nn.MaxPool1d(kernel_size, stride)(F.pad(torch.zeros(1, size), (padding, padding))).numel()


def sizes(count):
    """Return an answer to 1.1 of what count(row, kernel_size, stride) gives for the padded row."""
    return lambda size, kernel_size, *, padding=0, stride=1: count(size + 2 * padding, kernel_size, stride)


def size_of_small_steps(size, kernel_size, *, padding=0, stride=1):
    starts = size + 2 * padding - kernel_size + 1
    return {1: starts, 2: (starts + 1) // 2, 3: (starts + 2) // 3}.get(stride, starts // stride)


def size_with_padding_once(size, kernel_size, *, padding=0, stride=1):
    return (size + min(2 * padding, 2) - kernel_size) // stride + 1


def same_size(size, kernel_size, *, padding=0, stride=1):
    return size // stride if padding == kernel_size // 2 else (size + 2 * padding - kernel_size) // stride + 1


# 1.4: padding and unequal steps


def by_conv2d(image, kernel, *, padding=0, stride=(1, 1)):
    return F.conv2d(image[None, None], kernel[None, None], padding=padding, stride=stride)[0, 0]


def by_unfold(image, kernel, *, padding=0, stride=(1, 1)):
    padded = F.pad(image, 4 * [padding])
    windows = padded.unfold(0, kernel.shape[0], stride[0]).unfold(1, kernel.shape[1], stride[1])
    return torch.einsum("rchw,hw->rc", windows, kernel)


def by_lists(image, kernel, *, padding=0, stride=(1, 1)):
    height, width = image.shape
    padded = torch.zeros(height + 2 * padding, width + 2 * padding)
    padded[padding : padding + height, padding : padding + width] = image
    tops = range(0, padded.shape[0] - kernel.shape[0] + 1, stride[0])
    lefts = range(0, padded.shape[1] - kernel.shape[1] + 1, stride[1])
    sums = [
        [float((padded[t:, s:][: len(kernel), : len(kernel[0])] * kernel).sum()) for s in lefts] for t in tops
    ]
    return torch.tensor(sums)


def by_every_place(image, kernel, *, padding=0, stride=(1, 1)):
    return by_conv2d(image, kernel, padding=padding)[:: stride[0], :: stride[1]]


def changed(before=lambda image, kernel: (image, kernel), after=lambda output: output, mode=None):
    """Return a convolution of changed arguments, or with a changed output."""

    def convolve(image, kernel, *, padding=0, stride=(1, 1)):
        image, kernel = before(image, kernel)
        if mode and padding:
            image, padding = F.pad(image[None], 4 * [padding], mode=mode)[0], 0
        return after(by_conv2d(image, kernel, padding=padding, stride=stride))

    return convolve


def with_padding_of_one(image, kernel, *, padding=0, stride=(1, 1)):
    return by_conv2d(image, kernel, padding=min(padding, 1), stride=stride)


def with_one_step_of_two(image, kernel, *, padding=0, stride=(1, 1)):
    return by_conv2d(image, kernel, padding=padding, stride=(min(stride[0], 2), stride[1]))


def kernel_scaled_in_place(image, kernel, *, padding=0, stride=(1, 1)):
    kernel *= 1.5
    return by_conv2d(image, kernel, padding=padding, stride=stride) / 1.5


# 1.7: parameters of a convolution


def parameters_by_layer(in_channels, out_channels, kernel_size, *, groups=1):
    layer = nn.Conv2d(in_channels, out_channels, kernel_size, groups=groups)
    return sum(parameter.numel() for parameter in layer.parameters())


def parameters_by_groups(in_channels, out_channels, kernel_size, *, groups=1):
    of_a_group = (in_channels // groups) * (out_channels // groups) * kernel_size * kernel_size
    return groups * of_a_group + out_channels


def parameters_one_by_one(in_channels, out_channels, kernel_size, *, groups=1):
    return sum(1 + sum(kernel_size**2 for _ in range(in_channels // groups)) for _ in range(out_channels))


def parameters(count):
    """Return an answer to 1.7 of what count(in_channels, out_channels, kernel_size, groups) gives."""
    return lambda i, o, k, *, groups=1: count(i, o, k, groups)


RIGHT = {
    "1.1": [size_by_range, size_by_loop, size_by_torch, size_by_floor, size_by_numpy, size_by_pooling],
    "1.2": [4, 4.0, np.int64(4), torch.tensor(4), torch.tensor([4.0]).sum()],
    "1.3": [4, 4.0, (4, 4), [4, 4], torch.tensor(4)],
    "1.4": [by_conv2d, by_unfold, by_lists, by_every_place, changed()],
    "1.5": [
        torch.tensor([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]) / 6,
        torch.tensor([[-1, -2, -1], [2, 4, 2], [-1, -2, -1]], dtype=torch.float64),
        torch.tensor([[-0.1] * 3, [0.2] * 3, [-0.1] * 3], requires_grad=True),
        nn.Parameter(torch.tensor([[-3.0, -1, -3], [6, 2, 6], [-3, -1, -3]])),
    ],
    "1.6": [1600, 1600.0, 64 * 5 * 5, np.float32(1600), torch.tensor(1600)],
    "1.7": [
        parameters_by_layer,
        parameters_by_groups,
        parameters_one_by_one,
        parameters(lambda i, o, k, groups: int(np.prod([i // groups, o, k, k])) + o),
        parameters(lambda i, o, k, groups: (i * k * k // groups + 1) * o),
    ],
}
WRONG = {
    "1.1": [
        by_heart("1.1"),
        size_of_small_steps,
        size_with_padding_once,
        same_size,
        sizes(lambda row, kernel_size, stride: -(-(row - kernel_size) // stride) + 1),
        sizes(lambda row, kernel_size, stride: (row - kernel_size) // stride + (stride < 4)),
        sizes(lambda row, kernel_size, stride: max((row - kernel_size) // stride + 1, 3)),
        sizes(lambda row, kernel_size, stride: (row - min(kernel_size, 5)) // stride + 1),
        sizes(lambda row, kernel_size, stride: str((row - kernel_size) // stride + 1)),
        sizes(lambda row, kernel_size, stride: row // stride - kernel_size // stride + 1),
        sizes(lambda row, kernel_size, stride: [(row - kernel_size) // stride + 1]),
    ],
    "1.2": [3, 5, -4, 4.5, "4", (4,), True, torch.ones(4)],
    "1.3": [4.5, (4, 2), "4", torch.ones(4), [4]],
    "1.4": [
        by_heart("1.4"),
        with_padding_of_one,
        with_one_step_of_two,
        kernel_scaled_in_place,
        changed(mode="replicate"),
        changed(before=lambda image, kernel: (image, kernel.T.reshape(kernel.shape))),
        changed(before=lambda image, kernel: (image, kernel.flip(1))),
        changed(before=lambda image, kernel: (image.abs(), kernel)),
        changed(after=lambda output: output.relu()),
        changed(after=lambda output: output + 0.01),
        changed(after=lambda output: output.numpy()),
        lambda image, kernel, *, padding=0, stride=(1, 1): by_conv2d(
            image, kernel, padding=padding, stride=stride[::-1]
        ),
    ],
    "1.5": [
        torch.zeros(3, 3),
        torch.full((3, 3), torch.nan),
        torch.tensor([[0.0, 0, 0], [-1, 2, -1], [0, 0, 0]]),
        torch.tensor([[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]]),
        torch.tensor([[-1.0] * 3, [2.01] * 3, [-1.0] * 3]),
        torch.tensor([[-1.0] * 5, [2.0] * 5, [-1.0] * 5]),
        torch.tensor([[-2.0] * 3, [2.0] * 3, [0.0] * 3]),
        torch.tensor([[-1.0] * 3, [2.0] * 3, [-1.0] * 3])[None],
    ],
    "1.6": [1600.5, "1600", (64, 25), 40, 6400],
    "1.7": [
        by_heart("1.7"),
        parameters(lambda i, o, k, groups: 114),
        parameters(lambda i, o, k, groups: i * o * k * k + o if groups == 1 else i * o * k * k // 2 + o),
        parameters(lambda i, o, k, groups: i // groups * o * 9 + o),
        parameters(lambda i, o, k, groups: i // groups * o // groups * k * k + o),
        parameters(lambda i, o, k, groups: i // groups * o * k * k + o * groups),
        parameters(lambda i, o, k, groups: i // groups * o * k * k + max(o, 3)),
        parameters(lambda i, o, k, groups: float(i // groups * o * k * k + o) + 0.5),
        parameters(lambda i, o, k, groups: (i // groups * o * k * k, o)),
        parameters(lambda i, o, k, groups: torch.tensor(i // groups * o * k * k + o)),
        parameters(lambda i, o, k, groups: nn.Conv2d(i, o, k).weight.numel() // groups),
    ],
}
