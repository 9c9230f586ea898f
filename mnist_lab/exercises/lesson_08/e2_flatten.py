"""Exercise 8.2: Patient 1, the published network."""

from mnist_lab.exercises.engine.call_watch import CallWatch
from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.probes import fresh_slopes
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch import nn
from torch.nn import functional as F


def first_loss(images, labels):
    conv1 = nn.Conv2d(1, 32, 3, padding=1)
    conv2 = nn.Conv2d(32, 64, 3)
    fc1 = nn.Linear(64 * 6 * 6, 128)
    fc2 = nn.Linear(128, 10)
    x = F.max_pool2d(F.relu(conv1(images)), 2)
    x = F.max_pool2d(F.relu(conv2(x)), 2)
    x = x.flatten(1)
    x = F.relu(fc1(x))
    return F.cross_entropy(fc2(x), labels)


MAPS = ("conv2d", "max_pool2d", "avg_pool2d")  # what makes maps of maps


def what_arrives(first_loss, generator):
    """Return what is wrong with the rows that reach the loss, for 64 images, then for a few, and for 1."""
    torch.manual_seed(whole_number(generator, 0, 999_999))
    faults = _faults(first_loss, 64, generator)
    for size in () if faults else (whole_number(generator, 5, 20), 1):
        try:
            faults += _faults(first_loss, size, generator)
        except RuntimeError:
            faults.append(f"64 images get through, and a batch of {size} ends in an error.")
    return list(dict.fromkeys(faults))


def _faults(first_loss, size, generator):
    images = torch.rand(size, 1, 28, 28, generator=generator).requires_grad_()
    labels = torch.randint(10, (size,), generator=generator)
    with CallWatch(*MAPS, "linear", "cross_entropy") as watch:
        loss = first_loss(images, labels.clone())
    return _other_loss(loss, labels, watch) or _other_way(loss, images, labels, watch)


def _other_loss(loss, labels, watch):
    """Say so unless the loss is the mean cross-entropy of these labels and what the last layer gives."""
    ends = watch.called("cross_entropy")
    if not ends and watch.failed:
        return ["An error came on the way to the loss, and was caught."]
    if not isinstance(loss, torch.Tensor):
        return [f"What comes back is {kind_of(loss)}, and nothing can call `backward` on it."]
    if ends and len(ends[-1].tensors[1]) != len(labels):
        return [f"Of {len(labels)} labels {len(ends[-1].tensors[1])} arrived at the loss."]
    logits = _last_logits(watch)
    if logits is None or not _is_cross_entropy(loss, logits, labels):
        of_images = "What comes back is not the mean cross-entropy of the images and their labels."
        return [of_images if ends else "No mean cross-entropy of these logits came back."]
    learns = loss.requires_grad and logits.requires_grad
    return [] if learns else ["The loss has no graph, so nothing can learn from it."]


def _last_logits(watch):
    """Return what the loss was made of, or what the last linear layer gave; None if there is neither."""
    ends, linear = watch.called("cross_entropy"), watch.called("linear")
    return ends[-1].tensors[0] if ends else linear[-1].result if linear else None


def _other_way(loss, images, labels, watch):
    """Say so unless the logits are those of the network, image by image; of 64 only sizes are looked at."""
    logits, faults = _last_logits(watch), _other_network(watch)
    if len(images) == 64 and not faults:
        return []
    layers = [call.tensors[1:3] for name in ("conv2d", "linear") for call in watch.called(name)]
    expected = None if faults or len(layers) != 4 else _logits(images, *layers)
    if expected is None or difference(expected, logits, strict=False):
        return faults + _mixture(images, logits) or ["The logits are not those of the network as it was."]
    return fresh_slopes(loss, F.cross_entropy(expected, labels), [weight for weight, *_ in layers])


def _is_cross_entropy(loss, logits, labels):
    """Whether the loss, however it was worked out, is the mean cross-entropy of the logits."""
    if logits.shape != (len(labels), 10) or loss.numel() != 1:
        return False
    return difference(F.cross_entropy(logits, labels).item(), loss.item()) is None


def _other_network(watch):
    """Say which layer is not the one that was there, but for the number that had to change."""
    makers = [call for call in watch.seen if call.name in MAPS]
    if not makers:
        return ["No convolution and no pooling works any more."]
    maps = makers[-1].result
    widths = [tuple(call.tensors[1].shape)[::-1] for call in watch.called("linear")]
    faults = []
    if tuple(maps.shape[1:]) != (64, 6, 6):
        faults.append(f"The last maps have the shape (N, {', '.join(map(str, maps.shape[1:]))}) now.")
    elif any(call.name == "avg_pool2d" for call in makers):
        faults.append("A pooling takes means, where the largest value was taken.")
    if widths != [(2304, 128), (128, 10)]:
        faults.append(f"The linear layers go from {' and '.join(f'{a} to {b}' for a, b in widths)}.")
    return faults


def _logits(images, conv1, conv2, fc1, fc2):
    """Return the logits of layers with these weights, each where it was."""
    x = F.max_pool2d(F.relu(F.conv2d(images, *conv1, padding=1)), 2)
    x = F.max_pool2d(F.relu(F.conv2d(x, *conv2)), 2)
    return F.linear(F.relu(F.linear(x.flatten(1), *fc1)), *fc2)


