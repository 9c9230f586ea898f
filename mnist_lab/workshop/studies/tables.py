"""What the tables of all studies are made of: columns, spreads and differences as plain numbers."""

from mnist_lab.evidence import compare, summarise


def columns(rows):
    """Return {name: list over rows} of dictionaries that hold the same names."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def against(baseline, row, judged):
    """Return the paired differences, row minus baseline; judged is {name: whether higher is better}."""
    return {
        name: difference(baseline["by_seed"][name], row["by_seed"][name], higher_is_better=better)
        for name, better in judged.items()
    }


def difference(before, after, *, higher_is_better):
    """Return evidence.compare as plain numbers, with a verdict: better, worse or not shown."""
    result = compare(before, after)
    improved = (result.difference > 0) == higher_is_better
    return {
        "n": result.n,
        "difference": rounded(result.difference),
        "standard_error": rounded(result.standard_error),
        "verdict": ("better" if improved else "worse") if result.shown else "not shown",
    }


def spread(values):
    """Return mean and standard deviation, None for a single value."""
    summary = summarise(values)
    return {"mean": rounded(summary.mean), "std": rounded(summary.std) if summary.n > 1 else None}


def rounded(value):
    return round(value, 5) if isinstance(value, float) else value
