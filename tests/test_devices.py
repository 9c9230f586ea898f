"""Devices: chosen by name, refused with the ones that are here, moved to, waited for, seeded."""

import random
from typing import NamedTuple

from mnist_lab import devices

import pytest
import torch


def test_auto_is_the_accelerator_or_else_the_cpu():
    expected = torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    assert devices.pick_device() == devices.pick_device("auto") == expected


@pytest.mark.parametrize("name", ["cpu", "meta"])
def test_a_device_that_is_always_here(name):
    assert devices.pick_device(name) == torch.device(name)


@pytest.mark.parametrize("name", ["cuda:99", "gpu", "", "xpu:99"])
def test_a_device_that_is_not_here_is_refused_with_those_that_are(name):
    with pytest.raises(ValueError, match=rf"no device '{name}' here; there are cpu.*Choose one"):
        devices.pick_device(name)


def test_every_available_device_can_be_picked():
    for name in devices.available_devices():
        assert devices.pick_device(name).type == torch.device(name).type


def test_describe_names_what_matters():
    line = devices.describe("cpu")
    assert (
        torch.__version__ in line and "device cpu" in line and str(torch.get_num_threads()) in line
    )


class Pair(NamedTuple):
    images: torch.Tensor
    labels: torch.Tensor


def test_move_to_rebuilds_nests_and_leaves_the_original_alone():
    batch = {"pair": Pair(torch.ones(2), torch.zeros(2)), "list": [torch.ones(1), "name", 3]}
    moved = devices.move_to(batch, "meta")
    assert isinstance(moved["pair"], Pair)
    assert moved["pair"].images.device.type == moved["list"][0].device.type == "meta"
    assert moved["list"][1:] == ["name", 3]
    assert batch["pair"].images.device.type == "cpu"


def test_synchronize_is_harmless_on_the_cpu_and_on_what_is_here():
    for device in ("cpu", devices.pick_device("auto")):
        devices.synchronize(device)


def test_seed_everything_repeats_both_kinds_of_random_numbers():
    draws = []
    for _ in range(2):
        devices.seed_everything(3)
        draws.append((random.random(), torch.rand(3).tolist()))
    assert draws[0] == draws[1]
