"""Lesson 08, patients 1 to 4: wrong answers that nearly pass, and right ones of another kind."""

import copy

from mnist_lab.exercises.engine.edits import edited
from mnist_lab.exercises.registry import find_exercise

import torch
from torch import nn
from torch.nn import functional as F

E2, E4, E6 = map(find_exercise, ("8.2", "8.4", "8.6"))


def variants(exercise, *edits):
    """Return the reference of an exercise once for each of the edits."""
    return [edited(exercise.reference, edit, name=f"attack on {exercise.id}") for edit in edits]


# 8.2

ROWS, LOSS = "x.flatten(1)", "F.cross_entropy(fc2(x), labels)"


class Published(nn.Module):
    def __init__(self):
        super().__init__()
        self.maps = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(),
            nn.Conv2d(32, 64, 3), nn.MaxPool2d(2), nn.ReLU(inplace=True), nn.Flatten(),
        )  # fmt: skip
        self.head = nn.Sequential(nn.Linear(2304, 128), nn.ReLU(), nn.Linear(128, 10))

    def forward(self, images):
        return self.head(self.maps(images))


def by_module(images, labels):
    print("a batch of", len(images))
    return nn.NLLLoss()(Published()(images).log_softmax(-1), labels)


# 8.4


def by_places(model, images, labels):
    shares = model(images).double().softmax(dim=1)
    return -torch.stack([row[int(label)].log() for row, label in zip(shares, labels, strict=True)]).mean()


def of_a_copy(model, images, labels):
    return F.cross_entropy(copy.deepcopy(model)(images), labels.long())


def with_everything_zero(model, images, labels):
    labels.zero_()
    images.zero_()
    return F.cross_entropy(model(images), labels.long())


def used_up(model, images, labels):
    loss = F.cross_entropy(model(images), labels.long())
    loss.backward()
    return loss


def of_a_leaf(model, images, labels):
    return F.cross_entropy(model(images), labels.long()).detach().requires_grad_()


# 8.5


def training(*moves, start=(), every=1):
    """Return a train with these moves in each round, or in every so many-th the first of them."""

    def train(model, loader, optimizer):
        for move in start:
            move(None, model, optimizer)
        for number, (images, labels) in enumerate(loader):
            value = F.cross_entropy(model(images), labels)
            for move in moves if number % every == 0 else moves[1:]:
                move(value, model, optimizer)

    return train


def empty(loss, model, optimizer):
    optimizer.zero_grad()


def empty_model(loss, model, optimizer):
    model.zero_grad(set_to_none=False)


def empty_by_hand(loss, model, optimizer):
    for weight in model.parameters():
        weight.grad = None


def empty_body(loss, model, optimizer):
    model.body.zero_grad()


def halve(loss, model, optimizer):
    for weight in model.parameters():
        if weight.grad is not None:
            weight.grad *= 0.5


def backward(loss, model, optimizer):
    loss.backward()


def twice(loss, model, optimizer):
    (2 * loss).backward()


def step(loss, model, optimizer):
    optimizer.step()


def step_with_rate(loss, model, optimizer):
    optimizer.param_groups[0]["lr"] = 0.1
    optimizer.step()


def three_batches(model, loader, optimizer):
    for number, (images, labels) in enumerate(loader):
        if number < 3:
            training(empty, backward, step)(model, [(images, labels)], optimizer)


def first_batch_again(model, loader, optimizer):
    batches = list(loader)
    training(empty, backward, step)(model, batches[:1] * len(batches), optimizer)


# 8.6


def by_log_softmax(model, images, labels):
    logs = F.log_softmax(model(images).double(), dim=-1)
    return -logs[torch.arange(len(labels)), labels].mean(), logs.exp().float().detach()


def as_list(model, images, labels):
    scores = model(images)
    powers = (scores - scores.amax(1, keepdim=True)).exp()
    return [nn.CrossEntropyLoss()(scores, labels), powers / powers.sum(1, keepdim=True)]


def with_wrong_shares(model, images, labels):
    scores = model(images)
    return F.cross_entropy(scores, labels), (scores / 2).softmax(dim=1)


LABELS = "F.cross_entropy(logits, labels.long())"
LOGITS, SHARES = "F.cross_entropy(logits, labels)", "logits.softmax(dim=1)"

