"""Lesson 02: measure the constants of a set, and undo a normalisation."""

from mnist_lab.exercises.model import Exercise, Mistake, call

import torch


def measure(pixels, is_train):
    kept = pixels[is_train].float() / 255
    return kept.mean().item(), kept.std().item()


def parts_of_a_set(generator):
    """Bytes (N, H, W), each image brighter than the one before; two thirds are for training."""
    cases = []
    for n, height, width in ((6, 12, 10), (15, 14, 11)):
        brightness = torch.linspace(40, 240, n)[:, None, None]
        pixels = (brightness * torch.rand(n, height, width, generator=generator)).to(torch.uint8)
        cases.append(call(pixels, torch.arange(n) % 3 < 2))
    return cases


def training_pixels(pixels, is_train):
    return pixels[is_train].float() / 255


def mean_and_std(values):
    return values.mean().item(), values.std().item()


def std_per_image(pixels, is_train):
    kept = training_pixels(pixels, is_train)
    return kept.mean().item(), kept.std(dim=(1, 2)).mean().item()


def std_of_image_means(pixels, is_train):
    return mean_and_std(training_pixels(pixels, is_train).mean(dim=(1, 2)))


def constants_per_pixel(pixels, is_train):
    kept = training_pixels(pixels, is_train)
    return kept.mean(dim=0), kept.std(dim=0)


def back_to_bytes(images, mean, std):
    scaled = images * std + mean
    return (scaled * 255).round().to(torch.uint8)


def normalised_images(generator):
    """Images (N, 1, H, W) that were bytes, normalised with three pairs of constants."""
    cases = []
    for n, width, mean, std in ((1, 3, 0.5, 0.25), (2, 40, 0.1307, 0.3081), (3, 50, 0.3, 0.6)):
        pixels = torch.randint(256, (n, 1, 1, width), generator=generator)
        cases.append(call((pixels.float() / 255 - mean) / std, mean, std))
    return cases


def as_bytes(scaled):
    return (scaled * 255).round().to(torch.uint8)


