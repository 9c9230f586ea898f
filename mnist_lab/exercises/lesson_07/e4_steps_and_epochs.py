"""Exercise 7.4: steps and epochs by hand, for a small batch and one eight times as large."""

from numbers import Real

from mnist_lab.exercises.engine.compare import in_types_of
from mnist_lab.exercises.engine.model import Exercise

RIGHT = (34, 5, 68)

PLACES = ("The steps with 30 are", "The steps with 240 are", "The epochs with 240 are")


def what_was_miscounted(answer):
    """Return a sentence for each of the three numbers that is wrong, or one for steps that are not whole."""
    answer = in_types_of(RIGHT, answer)
    numbers = list(answer) if isinstance(answer, list | tuple) else []
    if len(numbers) != 3 or any(isinstance(n, bool) or not isinstance(n, Real) for n in numbers):
        return ["The answer is three numbers, such as (10, 80, 10)."]
    if not all(float(number).is_integer() for number in numbers[:2]):
        return ["A number of steps is not whole."]
    rows = zip(PLACES, numbers, RIGHT, strict=True)
    return [f"{place} not {float(number):g}." for place, number, right in rows if number != right]


MISTAKES = (
    ((33, 4, 82.5),
     "The short last batch was left out both times. Its digits are learned from as well, so it is one more "
     "step."),
    ((33, 4, 82), "Rounded down: the short last batch takes a step like all others. Round up."),
    ((33, 4, 83), "Rounded down: the short last batch takes a step like all others, with 30 digits to a "
     "batch and with 240. Round up."),
    ((33, 4, 80), "Rounded down, and then times eight. The short last batch takes a step, too, and the third "
     "number follows from the steps."),
    ((33.33, 4.17, 80), "There is no third of a step. What is left over makes a short batch, so round up."),
    ((34, 5, 80), "Eight times the batch is not quite an eighth of the steps: both have a short last batch. "
     "Divide the steps of ten epochs by the steps of one."),
    ((34, 5, 10), "Ten epochs are equal epochs, not equal steps: with the large batch that is 50 steps, "
     "where the small one took 340."),
    ((34, 5, 50), "50 are the steps of ten epochs with the large batch. The question is how many epochs it "
     "takes to come to as many steps as the small one."),
    ((34, 5, 340), "340 are the steps to be reached. How many epochs of 5 steps are that?"),
    ((34, 5, 7), "You compared with one epoch of the small batch. It was trained for ten."),
    ((34, 5, 6.8), "That is for one epoch of the small batch. It was trained for ten."),
    ((34, 272, 1.25), "A larger batch uses up the digits sooner, so an epoch has fewer steps, not more."),
    ((30, 240, 10), "These are digits to a batch. A step is a batch: how many of them make 1,000 digits?"),
    ((340, 50, 68),
     "The last number is right. The first two are the steps of ten epochs; those of one are asked for."),
    ((5, 34, 68), "The first two are exchanged: the small batch comes first, and has more steps."),
    ((1000, 1000, 10), "A step does not take one digit but one batch of them."),
    ((1, 1, 10), "An epoch is not one step: each batch ends in a step, and an epoch has many batches."),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.4",
    title="Steps and epochs",
    difficulty=1,
    minutes=4,
    points=2,
    reference=RIGHT,
    probe=what_was_miscounted,
    why="At equal epochs the large batch takes a small part of the steps; at equal steps it sees the digits "
    "many times more often. Say which of the two you compare.",
    hints=(
        "A step is one batch. How many batches does it take until each digit has come once?",
        "1,000 is not a multiple of 30. The digits left over make a short batch, and it takes a step, too.",
        "Count the steps of ten epochs with the small batch. How many epochs with the large batch have as "
        "many?",
    ),
    mistakes=MISTAKES,
)
