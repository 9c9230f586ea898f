"""What the tables of all studies are made of: columns, spreads and differences as plain numbers."""

from mnist_lab.evidence import compare_all, summarise


def columns(rows):
    """Return {name: list over rows} of dictionaries that hold the same names."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def against(baseline, rows, judged):
    """Return {arm: {measure: difference from the baseline}} of all rows that are compared with one baseline.

    Rows and baseline hold by_seed; judged is {measure: whether higher is better}. All these comparisons stand
    in one table, so they are corrected for together.
    """
    pairs = {
        (arm, name): (baseline["by_seed"][name], row["by_seed"][name])
        for arm, row in rows.items()
        for name in judged
    }
    found = differences(pairs, higher_is_better=lambda key: judged[key[1]])
    return {arm: {name: found[arm, name] for name in judged} for arm in rows}


def differences(pairs, *, higher_is_better):
    """Return evidence.compare_all of {name: (before, after)} as plain numbers.

    Each has a verdict: better, worse or not shown. higher_is_better is asked for each name.
    """
    table = {}
    for name, result in compare_all(pairs).items():
        improved = (result.difference > 0) == higher_is_better(name)
        table[name] = {
            "n": result.n,
            "difference": rounded(result.difference),
            "standard_error": rounded(result.standard_error),
            "p": rounded(result.p),
            "family": result.family,
            "verdict": ("better" if improved else "worse") if result.shown else "not shown",
        }
    return table


def spread(values):
    """Return mean and standard deviation, None for a single value."""
    summary = summarise(values)
    return {"mean": rounded(summary.mean), "std": rounded(summary.std) if summary.n > 1 else None}


def rounded(value):
    return round(value, 5) if isinstance(value, float) else value
