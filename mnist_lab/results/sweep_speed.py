"""Measure what a second worker saves: `python -m mnist_lab.results.sweep_speed`.

Runs twelve jobs of lesson 03 with one worker of one thread, then with two workers of one thread each,
and keeps both times in sweep_speed.json. Takes some minutes, on two cores that have nothing else to do.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent
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
    stored = {
        "command": "python -m mnist_lab.results.sweep_speed",
        "date": date.today().isoformat(),
        "n": 1,
        "device": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, 1 thread a worker",
        "versions": {"python": platform.python_version(), "torch": version("torch")},
        "jobs": 12,
        "seconds": {"one_worker": round(one, 1), "two_workers": round(two, 1)},
        "ratio": round(two / one, 2),
    }
    (RESULTS / "sweep_speed.json").write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    print(f"one worker {one:.0f} s, two workers {two:.0f} s: {two / one:.2f} of the time")


if __name__ == "__main__":
    main()
