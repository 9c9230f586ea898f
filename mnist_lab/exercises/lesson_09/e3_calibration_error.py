"""Exercise 9.3: the expected calibration error, as a function."""

from mnist_lab.exercises.engine.model import Exercise, call

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


def answers(generator):
    """Return cases with confidences away from every edge, but for some of exactly 1."""
    sizes = ((6, 3, 2, 0.4), (9, 3, 5, 0.5), (40, 4, 5, 0.05), (60, 3, 10, 0.4))
    return [call(*_answers(n, k, wrong, generator), num_bins=b) for n, k, b, wrong in sizes]


def _answers(num_samples, num_classes, share_wrong, generator):
    """Probabilities (N, K) and labels (N,); the first two answers have confidence 1, and one is wrong."""
    ends = torch.randint(2, 8, (num_samples,), generator=generator)  # the last digit: 0.42 to 0.97
    tops = (torch.randint(4, 10, (num_samples,), generator=generator) * 10 + ends) / 100
    tops[:2] = 1.0
    shares = torch.rand(num_samples, num_classes, generator=generator) + 0.5
    chosen = torch.randint(num_classes, (num_samples,), generator=generator)
    shares.scatter_(1, chosen[:, None], 0.0)
    rest = shares / shares.sum(dim=1, keepdim=True) * (1 - tops)[:, None]
    probabilities = rest.scatter(1, chosen[:, None], tops[:, None])
    wrong = torch.rand(num_samples, generator=generator) < share_wrong
    wrong[:2] = torch.tensor([False, True])
    return probabilities, torch.where(wrong, (chosen + 1) % num_classes, chosen)


MISTAKES = (
    (variant(add=lambda gaps, counts, num_bins: sum(map(abs, gaps)) / len(gaps)),
     "The bins are unweighted: a bin with one answer counts as much as one with a hundred. Weigh each "
     "distance by its answers."),
    (variant(add=lambda gaps, counts, num_bins: sum(map(abs, gaps)) / num_bins),
     "The bins are unweighted, and empty ones were counted as perfect. Weigh each distance by its answers; "
     "an empty bin then drops out."),
    (variant(add=lambda gaps, counts, num_bins: sum(map(abs, gaps))),
     "The distances are added, without weights. Multiply each by the share of the answers in its bin."),
    (variant(add=lambda gaps, counts, num_bins: by_samples(gaps, counts, 0) * sum(counts)),
     "The distances are weighed by the number of answers. Divide by all answers at the end."),
    (variant(confidence=of_true_class),
     "You took the probability of the true class. The network does not know the label: its confidence is the "
     "probability of the class that it chose."),
    (every_class, "All probabilities of a row went in. Confidence is the largest one only: that of the "
     "answer."),
    (variant(add=lambda gaps, counts, num_bins: by_signs(gaps, counts)),
     "The distances kept their signs, so too modest makes up for too sure. Take `.abs()` of each bin before "
     "you add."),
    (variant(add=lambda gaps, counts, num_bins: -by_signs(gaps, counts)),
     "Accuracy minus confidence, with its sign: bins above and below make up for each other. Take `.abs()` "
     "of each bin before you add."),
    (variant(add=lambda gaps, counts, num_bins: abs(by_signs(gaps, counts))),
     "`.abs()` came after the adding, or there was only one bin, so too modest makes up for too sure. Take "
     "the distance bin by bin."),
    (variant(add=lambda gaps, counts, num_bins: max(map(abs, gaps))),
     "That is the worst bin, known as the maximum calibration error. The expected one is the mean over all "
     "answers."),
    (variant(add=lambda gaps, counts, num_bins: by_squares(gaps, counts)),
     "You squared the distances. The expected calibration error takes them as they are, without their "
     "signs."),
    (variant(add=lambda gaps, counts, num_bins: by_squares(gaps, counts) ** 0.5),
     "That is the root of the mean square, which punishes large distances more. Take the mean of the "
     "distances themselves."),
    (variant(add=nan_if_empty),
     "An empty bin has no mean, and `nan` spreads to the whole sum. Skip the bin if `inside.any()` is "
     "False."),
    (lost_but_counted,
     "Answers with a confidence of exactly 1.0 fall into no bin of yours. Let the upper end of a bin belong "
     "to it: `<=`."),
    (variant(last=False),
     "Answers with a confidence of exactly 1.0 are left out, of the total, too. Let the upper end of a bin "
     "belong to it: `<=`."),
    (variant(last=False, add=lambda gaps, counts, num_bins: sum(map(abs, gaps)) / len(gaps)),
     "Two things: the bins are unweighted, and answers with a confidence of exactly 1.0 fall into none of "
     "them. Weigh by answers, and let the upper end belong to a bin: `<=`."),
    (variant(numbers=from_low),
     "A confidence of exactly 1.0 got a bin of its own behind the last one. It belongs into the last bin."),
    (variant(centre=lambda number, num_bins: (number + 0.5) / num_bins),
     "You took the middle of the bin for its confidence. Take the mean of the confidences that fell into "
     "it."),
    (variant(centre=lambda number, num_bins: (number + 1) / num_bins),
     "You took the upper end of the bin for its confidence. Take the mean of the confidences that fell into "
     "it."),
    (variant(numbers=equally_filled),
     "Your bins hold equally many answers. That is a measure of its own; here the bins are equally wide, "
     "from 0 to 1."),
    (lambda probabilities, labels, *, num_bins: calibration_error(
         probabilities, labels, num_bins=10
     ),
     "There are always ten bins in your function. Their number comes as `num_bins`."),
    (one_by_one, "You took each answer alone, where right is 1 and wrong is 0. Nobody is right to eight "
     "tenths in one answer; compare the means of a bin."),
    (lambda probabilities, labels, *, num_bins: (
         100 * calibration_error(probabilities, labels, num_bins=num_bins)
     ),
     "Right in percent. Please return a number from 0 to 1, as everywhere in this series."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.3",
    title="Expected calibration error",
    kind="function",
    difficulty=2,
    minutes=8,
    points=3,
    reference=calibration_error,
    cases=answers,
    why="One number for a whole diagram: zero means that of the answers given with 0.8, eight in ten are "
    "right, and so for each confidence.",
    hints=(
        "First three tensors with an entry a sample: how sure the network was of its answer, which class "
        "that was, and whether it was right.",
        "`confidences, predicted = probabilities.max(dim=1)`. Then a loop over the bins, with `inside = "
        "(confidences > low) & (confidences <= high)`.",
        "Nobody inside: skip the bin, for the mean of nothing is nan. Otherwise add the distance of the two "
        "means times `inside.sum()`, and divide by the number of samples at the end.",
        "`.item()` takes the plain number out of a tensor.",
    ),
    mistakes=MISTAKES,
)
