"""Measure what people wait for: `python -m mnist_lab.workshop.upkeep.waits [LESSON OR EXERCISE …]`.

Prints two tables: from a check's start to its verdict, for the reference of each exercise in a new kernel and
once more, and for a wrong answer; and from a slider's move to the new picture. check_waits and slider_waits
say what exactly is in them. A run over all, eight minutes on two quiet cores, is kept in waits.json.
"""

import os
import sys
from statistics import median

from mnist_lab.files import write_json
from mnist_lab.workshop.batch.run_folders import PACKAGE, result_header
from mnist_lab.workshop.upkeep.check_waits import CHECKS, check_waits
from mnist_lab.workshop.upkeep.slider_waits import slider_waits

WORST = 5  # that are named


def summary(waits):
    """Return median, worst and the five worst by name, of {name: (seconds, processor seconds)}."""
    order = sorted(waits, key=lambda name: waits[name][0], reverse=True)
    numbers = {
        word: [round(choose(wait[place] for wait in waits.values()), 3) for place in (0, 1)]
        for word, choose in (("median", median), ("worst", max))
    }
    return {**numbers, "slowest": {name: round(waits[name][0], 3) for name in order[:WORST]}}


def tables(checks, moves):
    """Return {what is waited for: its summary}; moves is {slider: [(seconds, processor seconds)]}."""
    rows = {check: {id: waits[check] for id, waits in checks.items()} for check in CHECKS}
    rows["a slider, first move"] = {name: waits[0] for name, waits in moves.items()}
    every = {
        f"{name}, move {number}": wait
        for name, waits in moves.items()
        for number, wait in enumerate(waits, 1)
    }
    return {name: summary(waits) for name, waits in {**rows, "a slider, every move": every}.items() if waits}


def show(table):
    print(f"{'in seconds (of the processor)':<34}{'median':>16}{'worst':>18}   the slowest")
    for name, row in table.items():
        numbers = "".join(f"{f'{row[word][0]:.3f} ({row[word][1]:.3f})':>18}" for word in ("median", "worst"))
        print(
            f"{name:<32}{numbers}   {'; '.join(f'{who} {wait:.2f}' for who, wait in row['slowest'].items())}"
        )


def main(*chosen):
    workers = max(1, (os.cpu_count() or 1) // 2)
    checks = check_waits(chosen, workers=min(workers, 4))
    moves = {} if chosen else slider_waits()
    table = tables(checks, moves)
    show(table)
    if not chosen:
        command = "python -m mnist_lab.workshop.upkeep.waits"
        header = result_header(command, n=1, device=f"cpu, {os.cpu_count()} cores", digits="bundled")
        write_json(PACKAGE / "results" / "waits.json", header | {"exercises": len(checks), "seconds": table})


if __name__ == "__main__":
    main(*sys.argv[1:])
