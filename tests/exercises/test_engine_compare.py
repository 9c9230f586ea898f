"""Comparing by value: what is the same, and in which words it differs."""

import re
from dataclasses import dataclass

from mnist_lab.exercises.engine.compare import difference

import numpy as np
import pytest
import torch
from torch import nn

NAN = float("nan")


@dataclass
class Pair:
    left: float
    right: float


def linear(seed):
    torch.manual_seed(seed)
    return nn.Linear(2, 3)


SAME = [
    (3, 3),
    (1.0, 1.0 + 1e-6),
    (1.0, 1),
    (NAN, NAN),
    (None, None),
    (True, True),
    ("B", " b "),
    ((1, 2), [1, 2]),
    (torch.Size([3, 2]), (3, 2)),
    ({"a": 1.0, "b": [2]}, {"b": (2,), "a": 1.0}),
    (torch.tensor([1.0, NAN]), torch.tensor([1.0 + 1e-6, NAN])),
    (np.array([1, 2]), np.array([1, 2])),
    (3, np.int64(3)),
    (Pair(1.0, 2.0), Pair(1.0, 2.0)),
    (linear(0), linear(0)),
    (torch.float32, torch.float32),
    (torch.ones(2), torch.ones(2).double()),
    (np.ones(2, dtype="f"), np.ones(2)),
    (torch.ones(2, device="meta"), torch.zeros(2, device="meta")),
    ([torch.ones(2, device="meta")], (torch.ones(2, device="meta"),)),
    (linear(0).to("meta"), linear(1).to("meta")),
]
OTHER = [
    (3, 4, "The number differs"),
    (19_008, 19_009, "The number differs"),
    (torch.ones(2).double(), torch.ones(2), "The dtype float32 came where float64"),
    (3, 3.0, r"The float 3\.0 came where a whole number was expected"),
    (0.5, torch.tensor(0.5), r"`\.item\(\)` takes the number out"),
    (0.5, "0.5", "A text came where a number was expected"),
    (1, True, "True or False came where a whole number"),
    (True, 1, "A whole number came where True or False"),
    (1.0, NAN, "nan is not a number"),
    (1.0, None, "does the function end with `return`"),
    (None, 1.0, "A number came where `None` was expected"),
    ("B", "C", "The text differs"),
    ((1, 2), (1, 2, 3), "3 entries came where 2 were expected"),
    ((1, 2), (1, 5), r"At \[1\]: the number differs"),
    ({"a": 1}, {"b": 1}, "The key 'a' is missing"),
    ({"a": 1}, {"a": 1, "b": 1}, "The key 'b' is too many"),
    ({"a": {"c": 1}}, {"a": {"c": 2}}, r"At \['a'\]: at \['c'\]: the number differs"),
    (torch.ones(2, 3), torch.ones(3, 2), r"The shape \(3, 2\) came where \(2, 3\)"),
    (torch.ones(2), torch.ones(2).half(), "The dtype float16 came where float32"),
    (torch.ones(2), [1.0, 1.0], "A list came where a tensor"),
    (torch.ones(2), np.ones(2, dtype="f"), "A NumPy array came where a tensor"),
    (
        torch.ones(2, 2),
        torch.tensor([[1, 1], [1, 2.5]]),
        r"1 of 4 values differ, the first at \[1, 1\]: 2\.5",
    ),
    (torch.ones(2), torch.full((2,), NAN), "2 of 2 values differ, .* nan came where 1 was"),
    (linear(0), linear(1), r"At \['weight'\]: 6 of 6 values differ"),
    (linear(0), linear(0).eval(), "The model is in eval mode, not in training mode"),
    (linear(0), nn.ReLU(), "The key 'bias' is missing"),
    (Pair(1.0, 2.0), Pair(1.0, 3.0), r"At \.right: the number differs"),
    (torch.float32, torch.float64, "The values differ|came where"),
    (torch.ones(2), torch.ones(2, device="meta"), "A tensor on meta came where one on cpu was expected"),
    (torch.ones(2, device="meta"), torch.ones(2), "A tensor on cpu came where one on meta was expected"),
    (torch.ones(2, 3, device="meta"), torch.ones(3, 2, device="meta"), r"The shape \(3, 2\) came"),
    (torch.ones(2, device="meta"), torch.ones(2, device="meta").half(), "The dtype float16 came"),
    ({"a": torch.ones(2)}, {"a": torch.ones(2, device="meta")}, r"At \['a'\]: A tensor on meta came"),
    (linear(0), linear(0).to("meta"), r"At \['weight'\]: A tensor on meta came where one on cpu"),
    (np.ones(2), torch.ones(2, device="meta"), "A tensor came where a NumPy array"),
    (0.5, torch.tensor(0.5, device="meta"), "A tensor came where a plain number was expected"),
]


@pytest.mark.parametrize(("expected", "actual"), SAME, ids=str)
def test_what_is_the_same(expected, actual):
    assert difference(expected, actual) is None


@pytest.mark.parametrize(("expected", "actual", "words"), OTHER, ids=str)
def test_what_differs_is_named(expected, actual, words):
    sentence = difference(expected, actual)
    assert sentence is not None and re.search(words, sentence), sentence


def test_loosely_a_type_does_not_count_but_the_value_does():
    assert difference(3, 3.0, strict=False) is None
    assert difference(0.5, torch.tensor(0.5), strict=False) is None
    assert difference(torch.ones(2), torch.ones(2).double(), strict=False) is None
    assert difference(torch.ones(2), torch.zeros(2), strict=False)
    assert difference(3, 3.5, strict=False)


def test_a_device_counts_loosely_too():
    here, there = torch.ones(2), torch.ones(2, device="meta")
    assert "on meta" in difference(here, there, strict=False)
    assert difference(there, there.double(), strict=False) is None
    assert difference(0.5, torch.tensor(0.5, device="meta"), strict=False)


@pytest.mark.skipif(not torch.accelerator.is_available(), reason="this machine has no accelerator")
def test_devices_are_compared_on_an_accelerator_too():
    here, there = torch.ones(2), torch.ones(2).to(torch.accelerator.current_accelerator())
    assert f"on {there.device} came where one on cpu" in difference(here, there)
    assert f"on cpu came where one on {there.device}" in difference(there, here)
    assert difference(there, there.clone()) is None
    assert "1 of 2 values differ" in difference(there, there * torch.tensor([1, 2]).to(there.device))


def test_the_tolerance_is_relative():
    assert difference(1000.0, 1000.05) is None and difference(1000.0, 1000.2)
    assert difference(1000.0, 1000.2, tolerance=1e-3) is None
