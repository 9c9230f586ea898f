"""Exercise 4.5: time a function, judged by what it calls and when."""

import statistics
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real

from mnist_lab.exercises.engine.compare import kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.slow_device import SlowDevice

import torch


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


REQUEST = 0.125  # seconds that the processor needs to ask for a piece of work

WORK = (50, 8, 1, 5, 6, 40, 3, 2, 9, 7, 4)  # seconds that the device then needs: the first call is slow

NUM_RUNS = (7, 3)  # so that first, last, middle, median, shortest and longest are six times


@dataclass
class Reading:
    """One look at the clock: the time, the calls of work so far, and whether the device was at work."""

    time: float
    calls: int
    busy: bool


@dataclass(eq=False)
class Bench(SlowDevice):
    """Counts the calls of work, and how often somebody waited."""

    calls: int = 0
    waits: int = 0

    def work(self):
        self.ask(REQUEST, WORK[self.calls % len(WORK)])
        self.calls += 1

    def synchronize(self):
        self.waits += 1
        super().synchronize()

    def reading(self):
        return Reading(self.now, self.calls, self.is_busy)


def how_it_measures(stopwatch):
    """Return the faults of stopwatch(work, synchronize, clock, *, num_runs)."""
    for num_runs in NUM_RUNS:
        bench = Bench()
        actual = stopwatch(bench.work, bench.synchronize, bench.clock, num_runs=num_runs)
        faults = _faults(bench, actual, num_runs)
        if faults:
            return faults
    return []


def _faults(bench, actual, num_runs):
    if not bench.calls:
        return ["`work` was never called."]
    if actual is None:
        return ["`None` came back: does the function end with `return`?"]
    if len(bench.readings) < 2:
        return [f"The clock was read {('never', 'once')[len(bench.readings)]}; a time needs two readings."]
    runs = _intervals(bench.readings, num_runs)
    dropped = _dropped(runs, actual, num_runs)
    faults = _waiting(bench, runs[dropped:]) + _runs(runs[dropped:], num_runs)
    return list(dict.fromkeys(faults + _summary(runs[dropped:], actual, num_runs)))


def _intervals(readings, num_runs):
    """The pairs of readings that belong together: each with the next, or two by two."""
    chain = list(pairwise(readings))
    if len(readings) in (num_runs + 1, num_runs + 2) and all(start.calls < end.calls for start, end in chain):
        return chain
    return list(zip(readings[::2], readings[1::2], strict=False))


def _dropped(runs, actual, num_runs):
    """How many runs at the beginning were measured and left out, which is a warm-up too."""
    extra = len(runs) - num_runs
    if extra > 0 and _near(actual, statistics.median(_seconds(runs[extra:]))):
        return extra
    return 0


def _seconds(runs):
    return [end.time - start.time for start, end in runs]


def _near(actual, value):
    if isinstance(actual, torch.Tensor) and actual.numel() == 1:
        actual = actual.item()
    return isinstance(actual, Real) and abs(actual - value) < 1e-4 * max(abs(value), 1e-3)


def _waiting(bench, runs):
    """Was there a warm-up, and was the device idle whenever the clock was read?"""
    faults = []
    if any(start.calls == 0 for start, _ in runs):
        faults.append("The very first call was measured, so there was no warm-up.")
    if not bench.waits:
        return [*faults, "`synchronize` was never called."]
    if any(start.busy for start, _ in runs):
        faults.append("The clock was started while the device was still at work on an earlier call.")
    if any(end.busy for _, end in runs):
        faults.append("The clock was stopped while the device was still at work.")
    return faults


def _runs(runs, num_runs):
    """Is there one call between two readings, and as many runs as were asked for?"""
    calls = [end.calls - start.calls for start, end in runs]
    if calls.count(0):
        return ["There was no call of `work` between starting and stopping the clock."]
    if len(calls) == 1 < num_runs:
        return [f"One time was measured, with {_calls(calls[0], num_runs)} in it."]
    if max(calls) > 1:
        return ["More than one call was measured at a time."]
    if len(calls) != num_runs:
        return [f"{len(calls)} runs were measured where {num_runs} were asked for."]
    return []


def _calls(number, num_runs):
    return "all calls" if number == num_runs else f"{number} call{'s' if number > 1 else ''}"


def _summary(runs, actual, num_runs):
    """Is what came back the median of the times that were measured?"""
    seconds = _seconds(runs)
    since_first = [end.time - runs[0][0].time for _, end in runs]
    known = {
        "The mean came back.": statistics.mean(seconds),
        "The sum of the times came back.": sum(seconds),
        "The shortest time came back.": min(seconds),
        "The longest time came back.": max(seconds),
        "The last time came back.": seconds[-1],
        "The first time came back.": seconds[0],
        "The run in the middle came back, not the middle size.": seconds[len(seconds) // 2],
        "The time came back with its sign turned.": -statistics.median(seconds),
        "The median came back in milliseconds.": 1000 * statistics.median(seconds),
        "The total was divided by the number of runs.": sum(seconds) / num_runs,
        "All times were taken from the first start.": statistics.median(since_first),
    }
    if _near(actual, statistics.median_low(seconds)) or _near(actual, statistics.median_high(seconds)):
        return []
    for sentence, value in known.items():
        if _near(actual, value):
            return [sentence]
    if not isinstance(actual, Real | torch.Tensor):
        return [f"One number of seconds was to come back, and {kind_of(actual)} came."]
    return ["Another number than the median of the measured times came back."]


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
    (MEDIAN, "sorted(seconds)", "These are all the times. One number is wanted, the one in the middle."),
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
    (clock_at_the_end, "The clock was read once, at the end. What it shows is a time of day; a duration is "
     "the difference of two readings."),
)  # fmt: skip


EXERCISE = Exercise(
    id="4.5",
    title="Time a function",
    kind="function",
    difficulty=3,
    minutes=8,
    points=3,
    reference=stopwatch,
    probe=how_it_measures,
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
