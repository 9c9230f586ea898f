"""Data-parallel training: each process takes its share of every batch, and all take the same step.

`torchrun --standalone --nproc-per-node 2 -m mnist_lab.cli train RECIPE` starts two of them. A process
that is alone goes through these functions as if they were not there.
"""

import io
import os
from contextlib import ExitStack, contextmanager, redirect_stdout
from datetime import timedelta

from mnist_lab.devices import cpu_threads, pick_device

import torch
from torch import distributed as dist
from torch.utils.data import DataLoader

PATIENCE = 300  # seconds that a process waits for the others, such as for the first one's scoring


class LostProcess(ValueError):
    """Another process ended, or was not heard of for too long; none can go on without it."""


@contextmanager
def a_sentence_on_failure():
    """Turn the error of an exchange between processes into a LostProcess."""
    try:
        yield
    except RuntimeError as error:
        reason = str(error).partition("\n")[0]
        raise LostProcess(
            "This process expected to hear from all others, but one has ended or did not answer in time "
            f"({reason}). Look for its own message, then start all of them again."
        ) from error


def average_gradients(model, *, num_samples):
    """Make each gradient the mean over the samples of all processes, as if one had had the whole batch.

    num_samples is how many samples this process's gradients are the mean of. A mean of means would be
    right for equal shares only, so each is multiplied by its samples, and the sum divided by all samples.
    One message a step holds everything, the number of samples last.
    """
    if not is_joined():
        return
    gradients = [weights.grad for weights in model.parameters() if weights.grad is not None]
    message = torch.cat([*(gradient.flatten() for gradient in gradients), gradients[0].new_ones(1)])
    message *= num_samples
    add_up(message)
    means = message[:-1] / message[-1]
    parts = means.split([gradient.numel() for gradient in gradients])
    for gradient, part in zip(gradients, parts, strict=True):
        gradient.copy_(part.view_as(gradient))


@a_sentence_on_failure()
def add_up(values):
    """Replace the values by their sum over all processes, which comes out the same to the last bit in all."""
    dist.all_reduce(values)


def is_joined():
    """Return whether this process is one of a group."""
    return dist.is_available() and dist.is_initialized()


def num_processes():
    return dist.get_world_size() if is_joined() else 1


def rank():
    """Return the number of this process, from 0."""
    return dist.get_rank() if is_joined() else 0


# Batches and their shares


def check_batch_size(size):
    """Raise ValueError for a batch that is too small to give each process two images."""
    if is_joined() and size < 2 * num_processes():
        raise ValueError(
            f"Each process takes two images of a batch at least, but {num_processes()} processes are to "
            f"share batches of {size}; start fewer processes, or make batch_size larger."
        )


def share(samples):
    """Return the slice of a batch's samples that is this process's; no slice is longer by more than one.

    An epoch's last batch may be too short to give each process two. It goes whole to all of them, which
    gives the same mean; from one image alone batch norm could not take a variance.
    """
    n, processes = len(samples), num_processes()
    if n < 2 * processes:
        return samples
    return samples[rank() * n // processes : (rank() + 1) * n // processes]


class Shares:
    """Batches in their order, each cut down to the share of this process."""

    def __init__(self, batches, cut):
        self.batches, self.cut = batches, cut

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        return map(self.cut, self.batches)


def share_batches(loader):
    """Return a loader of this process's share of each batch.

    All processes have to see the same order, that is, have made the loader with the same seed.
    """
    if not is_joined():
        return loader
    if isinstance(loader, DataLoader):  # cut before loading: the others' images are not loaded here
        sampler = Shares(loader.batch_sampler, share)
        return DataLoader(loader.dataset, batch_sampler=sampler, generator=loader.generator)
    return Shares(loader, lambda batch: [share(values) for values in batch])


# Alike from the first step to the result


@a_sentence_on_failure()
def start_alike(network):
    """Give all processes the first one's weights, and each its own random numbers from here on.

    Dropout and augmentation then differ between processes, and repeat with the seed.
    """
    if not is_joined():
        return
    for values in network.state_dict().values():
        message = values.contiguous()  # channels_last is not
        dist.broadcast(message, src=0)
        values.copy_(message)
    seeds = torch.randint(2**62, (num_processes(),)).tolist()
    torch.manual_seed(seeds[rank()])


def end_alike(network):
    """Return the network with running statistics that are the mean over the processes.

    In training batch norm normalises each share with the share's own mean and variance, as it would a
    smaller batch, so with batch norm n processes are not one process with n times the batch. The weights
    are equal in all processes anyway: they had the same start and the same steps.
    """
    if is_joined():
        for values in network.buffers():
            if values.is_floating_point():  # the others count batches
                add_up(values)
                values /= num_processes()
    return network


def over_all(loss):
    """Return the sum of the processes' losses, which is not finite for any if it is not for one."""
    if not is_joined():
        return loss
    loss = loss.detach().clone()
    add_up(loss)
    return loss


def from_first(function):
    """Return what function() returns in the first process, the only one that calls it."""
    if not is_joined():
        return function()
    box = [function() if rank() == 0 else None]
    with a_sentence_on_failure():
        dist.broadcast_object_list(box, src=0)
    return box[0]


# Joining


def are_several():
    """Return whether torchrun started this process as one of several."""
    return os.environ.get("WORLD_SIZE", "1") != "1"


@contextmanager
def join_processes(device="auto", *, patience=PATIENCE):
    """Join the processes that torchrun started, for a block, and yield this one's number, from 0.

    They meet over gloo on CPUs and over NCCL on CUDA GPUs, of which each takes one. In all but the
    first, standard output goes nowhere. Where nothing set WORLD_SIZE, or to 1, this process is alone
    and is number 0. Raises LostProcess if the others do not come within so many seconds.
    """
    if not are_several():
        yield 0
        return
    backend = choose_backend(pick_device(device))
    with a_sentence_on_failure():
        dist.init_process_group(backend, timeout=timedelta(seconds=patience))
    try:
        with ExitStack() as stack:
            stack.enter_context(cpu_threads(share_of_threads()))
            if rank() > 0:
                stack.enter_context(redirect_stdout(io.StringIO()))
            yield rank()
    finally:
        dist.destroy_process_group()


def choose_backend(device):
    """Return the backend for a device; of several CUDA GPUs, this process turns to its own."""
    if device.type == "cpu":
        return "gloo"
    if device.type != "cuda":
        raise ValueError(
            f"Several processes train on CPUs or CUDA GPUs, but the device is {device}; give --device cpu."
        )
    here = int(os.environ.get("LOCAL_RANK") or os.environ.get("RANK") or 0)
    count = torch.cuda.device_count()
    if device.index is not None or here >= count:
        raise ValueError(
            f"Each process takes a GPU of its own, but this is process {here} of those here, counted from "
            f"0, the device is {device}, and GPUs here: {count}. Give --device cuda and start as many "
            "processes as there are GPUs, or give --device cpu."
        )
    torch.cuda.set_device(here)
    return "nccl"


def share_of_threads():
    """Return how many CPU threads this process may use; OMP_NUM_THREADS, which torchrun sets, has the say."""
    threads = torch.get_num_threads()
    if "OMP_NUM_THREADS" in os.environ:
        return threads
    return max(1, threads // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
