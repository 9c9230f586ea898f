"""A network that was trained on light on black, in one normalisation, warns when it is given others."""

import warnings

import torch

STEPS = {
    "faint": "Raise the contrast.",
    "grey": "Even out the paper and raise the contrast.",
    "dark on light": "Invert them (1 - images).",
}
PHOTO = " For a photo, mnist_lab.handwriting.photo.read_photo does all of this."


class NormalisationWarning(UserWarning):
    """The images do not look like those that the network was trained on."""


def watch_normalisation(model, *, mean, std):
    """Have the model look at the images of each call, and warn once if they are not as in training."""
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
        images = arguments[0].detach()
        least, most, edge = torch.stack([*images.aminmax(), mean_edge(images)]).tolist()
        faults = self.find_faults(images, least, most, edge) if least != most else None
        if faults is not None:
            self.has_warned = True
            self.warn(least, most, faults)

    @staticmethod
    def can_look(arguments):
        images = arguments[0] if arguments else None
        return (
            isinstance(images, torch.Tensor)
            and images.is_floating_point()
            and images.numel() > 0
            and images.device.type != "meta"
        )

    def find_faults(self, images, least, most, edge):
        """Return which of STEPS to take, none if only the normalisation is another, or None if all is well.

        The edges of every image of MNIST and FashionMNIST are nearer to its darkest pixel than its lightest.
        """
        low, high, edge = ((value - self.black) / (self.white - self.black) for value in (least, most, edge))
        light = ["dark on light"] * (edge > 0.4 * low + 0.6 * high)
        if low < -0.1 and high <= 1 - 2 * low and abs(edge) <= 0.25:
            return None  # noise, about as far beyond white as beyond black
        if abs(low) <= 0.1 and 0.6 <= high <= 1.1:
            return light or None
        if not (low >= -0.1 and high <= 1.1):
            return light
        if abs(low) <= 0.1 and self.mean != 0 and not light:
            return ["faint"]
        is_even = (images == (most if light else least)).float().mean() > 0.2  # no paper in a photo is
        return light if is_even and (high > 0.9 or not light) else ["grey", *light]

    def warn(self, least, most, faults):
        seen = f"are {' and '.join(faults)} and " if faults else ""
        known = "light on black," if faults else "images"
        advice = " ".join([*map(STEPS.get, faults), "Then normalise" if faults else "Normalise"])
        warnings.warn(
            f"These images {seen}run from {least:.2f} to {most:.2f}, but the network was trained on {known} "
            f"from {self.black:.2f} (black) to {self.white:.2f} (white). {advice} them as in "
            f"training, with mean={self.mean:g} and std={self.std:g}.{PHOTO if faults else ''}",
            NormalisationWarning,
            stacklevel=6,
        )


def mean_edge(images):
    """Return the mean of the outermost pixels of images (…, H, W), the least of what has no edges."""
    if images.dim() < 3:
        return images.min()
    height, width = (max(side - 1, 1) for side in images.shape[-2:])
    return (images[..., ::height, :].mean() + images[..., ::width].mean()) / 2
