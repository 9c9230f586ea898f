"""Lesson 06: dropout, right and in many wrong ways."""

import torch


def dropout(values, *, p, training):
    if not training:
        return values
    mask = torch.rand_like(values) >= p
    return values * mask / (1 - p)


# How a known wrong answer draws its mask, scales what stays, and behaves in eval mode.


def a_coin_each(values, p):
    return torch.rand_like(values) >= p


def a_coin_each_but_swapped(values, p):
    return torch.rand_like(values) < p


def a_coin_a_column(values, p):
    return torch.rand(values.shape[1]) >= p


def a_coin_a_row(values, p):
    return torch.rand(len(values), 1) >= p


def half(values, p):
    return torch.rand_like(values) >= 0.5


def under_a_bell(values, p):
    return torch.randn_like(values) >= p


def one_coin(values, p):
    return torch.rand(1) >= p


def rounded(values, p):
    return torch.ones_like(values) * int(1 - p)


def not_a_mask(values, p):
    return torch.rand_like(values)


def a_fixed_number(values, p):
    order = torch.rand_like(values).argsort(dim=1).argsort(dim=1)
    return order >= round(p * values.shape[1])


def once(values, p):
    generator = torch.Generator().manual_seed(0)
    return torch.rand(values.shape, generator=generator) >= p


def variant(*, mask=a_coin_each, scale=lambda p: 1 / (1 - p), evaluate=lambda values, p: values):
    def dropout(values, *, p, training):
        if not training:
            return evaluate(values, p)
        return values * mask(values, p) * scale(p)

    return dropout


def in_every_mode(values, *, p, training):
    return dropout(values, p=p, training=True)


def in_every_mode_unscaled(values, *, p, training):
    return values * a_coin_each(values, p)


def turned_round(values, *, p, training):
    return dropout(values, p=p, training=not training)


def by_what_stayed(values, *, p, training):
    if not training:
        return values
    mask = a_coin_each(values, p).float()
    return values * mask / mask.mean()


def in_place(values, *, p, training):
    if training:
        values[torch.rand_like(values) < p] = 0
        values /= 1 - p
    return values


def in_place_unscaled(values, *, p, training):
    if training:
        values[torch.rand_like(values) < p] = 0
    return values


def only_the_mask(values, *, p, training):
    return a_coin_each(values, p) / (1 - p) if training else values


def only_what_stays(values, *, p, training):
    return values[a_coin_each(values, p)] / (1 - p) if training else values


def nothing_in_eval(values, *, p, training):
    if training:
        return dropout(values, p=p, training=True)
    return None


def zeros_in_eval(values, *, p, training):
    return dropout(values, p=p, training=True) if training else torch.zeros_like(values)
