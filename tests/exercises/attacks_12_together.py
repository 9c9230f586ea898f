"""Answers to exercise 12.5 that nearly pass, and right ones of another kind."""

import torch
from torch.nn import functional as F


def stepping(
    *,
    loss_of=F.cross_entropy,
    before=lambda optimizer: optimizer.zero_grad(),
    scaled=lambda total, count, whole: total / whole,
    handed=lambda gradient, count: gradient * count,
    params=lambda network: network.parameters(),
    counted=lambda labels, add_up: add_up(len(labels)),
    steps=1,
):
    """Return a step with one of its pieces exchanged."""

    def step_together(network, optimizer, images, labels, add_up):
        before(optimizer)
        loss_of(network(images), labels).backward()
        whole = counted(labels, add_up)
        for weights in params(network):
            weights.grad = scaled(add_up(handed(weights.grad, len(labels))), len(labels), whole)
        for _ in range(steps):
            optimizer.step()

    return step_together


def summed_loss(network, optimizer, images, labels, add_up):
    """Take the sum over the shard, so that only the number of all images is left to divide by."""
    (F.cross_entropy(network(images), labels, reduction="sum") / add_up(len(labels))).backward()
    for weights in network.parameters():
        weights.grad.copy_(add_up(weights.grad))
    optimizer.step()
    optimizer.zero_grad()


def in_one_message(network, optimizer, images, labels, add_up):
    weights = [each for each in network.parameters() if each.requires_grad]
    slopes = torch.autograd.grad(F.cross_entropy(network(images), labels), weights)
    row = torch.cat(
        [len(labels) * slope.flatten() for slope in slopes] + [torch.tensor([float(len(labels))])]
    )
    *parts, count = add_up(row).split([each.numel() for each in weights] + [1])
    for each, part in zip(weights, parts, strict=True):
        each.grad = (part / count).reshape(each.shape)
    optimizer.step()


def with_no_names(network, optimizer, images, labels, add_up):
    optimizer.zero_grad(set_to_none=False)
    share = images.shape[0] / add_up(torch.tensor(images.shape[0])).item()
    loss = share * torch.nn.CrossEntropyLoss()(network.train()(images), labels)
    loss.backward()
    print(f"{loss.item():.3f}")
    for group in optimizer.param_groups:
        for weights in group["params"]:
            with torch.no_grad():
                weights.grad.set_(add_up(weights.grad))
    optimizer.step()


def average_of_weights(network, optimizer, images, labels, add_up):
    """Step alone, and meet afterwards."""
    optimizer.zero_grad()
    F.cross_entropy(network(images), labels).backward()
    optimizer.step()
    whole = add_up(len(labels))
    with torch.no_grad():
        for weights in network.parameters():
            weights.copy_(add_up(weights * len(labels)) / whole)


def by_hand(network, optimizer, images, labels, add_up):
    """Do plain SGD instead of the optimizer's step."""
    stepping(steps=0)(network, optimizer, images, labels, add_up)
    with torch.no_grad():
        for weights in network.parameters():
            weights -= optimizer.param_groups[0]["lr"] * weights.grad


def all_images_first(network, optimizer, images, labels, add_up):
    """Every process trains on the sum of the shards, as if it were the batch."""
    optimizer.zero_grad()
    F.cross_entropy(network(add_up(images)), labels).backward()
    optimizer.step()


def asked_by_the_first(network, optimizer, images, labels, add_up):
    if len(labels) > 2:
        add_up(0)
    stepping()(network, optimizer, images, labels, add_up)


RIGHT = {
    "12.5": [
        stepping(),
        stepping(before=lambda optimizer: optimizer.zero_grad(set_to_none=False)),
        stepping(loss_of=lambda logits, labels: F.nll_loss(logits.log_softmax(1), labels)),
        stepping(counted=lambda labels, add_up: add_up(torch.tensor([len(labels)]))),
        stepping(
            handed=lambda gradient, count: gradient.double() * count,
            scaled=lambda total, count, whole: total / whole,
        ),
        summed_loss,
        in_one_message,
        with_no_names,
    ],
}
WRONG = {
    "12.5": [
        average_of_weights,
        by_hand,
        all_images_first,
        asked_by_the_first,
        stepping(before=lambda optimizer: None),
        stepping(handed=lambda gradient, count: gradient, scaled=lambda total, count, whole: total),
        stepping(handed=lambda gradient, count: gradient, scaled=lambda total, count, whole: total / 3),
        stepping(scaled=lambda total, count, whole: total / 3),
        stepping(scaled=lambda total, count, whole: total / whole / 3),
        stepping(scaled=lambda total, count, whole: total / count),
        stepping(scaled=lambda total, count, whole: total * count / whole),
        stepping(counted=lambda labels, add_up: 3 * len(labels)),
        stepping(counted=lambda labels, add_up: 12),
        stepping(params=lambda network: list(network.parameters())[:2]),
        stepping(params=lambda network: [each for each in network.parameters() if each.dim() > 1]),
        stepping(loss_of=lambda logits, labels: F.cross_entropy(logits, labels, reduction="sum")),
        stepping(loss_of=lambda logits, labels: F.cross_entropy(logits, labels, label_smoothing=0.1)),
        stepping(loss_of=lambda logits, labels: F.cross_entropy(logits.softmax(1), labels)),
        stepping(steps=2),
        stepping(steps=0),
    ],
}
