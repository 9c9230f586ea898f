"""Exercise 8.8: Patient 6, left behind."""

import copy

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.device_watch import DeviceWatch
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch
from torch import nn


def with_mean(network, mean):
    whole = nn.Module()
    whole.network = network
    whole.register_buffer("mean", mean)
    whole.forward = lambda images: whole.network(images - whole.mean)
    return whole


def wherever_it_goes(with_mean, generator):
    """Does the network work on meta, is its mean kept and not trained, and are the answers right?"""
    torch.manual_seed(whole_number(generator, 0, 999_999))
    height, width = different_numbers(generator, 2, 2, 6)
    network, mean = nn.Sequential(nn.Flatten(), nn.Linear(height * width, 4)), torch.rand(1, 1, height, width)
    whole, watch = with_mean(copy.deepcopy(network), mean.clone()), DeviceWatch()
    if not isinstance(whole, nn.Module):
        return ["What comes back is no network."]
    whole.to("meta")
    try:
        with watch:
            result = whole(torch.rand(3, *mean.shape[1:], device="meta"))
    except RuntimeError:
        if watch.seen:
            return watch.seen[:1]
        raise
    if watch.seen:
        return [watch.seen[0], "The error was caught, and the work went on without it."]
    faults = [] if result.is_meta else ["The answers of a network on meta came from the processor."]
    return faults + _at_home(with_mean(copy.deepcopy(network), mean.clone()), network, mean)


def _at_home(whole, network, mean):
    """On the processor: the answers, what is kept, what is trained, and whether a loaded mean is used."""
    images, faults = torch.rand(4, *mean.shape[1:]), []
    given = images.clone()
    answers = whole(given)
    known = {
        "": images - mean,
        "No mean is subtracted.": images,
        "One and the same number is subtracted at each pixel.": images - mean.mean(),
    }
    found = [name for name, seen in known.items() if difference(network(seen), answers) is None]
    faults += [] if "" in found else found or ["The answers are others than before."]
    if not torch.equal(given, images):
        faults.append("The images that were handed in are others now.")
    kept = {name: value for name, value in whole.state_dict().items() if value.shape == mean.shape}
    if not any(torch.equal(value, mean) for value in kept.values()):
        faults.append("The mean is not in the `state_dict`.")
    trained = [weight for weight in whole.parameters() if weight.requires_grad]
    if any(weight.shape == mean.shape for weight in trained):
        faults.append("The mean is among the weights to be trained.")
    if len(trained) < 2:
        faults.append("The weights of the network inside are not to be found.")
    whole.load_state_dict({name: value + 1 for name, value in kept.items()}, strict=False)
    if not faults and difference(network(images - mean - 1), whole(images)):
        faults.append("Where another mean is loaded, the old one is still subtracted.")
    return faults


def silenced(network, mean):
    whole = EXERCISE.given(network, mean)

    def forward(images):
        try:
            return network(images - whole.mean)
        except RuntimeError:
            return network(images)

    whole.forward = forward
    return whole


BUFFER, DIFFERENCE = 'whole.register_buffer("mean", mean)', "images - whole.mean"
PLAIN = {BUFFER: "whole.mean = mean"}

MISTAKES = (
    (BUFFER, "whole.mean = mean.clone()",  # without the copy it would be the code as it was given
     "The mean that is subtracted is a plain tensor, and `to` leaves it where it was. Register it with the "
     "network, and subtract what is registered."),
    (PLAIN | {DIFFERENCE: "images - whole.mean.to(images.device)"},
     "It works anywhere now. But the mean is not saved with the network, and without it the weights are "
     'worth little. A plain `register_buffer("mean", mean)` moves it and saves it.'),
    (BUFFER, "whole.mean = nn.Parameter(mean)",
     "As `nn.Parameter` it moves and is saved, but the optimizer will train it. A tensor that is not to "
     "learn is a buffer."),
    (PLAIN | {DIFFERENCE: "images.cpu() - whole.mean"},
     "You fetch the images from the device instead of sending the mean there. The weights are on the device, "
     "so the work belongs there."),
    (PLAIN | {DIFFERENCE: "images.to(whole.mean.device) - whole.mean"},
     "The images follow the mean, away from the device. Let the mean move with the network instead."),
    (silenced, "Silenced, not mended: on the device nothing is subtracted, and nobody is told."),
    (BUFFER, "whole.mean = mean.mean().item()",
     "A plain number goes with any device, but the mean was one for each pixel. Keep the tensor, and "
     "register it."),
    (DIFFERENCE, "images", "The mean is registered, and no longer subtracted. Leave `forward` as it was."),
    ({"whole.network = network\n    ": "", "whole.network(": "network("},
     "The mean is registered, but the network inside no longer is, so its weights are neither moved nor "
     "trained. Keep the line `whole.network = network`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.8",
    title="Patient 6, left behind",
    difficulty=2,
    minutes=4,
    points=2,
    reference=with_mean,
    given={'register_buffer("mean", mean)': "mean = mean"},
    probe=wherever_it_goes,
    why="A network moves, saves and loads what is registered with it: weights and buffers. A plain tensor "
    "under a name is none of its business.",
    hints=(
        "Which tensors does `whole.to(device)` know of? Ask `whole.state_dict()`.",
        "There are two ways to register a tensor: as an `nn.Parameter`, which is trained, and with "
        "`register_buffer(name, tensor)`, which is not.",
        '`whole.register_buffer("mean", mean)` in place of `whole.mean = mean`.',
    ),
    mistakes=MISTAKES,
)
