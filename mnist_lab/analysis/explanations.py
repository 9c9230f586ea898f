"""Which pixels an answer depends on: saliency, occlusion, Grad-CAM, and a step that misleads.

images (N, C, H, W) and targets int64 (N,) lie on the model's device, and so do the results. A target
is the class that is asked about, for each image. The model works in eval mode meanwhile; its modes,
its requires_grad and its parameters' gradients are left as they were.
"""

from contextlib import contextmanager

from mnist_lab.training import evaluation_mode

import torch
from torch.nn import functional as F


def saliency(model, images, targets):
    """Return |d logit of the target / d pixel| for each pixel, of the shape of images.

    Source: Simonyan, Vedaldi and Zisserman, Deep Inside Convolutional Networks, 2013.
    """
    with gradients_by_image(model, images) as images:
        chosen = of_targets(model(images), targets)  # (N,)
        # an image changes its own logit only, so the sum has each image's gradient
        (gradients,) = torch.autograd.grad(chosen.sum(), images)
    return gradients.abs()


def occlusion(model, images, targets, *, size, stride, background):
    """Return (N, 1, H, W): by how much the logit of the target drops where a square hides the pixel.

    The square, size pixels wide, moves by stride; a pixel has the mean over the squares that hide it.
    background is what the square shows: −1 is black for images of mean 0.5 and std 0.5, where 0 is
    grey. For the drop of a probability, give nn.Sequential(model, nn.Softmax(dim=1)).
    Source: Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, 2013.
    """
    height, width = images.shape[2:]
    check_square(size, stride, height, width)
    with evaluation_mode(model), torch.inference_mode():
        whole = of_targets(model(images), targets)
        drops = torch.zeros_like(images[:, :1])
        times_hidden = torch.zeros_like(drops)
        for top in starts(height, size, stride):
            for left in starts(width, size, stride):
                square = (..., slice(top, top + size), slice(left, left + size))
                hidden = images.clone()
                hidden[square] = background
                drop = whole - of_targets(model(hidden), targets)
                drops[square] += drop[:, None, None, None]
                times_hidden[square] += 1
    return drops / times_hidden


def grad_cam(model, layer, images, targets):
    """Return (N, 1, H, W): where the maps of the named layer speak for the target, 0 elsewhere.

    Each map is weighted by the mean gradient of the target's logit over it; the sum of the maps, cut
    below zero, is enlarged to the size of the images. Source: Selvaraju et al., Grad-CAM, 2017.
    """
    with gradients_by_image(model, images) as images, caught_output(model, layer) as caught:
        chosen = of_targets(model(images), targets)
        maps = last_maps(caught, layer)  # (N, C, h, w)
        (gradients,) = torch.autograd.grad(chosen.sum(), maps)
    weights = gradients.mean(dim=(2, 3), keepdim=True)  # (N, C, 1, 1)
    heat = F.relu((weights * maps.detach()).sum(dim=1, keepdim=True))  # (N, 1, h, w)
    return F.interpolate(heat, size=images.shape[2:], mode="bilinear", align_corners=False)


def fgsm(model, images, labels, *, epsilon, lowest, highest):
    """Return images with each pixel moved by epsilon, up or down, whichever raises the loss.

    lowest and highest are black and white, −1 and 1 for mean 0.5 and std 0.5; the result stays
    between them. Source: Goodfellow, Shlens and Szegedy, Explaining and Harnessing Adversarial
    Examples, 2014.
    """
    check_step(images, epsilon, lowest, highest)
    with gradients_by_image(model, images) as images:
        losses = -of_targets(model(images).log_softmax(dim=1), labels)  # cross-entropy, (N,)
        (gradients,) = torch.autograd.grad(losses.sum(), images)
    return (images.detach() + epsilon * gradients.sign()).clamp(lowest, highest)


def of_targets(scores, targets):
    """Return each image's score of its own target: (N, K) and (N,) to (N,)."""
    targets = torch.as_tensor(targets, device=scores.device)
    if targets.shape != scores.shape[:1] or targets.dtype != torch.int64:
        raise ValueError(
            f"expected a target int64 for each of {len(scores)} images, but got {targets.dtype} "
            f"{tuple(targets.shape)}; logits.argmax(dim=1) asks about the answers that were given."
        )
    if not ((targets >= 0) & (targets < scores.shape[1])).all():
        raise ValueError(
            f"targets go from 0 to {scores.shape[1] - 1}, but got {targets.min()} to {targets.max()}; "
            "a target is the number of a class."
        )
    return scores.gather(1, targets[:, None])[:, 0]


@contextmanager
def gradients_by_image(model, images):
    """Yield a copy of the images that collects gradients, with the model in eval mode."""
    # inference_mode(False) turns gradients on also inside no_grad or inference_mode
    with evaluation_mode(model), torch.inference_mode(False):
        yield images.detach().clone().requires_grad_()


@contextmanager
def caught_output(model, layer):
    """Yield a list to which each call of the named layer adds what it puts out."""
    modules = dict(model.named_modules())
    if layer not in modules:
        known = ", ".join(name for name in modules if name)
        raise ValueError(f"The model has no layer {layer!r}; choose one of {known}.")
    caught = []

    def keep(module, inputs, output):
        caught.append(output)
        return output.clone()  # so that a ReLU in place does not change what was caught

    handle = modules[layer].register_forward_hook(keep)
    try:
        yield caught
    finally:
        handle.remove()


def last_maps(caught, layer):
    """Return what the last call of a layer put out, or raise ValueError if that is no stack of maps."""
    if not caught:
        raise ValueError(f"The model has {layer!r}, but its forward never calls it; choose another.")
    if caught[-1].dim() != 4:
        raise ValueError(
            f"grad_cam expects a layer that puts out maps (N, C, h, w), but {layer!r} puts out "
            f"{tuple(caught[-1].shape)}; choose a convolution."
        )
    return caught[-1]


def starts(length, size, stride):
    """Return where the squares start along an axis; the last one may be cut off by the edge."""
    return range(0, length - size + stride, stride)


def check_square(size, stride, height, width):
    """Raise ValueError unless the squares fit into the image and leave no pixel between them."""
    if not 1 <= size <= min(height, width):
        raise ValueError(f"size is from 1 to {min(height, width)} pixels, but got {size}; 4 suits digits.")
    if not 1 <= stride <= size:
        raise ValueError(
            f"stride is from 1 to size={size}, or pixels between the squares are never hidden, but got "
            f"{stride}; use half the size."
        )


def check_step(images, epsilon, lowest, highest):
    """Raise ValueError for a step below 0, or images that the clamp alone would change."""
    if epsilon < 0:
        raise ValueError(f"epsilon is how far a pixel moves, at least 0, but got {epsilon}.")
    if len(images) and (images.min() < lowest - 1e-5 or images.max() > highest + 1e-5):
        raise ValueError(
            f"expected images from lowest={lowest} to highest={highest}, but got {images.min():g} to "
            f"{images.max():g}; give black and white as the normalisation leaves them."
        )
