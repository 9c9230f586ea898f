"""Exercise 7.1: learning rates that grow by equal factors, one line to change."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number

import torch


def learning_rates(lowest, highest, num_steps):
    rates = [lowest]
    for _ in range(num_steps - 1):
        rates.append(rates[-1] * (highest / lowest) ** (1 / (num_steps - 1)))
    return rates


def ranges(generator):
    return [
        call(lowest, highest, num_steps)
        for lowest, highest, num_steps in (
            (0.1, 1.0, 2),
            (2.0, 50.0, 3),
            (0.001, 1.0, 4),
            (0.5, 8.0, 5),
            (0.01, 0.3, 7),
            drawn(generator),
            drawn(generator),
        )
    ]


def drawn(generator):
    """Return a range from some thousandths to some tenths, and a number of rates that fits into a line."""
    lowest, highest = whole_number(generator, 1, 9) / 1000, whole_number(generator, 1, 9) / 10
    return lowest, highest, whole_number(generator, 4, 6)


RATIO, ROOT = "highest / lowest", " ** (1 / (num_steps - 1))"
FACTOR = f"({RATIO}){ROOT}"

MISTAKES = (
    ("(num_steps - 1))", "num_steps)",
     "The rates end short of highest. Between n rates there are n − 1 gaps, so take the root of `num_steps - "
     "1`."),
    (ROOT, "", "Each step goes the whole way from lowest to highest. All factors together should do that, so "
     "each of them is a root of it."),
    (ROOT, " / (num_steps - 1)",
     "The whole factor was divided by the number of gaps. Factors multiply, so their share is a root: `** (1 "
     "/ (num_steps - 1))`, with both pairs of brackets."),
    (FACTOR, "(highest / lowest ** (1 / (num_steps - 1)))",
     "The root was taken of lowest alone, because a power goes before a division. Put `highest / lowest` in "
     "brackets."),
    ("1 / ", "1 // ",
     "`1 // 3` is 0, and anything to the power of 0 is 1, so the rates stand still. A root needs `1 / 3`."),
    (RATIO, "highest - lowest",
     "The root is right, but of the difference. How many times lowest fits into highest is `highest / "
     "lowest`."),
    ("rates[-1] *", "rates[-1] +",
     "The factor is right, and then it was added. Multiply the last rate by it."),
    ({RATIO: "highest - lowest", ROOT: " / (num_steps - 1)"},
     "The plus became a times, but what follows is still a summand: the share of a difference. A factor "
     "comes from `highest / lowest`."),
    (FACTOR, "10", "Ten is the factor for one power of ten a step. Here it has to follow from lowest, "
     "highest and num_steps."),
    (FACTOR, "2", "The rates double, wherever they should end. The factor has to follow from lowest, highest "
     "and num_steps."),
    (RATIO, "lowest / highest",
     "The rates get smaller: the fraction is upside down. Take `highest / lowest`."),
    (ROOT, " ** (num_steps - 1)",
     "That is a power, and the rates leave the range at once. The root is the power of `1 / (num_steps - "
     "1)`."),
    (ROOT, " ** 0.5", "A square root is right for two gaps only. For more of them take a higher root."),
    ("rates[-1]", "lowest",
     "Every new rate is made from lowest, so all of them are the same. Multiply the last one, `rates[-1]`."),
    (f"rates[-1] * {FACTOR}", "(highest - lowest) / (num_steps - 1) + rates[-1]",
     "These still grow by equal summands, only written in another way. From one rate to the next there "
     "should be a factor."),
    (lambda lowest, highest, num_steps: torch.logspace(lowest, highest, num_steps).tolist(),
     "`logspace` takes exponents, not rates: from 10 to the power of lowest. It would need `math.log10` of "
     "both ends."),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.1",
    title="Equal factors",
    difficulty=1,
    minutes=4,
    points=2,
    reference=learning_rates,
    given={"* (highest / lowest) ** (1 / (num_steps - 1))": "+ (highest - lowest) / (num_steps - 1)"},
    cases=ranges,
    tolerance=1e-5,
    why="Equal factors give each power of ten as many steps as the next; equal summands would leave out all "
    "small rates but the first.",
    hints=(
        "The line inside the loop makes the next rate from the last one. Which operation belongs there in "
        "place of the plus?",
        "All factors together lead from lowest to highest, so their product is highest / lowest. How many "
        "factors are there, and what is each of them?",
        "Four rates have three gaps. The factor is the third root of highest / lowest, and a third root is a "
        "power of 1 / 3.",
        "`rates[-1] * (highest / lowest) ** (1 / (num_steps - 1))`, brackets included.",
    ),
    mistakes=MISTAKES,
)
