"""The watch over devices: as strict as an accelerator, on any machine."""

from mnist_lab.exercises.engine.device_watch import DeviceWatch

import pytest
import torch
from torch import nn
from torch.nn import functional as F


def test_the_watch_is_as_strict_as_an_accelerator():
    here, there = torch.ones(1), torch.ones(1, device="meta")
    images, conv = torch.ones(1, 1, 5, 5, device="meta"), nn.Conv2d(1, 1, 3)
    allowed = (
        lambda: there + torch.tensor(1.0),
        lambda: here.to("meta") + there,
        lambda: here.to(there) + there,
        lambda: nn.Conv2d(1, 1, 3).to("meta")(images),
        here.item,
    )
    refused = (
        lambda: conv(images),
        lambda: here.clone().add_(there),
        lambda: torch.tensor(0.0).add_(there[0]),
        lambda: torch.cat([here, there]),
        lambda: F.linear(here, weight=torch.ones(1, 1, device="meta")),
        there.item,
        there.cpu,
        lambda: there.to("cpu"),
        lambda: float(there),
    )
    for function in allowed:
        with DeviceWatch() as watch:
            function()
        assert watch.seen == []
    for function in refused:
        with pytest.raises(RuntimeError, match="same device"), DeviceWatch() as watch:
            function()
        assert len(watch.seen) == 1
