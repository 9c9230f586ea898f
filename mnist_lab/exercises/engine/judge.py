"""Judge an answer: from an exercise and an answer to a Verdict, and nothing else."""

import inspect
from dataclasses import replace
from functools import partial

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.outcome import alike, meets, outcomes
from mnist_lab.exercises.engine.shorten import last_line, learners_line, shorten, shown_call
from mnist_lab.exercises.engine.untouched import is_untouched
from mnist_lab.exercises.engine.verdict import Verdict

import torch

PATIENCE = 60.0  # seconds for an answer of ours, which a busy machine may need
FINISHED = ("returned", "raised")
KNOWN = {}  # (exercise, source): outcomes


def judge(exercise, answer):
    """Return the Verdict on an answer; raises nothing, whatever the answer is."""
    try:
        return _judge(exercise, answer)
    except Exception as error:
        message = "The answer could not be examined, because examining it raised an error."
        return Verdict(exercise, "error", message, (("error", last_line(error)),))


def earned(answer, *versions):
    """Return the points of the parts that an answer does right in all versions of an exercise, or 0."""
    parts = versions[0].parts or {}
    of_part = _shows_the_same if versions[0].probe is None else _finds_nothing
    return sum(points for points, look in parts.values() if all(of_part(v, look, answer) for v in versions))


def _finds_nothing(exercise, probe, answer):
    part = replace(exercise, parts=None, probe=probe)
    outcome = outcomes(part, answer, seconds=exercise.seconds)[-1]
    return outcome.kind == "returned" and not outcome.value


def _shows_the_same(exercise, look, answer):
    part = replace(exercise, parts=None, observe=look)
    right, actual = (outcomes(part, each, seconds=exercise.seconds) for each in (exercise.reference, answer))
    return len(right) == len(actual) and all(map(partial(meets, exercise=part), right, actual))


def _judge(exercise, answer):
    if is_untouched(answer, exercise.given):
        return Verdict(exercise, "not started", _to_do(exercise, answer))
    problem = _wrong_kind(exercise, answer) or _wrong_arguments(exercise, answer)
    if problem:
        return Verdict(exercise, "arguments", problem)
    actual = outcomes(exercise, answer, seconds=exercise.seconds)
    if exercise.probe is not None and _is_sound(exercise, exercise, actual):  # no fault: nothing to compare
        return Verdict(exercise, "correct", exercise.why)
    expected = known_outcomes(exercise, exercise)
    if not _is_sound(exercise, exercise, expected):
        return Verdict(exercise, "interrupted", "Run the cell again for an answer.")
    for place, (right, outcome) in enumerate(zip(expected, actual, strict=False)):
        if not meets(right, outcome, exercise=exercise):
            return _not_yet(exercise, answer, actual, right, place)
    for place, outcome in enumerate(actual):
        if outcome.changed:
            return _changed(exercise, outcome, place)
    return Verdict(exercise, "correct", exercise.why)


def _to_do(exercise, answer):
    if answer is None or answer is ...:
        return "Put your answer in place of the `...`, run that cell, then this one."
    if exercise.given is not None:
        return "The code is still as it was given. Change it, run its cell, then this one."
    return "Write your code in place of the `...`, run its cell, then this one."


def _wrong_kind(exercise, answer):
    """Say what is wrong if a function came for a value, or a value for a function."""
    expects_function = callable(exercise.reference)
    if expects_function and not callable(answer):
        name = exercise.reference.__name__
        return (
            f"The check expects the function itself, without brackets, as in "
            f'`check("{exercise.id}", {name})`, but {kind_of(answer)} came.'
        )
    if not expects_function and inspect.isroutine(answer):
        kind = kind_of(exercise.reference)
        return f"The check expects {kind}, but a function came; give it the answer itself."
    return None


def _wrong_arguments(exercise, answer):
    """Say so if the cases do not fit the arguments that the learner's function takes."""
    if not callable(exercise.reference):
        return None
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # built-in functions have none; their cases will tell
        return None
    expected = inspect.signature(exercise.reference)
    for args, kwargs in _calls(exercise, expected):
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            return (
                f"Your function takes `{signature}`, and the check calls it with `{expected}` "
                f"({error}). Put the first line back as it was."
            )
    return None


def _calls(exercise, signature):
    if exercise.cases is not None:
        return [(case.args, case.kwargs) for case in exercise.seeded_cases()]
    parameters = [p for p in signature.parameters.values() if p.default is p.empty]
    named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    return [([None] * (len(parameters) - len(named)), dict.fromkeys(named))]


