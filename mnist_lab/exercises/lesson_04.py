"""Lesson 04: what runs and what fails, and a tensor that is made on the way."""

from mnist_lab.exercises.model import Exercise, Mistake, call

import torch as pytorch

# Assigned, not imported: Python compiles a call on an imported name in another way, and the stub in
# the lesson, to which the code given here is compared, stands in a cell without the import.
torch = pytorch

RIGHT = (2, 0, 2, 1, 2)  # of the snippets A to E: 0 if it runs, else the line that fails
SAID = {0: "you say that it runs", 1: "you say that line 1 fails", 2: "you say that line 2 fails"}
MISREAD = {
    ("A", 0): "`images.to(device)` returns a copy, and nobody keeps it: `images` is still on the processor. "
    "`images = images.to(device)` would do.",
    ("A", 1): "Asking for a copy on the device is allowed. That nobody keeps it shows in the next line, "
    "where the images are still on the processor.",
    ("B", 2): "A tensor's `to` returns a copy, but a module's `to` changes the module itself. Without an "
    "assignment the weights are on the device.",
    ("B", 1): "`model.to(device)` may stand alone. A module moves its own weights and hands itself back, so "
    "nothing is lost.",
    ("C", 0): "The network is on the device, but what its `forward` makes anew is not: `torch.randn` makes "
    "tensors on the processor unless `device=` says otherwise.",
    ("C", 1): "Line 1 makes a tensor on the processor, which always works. It fails where the two devices "
    "meet, in the sum.",
    ("D", 0): "The labels are tensors too, and they were left behind on the processor. The loss needs logits "
    "and labels on one device.",
    ("D", 2): "It does not get so far: the loss in line 1 already meets logits on the device and labels on "
    "the processor.",
    ("E", 0): "NumPy only knows the processor's memory, and `.numpy()` copies nothing over by itself. "
    "`.cpu().numpy()` does it in two moves.",
    ("E", 1): "Line 1 is all on the device: network, images and `argmax`. It fails where NumPy wants what "
    "the processor cannot reach.",
}


def what_was_misread(answer):
    """Return the first snippet that was read wrongly, in a sentence."""
    parts = answer if isinstance(answer, str | list | tuple) else ()
    found = [str(part) for part in parts if str(part) not in " ,;()[]"]
    if len(found) != len(RIGHT) or set(found) - {"0", "1", "2"}:
        return ["The answer is five numbers for A to E, each of them 0, 1 or 2, such as (0, 0, 0, 0, 0)."]
    for letter, right, came in zip("ABCDE", RIGHT, map(int, found), strict=True):
        if came != right:
            return [f"Snippet {letter}: {SAID[came]}."]
    return []


def misreadings():
    """Each wrong reading of one snippet, with its sentence; the snippets before it are right."""
    found = []
    for (letter, came), sentence in MISREAD.items():
        place = "ABCDE".index(letter)
        answer = (*RIGHT[:place], came, *RIGHT[place + 1 :])
        found.append(Mistake(answer, f"{letter}: {sentence}"))
    return tuple(found)


def fade(images):
    ramp = torch.linspace(0, 1, images.shape[-1], device=images.device)
    return images * ramp


def given_fade(images):
    ramp = torch.linspace(0, 1, images.shape[-1])
    return images * ramp


def images_here_and_there(generator):
    """Images (N, 1, H, W) on the processor, and on meta, which every machine has."""
    here = [torch.rand(n, 1, h, w, generator=generator) for n, h, w in ((1, 2, 3), (4, 5, 6))]
    there = torch.rand(2, 1, 3, 4, generator=generator).to("meta")
    return [call(here[0]), call(there), call(here[1])]


def fade_on(device):
    """Return a fade that makes its ramp on this device, wherever the images are."""
    return lambda images: images * torch.linspace(0, 1, images.shape[-1], device=device)


EXERCISES = [
    Exercise(
        id="4.1",
        title="Runs or fails, and where?",
        kind="value",
        difficulty=1,
        minutes=4,
        points=2,
        reference=RIGHT,
        probe=what_was_misread,
        why="A copy has to be kept, a module moves itself, and everything that meets must be on one device.",
        hints=(
            "Write behind each name on which device it is, line by line. Only where two devices meet does "
            "something fail.",
            "A tensor's `to` returns a copy. A module's `to` changes the module. What is made anew is made "
            "on the processor.",
            "One of the five runs. Of the others, one fails in its first line, because the labels were left "
            "behind.",
        ),
        mistakes=misreadings(),
    ),
    Exercise(
        id="4.2",
        title="A tensor made on the way",
        kind="function",
        difficulty=1,
        minutes=3,
        points=1,
        reference=fade,
        given=given_fade,
        cases=images_here_and_there,
        why="What a function makes anew belongs where its input is: ask `images.device`, then no caller has "
        "to say anything.",
        hints=(
            "Which of the two tensors in the last line is made here, and where is it made?",
            "`torch.linspace` takes `device=`. Which tensor knows the right one?",
            "`images.device` is the device of the images. Hand it to `torch.linspace` by name.",
        ),
        mistakes=(
            Mistake(
                fade_on("cpu"),
                "The ramp is still on the processor. Name the device of the images when you make it; and if "
                "you move it with `ramp.to(…)`, keep the copy: `ramp = ramp.to(…)`.",
            ),
            Mistake(
                lambda images: given_fade(images.cpu()),
                "Something is brought back to the processor. Do it the other way round: the small ramp goes "
                "where the images are, and the result stays there.",
            ),
            Mistake(
                fade_on("meta"),
                "Now it works on one device only, and no longer on the processor. Ask the images: "
                "`images.device`.",
            ),
            Mistake(
                fade_on("cuda"),
                "The name of one device is written into the function, which then needs that device. Ask the "
                "images: `images.device`.",
            ),
            Mistake(
                lambda images: torch.linspace(0, 1, images.shape[-1], images.device),
                "The device is an option and goes by name: `device=images.device`.",
            ),
            Mistake(
                lambda images: fade_on(images.get_device())(images),
                "`get_device()` gives a number, and for the processor it is −1. `images.device` is the "
                "device itself.",
            ),
            Mistake(
                lambda images: images * torch.linspace_like(images[0, 0, 0]),
                "There is no `linspace_like`. Some functions have such a twin, such as `zeros_like`; the "
                "others take `device=`.",
            ),
            Mistake(
                lambda images: images * torch.linspace(0, 1, images.shape[-2], device=images.device),
                "The device is right, but the ramp has as many steps as the image has rows. It runs along a "
                "row: `images.shape[-1]`.",
            ),
            Mistake(
                lambda images: torch.linspace(0, 1, images.shape[-1], device=images.device),
                "This is the ramp alone, on the right device. The images have to be multiplied by it.",
            ),
        ),
    ),
]
