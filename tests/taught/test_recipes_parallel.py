"""Data-parallel training: equal shares, processes that end alike, refusals, lost processes."""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import replace

from mnist_lab.cli import main
from mnist_lab.data import InMemoryLoader, load_digits, make_loader
from mnist_lab.recipes import find_recipe, parallel, run_store, running
from mnist_lab.recipes.layers import build
from mnist_lab.training import NotFiniteLoss

import psutil
import pytest
import torch
from click.testing import CliRunner
from torch import distributed as dist
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import Subset

LAYERS = ("conv 4 5", "pool 4", "relu", "flatten", "linear 10")
NORMED = ("conv 4 5", "norm", "pool 4", "relu", "dropout 0.5", "flatten", "linear 10")
PLAIN = replace(
    find_recipe("fast-2024"),
    digits="bundled",
    layers=LAYERS,
    batch_size=32,
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
    "bfloat16": replace(PLAIN, memory_format="channels_last", precision="bfloat16"),
}
NUMBER = 320  # images, so that ten steps are an epoch
UNEVEN = 61  # images, so that an epoch of batches of 8 ends with one of 5, and 10 steps go on into the next
SAFE = 400  # seconds after which a test gives up on a process; none should come near
on_posix = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")


def few_digits(number):
    transform = running.transforms_of(RECIPES["transforms"])
    return Subset(load_digits("bundled", transform=transform).train, range(number))


def trained(recipe, number=NUMBER, loader=None):
    """The network that a recipe makes of a few digits, as train_recipe would."""
    cpu = torch.device("cpu")
    loader = loader or running.train_loader(recipe, few_digits(number), 5, cpu)
    running.seed_everything(5)
    return running.train(recipe, loader, steps=recipe.steps, device=cpu, precision=recipe.precision)


def uneven_recipe():
    return replace(PLAIN, batch_size=8)


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


def numbered(number):
    """An InMemoryLoader in batches of 8 whose labels are the places of its images."""
    loader = InMemoryLoader(few_digits(number), batch_size=8, shuffle=True, seed=2)
    loader.labels = torch.arange(number)
    return loader


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


@pytest.fixture
def labels_of_shares(as_rank):
    """A function that returns the labels that each process gets in two epochs, a tensor for each step."""

    def labels_of(make, processes=2):
        shares = []
        for rank in range(processes):
            as_rank(rank, processes)
            loader = parallel.share_batches(make())
            shares.append([[labels for _, labels in loader] for _ in range(2)])
        return shares

    return labels_of


# Shares


def test_a_process_alone_passes_through_unchanged():
    network = build(NORMED)
    before = deepcopy(network.state_dict())
    loader, state = [], torch.get_rng_state()
    parallel.check_batch_size(1)
    assert parallel.share_batches(loader) is loader and parallel.share_steps(network) is network
    assert parallel.end_alike(network) is network and parallel.from_first(lambda: 7) == 7
    assert all(map(torch.equal, network.state_dict().values(), before.values()))
    assert torch.equal(torch.get_rng_state(), state)
    with parallel.join_processes("cpu") as number:
        assert number == 0 and not dist.is_initialized()


@pytest.mark.parametrize("processes", [2, 4])
def test_the_shares_of_a_step_are_the_batch_that_a_process_alone_would_take(labels_of_shares, processes):
    shares = labels_of_shares(lambda: numbered(44), processes)
    alone = [labels for _, labels in numbered(44)]
    assert [len(batch) for batch in alone] == [8, 8, 8, 8, 8, 4]
    for step, batch in enumerate(alone):
        parts = [epochs[0][step] for epochs in shares]
        assert torch.equal(torch.stack(parts, dim=1).flatten(), batch)


def test_each_epoch_has_an_order_of_its_own_and_every_image(labels_of_shares):
    shares = labels_of_shares(lambda: numbered(40))
    first, second = (torch.cat([torch.cat(epochs[i]) for epochs in shares]) for i in range(2))
    assert not torch.equal(first, second)
    assert first.sort().values.tolist() == second.sort().values.tolist() == list(range(40))


@pytest.mark.parametrize(("number", "processes"), [(UNEVEN, 2), (43, 4)])
def test_an_uneven_epoch_ends_padded_with_its_first_images(labels_of_shares, number, processes):
    shares = labels_of_shares(lambda: numbered(number), processes)
    extra = -number % processes
    for epoch in range(2):
        lengths = [[len(part) for part in epochs[epoch]] for epochs in shares]
        assert lengths == processes * [lengths[0]]
        seen = Counter(torch.cat([torch.cat(epochs[epoch]) for epochs in shares]).tolist())
        twice = {image for image, times in seen.items() if times == 2}
        assert set(seen) == set(range(number)) and sum(seen.values()) == number + extra
        first = torch.stack([epochs[epoch][0] for epochs in shares], dim=1).flatten()[:extra]
        last = torch.cat([epochs[epoch][-1] for epochs in shares]).tolist()
        assert twice == set(first.tolist()) and twice <= set(last)


