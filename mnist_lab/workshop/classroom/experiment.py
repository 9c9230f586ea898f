"""The class experiment: one recipe, a seed for each seat, and what the spread of the class says."""

import csv
import io
import re
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from pathlib import Path

from mnist_lab.evidence import Summary, sampling_floor, summarise
from mnist_lab.files import write_whole
from mnist_lab.plots.classroom import seat_histogram

FIGURE = "test_accuracy"  # what lesson 03 records and a sweep's table calls it
NUM_IMAGES = 1_000  # the bundled test digits
APART = 0.4  # points between two seats: 96.8 and 96.4
LINE = re.compile(r"\s*(\d+)[\s,;:]+(\d+(?:[.,]\d+)?)\s*%?\s*")


@dataclass(frozen=True)
class ClassResult:
    """What a class found: {seat: accuracy}, its Summary, the sampling floor, and how far pairs lie apart.

    far_pairs of num_pairs pairs of seats differ by at least apart, in points.
    """

    accuracies: dict
    num_images: int
    summary: Summary
    floor: float
    apart: float
    far_pairs: int
    num_pairs: int


def read_class(path):
    """Return {seat: accuracy in [0, 1]} of a file, a line a seat, such as "17 0.968"; or of a results.csv.

    The second is the table of a sweep of lesson 03 with --seeds, for a class that is simulated. An accuracy
    may be a share or in percent, with a point or a comma. Empty lines and those that begin with # are
    left out. Raises ValueError, with the line's number, for anything else, and for text of another encoding.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text; save it as UTF-8 in your editor.") from error
    if lines and "," in lines[0] and "SEED" in lines[0].split(","):
        pairs = _of_a_sweep(lines)
    else:
        filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        pairs = [_pair(number, line) for number, line in filled if not line.lstrip().startswith("#")]
    accuracies = {}
    for where, seat, accuracy in pairs:
        if seat in accuracies:
            raise ValueError(f"{where}: seat {seat} is there twice; leave one of the two lines.")
        accuracies[seat] = accuracy
    number = len(accuracies)
    if number < 3:
        raise ValueError(f"{path} has {number} seats, and a spread needs 3 or more; collect more lines.")
    return accuracies


def _pair(number, line):
    """The (place, seat, accuracy) of a line that somebody typed."""
    match, where = LINE.fullmatch(line), f"line {number}"
    accuracy = float(match[2].replace(",", ".")) if match else None
    if accuracy is not None and accuracy > 1:
        accuracy /= 100
    if accuracy is None or accuracy > 1:
        raise ValueError(
            f"{where} should be a seat and a test accuracy, such as '17 0.968', but is "
            f"{line.strip()[:60]!r}; correct it, or put # in front of it."
        )
    return where, int(match[1]), accuracy


def _of_a_sweep(lines):
    rows = [row for row in csv.DictReader(lines) if row.get("status") == "passed" and row.get(FIGURE)]
    return [(row["notebook"], int(row["SEED"]), float(row[FIGURE])) for row in rows]


def class_result(accuracies, *, num_images=NUM_IMAGES, apart=APART):
    """Return the ClassResult of {seat: accuracy}; apart is in points."""
    summary = summarise(accuracies.values())
    steps = ceil(apart / 100 * num_images - 1e-6)  # in images, since an accuracy is a count of them
    counts = [round(accuracy * num_images) for accuracy in accuracies.values()]
    pairs = [abs(a - b) for a, b in combinations(counts, 2)]
    floor = sampling_floor(summary.mean, num_images)
    far = sum(pair >= steps for pair in pairs)
    return ClassResult(accuracies, num_images, summary, floor, apart, far, len(pairs))


def report(result):
    """Return what to read to the class, as lines of text."""
    ordered = sorted(result.accuracies, key=result.accuracies.get)
    low, high = ordered[0], ordered[-1]
    images = result.apart / 100 * result.num_images
    lowest, highest = result.accuracies[low], result.accuracies[high]
    share = result.far_pairs / result.num_pairs
    verdict = (
        "One run of each cannot tell two recipes so far apart from one recipe with two seeds."
        if share > 0.05
        else "So far apart, two seeds are seldom: for this recipe it is more than the luck of the seed."
    )
    return "\n".join(
        [
            f"one recipe, a seed for each seat: {result.summary.percent()}",
            f"lowest {100 * lowest:.1f} % (seat {low}), highest {100 * highest:.1f} % (seat {high})",
            f"sampling floor: {100 * result.floor:.1f} points on {result.num_images:,} digits, "
            "the same ones for all seats",
            f"{result.apart:g} points are {images:g} of {result.num_images:,} digits.",
            f"{result.far_pairs} of {result.num_pairs} pairs of seats lie at least so far apart: "
            f"{100 * share:.0f} of a hundred.",
            verdict,
        ]
    )


def draw(result, path):
    """Write the histogram of a ClassResult as a PNG of the same name beside path, and return its path."""
    image, picture = io.BytesIO(), Path(path).with_suffix(".png")
    title = f"One recipe, {result.summary.n} seats, {result.summary.n} seeds"
    options = {"floor": result.floor, "num_images": result.num_images, "title": title}
    seat_histogram(result.accuracies, result.summary, **options).savefig(image, format="png", dpi=150)
    write_whole(picture, image.getvalue())
    return picture
