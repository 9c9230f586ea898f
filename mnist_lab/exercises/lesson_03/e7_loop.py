"""Exercise 3.7: a loop with three faults, and every way to mend it by half."""

from itertools import combinations

from mnist_lab.exercises.engine import probes
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.recording import record_training, tiny_loader

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


def given_train(model, loader, optimizer):
    total_loss, num_samples = 0.0, 0
    for images, labels in loader:
        probabilities = model(images).softmax(dim=1)
        loss = F.cross_entropy(probabilities, labels)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total_loss += loss * len(labels)
        num_samples += len(labels)
    return total_loss / num_samples


def behaviour(train):
    """Return the faults of a training loop: its gradients, its loss, and what it hands back."""
    return probes.findings(
        train,
        usable_gradients,
        probes.loss_can_vanish,
        probes.loss_is_a_number,
        mean_comes_back,
    )


def usable_gradients(train):
    """probes.fresh_gradients, and of empty gradients, whether `backward` came only after the step."""
    faults = probes.fresh_gradients(train)
    if faults == [EMPTY] and record_training(train).losses and not losses_before_first_step(train):
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


def mean_comes_back(train):
    """Is the result the mean over samples of the losses that backward was called on?"""
    record = record_training(train)
    losses, sizes = record.losses, [len(labels) for _, labels in tiny_loader()]
    if record.result is None:
        return ["`None` came back: does the function end with `return`?"]
    if len(losses) != len(sizes):
        return []
    actual = float(record.result)
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
    (in_order(BACKWARD, STEP), "Without `zero_grad` in the loop the gradients of all batches add up. It "
     "belongs into every round, before `backward`."),
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
     "`nll_loss` takes logarithms of shares, not shares. `cross_entropy` with the logits does both moves."),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.7",
    title="Mend a loop",
    kind="training",
    difficulty=3,
    minutes=8,
    points=3,
    reference=train,
    given=given_train,
    probe=behaviour,
    why="None of the three faults raises an error. You find them by knowing what each line is for.",
    hints=(
        "Go through the lines and ask of each: what does it need, and what does it leave behind?",
        "One fault is in what the loss is given, one in the order of three lines, one in what is added up.",
        "`cross_entropy` wants logits. `zero_grad` must not stand between `backward` and `step`. `.item()` "
        "takes the number out of a tensor.",
    ),
    mistakes=MISTAKES,
)
