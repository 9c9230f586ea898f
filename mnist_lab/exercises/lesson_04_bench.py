"""Lesson 04: a device that never was, with a clock of its own, on which a stopwatch is tried."""

import statistics
from dataclasses import dataclass, field
from itertools import pairwise
from numbers import Real

from mnist_lab.exercises.compare import kind_of

import torch

REQUEST = 0.125  # seconds that the processor needs to ask for a piece of work
WORK = (50, 8, 1, 5, 6, 40, 3, 2, 9, 7, 4)  # seconds that the device then needs: the first call is slow
NUM_RUNS = (7, 3)  # so that first, last, middle, median, shortest and longest are six times


@dataclass
class Reading:
    """One look at the clock: the time, the calls of work so far, and whether the device was at work."""

    time: float
    calls: int
    busy: bool


@dataclass
class Bench:
    """A device that does its work behind the processor's back; time passes only here."""

    now: float = 100.0
    done_at: float = 0.0
    calls: int = 0
    waits: int = 0
    readings: list = field(default_factory=list)

    def work(self):
        self.now += REQUEST
        self.done_at = max(self.now, self.done_at) + WORK[self.calls % len(WORK)]
        self.calls += 1

    def synchronize(self):
        self.waits += 1
        self.now = max(self.now, self.done_at)

    def clock(self):
        self.readings.append(Reading(self.now, self.calls, self.done_at > self.now))
        return self.now


def how_it_measures(stopwatch):
    """Return the faults of stopwatch(work, synchronize, clock, *, num_runs)."""
    for num_runs in NUM_RUNS:
        bench = Bench()
        came = stopwatch(bench.work, bench.synchronize, bench.clock, num_runs=num_runs)
        found = _faults(bench, came, num_runs)
        if found:
            return found
    return []


def _faults(bench, came, num_runs):
    if not bench.calls:
        return ["`work` was never called."]
    if came is None:
        return ["`None` came back: does the function end with `return`?"]
    if len(bench.readings) < 2:
        return [f"The clock was read {('never', 'once')[len(bench.readings)]}; a time needs two readings."]
    runs = _intervals(bench.readings, num_runs)
    dropped = _dropped(runs, came, num_runs)
    found = _waiting(bench, runs[dropped:]) + _runs(runs[dropped:], num_runs)
    return list(dict.fromkeys(found + _summary(runs[dropped:], came, num_runs)))


def _intervals(readings, num_runs):
    """The pairs of readings that belong together: each with the next, or two by two."""
    chain = list(pairwise(readings))
    if len(readings) in (num_runs + 1, num_runs + 2) and all(start.calls < end.calls for start, end in chain):
        return chain
    return list(zip(readings[::2], readings[1::2], strict=False))


def _dropped(runs, came, num_runs):
    """How many runs at the beginning were measured and left out, which is a warm-up too."""
    extra = len(runs) - num_runs
    if extra > 0 and _near(came, statistics.median(_seconds(runs[extra:]))):
        return extra
    return 0


def _seconds(runs):
    return [end.time - start.time for start, end in runs]


def _near(came, value):
    if isinstance(came, torch.Tensor) and came.numel() == 1:
        came = came.item()
    return isinstance(came, Real) and abs(came - value) < 1e-4 * max(abs(value), 1e-3)


def _waiting(bench, runs):
    """Was there a warm-up, and was the device idle whenever the clock was read?"""
    found = []
    if any(start.calls == 0 for start, _ in runs):
        found.append("The very first call was measured, so there was no warm-up.")
    if not bench.waits:
        return [*found, "`synchronize` was never called."]
    if any(start.busy for start, _ in runs):
        found.append("The clock was started while the device was still at work on an earlier call.")
    if any(end.busy for _, end in runs):
        found.append("The clock was stopped while the device was still at work.")
    return found


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


def _summary(runs, came, num_runs):
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
    if _near(came, statistics.median_low(seconds)) or _near(came, statistics.median_high(seconds)):
        return []
    for sentence, value in known.items():
        if _near(came, value):
            return [sentence]
    if not isinstance(came, Real | torch.Tensor):
        return [f"One number of seconds was to come back, and {kind_of(came)} came."]
    return ["Another number than the median of the measured times came back."]
