"""Exercise 8.9: Patient 7, raw bytes."""

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch
from torch import nn


def logits_of(model, pixels):
    images = pixels.unsqueeze(1).float() / 255
    return model((images - 0.5) / 0.5)


class Eye(nn.Module):
    """A network that remembers what it was shown; its layer takes float32 alone."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.shown, self.called = [], False

    def forward(self, images):
        self.called = True
        logits = self.conv(images).flatten(1)
        self.shown.append(images)
        return logits


SCALES = {
    "The network was shown pixels from 0 to 255.": lambda x: x,
    "The network was shown pixels from 0 to 1.": lambda x: x / 255,
    "The network was shown nothing but −1 and 1.": lambda x: (x // 255 - 0.5) / 0.5,
    "The network was shown nothing but 0 and 1.": lambda x: x // 255,
    "The network was shown pixels from −1 to 509.": lambda x: (x - 0.5) / 0.5,
    "The network was shown pixels from 0.5 to 1.": lambda x: x / 255 * 0.5 + 0.5,
}


def as_it_learned(logits_of, generator):
    """Is the network shown float32 from −1 to 1, as it learned it, and are its logits what comes back?"""
    torch.manual_seed(whole_number(generator, 0, 999_999))
    sizes = whole_number(generator, 2, 5), *different_numbers(generator, 2, 4, 9)
    pixels = torch.randint(256, sizes, generator=generator, dtype=torch.uint8)
    pixels[0, 0, :2] = torch.tensor([0, 255])
    faults, grey = _faults(logits_of, pixels), pixels // 3 + whole_number(generator, 10, 90)
    where = f"With pixels from {grey.min()} to {grey.max()}:"
    return faults or [f"{where} {fault[0].lower()}{fault[1:]}" for fault in _faults(logits_of, grey)]


def _faults(logits_of, pixels):
    model, (num_images, *size) = Eye().eval(), pixels.shape
    result = logits_of(model, pixels.clone())
    if not model.shown:
        return ["The network's error was caught." if model.called else "The network was never called."]
    if model.conv.weight.dtype != torch.float32:
        return [f"The weights of the network are {model.conv.weight.dtype} now."]
    if model.training:
        return ["The network came in eval mode, and is in training mode now."]
    shown, wanted = _last_seen(model.shown), (num_images, 1, *size)
    if shown.shape != wanted:
        return [f"The network was shown the shape {tuple(shown.shape)}, where {wanted} was expected."]
    expected = (pixels.unsqueeze(1) / 255 - 0.5) / 0.5
    if difference(expected, shown):
        return [_scale(pixels.unsqueeze(1).float(), shown)]
    if difference(model(expected), result):
        return ["What comes back are not the network's logits."]
    return []


def _last_seen(shown):
    """Return the last batch that the network was shown, or all images if they came one by one."""
    return torch.cat(shown) if {len(images) for images in shown} == {1} else shown[-1]


def _scale(pixels, shown):
    for sentence, scale in SCALES.items():
        if difference(scale(pixels), shown.float()) is None:
            return sentence
    return f"The network was shown pixels from {shown.min():.3g} to {shown.max():.3g}."


def silenced(model, pixels):
    try:
        return EXERCISE.given(model, pixels)
    except RuntimeError:
        return torch.zeros(len(pixels), 10)


NORMALISED = "(images - 0.5) / 0.5"

MISTAKES = (
    (lambda model, pixels: model(pixels.unsqueeze(1)),
     "The pixels are still whole numbers of one byte. The weights are float32, so the images have to be: "
     "`.float()`."),
    ({" / 255": "", NORMALISED: "images"},
     "The error is gone, the illness is not: pixels run to 255 now, and the network learned them from −1 to "
     "1. Divide, and normalise as in training."),
    (NORMALISED, "images",
     "Float, and from 0 to 1. The network was trained on images with mean and standard deviation 0.5 taken "
     "out; do that too."),
    (" / 255", "", "0.5 and 0.5 belong to pixels from 0 to 1. Divide by 255 first."),
    (NORMALISED, "images * 0.5 + 0.5",
     "Times standard deviation, plus mean is the way back. Here it is minus mean, divided by standard "
     "deviation."),
    (".float() / 255", " // 255",
     "`//` keeps whole numbers: all greys became black. Turn to float first, then divide with `/`."),
    ("float()", "double()",
     "The scale is right, but `double` is float64, and the weights are float32: `.float()`."),
    ({".float() / 255": ".long()", NORMALISED: "images"},
     "Long is for labels. Images are multiplied by weights, so they have to be floats."),
    ("float()", "half()", "`half` is float16, and the weights are float32: `.float()`."),
    ({"float()": "double()", "model(": "model.double()("},
     "It runs, but the whole network is float64 now, also for everybody else who uses it. Make the images "
     "float32 instead."),
    (silenced, "Silenced, not mended: the error is caught, and zeros come back for every image."),
    (".unsqueeze(1)", "",
     "Dtype and scale are right, but the axis of channels got lost: `unsqueeze(1)` has to stay."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.9",
    title="Patient 7, raw bytes",
    difficulty=1,
    minutes=3,
    points=2,
    reference=logits_of,
    given={".float() / 255": "", NORMALISED: "images"},
    probe=as_it_learned,
    why="The error asks for a dtype only. That the numbers mean what they meant in training, nobody asks; "
    "that is yours to know.",
    hints=(
        "The error names two dtypes. Which of the two tensors should change, images or weights?",
        "`.float()` stops the error. From where to where do the pixels run then, and from where to where did "
        "they in training?",
        "`.float() / 255` gives 0 to 1. Then subtract 0.5 and divide by 0.5.",
    ),
    mistakes=MISTAKES,
)
