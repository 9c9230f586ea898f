"""Exercise 4.2: a tensor made on the way, on the device of the input."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch


def fade(images):
    ramp = torch.linspace(0, 1, images.shape[-1], device=images.device)
    return images * ramp


def images_here_and_there(generator):
    """Images (N, 1, H, W) on the processor, and on meta, which every machine has."""
    sizes = [(whole_number(generator, 1, 4), 1, *different_numbers(generator, 2, 2, 7)) for _ in range(3)]
    here, there, here_too = (torch.rand(size, generator=generator) for size in sizes)
    return [call(here), call(there.to("meta")), call(here_too)]


MISTAKES = (
    ("device=images.device", 'device="cpu"',
     "The ramp is still on the processor. Name the device of the images when you make it; and if you move it "
     "with `ramp.to(…)`, keep the copy: `ramp = ramp.to(…)`."),
    (lambda images: fade(images.cpu()),
     "Something is brought back to the processor. Do it the other way round: the small ramp goes where the "
     "images are, and the result stays there."),
    ("device=images.device", 'device="meta"',
     "Now it works on one device only, and no longer on the processor. Ask the images: `images.device`."),
    ("device=images.device", 'device="cuda"',
     "The name of one device is written into the function, which then needs that device. Ask the images: "
     "`images.device`."),
    ("device=images.device", "images.device",
     "The device is an option and goes by name: `device=images.device`."),
    ("images.device", "images.get_device()",
     "`get_device()` gives a number, and for the processor it is −1. `images.device` is the device itself."),
    ("torch.linspace(0, 1, images.shape[-1], device=images.device)", "torch.linspace_like(images[0, 0, 0])",
     "There is no `linspace_like`. Some functions have such a twin, such as `zeros_like`; the others take "
     "`device=`."),
    ("shape[-1]", "shape[-2]",
     "The device is right, but the ramp has as many steps as the image has rows. It runs along a row: "
     "`images.shape[-1]`."),
    ("images * ramp", "ramp",
     "This is the ramp alone, on the right device. The images have to be multiplied by it."),
)  # fmt: skip


EXERCISE = Exercise(
    id="4.2",
    title="A tensor made on the way",
    difficulty=1,
    minutes=3,
    points=1,
    reference=fade,
    given={", device=images.device": ""},
    cases=images_here_and_there,
    why="What a function makes anew belongs where its input is: ask `images.device`, then no caller has to "
    "say anything.",
    hints=(
        "Which of the two tensors in the last line is made here, and where is it made?",
        "`torch.linspace` takes `device=`. Which tensor knows the right one?",
        "`images.device` is the device of the images. Hand it to `torch.linspace` by name.",
    ),
    mistakes=MISTAKES,
)
