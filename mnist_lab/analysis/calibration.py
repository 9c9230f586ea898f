"""Does the network know when it is wrong? Confidence against accuracy, and a temperature that mends it.

A confidence is the probability of the answer that was given, not of the true class. Everything here
is counted on the CPU in float64.
"""

from typing import NamedTuple

from mnist_lab.analysis.errors import check_classes
from mnist_lab.ranges import check_number, check_seed

import torch


class ReliabilityBins(NamedTuple):
    """B bins of confidence: edges (B + 1,), and (B,) each: samples, mean confidence, accuracy.

    An empty bin has nan for the last two.
    """

    edges: torch.Tensor
    counts: torch.Tensor
    confidence: torch.Tensor
    accuracy: torch.Tensor


def reliability_bins(confidences, correct, *, num_bins=10):
    """Return the ReliabilityBins of N answers: how sure each was, in [0, 1], and whether it was right.

    The bins are equally wide; a confidence on an edge belongs to the bin below, 0 to the first.
    Source: Guo et al., On Calibration of Modern Neural Networks, 2017.
    """
    confidences, correct = as_answers(confidences, correct)
    bins = bin_numbers(confidences, num_bins=num_bins)
    counts = torch.bincount(bins, minlength=num_bins)
    confidence = torch.bincount(bins, weights=confidences, minlength=num_bins) / counts
    accuracy = torch.bincount(bins, weights=correct, minlength=num_bins) / counts
    return ReliabilityBins(bin_edges(num_bins), counts, confidence, accuracy)


def expected_calibration_error(confidences, correct, *, num_bins=10):
    """Return the mean distance between confidence and accuracy, each bin weighted by its samples.

    Source: Naeini, Cooper and Hauskrecht, Obtaining Well Calibrated Probabilities, 2015.
    """
    _, counts, confidence, accuracy = reliability_bins(confidences, correct, num_bins=num_bins)
    filled = counts > 0
    gaps = (confidence - accuracy).abs()[filled]
    return ((counts[filled] * gaps).sum() / counts.sum()).item()


def accuracy_intervals(confidences, correct, *, num_bins=10, num_draws=1000, level=0.95, seed=0):
    """Return the bootstrap interval of each bin's accuracy, lower and upper end, float64 (num_bins, 2).

    An empty bin has nan. A bin whose answers are all right, or all wrong, has an interval without
    width: drawing from these answers alone can never show the other kind.
    """
    confidences, correct = as_answers(confidences, correct)
    check_draws(num_draws, level)
    bins = bin_numbers(confidences, num_bins=num_bins)
    generator = torch.Generator().manual_seed(check_seed(seed))
    ends = torch.tensor([(1 - level) / 2, (1 + level) / 2], dtype=torch.float64)
    intervals = torch.full((num_bins, 2), torch.nan, dtype=torch.float64)
    for number in bins.unique().tolist():
        answers = correct[bins == number]
        drawn = torch.randint(len(answers), (num_draws, len(answers)), generator=generator)
        intervals[number] = answers[drawn].mean(dim=1).quantile(ends)
    return intervals


def find_temperature(logits, labels):
    """Return the temperature T > 0 for which logits / T has the least cross-entropy.

    The loss is convex in 1 / T; where its slope is 0, the logit of the label is on average what the
    probabilities expect. Bisection finds that place. Choose T on validation, never on test.
    Raises ValueError where no T is best: all answers right (T to 0), or no better than chance.
    """
    logits, labels = logits.detach().cpu().double(), labels.cpu()
    of_label = check_temperature_exists(logits, labels)

    def slope(inverse):  # of the mean cross-entropy of logits * inverse
        expected = ((logits * inverse).softmax(dim=1) * logits).sum(dim=1)
        return (expected - of_label).mean()

    low, high = 0.0, 1.0
    while slope(high) < 0:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return 1 / high


def bin_edges(num_bins):
    """Return the edges of equally wide bins from 0 to 1, float64 (num_bins + 1,)."""
    check_number("num_bins", num_bins, 1, 100_000, advice="10 is usual")
    return torch.arange(num_bins + 1, dtype=torch.float64) / num_bins


def bin_numbers(confidences, *, num_bins):
    """Return the number of the bin, from 0, that each confidence falls into."""
    # an edge as float32 has it: 0.7 from a model is 0.7, though float64 puts it a hair below
    inner = bin_edges(num_bins)[1:-1].float()
    return torch.bucketize(confidences.float(), inner)


def as_answers(confidences, correct):
    """Return both as float64 (N,) on the CPU, or raise ValueError for what is no list of answers."""
    confidences, correct = (torch.as_tensor(values).detach().cpu() for values in (confidences, correct))
    if confidences.dim() != 1 or confidences.shape != correct.shape or len(correct) == 0:
        raise ValueError(
            "expected a confidence and a True or False for each of N answers, but got shapes "
            f"{tuple(confidences.shape)} and {tuple(correct.shape)}; the confidence of an answer is "
            "probabilities.max(dim=1).values, and it is right where predicted == labels."
        )
    confidences, correct = confidences.double(), correct.double()
    if not ((confidences >= 0) & (confidences <= 1 + 1e-6)).all():
        raise ValueError(
            f"confidences lie from 0 to 1, but got {confidences.min():g} to {confidences.max():g}; take "
            "the softmax of logits first."
        )
    if not ((correct == 0) | (correct == 1)).all():
        raise ValueError(
            "correct says of each answer whether it was right, True or False, but got other numbers; "
            "compare the answers with the labels: predicted == labels."
        )
    return confidences, correct


def check_draws(num_draws, level):
    """Raise ValueError unless there are draws, and a level between 0 and 1."""
    check_number("num_draws", num_draws, 1, advice="1000 is usual")
    check_number("level", level, 1e-6, 1 - 1e-6, advice="0.95 is usual")


def check_temperature_exists(logits, labels):
    """Return each label's logit (N,), or raise ValueError unless these have a temperature of least loss."""
    if logits.dim() != 2 or labels.shape != logits.shape[:1] or len(labels) == 0:
        raise ValueError(
            f"expected logits (N, K) and labels (N,), but got {tuple(logits.shape)} and "
            f"{tuple(labels.shape)}; give all samples of the validation set at once."
        )
    if not logits.isfinite().all():
        raise ValueError("expected finite logits, but got nan or inf; train with a lower learning rate.")
    check_classes(labels, labels, num_classes=logits.shape[1])
    of_label = logits.gather(1, labels[:, None].long())[:, 0]
    if (of_label == logits.max(dim=1).values).all():
        raise ValueError(
            "all answers are right, so the best temperature is 0, where expected some wrong answers; "
            "give validation samples, not those that the model learned."
        )
    if of_label.mean() <= logits.mean():
        raise ValueError(
            "these logits are no better than chance, so the best temperature is infinite, where "
            "expected a trained model; check that logits and labels are in the same order."
        )
    return of_label
