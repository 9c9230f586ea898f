"""Exercise 9.3: the expected calibration error, as a function."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers

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


def answers(generator):
    """Return cases with confidences away from every edge, but for some of exactly 1."""
    few, some, many = sorted(different_numbers(generator, 3, 3, 8))
    rows = ((6, 3, 2, 0.4), (9, 3, few, 0.5), (40, 4, some, 0.05), (60, 3, many, 0.4))
    return [call(*_answers(generator, *row), num_bins=row[2]) for row in rows]


def _answers(generator, num_samples, num_classes, num_bins, share_wrong):
    """Probabilities (N, K) and labels (N,); the first two answers have confidence 1, and one is wrong.

    In the last of more than two bins all others are right, so that a bin of its own for 1 makes a difference.
    """
    pool = 0.42 + 0.55 * torch.rand(20 * num_samples, generator=generator)
    tops = pool[(pool * num_bins % 1 - 0.5).abs() < 0.4][:num_samples]
    tops[:3] = torch.tensor([1.0, 1.0, 1 - 0.5 / num_bins])
    shares = torch.rand(num_samples, num_classes, generator=generator) + 2
    chosen = torch.randint(num_classes, (num_samples,), generator=generator)
    shares.scatter_(1, chosen[:, None], 0.0)
    rest = shares / shares.sum(dim=1, keepdim=True) * (1 - tops)[:, None]
    probabilities = rest.scatter(1, chosen[:, None], tops[:, None])
    wrong = torch.rand(num_samples, generator=generator) < share_wrong
    wrong[(tops > 1 - 1 / num_bins) & (num_bins > 2)] = False
    wrong[:2] = torch.tensor([False, True])
    return probabilities, torch.where(wrong, (chosen + 1) % num_classes, chosen)


ANSWER, CORRECT = "confidences, predicted = probabilities.max(dim=1)", "(predicted == labels).float()"
GAP, SHARE = "confidences[inside].mean() - correct[inside].mean()", "inside.float().mean().item()"
ADDED = f"error += gap.item() * {SHARE}"
UNWEIGHTED = {
    "error = 0.0": "gaps = []",
    ADDED: "gaps.append(gap.item())",
    "return error": "return sum(gaps) / len(gaps)",
}
SQUARED = {"gap.item() *": "gap.item() ** 2 *"}
WITHOUT_1 = {"confidences <= high": "confidences < high"}

MISTAKES = (
    (UNWEIGHTED, "The bins are unweighted: a bin with one answer counts as much as one with a hundred. Weigh "
     "each distance by its answers."),
    (SHARE, "1 / num_bins",
     "The bins are unweighted, and empty ones were counted as perfect. Weigh each distance by its answers; "
     "an empty bin then drops out."),
    (f" * {SHARE}", "",
     "The distances are added, without weights. Multiply each by the share of the answers in its bin."),
    (SHARE, "inside.sum().item()",
     "The distances are weighed by the number of answers. Divide by all answers at the end."),
    (ANSWER,
     "predicted = probabilities.argmax(dim=1); confidences = probabilities.gather(1, labels[:, None])[:, 0]",
     "You took the probability of the true class. The network does not know the label: its confidence is the "
     "probability of the class that it chose."),
    ({ANSWER: "confidences = probabilities.flatten()",
      CORRECT: "torch.eye(probabilities.shape[1])[labels].flatten()"},
     "All probabilities of a row went in. Confidence is the largest one only: that of the answer."),
    (".abs()", "",
     "The distances kept their signs, so too modest makes up for too sure. Take `.abs()` of each bin before "
     "you add."),
    (f"({GAP}).abs()", "correct[inside].mean() - confidences[inside].mean()",
     "Accuracy minus confidence, with its sign: bins above and below make up for each other. Take `.abs()` "
     "of each bin before you add."),
    ({".abs()": "", "return error": "return abs(error)"},
     "`.abs()` came after the adding, or there was only one bin, so too modest makes up for too sure. Take "
     "the distance bin by bin."),
    (ADDED, "error = max(error, gap.item())",
     "That is the worst bin, known as the maximum calibration error. The expected one is the mean over all "
     "answers."),
    (SQUARED, "You squared the distances. The expected calibration error takes them as they are, without "
     "their signs."),
    (SQUARED | {"return error": "return error**0.5"},
     "That is the root of the mean square, which punishes large distances more. Take the mean of the "
     "distances themselves."),
    ("if inside.any():", "if True:",
     "An empty bin has no mean, and `nan` spreads to the whole sum. Skip the bin if `inside.any()` is "
     "False."),
    (WITHOUT_1, "Answers with a confidence of exactly 1.0 fall into no bin of yours. Let the upper end of a "
     "bin belong to it: `<=`."),
    (WITHOUT_1 | {SHARE: "inside[confidences < 1].float().mean().item()"},
     "Answers with a confidence of exactly 1.0 are left out, of the total, too. Let the upper end of a bin "
     "belong to it: `<=`."),
    (WITHOUT_1 | UNWEIGHTED,
     "Two things: the bins are unweighted, and answers with a confidence of exactly 1.0 fall into none of "
     "them. Weigh by answers, and let the upper end belong to a bin: `<=`."),
    ({"range(num_bins)": "range(num_bins + 1)", "> low": ">= low", "<= high": "< high"},
     "A confidence of exactly 1.0 got a bin of its own behind the last one. It belongs into the last bin."),
    ("confidences[inside].mean()", "(low + high) / 2",
     "You took the middle of the bin for its confidence. Take the mean of the confidences that fell into "
     "it."),
    ("confidences[inside].mean()", "high",
     "You took the upper end of the bin for its confidence. Take the mean of the confidences that fell into "
     "it."),
    ("(confidences > low) & (confidences <= high)",
     "confidences.argsort(stable=True).argsort() * num_bins // len(confidences) == number",
     "Your bins hold equally many answers. That is a measure of its own; here the bins are equally wide, "
     "from 0 to 1."),
    ("error = 0.0", "error, num_bins = 0.0, 10",
     "There are always ten bins in your function. Their number comes as `num_bins`."),
    ("return error", "return (confidences - correct).abs().mean().item()",
     "You took each answer alone, where right is 1 and wrong is 0. Nobody is right to eight tenths in one "
     "answer; compare the means of a bin."),
    ("return error", "return 100 * error",
     "Right, but in percent. Please return a number from 0 to 1, as everywhere in this series."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.3",
    title="Expected calibration error",
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
