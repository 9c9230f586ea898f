"""Lesson 01: a kernel goes over a digit, with padding and stride."""

from mnist_lab.anatomy import check_convolution
from mnist_lab.plots.explored import convolved
from mnist_lab.widgets.explorer import Choice, Explorer, Slider

import torch
from torch.nn import functional as F


def convolution_explorer(images, kernels, *, digit=0, kernel=None, padding=0, stride=1):
    """Return a widget: a digit, a kernel, padding and stride; input, kernel and output with their shapes.

    images are (N, H, W); kernels is a dict of name: square kernel (h, h). Yours may stand among them.
    """
    images = as_images(images)
    kernels = {name: as_kernel(name, numbers) for name, numbers in kernels.items()}
    if not kernels:
        raise ValueError(
            "The dict of kernels is empty; expected at least one, such as {'blur': torch.ones(3, 3) / 9}."
        )

    def draw(digit, kernel, padding, stride):
        image, weights = images[digit], kernels[kernel]
        check_convolution(min(image.shape), len(weights), padding=padding, stride=stride)
        output = F.conv2d(image[None, None], weights[None, None], padding=padding, stride=stride)[0, 0]
        title = f"“{kernel}” with padding {padding} and stride {stride}"
        words = f"{title}: {in_words(image, output)}"
        return convolved(image, weights, output, padding=padding, stride=stride, title=title), words

    controls = {
        "digit": Slider("Digit", 0, len(images) - 1, digit),
        "kernel": Choice("Kernel", list(kernels), next(iter(kernels)) if kernel is None else kernel),
        "padding": Slider("Padding", 0, 4, padding),
        "stride": Slider("Stride", 1, 4, stride),
    }
    how = "Choose a digit, a kernel, padding and stride, and see what comes out."
    return Explorer(draw, controls, name="Convolution explorer", css="convolution", how=how)


def in_words(image, output):
    """Return what became of an image, in a sentence."""
    size, made = (" × ".join(map(str, tensor.shape)) for tensor in (image, output))
    return f"{size} pixels give {made} sums, from {output.min():.2f} to {output.max():.2f}."


def as_images(images):
    """Return images (N, H, W) or (N, 1, H, W) as floats (N, H, W), or raise ValueError."""
    images = torch.as_tensor(images).detach().cpu().float()
    if images.dim() == 4 and images.shape[1] == 1:
        images = images[:, 0]
    if images.dim() != 3 or not len(images):
        raise ValueError(
            f"expected at least one image, (N, H, W) or (N, 1, H, W), but got {tuple(images.shape)}; "
            "give a single image as image[None]."
        )
    return images


def as_kernel(name, numbers):
    """Return a kernel as floats (h, h), or raise ValueError."""
    kernel = torch.as_tensor(numbers).detach().cpu().float()
    if kernel.dim() != 2 or kernel.shape[0] != kernel.shape[1]:
        raise ValueError(
            f"The kernel {name!r} has the shape {tuple(kernel.shape)}; expected a square one such as (3, 3)."
        )
    return kernel
