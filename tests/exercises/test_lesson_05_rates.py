"""The log of exercise 5.7 is what PyTorch does: whose loss brings which learning rates."""

import pytest
import torch
from torch.optim.lr_scheduler import LambdaLR

HALF = 5


def new_parts():
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=0.010)
    return {"optimizer": optimizer, "scheduler": LambdaLR(optimizer, lambda epoch: max(0.1, 1 - epoch / 10))}


def rates(parts, num_epochs):
    found = []
    for _ in range(num_epochs):
        found.append(parts["optimizer"].param_groups[0]["lr"])
        parts["optimizer"].step()
        parts["scheduler"].step()
    return found


@pytest.mark.parametrize(
    ("forgotten", "expected"),
    [
        (None, [0.005, 0.004, 0.003, 0.002, 0.001, 0.001]),
        ("optimizer", [0.010, 0.004, 0.003]),
        ("scheduler", [0.005, 0.009, 0.008]),
    ],
)
def test_the_rates_of_the_five_colleagues(forgotten, expected):
    before, after = new_parts(), new_parts()
    assert rates(before, HALF) == pytest.approx([0.010, 0.009, 0.008, 0.007, 0.006])
    for name in after.keys() - {forgotten}:
        after[name].load_state_dict(before[name].state_dict())
    assert rates(after, len(expected)) == pytest.approx(expected)
