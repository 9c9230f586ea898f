"""Lesson 07: what a range test does to a model, watched."""

import copy

from mnist_lab.exercises.compare import difference, kind_of

import torch
from torch import nn
from torch.nn import functional as F

RATES = (0.1, 0.2, 0.4, 0.8)


def range_test(model, loader, rates, make_optimizer):
    trained = copy.deepcopy(model).train()
    optimizer = make_optimizer(trained.parameters(), lr=rates[0])
    losses = []
    for rate, (images, labels) in zip(rates, loader, strict=False):
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = F.cross_entropy(trained(images), labels)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


class Watch(nn.Module):
    """A layer that passes its input on and notes the mode of each forward pass that is to be learned from."""

    def __init__(self, modes):
        super().__init__()
        self.modes = modes

    def __deepcopy__(self, memo):
        return Watch(self.modes).train(self.training)  # a copy of the model reports to the same list

    def forward(self, images):
        if torch.is_grad_enabled():
            self.modes.append(self.training)
        return images


class Trial:
    """A model in eval mode, four batches, and an optimizer that notes its steps."""

    def __init__(self):
        generator = torch.Generator().manual_seed(0)
        self.modes, self.made, self.steps = [], [], []
        self.model = nn.Sequential(Watch(self.modes), nn.Flatten(), nn.Linear(3, 3)).eval()
        with torch.no_grad():
            for weight in self.model.parameters():
                weight.copy_(torch.randn(weight.shape, generator=generator))
        self.before = copy.deepcopy(self.model.state_dict())
        images = [torch.randn(5, 1, 1, 3, generator=generator) for _ in RATES]
        self.loader = [(batch, torch.tensor([0, 1, 2, 1, 0])) for batch in images]

    def make_optimizer(self, parameters, lr):
        parameters, notes = list(parameters), self.steps

        class Noting(torch.optim.SGD):
            def step(self, closure=None):
                gradients = [None if weight.grad is None else weight.grad.clone() for weight in parameters]
                weights = [weight.detach().clone() for weight in parameters]
                notes.append((self.param_groups[0]["lr"], gradients, weights))
                return super().step(closure)

        self.made.append(Noting(parameters, lr=lr))
        return self.made[-1]

    def loss_and_gradients(self, number, weights):
        """What batch number gives for these weights: the loss, and the gradients that it alone makes."""
        model = copy.deepcopy(self.model)
        model.load_state_dict(dict(zip(self.before, weights, strict=True)))
        images, labels = self.loader[number]
        loss = F.cross_entropy(model(images), labels)
        return loss.item(), torch.autograd.grad(loss, list(model.parameters()))


def what_it_does(range_test):
    """Return what a range test does otherwise than it should."""
    trial = Trial()
    losses = range_test(trial.model, list(trial.loader), list(RATES), trial.make_optimizer)
    modes = list(trial.modes)
    return [*_afterwards(trial), *_on_the_way(trial, modes), *_steps(trial), *_losses(trial, losses)]


def _afterwards(trial):
    if difference(dict(trial.before), dict(trial.model.state_dict()), tolerance=0.0):
        yield "The weights of the model that was handed over have changed."
    if trial.model.training:
        yield "The model was handed over in eval mode, and is in training mode afterwards."


def _on_the_way(trial, modes):
    if modes and not all(modes):
        yield "What was trained was in eval mode."
    if len(trial.made) > 1:
        yield f"{len(trial.made)} optimizers were made, not one."


def _steps(trial):
    rates = [rate for rate, _, _ in trial.steps]
    if difference(list(RATES), rates):
        shown = ", ".join(f"{rate:.3g}" for rate in rates) or "none"
        yield f"For the rates {', '.join(map(str, RATES))} the rates of the steps were: {shown}."
    if len(rates) > 1 and all(not difference(trial.steps[0][2], weights) for _, _, weights in trial.steps):
        yield "Every step began with the same weights."
    for number, (_, gradients, weights) in enumerate(trial.steps[: len(RATES)]):
        if all(gradient is None for gradient in gradients):
            yield f"Step {number + 1} had no gradient."
            return
        if difference(list(trial.loss_and_gradients(number, weights)[1]), gradients):
            yield f"The gradient of step {number + 1} is not that of its batch alone."
            return


def _losses(trial, losses):
    if not isinstance(losses, list | tuple):
        yield f"A list of losses was to come back, and {kind_of(losses)} came."
    elif len(losses) != len(RATES):
        yield f"{len(losses)} losses came back for {len(RATES)} rates."
    elif any(isinstance(loss, torch.Tensor) for loss in losses):
        yield "The losses are tensors, not numbers."
    elif len(trial.steps) == len(RATES):
        wanted = [trial.loss_and_gradients(i, weights)[0] for i, (_, _, weights) in enumerate(trial.steps)]
        wrong = [i + 1 for i, pair in enumerate(zip(wanted, losses, strict=True)) if difference(*pair)]
        if wrong:
            yield f"Loss {wrong[0]} is not that of its batch before its step."
