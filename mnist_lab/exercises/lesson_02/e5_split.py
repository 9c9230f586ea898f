"""Exercise 2.5: a split with no overlap, judged by what falls on each side."""

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch


def split_by_class(labels, *, per_class, seed=0):
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    train, validation = [], []
    for digit in labels.unique():
        mine = order[labels[order] == digit]
        validation += mine[:per_class].tolist()
        train += mine[per_class:].tolist()
    return train, validation


def mixed_labels(generator):
    """Return labels of four digits of unequal numbers, mixed."""
    digits, sizes = different_numbers(generator, 4, 0, 9), different_numbers(generator, 4, 11, 18)
    labels = torch.cat([torch.full((n,), digit) for digit, n in zip(digits, sizes, strict=True)])
    return labels[torch.randperm(len(labels), generator=generator)]


def as_two_lists(result):
    """The result as two lists of whole numbers, or None if it is something else."""
    try:
        train, validation = result
        return [int(i) for i in train], [int(i) for i in validation]
    except (TypeError, ValueError, RuntimeError):
        return None


def judged(*checks):
    """Return the probe that tries a split with three seeds, and again with the first of them.

    Each check takes the labels, per_class and what came, and returns faults.
    """

    def probe(split, generator):
        labels, per_class = mixed_labels(generator), whole_number(generator, 3, 5)
        seeds = different_numbers(generator, 3, 1, 9999)
        given = labels.clone()
        splits = [as_two_lists(split(given, per_class=per_class, seed=seed)) for seed in (*seeds, seeds[0])]
        if None in splits:
            return ["Two lists of indices were expected, the training images first."]
        if not torch.equal(given, labels):
            return ["The function changed the labels that it was given."]
        if not all(0 <= i < len(labels) for parts in splits for part in parts for i in part):
            return ["An index points outside the labels."]
        splits = [[sorted(part) for part in parts] for parts in splits]
        return [fault for check in checks for fault in check(labels, per_class, splits)]

    return probe


def cut_faults(labels, per_class, splits):
    """What is wrong with the first split whose cut is wrong."""
    for parts in splits:
        faults = overlap_faults(*parts, len(labels)) + class_faults(*parts, labels, per_class)
        if faults:
            return faults
    return []


def seed_faults(labels, per_class, splits):
    """What is wrong with how the seed decides, or if no drawing can have led to these splits."""
    if splits[0] != splits[-1]:
        return ["The same seed gave two different splits."]
    return order_faults(*(places(validation, labels) for _, validation in splits[:2]), labels)


def overlap_faults(train, validation, num_images):
    faults = []
    if set(train) == set(validation) == set(range(num_images)):
        faults.append("Each list holds every image.")
    elif set(validation) <= set(train):
        faults.append("Every validation image is in training as well.")
    elif set(train) & set(validation):
        faults.append("Some images are in both lists.")
    if len(set(train) | set(validation)) < num_images:
        faults.append("Some images are in neither list.")
    if len(set(train)) < len(train) or len(set(validation)) < len(validation):
        faults.append("Some images are twice in the same list.")
    return faults


def class_faults(train, validation, labels, per_class):
    counts = [
        [int((labels[part] == digit).sum()) for digit in labels.unique()] for part in (train, validation)
    ]
    expected = [per_class] * len(labels.unique())
    if counts[1] == expected:
        return []
    if counts[0] == expected:
        return ["The lists have changed places: the training images come first."]
    if sum(counts[1]) == sum(expected):
        return ["Validation has the right number of images in all, but not `per_class` of every class."]
    return ["Not every class has `per_class` images in validation."]


def places(part, labels):
    """Return which of the images of each class are in a part of all of them, counted from 0."""
    classes = ((labels == digit).nonzero().flatten().tolist() for digit in labels.unique())
    return [[place for place, i in enumerate(mine) if i in part] for mine in classes]


def order_faults(first, other, labels):
    """What is wrong with the places that two seeds gave, if no drawing can have led to them."""
    if first == other:
        if all(mine == list(range(len(mine))) for mine in first):
            return ["Validation holds the first images of every class."]
        return ["Two different seeds gave the same split."]
    sizes = 2 * [int((labels == digit).sum()) for digit in labels.unique()]
    if all(_are_neighbours(mine, size) for mine, size in zip(first + other, sizes, strict=True)):
        return ["In every class the images for validation are neighbours, so they were not drawn one by one."]
    return []


def _are_neighbours(mine, size):
    """True if the places follow each other, the first one after the last one of the class."""
    following = mine[1:] + mine[:1]
    return sum((after - before) % size != 1 for before, after in zip(mine, following, strict=True)) <= 1


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
     "Perhaps the shuffle does not use the seed: give `randperm` a new `generator`. Otherwise the training "
     "images of one run are the validation images of another."),
    ("manual_seed(seed)", "manual_seed(0)",
     "The order is drawn, but two seeds gave the same one. Hand the argument on as it is: "
     "`manual_seed(seed)`."),
    (SHUFFLED, "torch.arange(len(labels))",
     "Nothing is shuffled: validation gets the first images of each class, perhaps all by the same writers. "
     "`torch.randperm` with a seeded generator shuffles."),
    ("labels[order] == digit", "order < (labels == digit).sum()",
     "Perhaps these are places within a class, not indices of images. Use them as an index into `mine`."),
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
    difficulty=2,
    minutes=7,
    points=3,
    reference=split_by_class,
    probe=judged(cut_faults, seed_faults),
    parts={
        "cuts every class in two": (2, judged(cut_faults)),
        "draws as the seed says": (1, judged(seed_faults)),
    },
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
