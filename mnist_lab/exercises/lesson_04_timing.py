"""Lesson 04: time a function, judged by what it calls and when."""

from mnist_lab.exercises.lesson_04_bench import how_it_measures
from mnist_lab.exercises.lesson_04_timing_wrong import MISTAKES
from mnist_lab.exercises.model import Exercise


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


EXERCISES = [
    Exercise(
        id="4.5",
        title="Time a function",
        kind="function",
        difficulty=3,
        minutes=8,
        points=3,
        reference=stopwatch,
        probe=how_it_measures,
        why="Warm up, wait before you start the clock and before you stop it, repeat, and take the median: "
        "this stopwatch is honest on every device.",
        hints=(
            "Four things make it honest: a call that does not count, an idle device when the clock starts "
            "and when it stops, several runs, and the one in the middle.",
            "Call `work()` once before the loop. In each round: wait, read the clock, `work()`, wait, read "
            "the clock again, keep the difference in a list.",
            "`synchronize()`, `start = clock()`, `work()`, `synchronize()`, `seconds.append(clock() - "
            "start)`. After the loop `sorted(seconds)[num_runs // 2]`.",
        ),
        mistakes=MISTAKES,
    ),
]