def _not_yet(exercise, answer, actual, right, place):
    """The Verdict on the first case that differs: a known mistake, a stop, or a mismatch."""
    outcome = actual[place]
    facts = _facts(exercise, answer, right, outcome, place)
    mistake = recognise(exercise, actual)
    if mistake is not None:
        if exercise.probe is not None and outcome.kind == "returned":
            facts = (("seen", "\n".join(outcome.value)), *facts)
        return Verdict(exercise, "mistake", mistake.sentence, facts, mistake)
    if outcome.kind == "raised":
        return Verdict(exercise, "error", "Your code raised an error.", facts)
    if outcome.kind == "slow":
        message = (
            f"It ran for more than {exercise.seconds:g} seconds and was stopped. "
            "Is there a loop that never ends?"
        )
        return Verdict(exercise, "slow", message, facts)
    if outcome.kind == "interrupted":
        return Verdict(exercise, "interrupted", "Run the cell again for an answer.", facts)
    return Verdict(exercise, "mismatch", _mismatch(exercise, right, outcome), facts)


def recognise(exercise, actual):
    """Return the known mistake that comes to the same on every case, or None.

    Exact matches go first, then those up to the type of a number or a dtype.
    """
    mistakes = exercise.mistakes if actual[-1].kind in FINISHED else ()
    for strict in (True, False):
        same = partial(alike, exercise=exercise, strict=strict)
        for mistake in mistakes:
            if all(map(same, actual, known_outcomes(exercise, mistake))):
                return mistake
    return None


def known_outcomes(exercise, source):
    """Return the outcomes of the reference (source is the exercise) or of one of its mistakes.

    They are the same every time, so they are kept, unless something went wrong.
    """
    if (exercise, source) in KNOWN:
        return KNOWN[exercise, source]
    answer = source.reference if source is exercise else source.answer
    result = outcomes(exercise, answer, seconds=PATIENCE)
    for outcome in result:
        if outcome.error is not None:  # its frames would keep the tensors of the answer
            outcome.error.__traceback__ = outcome.error.__context__ = outcome.error.__cause__ = None
    if _is_sound(exercise, source, result):
        KNOWN[exercise, source] = result
    return result


def _is_sound(exercise, source, result):
    """False if a run was cut short, or if a probe finds faults in the reference.

    The second happens where an answer was stopped in the middle of torch's own work, which leaves it broken.
    """
    finished = result[-1].kind in FINISHED
    if source is not exercise or exercise.probe is None:
        return finished
    return result[-1].kind == "returned" and not result[-1].value


def _mismatch(exercise, right, outcome):
    if exercise.probe is not None:
        return "\n".join(outcome.value)
    if outcome.value is None and outcome.printed and right.value is not None:
        return "Your function printed its result. `return` hands it back to whoever called it."
    if right.kind == "raised":
        return f"A {type(right.error).__name__} was to be raised here, and none was."
    if exercise.kind == "value":
        return _value_mismatch(exercise, outcome.value)
    return difference(right.value, outcome.value, tolerance=exercise.tolerance)


def _value_mismatch(exercise, value):
    """Say what differs without giving the answer away; a right number of another type is told as such."""
    reference = exercise.reference
    compare = partial(difference, reference, value, tolerance=exercise.tolerance)
    sentence, besides_types = compare(), compare(strict=False)
    if kind_of(reference) != kind_of(value) or besides_types is None:
        return sentence if " came where " in sentence else "That is not it."
    if isinstance(reference, list | tuple) and len(reference) == len(value):
        return _entries_mismatch(reference, value, besides_types)
    return "That is not it."


def _entries_mismatch(reference, value, sentence):
    if " came where " in sentence and " differ, " not in sentence:  # an entry that is a text, say
        return sentence
    if len(value) == 2:
        return "That is not it."
    pairs = enumerate(zip(reference, value, strict=True), 1)
    wrong = [number for number, (right, entry) in pairs if difference(right, entry, strict=False)]
    return f"Not yet: {len(wrong)} of {len(value)} entries are wrong, the first is number {wrong[0]}."


def _facts(exercise, answer, right, outcome, place):
    """The lines under a verdict: the input, what was expected, what came, where it stopped."""
    facts = []
    if exercise.probe is None and exercise.kind != "value":
        case = exercise.seeded_cases()[place]
        facts.append(("input", shown_call(exercise.reference.__name__, case)))
        facts.append(("expected", _shown(right)))
    if outcome.kind == "returned" and exercise.probe is None:
        facts.append(("came", _shown(outcome)))
    if outcome.kind == "raised":
        facts.append(("came", last_line(outcome.error)))
        line = learners_line(outcome.error, answer)
        facts += [("in your", line)] if line else []
    if outcome.printed.strip():
        facts.append(("printed", outcome.printed.strip()[:200]))
    return tuple(facts)


def _shown(outcome):
    return shorten(outcome.value) if outcome.kind == "returned" else last_line(outcome.error)


def _changed(exercise, outcome, place):
    case = exercise.seeded_cases()[place]
    given = inspect.signature(exercise.reference).bind(*case.args, **case.kwargs).arguments
    is_tensor = isinstance(given.get(outcome.changed), torch.Tensor)
    copy = "new tensor: `x = x + 1` makes one, `x += 1` does not" if is_tensor else "copy of it"
    message = (
        f"The result is right, but the function changed its argument `{outcome.changed}`, which "
        f"the caller may still need. Work on a {copy}."
    )
    facts = (("input", shown_call(exercise.reference.__name__, case)),)
    return Verdict(exercise, "changed", message, facts)
