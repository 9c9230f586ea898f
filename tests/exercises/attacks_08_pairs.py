"""Lesson 08, patients 5 to 7: wrong answers that nearly pass, and right ones of another kind."""

import random

from mnist_lab.exercises.registry import find_exercise

import numpy as np
import torch
from attacks_08 import variants
from torch import nn

E7, E8, E9 = map(find_exercise, ("8.7", "8.8", "8.9"))

# 8.7


def by_random(images, labels):
    order = random.sample(range(len(images)), len(images))
    return [images[order], labels[order]]


def by_numpy(images, labels):
    order = torch.from_numpy(np.random.default_rng().permutation(len(labels)))
    return images.index_select(0, order), labels.index_select(0, order)


def by_noise(images, labels):
    order = torch.rand(len(images)).argsort()
    return images[order].clone(), torch.stack([labels[place] for place in order])


def in_place(images, labels):
    order = torch.randperm(len(images))
    images[:], labels[:] = images[order], labels[order]
    return images, labels


def ordered(make):
    """Return a shuffled by the order that make(number of images) gives."""

    def shuffled(images, labels):
        order = torch.as_tensor(make(len(images)))
        return images[order], labels[order]

    return shuffled


def one_pair(size):
    order = torch.arange(size)
    first, second = torch.randperm(size)[:2]
    order[first], order[second] = second, first
    return order


def flipped_or_not(size):
    return torch.arange(size).flip(0) if torch.rand(1) < 0.5 else torch.arange(size)


def by_halves(size):
    return torch.cat([torch.randperm(size // 2), size // 2 + torch.randperm(size - size // 2)])


def in_strides(size):
    start = int(torch.randint(size, (1,)))
    stride = next(number for number in random.sample(range(2, size), size - 2) if np.gcd(number, size) == 1)
    return (start + stride * torch.arange(size)) % size


def nearby(size):
    return (torch.arange(size) + 0.2 * size * torch.rand(size)).argsort()


# 8.8


class Centred(nn.Module):
    def __init__(self, network, mean):
        super().__init__()
        self.inner, self.mean = network, nn.Parameter(mean.clone(), requires_grad=False)

    def forward(self, images):
        return self.inner(images.sub(self.mean))


class InPlace(Centred):
    def forward(self, images):
        return self.inner(images.sub_(self.mean))


class Unloaded(nn.Module):
    def __init__(self, network, mean):
        super().__init__()
        self.network, self.first = network, mean
        self.register_buffer("mean", mean.clone())

    def forward(self, images):
        return self.network(images - self.first.to(self.mean.device))


class Hidden(Unloaded):
    def __init__(self, network, mean):
        super().__init__(network, mean)
        self.__dict__["network"] = self._modules.pop("network")


# 8.9

SCALED = "pixels.unsqueeze(1).float() / 255"
IMAGES = "(images - 0.5) / 0.5"


def by_table(model, pixels):
    table = torch.linspace(-1, 1, 256)
    with torch.inference_mode():
        return model(table[pixels.int()].unsqueeze(1))


def by_numpy_again(model, pixels):
    images = (pixels.numpy().astype(np.float32) / 127.5 - 1)[:, None]
    return model.eval()(torch.from_numpy(images))


def one_shape(model, pixels):
    return model((pixels.reshape(2, 1, 3, 4).float() / 255 - 0.5) / 0.5)


def made_trainable(model, pixels):
    return model.train()((pixels[:, None] / 255 - 0.5) / 0.5)


def with_thinner_weights(model, pixels):
    model.half()
    return model((pixels[:, None] / 255 - 0.5).half() / 0.5)


RIGHT = {
    "8.7": [by_random, by_numpy, by_noise, in_place],
    "8.8": [
        Centred,
        *variants(
            E8,
            {"images - whole.mean": "images + -whole.mean"},
            {'("mean", mean)': '("mean_image", mean.detach().clone())', "whole.mean)": "whole.mean_image)"},
            {"images - whole.mean": 'images - whole.state_dict()["mean"]'},
            {"images - whole.mean": "torch.sub(images, whole.mean).contiguous()"},
        ),
    ],
    "8.9": [
        by_table,
        by_numpy_again,
        *variants(
            E9,
            {IMAGES: "2 * images - 1"},
            {SCALED: "pixels[:, None].to(torch.float32).div(255)"},
            {SCALED: "(pixels.double() / 255).float().reshape(len(pixels), 1, *pixels.shape[1:])"},
        ),
    ],
}
WRONG = {
    "8.7": [
        *map(ordered, (one_pair, flipped_or_not, by_halves, in_strides, nearby)),
        ordered(
            lambda size: torch.cat([torch.randperm(size - size // 9), torch.arange(size)[-(size // 9) :]])
        ),
        *variants(
            E7,
            {"images[order]": "images[order].transpose(2, 3)"},
            {"labels[order]": "labels[order.flip(0)]"},
            {"labels[order]": "labels[order].float()"},
            {"labels[order]": "labels[order] + 1"},
            {"labels[order]": "labels[order].sum()"},
        ),
    ],
    "8.8": [
        InPlace,
        Unloaded,
        Hidden,
        *variants(
            E8,
            {'("mean", mean)': '("mean", torch.tensor([0.1, 0.5, 0.7]).reshape(1, 1, 1, 3))'},
            {'("mean", mean)': '("mean", mean, persistent=False)'},
            {'("mean", mean)': '("mean", mean.mean(dim=3, keepdim=True))'},
            {'("mean", mean)': '("mean", mean / 255)'},
            {"images - whole.mean": "images - whole.mean.mean()"},
            {"images - whole.mean": "images - mean"},
            {"images - whole.mean": "(images - whole.mean) / whole.mean.std()"},
        ),
    ],
    "8.9": [
        one_shape,
        made_trainable,
        with_thinner_weights,
        *variants(
            E9,
            {"/ 255": "/ pixels.max()"},
            {"/ 255": "/ 256"},
            {".float() / 255": ".float().sub(pixels.min()).div(pixels.max() - pixels.min())"},
            {"0.5) / 0.5": "images.mean()) / images.std()"},
            {IMAGES: f"({IMAGES}).round(decimals=2)"},
            {IMAGES: "images - 0.5"},
            {f"model({IMAGES})": f"model({IMAGES}).softmax(dim=1)"},
            {f"model({IMAGES})": f"model({IMAGES}).argmax(dim=1)"},
        ),
    ],
}
