"""Exercise 2.3: The constants of a set."""

from mnist_lab.exercises.engine.model import Exercise, call

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


PAIR = "kept.mean().item(), kept.std().item()"

MISTAKES = (
    ("pixels[is_train]", "pixels",
     "All images were measured, so test information entered training. Keep `pixels[is_train]` first."),
    (" / 255", "", "These are the constants of the bytes, still in 0…255. `Normalize` meets pixels from 0 to "
     "1: divide by 255 first."),
    ("kept.std()", "kept.std(dim=(1, 2)).mean()",
     "The standard deviation was taken image by image and averaged. That ignores the variation between "
     "images: take it over all pixels at once."),
    (" / 255", ".mean(dim=(1, 2)) / 255",
     "This measures how much the images differ in brightness. The constants describe pixels: measure over "
     "all of them at once."),
    (PAIR, "0.0, 1.0", "0 and 1 are what the pixels should have afterwards. What has to be subtracted and "
     "divided by to get there must be measured."),
    (PAIR, "kept.std().item(), kept.mean().item()",
     "Both numbers are right, in the wrong order: the mean comes first."),
    ("std", "var",
     "`var` is the variance, the square of the standard deviation. `Normalize` divides by `std`."),
    (PAIR, "kept.mean(dim=0), kept.std(dim=0)",
     "With `dim=0` each place in the image gets constants of its own. One mean and one standard deviation "
     "for all pixels are wanted."),
    ("[is_train]", "[~is_train]",
     "These are the images that are not for training. `is_train` is true where an image may be used."),
    ("255", "pixels[is_train].max()", "You divided by the largest byte that happens to occur. `ToTensor` "
     "divides by 255, whatever the images hold."),
    ("/ 255", "// 255", "`//` throws the fraction away, and nearly every pixel becomes 0. Divide with `/`."),
    (".float() / 255", "",
     "PyTorch takes no mean of whole numbers. Turn the bytes into fractions first: `.float() / 255`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="2.3",
    title="The constants of a set",
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
    mistakes=MISTAKES,
)
