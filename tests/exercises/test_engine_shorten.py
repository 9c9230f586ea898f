"""Values in a line or two, as a learner sees them."""

from mnist_lab.exercises.engine.shorten import shorten

import pytest
import torch
from torch import nn


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456789, "0.123457"),
        (2.0, "2.0"),
        (torch.arange(3), "tensor (3,) int64: [0, 1, 2]"),
        (torch.zeros(100, 3), "tensor (100, 3) float32: 0, 0, 0, 0, 0, 0, …"),
        (torch.zeros(0, 3), "tensor (0, 3) float32"),
        (torch.zeros(2, device="meta"), "tensor (2,) float32 on meta"),
        ([torch.ones(1), 2], "[tensor (1,) float32: [1], 2]"),
        ((0.5,), "(0.5,)"),
        (nn.ReLU(), "ReLU"),
        (len, "len"),
        ("x" * 200, "'xxx"),
        (None, "None"),
    ],
    ids=str,
)
def test_values_are_shown_shortly(value, text):
    assert shorten(value).startswith(text) and len(shorten(value)) < 90
