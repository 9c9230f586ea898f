"""Measure what a second worker saves, and a job costs: `python -m mnist_lab.workshop.batch.speed`.

Runs twelve jobs of lesson 03 with one worker of one thread, then with two workers of one thread each,
and keeps both times in results/sweep_speed.json, with the milliseconds that one of the first twelve took
beyond its training, by part: those of lesson_parts, and `around`, all else from the start of the command
to its end. Takes six minutes, on two cores with nothing else to do.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import fmean

from mnist_lab.files import write_json
from mnist_lab.workshop.batch.lesson_parts import READING, watched
from mnist_lab.workshop.batch.lessons import choose
from mnist_lab.workshop.batch.run_folders import PACKAGE, result_header
from mnist_lab.workshop.batch.sweep_rows import read_rows

SWEEP = ["sweep", "03", "--grid", "LEARNING_RATE=0.0005,0.001,0.002,0.005", "--seeds", "3"]


def timed_sweep(workers):
    """Return how long the twelve jobs take with so many workers, command included, and their rows."""
    with tempfile.TemporaryDirectory() as folder:
        (lesson,) = choose(["03"])
        (Path(folder) / lesson.name).write_text(watched(lesson.read_text(encoding="utf-8")), encoding="utf-8")
        options = ["--workers", str(workers), "--folder", folder, "--output-dir", f"{folder}/o"]
        started = time.perf_counter()
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run([sys.executable, "-m", "mnist_lab.cli", *SWEEP, *options], check=True, env=environment)
        return time.perf_counter() - started, read_rows(f"{folder}/o")


def beyond_training(seconds, rows):
    """Return {part: milliseconds of a job} but for its training; seconds is what all rows took together."""
    kinds = [{**row[READING], "kernel": row["seconds"] - sum(row[READING].values())} for row in rows]
    mean = {kind: fmean(each[kind] for each in kinds) for kind in kinds[0]}
    mean["around"] = seconds / len(rows) - sum(mean.values())
    return {kind: round(1000 * value) for kind, value in mean.items() if kind != "training"}


def main():
    (one, rows), (two, _) = timed_sweep(1), timed_sweep(2)
    device = f"cpu, {os.cpu_count()} cores, 1 thread a worker"
    beyond = beyond_training(one, rows)
    stored = result_header("python -m mnist_lab.workshop.batch.speed", n=1, device=device, digits="bundled")
    stored |= {
        "jobs": len(rows),
        "seconds": {"one_worker": round(one, 1), "two_workers": round(two, 1)},
        "ratio": round(two / one, 2),
        "milliseconds_beyond_training": {"all": sum(beyond.values()), **beyond},
    }
    write_json(PACKAGE / "results" / "sweep_speed.json", stored)
    print(f"one worker {one:.0f} s, two workers {two:.0f} s: {two / one:.2f} of the time")
    print(f"a job of one worker: {sum(beyond.values())} ms beyond its training, {beyond}")


if __name__ == "__main__":
    main()
