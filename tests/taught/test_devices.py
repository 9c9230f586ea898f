"""Devices: chosen by name, refused with the ones that are here, moved to, waited for, timed, seeded."""

import copy
import random
import re
from collections import OrderedDict
from typing import NamedTuple

from mnist_lab import devices

import pytest
import torch

# Chosen and refused


def test_auto_is_the_accelerator_or_else_the_cpu():
    here = torch.accelerator.is_available()
    expected = torch.accelerator.current_accelerator() if here else torch.device("cpu")
    assert devices.pick_device() == devices.pick_device("auto") == expected


@pytest.mark.parametrize("name", ["cpu", "meta", "cpu:0", torch.device("cpu")])
def test_a_device_that_is_always_here(name):
    assert devices.pick_device(name) == torch.device(name)


def test_the_device_of_this_run_can_be_picked_and_used(device):
    picked = devices.pick_device(str(device))
    assert picked == device and torch.ones(2, device=picked).device.type == device.type


NOT_HERE = ["cuda:99", "gpu", "nonsense", "", "xpu:99", "CUDA", "cuda:-1", "cpu:1", None]


@pytest.mark.parametrize("name", NOT_HERE)
def test_a_device_that_is_not_here_is_refused_with_those_that_are(name):
    words = rf"no device {name!r} here\. Choose one of these: cpu.*, auto\.$"
    with pytest.raises(ValueError, match=words):
        devices.pick_device(name)


@pytest.fixture
def pretend(monkeypatch):
    """Make torch say that this machine has that many accelerators of that kind."""

    def have(kind, count):
        device = torch.device(kind)  # a build for it names it, whether one is here or not
        monkeypatch.setattr(torch.accelerator, "is_available", lambda: count > 0)
        monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: device)
        monkeypatch.setattr(torch.accelerator, "device_count", lambda: count)

    return have


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps", "xpu"])
def test_without_an_accelerator_only_the_cpu_is_here(pretend, name):
    pretend("cuda", 0)
    assert devices.pick_device() == torch.device("cpu")
    assert devices.available_devices() == ["cpu"]
    words = re.escape(f"no device '{name}' here. Choose one of these: cpu, auto.")
    with pytest.raises(ValueError, match=words):
        devices.pick_device(name)


@pytest.mark.parametrize("has", [True, False])
def test_a_torch_too_old_to_tell_all_capabilities_tells_of_bfloat16(monkeypatch, has):
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has)
    assert devices.cpu_has("amx_bf16", "avx512_bf16") is has
    assert not devices.cpu_has("bf16")


@pytest.mark.parametrize("kind", ["cuda", "mps", "xpu"])
def test_with_one_accelerator(pretend, kind):
    pretend(kind, 1)
    assert devices.pick_device() == devices.pick_device(kind) == torch.device(kind)
    assert devices.pick_device(f"{kind}:0") == torch.device(kind, 0)
    assert devices.available_devices() == ["cpu", kind]
    for other in {"cuda", "mps", "xpu", f"{kind}:1"} - {kind}:
        with pytest.raises(ValueError, match=f"no device '{other}' here.*: cpu, {kind}, auto"):
            devices.pick_device(other)


def test_with_two_accelerators(pretend):
    pretend("cuda", 2)
    assert devices.pick_device("cuda:1") == torch.device("cuda:1")
    assert devices.pick_device() == torch.device("cuda")
    with pytest.raises(ValueError, match=r"no device 'cuda:2' here.*: cpu, cuda:0, cuda:1, auto"):
        devices.pick_device("cuda:2")


def test_every_available_device_can_be_picked():
    for name in devices.available_devices():
        assert devices.pick_device(name).type == torch.device(name).type


# Described


def test_describe_names_what_matters(device):
    line = devices.describe(device)
    assert torch.__version__ in line and f"device {device.type}" in line
    assert f"{torch.get_num_threads()} CPU thread" in line


def test_hardware_has_a_name(device):
    assert devices.hardware_name(device).strip()


def test_the_processor_s_name_is_read_where_linux_keeps_it(tmp_path):
    path = tmp_path / "cpuinfo"
    path.write_text("processor\t: 0\nmodel name\t: Fast 3: the CPU\n\nmodel name\t: another\n")
    assert devices.processor_name(path) == "Fast 3: the CPU"
    path.write_text("processor\t: 0\n")
    assert devices.processor_name(path) is devices.processor_name(tmp_path / "none") is None


# Moved to


class Pair(NamedTuple):
    images: torch.Tensor
    labels: torch.Tensor


def nest():
    pair = Pair(torch.ones(2), torch.zeros(2))
    return {"pair": pair, "list": [torch.ones(1), "name", 3], "deep": ({"x": [torch.ones(3)]}, None), "": []}


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [tensor for part in parts for tensor in tensors_in(part)]


