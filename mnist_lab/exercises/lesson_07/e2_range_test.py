"""Exercise 7.2: complete the range test."""

import copy

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch
from torch import nn
from torch.nn import functional as F


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
    """A model in eval mode, a rate for each batch but the last, and an optimizer that notes its steps."""

    def __init__(self, generator):
        number = whole_number(generator, 4, 6)
        self.rates = [rate / 100 for rate in sorted(different_numbers(generator, number, 5, 90))]
        self.modes, self.made, self.steps = [], [], []
        self.model = nn.Sequential(Watch(self.modes), nn.Flatten(), nn.Linear(3, 3)).eval()
        with torch.no_grad():
            for weight in self.model.parameters():
                weight.copy_(torch.randn(weight.shape, generator=generator))
        self.before = copy.deepcopy(self.model.state_dict())
        sizes = [whole_number(generator, 4, 7) for _ in range(number + 1)]
        images = [torch.randn(size, 1, 1, 3, generator=generator) for size in sizes]
        labels = [torch.randint(3, (size,), generator=generator) for size in sizes]
        self.loader = list(zip(images, labels, strict=True))

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


def probe_of(*parts):
    """Return the probe that collects what parts(trial) find in a trial of a range test."""

    def probe(range_test, generator):
        trial = Trial(generator)
        given = trial.model, list(trial.loader), list(trial.rates), trial.make_optimizer
        trial.losses = range_test(*given)
        trial.modes = list(trial.modes)  # what else looks at the model is not noted
        return [fault for part in parts for fault in part(trial)]

    return probe


def _afterwards(trial):
    if difference(dict(trial.before), dict(trial.model.state_dict()), tolerance=0.0):
        yield "The weights of the model that was handed over have changed."
    if trial.model.training:
        yield "The model was handed over in eval mode, and is in training mode afterwards."


def _on_the_way(trial):
    if trial.modes and not all(trial.modes):
        yield "What was trained was in eval mode."
    if len(trial.made) > 1:
        yield f"{len(trial.made)} optimizers were made, not one."


def _steps(trial):
    rates = [rate for rate, _, _ in trial.steps]
    if difference(trial.rates, rates):
        shown = ", ".join(f"{rate:.3g}" for rate in rates) or "none"
        yield f"For the rates {', '.join(map(str, trial.rates))} the rates of the steps were: {shown}."
    if len(rates) > 1 and all(not difference(trial.steps[0][2], weights) for _, _, weights in trial.steps):
        yield "Every step began with the same weights."
    for number, (_, gradients, weights) in enumerate(trial.steps[: len(trial.rates)]):
        if all(gradient is None for gradient in gradients):
            yield f"Step {number + 1} had no gradient."
            return
        if difference(list(trial.loss_and_gradients(number, weights)[1]), gradients):
            yield f"The gradient of step {number + 1} is not that of its batch alone."
            return


def _losses(trial):
    losses, number = trial.losses, len(trial.rates)
    if not isinstance(losses, list | tuple):
        yield f"A list of losses was to come back, and {kind_of(losses)} came."
    elif len(losses) != number:
        yield f"{len(losses)} losses came back for {number} rates."
    elif any(isinstance(loss, torch.Tensor) for loss in losses):
        yield "The losses are tensors, not numbers."
    elif len(trial.steps) == number:
        expected = [trial.loss_and_gradients(i, weights)[0] for i, (_, _, weights) in enumerate(trial.steps)]
        wrong = [i + 1 for i, pair in enumerate(zip(expected, losses, strict=True)) if difference(*pair)]
        if wrong:
            yield f"Loss {wrong[0]} is not that of its batch before its step."


def _too_few_steps(trial):
    if len(trial.steps) != len(trial.rates):
        yield f"{len(trial.steps)} steps were taken for {len(trial.rates)} rates."


PARTS = {
    "trains a copy of the model": (1, probe_of(_too_few_steps, _afterwards, _on_the_way)),
    "takes a step at each rate": (1, probe_of(_steps)),
    "notes the loss of each batch": (1, probe_of(_too_few_steps, _losses)),
}

COPY = "copy.deepcopy(model).train()"
MAKE = "optimizer = make_optimizer(trained.parameters(), lr=rates[0])"
SET_RATE = 'for group in optimizer.param_groups:\n            group["lr"] = rate'

MISTAKES = (
    (COPY, "model.train()",
     "The model that was handed over was trained to its ruin. `copy.deepcopy(model)` gives the test weights "
     "of its own."),
    (COPY, "model", "It trains the weights of the model that was handed over, and in eval mode. Take a deep "
     "copy, and put that into training mode."),
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
     "What was noted is not the loss that the step starts from. Perhaps it was calculated once more after "
     "the step? That costs a second pass."),
    ("trained(images)", "model(images)",
     "The batches went through the network that was handed over, and the steps were left to the copy, which "
     "got no gradient. Inside the loop use `trained`."),
    ("trained(images)", "trained(images).softmax(dim=1)",
     "It is another loss than the mean cross-entropy. Perhaps it got probabilities where logits belong? "
     "`cross_entropy` applies log-softmax itself."),
    ("return losses", "return [sum(losses[:n]) / n for n in range(1, len(losses) + 1)]",
     "From the second on they are other losses than those of the batches. Perhaps you took a mean over all "
     "so far? That hides the place where it goes up."),
    ("return losses", "return losses[-1]",
     "Only the last loss came back. The curve needs one for each rate."),
    ("loss.item()", "loss",
     "The losses are tensors, and each holds on to its whole graph, unless it was detached. `loss.item()` "
     "takes out the number."),
    ("optimizer.zero_grad()\n        ", "",
     "Perhaps `zero_grad` is missing? Then each step goes by the gradients of all batches before, and a high "
     "loss says little about the rate."),
    ("optimizer.zero_grad()\n        loss.backward()", "loss.backward()\n        optimizer.zero_grad()",
     "At the step there was no gradient, so no rate can do anything. `zero_grad` deletes it, so it belongs "
     "before `backward`."),
    ("optimizer.step()", "pass",
     "No step was taken with the optimizer that `make_optimizer` made. `optimizer.step()` ends each round; "
     "without it the curve shows nothing but the noise of the batches."),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.2",
    title="Complete the range test",
    difficulty=2,
    minutes=7,
    points=3,
    reference=range_test,
    probe=probe_of(_afterwards, _on_the_way, _steps, _losses),
    parts=PARTS,
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
