"""Exercise 8.7: Patient 5, strangers in pairs."""

from mnist_lab.exercises.engine.compare import kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch


def shuffled(images, labels):
    order = torch.randperm(len(images))
    return images[order], labels[order]


def given_shuffled(images, labels):
    images = images[torch.randperm(len(images))]
    labels = labels[torch.randperm(len(labels))]
    return images, labels


FEW = 12  # of hundreds of images about one keeps its place, or its distance from the next


def after_shuffling(shuffled, generator):
    """Do labels stay with their images, is each of them there once, and is each order a new one?"""
    torch.manual_seed(whole_number(generator, 0, 999_999))
    for size in (whole_number(generator, 10, 20), whole_number(generator, 400, 600)):
        height, width = different_numbers(generator, 2, 2, 5)
        images = torch.randint(1000, (size, 1, height, width), generator=generator).float()
        images += 1000 * torch.arange(size).reshape(-1, 1, 1, 1)  # each with an ink of its own
        labels, orders = 3 * torch.arange(size) + 1, []
        for epoch in (1, 2):
            torch.rand(epoch)
            result = shuffled(images.clone(), labels.clone())
            fault = _pairs(images, result)
            if fault:
                return [fault]
            orders.append(result[1])
        if all(torch.equal(order, labels) for order in orders):
            return ["The order is still the one in which they came."]
        if all(torch.equal(order, labels.roll(-int(order[0] // 3))) for order in orders):
            return ["The order is still the one in which they came, only begun at another place."]
        if torch.equal(*orders):
            return ["Two epochs had the same order."]
    return _regular(orders[0] // 3)


def _regular(order):
    """Say so if an order of hundreds is one that chance hardly ever draws."""
    size, distances = len(order), order - torch.arange(len(order))
    if (distances == 0).sum() > FEW:
        return [f"Of {size} images {(distances == 0).sum()} kept their place."]
    if order.diff().remainder(size).bincount().max() > FEW:
        return ["Many images still lie at one and the same distance from the next."]
    moved = distances.abs().float().mean() / size  # a third, give or take 0.01
    return [] if 0.26 < moved < 0.4 else ["Where an image goes depends on where it was."]


def _pairs(images, result):
    """Say what is wrong with the pairs of one shuffle."""
    if isinstance(result, torch.Tensor) and result.shape == images.shape:
        return "The images came back alone."
    if not isinstance(result, list | tuple):
        return f"Two tensors are to come back, images and labels, and {kind_of(result)} came."
    if [type(value) for value in result] != [torch.Tensor] * 2:
        kinds = ", ".join(map(kind_of, result))
        return f"Two tensors are to come back, images and labels; these came: {kinds or 'none'}."
    new_images, new_labels = result
    shapes = tuple(new_images.shape), tuple(new_labels.shape)
    if shapes[0][1:] != images.shape[1:] or len(shapes[1]) != 1:
        return f"Images of the shape {shapes[0]} and labels of the shape {shapes[1]} came back."
    if len(new_images) != len(images) or len(new_labels) != len(images):
        return f"Of {len(images)} images came {len(new_images)} back, and {len(new_labels)} labels."
    if new_labels.dtype != torch.int64 or not torch.isin(new_labels, 3 * torch.arange(len(images)) + 1).all():
        return "Other labels came back than were handed in."
    numbers = new_labels // 3
    ink, new_ink = images.sum((1, 2, 3)), new_images.sum((1, 2, 3))
    if not torch.equal(new_ink, ink[numbers]):
        return _mismatched(images, new_images, new_labels)
    if not torch.equal(new_images, images[numbers]):
        return "Pixels have changed their places within the images."
    if len(numbers.unique()) != len(images):
        return "Some images came twice, and others not at all."
    return None


def _mismatched(images, new_images, new_labels):
    in_order = 3 * torch.arange(len(images)) + 1
    if torch.equal(new_images, images):
        return "The images are in their old order, the labels in a new one."
    if torch.equal(new_labels, in_order):
        return "The labels are in their old order, the images in a new one."
    return "Labels are no longer with their images."


ORDER, NEW_IMAGES, NEW_LABELS = "torch.randperm(len(images))", "images[order]", "labels[order]"

MISTAKES = (
    (ORDER, "torch.randperm(len(images), generator=torch.Generator().manual_seed(0))",
     "The pairs agree, but every epoch gets the same order, by a fixed seed or by a rule without chance. "
     "Draw one new order, without a seed here, and use it for both."),
    (NEW_LABELS, "labels[torch.randperm(len(labels))]",
     "Images and labels come in two orders, so labels land beside strange images. Draw one order, and use "
     "it for both."),
    ({NEW_IMAGES: "images", NEW_LABELS: "labels"},
     "Nothing is shuffled any more. The pairs agree, but each epoch shows the same batches, and sorted "
     "digits would come class by class."),
    (NEW_LABELS, "labels",
     "Only the images are shuffled, and the labels stay behind. The same order belongs in both brackets."),
    (NEW_IMAGES, "images",
     "Only the labels are shuffled, and the images stay behind. The same order belongs in both brackets."),
    (ORDER, "torch.randint(len(images), (len(images),))",
     "`randint` throws dice for each place: some images come twice, others never. `randperm` deals each one "
     "once."),
    (ORDER, f"{ORDER}[: len(images) // 2]",
     "The pairs agree, but half of them are missing. An epoch shows every image once."),
    (NEW_IMAGES, "images[order][:, :, :, torch.randperm(images.shape[3])]",
     "The pairs agree, but something within the images was shuffled too. Only axis 0 counts images."),
    (f"{NEW_IMAGES}, {NEW_LABELS}", NEW_IMAGES,
     "The images came back alone. Labels belong to them, in the same order."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.7",
    title="Patient 5, strangers in pairs",
    difficulty=2,
    minutes=4,
    points=2,
    reference=shuffled,
    given=given_shuffled,
    probe=after_shuffling,
    why="One order, drawn once and used twice, cannot come apart. A look at a few images with their labels "
    "would have found it on the first day.",
    hints=(
        "Print the first three orders that `randperm` draws for the images, and for the labels.",
        "How many orders are drawn in these two lines? How many are needed?",
        "`order = torch.randperm(len(images))`, and then the same `order` in both brackets.",
    ),
    mistakes=MISTAKES,
)
