"""Data-parallel training: exact shares and gradients, processes that end alike, refusals, lost processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from copy import deepcopy
from dataclasses import replace
from itertools import chain

from mnist_lab.cli import main
from mnist_lab.data import InMemoryLoader, load_digits, make_loader
from mnist_lab.recipes import find_recipe, parallel, run_store, running
from mnist_lab.recipes.layers import build

import psutil
import pytest
import torch
from click.testing import CliRunner
from torch import distributed as dist
from torch.nn import functional as F
from torch.utils.data import Subset

LAYERS = ("conv 4 5", "pool 4", "relu", "flatten", "linear 10")
NORMED = ("conv 4 5", "norm", "pool 4", "relu", "dropout 0.5", "flatten", "linear 10")
PLAIN = replace(
    find_recipe("fast-2024"),
    digits="bundled",
    layers=LAYERS,
    batch_size=33,  # shares of 16 and 17
    epochs=None,
    steps=10,
    optimizer="SGD",
    learning_rate=0.02,
    options={"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    schedule="constant",
)
RECIPES = {
    "plain": PLAIN,
    "transforms": replace(PLAIN, loader="transforms"),
    "whitened": replace(PLAIN, whiten=True, memory_format="channels_last", options={}),
    "normed": replace(
        PLAIN,
        layers=NORMED,
        augmentation={"degrees": 12.0, "scale": 0.1, "shear": 0.1, "pixels": 2.0, "elastic": 0.5},
        averaging={"decay": 0.5, "buffers": True},
    ),
}
FEW = 40  # images, so that an epoch ends with a batch of 7
SAFE = 400  # seconds after which a test gives up on a process; none should come near
on_posix = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")


def few_digits():
    transform = running.transforms_of(RECIPES["transforms"])
    return Subset(load_digits("bundled", transform=transform).train, range(FEW))


def trained(recipe):
    """The network that a recipe makes of a few digits, as train_recipe would."""
    loader = running.train_loader(recipe, few_digits(), 5, "cpu")
    running.seed_everything(5)
    return running.train(recipe, loader, steps=recipe.steps, device=torch.device("cpu"), precision="float32")


def slopes(network, images, labels):
    network.zero_grad()
    F.cross_entropy(network(images), labels).backward()
    return [weights.grad.clone() for weights in network.parameters()]


def a_batch(number):
    generator = torch.Generator().manual_seed(number)
    images = torch.randn(number, 1, 28, 28, generator=generator)
    return images, torch.randint(10, (number,), generator=generator)


def largest_difference(some, others):
    return max((a - b).abs().max().item() for a, b in zip(some, others, strict=True))


@pytest.fixture
def alone():
    """A group of this process only, so that all functions go their whole way."""
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    yield
    dist.destroy_process_group()


@pytest.fixture
def as_rank(monkeypatch):
    """A function that makes this process look like one of several."""

    def look(rank, processes):
        monkeypatch.setattr(parallel, "is_joined", lambda: True)
        monkeypatch.setattr(parallel, "rank", lambda: rank)
        monkeypatch.setattr(parallel, "num_processes", lambda: processes)

    return look


# The arithmetic


def test_unequal_shares_average_to_the_gradient_of_the_whole_batch(as_rank, monkeypatch):
    images, labels = a_batch(11)
    network = build(LAYERS)
    expected = slopes(network, images, labels)
    messages, replicas = [], [deepcopy(network) for _ in range(3)]
    cuts = [slice(0, 1), slice(1, 8), slice(8, 11)]
    monkeypatch.setattr(parallel, "add_up", lambda message: messages.append(message.clone()))
    as_rank(0, 3)
    for replica, cut in zip(replicas, cuts, strict=True):
        slopes(replica, images[cut], labels[cut])
        parallel.average_gradients(replica, num_samples=len(labels[cut]))  # of itself alone, so far
    assert [message[-1].item() for message in messages] == [1, 7, 3]
    monkeypatch.setattr(parallel, "add_up", lambda message: message.copy_(sum(messages)))
    for replica, cut in zip(replicas, cuts, strict=True):
        parallel.average_gradients(replica, num_samples=len(labels[cut]))
        assert largest_difference([w.grad for w in replica.parameters()], expected) < 1e-6


def test_a_group_of_one_averages_to_its_own_gradient(alone):
    network = build(LAYERS).to(memory_format=torch.channels_last)
    network.register_parameter("unused", torch.nn.Parameter(torch.zeros(3)))
    F.cross_entropy(network(a_batch(7)[0]), a_batch(7)[1]).backward()
    used = [weights for weights in network.parameters() if weights.grad is not None]
    expected = [weights.grad.clone() for weights in used]
    parallel.average_gradients(network, num_samples=7)
    assert network.unused.grad is None
    assert largest_difference([weights.grad for weights in used], expected) < 1e-6


def test_a_process_alone_passes_through_unchanged():
    network = build(NORMED)
    before = deepcopy(network.state_dict())
    loader, loss = [], torch.tensor(2.0)
    state = torch.get_rng_state()
    parallel.average_gradients(network, num_samples=3)
    parallel.start_alike(network)
    parallel.check_batch_size(1)
    assert parallel.share_batches(loader) is loader and parallel.over_all(loss) is loss
    assert parallel.end_alike(network) is network and parallel.from_first(lambda: 7) == 7
    assert all(map(torch.equal, network.state_dict().values(), before.values()))
    assert torch.equal(torch.get_rng_state(), state)
    with parallel.join_processes("cpu") as number:
        assert number == 0 and not dist.is_initialized()


@pytest.mark.parametrize(("number", "processes"), [(33, 2), (4, 2), (128, 3), (10, 4)])
def test_shares_are_the_batch_in_order_and_as_equal_as_they_can_be(as_rank, number, processes):
    shares = []
    for rank in range(processes):
        as_rank(rank, processes)
        shares.append(parallel.share(list(range(number))))
    assert list(chain(*shares)) == list(range(number))
    lengths = [len(part) for part in shares]
    assert max(lengths) - min(lengths) <= 1 and min(lengths) >= 2


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_batch_too_short_to_share_goes_whole_to_all(as_rank, number):
    for rank in range(2):
        as_rank(rank, 2)
        assert torch.equal(parallel.share(torch.arange(number)), torch.arange(number))


def test_a_loader_with_transforms_loads_its_share_only_in_the_same_order(as_rank):
    whole = torch.cat([labels for _, labels in make_loader(few_digits(), batch_size=8, shuffle=True, seed=2)])
    loaded = []

    class Watched(Subset):
        def __getitems__(self, indices):
            loaded.extend(indices)
            return super().__getitems__(indices)

    parts = []
    for rank in range(2):
        as_rank(rank, 2)
        dataset = Watched(few_digits(), range(FEW))
        loader = parallel.share_batches(make_loader(dataset, batch_size=8, shuffle=True, seed=2))
        assert len(loader) == 5
        parts.append([labels for _, labels in loader])
    assert torch.equal(torch.cat([torch.cat(pair) for pair in zip(*parts, strict=True)]), whole)
    assert sorted(loaded) == list(range(FEW))


def test_shares_of_batches_from_memory_are_of_the_same_order(as_rank):
    whole = torch.cat(
        [labels for _, labels in InMemoryLoader(few_digits(), batch_size=9, shuffle=True, seed=2)]
    )
    parts = []
    for rank in range(2):
        as_rank(rank, 2)
        loader = InMemoryLoader(few_digits(), batch_size=9, shuffle=True, seed=2)
        parts.append([labels for _, labels in parallel.share_batches(loader)])
    assert torch.equal(torch.cat([torch.cat(pair) for pair in zip(*parts, strict=True)]), whole)


def test_threads_are_shared_unless_their_number_was_given(monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 7)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert parallel.share_of_threads() == 3
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "16")
    assert parallel.share_of_threads() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert parallel.share_of_threads() == 7


def test_the_identity_of_a_run_tells_the_number_of_processes(monkeypatch):
    one = run_store.recipe_identity(PLAIN, "cpu")
    monkeypatch.setattr(parallel, "num_processes", lambda: 2)
    two = run_store.recipe_identity(PLAIN, "cpu")
    assert (one["processes"], two["processes"]) == (1, 2)
    assert {name for name in one if one[name] != two[name]} == {"processes"}


# Refusals


def test_a_batch_that_is_too_small_for_the_processes_is_refused(as_rank):
    as_rank(1, 3)
    parallel.check_batch_size(6)
    for size in (1, 2, 5):
        with pytest.raises(ValueError, match=f"3 processes are to share batches of {size}; start fewer"):
            running.train_recipe(replace(PLAIN, batch_size=size), device="cpu")


@pytest.fixture
def one_of_two(monkeypatch):
    """The environment of the first of two processes, the second of which never comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    names = {"WORLD_SIZE": 2, "RANK": 0, "LOCAL_RANK": 0, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    for name, value in names.items():
        monkeypatch.setenv(name, str(value))


@pytest.mark.parametrize("name", ["RANK", "MASTER_ADDR", "MASTER_PORT"])
def test_an_environment_that_lacks_a_variable_is_refused(one_of_two, monkeypatch, tmp_path, name):
    monkeypatch.delenv(name)
    words = ["train", "speedrun98", "--device", "cpu", "--output-dir", str(tmp_path)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1 and result.output.startswith("Error: ") and name in result.output
    with (
        pytest.raises(ValueError, match=f"environment variable {name} expected, but not set"),
        parallel.join_processes("cpu"),
    ):
        pass


def test_a_process_that_the_others_leave_alone_says_so(one_of_two):
    with (
        pytest.raises(parallel.LostProcess, match=r"expected to hear from all others.*start all of them"),
        parallel.join_processes("cpu", patience=1),
    ):
        pass
    assert not dist.is_initialized()


def test_a_device_that_processes_cannot_share_is_refused(monkeypatch):
    with pytest.raises(ValueError, match=r"CPUs or CUDA GPUs, but the device is mps; give --device cpu"):
        parallel.choose_backend(torch.device("mps"))
    chosen = []
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert parallel.choose_backend(torch.device("cuda")) == "nccl" and chosen == [1]
    with pytest.raises(ValueError, match=r"the device is cuda:0, and GPUs here: 2\. Give --device cuda"):
        parallel.choose_backend(torch.device("cuda:0"))
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(ValueError, match=r"this is process 2 of those here.* GPUs here: 2\."):
        parallel.choose_backend(torch.device("cuda"))
    assert chosen == [1] and parallel.choose_backend(torch.device("cpu")) == "gloo"


# Two processes


def in_two_processes(folder):
    """What each of two processes does for the tests below, its results in a file."""
    with parallel.join_processes("cpu", patience=SAFE) as number:
        print("silent but in the first")
        images, labels = a_batch(11)
        cut = [slice(0, 3), slice(3, 11)][number]
        network = build(LAYERS)
        parallel.start_alike(network)
        slopes(network, images[cut], labels[cut])
        parallel.average_gradients(network, num_samples=len(labels[cut]))
        results = {
            "gradients": [weights.grad for weights in network.parameters()],
            "network": network.state_dict(),
            "draws": torch.rand(4),
            "from first": parallel.from_first(lambda: f"from {number}"),
            "loss": parallel.over_all(torch.tensor([1.0, float("nan")])[number]),
            "threads": torch.get_num_threads(),
            **{name: trained(recipe).state_dict() for name, recipe in RECIPES.items()},
            "again": trained(RECIPES["normed"]).state_dict(),
            "run": running.train_recipe(replace(PLAIN, steps=3), device="cpu", tune=True),
        }
        torch.save(results, f"{folder}/{number}.pt")


def start(folder, command, **variables):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MNIST_LAB_DATA": str(folder), **variables}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, *command], cwd=folder, env=environment, **pipes)


def torchrun(folder, *command):
    options = ["--standalone", "--nproc-per-node", "2"]
    return start(folder, ["-m", "torch.distributed.run", *options, *command])


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """What two processes found, and what they printed."""
    folder = tmp_path_factory.mktemp("two")
    process = torchrun(folder, __file__, str(folder))
    output, errors = process.communicate(timeout=SAFE)
    assert process.returncode == 0, errors
    return *(torch.load(folder / f"{number}.pt") for number in range(2)), output


@pytest.mark.slow
def test_two_processes_agree_on_the_gradient_of_the_whole_batch(two):
    first, second, _ = two
    network = build(LAYERS)
    network.load_state_dict(first["network"])
    assert all(map(torch.equal, first["gradients"], second["gradients"]))
    assert largest_difference(first["gradients"], slopes(network, *a_batch(11))) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_two_processes_end_identical(two, name):
    first, second, _ = two
    assert first[name].keys() == second[name].keys()
    assert all(map(torch.equal, first[name].values(), second[name].values()))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plain", "transforms", "whitened"])
def test_two_processes_are_one_with_the_same_batches(two, name):
    after = trained(RECIPES[name]).state_dict()
    running.seed_everything(5)
    before = build(LAYERS)
    assert largest_difference(two[0][name].values(), after.values()) < 1e-6
    assert largest_difference(before.state_dict().values(), after.values()) > 0.01


@pytest.mark.slow
def test_random_draws_differ_by_process_and_repeat(two):
    first, second, _ = two
    assert not torch.equal(first["draws"], second["draws"])
    assert all(map(torch.equal, first["normed"].values(), first["again"].values()))


@pytest.mark.slow
def test_the_first_process_speaks_and_scores_for_both(two):
    first, second, output = two
    assert first["from first"] == second["from first"] == "from 0"
    assert output.count("silent but in the first") == 1
    assert first["loss"].isnan() and second["loss"].isnan() and first["threads"] == 1
    same = ("validation_loss", "processes", "steps", "images_seen")
    assert [first["run"][name] for name in same] == [second["run"][name] for name in same]
    alone = running.train_recipe(replace(PLAIN, steps=3), device="cpu", tune=True)
    assert (first["run"]["processes"], alone["processes"]) == (2, 1)
    assert first["run"]["validation_loss"] == pytest.approx(alone["validation_loss"], abs=1e-5)


TRAIN = ("-m", "mnist_lab.cli", "train", "fast-2024", "--digits", "bundled", "--device", "cpu", "--tune")


@pytest.mark.slow
def test_the_command_trains_in_two_processes_and_writes_and_prints_once(tmp_path):
    process = torchrun(tmp_path, *TRAIN, "--epochs", "0.5", "--output-dir", "kept")
    output, errors = process.communicate(timeout=SAFE)
    assert process.returncode == 0, errors
    assert output.count("seed 0 of 1") == output.count("validation accuracy") / 2 == 1
    assert "bundled digits, 2 processes\n" in output
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["fast-2024-seed0.json"]
    run = json.loads((tmp_path / "kept" / "fast-2024-seed0.json").read_text())
    assert (run["processes"], run["steps"]) == (2, 7) and run["validation_accuracy"] > 0.2


# A process that is lost


def until(happens, *, seconds=SAFE):
    """Wait until happens() returns something, and return it."""
    end = time.monotonic() + seconds
    while not (result := happens()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.1)
    return result


def has_begun(folder):
    """Whether the first of many runs is written, so that all processes are at work."""
    return any(folder.glob("kept/*.json"))


LONG = (*TRAIN, "--epochs", "0.5", "--seeds", "5000", "--output-dir", "kept")


@on_posix
@pytest.mark.slow
def test_a_killed_process_ends_the_others_and_leaves_no_orphan(tmp_path):
    launcher = torchrun(tmp_path, *LONG)
    until(lambda: has_begun(tmp_path) or launcher.poll() is not None)
    processes = psutil.Process(launcher.pid).children(recursive=True)
    victim = next(process for process in processes if process.environ().get("RANK") == "1")
    victim.kill()
    _, errors = launcher.communicate(timeout=SAFE)
    assert launcher.returncode != 0 and "SIGKILL" in errors
    assert not psutil.wait_procs(processes, timeout=SAFE)[1]


@on_posix
@pytest.mark.slow
@pytest.mark.parametrize("lost", [0, 1])
def test_the_one_left_over_says_so_without_a_launcher(tmp_path, one_of_two, lost):
    pair = [start(tmp_path, LONG, RANK=str(rank), LOCAL_RANK=str(rank)) for rank in range(2)]
    until(lambda: has_begun(tmp_path) or any(process.poll() is not None for process in pair))
    pair[lost].send_signal(signal.SIGKILL)
    pair[lost].communicate(timeout=SAFE)
    _, errors = pair[1 - lost].communicate(timeout=SAFE)
    assert pair[1 - lost].returncode == 1
    assert "Error: This process expected to hear from all others" in errors
    assert "Traceback" not in errors


if __name__ == "__main__":
    in_two_processes(sys.argv[1])
