"""Exercise 4.3: a function that moves the model and no data, and every way to mend it by half."""

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.device_watch import DeviceWatch
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import tiny_loader, tiny_model

import torch


def accuracy_on(model, loader, device):
    model.to(device)
    num_right, num_images = torch.zeros(1, device=device), 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        answers = model(images).argmax(dim=1)
        num_right += (answers == labels).sum()
        num_images += len(labels)
    return num_right / num_images


def given_accuracy_on(model, loader, device):
    model.to(device)
    num_right, num_images = torch.zeros(1), 0
    for images, labels in loader:
        images.to(device)
        answers = model(images).argmax(dim=1)
        num_right += (answers == labels).sum()
        num_images += len(labels)
    return num_right / num_images


def where_it_works(accuracy_on):
    """Return what goes wrong on meta, which every machine has, or else on the processor."""
    return _on("meta", accuracy_on) or _on("cpu", accuracy_on)


def _on(device, accuracy_on):
    model, watch, devices = tiny_model(), DeviceWatch(), []
    model.register_forward_hook(lambda module, inputs, output: devices.append(str(output.device)))
    batches = list(tiny_loader())
    try:
        with watch:
            came = accuracy_on(model, batches, torch.device(device))
    except Exception:
        if watch.seen:
            return watch.seen[:1]
        raise
    if watch.seen:
        return [watch.seen[0], "The error was caught, and the work went on without it."]
    if not devices:
        return ["The model was never called as `model(images)`."]
    if set(devices) != {device}:
        return [f"The device was to be {device}, and the model worked on {devices[0]}."]
    return _result(device, came)


def _result(device, came):
    """Compare what came with the exact accuracy; one number in a tensor of any shape will do."""
    rights, sizes = _counts()
    means = [right / size for right, size in zip(rights, sizes, strict=True)]
    single = came.reshape(()) if isinstance(came, torch.Tensor) and came.numel() == 1 else came
    exact = torch.tensor(sum(rights) / sum(sizes), device=device)
    found = difference(exact, single, strict=False)
    known = {
        "The mean of the batches' accuracies came back.": sum(means) / len(means),
        "The right answers per batch came back.": sum(rights) / len(rights),
        "The number of right answers came back.": float(sum(rights)),
    }
    for sentence, value in known.items():
        if device == "cpu" and found and difference(torch.tensor(value), single, strict=False) is None:
            return [sentence]
    return [found] if found else []


def _counts():
    """The number of right answers and of images in each batch."""
    model = tiny_model()
    with torch.inference_mode():
        rights = [int((model(images).argmax(dim=1) == labels).sum()) for images, labels in tiny_loader()]
    return rights, [len(labels) for _, labels in tiny_loader()]


def keep(value, device):
    return value


def move(value, device):
    return value.to(device)


def variant(*, model=torch.nn.Module.to, images=move, labels=move, total=move, right=move):
    """Return an accuracy_on in which each of the parts is moved, or left, in its own way."""

    def accuracy_on(network, loader, device):
        model(network, device)
        num_right, num_images = total(torch.zeros(1), device), 0
        for some_images, some_labels in loader:
            answers = network(images(some_images, device)).argmax(dim=1)
            num_right += right((answers == labels(some_labels, device)).sum(), device)
            num_images += len(some_labels)
        return num_right / num_images

    return accuracy_on


def all_on_cuda(model, loader, device):
    return accuracy_on(model, loader, "cuda")


def all_on_cpu(model, loader, device):
    return accuracy_on(model, loader, "cpu")


def silenced(model, loader, device):
    try:
        return given_accuracy_on(model, loader, device)
    except RuntimeError:
        return torch.zeros(1, device=device)


def number_of_right(model, loader, device):
    return accuracy_on(model, loader, device) * sum(len(labels) for _, labels in loader)


def batch_by_batch(model, loader, device):
    return [accuracy_on(model, [batch], device) for batch in loader]


MISTAKES = (
    (variant(images=keep),
     "The model is on the device, and the images come from the processor: `images.to(device)` returns a "
     "copy, so keep it: `images = images.to(device)`."),
    (variant(labels=keep),
     "The labels were left behind: the answers are on the device, and what they are compared with is not. "
     "Move `labels` as you moved `images`."),
    (variant(total=keep),
     "Images and labels are moved, but the count is made on the processor. `torch.zeros(1, device=device)` "
     "makes it where it is needed."),
    (variant(model=keep),
     "The images are on the device, but the model has stayed on the processor: keep the line "
     "`model.to(device)`."),
    (variant(model=keep, images=keep),
     "The images have stayed on the processor, and the model too. `device` says where the work is to be "
     "done: move both."),
    (all_on_cpu, "It runs, because everything is on the processor now, whatever `device` says. Everything "
     "has to go to the device instead."),
    (all_on_cuda, "One device is written into the function, and here it is not the one that was asked for. "
     "Move everything to the argument `device`."),
    (silenced, "The mismatch is silenced, not mended: the error is caught, and no digit was scored. Let it "
     "come, and move what it names."),
    (variant(right=lambda number, device: number.item()),
     "`.item()` fetches a number from the device, and the processor waits for it, batch by batch. Let the "
     "count stay on the device, as the docstring says."),
    (variant(total=keep, right=lambda number, device: number.cpu()),
     "You brought the counts back instead of moving the total. Each such copy makes the processor wait; let "
     "them meet on the device."),
    (lambda model, loader, device: torch.stack(
         batch_by_batch(model, loader, device)
     ).mean(),
     "The devices are right, but the average has changed: the short batch counts as much as a full one now. "
     "Divide once, by the number of images."),
    (lambda model, loader, device: number_of_right(model, loader, device) / len(loader),
     "The devices are right, but this divides by the number of batches. Accuracy is right answers per "
     "image."),
    (number_of_right, "The devices are right, but the division by the number of images got lost."),
)  # fmt: skip


EXERCISE = Exercise(
    id="4.3",
    title="Mend a mismatch",
    kind="function",
    difficulty=2,
    minutes=6,
    points=3,
    reference=accuracy_on,
    given=given_accuracy_on,
    probe=where_it_works,
    why="Model, images, labels, and whatever you make yourself: four things to move, and the model is only "
    "the first.",
    hints=(
        "Go through the lines and write behind each tensor on which device it is. Where do two devices meet?",
        "There are three faults: a copy that nobody keeps, a tensor that nobody moves, and one that is made "
        "on the processor.",
        "`images = images.to(device)`, the same for the labels, and `device=device` where the zeros are "
        "made.",
    ),
    mistakes=MISTAKES,
)
