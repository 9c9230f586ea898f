"""Exercise 3.6: accuracy over uneven batches."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch


def accuracy_over(batches):
    num_correct, num_samples = 0, 0
    for logits, labels in batches:
        num_correct += (logits.argmax(dim=1) == labels).sum().item()
        num_samples += len(labels)
    return num_correct / num_samples


def uneven_batches(generator):
    """Lists of (logits (n, K), labels (n,)) with a short last batch; one batch has n = K."""
    full = whole_number(generator, 5, 9)
    drawn = [full] * whole_number(generator, 2, 4) + [whole_number(generator, 1, full - 1)]
    sizes = ((2, 2, 1), 3), ((4, 4, 3), 4), ((5, 5, 5, 2), 4), (drawn, 5), ((10, 10, 7), 10)
    return [call([one_batch(n, k, generator) for n in some]) for some, k in sizes]


def one_batch(n, k, generator):
    """A batch in which about three of four are right, all of them if it is the short one."""
    labels = torch.randint(k, (n,), generator=generator)
    logits = torch.randn(n, k, generator=generator)
    sure = torch.arange(n) % 4 != 1
    logits[sure, labels[sure]] += 6.0
    return logits, labels


MISTAKES = (
    ({".item()": ".item() / len(labels)", "+= len(labels)": "+= 1"},
     "This is the mean of the batch means. A sample of the short batch counts more than the others; add up "
     "right answers and samples, and divide once."),
    ("+= len(labels)", "+= 1", "You divided by the number of batches. That is right answers per batch; "
     "accuracy is right answers per sample."),
    ({".item()": ".item() / len(labels)", " / num_samples": ""},
     "These are the accuracies of the batches, added up. Add up right answers and samples, and divide once."),
    ("len(labels)", "len(batches[0][1])",
     "You counted every batch as full. The last one is shorter: add `len(labels)` in each round."),
    ("num_samples +=", "num_samples =",
     "You divided by the size of the last batch. Add up the sizes: `num_samples += len(labels)`."),
    ({"num_correct +=": "num_correct =", "num_samples +=": "num_samples ="},
     "Only the last batch is left: the counts are overwritten in each round. Start at 0 before the loop and "
     "add with `+=`."),
    ("    return", "        return", "Only the first batch was scored. Does `return` stand inside the loop?"),
    ("in batches", "in batches[:-1]",
     "The last batch is missing. A short batch holds samples like any other."),
    ("dim=1", "dim=0", "`argmax(dim=0)` picks an image for each class; with N = 10 and ten classes it even "
     "runs. The axis of classes is 1."),
    ("return ", "return 100 * ", "This is in percent. Keep shares between 0 and 1 until you print them."),
    (" / num_samples", "", "This is the number of right answers. Accuracy is their share of all samples."),
    ("==", "!=", "This is the share of wrong answers. Compare with `==`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.6",
    title="Accuracy over uneven batches",
    difficulty=2,
    minutes=5,
    points=2,
    reference=accuracy_over,
    cases=uneven_batches,
    why="Sums over samples and one division at the end: the result no longer depends on how the set was cut.",
    hints=(
        "Which two numbers must you know at the end, whatever the batches were?",
        "Count right answers and samples over all batches. Divide once, after the loop.",
        "In the loop: `(logits.argmax(dim=1) == labels).sum().item()` right answers and `len(labels)` "
        "samples are added.",
    ),
    mistakes=MISTAKES,
)
