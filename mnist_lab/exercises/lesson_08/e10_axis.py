"""Exercise 8.10: Patient 8, months without a fault."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    (7, "Line 7 is where it shows. It compares two rows that should have one length; look for the line in "
     "which one of them got the wrong one."),
    (5, "Line 5 gives scores (64, 10), a row for each image, as it should. What becomes of the 64 after it?"),
    (4, "The batches are as they should be: images and labels, 64 each. The labels keep that length; the "
     "answers do not."),
    (8, "Counting by `len(labels)` is exact, also for a short batch. It would hurt no comparison."),
    (9, "One division at the end is right. But what are counted as right answers are no answers to these "
     "images, so it is hardly more than one in ten."),
    (2, "`eval()` is where it belongs. It changes what dropout does, and no shape."),
    (3, "`inference_mode` only stops the notes for gradients. No shape depends on it."),
    (1, "Two counts that start at 0: nothing wrong with that."),
)  # fmt: skip


EXERCISE = Exercise(
    id="8.10",
    title="Patient 8, months without a fault",
    difficulty=2,
    minutes=3,
    points=2,
    reference=6,
    also=("6",),
    why="`argmax(dim=0)` picks an image for each class. With ten images and ten classes both rows have the "
    "length 10, and nothing complains.",
    hints=(
        "Where an error is raised and where the fault is are often two lines. Go backwards from line 7.",
        "Write the shape behind each line, for a batch of 64. Which of them has the length 10 where 64 was "
        "meant?",
        "`dim` names the axis that disappears. There should be one answer for each image.",
    ),
    mistakes=MISTAKES,
)