def _mixture(images, logits):
    """Does the last row of logits depend on the last image, and on no other?"""
    (slope,) = torch.autograd.grad(logits[-1].sum(), images, allow_unused=True, retain_graph=True)
    others = [] if slope is None else slope.flatten(1).any(dim=1).nonzero().flatten().tolist()
    return ["The last row of logits is not the answer to the last image alone."] if others[:-1] else []


def silenced(images, labels):
    try:
        return EXERCISE.given(images, labels)
    except ValueError:
        return torch.tensor(0.0, requires_grad=True)


INPUTS, ROWS, END = "64 * 6 * 6", "x.flatten(1)", "fc2(x), labels)"


def with_number(number):
    """The edit that cuts rows of this number of inputs, with `view`."""
    return {INPUTS: number, ROWS: f"x.view(-1, {number})"}


MISTAKES = (
    (with_number("9216"),  # as 64 * 12 * 12 it would be the code as it was given
     "It is still 9216. Print the shape first, just before the line with `view`: one image has fewer numbers "
     "there."),
    (with_number("9216") | {END: "fc2(x), labels[: len(x)])"},
     "You dropped 48 answers: `labels` was cut to the 16 rows that were left. Each image needs a row of its "
     "own."),
    (silenced, "Silenced, not mended: the error is caught, and a loss is invented. Nothing can be learned "
     "from it."),
    (with_number("9216") | {END: "fc2(x).repeat_interleave(4, dim=0), labels)"},
     "Each row stands for four images mixed together, and repeating it four times does not part them. Print "
     "the shape before `view`."),
    ({INPUTS: "9216", ROWS: "F.pad(x.flatten(1), (0, 6912))"},
     "A row has 9216 numbers now, but an image has only 2304. What was added, zeros or copies, holds nothing "
     "new. Correct the number instead."),
    (INPUTS, "9216",
     "`flatten(1)` keeps the images apart, and now the linear layer fails in its own line, the right place. "
     "Its number is still 9216; the error names the one that came."),
    (ROWS, "x.view(-1, 9216)",
     "The linear layer is right now. The line with `view` still cuts rows of 9216: `x.flatten(1)` needs no "
     "number at all."),
    *(
        (with_number(f"{inputs}"),
         f"{inputs} gets past `view`, but not with 64 rows: `view(-1, …)` hides a wrong number. "
         f"Do not try numbers; print the shape first. This one is 64·{inputs // 64}.")
        for inputs in (64 * 3 * 3, 64 * 4 * 4, 64 * 2 * 2)
    ),
    (with_number("64 * 7 * 7"),
     "64·7·7 would be right if the second convolution were padded too. It is not: 14 becomes 12, and the "
     "pool makes 6 of it."),
    (with_number("64 * 5 * 5"),
     "64·5·5 would be right without the padding of the first convolution. Go through the sizes again: 28, "
     "14, 12, and then?"),
    (with_number("64 * 14 * 14"),
     "14 is the size after the first pool. A convolution and a pool are still to come before `view`."),
    (with_number("6 * 6"),
     "Each map became a row of its own. A row is an image, so all 64 maps belong into it: 64·6·6."),
    (with_number("64 * 7 * 7") | {"32, 64, 3": "32, 64, 3, padding=1"},
     "You changed the convolution until a number fitted. It runs, and it is another network. Leave the "
     "layers; correct the number."),
    (with_number("9216") | {"F.max_pool2d(F.relu(conv2(x)), 2)": "F.relu(conv2(x))"},
     "Without the second pool 12 by 12 fits, and the linear layer has four times the weights of the one that "
     "was meant. Leave the layers; correct the number."),
    ({INPUTS: "64", ROWS: "x.mean(dim=(2, 3))"},
     "The mean over each map leaves 64 numbers and always fits. It is another network, though, which does "
     "not know where anything was."),
    (ROWS, "x.view(64, -1)",
     "The size of the batch is written into the line now, and the last batch of an epoch is shorter. "
     "`x.flatten(1)` takes any."),
    (ROWS, "x.flatten()",
     "`flatten()` starts at axis 0 and merges the images too. `flatten(1)` starts behind them."),
    (END, "fc2(x), labels).item()",
     "`.item()` leaves a plain number, and a number has no graph: nothing could call `backward` on it. "
     "Return the loss itself."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.2",
    title="Patient 1, the published network",
    difficulty=2,
    minutes=5,
    points=3,
    reference=first_loss,
    given={"64 * 6 * 6": "64 * 12 * 12", "x.flatten(1)": "x.view(-1, 64 * 12 * 12)"},
    probe=what_arrives,
    seconds=20.0,
    why="With `flatten(1)` the rows are the images, whatever the number says, so a wrong number fails where "
    "it stands and not three lines later.",
    hints=(
        "The error names 16 and 64. In which line did 64 images become 16 rows?",
        "Print the shape of `x` before `view`. How many numbers has one image there?",
        "64·6·6 in the linear layer. `x.flatten(1)` keeps axis 0, so no number is needed there.",
    ),
    mistakes=MISTAKES,
)
