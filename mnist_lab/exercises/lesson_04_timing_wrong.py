"""Lesson 04: stopwatches that lie, each in its own way."""

from statistics import mean

from mnist_lab.exercises.model import Mistake


def middle(seconds):
    return sorted(seconds)[len(seconds) // 2]


def variant(*, warm_up=1, before=True, after=True, take=middle, fewer=0, runs=None):
    """Return a stopwatch with some of its parts left out or replaced."""

    def stopwatch(work, synchronize, clock, *, num_runs=5):
        for _ in range(warm_up):
            work()
        seconds = []
        for _ in range(runs or num_runs - fewer):
            if before:
                synchronize()
            start = clock()
            work()
            if after:
                synchronize()
            seconds.append(clock() - start)
        return take(seconds)

    return stopwatch


def one_pair(*, divided, warm_up=True, wait=True):
    """Return a stopwatch that starts and stops the clock once, around all runs."""

    def stopwatch(work, synchronize, clock, *, num_runs=5):
        if warm_up:
            work()
            synchronize()
        start = clock()
        for _ in range(num_runs):
            work()
        if wait:
            synchronize()
        return (clock() - start) / (num_runs if divided else 1)

    return stopwatch


def from_one_start(work, synchronize, clock, *, num_runs=5):
    work()
    synchronize()
    start, seconds = clock(), []
    for _ in range(num_runs):
        work()
        synchronize()
        seconds.append(clock() - start)
    return middle(seconds)


def only_the_rest(work, synchronize, clock, *, num_runs=5):
    work()
    seconds = []
    for _ in range(num_runs):
        work()
        start = clock()
        synchronize()
        seconds.append(clock() - start)
    return middle(seconds)


def work_alone(work, synchronize, clock, *, num_runs=5):
    for _ in range(num_runs + 1):
        work()
        synchronize()
    return clock()


NEVER_WAITED = "You timed the request, not the work: without `synchronize()` the clock is read at once. "
MISTAKES = (
    Mistake(
        variant(warm_up=0),
        "There is no warm-up: the first call of all, which also prepares things, is among the runs. "
        "Call `work()` once before you measure.",
    ),
    Mistake(
        variant(before=False, after=False),
        NEVER_WAITED + "Wait before you start the clock and before you stop it, with brackets.",
    ),
    Mistake(
        variant(warm_up=0, before=False, after=False),
        NEVER_WAITED + "And the first call, which also prepares things, is among the runs.",
    ),
    Mistake(
        variant(after=False),
        "The clock is stopped while the device is still at work, so you timed the request. Call "
        "`synchronize()` after `work()` too.",
    ),
    Mistake(
        variant(before=False),
        "The clock is started while the device is still busy with the warm-up, and the first run "
        "pays for it. Call `synchronize()` before you start.",
    ),
    Mistake(
        variant(runs=1),
        "This is the mean of one: a single run may be a lucky one or an unlucky one. Measure "
        "`num_runs` of them.",
    ),
    Mistake(
        variant(warm_up=0, before=False, runs=1),
        "This is a single run, and the first one of all, which also prepares things. Warm up, then "
        "measure `num_runs` of them.",
    ),
    Mistake(
        variant(warm_up=0, before=False, after=False, runs=1),
        "One call, no warm-up, nobody waited: you timed the first request. All of `work()` has to be "
        "done before the clock is stopped.",
    ),
    Mistake(
        variant(take=mean),
        "This is the mean, and one run that was held up spoils it. The median is the one in the "
        "middle: half are shorter, half are longer.",
    ),
    Mistake(
        one_pair(divided=True),
        "The clock runs once around all calls, which gives their mean, and one that was held up "
        "spoils it. Read it before and after each call.",
    ),
    Mistake(
        one_pair(divided=False),
        "This is the time of all calls together. Read the clock before and after each of them, and "
        "return the median.",
    ),
    Mistake(
        one_pair(divided=True, warm_up=False, wait=False),
        NEVER_WAITED + "And one pair of readings around all calls gives their mean, the first included.",
    ),
    Mistake(
        variant(take=min),
        "This is the shortest time, the one with the most luck. Report the middle one, which the "
        "next reader will find again.",
    ),
    Mistake(
        variant(take=max),
        "This is the longest time, which belongs to whatever held it up. Report the middle one.",
    ),
    Mistake(
        variant(take=sum),
        "This is the sum of the times. Return the one in the middle.",
    ),
    Mistake(
        variant(take=lambda seconds: seconds[len(seconds) // 2]),
        "This is the run in the middle, not the middle size. Sort the times first.",
    ),
    Mistake(
        variant(take=lambda seconds: seconds[-1]),
        "This is the last run alone. Keep the time of each run in a list, and return the middle one.",
    ),
    Mistake(
        variant(take=lambda seconds: seconds[0]),
        "This is the first run alone. Does `return` stand inside the loop?",
    ),
    Mistake(
        variant(take=sorted),
        "These are all the times. One number is wanted, the one in the middle.",
    ),
    Mistake(
        variant(take=lambda seconds: -middle(seconds)),
        "The sign is turned: later minus earlier, `clock() - start`.",
    ),
    Mistake(
        variant(take=lambda seconds: 1000 * middle(seconds)),
        "This is in milliseconds. Keep seconds until you print them.",
    ),
    Mistake(
        variant(fewer=1),
        "One run is missing: the warm-up does not count among the `num_runs`.",
    ),
    Mistake(
        from_one_start,
        "The clock is started once and read at the end of each run, so the times add up. Start it "
        "anew in each round.",
    ),
    Mistake(
        only_the_rest,
        "The clock starts after the call, so only what is left of the work is measured. Read it "
        "before `work()`.",
    ),
    Mistake(
        work_alone,
        "The clock was read once, at the end. What it shows is a time of day; a duration is the "
        "difference of two readings.",
    ),
)
