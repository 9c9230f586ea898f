"""Numbers that are within their range, or else one sentence that says which, how far, and what came."""

from numbers import Integral, Real

MOST_SEED = 2**64 - 1  # what torch takes


def check_seed(seed):
    """Return a seed as Python's own whole number, or raise ValueError."""
    return int(check_number("seed", seed, 0, MOST_SEED, advice="0 is as good as any"))


def check_number(name, value, least, most=None, *, why="", advice):
    """Return the value if it is a number from least to most, a whole one if least is whole.

    Raises ValueError for all else; nan, a text, None and a bool are no numbers. why stands behind the
    range, advice at the end: what to do.
    """
    kind = Integral if isinstance(least, Integral) else Real
    is_number = isinstance(value, kind) and not isinstance(value, bool)
    if is_number and least <= value and (most is None or value <= most):
        return value
    what = "whole number" if kind is Integral else "number"
    upwards = "up" if most is None else f"to {most:,}"
    raise ValueError(f"{name} is a {what} from {least:,} {upwards}{why}, but got {value!r:.60}; {advice}.")
