"""Exercise 5.7: which piece of the run was forgotten."""

from mnist_lab.exercises.engine.letters import misplaced
from mnist_lab.exercises.engine.model import Exercise

FORGOTTEN = "EBDAC"  # by the five colleagues, in their order


MISTAKES = (
    ("ECDAB", "Both touch the learning rate. The optimizer holds it: a new one is wrong in epoch 6 already. "
     "The scheduler counts for the next one: without it, epoch 6 is right and epoch 7 is not."),
    ("BEDAC", "A new optimizer has the first learning rate again, and the log shows it. Other random numbers "
     "leave the rates as they are; they lead to other weights, and no line of the log says so."),
    ("EBCAD", "The loop counts how many epochs are left, the scheduler which rate comes next. Restoring one "
     "of them does not restore the other."),
    ("EADBC", "A loss of ln 10 is a network that knows nothing: its weights are new. A new optimizer leaves "
     "the weights where they are."),
    ("DBEAC", "Random states do not count epochs. Without the epoch the loop runs all of its rounds again; "
     "without random states only the drawing differs."),
    ("ABDEC", "Without the weights nothing is left of the training, and the loss says so at once. Other "
     "batches and other dice do not bring an untrained network back."),
    ("CBDAE", "Random states decide the order of the batches and what dropout drops. A `LambdaLR` "
     "calculates the rate from its own count, and that is the scheduler's state."),
    ("EDBAC", "Without the epoch the run is too long, but each of its rates is right. The rate of epoch 6 "
     "stands in the optimizer, and a new one has the first rate."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.7",
    title="What was forgotten",
    difficulty=2,
    minutes=4,
    points=2,
    reference=FORGOTTEN,
    probe=misplaced(
        FORGOTTEN,
        letters="ABCDE",
        form='The answer is a text of five letters, one for each colleague, such as `"ABCDE"`.',
        why="Colleague {} forgot something else.".format,
    ),
    why="The loud faults stand in the log. The quiet one, random states, is only found by comparing with a "
    "run that was never stopped.",
    hints=(
        "Begin with the loudest: who stands before an untrained network?",
        "Which part holds the learning rate of this moment? Which part counts, to calculate the next one? "
        "And who knows how many epochs are left?",
        "What is left for the first colleague is what decides the order of the batches and what dropout "
        "drops.",
    ),
    mistakes=MISTAKES,
)
