"""Whole numbers for an exercise's cases, drawn from the generator, so that another seed makes others."""

import torch


def whole_number(generator, lowest, highest):
    """Return a whole number from lowest to highest, both included."""
    return int(torch.randint(lowest, highest + 1, (), generator=generator))


def different_numbers(generator, count, lowest, highest):
    """Return a list of count whole numbers from lowest to highest, no two of them equal."""
    return (lowest + torch.randperm(highest - lowest + 1, generator=generator)[:count]).tolist()