MEASURE = Exercise(
    id="2.3",
    title="The constants of a set",
    kind="function",
    difficulty=2,
    minutes=6,
    points=3,
    reference=measure,
    cases=parts_of_a_set,
    tolerance=2e-3,  # dividing by n or by n − 1 are both right
    why="These two numbers belong to the network from now on: whoever uses it must normalise with them.",
    hints=(
        "Three steps: keep the training images, bring their pixels to 0…1, then measure all pixels together.",
        "A tensor of true and false picks: `pixels[is_train]` keeps the training images. Bytes become "
        "fractions with `.float()` and a division by 255.",
        "Without `dim`, `.mean()` and `.std()` go over everything at once. `.item()` makes plain numbers of "
        "the results.",
    ),
    mistakes=(
        Mistake(
            lambda pixels, is_train: mean_and_std(pixels.float() / 255),
            "All images were measured, so test information entered training. Keep `pixels[is_train]` first.",
        ),
        Mistake(
            lambda pixels, is_train: mean_and_std(pixels[is_train].float()),
            "These are the constants of the bytes, still in 0…255. `Normalize` meets pixels from 0 to 1: "
            "divide by 255 first.",
        ),
        Mistake(
            std_per_image,
            "The standard deviation was taken image by image and averaged. That ignores the variation "
            "between images: take it over all pixels at once.",
        ),
        Mistake(
            std_of_image_means,
            "This measures how much the images differ in brightness. The constants describe pixels: measure "
            "over all of them at once.",
        ),
        Mistake(
            lambda pixels, is_train: (0.0, 1.0),
            "0 and 1 are what the pixels should have afterwards. Constants are subtracted and divided; "
            "they are not target limits, and have to be measured.",
        ),
        Mistake(
            lambda pixels, is_train: mean_and_std(training_pixels(pixels, is_train))[::-1],
            "Both numbers are right, in the wrong order: the mean comes first.",
        ),
        Mistake(
            lambda pixels, is_train: (
                training_pixels(pixels, is_train).mean().item(),
                training_pixels(pixels, is_train).var().item(),
            ),
            "`var` is the variance, the square of the standard deviation. `Normalize` divides by `std`.",
        ),
        Mistake(
            constants_per_pixel,
            "With `dim=0` each place in the image gets constants of its own. One mean and one standard "
            "deviation for all pixels are wanted.",
        ),
        Mistake(
            lambda pixels, is_train: mean_and_std(training_pixels(pixels, ~is_train)),
            "These are the images that are not for training. `is_train` is true where an image may be used.",
        ),
        Mistake(
            lambda pixels, is_train: mean_and_std(pixels[is_train] / pixels[is_train].max()),
            "You divided by the largest byte that happens to occur. `ToTensor` divides by 255, whatever the "
            "images hold.",
        ),
        Mistake(
            lambda pixels, is_train: mean_and_std((pixels[is_train] // 255).float()),
            "`//` throws the fraction away, and nearly every pixel becomes 0. Divide with `/`.",
        ),
        Mistake(
            lambda pixels, is_train: mean_and_std(pixels[is_train]),
            "Bytes have no mean of their own kind. Turn them into fractions first: `.float() / 255`.",
        ),
    ),
)

BACK = Exercise(
    id="2.4",
    title="Back to bytes",
    kind="function",
    difficulty=2,
    minutes=6,
    points=2,
    reference=back_to_bytes,
    cases=normalised_images,
    why="Look at what the network really gets: many a wrong transform is found in the first picture.",
    hints=(
        "Write down the steps of the way there in order. The way back takes them from the last to the first.",
        "There: divided by 255, minus mean, divided by std. Back: times std, plus mean, times 255.",
        "The last step makes bytes: `.round()` first, because turning into whole numbers only cuts off, "
        "then `.to(torch.uint8)`.",
    ),
    mistakes=(
        Mistake(
            lambda images, mean, std: as_bytes(images * mean + std),
            "The constants changed places. Undo in reverse: times std, then plus mean.",
        ),
        Mistake(
            lambda images, mean, std: as_bytes((images + mean) * std),
            "Both steps are undone, in the wrong order. Undo in reverse: times std, then plus mean.",
        ),
        Mistake(
            lambda images, mean, std: as_bytes((images - mean) / std),
            "This normalises a second time. Undo in reverse: times std, then plus mean.",
        ),
        Mistake(
            lambda images, mean, std: as_bytes(images / std + mean),
            "There it was divided by std, so the way back multiplies by it.",
        ),
        Mistake(
            lambda images, mean, std: as_bytes(images * std - mean),
            "There the mean was subtracted, so the way back adds it.",
        ),
        Mistake(
            lambda images, mean, std: (images * std + mean).to(torch.uint8),
            "The pixels are in 0…1 when you make bytes of them, so only 0 and 1 are left. Times 255 first.",
        ),
        Mistake(
            lambda images, mean, std: images * std + mean,
            "This is how `ToTensor` left it, 0…1. Bytes need two more steps: times 255, and whole numbers.",
        ),
        Mistake(
            lambda images, mean, std: ((images * std + mean) * 255).to(torch.uint8),
            "Turning into bytes cuts the fraction off, and a pixel that came back a hair too small loses a "
            "whole step. `.round()` first.",
        ),
        Mistake(
            lambda images, mean, std: ((images * std + mean) * 255).round(),
            "The numbers are right, the kind of number is not. Bytes are `torch.uint8`.",
        ),
        Mistake(
            lambda images, mean, std: as_bytes((images * std + mean).round()),
            "You rounded while the pixels were in 0…1, so only black and white are left. Round as the last "
            "step but one, after times 255.",
        ),
        Mistake(
            lambda images, mean, std: (images * 255 * std + mean).round().to(torch.uint8),
            "The mean belongs to pixels in 0…1. Add it before you multiply by 255.",
        ),
    ),
)

EXERCISES = [MEASURE, BACK]