def test_a_loader_with_transforms_loads_its_share_only(labels_of_shares):
    loaded = []

    class Watched(Subset):
        def __getitems__(self, indices):
            loaded.extend(indices)
            return super().__getitems__(indices)

    shares = labels_of_shares(
        lambda: make_loader(Watched(few_digits(40), range(40)), batch_size=8, shuffle=True, seed=2)
    )
    assert [len(part) for part in shares[0][0]] == 5 * [4]
    assert Counter(loaded) == dict.fromkeys(range(40), 2)  # once an epoch, by one of the two


def test_batches_that_are_no_loader_go_whole_to_all(as_rank):
    as_rank(1, 2)
    batches = [a_batch(4)]
    assert parallel.share_batches(batches) is batches


def test_the_identity_of_a_run_tells_the_number_of_processes(monkeypatch):
    one = run_store.recipe_identity(PLAIN, "cpu")
    monkeypatch.setattr(parallel, "num_processes", lambda: 2)
    two = run_store.recipe_identity(PLAIN, "cpu")
    assert (one["processes"], two["processes"]) == (1, 2)
    assert {name for name in one if one[name] != two[name]} == {"processes"}


# Refusals


def test_a_batch_that_the_processes_cannot_share_equally_is_refused(as_rank):
    as_rank(1, 3)
    parallel.check_batch_size(6)
    for size in (1, 3, 32):
        with pytest.raises(ValueError, match=f"3 processes are to share batches of {size}; start a number"):
            running.train_recipe(replace(PLAIN, batch_size=size), device="cpu")


