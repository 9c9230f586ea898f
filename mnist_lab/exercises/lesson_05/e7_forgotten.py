"""Exercise 5.7: which piece of the run was forgotten."""

from mnist_lab.exercises.engine.letters import misplaced
from mnist_lab.exercises.engine.model import Exercise

FORGOTTEN = "EBDAC"  # by the five colleagues, in their order


def wrong_places(answer):
    """Return which of the five places of the answer hold another letter than they should."""
    form = 'The answer is a text of five letters, one for each colleague, such as `"ABCDE"`.'
    return misplaced(answer, FORGOTTEN, letters="ABCDE", form=form, why=_why_not)


def _why_not(place, letter):
    return f"Colleague {place} forgot something else."


MISTAKES = (
    ("ECDAB", "The scheduler decides the learning rate, which went astray for colleague 5. Adam's running "
     "averages decide how each weight steps at that rate."),
    ("BEDAC", "An empty Adam shows: its first steps are as coarse as on the first day. Other random numbers "
     "do not show in the loss, only in the last digits of the weights."),
    ("EBCAD", "The loop counts how many epochs are left, the scheduler which rate comes next. Restoring one "
     "of them does not restore the other."),
    ("EADBC", "A loss of ln 10 is a network that knows nothing: its weights are new. An empty optimizer "
     "leaves the weights where they are."),
    ("DBEAC", "Random states do not count epochs. Without the epoch the loop runs all of its rounds again; "
     "without random states only the drawing differs."),
    ("ABDEC", "Without the weights nothing is left of the training, and the loss says so at once. Without "
     "the random states it goes on as before."),
    ("CBDAE", "Random states decide the order of the batches and the masks of dropout. The learning rate is "
     "the scheduler's."),
    ("EDBAC", "Who does not know the epoch trains too long; the steps themselves are right. Rough steps "
     "after the break come from an empty optimizer."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.7",
    title="What was forgotten",
    kind="value",
    difficulty=2,
    minutes=4,
    points=2,
    reference=FORGOTTEN,
    probe=wrong_places,
    why="The loud faults are found on the same day. The quiet one, random states, is only found by comparing "
    "with a run that was never stopped.",
    hints=(
        "Begin with the loudest: who stands before an untrained network?",
        "Who knows the learning rate of an epoch? Who knows how large a step each single weight should take? "
        "Who knows how many epochs are left?",
        "What is left for the first colleague is what decides the order of the batches and the masks of "
        "dropout.",
    ),
    mistakes=MISTAKES,
)
