"""Exercise 3.7: a loop with three faults, and every way to mend it by half."""

from itertools import combinations
from numbers import Real

from mnist_lab.exercises.engine import probes
from mnist_lab.exercises.engine.compare import difference, in_types_of, kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import record_training, tiny_loader
from mnist_lab.exercises.engine.whole_numbers import whole_number

from torch.nn import functional as F

EMPTY = "At every step the gradient was empty."  # what probes.fresh_gradients says


def train(model, loader, optimizer):
    total_loss, num_samples = 0.0, 0
    for images, labels in loader:
        logits = model(images)
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total_loss += loss.item() * len(labels)
        num_samples += len(labels)
    return total_loss / num_samples


def behaviour(train, generator):
    """Return the faults of a training loop: its gradients, its loss, and what it hands back."""
    return probes.findings(
        train,
        usable_gradients,
        probes.loss_can_vanish,
        probes.loss_is_a_number,
        mean_comes_back,
        seed=whole_number(generator, 0, 1_000_000),
    )


def usable_gradients(train, seed):
    """probes.fresh_gradients, and of empty gradients, whether `backward` came only after the step."""
    faults = probes.fresh_gradients(train, seed)
    if faults == [EMPTY] and record_training(train, seed=seed).losses and not losses_before_first_step(train):
        return [f"{EMPTY[:-1]}: `backward` came only after it."]
    return faults


def losses_before_first_step(train):
    """How often `backward` had been called when the first step came."""
    counts = []

    def watched(model, loader, optimizer):
        step = optimizer.step

        def counting(*args, **kwargs):
            counts.append(len(optimizer.record.losses))
            return step(*args, **kwargs)

        optimizer.step = counting
        return train(model, loader, optimizer)

    record_training(watched)
    return counts[0]


def mean_comes_back(train, seed):
    """Is the result the mean over samples of the losses that backward was called on, twice?"""
    return _of_mean(train, seed) or _of_mean(train, seed + 3)


def _of_mean(train, seed):
    record = record_training(train, seed=seed)
    losses, sizes = record.losses, [len(labels) for _, labels in tiny_loader(seed=seed)]
    if record.result is None:
        return ["`None` came back: does the function end with `return`?"]
    actual = in_types_of(0.0, record.result)
    if isinstance(actual, bool) or not isinstance(actual, Real):
        return [f"A plain number was to come back, and {kind_of(record.result)} came."]
    if len(losses) != len(sizes):
        return []
    total = sum(loss * size for loss, size in zip(losses, sizes, strict=True))
    known = {
        "": total / sum(sizes),
        "The mean of the batch means came back.": sum(losses) / len(losses),
        "Batch means were added and divided by the number of samples.": sum(losses) / sum(sizes),
        "The sum over all samples came back.": total,
        "The loss of the last batch came back.": losses[-1],
    }
    for sentence, value in known.items():
        if abs(actual - value) < 1e-5:
            return [sentence] if sentence else []
    return ["Another number than the mean loss over all samples came back."]


def softmax_first(model, loader, optimizer):
    return train(lambda images: model(images).softmax(dim=1), loader, optimizer)


def own_gradients(train, seed):
    """A part of the exercise: is each step taken with the gradient of its own batch, softmax or not?"""
    steps, twice = (record_training(each, seed=seed).steps for each in (train, softmax_first))
    as_if_twice = len(steps) == len(twice) and difference(twice, steps) is None
    return [] if as_if_twice else usable_gradients(train, seed)


def plain_mean(train, seed):
    """Another part: what comes back, if `backward` was called on each batch."""
    if len(record_training(train, seed=seed).losses) != len(tiny_loader(seed=seed)):
        return ["`backward()` was not called on the loss of each batch."]
    return probes.loss_is_a_number(train, seed) + mean_comes_back(train, seed)


def part(find):
    return 1, lambda train, generator: find(train, whole_number(generator, 0, 1_000_000))


