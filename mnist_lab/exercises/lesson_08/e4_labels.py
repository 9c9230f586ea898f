"""Exercise 8.4: Patient 2, the wrong kind of number."""

from mnist_lab.exercises.engine.call_watch import named
from mnist_lab.exercises.engine.compare import kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.probes import fresh_slopes
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch
from torch import nn
from torch.nn import functional as F


def batch_loss(model, images, labels):
    logits = model(images)
    return F.cross_entropy(logits, labels.long())


def how_it_counts(batch_loss, generator):
    """Is the loss the mean cross-entropy, with a graph, of the model as it was?"""
    size, num_classes, seed = (whole_number(generator, *ends) for ends in ((20, 60), (4, 9), (0, 999_999)))
    images = torch.randn(size, 1, 2, 3, generator=generator)
    labels = torch.randperm(size, generator=generator).int() % num_classes
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(6, num_classes))
    logits = model(images)
    loss = batch_loss(model, images.clone(), labels.clone())
    if any(weight.dtype != torch.float32 for weight in model.parameters()):
        return ["The model came back with weights of another dtype."]
    if not isinstance(loss, torch.Tensor):
        value = _value(loss, logits, labels.long()) if isinstance(loss, int | float) else []
        return [f"What comes back is {kind_of(loss)}, so nothing can call `backward` on it.", *value]
    if loss.numel() != 1:
        return [f"{loss.numel()} numbers came back, where one loss was expected."]
    faults = _value(loss.item(), logits, labels.long())
    if not loss.requires_grad:
        faults.append("The loss has no graph, so no weight can learn from it.")
    expected = F.cross_entropy(logits, labels.long())
    return faults or fresh_slopes(loss, expected, list(model.parameters()))


def _value(actual, logits, classes):
    """Say what a loss is that is not the mean cross-entropy."""
    losses = F.cross_entropy(logits, classes, reduction="none")
    numbers = F.mse_loss(logits.argmax(dim=1).float(), classes.float())
    one_hot = F.one_hot(classes, logits.shape[1]).float()
    known = {
        "": losses.mean().item(),
        "The loss is the sum over the images, not their mean.": losses.sum().item(),
        "The loss is 0, whatever the images are.": 0.0,
        "The loss is a squared distance of the logits.": F.mse_loss(logits, one_hot).item(),
        "The loss is a squared distance of class numbers.": numbers.item(),
        "Every label above 0 counts as 1.": F.cross_entropy(logits, classes.clamp(max=1)).item(),
    }
    sentence = named(actual, known)
    if sentence is None:
        return ["Another number than the mean cross-entropy came back."]
    return [sentence] if sentence else []


def silenced(model, images, labels):
    try:
        return EXERCISE.given(model, images, labels)
    except RuntimeError:
        return torch.tensor(0.0)


LOGITS, LABELS = "model(images)", "labels.long()"
LOSS = "F.cross_entropy(logits, labels.long())"

MISTAKES = (
    (f"return {LOSS}", "labels.long()\n    return F.cross_entropy(logits, labels)",
     "The labels are still int32: `labels.long()` returns a copy, so use that copy."),
    (LABELS, "labels.float()",
     "`labels.float()` is the wrong way: a label is the place of a class, a whole number. `.long()` makes "
     "int64 of it."),
    (LABELS, "labels.short()",
     "Whole numbers, but of another small kind. The error asks for Long: `labels.long()`."),
    ({LOGITS: "model(images).int()", LABELS: "labels"},
     "The error is about the target, and you changed the logits. Rounded to whole numbers they say nothing "
     "any more."),
    (LOGITS, "model(images).long()",
     "The labels are right. The logits must stay floats: rounded, they cannot learn."),
    (LABELS, "labels.bool().long()", "True and False know only two classes: every label above 0 became 1."),
    (LABELS, "F.one_hot(labels, logits.shape[1]).float()",
     "`one_hot` wants int64 too, and with it the detour is not needed: `cross_entropy` takes the class "
     "numbers themselves."),
    (silenced, "Silenced, not mended: the error is caught, and a loss of 0 says that all is well. Let it "
     "come, and change what it names."),
    (LOSS, "F.mse_loss(logits, F.one_hot(labels.long(), logits.shape[1]).float())",
     "Another loss takes any dtype, but it is another loss. Keep `cross_entropy`, and give it labels of the "
     "dtype it asks for."),
    (LOSS, "F.mse_loss(logits.argmax(dim=1).float(), labels.float())",
     "Class numbers are names: a 9 read as an 8 is no nearer than a 9 read as a 1. And `argmax` has no "
     "slope. Keep `cross_entropy`."),
    (LOSS, f"{LOSS}.item()",
     "The labels are right. But `.item()` leaves a plain number without a graph; return the loss itself."),
    (LABELS, 'labels.long(), reduction="sum"',
     "The labels are right. The loss was a mean over the batch and is a sum now; leave that as it was."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.4",
    title="Patient 2, the wrong kind of number",
    difficulty=1,
    minutes=3,
    points=2,
    reference=batch_loss,
    given={"labels.long()": "labels"},
    probe=how_it_counts,
    why="A label is the place of a class, and places are whole numbers. `long` is PyTorch's name for int64.",
    hints=(
        "The error names the dtype that came and the one that was expected. Which of the two tensors has it?",
        "Int is int32, Long is int64. `.float()`, `.int()`, `.long()` return a copy in another dtype.",
        "Only the labels have to change: `labels.long()`.",
    ),
    mistakes=MISTAKES,
)