def test_move_to_rebuilds_nests_and_leaves_the_original_alone():
    batch = nest()
    before = copy.deepcopy(batch)
    moved = devices.move_to(batch, "meta")
    assert {tensor.device.type for tensor in tensors_in(moved)} == {"meta"}
    assert len(tensors_in(moved)) == len(tensors_in(batch)) == 4
    assert isinstance(moved["pair"], Pair) and moved["pair"]._fields == ("images", "labels")
    assert moved["list"][1:] == ["name", 3] and moved["deep"][1] is None and moved[""] == []
    assert isinstance(moved["deep"], tuple) and list(moved) == list(batch)
    assert all(map(torch.equal, tensors_in(batch), tensors_in(before)))
    assert moved["list"] is not batch["list"] and moved["deep"][0]["x"] is not batch["deep"][0]["x"]


def test_move_to_takes_the_numbers_along(device):
    batch = nest()
    moved = devices.move_to(batch, device)
    assert all(tensor.device.type == device.type for tensor in tensors_in(moved))
    back = devices.move_to(moved, "cpu")
    assert all(map(torch.equal, tensors_in(back), tensors_in(batch)))


@pytest.mark.parametrize("value", [3, "name", None, 2.5, (), [], {}])
def test_what_is_no_tensor_stays(value):
    assert devices.move_to(value, "meta") == value and type(devices.move_to(value, "meta")) is type(value)


def test_a_kind_of_dict_becomes_a_dict_in_the_same_order():
    moved = devices.move_to(OrderedDict(b=torch.ones(1), a=torch.zeros(2)), "meta")
    assert list(moved) == ["b", "a"] and moved["a"].device.type == "meta"


def test_a_tensor_is_copied_and_a_module_moves_itself():
    """What the lesson and its first exercise say of torch."""
    images, layer = torch.ones(2, 4), torch.nn.Linear(4, 3)
    assert images.to("meta").device.type == "meta" and images.device.type == "cpu"
    assert layer.to("meta") is layer and layer.weight.device.type == "meta"


def test_meta_raises_in_a_linear_layer_and_not_in_a_convolution():
    """What the lesson says of it; a card refuses both."""
    with pytest.raises(RuntimeError, match=r"on device cpu is not on the expected device meta"):
        torch.nn.Linear(4, 3)(torch.ones(2, 4, device="meta"))
    torch.nn.Conv2d(1, 2, 3)(torch.ones(1, 1, 5, 5, device="meta"))


def test_an_accelerator_refuses_what_is_left_behind(device):
    """On the CPU the same two calls are right; this is the mismatch of the lesson, on a real card."""
    for layer, images in (
        (torch.nn.Linear(4, 3).to(device), torch.ones(2, 4)),
        (torch.nn.Conv2d(1, 2, 3).to(device), torch.ones(1, 1, 5, 5)),
    ):
        if device.type == "cpu":
            assert layer(images).device.type == "cpu"
        else:
            with pytest.raises(RuntimeError, match=device.type):
                layer(images)
        assert layer(devices.move_to(images, device)).device.type == device.type


# Waited for and timed


def test_synchronize_is_harmless_on_what_is_here(device):
    devices.synchronize(device)
    devices.synchronize(str(device))
    devices.synchronize("meta")


@pytest.fixture
def log(monkeypatch):
    """Note each wait for an accelerator, in a list that others may write to."""
    calls = []
    monkeypatch.setattr(torch.accelerator, "synchronize", lambda device: calls.append(f"wait {device}"))
    return calls


def test_only_an_accelerator_is_waited_for(log):
    for name in ("cpu", "meta", torch.device("cpu"), "cuda", "cuda:1", torch.device("mps")):
        devices.synchronize(name)
    assert log == ["wait cuda", "wait cuda:1", "wait mps"]


def test_each_run_is_waited_for_before_and_after(log, monkeypatch):
    monkeypatch.setattr(devices.time, "perf_counter", lambda: log.append("clock") or 0.0)
    devices.median_seconds(lambda: log.append("work"), device="cuda", repeats=2, warmup=3)
    run = ["wait cuda", "clock", "work", "wait cuda", "clock"]
    assert log == ["work"] * 3 + run * 2


def test_the_median_and_not_the_mean_or_a_warm_up(monkeypatch):
    durations, now = iter([50, 60, 4, 1, 9, 2, 30]), [0.0]
    monkeypatch.setattr(devices.time, "perf_counter", lambda: now[0])

    def work():
        now[0] += next(durations)

    assert devices.median_seconds(work, repeats=5, warmup=2) == 4
    assert next(durations, None) is None


def test_a_time_is_about_right(device):
    assert 0.02 <= devices.median_seconds(lambda: devices.time.sleep(0.02), device=device, repeats=3) < 0.5


def test_threads_come_back_also_after_an_error():
    before = torch.get_num_threads()
    with pytest.raises(KeyError), devices.cpu_threads(before + 1):
        assert torch.get_num_threads() == before + 1
        raise KeyError
    assert torch.get_num_threads() == before


# Seeded


def test_seed_everything_repeats_both_kinds_of_random_numbers(device):
    draws = []
    for _ in range(2):
        devices.seed_everything(3)
        draws.append((random.random(), torch.rand(3).tolist(), torch.rand(3, device=device).tolist()))
    assert draws[0] == draws[1]
