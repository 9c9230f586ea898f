"""Exercise 7.3: pick a learning rate from a range test."""

import math
from numbers import Real

from mnist_lab.exercises.engine.compare import in_types_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.training import RangeTest

LOWEST_AT = 10**-1.5  # the rate at the lowest loss
BETWEEN = (10**-2.5, 10**-2)  # from a tenth of it to a third of it, which round numbers lie in
STEEPEST_AT = 10**-0.9  # where the loss falls most from one batch to the next, which is noise


def made_up_range_test():
    """Return a RangeTest from 0.00001 towards 1 that was made up: it ends early, as a real one does."""
    powers = [-5 + number / 10 for number in range(46)]
    return RangeTest([10**power for power in powers], [_loss(n, p) for n, p in enumerate(powers)])


def _loss(number, power):
    fall = 1.85 / (1 + math.exp(-(power + 2.5) / 0.22))
    rise = 1.4 * max(0.0, power + 1.4) ** 2
    wobble = 0.03 * math.sin(5.1 * number)
    return 2.3 - fall + rise + wobble + JUMPS.get(number, 0.0)


JUMPS = {35: -0.08, 40: 0.55, 41: -0.2, 43: 0.15}


def where_it_lies(answer):
    """Return what a rate has to do with the curve, or nothing if it is a good one."""
    answer = in_types_of(0.0, answer)
    if isinstance(answer, bool) or not isinstance(answer, Real) or not answer > 0:
        return ["The answer is one learning rate, a positive number such as 0.05."]
    rate, rates = float(answer), made_up_range_test().learning_rates
    for limit, sentence in (
        (1.2 * rates[0], "The test began with this rate."),
        (0.0006, "Up to this rate the loss had not begun to fall."),
        (0.0013, "At this rate the loss had just begun to fall."),
        (0.9 * BETWEEN[0], "At this rate the loss was falling, more than 10 times below its lowest place."),
        (1.1 * BETWEEN[1], None),
        (0.85 * LOWEST_AT, "This rate is within a factor of 3 of the lowest loss."),
        (1.2 * LOWEST_AT, "This rate is about where the loss was lowest."),
        (0.85 * STEEPEST_AT, "At this rate the loss was past its lowest place."),
        (1.15 * STEEPEST_AT, "At this rate the loss fell back from a jump."),
        (0.9 * rates[-1], "At this rate the loss was on its way up."),
        (1.1 * rates[-1], "This was the last rate before the test broke off."),
        (0.9, "The test broke off before it reached this rate."),
        (1.1, "This is the rate at which the test would have ended."),
    ):
        if rate <= limit:
            return [sentence] if sentence else []
    return ["This is more than the highest rate that the test was to reach."]


MISTAKES = (
    (round(LOWEST_AT, 3),
     "A few steps beyond its lowest place the loss goes up, and a training spends all of its steps at one "
     "rate. Go lower by 3 to 10."),
    (round(LOWEST_AT / 2, 3),
     "That is below the rate at the lowest loss, but by less than a factor of 3, which is little on a "
     "logarithmic axis. Leave some room for bad batches."),
    (0.05, "The lowest place is already behind this rate, and the run would jump about or break down. From "
     "the lowest place go to the left by a factor of 3 to 10."),
    (0.2, "The loss is rising there. The place to look for is left of the lowest one."),
    (round(STEEPEST_AT, 2),
     "The largest single drop is noise here: the loss had jumped up before. Look at the whole curve, and "
     "stay below its lowest place."),
    (round(10**-0.5, 3),
     "That is the largest rate at which the test had not broken off yet. The loss had been rising for some "
     "time: go back to the lowest place, then lower by 3 to 10."),
    (0.00001, "The test begins with this rate because it is surely too small. The first place tells nothing; "
     "look for the fall."),
    (0.0001, "The loss has not moved there. That rate does no harm, but you would wait very long for it to "
     "do any good."),
    (0.001, "The loss has only begun to fall there, so a run would work, and perhaps be slow. Start from the "
     "lowest place and divide by 3 to 10."),
    (0.0025, "The loss is falling steeply there, so a run would work. But it is more than 10 times below the "
     "lowest place, and perhaps slower than need be: divide by 3 to 10."),
    (0.5, "No batch was seen at this rate. If it is the middle between 0 and 1, mind the axis: the rates "
     "grow by factors, and their middle is near 0.003."),
    (1.0, "That is where the test was to end, and it broke off long before."),
    (35, "That is more than the test was to try. Is it the number of a point? The answer is its learning "
     "rate, from the axis below the curve."),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.3",
    title="Where would you train?",
    difficulty=1,
    minutes=4,
    points=2,
    reference=0.005,
    probe=where_it_lies,
    why="A third to a tenth of the rate at the lowest loss: there the loss falls fast, and a real run, which "
    "is much longer, has some room for bad batches.",
    hints=(
        "The axis is logarithmic: from one mark to the next is a factor of ten, and halfway between 0.01 and "
        "0.1 lies about 0.03.",
        "Find the rate at the lowest loss first. It has just been survived for a few steps. Would you drive "
        "for an hour at the speed at which the car begins to shake?",
        "Go lower by a factor of 3 to 10 from there, and see that the loss is falling clearly at that rate.",
    ),
    mistakes=MISTAKES,
)
