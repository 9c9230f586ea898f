"""Exercise 7.2: complete the range test."""

import copy

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise

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
        expected = [trial.loss_and_gradients(i, weights)[0] for i, (_, _, weights) in enumerate(trial.steps)]
        wrong = [i + 1 for i, pair in enumerate(zip(expected, losses, strict=True)) if difference(*pair)]
        if wrong:
            yield f"Loss {wrong[0]} is not that of its batch before its step."


COPY = "copy.deepcopy(model).train()"
MAKE = "optimizer = make_optimizer(trained.parameters(), lr=rates[0])"
SET_RATE = 'for group in optimizer.param_groups:\n            group["lr"] = rate'

MISTAKES = (
    (COPY, "model.train()",
     "The model that was handed over was trained to its ruin. `copy.deepcopy(model)` gives the test weights "
     "of its own."),
    (COPY, "model", "It trains the model that was handed over, and in eval mode. Take a deep copy, and put "
     "that into training mode."),
    ("deepcopy", "copy",
     "`copy.copy` makes a second model around the same weights, so training the one moves the other. It "
     "takes `copy.deepcopy`."),
    (".train()", "", "The copy is still in eval mode, as the model was. Training is to be tested, dropout "
     "and all, so call `.train()` on the copy."),
    (COPY, "copy.deepcopy(model.train())",
     "`model.train()` switches the model that was handed over, and it stays so. Copy first, then switch the "
     "copy."),
    (SET_RATE, "optimizer.lr = rate",
     "All steps were taken with the first rate. An optimizer reads its rate from `optimizer.param_groups`, "
     "not from an attribute `lr`."),
    ("] = rate", "] *= rate",
     'The rate was multiplied by the list of rates, which holds rates and no factors. Set it: `group["lr"] = '
     "rate`."),
    ({f"{SET_RATE}\n        ": "", "step()": f"step()\n        {SET_RATE}"},
     "Each rate comes into force a batch too late, so every loss is noted beside the wrong one. Set the rate "
     "before `step`."),
    (SET_RATE, "optimizer = make_optimizer(trained.parameters(), lr=rate)",
     "A new optimizer for each rate forgets what the old one knew, such as Adam's averages. Keep one, and "
     "change its rate."),
    ({f"trained = {COPY}\n    {MAKE}\n    ": "",
      SET_RATE: f"trained = {COPY}\n        {MAKE}\n        {SET_RATE}"},
     "Each rate begins with the untrained weights. In a range test one model goes through all rates, so copy "
     "it once, before the loop."),
    ({"losses.append(loss.item())\n        ": "",
      "step()": "step()\n        losses.append(F.cross_entropy(trained(images), labels).item())"},
     "The loss was calculated once more after the step. That costs a second pass; note the loss that the "
     "step starts from."),
    ("trained(images)", "model(images)",
     "The batches went through the network that was handed over, and the steps were left to the copy, which "
     "got no gradient. Inside the loop use `trained`."),
    ("trained(images)", "trained(images).softmax(dim=1)",
     "The loss got probabilities where logits belong: `cross_entropy` applies log-softmax itself."),
    ("return losses", "return [sum(losses[:n]) / n for n in range(1, len(losses) + 1)]",
     "A mean over all losses so far hides the place where it goes up. Note the loss of each batch."),
    ("return losses", "return losses[-1]",
     "Only the last loss came back. The curve needs one for each rate."),
    ("loss.item()", "loss",
     "The losses are tensors, and each holds on to its whole graph. `loss.item()` takes out the number."),
    ("optimizer.zero_grad()\n        ", "",
     "Without `zero_grad` each step goes by the gradients of all batches before, so a high loss says little "
     "about the rate."),
    ("optimizer.zero_grad()\n        loss.backward()", "loss.backward()\n        optimizer.zero_grad()",
     "`zero_grad` deletes the gradient just computed, so no rate can do anything. It belongs before "
     "`backward`."),
    ("optimizer.step()", "pass",
     "No step was taken, so the curve shows nothing but the noise of the batches. `optimizer.step()` ends "
     "each round."),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.2",
    title="Complete the range test",
    kind="training",
    difficulty=2,
    minutes=7,
    points=3,
    reference=range_test,
    probe=what_it_does,
    seconds=20,  # the first step of an optimizer in a kernel imports a good deal
    why="One short run on a copy tries every rate. Nobody has to train a network for each of them, and the "
    "model stays as it was.",
    hints=(
        "Two gaps. The first one: the test ends in weights that are good for nothing, so whose weights may "
        "it spoil, and which mode belongs to training?",
        "In the loop stands the loop of lesson 03, with one line before it and one in the middle: the rate "
        "is set, and the loss is noted.",
        "`copy.deepcopy(model).train()` is the first gap. The rate lies in `optimizer.param_groups`, a list "
        'of dictionaries: `for group in optimizer.param_groups: group["lr"] = rate`.',
        "Then the loss of the batch, `losses.append(loss.item())`, `zero_grad`, `backward`, `step`.",
    ),
    mistakes=MISTAKES,
)
