"""Exercise 4.5: time a function; e5_timing_probe judges it by what it calls and when."""

from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.lesson_04.e5_timing_probe import PARTS, how_it_measures


def stopwatch(work, synchronize, clock, *, num_runs=5):
    work()
    seconds = []
    for _ in range(num_runs):
        synchronize()
        start = clock()
        work()
        synchronize()
        seconds.append(clock() - start)
    return sorted(seconds)[num_runs // 2]


def around_all(work, synchronize, clock, *, num_runs=5):
    """Return the seconds between one pair of readings, before and after all runs."""
    work()
    synchronize()
    start = clock()
    for _ in range(num_runs):
        work()
    synchronize()
    return clock() - start


def around_all_without_waiting(work, synchronize, clock, *, num_runs=5):
    start = clock()
    for _ in range(num_runs):
        work()
    return (clock() - start) / num_runs


def clock_at_the_end(work, synchronize, clock, *, num_runs=5):
    for _ in range(num_runs + 1):
        work()
        synchronize()
    return clock()


NO_WARM_UP = {"work()\n    seconds": "seconds"}
NO_WAIT_BEFORE = {"synchronize()\n        start": "start"}
NO_WAIT_AFTER = {"synchronize()\n        seconds": "seconds"}
ONE_RUN = {"range(num_runs)": "range(1)", "num_runs // 2": "0"}
MEDIAN = "sorted(seconds)[num_runs // 2]"

NEVER_WAITED = "You timed the request, not the work: without `synchronize()` the clock is read at once. "

MISTAKES = (
    (NO_WARM_UP, "There is no warm-up: the first call of all, which also prepares things, is among the runs. "
     "Call `work()` once before you measure."),
    (NO_WAIT_BEFORE | NO_WAIT_AFTER,
     NEVER_WAITED + "Wait before you start the clock and before you stop it, with brackets."),
    (NO_WARM_UP | NO_WAIT_BEFORE | NO_WAIT_AFTER,
     NEVER_WAITED + "And the first call, which also prepares things, is among the runs."),
    (NO_WAIT_AFTER, "The clock is stopped while the device is still at work, so you timed the request. Call "
     "`synchronize()` after `work()` too."),
    (NO_WAIT_BEFORE, "The clock is started while the device is still busy with the warm-up, and the first "
     "run pays for it. Call `synchronize()` before you start."),
    (ONE_RUN, "This is the mean of one: a single run may be a lucky one or an unlucky one. Measure "
     "`num_runs` of them."),
    (NO_WARM_UP | NO_WAIT_BEFORE | ONE_RUN,
     "This is a single run, and the first one of all, which also prepares things. Warm up, then measure "
     "`num_runs` of them."),
    (NO_WARM_UP | NO_WAIT_BEFORE | NO_WAIT_AFTER | ONE_RUN,
     "One call, no warm-up, nobody waited: you timed the first request. All of `work()` has to be done "
     "before the clock is stopped."),
    (MEDIAN, "sum(seconds) / num_runs",
     "This is the mean, and one run that was held up spoils it. The median is the one in the middle: half "
     "are shorter, half are longer."),
    (lambda *tools, num_runs=5: around_all(*tools, num_runs=num_runs) / num_runs,
     "The clock runs once around all calls, which gives their mean, and one that was held up spoils it. Read "
     "it before and after each call."),
    (around_all, "This is the time of all calls together. Read the clock before and after each of them, and "
     "return the median."),
    (around_all_without_waiting,
     NEVER_WAITED + "And one pair of readings around all calls gives their mean, the first included."),
    (MEDIAN, "min(seconds)",
     "This is the shortest time, the one with the most luck. Report the middle one, which the next reader "
     "will find again."),
    (MEDIAN, "max(seconds)",
     "This is the longest time, which belongs to whatever held it up. Report the middle one."),
    (MEDIAN, "sum(seconds)", "This is the sum of the times. Return the one in the middle."),
    (MEDIAN, "seconds[num_runs // 2]",
     "This is the run in the middle, not the middle size. Sort the times first."),
    (MEDIAN, "seconds[-1]",
     "This is the last run alone. Keep the time of each run in a list, and return the middle one."),
    (MEDIAN, "seconds[0]", "This is the first run alone. Does `return` stand inside the loop?"),
    (MEDIAN, "sorted(seconds)",
     "A list came back, perhaps of all the times. One number is wanted, the one in the middle."),
    (MEDIAN, f"-{MEDIAN}", "The sign is turned: later minus earlier, `clock() - start`."),
    (MEDIAN, f"1000 * {MEDIAN}", "This is in milliseconds. Keep seconds until you print them."),
    ("range(num_runs)", "range(num_runs - 1)",
     "One run is missing: the warm-up does not count among the `num_runs`."),
    ("for _ in range(num_runs):\n        synchronize()\n        start = clock()",
     "synchronize()\n    start = clock()\n    for _ in range(num_runs):",
     "The clock is started once and read at the end of each run, so the times add up. Start it anew in each "
     "round."),
    ("synchronize()\n        start = clock()\n        work()", "work()\n        start = clock()",
     "The clock starts after the call, so only what is left of the work is measured. Read it before "
     "`work()`."),
    (clock_at_the_end, "The clock was read once. What it shows is a time of day; a duration is the "
     "difference of two readings."),
)  # fmt: skip


EXERCISE = Exercise(
    id="4.5",
    title="Time a function",
    difficulty=3,
    minutes=8,
    points=3,
    reference=stopwatch,
    probe=how_it_measures,
    parts=PARTS,
    why="Warm up, wait before you start the clock and before you stop it, repeat, and take the median: this "
    "stopwatch is honest on every device.",
    hints=(
        "Four things make it honest: a call that does not count, an idle device when the clock starts and "
        "when it stops, several runs, and the one in the middle.",
        "Call `work()` once before the loop. In each round: wait, read the clock, `work()`, wait, read the "
        "clock again, keep the difference in a list.",
        "`synchronize()`, `start = clock()`, `work()`, `synchronize()`, `seconds.append(clock() - start)`. "
        "After the loop `sorted(seconds)[num_runs // 2]`.",
    ),
    mistakes=MISTAKES,
)
