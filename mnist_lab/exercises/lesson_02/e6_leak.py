"""Exercise 2.6: the leak among four pipelines."""

import re

from mnist_lab.exercises.engine.model import Exercise


def line_named(answer):
    """Return "B2" for "b 2", "B-2." or ["B2"]; an answer that does not name one line as it is."""
    parts = answer if isinstance(answer, list | tuple) else [answer]
    text = " ".join(str(part) for part in parts if isinstance(part, str | int))
    lines = re.findall(r"\b([A-D])\W*([1-4])\b", text.upper())
    return "".join(lines[0]) if len(lines) == 1 else answer


MISTAKES = (
    ("A", "Every line of A is in order: split first, learn from training digits alone. The leak is "
     "elsewhere."),
    ("B", "The right pipeline. In which of its lines does an image get to both sides?"),
    ("C", "Every line of C is in order: validation is there to choose by, and test is scored once."),
    ("D", "One line of D is a fault, but nothing of the exam gets into training. A leak is something else."),
    ("A1", "A stratified split with a seed is what you want. Nothing has leaked yet."),
    ("A2", "Only training digits were measured, so nothing of validation enters training."),
    ("A3", "Validation is normalised with the constants of training. That is right: no number was learned "
     "from validation."),
    ("A4", "Shuffling the test digits is useless and harmless: order cannot change a count."),
    ("B3", "Only training images are measured here. But look at what has become of the training images by "
     "then."),
    ("B4", "The score is made here, but the harm was done before: what do training and validation share?"),
    ("C1", "Three parts, nothing in common: this is how it should be."),
    ("C2", "Random variants of training digits, made during training, stay in training. No leak."),
    ("C3", "Validation is there to make choices by. It would be a leak if the test digits were used so."),
    ("C4", "The test digits are scored once, after all choices were made. That is their purpose."),
    ("D1", "The official parts come from different writers. Nothing leaks here."),
    ("D2", "Taken out of training, so no image is in both. That is a proper split."),
    ("D3", "These constants were chosen before anybody measured a digit. They can tell nothing."),
    ("D4", "That is a fault, validation should be the same exam each time. But it is no leak: nothing of the "
     "exam gets into training."),
)  # fmt: skip


EXERCISE = Exercise(
    id="2.6",
    title="Find the leak",
    difficulty=2,
    minutes=5,
    points=2,
    reference="B2",
    also=("B1",),
    observe=line_named,
    why="Copies of one digit fell on both sides, with no index in common: split first, then make variants.",
    hints=(
        "Take one digit of each pipeline and follow it. Could the network train on it and be scored on it?",
        "A fault and a leak are not the same. A leak carries something of the exam into training.",
        "Two images can have different indices and still be the same handwriting.",
        "In one pipeline a digit is copied before the split, so its copies fall on both sides.",
    ),
    mistakes=MISTAKES,
)
