"""Lesson 02: wrong answers that nearly pass, and right ones of another kind."""

import random

import numpy as np
import torch
from by_heart import by_heart
from torch.utils.data import DataLoader, TensorDataset
from torchvision import transforms

# 2.3: the constants of a set


def measured(pixels, is_train, *, cut=lambda pixels, is_train: pixels[is_train], digits=None):
    """Return the two constants by NumPy, of some of the images, rounded if asked."""
    values = cut(pixels, is_train).numpy().astype(np.float64) / 255
    mean, std = values.mean(), values.std()
    return (mean, std) if digits is None else (round(mean, digits), round(std, digits))


def by_hand(pixels, is_train):
    values = [byte / 255 for image in pixels[is_train] for byte in image.flatten().tolist()]
    mean = sum(values) / len(values)
    return [mean, (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5]


def by_std_mean(pixels, is_train):
    std, mean = torch.std_mean(torch.masked_select(pixels, is_train[:, None, None]).div(255))
    return float(mean), float(std)


def of_image_means(pixels, is_train):
    kept = pixels[is_train].float() / 255
    return kept.mean(dim=(1, 2)).mean().item(), kept.std(dim=(1, 2)).square().mean().sqrt().item()


def scaled_in_place(pixels, is_train):
    values = pixels[is_train].float() / 255
    pixels.zero_()
    return values.mean().item(), values.std().item()


# 2.4: back to bytes


def by_transforms(images, mean, std):
    there = transforms.Normalize((-mean / std,), (1 / std,))(images)
    return torch.round(there * 255).byte()


def by_256_steps(images, mean, std):
    return ((images * std + mean) * 256).clamp(0, 255).to(torch.uint8)


def by_adding_a_half(images, mean, std):
    return (255 * (images * std + mean) + 0.5).clamp(0, 255).to(torch.uint8)


def by_numpy(images, mean, std):
    return torch.from_numpy(np.rint((images.numpy() * std + mean) * 255).astype(np.uint8))


def by_table(images, mean, std):
    table = (torch.arange(256) / 255 - mean) / std
    return (images[..., None] - table).abs().argmin(dim=-1).to(torch.uint8)


def stretched_to_its_limits(images, mean, std):
    low, high = images.min(), images.max()
    return ((images - low) / (high - low) * 255).round().to(torch.uint8)


def of_mnist(images, mean, std):
    known = {0.5: 0.25, 0.1307: 0.3081}
    return by_transforms(images, mean, known.get(mean, 0.6))


def undone_in_place(images, mean, std):
    return images.mul_(std).add_(mean).mul(255).round().to(torch.uint8)


# 2.5: a split with no overlap


def split(order, *, take=lambda mine, per_class: mine[:per_class], classes=torch.unique, size=lambda n: n):
    """Return a split by order(labels, seed) of which take picks the validation images of a class."""

    def split_by_class(labels, *, per_class, seed=0):
        shuffled, validation = order(labels, seed), []
        for digit in classes(labels):
            validation += take(shuffled[labels[shuffled] == digit], size(per_class)).tolist()
        return [i for i in shuffled.tolist() if i not in validation], validation

    return split_by_class


def seeded(labels, seed):
    return torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))


def with_numpy(labels, *, per_class, seed=0):
    draw, digits = np.random.default_rng(seed), labels.numpy()
    chosen = [draw.choice(np.flatnonzero(digits == d), per_class, replace=False) for d in np.unique(digits)]
    validation = np.concatenate(chosen)
    return np.setdiff1d(np.arange(len(digits)), validation), validation


def with_sets(labels, *, per_class, seed=0):
    draw, classes = random.Random(seed), {}
    for place, digit in enumerate(labels.tolist()):
        classes.setdefault(digit, []).append(place)
    validation = {place for mine in classes.values() for place in draw.sample(mine, per_class)}
    return set(range(len(labels))) - validation, validation


def one_by_one(labels, *, per_class, seed=0):
    train, validation, counts = [], [], {}
    for place in seeded(labels, seed).tolist():
        digit = int(labels[place])
        counts[digit] = counts.get(digit, 0) + 1
        (validation if counts[digit] <= per_class else train).append(place)
    return train, validation


def with_the_global_seed(labels, seed):
    torch.manual_seed(seed)
    return torch.randperm(len(labels))


def sorting_the_labels(labels, *, per_class, seed=0):
    labels.copy_(labels.sort().values)
    return one_by_one(labels, per_class=per_class, seed=seed)


def rolled(labels, seed):
    return torch.arange(len(labels)).roll(seed)


# 2.7: a batch iterator


def with_a_loader(images, labels, order, batch_size):
    yield from map(tuple, DataLoader(TensorDataset(images, labels), batch_size, sampler=order.tolist()))


def with_while(images, labels, order, batch_size):
    while len(order) > 0:
        chosen, order = order[:batch_size], order[batch_size:]
        yield images.index_select(0, chosen), labels.index_select(0, chosen)


