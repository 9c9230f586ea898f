"""Exercise 7.5: what a grid tries, and what random search tries with as many runs."""

from mnist_lab.exercises.engine.model import Exercise

MISTAKES = (
    ((120, 120, 15),
     "The grid has 120 runs, but they share their learning rates: only as many are tried as were listed."),
    ((120, 120, 120),
     "120 is the number of runs. The grid's runs share their learning rates, and those that differ in an "
     "idle knob alone are the same run again."),
    ((5, 5, 15), "The random search does not draw from the list of the grid. It draws from the whole range, "
     "so no rate comes twice."),
    ((5, 120, 120), "Two runs that differ only in an idle knob are the same run again, up to luck."),
    ((5, 120, 5), "The batch size matters, too. Count the combinations of both knobs that matter."),
    ((5, 120, 8), "The combinations of 5 and 3 levels are a product, not a sum. Or did you multiply the idle "
     "ones? Those do not count."),
    ((5, 120, 105), "Those are the runs that repeat others. How many are left?"),
    ((5, 120, 60), "One of the idle knobs is still counted. Leave both away."),
    ((5, 120, 30), "One of the idle knobs, epsilon, is still counted. Leave both away."),
    ((5, 24, 15), "24 is how often the grid repeats each learning rate. The random search draws a new rate "
     "for each of its runs."),
    ((24, 120, 15), "24 is how often the grid tries each learning rate. How many different ones are there?"),
    ((5, 14, 15), "5 + 3 + 4 + 2 is no number of runs: a grid tries every combination, so its levels "
     "multiply. The random search has as many runs."),
    ((5, 15, 15), "The random search draws the learning rate for all of its runs, not only for those that "
     "the grid did not repeat."),
    ((120, 5, 15), "The first two are exchanged: the grid comes first."),
    ((14, 14, 8), "You added the levels. A grid tries every combination, so they multiply; and only its "
     "learning rates are asked for first."),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.5",
    title="A hundred and twenty runs",
    difficulty=1,
    minutes=4,
    points=2,
    reference=(5, 120, 15),
    why="A grid repeats itself for every level of an idle knob; a random search never tries the same "
    "learning rate twice, whatever the other knobs do.",
    hints=(
        "Write down the learning rates of the first few runs of the grid. When does a new one come?",
        "The random search draws the learning rate anew for each run, from a whole range. How many different "
        "ones are that?",
        "For the third number leave the idle knobs away: how many combinations of the two that matter are "
        "there?",
    ),
    mistakes=MISTAKES,
)