PARTS = {
    "gives the loss logits": part(probes.loss_can_vanish),
    "steps with the gradient of its own batch": part(own_gradients),
    "returns the mean as a number": part(plain_mean),
}

ZERO_GRAD, BACKWARD, STEP = "optimizer.zero_grad()", "loss.backward()", "optimizer.step()"


def in_order(*moves):
    """An edit after which the loop makes these of its three moves, in this order."""
    line = "\n        "
    return {line.join((ZERO_GRAD, BACKWARD, STEP)): line.join(moves)}


# The three faults of the given loop, each as if the two others were mended.
FAULTS = (
    ({"model(images)": "model(images).softmax(dim=1)"},
     "Softmax stands before the loss: `cross_entropy` applies log-softmax itself, so give it the logits."),
    (in_order(BACKWARD, ZERO_GRAD, STEP),
     "You deleted the gradient just computed: `zero_grad` must not stand between `backward` and `step`."),
    ({"loss.item()": "loss"}, "`loss` holds the graph of its batch: add `loss.item()`."),
)  # fmt: skip

MISTAKES = (
    *FAULTS,
    *((one | other, f"{first} {second}") for (one, first), (other, second) in combinations(FAULTS, 2)),
    (in_order(BACKWARD, STEP), "Without `zero_grad` in every round the gradients of several batches add up. "
     "It belongs before `backward`."),
    (in_order(STEP, ZERO_GRAD, BACKWARD),
     "Step before backward: each step uses the gradient of the batch before, and the first has none. First "
     "`backward`, then `step`."),
    (in_order(ZERO_GRAD, STEP, BACKWARD),
     "Step before backward: by the time of the step the gradient has been emptied, and that of this batch "
     "comes too late. First `backward`, then `step`."),
    (in_order(ZERO_GRAD, BACKWARD),
     "`backward` does not update the weights; it only calculates their slopes. `step` moves them."),
    (in_order(ZERO_GRAD, STEP), "Without `backward` there is no gradient, so no step goes anywhere."),
    ("loss.item()", "loss.detach()", "`detach()` lets go of the graph, but what comes back is still a "
     "tensor. `.item()` gives the plain number."),
    ("(logits, labels)", '(logits, labels, reduction="sum")',
     "The loss is a sum over the batch now, so a full batch pulls harder than a short one. Leave "
     "`cross_entropy` at its mean."),
    ({" * len(labels)": "", "+= len(labels)": "+= 1"},
     "The loop is right, but you changed the average: it was over samples, and is over batches now. Keep "
     "`loss.item() * len(labels)`."),
    (" * len(labels)", "",
     "The loss of a batch is already a mean. Multiply it by `len(labels)` before you add it up."),
    ("F.cross_entropy(logits, labels)", "F.nll_loss(logits.softmax(dim=1), labels)",
     "The gradients are those of another loss. Perhaps `nll_loss` got shares? It takes their logarithms; "
     "`cross_entropy` with the logits does both moves."),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.7",
    title="Mend a loop",
    difficulty=3,
    minutes=8,
    points=3,
    reference=train,
    given={
        "logits = model(images)": "probabilities = model(images).softmax(dim=1)",
        "(logits,": "(probabilities,",
        "optimizer.zero_grad()\n        loss.backward()": "loss.backward()\n        optimizer.zero_grad()",
        "loss.item()": "loss",
    },
    probe=behaviour,
    parts=PARTS,
    why="None of the three faults raises an error. You find them by knowing what each line is for.",
    hints=(
        "Go through the lines and ask of each: what does it need, and what does it leave behind?",
        "One fault is in what the loss is given, one in the order of three lines, one in what is added up.",
        "`cross_entropy` wants logits. `zero_grad` must not stand between `backward` and `step`. `.item()` "
        "takes the number out of a tensor.",
    ),
    mistakes=MISTAKES,
)
