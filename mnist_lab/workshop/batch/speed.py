"""Measure what a second worker saves: `python -m mnist_lab.workshop.batch.speed`.

Runs twelve jobs of lesson 03 with one worker of one thread, then with two workers of one thread each,
and keeps both times in results/sweep_speed.json. Takes six minutes, on two cores with nothing else to do.
"""

import os
import subprocess
import sys
import tempfile
import time

from mnist_lab.files import write_json
from mnist_lab.workshop.batch.run_folders import PACKAGE, result_header

SWEEP = ["sweep", "03", "--grid", "LEARNING_RATE=0.0005,0.001,0.002,0.005", "--seeds", "3"]


def seconds(workers):
    """Return how long the twelve jobs take with so many workers, all that comes before and after included."""
    command = [sys.executable, "-m", "mnist_lab.cli", *SWEEP, "--workers", str(workers)]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run([*command, "--output-dir", folder], check=True, env=environment)
        return time.perf_counter() - started


def main():
    one, two = seconds(1), seconds(2)
    device = f"cpu, {os.cpu_count()} cores, 1 thread a worker"
    command = "python -m mnist_lab.workshop.batch.speed"
    stored = result_header(command, n=1, device=device, digits="bundled") | {
        "jobs": 12,
        "seconds": {"one_worker": round(one, 1), "two_workers": round(two, 1)},
        "ratio": round(two / one, 2),
    }
    write_json(PACKAGE / "results" / "sweep_speed.json", stored)
    print(f"one worker {one:.0f} s, two workers {two:.0f} s: {two / one:.2f} of the time")


if __name__ == "__main__":
    main()
