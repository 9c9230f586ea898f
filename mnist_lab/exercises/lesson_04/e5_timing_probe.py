"""The probe of 4.5: a device and a clock of its own, and what a stopwatch calls, and when."""

import statistics
from collections import namedtuple
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real

from mnist_lab.exercises.engine.compare import NO_RETURN, kind_of
from mnist_lab.exercises.engine.slow_device import SlowDevice
from mnist_lab.exercises.engine.whole_numbers import different_numbers, whole_number

import torch

Reading = namedtuple("Reading", "time calls busy")  # a look at the clock, after so many calls of work
Measured = namedtuple("Measured", "waits runs result num_runs")  # runs are pairs of Readings


@dataclass(eq=False)
class Bench(SlowDevice):
    """Counts the calls of work, and how often somebody waited; pieces are the seconds (request, work)."""

    pieces: tuple = ()
    calls: int = 0
    waits: int = 0

    def work(self):
        self.ask(*self.pieces[self.calls % len(self.pieces)])
        self.calls += 1

    def synchronize(self):
        self.waits += 1
        super().synchronize()

    def reading(self):
        return Reading(self.now, self.calls, self.is_busy)


def trials(generator):
    """Return pairs: a number of runs, and the pieces of work.

    In the first one the first call is slow, and the runs tell what is made of them. In the second one the
    pieces get slower, so that leaving out the slowest is not leaving out the first.
    """
    many, few = 7 + 2 * whole_number(generator, 0, 2), 3 + 2 * whole_number(generator, 0, 1)
    telling = 0
    while telling < 7:  # first, last, middle, median, shortest, longest and mean of the runs all differ
        seconds = different_numbers(generator, many + 3, 1, 40)
        runs = seconds[:many]
        of_runs = runs[0], runs[-1], runs[many // 2], min(runs), max(runs)
        telling = len({*of_runs, statistics.median(runs), statistics.mean(runs)})
    growing = sorted(different_numbers(generator, 9, 1, 40))
    return (many, _pieces([whole_number(generator, 50, 90), *seconds])), (few, _pieces(growing))


def _pieces(seconds):
    """To ask for more work takes longer, so that runs differ for those who do not wait, too."""
    return tuple((number / 64, number) for number in seconds)


def how_it_measures(stopwatch, generator):
    """Return the faults of stopwatch(work, synchronize, clock, *, num_runs) in the first trial with any."""
    for trial in trials(generator):
        faults = _tried(stopwatch, *trial, (_waiting, _runs, _summary))
        if faults:
            return faults
    return []


def part(*finders):
    """Return the probe of a part, which looks for some faults in all trials."""
    return lambda stopwatch, generator: [
        fault for trial in trials(generator) for fault in _tried(stopwatch, *trial, finders)
    ]


def _tried(stopwatch, num_runs, pieces, finders):
    bench = Bench(pieces=pieces)
    actual = stopwatch(bench.work, bench.synchronize, bench.clock, num_runs=num_runs)
    if not bench.calls:
        return ["`work` was never called."]
    if actual is None:
        return [NO_RETURN]
    if len(bench.readings) < 2:
        return [f"The clock was read {('never', 'once')[len(bench.readings)]}; a time needs two readings."]
    runs = _intervals(bench.readings, num_runs)
    measured = Measured(bench.waits, runs[_dropped(runs, actual, num_runs) :], actual, num_runs)
    return list(dict.fromkeys(fault for find in finders for fault in find(measured)))


def _intervals(readings, num_runs):
    """Readings that belong together: each with the next, or two by two, or these without the first."""
    chain = list(pairwise(readings))
    if len(readings) in (num_runs + 1, num_runs + 2) and all(start.calls < end.calls for start, end in chain):
        return chain
    pairs, others = (list(zip(some[::2], some[1::2], strict=False)) for some in (readings, readings[1:]))
    around = [start.calls < end.calls for start, end in pairs]
    return others if around[0] and len(around) > 1 and not any(around[1:]) else pairs


def _dropped(runs, actual, num_runs):
    """How many runs at the beginning were measured and left out, which is a warm-up too."""
    extra = len(runs) - num_runs
    return extra if extra > 0 and _amount(runs[extra:], actual, num_runs) is not None else 0


def _near(actual, value):
    if isinstance(actual, torch.Tensor) and actual.numel() == 1:
        actual = actual.item()
    return isinstance(actual, Real) and abs(actual - value) < 1e-4 * max(abs(value), 1e-3)


def _waiting(measured):
    """Was there a warm-up, and was the device idle whenever the clock was read?"""
    faults = []
    if any(start.calls == 0 for start, _ in measured.runs):
        faults.append("The very first call was measured, so there was no warm-up.")
    if not measured.waits:
        return [*faults, "`synchronize` was never called."]
    if any(start.busy for start, _ in measured.runs):
        faults.append("The clock was started while the device was still at work on an earlier call.")
    if any(end.busy for _, end in measured.runs):
        faults.append("The clock was stopped while the device was still at work.")
    return faults


def _runs(measured):
    """Is there one call between two readings, and as many runs as were asked for?"""
    calls, num_runs = [end.calls - start.calls for start, end in measured.runs], measured.num_runs
    if calls.count(0):
        return ["There was no call of `work` between starting and stopping the clock."]
    if len(calls) == 1 < num_runs:
        number = "all calls" if calls[0] == num_runs else f"{calls[0]} call{'s' * (calls[0] > 1)}"
        return [f"One time was measured, with {number} in it."]
    if max(calls) > 1:
        return ["More than one call was measured at a time."]
    if len(calls) != num_runs:
        return [f"{len(calls)} runs were measured where {num_runs} were asked for."]
    return []


def _summary(measured):
    """Is what came back the median of the times that were measured?"""
    sentence = _amount(measured.runs, measured.result, measured.num_runs)
    if sentence is None and not isinstance(measured.result, Real | torch.Tensor):
        sentence = f"One number of seconds was to come back, and {kind_of(measured.result)} came."
    if sentence is None:
        sentence = "Another number than the median of the measured times came back."
    return [sentence] if sentence else []


def _of_several(measured):
    """The same, where there is more than one time to choose from."""
    return _summary(measured) if len(measured.runs) > 2 else ["The median of so few times is any of them."]


def _amount(runs, actual, num_runs):
    """Return what actual is of the times, in a sentence: "" for their median, None for another number."""
    seconds = [end.time - start.time for start, end in runs]
    known = {
        "": statistics.median_high(seconds),
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
        "All times were taken from the first start.": statistics.median(
            end.time - runs[0][0].time for _, end in runs
        ),
    }
    if _near(actual, statistics.median_low(seconds)):
        return ""
    return next((sentence for sentence, value in known.items() if _near(actual, value)), None)


PARTS = {
    "warms up, and waits before the clock is read": (1, part(_waiting)),
    "measures as many runs as were asked for, one by one": (1, part(_runs)),
    "returns the median of its times": (1, part(_of_several)),
}
