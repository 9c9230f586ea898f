"""Lesson 08, patients 9 to 11: wrong answers that nearly pass, and right ones of another kind."""

from collections import OrderedDict
from functools import partial

from mnist_lab.exercises.registry import find_exercise

import torch
from attacks_08 import variants
from torch import nn
from torch.nn import functional as F

E11, E12, E13 = map(find_exercise, ("8.11", "8.12", "8.13"))

# 8.11

SGD = "torch.optim.SGD(model.parameters(), lr=0.1)"
ITEM = "losses.append(loss.item())"


def by_hand(model, loader):
    losses = []
    for images, labels in loader:
        losses.append(F.cross_entropy(model(images), labels))
        slopes = torch.autograd.grad(losses[-1], list(model.parameters()))
        with torch.no_grad():
            for weight, slope in zip(model.parameters(), slopes, strict=True):
                weight -= 0.05 * slope
    return tuple(loss.detach() for loss in losses)


def of_the_first_batch(model, loader):
    return E11.reference(model, loader[:1] * len(loader))


def without_training(model, loader):
    with torch.no_grad():
        losses = [F.cross_entropy(model(images), labels).item() for images, labels in loader]
    return [loss * 0.97**number for number, loss in enumerate(losses)]


# 8.12


class Named(nn.Module):
    def __init__(self, num_hidden):
        super().__init__()
        for number in range(num_hidden):
            self.add_module(f"hidden{number}", nn.Linear(16, 16))
        self.num_hidden, self.out = num_hidden, nn.Linear(16, 10)

    def forward(self, x):
        for number in range(self.num_hidden):
            x = torch.maximum(getattr(self, f"hidden{number}")(x), torch.tensor(0.0))
        return self.out(x)


class Functional(nn.Module):
    def __init__(self, num_hidden):
        super().__init__()
        self.weights = nn.ParameterList(torch.randn(16, 16) / 4 for _ in range(num_hidden))
        self.biases = nn.ParameterList(torch.zeros(16) for _ in range(num_hidden))
        self.out = nn.Linear(16, 10)

    def forward(self, x):
        for weight, bias in zip(self.weights, self.biases, strict=True):
            x = F.linear(x, weight, bias).relu()
        return self.out(x)


class UpToThree(Named):
    def __init__(self, num_hidden):
        super().__init__(min(num_hidden, 3) if num_hidden > 1 else 1)


def without_a_graph(num_hidden):
    network = Named(num_hidden)
    forward = network.forward
    network.forward = lambda x: forward(x).detach()
    return network


def bent_in_place(num_hidden):
    network = Named(num_hidden)
    forward = network.forward
    network.forward = lambda x: F.relu_(forward(x))
    return network


# 8.13


class Bent(nn.Module):
    def __init__(self, num_classes, bend=F.relu):
        super().__init__()
        self.hidden, self.out, self.bend = nn.Linear(784, 64), nn.Linear(64, num_classes), bend

    def forward(self, images):
        return self.out(self.bend(self.hidden(images.reshape(len(images), -1))))


class Fixed(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.layers = [nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, num_classes)]

    def forward(self, images):
        return nn.Sequential(*self.layers)(images)


class Shift(nn.Module):
    def forward(self, logits):
        return logits - logits.max(dim=1, keepdim=True).values


def ending(layer):
    return lambda num_classes: nn.Sequential(*E13.reference(num_classes), layer)


def in_parts(num_classes):
    body = nn.Sequential(OrderedDict(flat=nn.Flatten(), hidden=nn.LazyLinear(64), bend=nn.ReLU(inplace=True)))
    return nn.Sequential(body, nn.Linear(64, num_classes))


RIGHT = {
    "8.11": [
        by_hand,
        *variants(E11, {"lr=0.1": "lr=0.01"}, {"lr=0.1": "lr=0.002"}, {ITEM: "losses.append(float(loss))"}),
    ],
    "8.12": [Named, Functional],
    "8.13": [Bent, in_parts, lambda num_classes: nn.Sequential(*E13.reference(num_classes), nn.Identity())],
}
WRONG = {
    "8.11": [
        of_the_first_batch,
        without_training,
        *variants(
            E11,
            {SGD: f"{SGD[:-1]}, momentum=0.9)"},
            {SGD: f"{SGD[:-1]}, weight_decay=0.1)"},
            {SGD: "torch.optim.Adagrad(model.parameters(), lr=0.1)"},
            {"lr=0.1": "lr=3e-4"},
            {ITEM: "losses.append(2.3 / (1 + len(losses)))"},
            {ITEM: "losses.insert(0, loss.item())"},
            {"loss.backward()": "(100 * loss).backward()"},
            {ITEM: f"if len(losses) < 10:\n            {ITEM}"},
        ),
    ],
    "8.12": [
        UpToThree,
        without_a_graph,
        bent_in_place,
        *variants(
            E12,
            {"nn.Linear(16, 16) for": "nn.Linear(16, 16, bias=False) for"},
            {"nn.Linear(16, 10)": "nn.Linear(16, 10, bias=False)"},
            {"F.relu(layer(x))": "x + F.relu(layer(x))"},
            {"F.relu(layer(x))": "F.dropout(F.relu(layer(x)))"},
            {"F.relu(layer(x))": "F.gelu(layer(x))"},
            {"network.out(x)": "network.out(x).log_softmax(dim=1)"},
        ),
    ],
    "8.13": [
        Fixed,
        partial(Bent, bend=torch.tanh),
        partial(Bent, bend=F.gelu),
        partial(Bent, bend=F.leaky_relu),
        *map(ending, (Shift(), nn.ELU(), nn.Hardtanh(-9, 9), nn.ReLU6(), nn.Dropout(0.01))),
        *variants(E13, {"64, num_classes": "64, max(num_classes, 10)"}),
    ],
}
