"""Exercise 12.4: the mean gradient over all samples of unequal shards."""

from mnist_lab.exercises.engine.model import Exercise, call

import torch


def average_over_shards(gradients, counts):
    total = torch.zeros_like(gradients[0])
    for gradient, count in zip(gradients, counts, strict=True):
        total += count * gradient
    return total / sum(counts)


def unequal_shards(generator):
    cases = [call([torch.tensor([1.0, 4.0]), torch.tensor([6.0, -1.0])], [4, 1])]
    for counts, shape in (
        ([1, 3], (2,)),
        ([2, 2], (3,)),
        ([5], (2,)),
        ([3, 1, 4], (2,)),
        ([6, 0, 2], (2, 3)),
        ([2, 7, 1, 5], (3, 2)),
    ):
        gradients = [torch.randn(shape, generator=generator) * (count > 0) for count in counts]
        cases.append(call(gradients, counts))
    return cases


WEIGHTED, END = "count * gradient", "total / sum(counts)"

MISTAKES = (
    ({WEIGHTED: "gradient", END: "total / len(counts)"},
     "That is the mean of the means: a shard with one sample counts as much as one with many. Weight each by "
     "its samples."),
    ({WEIGHTED: "gradient", END: "total / sum(count > 0 for count in counts)"},
     "The mean of the means, empty shards left out. The others still count alike: weight each by its "
     "samples, then an empty one drops out by itself."),
    ({WEIGHTED: "gradient", END: "total"},
     "The means were added. A sum for a mean is as if the rate were multiplied by the number of shards, the "
     "world size."),
    (WEIGHTED, "gradient",
     "Each mean was counted once, and the sum divided by all samples, which is far too small. First make "
     "sums of the means: `count * gradient`."),
    (END, "total", "The loop is right: that is the sum over all samples. The mean is still to be taken."),
    (END, "total / len(counts)",
     "The loop is right, and then the sum over all samples was divided by the number of shards. How many "
     "samples are there?"),
    (END, "total / count",
     "You divided by `count`, which is that of the last shard when the loop has ended. Divide by all "
     "samples: `sum(counts)`."),
    (END, "total / counts[0]",
     "You divided by the samples of the first shard. Divide by those of all shards: `sum(counts)`."),
    (END, "total / max(counts)",
     "You divided by the samples of the largest shard. Divide by those of all shards: `sum(counts)`."),
    (END, "total / (sum(counts) / len(counts))",
     "You divided by the mean number of samples, so a sum over the shards is left. Divide by all samples: "
     "`sum(counts)`."),
    (END, "total / (sum(counts) * len(counts))",
     "The mean over all samples was divided by the number of shards once more. The division by `sum(counts)` "
     "is enough."),
    (WEIGHTED, "count * gradient / sum(counts)",
     "Each share is divided by all samples in the loop, and all of it once more at the end. Once is enough."),
    (WEIGHTED, "gradient / count",
     "What comes in are means, so they have been divided by their samples. Multiply, to get the sums back."),
    ({WEIGHTED: "gradient / count", END: "total / len(counts)"},
     "The means were divided by their samples once more, and all shards count alike. Multiply by the "
     "samples, and divide by all of them at the end."),
    (WEIGHTED, "(sum(counts) - count) * gradient",
     "Each shard was weighted by the samples of the others. The more samples are behind a mean, the more it "
     "counts."),
)  # fmt: skip


EXERCISE = Exercise(
    id="12.4",
    title="Unequal shards",
    difficulty=2,
    minutes=5,
    points=3,
    reference=average_over_shards,
    cases=unequal_shards,
    why="Wherever an image lies, it counts once. Shards become unequal at the end of an epoch, when the last "
    "batch does not come out even.",
    hints=(
        "Do it as you did by hand: make sums of the means again, add them up, divide once.",
        "A mean over `count` samples, times `count`, is the sum over these samples.",
        "All samples together are `sum(counts)`.",
    ),
    mistakes=MISTAKES,
)
