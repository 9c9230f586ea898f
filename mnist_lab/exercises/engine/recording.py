"""Tiny seeded networks, and a record of what training code does to them."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

SHORT = 3  # samples of the last batch


class TinyModel(nn.Module):
    """Images (N, 1, 1, 3) to 3 logits, through two layers."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(3, 5)
        self.head = nn.Linear(5, 3)

    def forward(self, images):
        return self.head(torch.tanh(self.body(images.flatten(1))))


class PerfectModel(nn.Module):
    """Images that are one-hot labels, to logits that are certain of the right class."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(10, 10)
        nn.init.zeros_(self.head.bias)
        nn.init.eye_(self.head.weight)

    def forward(self, images):
        return 40 * self.head(images.flatten(1))


def tiny_model(seed=0):
    """Return the same small model at every call, whatever the random state; another seed makes another."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return TinyModel()


def perfect_model():
    return PerfectModel()


def tiny_loader(classes=3, seed=0):
    """Return a DataLoader over 11 samples in batches of 4, 4 and 3; another seed makes others, and sizes.

    With 10 classes the images are the labels, one-hot; else they are noise. The last batch is always short.
    """
    generator, batch_size = torch.Generator().manual_seed(seed), 4 + seed % 3
    num_samples = (2 + seed // 3 % 3) * batch_size + SHORT
    labels = torch.randint(classes, (num_samples,), generator=generator)
    images = torch.randn(num_samples, 1, 1, classes, generator=generator)
    if classes == 10:
        images = F.one_hot(labels, 10).float().reshape(num_samples, 1, 1, 10)
    return DataLoader(TensorDataset(images, labels), batch_size=batch_size)


def batch_gradients(seed=0):
    """Return the gradient of the mean cross-entropy of each batch, all weights in one row."""
    gradients = []
    for images, labels in tiny_loader(seed=seed):
        model = tiny_model(seed)
        F.cross_entropy(model(images), labels).backward()
        gradients.append(torch.cat([weight.grad.flatten() for weight in model.parameters()]))
    return gradients


@dataclass(eq=False)
class Recording:
    """What happened: the gradient at each step (None if empty), the losses, the result."""

    steps: list = field(default_factory=list)
    losses: list = field(default_factory=list)
    result: object = None


def record_training(train, *, model=None, classes=3, seed=0):
    """Call train(model, loader, optimizer) and return the Recording.

    The learning rate is 0: the weights stay, so each batch has one right gradient.
    """
    model = tiny_model(seed) if model is None else model
    record = Recording()
    optimizer = _Watched(model.parameters(), lr=0.0)
    optimizer.record = record
    backward = torch.autograd.backward  # through which `loss.backward()` goes as well

    def noted(tensors, *args, **kwargs):
        losses = [tensors] if isinstance(tensors, torch.Tensor) else tensors
        record.losses += [loss.item() if loss.numel() == 1 else float("nan") for loss in losses]
        return backward(tensors, *args, **kwargs)

    with patch.object(torch.autograd, "backward", noted):
        record.result = train(model, tiny_loader(classes, seed), optimizer)
    return record


class _Watched(torch.optim.SGD):
    """SGD that notes the gradient that each step finds."""

    def step(self, closure=None):
        loss = None if closure is None else torch.enable_grad()(closure)()
        weights = [weight for group in self.param_groups for weight in group["params"]]
        gradients = [torch.zeros_like(w) if w.grad is None else w.grad for w in weights]
        whole = torch.cat([gradient.flatten() for gradient in gradients])
        self.record.steps.append(whole if whole.any() else None)
        super().step()
        return loss


@contextmanager
def watch_forward(model):
    """Yield two lists that fill up: was the model in training mode, and were gradients tracked?"""
    modes, graphs = [], []

    def note(module, inputs, output):
        modes.append(module.training)
        graphs.append(output.requires_grad)

    handle = model.register_forward_hook(note)
    try:
        yield modes, graphs
    finally:
        handle.remove()
