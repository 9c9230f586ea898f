"""Lesson 12: steps that several processes take, and not together."""

import torch
from torch.nn import functional as F


def mean_over_all(gradient, n, add_up):
    return add_up(n * gradient) / add_up(n)


def summed(network, images, labels):
    return F.cross_entropy(network(images), labels, reduction="sum")


def averaged(network, images, labels):
    return F.cross_entropy(network(images), labels)


def variant(exchange=mean_over_all, *, loss=averaged):
    """Return a step in which gradients are exchanged in another way."""

    def step_together(network, optimizer, images, labels, add_up):
        optimizer.zero_grad()
        loss(network, images, labels).backward()
        exchange_all(network, labels, add_up, exchange)
        optimizer.step()

    return step_together


def exchange_all(network, labels, add_up, exchange=mean_over_all):
    for weights in network.parameters():
        weights.grad = exchange(weights.grad, len(labels), add_up)


def learn(network, optimizer, images, labels):
    """Make the gradients of this share."""
    optimizer.zero_grad()
    averaged(network, images, labels).backward()


def sum_is_dropped(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    for weights in network.parameters():
        add_up(len(labels) * weights.grad)
    optimizer.step()


def after_the_step(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    optimizer.step()
    exchange_all(network, labels, add_up)


def averages_weights(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    optimizer.step()
    num_images = add_up(len(labels))
    with torch.no_grad():
        for weights in network.parameters():
            weights.copy_(add_up(len(labels) * weights) / num_images)


def averages_weights_alike(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    optimizer.step()
    with torch.no_grad():
        for weights in network.parameters():
            weights.copy_(add_up(weights) / add_up(1))


def averages_losses(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    loss = add_up(len(labels) * averaged(network, images, labels)) / add_up(len(labels))
    loss.backward()
    optimizer.step()


def before_backward(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    loss = averaged(network, images, labels)
    exchange_all(network, labels, add_up)
    loss.backward()
    optimizer.step()


def first_tensor_only(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    weights = next(network.parameters())
    weights.grad = mean_over_all(weights.grad, len(labels), add_up)
    optimizer.step()


def image_by_image(network, optimizer, images, labels, add_up):
    optimizer.zero_grad()
    num_images = add_up(len(labels))
    for image, label in zip(images, labels, strict=True):
        averaged(network, image[None], label[None]).backward()
        for weights in network.parameters():
            weights.grad = add_up(weights.grad) / num_images
    optimizer.step()


def step_for_each_tensor(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    for weights in network.parameters():
        weights.grad = mean_over_all(weights.grad, len(labels), add_up)
        optimizer.step()


def no_step(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    exchange_all(network, labels, add_up)


def without_optimizer(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    exchange_all(network, labels, add_up)
    with torch.no_grad():
        for weights in network.parameters():
            weights -= 0.1 * weights.grad


def no_zero_grad(network, optimizer, images, labels, add_up):
    averaged(network, images, labels).backward()
    exchange_all(network, labels, add_up)
    optimizer.step()


def zero_grad_late(network, optimizer, images, labels, add_up):
    learn(network, optimizer, images, labels)
    exchange_all(network, labels, add_up)
    optimizer.zero_grad()
    optimizer.step()
