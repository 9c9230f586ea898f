"""Exercise 3.3: cross-entropy from logits, and the many ways in which it goes wrong."""

from mnist_lab.exercises.engine.model import Exercise, call

import torch


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
    wide = torch.tensor([[0.0, 95.0, 40.0, 80.0], [92.0, 0.0, 60.0, 20.0]])  # the labels' are the largest
    return [*cases, call(wide, torch.tensor([1, 0])), call(large, labels), call(far_apart, labels)]


LARGEST = "logits.max(dim=1, keepdim=True).values"
LOG_SHARES = "shifted - shifted.exp().sum(dim=1, keepdim=True).log()"
OVERFLOWING = "(logits.exp() / logits.exp().sum(dim=1, keepdim=True)).log()"
ROUNDED = "logits.softmax(dim=1).log()"
OF_RIGHT = "log_shares[torch.arange(len(labels)), labels]"

# From the logarithms of the shares, which are right here, to a loss that is not.
WRONG_LOSSES = (
    (".mean()", ".sum()", "This is the sum over the images. The loss of a batch is their mean, or it would "
     "grow with the size of the batch."),
    (".mean()", "", "This is one loss an image. The loss of a batch is their mean, a single number."),
    ("-log_shares", "log_shares",
     "The minus is missing. The logarithm of a share is negative; the loss is minus that."),
    (OF_RIGHT, "log_shares.max(dim=1).values",
     "You took the logarithm of the wrong class: of the one with the highest score. The loss looks at the "
     "class of the label, whatever its score."),
    (OF_RIGHT, "log_shares[:, labels]", "`[:, labels]` picks all labels for every image, (N, N) values. One "
     "each needs two lists: `[torch.arange(len(labels)), labels]`."),
    (OF_RIGHT, "log_shares[labels]", "`[labels]` picks rows, that is images. The label says which column: "
     "`[torch.arange(len(labels)), labels]`."),
    (OF_RIGHT, "log_shares",
     "You averaged over all classes. The loss looks only at the share of the right one."),
    (".mean()", ".exp().mean().log()", "You averaged the shares and then took the logarithm. Each image gets "
     "its logarithm first; the mean comes last."),
    (f"-{OF_RIGHT}", f"1 - {OF_RIGHT}.exp()",
     "The logarithm is missing: this is the share that the right class did not get. The loss is minus the "
     "logarithm of the share that it did get."),
    (".mean()", ".mean() / torch.tensor(10.0).log()",
     "This is the logarithm to base 10. The nat belongs to the natural one: `.log()` in PyTorch."),
)  # fmt: skip


SUMMED, ONE_EACH, NO_MINUS = WRONG_LOSSES[:3]


def besides(losses, log_shares, problem):
    """Rows of wrong losses in which the logarithms of the shares have a problem too."""
    for old, new, sentence in losses:
        yield {old: new, LOG_SHARES: log_shares}, f"{sentence} Besides, {problem}"


