"""Exercise 8.7: Patient 5, strangers in pairs."""

from mnist_lab.exercises.engine.compare import kind_of
from mnist_lab.exercises.engine.model import Exercise

import torch


def shuffled(images, labels):
    order = torch.randperm(len(images))
    return images[order], labels[order]


def given_shuffled(images, labels):
    images = images[torch.randperm(len(images))]
    labels = labels[torch.randperm(len(labels))]
    return images, labels


def after_shuffling(shuffled):
    """Do labels stay with their images, is each of them there once, and is each order a new one?"""
    for size in (8, 500):
        orders = []
        for epoch in (1, 2):
            images = torch.arange(size).float().reshape(size, 1, 1, 1).repeat(1, 1, 3, 2)
            images[:, 0, 0, 1] += torch.arange(size) / size  # so that rows or columns cannot be exchanged
            labels = 3 * torch.arange(size) + 1
            torch.rand(epoch)
            came = shuffled(images.clone(), labels.clone())
            found = _pairs(images, came)
            if found:
                return [found]
            orders.append(came[1])
        if torch.equal(orders[0], labels):
            return ["The order is still the one in which they came."]
        if torch.equal(*orders):
            return ["Two epochs had the same order."]
    return []


def _pairs(images, came):
    """Say what is wrong with the pairs of one shuffle."""
    if isinstance(came, torch.Tensor) and came.shape == images.shape:
        return "The images came back alone."
    if not isinstance(came, list | tuple):
        return f"Two tensors are to come back, images and labels, and {kind_of(came)} came."
    if [type(each) for each in came] != [torch.Tensor] * 2:
        kinds = ", ".join(map(kind_of, came))
        return f"Two tensors are to come back, images and labels; these came: {kinds or 'none'}."
    new_images, new_labels = came
    if len(new_images) != len(images) or len(new_labels) != len(images):
        return f"Of {len(images)} images came {len(new_images)} back, and {len(new_labels)} labels."
    numbers = new_labels // 3
    ink, new_ink = images.sum((1, 2, 3)), new_images.sum((1, 2, 3))
    if new_images.shape != images.shape or not torch.equal(new_ink, ink[numbers]):
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


def by(order):
    """Return a shuffled that uses one order for both; order is a function of their number."""

    def shuffled(images, labels):
        indices = order(len(images))
        return images[indices], labels[indices]

    return shuffled


def half(images, labels):
    order = torch.randperm(len(images))[: len(images) // 2]
    return images[order], labels[order]


def images_only(images, labels):
    return images[torch.randperm(len(images))], labels


def labels_only(images, labels):
    return images, labels[torch.randperm(len(labels))]


def pixels_too(images, labels):
    order = torch.randperm(len(images))
    return images[order][:, :, :, torch.randperm(images.shape[3])], labels[order]


MISTAKES = (
    (by(lambda n: torch.randperm(n, generator=torch.Generator().manual_seed(0))),
     "The pairs agree, but every epoch gets the same order, by a fixed seed or by a rule without chance. "
     "Draw one new order, without a seed here, and use it for both."),
    (lambda images, labels: (*map(lambda x: x[torch.randperm(len(x))], (images, labels)),),
     "Two orders are drawn, so labels land beside strange images. Draw one, and use it for both."),
    (lambda images, labels: (images, labels),
     "Nothing is shuffled any more. The pairs agree, but each epoch shows the same batches, and sorted "
     "digits would come class by class."),
    (images_only, "Only the images are shuffled, and the labels stay behind. The same order belongs in both "
     "brackets."),
    (labels_only, "Only the labels are shuffled, and the images stay behind. The same order belongs in both "
     "brackets."),
    (by(lambda n: torch.randint(n, (n,))),
     "`randint` throws dice for each place: some images come twice, others never. `randperm` deals each one "
     "once."),
    (half, "The pairs agree, but half of them are missing. An epoch shows every image once."),
    (pixels_too, "The pairs agree, but something within the images was shuffled too. Only axis 0 counts "
     "images."),
    (lambda images, labels: images[torch.randperm(len(images))],
     "The images came back alone. Labels belong to them, in the same order."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.7",
    title="Patient 5, strangers in pairs",
    kind="function",
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
