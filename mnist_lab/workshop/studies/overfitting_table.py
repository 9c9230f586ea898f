"""From the runs of the study of overfitting to the table that is stored."""

from dataclasses import asdict
from statistics import fmean

from mnist_lab.evidence import sampling_floor
from mnist_lab.workshop.studies.tables import against, differences, rounded, spread

NUM_TRAINING, NUM_TEST = 3_500, 1_000  # of the bundled digits
JUDGED = {"held_out_accuracy": True, "held_out_loss": False}  # name: whether higher is better
CURVES = ("train_loss", "train_accuracy", "held_out_loss", "held_out_accuracy")


def build_table(runs, arms, grid, *, seeds, grid_seeds):
    """Return arms, dropout left on and grid as plain numbers; runs is {(arm, seed): run}."""
    rows = {name: arm_row(arm, [runs[arm, seed] for seed in range(seeds)]) for name, arm in arms.items()}
    if seeds > 1:
        judge_rows(rows)
    cells = [
        {"num_digits": arm.num_digits, "dropout": arm.dropout}
        | mean_curves([runs[arm, seed]["curve"] for seed in range(grid_seeds)])
        for arm in grid
    ]
    return {"arms": rows, "grid": {"n": grid_seeds, "cells": cells}}


def judge_rows(rows):
    """Put the verdicts into the rows, which hold settings and by_seed: against a baseline, and left on."""
    for baseline in ("plain", "wrong labels: plain"):
        is_wrong = "wrong" in baseline
        family = {
            name: row
            for name, row in rows.items()
            if name != baseline and bool(row["settings"]["wrong_labels"]) == is_wrong
        }
        verdicts = against(rows[baseline], family, JUDGED) if family else {}
        for name in family:
            rows[name]["baseline"], rows[name]["against_baseline"] = baseline, verdicts[name]
    kept = ("held_out_accuracy", "held_out_accuracy_left_on")
    left_on = {
        name: tuple(row["by_seed"][measure] for measure in kept)
        for name, row in rows.items()
        if row["settings"]["dropout"]
    }
    for name, verdict in differences(left_on, higher_is_better=lambda name: True).items():
        rows[name]["dropout_left_on"] = verdict


def arm_row(arm, runs):
    """Return what the table holds of one arm: settings, one number a seed, summaries, mean curves."""
    finals = [run["final"] | extremes(run["curve"]) for run in runs]
    by_seed = {name: [rounded(final[name]) for final in finals] for name in finals[0] if name != "epoch"}
    num_held_out = NUM_TRAINING - arm.num_digits
    row = {"settings": asdict(arm), "num_held_out": num_held_out}
    row["held_out_accuracy"] = spread(by_seed["held_out_accuracy"])
    row["sampling_floor"] = rounded(sampling_floor(row["held_out_accuracy"]["mean"], num_held_out))
    row["held_out_loss"] = spread(by_seed["held_out_loss"])
    return row | {"by_seed": by_seed, "curves": mean_curves([run["curve"] for run in runs])}


def extremes(curve):
    """Return the best points of a curve, and the first epoch at which all training digits are right."""
    least = min(curve, key=lambda point: point["held_out_loss"])
    learned = [point["epoch"] for point in curve if point["train_accuracy"] == 1]
    return {
        "least_held_out_loss": least["held_out_loss"],
        "least_held_out_loss_epoch": least["epoch"],
        "best_held_out_accuracy": max(point["held_out_accuracy"] for point in curve),
        "first_epoch_all_right": learned[0] if learned else None,
    }


def mean_curves(curves):
    """Return the mean over seeds at each scored epoch that every seed reached."""
    together = list(zip(*curves, strict=False))
    means = {name: [rounded(fmean(p[name] for p in points)) for points in together] for name in CURVES}
    return {"epoch": [points[0]["epoch"] for points in together], **means}


def best_on_validation(rows):
    """Return the name of the arm with the highest mean validation accuracy, of those with plain's digits."""
    plain = rows["plain"]["settings"]
    alike = ("num_digits", "wrong_labels")
    able = [name for name, row in rows.items() if all(row["settings"][key] == plain[key] for key in alike)]
    return max(able, key=lambda name: fmean(rows[name]["by_seed"]["validation_accuracy"]))


def test_scores(runs):
    """Return the test scores of the chosen arm: mean and spread, one number a seed, sampling floor."""
    by_seed = {name: [rounded(run["final"][name]) for run in runs] for name in ("test_accuracy", "test_loss")}
    scores = {name: spread(values) for name, values in by_seed.items()}
    floor = sampling_floor(scores["test_accuracy"]["mean"], NUM_TEST)
    return scores | {"num_test": NUM_TEST, "sampling_floor": rounded(floor), "by_seed": by_seed}
