"""Exercise 2.5: a split with no overlap, judged by what falls on each side."""

from mnist_lab.exercises.engine.model import Exercise

import torch

CLASS_SIZES = {0: 9, 1: 14, 2: 11, 3: 6}
PER_CLASS = 3


def split_by_class(labels, *, per_class, seed=0):
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, validation = [], []
    for digit in labels.unique():
        mine = order[labels[order] == digit]
        validation += mine[:per_class].tolist()
        train += mine[per_class:].tolist()
    return train, validation


def mixed_labels():
    """Forty labels of four classes of unequal size, mixed; the same ones at every call."""
    labels = torch.cat([torch.full((n,), digit) for digit, n in CLASS_SIZES.items()])
    return labels[torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))]


def as_two_lists(result):
    """The result as two lists of whole numbers, or None if it is something else."""
    try:
        train, validation = result
        return [int(i) for i in train], [int(i) for i in validation]
    except (TypeError, ValueError, RuntimeError):
        return None


def split_faults(split):
    """What is wrong with a split of forty images, three of each class for validation."""
    seeds = (1, 1, 2)
    results = [split(mixed_labels(), per_class=PER_CLASS, seed=seed) for seed in seeds]
    lists = [as_two_lists(result) for result in results]
    if None in lists:
        return ["Two lists of indices were expected, the training images first."]
    (train, validation), again, other = lists
    if not all(0 <= i < len(mixed_labels()) for i in train + validation):
        return ["An index points outside the labels."]
    faults = overlap_faults(train, validation) + class_faults(train, validation)
    if [sorted(part) for part in again] != [sorted(train), sorted(validation)]:
        faults.append("The same seed gave two different splits.")
    elif [sorted(part) for part in other] == [sorted(train), sorted(validation)]:
        faults.append(same_for_every_seed(validation))
    return faults


def same_for_every_seed(validation):
    labels = mixed_labels()
    firsts = [i for digit in CLASS_SIZES for i in (labels == digit).nonzero().flatten()[:PER_CLASS].tolist()]
    if sorted(validation) == sorted(firsts):
        return "Validation holds the first images of every class."
    return "Two different seeds gave the same split."


def overlap_faults(train, validation):
    faults = []
    if set(train) == set(validation) == set(range(len(mixed_labels()))):
        faults.append("Each list holds every image.")
    elif set(validation) <= set(train):
        faults.append("Every validation image is in training as well.")
    elif set(train) & set(validation):
        faults.append("Some images are in both lists.")
    if len(set(train) | set(validation)) < len(mixed_labels()):
        faults.append("Some images are in neither list.")
    if len(set(train)) < len(train) or len(set(validation)) < len(validation):
        faults.append("Some images are twice in the same list.")
    return faults


def class_faults(train, validation):
    expected = [PER_CLASS] * len(CLASS_SIZES)
    counts = [mixed_labels()[part].bincount(minlength=4).tolist() for part in (train, validation)]
    if counts[1] == expected:
        return []
    if counts[0] == expected:
        return ["The lists have changed places: the training images come first."]
    if sum(counts[1]) == sum(expected):
        return ["Validation has the right number of images in all, but not `per_class` of every class."]
    return ["Not every class has `per_class` images in validation."]


def not_stratified(labels, *, per_class, seed=0):
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed)).tolist()
    size = per_class * len(labels.unique())
    return order[size:], order[:size]


SHUFFLED = "torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))"

MISTAKES = (
    ("mine[per_class:]", "mine", "The validation images were picked but never taken out of training, so the "
     "lists overlap. Training gets only what is left."),
    ("mine[per_class:]", "mine[per_class - 1 :]",
     "Some images are on both sides of the cut. Perhaps the second slice starts too early. It starts where "
     "the first one stops: `[:per_class]` and `[per_class:]`."),
    ("mine[per_class:]", "mine[:-per_class]",
     "The lists are not the two sides of one cut: some images fell on both, some on neither. One shuffle, "
     "one cut: `[:per_class]` and `[per_class:]`."),
    ({"mine[:per_class]": "mine", "mine[per_class:]": "mine"},
     "Each list holds every image: `[...]` stands for all of them. Cut each class in two with slices."),
    (not_stratified, "The number in all is right, but the classes have unequal shares of it. Perhaps all "
     "were shuffled together. Go class by class: that is what stratified means."),
    (SHUFFLED, "torch.randperm(len(labels))",
     "The shuffle does not use the seed: give `randperm` a `generator`. Otherwise the training images of one "
     "run are the validation images of another."),
    ("manual_seed(seed)", "manual_seed(0)",
     "The order is drawn, but every `seed` gives the same one. Hand the argument on: `manual_seed(seed)`."),
    (SHUFFLED, "torch.arange(len(labels))",
     "Nothing is shuffled: validation gets the first images of each class, perhaps all by the same writers. "
     "`torch.randperm` with a seeded generator shuffles."),
    ("labels[order] == digit", "order < (labels == digit).sum()",
     "These are places within a class, not indices of images. Use them as an index into `mine`."),
    ("return train, validation", "return validation, train",
     "The cut is right, but the parts went into the wrong lists: validation gets `per_class` images of each "
     "class, training the rest."),
    ("mine[per_class:]", "mine[per_class + 1 :]",
     "Some images are lost at the cut. The second slice starts where the first one stops: `[:per_class]` and "
     "`[per_class:]`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="2.5",
    title="A split with no overlap",
    kind="function",
    difficulty=2,
    minutes=7,
    points=3,
    reference=split_by_class,
    probe=split_faults,
    why="An image in both lists turns the exam into a test of memory; you will see how much that flatters.",
    hints=(
        "Shuffle all indices once; the loop then only cuts, and nothing can be on both sides of a cut.",
        "`torch.randperm(n)` gives the numbers 0 to n − 1 in a random order. With `generator=` that order "
        "follows a seed.",
        "`torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))` is the order.",
        "The first `per_class` of a class, `mine[:per_class]`, are for validation, the rest, "
        "`mine[per_class:]`, for training.",
    ),
    mistakes=MISTAKES,
)
