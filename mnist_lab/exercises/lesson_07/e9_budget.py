"""Exercise 7.9: how many settings fit into the time that is left."""

import math

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import whole_number


def num_settings(minutes, *, seconds_a_run, num_seeds, num_workers):
    rounds = 60 * minutes // seconds_a_run
    final_rounds = math.ceil(num_seeds / num_workers)
    num_runs = (rounds - final_rounds) * num_workers
    return max(0, num_runs // num_seeds)


def budgets(generator):
    return [
        call(minutes, seconds_a_run=seconds, num_seeds=seeds, num_workers=workers)
        for minutes, seconds, seeds, workers in (
            (10, 60, 3, 2),
            (10, 60, 1, 1),
            (10, 70, 3, 4),
            (60, 50, 5, 3),
            (45, 100, 4, 3),
            (1, 40, 3, 2),
            (20, 45, 2, 8),
            (31, 240, 5, 6),
            drawn(generator),
            drawn(generator),
        )
    ]


def drawn(generator):
    """Return a budget that has room for the final runs, whatever is drawn, and for some more."""
    minutes, seconds_a_run = whole_number(generator, 30, 90), 10 * whole_number(generator, 5, 24)
    return minutes, seconds_a_run, whole_number(generator, 2, 5), whole_number(generator, 2, 6)


ROUNDS = "60 * minutes // seconds_a_run"
FINAL = "math.ceil(num_seeds / num_workers)"
SEARCH = "(rounds - final_rounds) * num_workers"

MISTAKES = (
    ("num_runs // num_seeds", "num_runs",
     "That is the number of runs. Each setting takes a run for each seed, so divide by the seeds; one run a "
     "setting would only find the luckiest."),
    (FINAL, "0", "Nothing is kept for the end: the chosen setting still has to be trained with fresh seeds "
     "and scored on test."),
    ({FINAL: "0", "num_runs // num_seeds": "num_runs"},
     "Seeds are forgotten twice: each setting takes one run for each, and so does the chosen one at the "
     "end."),
    (FINAL, "1", "One round is kept for the end, however many seeds there are. With more seeds than workers "
     "it takes several."),
    (FINAL, "num_seeds",
     "A round for each final seed is too much: the workers share the final runs as well."),
    (FINAL, "num_seeds // num_workers",
     "The final rounds were rounded down. What is left over needs a round of its own: round up what is "
     "needed."),
    (SEARCH, "rounds * num_workers - num_seeds",
     "The final runs were taken from the heap of all runs, as if they could fill idle workers during the "
     "search. They begin when the choice is made, in rounds of their own."),
    (SEARCH, "rounds * num_workers - 1",
     "Only one run is kept for the end. The chosen setting is reported with mean and spread, so it takes all "
     "seeds."),
    ({"60 * minutes": "60 * minutes * num_workers", SEARCH: "rounds - num_seeds"},
     "Workers do not make a run shorter. Each does a run of its own, and one that is half done when time is "
     "up is lost: count whole rounds first."),
    ({FINAL: "num_seeds", SEARCH: "rounds - final_rounds"},
     "That is the plan for a single worker. In a round each worker does a run."),
    (SEARCH, "rounds - final_rounds",
     "The final rounds are right, but in the search only one worker does anything: multiply the rounds by "
     "the workers."),
    (SEARCH, "(rounds - final_rounds) // num_workers",
     "You divided by the workers. More of them do more runs in the same time, so multiply."),
    ({SEARCH: "rounds - final_rounds", "// num_seeds": "// num_seeds * num_workers"},
     "You gave each setting to one worker, with all its seeds, and lost the rounds left over. Any worker can "
     "take any run: multiply first, then divide."),
    ({SEARCH: "rounds - final_rounds", "num_runs // num_seeds": "num_runs // final_rounds"},
     "Each setting got whole rounds of its own, so workers stand idle in the last of them. Runs of two "
     "settings may share a round: multiply by the workers, then divide by the seeds."),
    ("num_runs // num_seeds", "math.ceil(num_runs / num_seeds)",
     "Rounded up: the last setting would not get all its seeds. What fits in is rounded down."),
    (ROUNDS, "math.ceil(60 * minutes / seconds_a_run)",
     "The rounds were rounded up, so the last one is cut off when time is up. What fits in is rounded down."),
    ("60 * ", "", "Minutes were divided by seconds. The budget has 60 seconds a minute."),
    ("max(0, num_runs // num_seeds)", "num_runs // num_seeds",
     "Less than nothing came out where not even the final runs fit in. Then no setting can be tried: `max(0, "
     "…)`."),
    ("// num_seeds", "/ num_seeds",
     "A setting cannot be tried in part: it has all its seeds, or it is not comparable. Divide with `//`."),
)  # fmt: skip


EXERCISE = Exercise(
    id="7.9",
    title="Plan a sweep",
    difficulty=3,
    minutes=7,
    points=3,
    reference=num_settings,
    cases=budgets,
    why="Seeds and the final runs come out of the same time as the settings. Few settings with seeds say "
    "more than many without.",
    hints=(
        "Think in rounds: in one round every worker does one run. How many whole rounds are in the budget?",
        "The final runs can only begin when the choice is made, so they need rounds of their own at the end: "
        "as many as it takes for all seeds, and the last one may be part empty.",
        "Rounds left over, times the workers, are the runs of the search. Each setting needs one run for "
        "each seed, and half a setting is none.",
        "Round down for what fits in (`//`), up for what is needed (`math.ceil`), and never return less than "
        "0.",
    ),
    mistakes=MISTAKES,
)
