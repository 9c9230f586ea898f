"""Exercise 3.3: cross-entropy from logits, and the many ways in which it goes wrong."""

from mnist_lab.exercises.engine.model import Exercise, call

import torch
from torch.nn import functional as F


def cross_entropy(logits, labels):
    shifted = logits - logits.max(dim=1, keepdim=True).values
    log_shares = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    return -log_shares[torch.arange(len(labels)), labels].mean()


def plain_number(result):
    """A tensor of one element as its number, so that both are right."""
    return result.item() if isinstance(result, torch.Tensor) and result.numel() == 1 else result


def batches(generator):
    """Small logits, then some too large for exp, then a share too small for a float32."""
    cases = []
    for n, k in ((2, 3), (3, 3), (5, 4), (4, 10)):
        labels = torch.randint(k, (n,), generator=generator)
        cases.append(call(2 * torch.randn(n, k, generator=generator), labels))
    large = 100 + torch.randn(6, 4, generator=generator)
    far_apart = 150 * torch.randn(6, 4, generator=generator)
    far_apart[0] = torch.tensor([-250.0, 0.0, 250.0, 100.0])
    labels = torch.tensor([0, 1, 2, 3, 0, 2])
    return [*cases, call(large, labels), call(far_apart, labels)]


# From logits to the logarithm of each share, in three ways; only the first is safe.
def safe(logits):
    return F.log_softmax(logits, dim=1)


def overflowing(logits):
    powers = logits.exp()
    return (powers / powers.sum(dim=1, keepdim=True)).log()


def rounded(logits):
    return logits.softmax(dim=1).log()


# From those to a loss: the right way, and others.
def of_right(log_shares, labels):
    return log_shares[torch.arange(len(labels)), labels]


def right(log_shares, labels):
    return -of_right(log_shares, labels).mean()


def summed(log_shares, labels):
    return -of_right(log_shares, labels).sum()


def one_each(log_shares, labels):
    return -of_right(log_shares, labels)


def no_minus(log_shares, labels):
    return of_right(log_shares, labels).mean()


def of_highest(log_shares, labels):
    return -log_shares.max(dim=1).values.mean()


def every_pair(log_shares, labels):
    return -log_shares[:, labels].mean()


def rows(log_shares, labels):
    return -log_shares[labels].mean()


def every_class(log_shares, labels):
    return -log_shares.mean()


def mean_first(log_shares, labels):
    return -of_right(log_shares, labels).exp().mean().log()


def no_log(log_shares, labels):
    return 1 - of_right(log_shares, labels).exp().mean()


def decimal(log_shares, labels):
    return right(log_shares, labels) / torch.tensor(10.0).log()


SENTENCES = {
    summed: "This is the sum over the images. The loss of a batch is their mean, or it would grow with the "
    "size of the batch.",
    one_each: "This is one loss an image. The loss of a batch is their mean, a single number.",
    no_minus: "The minus is missing. The logarithm of a share is negative; the loss is minus that.",
    of_highest: "You took the logarithm of the wrong class: of the one with the highest score. The loss "
    "looks at the class of the label, whatever its score.",
    every_pair: "`[:, labels]` picks all labels for every image, (N, N) values. One each needs two lists: "
    "`[torch.arange(len(labels)), labels]`.",
    rows: "`[labels]` picks rows, that is images. The label says which column: "
    "`[torch.arange(len(labels)), labels]`.",
    every_class: "You averaged over all classes. The loss looks only at the share of the right one.",
    mean_first: "You averaged the shares and then took the logarithm. Each image gets its logarithm "
    "first; the mean comes last.",
    no_log: "The logarithm is missing: this is the share that the right class did not get. Its minus "
    "logarithm is the loss.",
    decimal: "This is the logarithm to base 10. The nat belongs to the natural one: `.log()` in PyTorch.",
}


OVERFLOW = (
    "`exp` of a large logit is too large for a float: inf by inf is nan. Subtract the largest logit of "
    "each image first; no share changes."
)


ROUNDED = (
    "A tiny share is rounded to 0, and its logarithm is infinite. `log_softmax` takes both moves at "
    "once, or subtract the logarithm of the sum."
)


def loss(shares, what):
    """Return the wrong cross-entropy that is made of two moves."""
    return lambda logits, labels: what(shares(logits), labels)


