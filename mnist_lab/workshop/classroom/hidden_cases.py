"""Hidden cases: an exercise's own cases from another seed, fixed for a course and unknown to its students."""

from dataclasses import replace
from hashlib import sha256

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.engine.judge import judge

ATTEMPTS = 20  # seeds that are tried before an exercise counts as one whose cases never change


def with_seed(exercise, seed):
    """Return the exercise with what its generator draws from this seed."""
    return replace(exercise, seed=seed)


def hidden_seed(secret, exercise):
    """Return the seed of an exercise's hidden cases in the course of this secret, a whole number.

    On them the reference is right and each known mistake is wrong. None where the seed changes nothing: a
    value, a probe that draws nothing, or cases that are all listed one by one.
    """
    if not exercise.draws:
        return None
    for number in range(ATTEMPTS):
        digest = sha256(f"{secret}, exercise {exercise.id}, {number}".encode()).digest()
        seed = int.from_bytes(digest[:4], "big")
        hidden = with_seed(exercise, seed)
        if _differ(exercise, hidden) and _tell(hidden):
            return seed
    return None


def _differ(exercise, other):
    """True if what the two exercises draw is not all the same; what a probe draws is its own affair."""
    if exercise.probe is not None:
        return True
    arguments = (
        [[*case.args, *case.kwargs.values()] for case in version.seeded_cases()]
        for version in (exercise, other)
    )
    return difference(*arguments, tolerance=0.0) is not None


def _tell(exercise):
    """True if an exercise's cases let its reference pass, and none of its known mistakes."""
    wrong = [judge(exercise, mistake.answer).ok for mistake in exercise.mistakes]
    return judge(exercise, exercise.reference).ok and not any(wrong)
