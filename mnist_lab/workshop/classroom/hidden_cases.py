"""Hidden cases: an exercise's own cases from another seed, which nobody has seen."""

import hmac
from dataclasses import replace

TEN_DIGITS = 10**9


def with_seed(exercise, seed):
    """Return the exercise with what its generator draws from this seed."""
    return replace(exercise, seed=seed)


def hidden_seed(secret, exercise, *, student, work=""):
    """Return the seed of an exercise's hidden cases, a number of ten digits, in the course of this secret.

    Each student has another, and another for each version of the work: one that leaked is worth nothing.
    """
    words = "\n".join((student, exercise, work))
    digest = hmac.digest(str(secret).encode(), words.encode(), "sha256")
    return TEN_DIGITS + int.from_bytes(digest[:8], "big") % (9 * TEN_DIGITS)