def mistakes_of_moves():
    """Each wrong second move after a safe first one, and after one that overflows as well."""
    found = [(loss(safe, what), sentence) for what, sentence in SENTENCES.items()]
    for what, sentence in SENTENCES.items():
        besides = f"{sentence} Besides, `exp` overflows for large logits."
        found.append((loss(overflowing, what), besides))
    for what in (summed, no_minus, one_each):
        besides = f"{SENTENCES[what]} Besides, a tiny share is rounded to 0, and its logarithm is infinite."
        found.append((loss(rounded, what), besides))
    return found


def without_keepdim(logits):
    return (logits.exp() / logits.exp().sum(dim=1)).log()


def shifted_without_keepdim(logits):
    return (logits - logits.max(dim=1).values).log_softmax(dim=1)


def shifted_together(logits):
    return overflowing(logits - logits.max())


def share_of_table(logits):
    return logits.flatten().log_softmax(dim=0).view_as(logits)


def overflowing_share_of_table(logits):
    return (logits.exp() / logits.exp().sum()).log()


def overflowing_share_of_column(logits):
    return (logits.exp() / logits.exp().sum(dim=0)).log()


MISTAKES = (
    (loss(overflowing, right), OVERFLOW),
    (loss(rounded, right), ROUNDED),
    (lambda logits, labels: (logits.exp().sum(dim=1).log() - of_right(logits, labels)).mean(),
     "The formula is right, but `exp` of a large logit is infinite. Subtract the largest logit of each image "
     "first; the loss does not change."),
    (lambda logits, labels: F.cross_entropy(logits.softmax(dim=1), labels),
     "Softmax was taken twice: `cross_entropy` applies log-softmax itself, so give it the logits. With ten "
     "classes such a loss cannot pass below 1.46."),
    (lambda logits, labels: -of_right(logits, labels).mean(),
     "Softmax is missing: this is minus the score of the right class. `nll_loss` too wants logarithms of "
     "shares, not scores."),
    (lambda logits, labels: -(of_right(logits.softmax(dim=1), labels) + 1e-8).log().mean(),
     "A small number added before `log` avoids infinity, but caps the loss: the worst mistakes all cost the "
     "same. Take the logarithm of the quotient as a difference."),
    (lambda logits, labels: right(logits.log_softmax(dim=0), labels),
     "The shares were taken along the images. Each image has its own shares, which add up to 1 along the "
     "classes: `dim=1`."),
    (loss(overflowing_share_of_column, right),
     "The powers were summed along the images. Each image has its own sum, along the classes: `dim=1` with "
     "`keepdim=True`. Besides, `exp` overflows for large logits."),
    (loss(without_keepdim, right),
     "`sum(dim=1)` has shape (N,), and broadcasting takes that for one number a column. With `keepdim=True` "
     "it is (N, 1): one a row."),
    (loss(shifted_without_keepdim, right),
     "`max(dim=1).values` has shape (N,), which meets the columns, not the rows. Say `max(dim=1, "
     "keepdim=True).values`."),
    (loss(shifted_together, right),
     "Subtract the largest logit of each image, `max(dim=1, keepdim=True).values`. Any other number may "
     "leave a power infinite, or all powers of an image 0; their quotient is nan."),
    (lambda logits, labels: logits - logits.max(dim=1, keepdim=True),
     "`max` with a `dim` gives two things, the largest values and their places. Take `.values`."),
    (loss(share_of_table, right),
     "These are shares of the whole table. Each image has its own shares, which add up to 1 along the "
     "classes: `dim=1`."),
    (loss(overflowing_share_of_table, right),
     "`sum()` without `dim` adds up the whole table. Each image has its own sum: `dim=1` with "
     "`keepdim=True`. Besides, `exp` overflows for large logits."),
    *mistakes_of_moves(),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.3",
    title="Cross-entropy from logits",
    kind="function",
    difficulty=3,
    minutes=9,
    points=3,
    reference=cross_entropy,
    cases=batches,
    observe=plain_number,
    why="Logits in, nats out, and safe at any size: this is what `nn.CrossEntropyLoss` does.",
    hints=(
        "The three moves are those of the single image: powers, shares, minus the logarithm of the right "
        "share. Only `sum` needs a `dim` now. The mean over the images comes last.",
        "`shares[torch.arange(len(labels)), labels]` picks one share for each image: row 0 with its label, "
        "row 1 with its label, and so on.",
        "Large logits: subtract `logits.max(dim=1, keepdim=True).values` before `exp`. All shares stay as "
        "they were, and no power is larger than 1.",
        "Tiny shares: the logarithm of a quotient is a difference. The log of a share is the shifted logit "
        "minus `shifted.exp().sum(dim=1, keepdim=True).log()`.",
    ),
    mistakes=MISTAKES,
)
