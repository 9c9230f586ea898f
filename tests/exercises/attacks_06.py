"""Lesson 06: wrong answers that nearly pass, and right ones of another kind. (6.7: attacks_06_patience.)"""

import itertools
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# 6.3 and 6.6: dropout, of values and of whole channels


def dropping(mask, scale=lambda p: 1 / (1 - p)):
    """Return a dropout of that mask (values, p), and with that factor for what stays."""

    def dropout(values, *, p, training):
        return values * mask(values, p) * scale(p) if training else values

    return dropout


def bernoulli(values, *, p, training):
    return values * torch.bernoulli(torch.full_like(values, 1 - p)) / (1 - p) if training else values


def where(values, *, p, training):
    print("dropout of", values.shape)
    return torch.where(torch.rand_like(values) < p, 0.0, values / (1 - p)) if training else values


def in_a_loop(values, *, p, training):
    if not training or p == 0:
        return values.clone()
    kept = [0.0 if random.random() < p else value / (1 - p) for value in values.flatten().tolist()]
    return torch.tensor(kept).reshape(values.shape)


def by_index(values, *, p, training):
    result = values.clone()
    if training:
        result[torch.empty(values.shape).uniform_() < p] = 0
        result /= 1 - p
    return result


def by_layer(values, *, p, training):
    return nn.Dropout(p).train(training)(values)


def in_double(values, *, p, training):
    draws = torch.from_numpy(np.random.default_rng().random(values.shape))
    return values * torch.floor(draws + 1 - p) / (1 - p) if training else values


def of_one_p(values, *, p, training):
    if not training or p == 0:
        return values
    return values * (torch.rand_like(values) >= 0.237) / 0.763


def of_the_first_p(values, *, p, training, seen=[]):  # noqa: B006, it is to be kept
    seen.append(p)
    return by_index(values, p=seen[0], training=training)


def of_two_axes(values, *, p, training):
    num_samples, num_values = values.shape
    return values * (torch.rand(num_samples, num_values) >= p) / (1 - p) if training else values


def with_kept_masks(values, *, p, training, masks={}):  # noqa: B006
    mask = masks.setdefault((values.shape, p), torch.rand_like(values) >= p)
    return values * mask / (1 - p) if training else values


def at_drawn_places(values, *, p, training):
    if not training:
        return values
    result = values.clone().flatten()
    result[torch.randint(0, len(result), (round(p * len(result)),))] = 0
    return result.reshape(values.shape) / (1 - p)


def half_if_none(values, *, p, training):
    return by_index(values, p=p or 0.5, training=training)


def channels_in_a_loop(maps, *, p, training):
    result = maps.clone()
    for image, channel in itertools.product(*map(range, maps.shape[:2])):
        if training:
            result[image, channel] *= 0 if random.random() < p else 1 / (1 - p)
    return result


def channels_by_rows(maps, *, p, training):
    return F.dropout1d(maps.flatten(2), p, training).reshape(maps.shape)


def channels_by_einsum(maps, *, p, training):
    kept = torch.bernoulli(torch.full(maps.shape[:2], 1 - p)) / (1 - p)
    return torch.einsum("nchw,nc->nchw", maps, kept) if training else maps


def channels_of_one_size(maps, *, p, training):
    return maps * (torch.rand(60, 100, 1, 1) >= p) / (1 - p) if training else maps


def channels_of_an_axis_too_many(maps, *, p, training):
    return F.dropout3d(maps, p, training)


# 6.5: the right place


def with_hidden(change):
    """Return a forward pass whose change (model, hidden) makes the logits of what fc1 and relu give."""

    def logits_with_dropout(model, images):
        x = images
        for conv in (model.conv1, model.conv2):
            x = F.max_pool2d(F.relu(conv(x)), 2)
        return change(model, F.relu(model.fc1(x.reshape(len(x), -1))))

    return logits_with_dropout


plain = with_hidden(lambda model, x: model.fc2(x))