def as_a_list(images, labels, order, batch_size):
    print("batches of", batch_size)
    return [[images[chosen], labels[chosen]] for chosen in order.split(batch_size)]


def with_a_filled_last(images, labels, order, batch_size):
    order = torch.cat([order, order[: -len(order) % batch_size]])
    yield from as_a_list(images, labels, order, batch_size)


def in_pairs(images, labels):
    return images, labels


def pieces(cut=lambda order, batch_size: order.split(batch_size), given=in_pairs):
    """Return an iterator that cuts the order in another way, or hands out something else."""

    def batches(images, labels, order, batch_size):
        for chosen in cut(order, batch_size):
            yield given(images[chosen], labels[chosen])

    return batches


RIGHT = {
    "2.1": [-1.2, np.float32(-1.2), torch.tensor(-1.2), (51 / 255 - 0.5) / 0.25],
    "2.2": [
        lambda images: (5 * images.double() - 2).float(),
        lambda images: images.mul(5).sub(2),
        lambda images: transforms.Compose([transforms.Normalize(0.4, 0.2)])(images),
        lambda images: torch.lerp(torch.tensor(-2.0), torch.tensor(3.0), images),
    ],
    "2.3": [measured, by_hand, by_std_mean],
    "2.4": [by_transforms, by_adding_a_half, by_256_steps, by_numpy, by_table],
    "2.5": [with_numpy, with_sets, one_by_one, split(seeded), split(with_the_global_seed)],
    "2.7": [with_a_loader, with_while, as_a_list, pieces()],
}
WRONG = {
    "2.1": [-1.19, 1.2, "-1.2", (-1.2,), 0.2 - 0.5],
    "2.2": [
        by_heart("2.2"),
        lambda images: images * 5 - 1.999,
        lambda images: (images * 5 - 2).clamp(-2, 2),
        lambda images: (images * 5 - 2).round(),
        lambda images: (images - images.min()) / (images.max() - images.min()) * 5 - 2,
        lambda images: images.mul_(5).sub_(2),
        lambda images: (images * 5 - 2).numpy(),
        lambda images: transforms.Normalize((0.4,), (0.2,)),
    ],
    "2.3": [
        by_heart("2.3"),
        of_image_means,
        scaled_in_place,
        lambda pixels, is_train: (0.1307, 0.3081),
        lambda pixels, is_train: measured(pixels, is_train, digits=2),
        lambda pixels, is_train: measured(pixels, is_train, cut=lambda p, t: p[: int(t.sum())]),
        lambda pixels, is_train: measured(pixels, is_train, cut=lambda p, t: p[t][p[t] > 0]),
        lambda pixels, is_train: tuple(value * 255 / 256 for value in measured(pixels, is_train)),
        lambda pixels, is_train: tuple(map(torch.tensor, measured(pixels, is_train))),
        lambda pixels, is_train: measured(pixels, is_train)[0],
    ],
    "2.4": [
        by_heart("2.4"),
        of_mnist,
        stretched_to_its_limits,
        undone_in_place,
        lambda images, mean, std: ((images * std + mean) * 255).to(torch.uint8),
        lambda images, mean, std: ((images * std + mean) * 255).ceil().to(torch.uint8),
        lambda images, mean, std: ((images * std + mean) * 255).round().to(torch.int16),
        lambda images, mean, std: by_transforms(images, mean, std)[:, 0],
        lambda images, mean, std: by_transforms(images, mean, std).clamp(1, 254),
    ],
    "2.5": [
        sorting_the_labels,
        split(rolled),
        split(seeded, size=lambda per_class: 3),
        split(seeded, classes=lambda labels: range(4)),
        split(lambda labels, seed: seeded(labels, min(seed, 5))),
        split(lambda labels, seed: seeded(labels, random.randrange(10**6))),
        split(seeded, take=lambda mine, per_class: mine[: len(mine) // 4]),
        split(seeded, take=lambda mine, per_class: mine[per_class:]),
        split(seeded, take=lambda mine, per_class: mine[torch.randint(len(mine), (per_class,))]),
    ],
    "2.6": ["B", "B1 or D4", "A1", "B3 B2", 2],
    "2.7": [
        by_heart("2.7"),
        with_a_filled_last,
        pieces(cut=lambda order, batch_size: order.sort().values.split(batch_size)),
        pieces(cut=lambda order, batch_size: order.flip(0).split(batch_size)),
        pieces(cut=lambda order, batch_size: order.split(min(batch_size, 3))),
        pieces(cut=lambda order, batch_size: order.chunk(3)),
        pieces(cut=lambda order, batch_size: order.split(batch_size)[:3]),
        pieces(given=lambda images, labels: (images.float(), labels)),
        pieces(given=lambda images, labels: (images, images[:, 0] // 10)),
        pieces(given=lambda images, labels: {"images": images, "labels": labels}),
    ],
}
