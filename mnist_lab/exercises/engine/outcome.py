"""Run an answer on an exercise's cases, on copies, and keep what came of it."""

import copy
import inspect
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import islice
from unittest.mock import patch

from mnist_lab.exercises.engine.compare import difference, in_types_of
from mnist_lab.exercises.engine.limit import TimeIsUp, call_within

import torch

LONGEST = 10_000  # items of an iterator that are looked at, and characters that are kept of a print


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one case came to: kind is "returned", "raised", "slow" or "interrupted"."""

    kind: str
    value: object = None
    error: BaseException | None = None
    printed: str = ""
    changed: str = ""


def outcomes(exercise, answer, *, seconds):
    """Return an Outcome for each case, up to one that took too many seconds or was interrupted.

    A value without a probe has a single one; so has an answer that is probed.
    """
    if exercise.probe is not None:
        return [attempt(lambda: exercise.faults(answer), seconds=seconds)]
    if exercise.kind == "value":
        value = in_types_of(exercise.reference, answer)
        return [Outcome("returned", value if exercise.observe is None else exercise.observe(value))]
    results = []
    for case in exercise.seeded_cases():
        results.append(_case_outcome(exercise, answer, case, seconds=seconds))
        if results[-1].kind in ("slow", "interrupted"):
            break
    return results


def _case_outcome(exercise, answer, case, *, seconds):
    case, untouched = copy.deepcopy(case), copy.deepcopy(case)

    def run():
        result = answer(*case.args, **case.kwargs)
        if exercise.observe is not None:
            return exercise.observe(result)
        return list(islice(result, LONGEST)) if isinstance(result, Iterator) else result

    outcome = attempt(run, seconds=seconds)
    if outcome.kind != "returned":
        return outcome
    changed = _changed(exercise.reference, untouched, case)
    return Outcome("returned", outcome.value, printed=outcome.printed, changed=changed)


def attempt(function, *, seconds):
    """Return the Outcome of function(), with its prints kept and torch's random state restored."""
    sink = _Sink()
    with _sealed(sink):  # outside of try: what goes wrong in our own preparations is no answer's error
        try:
            value = call_within(seconds, function)
        except TimeIsUp:
            return Outcome("slow", printed=sink.getvalue())
        except KeyboardInterrupt:
            return Outcome("interrupted", printed=sink.getvalue())
        except BaseException as error:  # SystemExit too: a learner's `exit()` must not end the kernel
            return Outcome("raised", error=error, printed=sink.getvalue())
    return Outcome("returned", value, printed=sink.getvalue())


@contextmanager
def _sealed(sink):
    """What a function prints, warns, draws or switches in torch does not leave this block."""
    dtype, device = torch.get_default_dtype(), torch.empty(0).device
    with (
        redirect_stdout(sink),
        redirect_stderr(sink),
        warnings.catch_warnings(),
        torch.random.fork_rng(devices=[]),
        torch.enable_grad(),
        _no_exit(),
    ):
        warnings.simplefilter("ignore")
        torch.default_generator.manual_seed(0)
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)
            if device.type == "cpu" or torch.empty(0).device != device:
                torch.set_default_device(None if device.type == "cpu" else device)


def _no_exit():
    """Make IPython's own exit() raise SystemExit, which is caught, instead of ending the kernel."""
    from IPython import get_ipython

    def leave():
        raise SystemExit

    shell = get_ipython()
    return nullcontext() if shell is None else patch.object(shell, "ask_exit", leave, create=True)


class _Sink(io.StringIO):
    """Keeps the beginning of what is printed, so that an endless loop does not fill the memory."""

    def write(self, text):
        room = max(LONGEST - self.tell(), 0)
        super().write(text[:room])
        return len(text)


def _changed(reference, before, after):
    """Return the name of the first argument that is not as it was, or ""."""
    names = list(inspect.signature(reference).bind(*before.args, **before.kwargs).arguments)
    befores, afters = ([*case.args, *case.kwargs.values()] for case in (before, after))
    names = [*names[: len(before.args)], *before.kwargs]
    for name, old, new in zip(names, befores, afters, strict=False):
        if difference(old, new, tolerance=0.0):
            return name
    return ""


def alike(first, second, *, exercise, strict=True):
    """True if two outcomes cannot be told apart: equal values, or the same error."""
    if first.kind != second.kind or first.kind not in ("returned", "raised"):
        return False
    if first.kind == "raised":
        return type(first.error) is type(second.error) and _words(first) == _words(second)
    pairs = [(first.value, second.value), (second.value, first.value)]
    return any(difference(a, b, tolerance=exercise.tolerance, strict=strict) is None for a, b in pairs)


def _words(outcome):
    """The words of an error in any order: `a == b` and `b == a` complain alike."""
    return sorted(str(outcome.error).split())


def meets(expected, outcome, *, exercise):
    """True if an outcome is as good as the reference's; an error need only be of its type."""
    if expected.kind == "raised":
        return isinstance(outcome.error, type(expected.error))
    accepted = [expected.value, *exercise.also]
    return outcome.kind == "returned" and any(
        difference(value, outcome.value, tolerance=exercise.tolerance) is None for value in accepted
    )