MISTAKES = (
    (LOG_SHARES, OVERFLOWING, "`exp` of a large logit is too large for a float: inf by inf is nan. Subtract "
     "the largest logit of each image first; no share changes."),
    (LOG_SHARES, ROUNDED, "A tiny share is rounded to 0, and its logarithm is infinite. So form no share: "
     "the logarithm of a quotient is a difference, the shifted score minus the logarithm of the sum."),
    (f"logits - {LARGEST}", "logits", "The formula is right, but `exp` of a large logit is infinite. "
     "Subtract the largest logit of each image first; the loss does not change."),
    (LOG_SHARES, "logits.softmax(dim=1).log_softmax(dim=1)",
     "Softmax was taken twice: `cross_entropy` applies log-softmax itself, so give it the logits. With ten "
     "classes such a loss cannot pass below 1.46."),
    (LOG_SHARES, "logits", "Softmax is missing: this is minus the score of the right class. `nll_loss` too "
     "wants logarithms of shares, not scores."),
    *((LOG_SHARES, f"(logits.softmax(dim=1) + {number}).log()",
     f"{number} added before `log` avoids infinity, but caps the loss: the worst mistakes all cost the same. "
     "Take the logarithm of the quotient as a difference.")
      for number in ("1e-6", "1e-7", "1e-8", "1e-9", "1e-10", "1e-12", "1e-15")),
    (LOG_SHARES, "logits.softmax(dim=0).log()",
     "The shares were taken along the images. Each image has its own, which add up to 1 along the classes: "
     "`dim=1`. Besides, a tiny share is rounded to 0, and its logarithm is infinite."),
    ("sum(dim=1", "sum(dim=0",
     "The powers were summed along the images, `dim=0`. Each image has its own sum, along its classes: "
     "`dim=1`."),
    (LARGEST, "logits.max(dim=0).values",
     "This is the largest score of each class, over the images. Each image needs its own largest: `dim=1` "
     "with `keepdim=True`."),
    (LARGEST, "logits.max()",
     "You subtracted the largest score of the whole batch. If an image's own scores are far lower, all its "
     "powers are rounded to 0. Take the largest of each image: `max(dim=1, keepdim=True).values`."),
    (LARGEST, "logits.min(dim=1, keepdim=True).values",
     "You subtracted the smallest score of each image, so the powers of the others can still be infinite. "
     "Subtract the largest: then no power is above 1."),
    (LOG_SHARES, "shifted - shifted.exp().sum(dim=1, keepdim=True)",
     "You subtracted the sum of the powers itself. The logarithm of a share is the shifted score minus the "
     "logarithm of that sum."),
    (LOG_SHARES, "shifted / shifted.exp().sum(dim=1, keepdim=True).log()",
     "You divided by a logarithm. The logarithm of a quotient is a difference: the shifted score minus the "
     "logarithm of the sum."),
    (LOG_SHARES, "shifted - shifted.sum(dim=1, keepdim=True).log()",
     "You summed the scores. The sum in a share is over the powers: `shifted.exp()`."),
    (LOG_SHARES, "logits - shifted.exp().sum(dim=1, keepdim=True).log()",
     "The sum is of shifted scores, but you subtract it from the scores as they were. Use `shifted` in both "
     "places."),
    (LOG_SHARES, "logits.log_softmax(dim=0)",
     "The shares were taken along the images. Each image has its own shares, which add up to 1 along the "
     "classes: `dim=1`."),
    (LOG_SHARES, "(logits.exp() / logits.exp().sum(dim=0)).log()",
     "The powers were summed along the images. Each image has its own sum, along the classes: `dim=1` with "
     "`keepdim=True`. Besides, `exp` overflows for large logits."),
    (LOG_SHARES, "(logits.exp() / logits.exp().sum(dim=1)).log()",
     "`sum(dim=1)` has shape (N,), and broadcasting takes that for one number a column. With `keepdim=True` "
     "it is (N, 1): one a row."),
    (LARGEST, "logits.max(dim=1).values",
     "`max(dim=1).values` has shape (N,), which meets the columns, not the rows. Say `max(dim=1, "
     "keepdim=True).values`."),
    ({LARGEST: "logits.max()", LOG_SHARES: "(shifted.exp() / shifted.exp().sum(dim=1, keepdim=True)).log()"},
     "Subtract the largest logit of each image, `max(dim=1, keepdim=True).values`. Any other number may "
     "leave a power infinite, or all powers of an image 0; their quotient is nan."),
    (".values", "",
     "`max` with a `dim` gives two things, the largest values and their places. Take `.values`."),
    (LOG_SHARES, "logits.flatten().log_softmax(dim=0).view_as(logits)",
     "These are shares of the whole table. Each image has its own shares, which add up to 1 along the "
     "classes: `dim=1`."),
    (LOG_SHARES, "(logits.exp() / logits.exp().sum()).log()",
     "`sum()` without `dim` adds up the whole table. Each image has its own sum: `dim=1` with "
     "`keepdim=True`. Besides, `exp` overflows for large logits."),
    *WRONG_LOSSES,
    *besides(WRONG_LOSSES, OVERFLOWING, "`exp` overflows for large logits."),
    *besides((SUMMED, NO_MINUS, ONE_EACH), ROUNDED,
             "a tiny share is rounded to 0, and its logarithm is infinite."),
)  # fmt: skip


EXERCISE = Exercise(
    id="3.3",
    title="Cross-entropy from logits",
    difficulty=3,
    minutes=9,
    points=3,
    reference=cross_entropy,
    cases=batches,
    observe=plain_number,
    why="Logits in, nats out, and safe at any size: this is what `nn.CrossEntropyLoss` does.",
    hints=(
        "Each row is an image, so every `max` and `sum` is along the classes, `dim=1`, and with "
        "`keepdim=True` it stays a column that meets its own row, as in the small table above.",
        "The first gap: from `logits` subtract `logits.max(dim=1, keepdim=True).values`. All shares stay as "
        "they were, and no power is larger than 1.",
        "The second: the logarithm of a share is `shifted` minus "
        "`shifted.exp().sum(dim=1, keepdim=True).log()`.",
        "The third: `log_shares[torch.arange(len(labels)), labels]` picks one for each image: row 0 with its "
        "label, row 1 with its label, and so on. Return minus its mean.",
    ),
    mistakes=MISTAKES,
)
