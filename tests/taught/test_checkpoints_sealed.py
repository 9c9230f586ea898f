"""The sealed file of a checkpoint: whole or not at all, and every kind of bad file is told apart.

What it holds, and how a run is resumed from it, is in test_checkpoints.py.
"""

import hashlib
import io
import os
import pickle
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from mnist_lab.checkpoints import load_checkpoint, load_model, save_checkpoint
from mnist_lab.checkpoints.sealed import (
    FORMAT,
    SEAL_LENGTH,
    CheckpointError,
    DamagedCheckpoint,
    NewerFormat,
    NotACheckpoint,
    UnreachableFile,
    UnsafeCheckpoint,
    WrongArchitecture,
    check_seal,
    read_sealed,
    seal,
    write_sealed,
)
from mnist_lab.models import SimpleCNN

import pytest
import torch
from torch import nn

ABOUT = {"digits": "bundled", "mean": 0.5, "std": 0.5}
posix_only = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals and limits")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.pt"


@pytest.fixture
def small(path):
    """A small checkpoint's path and bytes."""
    model = nn.Linear(2, 1)
    save_checkpoint(path, model, optimizer=torch.optim.Adam(model.parameters()), **ABOUT)
    return path, path.read_bytes()


def sealed(content):
    file = io.BytesIO()
    torch.save(content, file)
    return seal(file.getvalue())


# Damage


def test_every_flipped_byte_is_found_before_anything_is_unpickled(small, monkeypatch):
    path, data = small
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("unpickled before the seal was verified"))
    generator = random.Random(0)
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= generator.randrange(1, 256)
        with pytest.raises((DamagedCheckpoint, NotACheckpoint)):
            check_seal(bytes(damaged), path)
    assert check_seal(data, path) is None


@pytest.mark.parametrize("place", [0, 5, 1_000, -SEAL_LENGTH - 1, -SEAL_LENGTH, -1])
def test_a_flipped_byte_is_called_damage(small, place):
    path, data = small
    damaged = bytearray(data)
    damaged[place] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(DamagedCheckpoint, match=r"SHA-256 differs.*Copy it again"):
        load_checkpoint(path)