@pytest.fixture
def one_of_two(monkeypatch):
    """The environment of the first of two processes, the second of which never comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    names = {"WORLD_SIZE": 2, "RANK": 0, "LOCAL_RANK": 0, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    for name, value in names.items():
        monkeypatch.setenv(name, str(value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RANK", ""), ("RANK", "2"), ("RANK", "-1"), ("WORLD_SIZE", "two"), ("WORLD_SIZE", ""),
        ("MASTER_ADDR", ""), ("MASTER_PORT", "x"), ("MASTER_PORT", "99999"), ("LOCAL_RANK", "x"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("one_of_two")
def test_an_environment_that_torchrun_would_not_make_is_refused(monkeypatch, tmp_path, name, value):
    monkeypatch.setenv(name, value)
    if not value and name != "WORLD_SIZE":  # without which it would be alone
        monkeypatch.delenv(name)
    words = ["train", "speedrun98", "--device", "cpu", "--output-dir", str(tmp_path)]
    result = CliRunner().invoke(main, words)
    said = " ".join(result.output.split())
    assert result.exit_code == 1 and f"{name}={value}" in said and "; start several with torchrun, or" in said


def test_a_process_that_the_others_leave_alone_says_so(one_of_two, capsys):
    with (
        pytest.raises(parallel.LostProcess, match=r"expected to hear from all others.*start all of them"),
        parallel.join_processes("cpu", patience=1),
    ):
        pass
    assert not dist.is_initialized()
    assert "one of 2 processes (WORLD_SIZE=2); waiting for all" in capsys.readouterr().err


def test_another_error_is_not_taken_for_a_lost_process(one_of_two, monkeypatch):
    monkeypatch.setattr(dist, "init_process_group", lambda *_, **__: None)
    with pytest.raises(RuntimeError, match="shapes"), parallel.join_processes("cpu"):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")


@pytest.mark.parametrize("fails", [False, True])
def test_no_shared_network_outlives_its_group(one_of_two, monkeypatch, fails):
    join, leave, left = dist.init_process_group, dist.destroy_process_group, []
    store = {"store": dist.HashStore(), "rank": 0, "world_size": 1}
    monkeypatch.setattr(dist, "init_process_group", lambda backend, timeout: join(backend, **store))

    def look_and_leave():
        left.extend(item for item in gc.get_objects() if type(item) is DistributedDataParallel)
        leave()

    monkeypatch.setattr(dist, "destroy_process_group", look_and_leave)
    share = parallel.share_steps

    def in_a_cycle(network):
        shared = share(network)
        shared.__dict__["itself"] = shared  # so that nothing but the collector frees it
        return shared

    monkeypatch.setattr(parallel, "share_steps", in_a_cycle)
    images, labels = a_batch(4)
    batches = [*[(images, labels)] * 3, (images, "no labels" if fails else labels)]
    gc.disable()
    try:
        with pytest.raises(AttributeError) if fails else nullcontext(), parallel.join_processes("cpu"):
            running.train(PLAIN, batches, steps=4, device=torch.device("cpu"), precision="float32")
    finally:
        gc.enable()
    assert left == []


def test_a_device_that_processes_cannot_share_is_refused(monkeypatch):
    with pytest.raises(ValueError, match=r"CUDA GPU each, but the device is mps, .* Give --device cpu"):
        parallel.choose_backend(torch.device("mps"))
    chosen = []
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert parallel.choose_backend(torch.device("cuda")) == "nccl" and chosen == [1]
    with pytest.raises(ValueError, match=r"the device is cuda:0, .* CUDA GPUs here: 2\."):
        parallel.choose_backend(torch.device("cuda:0"))
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(ValueError, match=r"this is process 2 of those here.* CUDA GPUs here: 2\."):
        parallel.choose_backend(torch.device("cuda"))
    assert chosen == [1] and parallel.choose_backend(torch.device("cpu")) == "gloo"


# Two processes


def in_two_processes(folder):
    """What each of two processes does for the tests below, its results in a file."""
    with parallel.join_processes("cpu", patience=SAFE) as number:
        print("silent but in the first")
        images, labels = a_batch(12)
        torch.manual_seed(number)  # the second one's weights do not count
        network = build(LAYERS)
        torch.manual_seed(1)
        shared = parallel.share_steps(network)
        mine = slice(number, None, 2)
        results = {
            "gradients": slopes(shared, images[mine], labels[mine]),
            "network": network.state_dict(),
            "draws": torch.rand(4),
            "from first": parallel.from_first(lambda: f"from {number}"),
            **{name: trained(recipe).state_dict() for name, recipe in RECIPES.items()},
            "uneven": trained(uneven_recipe(), UNEVEN).state_dict(),
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
    assert largest_difference(first["gradients"], slopes(network, *a_batch(12))) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("name", [*RECIPES, "uneven"])
def test_two_processes_end_identical(two, name):
    first, second, _ = two
    assert first[name].keys() == second[name].keys()
    assert all(map(torch.equal, first[name].values(), second[name].values()))


def are_as_one(two, name, network):
    """Whether ten steps led two processes to this network, and away from where they started."""
    running.seed_everything(5)
    before, after = build(LAYERS).state_dict().values(), network.state_dict().values()
    are_equal = largest_difference(two[0][name].values(), after) < 1e-6
    return are_equal and largest_difference(before, after) > 0.01


@pytest.mark.slow
def test_two_processes_are_one_that_was_started_without_torchrun(two):
    assert are_as_one(two, "plain", trained(PLAIN))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plain", "transforms", "whitened"])
def test_two_processes_are_one_in_a_group_by_itself(two, alone, name):
    assert are_as_one(two, name, trained(RECIPES[name]))


@pytest.mark.slow
def test_an_uneven_epoch_is_that_of_one_process_with_the_padded_batch(two):
    recipe = uneven_recipe()
    whole = running.train_loader(recipe, few_digits(UNEVEN), 5, "cpu")
    batches = []
    for epoch in range(2):
        order = torch.randperm(UNEVEN, generator=torch.Generator().manual_seed(5 + epoch))
        padded = torch.cat([order, order[:1]])
        batches += [(whole.images[places], whole.labels[places]) for places in padded.split(8)]
    assert len(batches[7][1]) == 6
    assert are_as_one(two, "uneven", trained(recipe, loader=batches))
    batches[7] = tuple(values[:5] for values in batches[7])  # without the image that counts twice
    assert not are_as_one(two, "uneven", trained(recipe, loader=batches))


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
    assert sorted(os.listdir(tmp_path / "kept")) == [".lock", "fast-2024-seed0.json"]
    run = json.loads((tmp_path / "kept" / "fast-2024-seed0.json").read_text())
    assert (run["processes"], run["steps"]) == (2, 7) and run["validation_accuracy"] > 0.2
    process = torchrun(tmp_path, *TRAIN, "--epochs", "0.5", "--output-dir", "kept")
    output, errors = process.communicate(timeout=SAFE)
    assert process.returncode == 0 and output.count("not trained again") == 1, errors


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


def to_a_bad_end(folder):
    """What two processes do for the next test: train until the loss is not finite, then one fails."""
    ends = []
    try:
        with parallel.join_processes("cpu", patience=SAFE) as number:
            try:
                running.train_recipe(replace(PLAIN, learning_rate=1e30, steps=20), device="cpu", tune=True)
            except NotFiniteLoss as error:
                ends.append(str(error))
            parallel.from_first(lambda: None)  # both have come so far
            if number == 1:
                raise NotFiniteLoss("of this process alone")
            running.train_recipe(PLAIN, device="cpu", tune=True)
    except ValueError as error:
        ends.append(f"{type(error).__name__}: {error}")
    torch.save(ends, f"{folder}/{os.environ['RANK']}.pt")


@pytest.mark.slow
def test_a_loss_that_is_not_finite_ends_all_processes_with_a_sentence(tmp_path):
    process = torchrun(tmp_path, __file__, str(tmp_path), "bad end")
    _, errors = process.communicate(timeout=SAFE)
    assert process.returncode == 0, errors
    (first, lost), (second, failed) = (torch.load(tmp_path / f"{rank}.pt") for rank in range(2))
    assert first.startswith("The loss became nan") and second == first
    assert failed == "NotFiniteLoss: of this process alone"
    assert lost.startswith("LostProcess: This process expected to hear from all others")


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
    (to_a_bad_end if sys.argv[2:] else in_two_processes)(sys.argv[1])
