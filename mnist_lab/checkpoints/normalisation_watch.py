"""A network that was trained on one normalisation warns when it is given another."""

import warnings

import torch


class NormalisationWarning(UserWarning):
    """The images do not look like those that the network was trained on."""


def watch_normalisation(model, *, mean, std):
    """Have the model look at the images of each call, and warn once if they are normalised otherwise."""
    model.register_forward_pre_hook(NormalisationWatch(mean, std))


class NormalisationWatch:
    """A forward pre-hook: digits are black at the edges and nearly white inside, which fixes their range."""

    def __init__(self, mean, std):
        self.mean, self.std = mean, std
        self.black, self.white = (0 - mean) / std, (1 - mean) / std
        self.has_warned = False

    def __call__(self, model, arguments):
        if self.has_warned or torch.compiler.is_compiling() or not self.can_look(arguments):
            return
        least, most = (value.item() for value in arguments[0].detach().aminmax())
        reach = self.white - self.black
        is_black = abs(least - self.black) <= 0.1 * reach
        is_white = -0.4 * reach <= most - self.white <= 0.1 * reach
        if least != most and not (is_black and is_white):
            self.has_warned = True
            self.warn(least, most)

    @staticmethod
    def can_look(arguments):
        images = arguments[0] if arguments else None
        return (
            isinstance(images, torch.Tensor)
            and images.is_floating_point()
            and images.numel() > 0
            and images.device.type != "meta"
        )

    def warn(self, least, most):
        warnings.warn(
            f"These images run from {least:.2f} to {most:.2f}, but the network was trained on images from "
            f"{self.black:.2f} (black) to {self.white:.2f} (white). Normalise them as in training, with "
            f"mean={self.mean:g} and std={self.std:g}.",
            NormalisationWarning,
            stacklevel=6,
        )
