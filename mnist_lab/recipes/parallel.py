"""Data-parallel training with torch's own tools: each process takes its share of every batch.

`torchrun --standalone --nproc-per-node 2 -m mnist_lab.cli train RECIPE` starts two of them. A process
that is alone goes through these functions as if they were not there.
"""

import gc
import io
import os
import sys
from contextlib import contextmanager, nullcontext, redirect_stdout
from datetime import timedelta
from traceback import clear_frames

from mnist_lab.data import InMemoryLoader
from mnist_lab.devices import pick_device

import torch
from torch import distributed as dist
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import BatchSampler, DataLoader, DistributedSampler, TensorDataset

PATIENCE = 300  # seconds that a process waits for the others, such as for the first one's scoring


class LostProcess(ValueError):
    """Another process ended, or was not heard of for too long; none can go on without it."""


def is_joined():
    """Return whether this process is one of a group."""
    return dist.is_available() and dist.is_initialized()


def num_processes():
    return dist.get_world_size() if is_joined() else 1


def rank():
    """Return the number of this process, from 0."""
    return dist.get_rank() if is_joined() else 0


def from_first(function):
    """Return what function() returns in the first process, the only one that calls it."""
    if not is_joined():
        return function()
    box = [function() if rank() == 0 else None]
    dist.broadcast_object_list(box, src=0)
    return box[0]


# One training


def check_batch_size(size):
    """Raise ValueError for a batch that does not give each process as many images, two at least."""
    processes = num_processes()
    if is_joined() and (size % processes or size < 2 * processes):
        raise ValueError(
            f"Each process takes as many images of a batch, and two at least, but {processes} processes are "
            f"to share batches of {size}; start a number of processes that divides the batch."
        )


class ShareOfEpochs(DistributedSampler):
    """torch's sampler, which counts the epochs itself: each time through it is a new order."""

    def __iter__(self):
        yield from super().__iter__()
        self.set_epoch(self.epoch + 1)


def share_batches(loader):
    """Return a loader of this process's share of each batch, as torch's DistributedSampler deals them out.

    The shares of a step are equally long. Where the images of an epoch do not come out even, its last step
    is padded: up to num_processes() - 1 images, the first of the epoch, count in it once more. (The sampler's
    drop_last would leave out the last ones.) The order follows from the loader's seed; for an InMemoryLoader
    the first epoch is the one of a process alone. Batches that are no loader go whole to all.
    """
    in_memory = isinstance(loader, InMemoryLoader)
    if not is_joined() or not (in_memory or isinstance(loader, DataLoader)):
        return loader
    dataset = TensorDataset(loader.images, loader.labels) if in_memory else loader.dataset
    options = {"num_replicas": num_processes(), "rank": rank(), "seed": loader.generator.initial_seed()}
    size = loader.batch_size // num_processes()
    batches = BatchSampler(ShareOfEpochs(dataset, **options), size, drop_last=False)
    if in_memory:  # a list of places takes a whole batch out of the tensors
        return DataLoader(dataset, sampler=batches, batch_size=None)
    return DataLoader(dataset, batch_sampler=batches)


def share_steps(network):
    """Return the network in torch's DistributedDataParallel: all start alike and step along one gradient.

    That is the mean of the processes' gradients, and so of all images, since shares are equally long. Each
    process has its own random numbers from here on: dropout and augmentation differ, and repeat with the
    seed. Batch norm normalises each share by itself, as it would a smaller batch, so with it n processes are
    not one with n times the batch. (SyncBatchNorm, which looks at all shares, does not run on CPUs.)
    """
    if not is_joined():
        return network
    shared = DistributedDataParallel(network)
    shared.broadcast_buffers = False  # from now on: what the network starts with is alike
    seeds = torch.randint(2**62, (num_processes(),)).tolist()
    torch.manual_seed(seeds[rank()])
    return shared


def end_alike(network):
    """Return the network with running statistics that are the mean over the processes."""
    if is_joined():
        for values in network.buffers():
            if values.is_floating_point():  # the others count batches
                dist.all_reduce(values)
                values /= num_processes()
    return network


# Joining


def are_several():
    """Return whether torchrun started this process as one of several."""
    return os.environ.get("WORLD_SIZE", "1") != "1"


def check_environment():
    """Raise ValueError unless the variables by which processes find each other are as torchrun sets them."""
    names = ("WORLD_SIZE", "RANK", "MASTER_PORT", "MASTER_ADDR", "LOCAL_RANK")
    found = {name: os.environ.get(name, "") for name in names}
    size, number, port, address, local = found.values()
    numbers = (size, number, port, local or "0")
    is_whole = all(map(str.isdecimal, numbers)) and int(number) < int(size) and int(port) < 2**16
    if not (is_whole and address):
        raise ValueError(
            "WORLD_SIZE makes this process one of several, but torchrun would not set "
            f"{' '.join(f'{name}={value}' for name, value in found.items())}; start several with torchrun, "
            "or one with no WORLD_SIZE in the environment."
        )
    if "TORCHELASTIC_RUN_ID" not in os.environ:  # not from torchrun: it may be one of several by mistake
        print(f"This is one of {size} processes (WORLD_SIZE={size}); waiting for all.", file=sys.stderr)


@contextmanager
def join_processes(device="auto", *, patience=PATIENCE):
    """Join the processes that torchrun started, for a block, and yield this one's number, from 0.

    They meet over gloo on CPUs and over NCCL on CUDA GPUs, of which each takes one. In all but the
    first, standard output goes nowhere. Where nothing set WORLD_SIZE, or to 1, this process is alone
    and is number 0. Raises LostProcess if another does not come or answer within so many seconds.
    """
    if not are_several():
        yield 0
        return
    check_environment()
    backend = choose_backend(pick_device(device))
    try:
        dist.init_process_group(backend, timeout=timedelta(seconds=patience))
        with redirect_stdout(io.StringIO()) if rank() > 0 else nullcontext():
            yield rank()
    except BaseException as error:
        clear_frames(error.__traceback__)  # which hold networks
        is_of_exchange = isinstance(error, dist.DistError) or "gloo" in str(error)
        if not (isinstance(error, RuntimeError) and is_of_exchange):
            raise
        reason = str(error).partition("\n")[0]
        raise LostProcess(
            "This process expected to hear from all others, but one has ended or did not answer in time "
            f"({reason}). Look for its own message, then start all of them again."
        ) from error
    finally:
        if is_joined():
            gc.collect()  # a DistributedDataParallel that is freed after its gloo group can wait for ever
            dist.destroy_process_group()


def choose_backend(device):
    """Return the backend for a device; of several CUDA GPUs, this process turns to its own."""
    if device.type == "cpu":
        return "gloo"
    here = int(os.environ.get("LOCAL_RANK") or os.environ.get("RANK") or 0)
    count = torch.cuda.device_count()
    if device.type != "cuda" or device.index is not None or here >= count:
        raise ValueError(
            f"Several processes train on CPUs or on a CUDA GPU each, but the device is {device}, this is "
            f"process {here} of those here, counted from 0, and CUDA GPUs here: {count}. Give --device cpu, "
            "or --device cuda and start as many processes as there are GPUs."
        )
    torch.cuda.set_device(here)
    return "nccl"
