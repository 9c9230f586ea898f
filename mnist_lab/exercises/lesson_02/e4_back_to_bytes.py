"""Exercise 2.4: Back to bytes."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch


def back_to_bytes(images, mean, std):
    scaled = images * std + mean
    return (scaled * 255).round().to(torch.uint8)


def normalised_images(generator):
    """Images (N, 1, H, W) that were bytes, normalised with three pairs of constants and a drawn one."""

    def images(n, width, mean, std, *, most=255):
        pixels = torch.randint(most + 1, (n, 1, 1, width), generator=generator)
        return call((pixels.float() / 255 - mean) / std, mean, std)

    cases = [images(1, 3, 0.5, 0.25), images(2, 40, 0.1307, 0.3081), images(3, 50, 0.3, 0.6)]
    mean, std = (whole_number(generator, 200, 700) / 1000 for _ in range(2))
    return [*cases, images(3, 60, mean, std, most=254)]


SCALED = "images * std + mean"

MISTAKES = (
    (SCALED, "images * mean + std",
     "The constants changed places. Undo in reverse: times std, then plus mean."),
    (SCALED, "(images + mean) * std",
     "Both steps are undone, in the wrong order. Undo in reverse: times std, then plus mean."),
    (SCALED, "(images - mean) / std",
     "This normalises a second time. Undo in reverse: times std, then plus mean."),
    ("* std", "/ std", "There it was divided by std, so the way back multiplies by it."),
    ("+ mean", "- mean", "There the mean was subtracted, so the way back adds it."),
    ("(scaled * 255).round()", "scaled",
     "The pixels are in 0…1 when you make bytes of them, and their fractions are cut off. Times 255 first."),
    ("(scaled * 255).round().to(torch.uint8)", "scaled",
     "This is how `ToTensor` left it, 0…1. Bytes need two more steps: times 255, and whole numbers."),
    ("(scaled * 255).round()", "scaled.round()",
     "You rounded while the pixels were in 0…1, so only 0 and 1 are left. Times 255 is missing before it."),
    (".round()", "", "Turning into bytes cuts the fraction off, and a pixel that came back a hair too small "
     "loses a whole step. `.round()` first."),
    (".to(torch.uint8)", "", "The numbers are right, the kind of number is not. Bytes are `torch.uint8`."),
    (SCALED, "(images * std + mean).round()",
     "You rounded while the pixels were in 0…1, and multiplied only then, so every pixel is black or white. "
     "Round after times 255."),
    ({"images * std": "images * 255 * std", "(scaled * 255)": "scaled"},
     "The mean belongs to pixels in 0…1. Add it before you multiply by 255."),
)  # fmt: skip


EXERCISE = Exercise(
    id="2.4",
    title="Back to bytes",
    difficulty=2,
    minutes=6,
    points=2,
    reference=back_to_bytes,
    cases=normalised_images,
    why="Look at what the network really gets: many a wrong transform is found in the first picture.",
    hints=(
        "Write down the steps of the way there in order. The way back takes them from the last to the first.",
        "There: divided by 255, minus mean, divided by std. Back: times std, plus mean, times 255.",
        "The last step makes bytes: `.round()` first, because turning into whole numbers only cuts off, then "
        "`.to(torch.uint8)`.",
    ),
    mistakes=MISTAKES,
)