def before_relu(model, images):
    x = model.pool(model.relu(model.conv2(model.pool(model.relu(model.conv1(images))))))
    return model.fc2(model.relu(model.dropout(model.fc1(model.flatten(x)))))


def image_by_image(model, images):
    dropped = with_hidden(lambda model, x: model.fc2(model.dropout(x)))
    return torch.cat([dropped(model, image[None]) for image in images]).double()


def if_training(model, x):
    return model.fc2(model.dropout(x) if model.training else x)


def trained(model, x):
    return model.train().fc2(model.dropout(x))


def without_a_mode(model, x):
    was_training = model.training
    logits = model.eval().fc2(model.dropout(x))
    model.train(was_training)
    return logits


def of_another_p(model, x):
    model.dropout.p = 0.5
    return model.fc2(model.dropout(x))


RIGHT = {
    "6.2": [
        tuple(map(torch.tensor, ([2.5, -1.25, 0, 10], [2, -1, 4, 8]))),
        np.array([[2.5, -1.25, 0, 10], [2, -1, 4, 8]]),
    ],
    "6.3": [bernoulli, where, in_a_loop, by_index, by_layer, in_double],
    "6.5": [
        before_relu,
        image_by_image,
        with_hidden(if_training),
        with_hidden(lambda model, x: model.fc2(x * model.dropout(torch.ones_like(x)))),
        with_hidden(lambda model, x: nn.Sequential(model.dropout, model.fc2)(x)),
    ],
    "6.6": [
        channels_in_a_loop,
        channels_by_rows,
        channels_by_einsum,
        dropping(lambda maps, p: torch.rand_like(maps[:, :, :1, :1]) >= p),
        dropping(lambda maps, p: (torch.rand(maps.shape[:2]) >= p)[..., None, None].expand_as(maps)),
    ],
}
WRONG = {
    "6.3": [
        of_one_p,
        of_the_first_p,
        of_two_axes,
        with_kept_masks,
        at_drawn_places,
        half_if_none,
        dropping(lambda x, p: torch.randint(0, 10, x.shape) >= 10 * p),
        dropping(lambda x, p: torch.randint(0, 100, x.shape) >= 100 * p),
        dropping(lambda x, p: torch.rand(x.shape[-2:]) >= p),
        dropping(lambda x, p: torch.rand_like(x) >= p * x.abs() / x.abs().mean()),
        dropping(lambda x, p: torch.rand_like(x) >= p, lambda p: round(1 / (1 - p), 2)),
        lambda values, *, p, training: torch.feature_dropout(values, p, training),
        lambda values, *, p, training: F.dropout(values, p, training).relu() if training else values,
    ],
    "6.5": [
        with_hidden(trained),
        with_hidden(without_a_mode),
        with_hidden(of_another_p),
        lambda model, images: model(images),
        lambda model, images: plain(model, images) + 0 * model.dropout(torch.ones(128)).sum(),
        with_hidden(lambda model, x: model.fc2(x * model.dropout(torch.ones(128)))),
        with_hidden(lambda model, x: model.fc2(x * model.dropout(torch.ones(1, 128)))),
        with_hidden(lambda model, x: model.fc2(x + 0 * model.dropout(x))),
        with_hidden(lambda model, x: model.fc2(torch.cat([model.dropout(x[:, :64]), x[:, 64:]], dim=1))),
        with_hidden(lambda model, x: model.fc2(model.dropout(x)).detach()),
        with_hidden(lambda model, x: model.fc2(model.dropout(x)).softmax(dim=1)),
    ],
    "6.6": [
        channels_of_one_size,
        channels_of_an_axis_too_many,
        at_drawn_places,
        half_if_none,
        of_the_first_p,
        dropping(lambda maps, p: torch.rand(*maps.shape[:2], 1, 1) >= 0.2, lambda p: 1.25),
        dropping(lambda maps, p: torch.randint(0, 10, (*maps.shape[:2], 1, 1)) >= 10 * p),
        dropping(lambda maps, p: torch.rand(*maps.shape[:3], 1) >= p),
    ],
}
