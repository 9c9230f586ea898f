"""What runs over seeds amount to: as text, as what a stored result holds, as a table of recipes."""

from statistics import median

from mnist_lab.evidence import sampling_floor, summarise

REFERENCES = ("fast-2024", "seed")


def scored_name(run):
    """Return the name of a run's accuracy: of the test set, or of the validation set when tuning."""
    return "test_accuracy" if "test_accuracy" in run else "validation_accuracy"


def summarise_runs(runs):
    """Return what a stored result holds of runs over seeds: the recipe, mean and spread, every run."""
    figures = {name: runs[0][name] for name in ("recipe", "fields", "steps")}
    for name in (scored_name(runs[0]), "seconds"):
        figures[name] = mean_and_std(run[name] for run in runs)
    figures["seconds"]["median"] = median(run["seconds"] for run in runs)
    return figures | {"runs": [{k: v for k, v in run.items() if k != "fields"} for run in runs]}


def mean_and_std(values):
    summary = summarise(values)
    return {"mean": summary.mean, "std": summary.std if summary.n > 1 else None}


def report_runs(runs):
    """Return the mean and spread over runs as text, with the floor that the number of images sets."""
    name = scored_name(runs[0])
    accuracy = summarise(run[name] for run in runs)
    number = runs[0][f"num_{name.split('_')[0]}"]
    return (
        f"{name.replace('_', ' ')} {accuracy.percent(digits=2)}, "
        f"sampling floor {100 * sampling_floor(accuracy.mean, number):.2f} points, "
        f"{seconds_text(median(run['seconds'] for run in runs))} s a run (median), {runs[0]['steps']:,} steps"
    )


def ladder_text(rungs):
    """Return a heading and a line a rung: steps × time of one = seconds (median), the factor, the accuracy.

    rungs is {name: dictionary with steps, seconds and accuracies, one a seed}. A factor is the seconds of
    the rung above divided by its own.
    """
    lines = [f"{'rung':<14}{'work':<34}   {'factor':<24}right"]
    above = None
    for name, rung in rungs.items():
        seconds = median(rung["seconds"])
        work = f"{rung['steps']:6,} steps of {1000 * seconds / rung['steps']:5.1f} ms {seconds:7.2f} s"
        factor = f"× {factor_text(above, rung['seconds'])}" if above else ""
        lines.append(f"{name:<14}{work}   {factor:<24}{summarise(rung['accuracies']).percent(digits=2)}")
        above = rung["seconds"]
    return "\n".join(lines)


def make_row(runs):
    """Return the row of a recipe in the benchmark, plain numbers over all its runs."""
    accuracies, seconds = ([run[name] for run in runs] for name in ("test_accuracy", "seconds"))
    spread = mean_and_std(accuracies)
    shared = ("steps", "parameters", "precision", "digits", "train_on", "num_test", "test_digits")
    return {
        "accuracy_mean": spread["mean"],
        "accuracy_std": spread["std"],
        "n": len(runs),
        "seconds_median": median(seconds),
        "seconds": seconds,
        "accuracies": accuracies,
        **{name: runs[0][name] for name in (*shared, "device", "hardware")},
        "date": max(run["date"] for run in runs),
        "stored": False,
        "fields": runs[0]["fields"],
    }


def find_factor(slower, faster):
    """Return how many times as long the slower takes: median, low and high over pairs of equal seeds.

    Both are lists of seconds, seed by seed; seeds that only one of them has are left out.
    """
    ratios = [long / short for long, short in zip(slower, faster, strict=False)]
    return {"n": len(ratios), "median": median(ratios), "low": min(ratios), "high": max(ratios)}


def factor_text(slower, faster):
    """Return find_factor as text, such as "9.6 (8.9 to 14)"; of a single pair "9.6 (n = 1)"."""
    factor = find_factor(slower, faster)
    middle, low, high = (_digits(factor[name]) for name in ("median", "low", "high"))
    return f"{middle} ({low} to {high})" if factor["n"] > 1 else f"{middle} (n = 1)"


def _digits(factor):
    return f"{factor:.{2 if factor < 1 else 1 if factor < 10 else 0}f}"


def table_text(rows):
    """Return the rows of the benchmark as a table, with notes beneath on what is not alike."""
    times = (f"× {name}" for name in REFERENCES)
    head = ("recipe", "accuracy (%)", "n", "seconds", *times, "parameters", "steps", "date")
    lines = [head, *(cells(name, row, rows) for name, row in rows.items())]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["   ".join(align(line, widths)).rstrip() for line in lines]
    return "\n".join([text[0], "-" * len(text[0]), *text[1:], *notes(rows)])


def cells(name, row, rows):
    spread = "(n = 1)" if row["accuracy_std"] is None else f"± {100 * row['accuracy_std']:.2f}"
    others = [rows.get(other) for other in REFERENCES]
    times = (factor_text(other["seconds"], row["seconds"]) if other else "–" for other in others)
    return (
        name,
        f"{100 * row['accuracy_mean']:.2f} {spread}",
        str(row["n"]),
        seconds_text(row["seconds_median"]),
        *times,
        f"{row['parameters']:,}",
        f"{row['steps']:,}",
        f"stored {row['date']}" if row["stored"] else row["date"],
    )


def align(line, widths):
    """Names to the left, numbers to the right."""
    first, *middle, last = zip(line, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in middle), last[0]]


def seconds_text(seconds):
    return f"{seconds:.2f}" if seconds < 100 else f"{seconds:.0f}"


def notes(rows):
    """Return the sentences that belong beneath the table."""
    here = {machine_of(row) for row in rows.values() if not row["stored"]}
    lines = [
        "seconds: median of the runs' training. ×: that recipe's seconds divided by these, seed by seed: "
        "median (smallest to largest)."
    ]
    for name, row in rows.items():
        if row["test_digits"] != "full":
            lines.append(f"{name}: scored on {row['num_test']:,} test digits, {row['test_digits']}.")
        if row["precision"] != row["fields"]["precision"]:
            lines.append(f"{name}: in {row['precision']}; {row['hardware']} has no bfloat16 arithmetic.")
        if row["stored"] and here and machine_of(row) not in here:
            lines.append(f"{name}: measured on {machine_of(row)}; its ratios compare two machines.")
    best = max(rows.values(), key=lambda row: row["accuracy_mean"])
    floor = 100 * sampling_floor(best["accuracy_mean"], best["num_test"])
    lines.append(f"Sampling floor at {best['accuracy_mean']:.2%}: {floor:.2f} points, however many seeds.")
    return lines


def machine_of(row):
    return f"{row['hardware']} ({row['device']})"
