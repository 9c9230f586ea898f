"""Lesson 09: the expected calibration error, right and in many wrong ways."""

import torch


def calibration_error(probabilities, labels, *, num_bins):
    confidences, predicted = probabilities.max(dim=1)
    correct = (predicted == labels).float()
    error = 0.0
    for number in range(num_bins):
        low, high = number / num_bins, (number + 1) / num_bins
        inside = (confidences > low) & (confidences <= high)
        if inside.any():
            gap = (confidences[inside].mean() - correct[inside].mean()).abs()
            error += gap.item() * inside.float().mean().item()
    return error


# What a known wrong answer takes for the confidence, which answers a bin holds, and how it adds up.


def top(probabilities, labels):
    return probabilities.max(dim=1).values


def of_true_class(probabilities, labels):
    return probabilities.gather(1, labels[:, None])[:, 0]


def up_to_high(confidences, num_bins):
    return (confidences * num_bins).ceil().long() - 1


def from_low(confidences, num_bins):
    return (confidences * num_bins).long()  # 1.0 gets a number of its own


def equally_filled(confidences, num_bins):
    return confidences.argsort(stable=True).argsort() * num_bins // len(confidences)


def by_samples(gaps, counts, num_bins):
    return sum(abs(gap) * count for gap, count in zip(gaps, counts, strict=True)) / sum(counts)


def by_signs(gaps, counts):
    return sum(gap * count for gap, count in zip(gaps, counts, strict=True)) / sum(counts)


def by_squares(gaps, counts):
    return by_samples([gap**2 for gap in gaps], counts, 0)


def variant(*, confidence=top, numbers=up_to_high, centre=None, last=True, add=by_samples):
    """Return a calibration_error with some of its parts as they should not be."""

    def calibration_error(probabilities, labels, *, num_bins):
        confidences = confidence(probabilities, labels)
        correct = (probabilities.argmax(dim=1) == labels).float()
        bins = numbers(confidences, num_bins)
        gaps, counts = [], []
        for number in sorted(set(bins.tolist())):
            inside = bins == number
            if not last:
                inside &= confidences < 1
            if inside.any():
                said = centre(number, num_bins) if centre else confidences[inside].mean().item()
                gaps.append(said - correct[inside].mean().item())
                counts.append(inside.sum().item())
        return add(gaps, counts, num_bins)

    return calibration_error


def lost_but_counted(probabilities, labels, *, num_bins):
    kept = probabilities.max(dim=1).values < 1
    share = kept.float().mean().item()
    return calibration_error(probabilities[kept], labels[kept], num_bins=num_bins) * share


def one_by_one(probabilities, labels, *, num_bins):
    confidences, predicted = probabilities.max(dim=1)
    return (confidences - (predicted == labels).float()).abs().mean().item()


def every_class(probabilities, labels, *, num_bins):
    hits = torch.nn.functional.one_hot(labels, probabilities.shape[1]).float()
    counted = probabilities > 0  # none of the bins holds 0
    confidences, hits, share = probabilities[counted], hits[counted], counted.float().mean().item()
    bins = up_to_high(confidences, num_bins)
    gaps = [(confidences[bins == b].mean() - hits[bins == b].mean()).item() for b in bins.unique()]
    return share * by_samples(gaps, bins.unique(return_counts=True)[1].tolist(), num_bins)


def nan_if_empty(gaps, counts, num_bins):
    return by_samples(gaps, counts, num_bins) if len(gaps) == num_bins else float("nan")
