"""Exercise 4.3: a function that moves the model and no data, and every way to mend it by half."""

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.device_watch import DeviceWatch
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import tiny_loader, tiny_model
from mnist_lab.exercises.engine.whole_numbers import whole_number

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


def where_it_works(accuracy_on, generator):
    """Return what goes wrong on meta, which every machine has, or else on the processor."""
    seed, known = _seed_and_results(generator)
    places = [(name, tiny_model(seed), Batches(tiny_loader(seed=seed))) for name in ("meta", "cpu")]
    return next(filter(None, (_on(*place, accuracy_on, known) for place in places)), [])


class Batches(list):
    """The batches of a loader, which knows its dataset."""

    def __init__(self, loader):
        super().__init__(loader)
        self.dataset = loader.dataset


def _on(device, model, batches, accuracy_on, known):
    watch, devices = DeviceWatch(), []
    model.register_forward_hook(lambda module, inputs, output: devices.append(str(output.device)))
    try:
        with watch:
            actual = accuracy_on(model, batches, torch.device(device))
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
    return _result(device, actual, known)


def _result(device, actual, known):
    """Compare the result with the exact accuracy; one number in a tensor of any shape will do."""
    single = actual.reshape(()) if isinstance(actual, torch.Tensor) and actual.numel() == 1 else actual
    faults = [
        difference(torch.tensor(value, device=device), single, strict=False) for value in known.values()
    ]
    same = [sentence for sentence, fault in zip(known, faults, strict=True) if fault is None]
    return [] if "" in same else same or faults[:1]


def _seed_and_results(generator):
    """Return a seed of network and data that tells all results apart, and these by what is said of them."""
    while True:
        seed = whole_number(generator, 0, 9999)
        rights, sizes = _counts(seed)
        means = [right / size for right, size in zip(rights, sizes, strict=True)]
        known = {
            "": sum(rights) / sum(sizes),
            "The mean of the batches' accuracies came back.": sum(means) / len(means),
            "The right answers per batch came back.": sum(rights) / len(rights),
            "The number of right answers came back.": float(sum(rights)),
        }
        if len({round(value, 2) for value in known.values()}) == len(known):
            return seed, known


def _counts(seed):
    """The number of right answers and of images in each batch."""
    model, batches = tiny_model(seed), Batches(tiny_loader(seed=seed))
    with torch.inference_mode():
        rights = [int((model(images).argmax(dim=1) == labels).sum()) for images, labels in batches]
    return rights, [len(labels) for _, labels in batches]


def silenced(model, loader, device):
    try:
        return EXERCISE.given(model, loader, device)
    except RuntimeError:
        return torch.zeros(1, device=device)


def batch_by_batch(model, loader, device):
    return torch.stack([accuracy_on(model, [batch], device) for batch in loader]).mean()


MISTAKES = (
    ("images.to(device)", "images",
     "The model is on the device, and the images come from the processor: `images.to(device)` returns a "
     "copy, so keep it: `images = images.to(device)`."),
    ("labels.to(device)", "labels",
     "The labels were left behind: the answers are on the device, and what they are compared with is not. "
     "Move `labels` as you moved `images`."),
    ("torch.zeros(1, device=device)", "torch.zeros(1)",
     "Images and labels are moved, but the count is made on the processor. `torch.zeros(1, device=device)` "
     "makes it where it is needed."),
    ("    model.to(device)\n", "",
     "The images are on the device, but the model has stayed on the processor: keep the line "
     "`model.to(device)`."),
    ({"    model.to(device)\n": "", "images.to(device)": "images"},
     "The images have stayed on the processor, and the model too. `device` says where the work is to be "
     "done: move both."),
    (lambda model, loader, device: accuracy_on(model, loader, "cpu"),
     "It runs, because everything is on the processor now, whatever `device` says. Everything has to go to "
     "the device instead."),
    (lambda model, loader, device: accuracy_on(model, loader, "cuda"),
     "One device is written into the function, and here it is not the one that was asked for. Move "
     "everything to the argument `device`."),
    (silenced, "The mismatch is silenced, not mended: the error is caught, and two devices still meet. Let "
     "it come, and move what it names."),
    (".sum()", ".sum().item()",
     "`.item()` fetches a number from the device, and the processor waits for it, batch by batch. Let the "
     "count stay on the device, as the docstring says."),
    ({"torch.zeros(1, device=device)": "torch.zeros(1)", ".sum()": ".sum().cpu()"},
     "Something was brought back with `.cpu()`, perhaps the counts. Each such copy makes the processor wait; "
     "let everything stay and meet on the device."),
    (batch_by_batch, "The devices are right, but the average has changed: the short batch counts as much as "
     "a full one now. Divide once, by the number of images."),
    ("num_right / num_images", "num_right / len(loader)",
     "The devices are right, but this divides by the number of batches. Accuracy is right answers per "
     "image."),
    ("num_right / num_images", "num_right",
     "The devices are right, but the division by the number of images got lost."),
)  # fmt: skip


EXERCISE = Exercise(
    id="4.3",
    title="Mend a mismatch",
    difficulty=2,
    minutes=6,
    points=3,
    reference=accuracy_on,
    given={
        "torch.zeros(1, device=device)": "torch.zeros(1)",
        "images, labels = images.to(device), labels.to(device)": "images.to(device)",
    },
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