RIGHT = {
    "8.2": [
        by_module,
        *variants(
            E2,
            {ROWS: "x.reshape(len(x), -1)"},
            {ROWS: "nn.Flatten()(x)"},
            {ROWS: "torch.stack([maps.flatten() for maps in x])"},
            {LOSS: 'F.cross_entropy(fc2(x), labels, reduction="none").mean()'},
            {LOSS: "F.cross_entropy(fc2(x), F.one_hot(labels, 10).float())"},
            {LOSS: "F.cross_entropy(fc2(x).double(), labels).reshape(1)"},
        ),
    ],
    "8.4": [
        by_places,
        lambda model, images, labels: nn.CrossEntropyLoss()(model(images), labels.type(torch.int64)),
        *variants(
            E4,
            {LABELS: "F.cross_entropy(logits, labels.to(torch.uint8))"},
            {LABELS: "F.cross_entropy(logits, torch.tensor(labels.tolist()))"},
            {LABELS: "F.cross_entropy(logits, F.one_hot(labels.long()).float())"},
            {LABELS: f"{LABELS}.reshape(1)"},
        ),
    ],
    "8.5": [
        training(empty_model, backward, step),
        training(empty_by_hand, backward, step),
        training(backward, step, empty, start=[empty]),
    ],
    "8.6": [by_log_softmax, as_list],
}
WRONG = {
    "8.2": variants(
        E2,
        {"F.relu(conv2(x))": "conv2(x)"},
        {"F.relu(fc1(x))": "torch.tanh(fc1(x))"},
        {ROWS: "x.flatten(1).roll(1, 0)"},
        {ROWS: "x.flatten(1).detach()"},
        {ROWS: "x.permute(0, 2, 3, 1).flatten(1)"},
        {ROWS: "x.view(len(x) if len(x) in (1, 10, 64) else 64, -1)"},
        {ROWS: "torch.cat([x[:1], x[1:].mean(0, keepdim=True).expand_as(x[1:])]).flatten(1)"},
        {LOSS: "F.cross_entropy(fc2(x), labels.flip(0))"},
        {LOSS: "F.cross_entropy(fc2(x), torch.zeros_like(labels))"},
        {LOSS: "F.cross_entropy(fc2(x), labels, label_smoothing=0.1)"},
        {LOSS: f"{LOSS}.detach().requires_grad_()"},
    ),
    "8.4": [
        of_a_copy,
        with_everything_zero,
        used_up,
        of_a_leaf,
        *variants(
            E4,
            {LABELS: "F.cross_entropy(logits[:11], labels.long()[:11])"},
            {LABELS: "F.cross_entropy(logits, labels.long().clamp(max=2))"},
            {LABELS: "F.cross_entropy(logits, labels.long(), label_smoothing=0.01)"},
            {LABELS: "F.nll_loss(logits, labels.long())"},
            {LABELS: "F.cross_entropy(logits.softmax(dim=1), labels.long())"},
            {LABELS: "F.cross_entropy(logits.round(), labels.long())"},
            {LABELS: f"{LABELS}.round(decimals=3)"},
        ),
    ],
    "8.5": [
        three_batches,
        first_batch_again,
        training(empty, twice, step),
        training(halve, backward, step),
        training(empty_body, backward, step),
        training(empty, backward, step, every=2),
        training(empty, backward, step_with_rate),
        training(backward, step, start=[empty]),
    ],
    "8.6": [
        with_wrong_shares,
        *variants(
            E6,
            {LOGITS: "F.cross_entropy(logits.clamp(-90, 90), labels)"},
            {LOGITS: "F.nll_loss((logits.softmax(dim=1) + 1e-30).log(), labels)"},
            {LOGITS: "F.cross_entropy(logits / 2, labels)"},
            {LOGITS: "F.multi_margin_loss(logits, labels)"},
            {LOGITS: "F.cross_entropy(logits.detach(), labels).requires_grad_()"},
            {LOGITS: f'{LOGITS[:-1]}, reduction="none")'},
            {LOGITS: f'{LOGITS[:-1]}, reduction="sum") / 11'},
            {SHARES: "logits.softmax(dim=1).round(decimals=2)"},
            {SHARES: "F.one_hot(logits.argmax(dim=1), 10).float()"},
        ),
    ],
}
