"""The answer of somebody who has learned by heart what a check shows."""

from mnist_lab.exercises.engine.compare import difference
from mnist_lab.exercises.registry import find_exercise


def by_heart(id):
    """Return a function that knows the results of the visible cases, and takes one of them for all others."""
    exercise = find_exercise(id)
    known = [(case, exercise.reference(*case.args, **case.kwargs)) for case in exercise.seeded_cases()]

    def look_up(*args, **kwargs):
        for case, result in known:
            if difference([case.args, case.kwargs], [args, kwargs], tolerance=0.0) is None:
                return result
        return known[0][1]

    return look_up
