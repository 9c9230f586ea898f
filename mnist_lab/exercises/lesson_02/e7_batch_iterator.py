"""Exercise 2.7: a batch iterator."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch


def batches(images, labels, order, batch_size):
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        yield images[chosen], labels[chosen]


def shuffled_sets(generator):
    """Images (N, 1) of one pixel, mostly ten times their index, with labels, an order and a batch size."""
    cases, drawn = [], (whole_number(generator, 16, 24), whole_number(generator, 3, 5))
    for n, batch_size in ((5, 2), (6, 3), (11, 4), drawn):
        images = 10 * torch.arange(n).reshape(n, 1)
        if n == drawn[0]:
            images = torch.randint(256, (n, 1), generator=generator)
        labels = torch.randint(10, (n,), generator=generator)
        order = torch.randperm(n, generator=generator)
        cases.append(call(images, labels, order, batch_size))
    return cases


MISTAKES = (
    ("len(order)", "len(order) - batch_size + 1",
     "The short last batch is lost, and its images with it. Let the loop go on to the end: a slice past the "
     "end just gets shorter."),
    ("labels[chosen]", "labels[start : start + batch_size]",
     "The labels were not shuffled with the images, so each image gets another one's label. Pick both with "
     "the same indices."),
    ("images[chosen]", "images[start : start + batch_size]",
     "The images were not shuffled with the labels, so each label meets another image. Pick both with the "
     "same indices."),
    ("order[start : start + batch_size]", "slice(start, start + batch_size)",
     "The batches come in the order of the set. Slice `order`, and pick images and labels with what the "
     "slice holds."),
    ("len(order)", "(len(order) // batch_size + 1) * batch_size",
     "Where the size divides the set, an empty batch comes at the end. Let `range` count the starts: it "
     "stops before the length."),
    ("start + batch_size]", "batch_size]",
     "Every slice stops at `batch_size`, so only the first batch holds images. It should stop at `start + "
     "batch_size`."),
    ("start + batch_size]", "start + batch_size - 1]",
     "Each batch lacks its last image. A slice stops before its end already, so there is nothing to "
     "subtract."),
    ("len(order), batch_size", "len(order)",
     "Each batch starts one image after the last, so images come several times. Go on in steps of "
     "`batch_size`."),
    ("yield", "return",
     "Only the first batch came: `return` ends the function. `yield` hands a batch out and goes on."),
    ("images[chosen], labels[chosen]", "labels[chosen], images[chosen]",
     "The two have changed places: a batch is the images first, then their labels."),
    (", labels[chosen]", "", "Only images came. A batch is a pair, the images and their labels."),
    (lambda images, labels, order, size: [(images[order], labels[order])],
     "All images came as a single batch. Cut `order` into pieces of `batch_size`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="2.7",
    title="A batch iterator",
    difficulty=2,
    minutes=7,
    points=3,
    reference=batches,
    cases=shuffled_sets,
    why="This is the heart of every loader; the rest of one is where the images come from.",
    hints=(
        "`range(start, stop, step)` can count in steps of `batch_size`: where does each batch begin?",
        "A slice that reaches past the end simply stops there, so the short last batch needs no extra code.",
        "`chosen = order[start : start + batch_size]` are the indices of one batch.",
        "Pick with them from both: `yield images[chosen], labels[chosen]`. `yield` hands one batch out and "
        "goes on with the loop afterwards.",
    ),
    mistakes=MISTAKES,
)