@pytest.mark.parametrize("part", range(1, 50))
def test_a_truncated_file_is_called_damage(small, part):
    path, data = small
    path.write_bytes(data[: len(data) * part // 50])
    with pytest.raises(DamagedCheckpoint, match="are not those that were written"):
        load_model(path, model=nn.Linear(2, 1))


def test_torch_opens_a_sealed_file_and_zip_tools_do_too(small):
    path, _ = small
    assert torch.load(path, weights_only=True)["format"] == FORMAT
    assert zipfile.ZipFile(path).testzip() is None


def test_the_seal_is_the_sha256_of_all_before_it(small):
    _, data = small
    body, trailer = data[:-SEAL_LENGTH], data[-SEAL_LENGTH:].decode()
    assert trailer == "sha256:" + hashlib.sha256(body).hexdigest()


# Something else than a checkpoint


@pytest.mark.parametrize("data", [b"PNG and so on", b"\0" * 500, "Grüße".encode() * 100])
def test_another_kind_of_file_is_named_as_such(path, data):
    path.write_bytes(data)
    with pytest.raises(NotACheckpoint, match="another kind of file"):
        load_checkpoint(path)


def test_a_plain_torch_file_has_no_seal(path):
    torch.save({"weights": torch.zeros(3)}, path)
    with pytest.raises(NotACheckpoint, match=r"has no seal.*weights_only=True.*save_checkpoint"):
        load_checkpoint(path)


@pytest.mark.parametrize("content", [{"a": 1}, [1, 2], torch.zeros(2), {"format": "1"}, {"format": 0}])
def test_a_sealed_file_of_something_else_is_refused(path, content):
    path.write_bytes(sealed(content))
    with pytest.raises(NotACheckpoint, match="no format number"):
        load_checkpoint(path)


def test_what_is_missing_or_of_the_wrong_type_is_named(small):
    path, _ = small
    content = torch.load(path, weights_only=True)
    del content["mean"]
    content["epoch"] = "three"
    path.write_bytes(sealed(content))
    with pytest.raises(NotACheckpoint, match="mean, epoch missing or of the wrong type"):
        load_checkpoint(path)


def test_weights_that_are_no_tensors_are_refused(small):
    path, _ = small
    path.write_bytes(sealed(torch.load(path, weights_only=True) | {"weights": {"weight": 3}}))
    with pytest.raises(NotACheckpoint, match="the weights of a checkpoint should be tensors"):
        load_model(path, model=nn.Linear(2, 1))


def test_a_newer_format_says_what_to_update(small):
    path, _ = small
    path.write_bytes(sealed(torch.load(path, weights_only=True) | {"format": FORMAT + 1}))
    with pytest.raises(NewerFormat, match=f"has format {FORMAT + 1}.*reads up to {FORMAT}; update"):
        load_checkpoint(path)


@pytest.mark.parametrize("name", ["nn", "SimpleCNN.__init__", "__builtins__", "Linear", ""])
def test_only_networks_of_the_package_are_built_by_name(small, name):
    path, _ = small
    path.write_bytes(sealed(torch.load(path, weights_only=True) | {"architecture": name}))
    with pytest.raises(WrongArchitecture, match=r"not one of mnist_lab\.models"):
        load_model(path)


def test_arguments_that_do_not_fit_are_named(path):
    save_checkpoint(path, SimpleCNN(), **ABOUT)
    path.write_bytes(sealed(torch.load(path, weights_only=True) | {"arguments": {"width": 3}}))
    with pytest.raises(WrongArchitecture, match=r"SimpleCNN cannot be built with.*width"):
        load_model(path)


# Code in a pickle


class Payload:
    """Would leave a file behind when it is unpickled."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return (open, (str(self.target), "w"))


@pytest.mark.parametrize("is_sealed", [True, False])
def test_a_pickle_that_would_run_code_does_not_run(path, tmp_path, is_sealed):
    target = tmp_path / "it_ran"
    content = {"format": 1, "weights": Payload(target)}
    path.write_bytes(sealed(content) if is_sealed else pickle.dumps(content))
    with pytest.raises(UnsafeCheckpoint if is_sealed else NotACheckpoint) as caught:
        load_checkpoint(path)
    assert not target.exists()
    if is_sealed:
        assert "nothing was run" in str(caught.value) and "open" in str(caught.value)
        torch.load(path, weights_only=False)["weights"].close()
        assert target.exists(), "the payload must be one that would have run"


def test_what_could_not_be_opened_again_is_not_written(path):
    model = nn.Linear(2, 1)
    save_checkpoint(path, model, **ABOUT)
    before = path.read_bytes()
    with pytest.raises(UnsafeCheckpoint, match="Keep numbers, texts, lists"):
        save_checkpoint(path, model, classes=[Path("a"), Path("b")], **ABOUT)
    assert path.read_bytes() == before


# Folders, rights, other devices


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(UnreachableFile, match=r"There is no file .*nowhere"):
        load_checkpoint(tmp_path / "nowhere.pt")
    with pytest.raises(UnreachableFile, match="is a folder, where a checkpoint was expected"):
        load_checkpoint(tmp_path)
    with pytest.raises(UnreachableFile, match="is a folder, where a file was expected"):
        save_checkpoint(tmp_path, nn.Linear(2, 1), **ABOUT)
    with pytest.raises(UnreachableFile, match=r"could not be written \(No such file"):
        save_checkpoint(tmp_path / "no" / "a.pt", nn.Linear(2, 1), **ABOUT)


def forbidden(*_, **__):
    raise PermissionError(13, "Permission denied")


def test_a_file_that_may_not_be_read_says_so(small, monkeypatch):
    monkeypatch.setattr("builtins.open", forbidden)
    with pytest.raises(UnreachableFile, match=r"may not be read \(Permission denied\)"):
        load_checkpoint(small[0])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_says_so(small):
    small[0].chmod(0)
    with pytest.raises(UnreachableFile, match="may not be read"):
        load_checkpoint(small[0])


def test_a_folder_that_may_not_be_written_keeps_the_old_file(small, monkeypatch):
    path, before = small
    monkeypatch.setattr("builtins.open", forbidden)
    with pytest.raises(UnreachableFile, match=r"could not be written.*unchanged"):
        save_checkpoint(path, nn.Linear(2, 1), **ABOUT)
    monkeypatch.undo()
    assert path.read_bytes() == before


def test_tensors_from_cuda_open_on_a_cpu(small):
    path, _ = small
    before = load_checkpoint(path)["weights"]["weight"]
    as_if_from_cuda = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(as_if_from_cuda, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("data.pkl"):
                cpu, cuda = (b"X" + len(x).to_bytes(4, "little") + x for x in (b"cpu", b"cuda:0"))
                assert cpu in data
                data = data.replace(cpu, cuda)
            new.writestr(name, data)
    path.write_bytes(seal(as_if_from_cuda.getvalue()))
    if not torch.cuda.is_available():
        with pytest.raises(RuntimeError, match="CUDA"):
            torch.load(path, weights_only=True)
    loaded = load_model(path, model=nn.Linear(2, 1))
    assert loaded.weight.device.type == "cpu" and torch.equal(loaded.weight, before)


def test_a_device_that_is_not_here_is_refused(path):
    save_checkpoint(path, SimpleCNN(), **ABOUT)
    with pytest.raises(ValueError, match=r"There is no device 'cuda:99' here"):
        load_model(path, device="cuda:99")


def test_every_error_is_a_checkpoint_error_and_a_value_error():
    kinds = [UnreachableFile, NotACheckpoint, DamagedCheckpoint, UnsafeCheckpoint, NewerFormat]
    assert all(issubclass(kind, CheckpointError) for kind in [*kinds, WrongArchitecture])
    assert issubclass(CheckpointError, ValueError)


# Whole or not at all

FULL_DISK = """
import resource, signal, sys
from mnist_lab.checkpoints import save_checkpoint
from mnist_lab.models import SimpleCNN
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
save_checkpoint(sys.argv[1], SimpleCNN(), digits="bundled", mean=0.5, std=0.5)
"""


@posix_only
def test_a_full_disk_leaves_the_old_checkpoint(small):
    path, before = small
    run = subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True)
    assert run.returncode == 1
    assert "UnreachableFile" in run.stderr and "unchanged. Free some space" in run.stderr
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def save_for_ever(path):
    """Save checkpoints of 0.3 MB one after another, all weights equal to the number of the save."""
    torch.set_num_threads(1)  # a forked process has none of its parent's threads
    model, number = nn.Linear(280, 280), read_sealed(path)["epoch"]
    while True:
        number += 1
        nn.init.constant_(model.weight, float(number))
        nn.init.constant_(model.bias, float(number))
        curves = {"train_loss": [0.0] * number}
        save_checkpoint(path, model, history=curves, **ABOUT)


@pytest.mark.slow
@posix_only
def test_a_process_killed_while_it_saves_leaves_the_old_or_the_new_file(path):
    save_checkpoint(path, nn.Linear(280, 280), **ABOUT)
    generator, seen, kills_inside = random.Random(0), [0], 0
    for _ in range(100):
        child = os.fork()
        if child == 0:
            try:
                save_for_ever(path)
            finally:
                os._exit(1)
        time.sleep(generator.uniform(0.02, 0.12))
        os.kill(child, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it must have been saving until it was killed"
        kills_inside += any(path.parent.glob(".*.tmp"))
        content = load_checkpoint(path)
        number = content["epoch"]
        values = {value.item() for tensor in content["weights"].values() for value in tensor.unique()}
        assert number == 0 or values == {float(number)}
        assert number >= seen[-1]
        seen.append(number)
    assert kills_inside >= 10, f"only {kills_inside} of 100 kills fell into a write"
    assert seen[-1] > 100, f"only {seen[-1]} checkpoints were saved"
    write_sealed(path, torch.load(path, weights_only=True))
    assert os.listdir(path.parent) == [path.name], "what killed writers left is removed"


TRAIN = """
import sys
from mnist_lab.checkpoints import SaveEveryEpoch, load_checkpoint
from mnist_lab.data import InMemoryLoader, load_digits
from mnist_lab.devices import seed_everything
from mnist_lab.models import SimpleCNN
from mnist_lab.training import fit
from pathlib import Path
import torch
from torch.utils.data import Subset
from torchvision.transforms import v2

path, num_epochs = Path(sys.argv[1]), 12
seed_everything(1)
train, validation, _ = load_digits()
augment = v2.RandomAffine(10, translate=(0.1, 0.1), fill=-1.0)
loader = InMemoryLoader(Subset(train, range(64)), batch_size=20, shuffle=True, augment=augment)
scored = InMemoryLoader(Subset(validation, range(20)))
model = SimpleCNN(dropout=0.5)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, num_epochs)
parts = dict(optimizer=optimizer, scheduler=scheduler, loader=loader)
earlier = load_checkpoint(path, model=model, **parts) if path.exists() else None
done = earlier["epoch"] if earlier else 0
print("from", done, flush=True)
save = SaveEveryEpoch(path, model, earlier=earlier, digits="bundled", mean=0.5, std=0.5, **parts)
fit(model, loader, scored, optimizer, num_epochs=num_epochs - done,
    after_epoch=[lambda history: scheduler.step(), save])
"""


def train_in_a_process(path):
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN, str(path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_ends_as_one_that_never_was(tmp_path):
    straight, killed = tmp_path / "straight.pt", tmp_path / "killed.pt"
    with train_in_a_process(straight) as run:
        _, errors = run.communicate()
    assert run.returncode == 0, errors
    starts = []
    for target in (2, 5, 9, None):
        with train_in_a_process(killed) as run:
            starts.append(int(run.stdout.readline().split()[1]))
            while target and run.poll() is None and epoch_of(killed) < target:
                time.sleep(0.002)
            run.kill() if target else None
            _, errors = run.communicate()
    assert run.returncode == 0, errors
    assert len(set(starts)) >= 3, f"the kills came too late: {starts}"
    first, second = load_checkpoint(straight), load_checkpoint(killed)
    assert first["epoch"] == second["epoch"] == 12 and first["history"] == second["history"]
    for name, value in first["weights"].items():
        assert torch.equal(value, second["weights"][name]), name


def epoch_of(path):
    return load_checkpoint(path)["epoch"] if path.exists() else 0
