"""Answers to exercise 7.9 that nearly pass, and right ones of another kind."""

import math

import numpy as np
from by_heart import by_heart


def from_rounds(
    *,
    rounds=lambda minutes, each: int(minutes * 60 // each),
    last=lambda seeds, workers: -(-seeds // workers),
    settings=lambda runs, seeds: max(0, runs // seeds),
):
    """Return a plan with one of its pieces exchanged."""

    def num_settings(minutes, *, seconds_a_run, num_seeds, num_workers):
        left = rounds(minutes, seconds_a_run) - last(num_seeds, num_workers)
        return settings(left * num_workers, num_seeds)

    return num_settings


def tried_one_by_one(minutes, *, seconds_a_run, num_seeds, num_workers):
    def seconds(settings):
        rounds = math.ceil(settings * num_seeds / num_workers) + math.ceil(num_seeds / num_workers)
        return rounds * seconds_a_run

    settings = 0
    while seconds(settings + 1) <= 60 * minutes:
        settings += 1
    print(settings)
    return settings


def of_numpy(minutes, **given):
    seconds_a_run, num_seeds, num_workers = map(np.int64, given.values())
    left = 60 * minutes // seconds_a_run - np.ceil(num_seeds / num_workers).astype(int)
    return np.maximum(left * num_workers // num_seeds, 0)


def a_setting_at_a_time(minutes, *, seconds_a_run, num_seeds, num_workers):
    rounds = minutes * 60 // seconds_a_run
    return max(0, rounds // math.ceil(num_seeds / num_workers) - 1)


def without_rounds(minutes, *, seconds_a_run, num_seeds, num_workers):
    runs = minutes * 60 * num_workers // seconds_a_run
    return max(0, (runs - num_seeds) // num_seeds)


def final_runs_beside(minutes, *, seconds_a_run, num_seeds, num_workers):
    return max(0, minutes * 60 // seconds_a_run * num_workers // num_seeds - 1)


RIGHT = {
    "7.9": [from_rounds(), from_rounds(last=lambda s, w: math.ceil(s / w)), tried_one_by_one, of_numpy],
}
WRONG = {
    "7.9": [
        by_heart("7.9"),
        a_setting_at_a_time,
        without_rounds,
        final_runs_beside,
        from_rounds(last=lambda seeds, workers: 0),
        from_rounds(last=lambda seeds, workers: 1),
        from_rounds(last=lambda seeds, workers: seeds),
        from_rounds(last=lambda seeds, workers: seeds // workers),
        from_rounds(last=lambda seeds, workers: seeds // workers + 1),
        from_rounds(last=lambda seeds, workers: 2),
        from_rounds(rounds=lambda minutes, each: minutes * 60 / each),
        from_rounds(rounds=lambda minutes, each: round(minutes * 60 / each)),
        from_rounds(rounds=lambda minutes, each: math.ceil(minutes * 60 / each)),
        from_rounds(rounds=lambda minutes, each: minutes),
        from_rounds(rounds=lambda minutes, each: minutes // (each / 60 or 1)),
        from_rounds(settings=lambda runs, seeds: runs // seeds),
        from_rounds(settings=lambda runs, seeds: abs(runs // seeds)),
        from_rounds(settings=lambda runs, seeds: max(1, runs // seeds)),
        from_rounds(settings=lambda runs, seeds: max(0, round(runs / seeds))),
        from_rounds(settings=lambda runs, seeds: max(0, runs / seeds)),
    ],
}
