"""Lesson 07: range tests that are wrong in many ways."""

import copy

from mnist_lab.exercises.lesson_07_range import range_test

import torch
from torch.nn import functional as F


def set_rate(optimizer, rate):
    for group in optimizer.param_groups:
        group["lr"] = rate


def multiply_rate(optimizer, rate):
    for group in optimizer.param_groups:
        group["lr"] *= rate


def set_attribute(optimizer, rate):
    optimizer.lr = rate


def do_nothing(*args):
    pass


def learn(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def learn_without_zero(optimizer, loss):
    loss.backward()
    optimizer.step()


def learn_from_nothing(optimizer, loss):
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()


def only_backward(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()


def in_training(model):
    return copy.deepcopy(model).train()


def number_of(loss):
    return loss.item()


def variant(*, trained=in_training, before=set_rate, learn=learn, after=do_nothing, keep=number_of):
    """Return a range test in which one piece is another."""

    def range_test(model, loader, rates, make_optimizer):
        model = trained(model)
        optimizer, losses = make_optimizer(model.parameters(), lr=rates[0]), []
        for rate, (images, labels) in zip(rates, loader, strict=False):
            before(optimizer, rate)
            loss = F.cross_entropy(model(images), labels)
            losses.append(keep(loss))
            learn(optimizer, loss)
            after(optimizer, rate)
        return losses

    return range_test


def each_rate_anew(model, loader, rates, make_optimizer):
    losses = []
    for rate, (images, labels) in zip(rates, loader, strict=False):
        trained = copy.deepcopy(model).train()
        optimizer = make_optimizer(trained.parameters(), lr=rate)
        loss = F.cross_entropy(trained(images), labels)
        losses.append(loss.item())
        learn(optimizer, loss)
    return losses


def optimizer_each_rate(model, loader, rates, make_optimizer):
    trained, losses = copy.deepcopy(model).train(), []
    optimizer = make_optimizer(trained.parameters(), lr=rates[0])
    for rate, (images, labels) in zip(rates, loader, strict=False):
        optimizer = make_optimizer(trained.parameters(), lr=rate)
        loss = F.cross_entropy(trained(images), labels)
        losses.append(loss.item())
        learn(optimizer, loss)
    return losses


def scored_afterwards(model, loader, rates, make_optimizer):
    trained, losses = copy.deepcopy(model).train(), []
    optimizer = make_optimizer(trained.parameters(), lr=rates[0])
    for rate, (images, labels) in zip(rates, loader, strict=False):
        set_rate(optimizer, rate)
        learn(optimizer, F.cross_entropy(trained(images), labels))
        losses.append(F.cross_entropy(trained(images), labels).item())
    return losses


def through_the_model(model, loader, rates, make_optimizer):
    trained, losses = copy.deepcopy(model).train(), []
    optimizer = make_optimizer(trained.parameters(), lr=rates[0])
    for rate, (images, labels) in zip(rates, loader, strict=False):
        set_rate(optimizer, rate)
        loss = F.cross_entropy(model(images), labels)
        losses.append(loss.item())
        learn(optimizer, loss)
    return losses


def through_softmax(model, loader, rates, make_optimizer):
    softmax = torch.nn.Softmax(dim=1)
    return range_test(torch.nn.Sequential(*model, softmax).eval(), loader, rates, make_optimizer)


def running_mean(model, loader, rates, make_optimizer):
    losses = range_test(model, loader, rates, make_optimizer)
    return [sum(losses[: i + 1]) / (i + 1) for i in range(len(losses))]


def last_loss(model, loader, rates, make_optimizer):
    return range_test(model, loader, rates, make_optimizer)[-1]
