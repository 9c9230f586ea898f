"""Judge an answer: from an exercise and an answer to a Verdict, and nothing else."""

import inspect
from functools import partial

from mnist_lab.exercises.engine.compare import difference, kind_of
from mnist_lab.exercises.engine.outcome import alike, meets, outcomes
from mnist_lab.exercises.engine.shorten import last_line, learners_line, shorten, shown_call
from mnist_lab.exercises.engine.untouched import is_untouched
from mnist_lab.exercises.engine.verdict import Verdict

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


def _judge(exercise, answer):
    if is_untouched(answer, exercise.given):
        return Verdict(exercise, "not started", _to_do(exercise, answer))
    problem = _wrong_kind(exercise, answer) or _wrong_arguments(exercise, answer)
    if problem:
        return Verdict(exercise, "arguments", problem)
    came = outcomes(exercise, answer, seconds=exercise.seconds)
    expected = known_outcomes(exercise, exercise)
    if expected[-1].kind not in FINISHED:
        return Verdict(exercise, "interrupted", "Run the cell again for an answer.")
    for place, (wanted, outcome) in enumerate(zip(expected, came, strict=False)):
        if not meets(wanted, outcome, exercise=exercise):
            return _not_yet(exercise, answer, came, wanted, place)
    for place, outcome in enumerate(came):
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
    wants_function = callable(exercise.reference)
    if wants_function and not callable(answer):
        name = exercise.reference.__name__
        return (
            f"The check expects the function itself, without brackets, as in "
            f'`check("{exercise.id}", {name})`, but {kind_of(answer)} came.'
        )
    if not wants_function and inspect.isroutine(answer):
        wanted = kind_of(exercise.reference)
        return f"The check expects {wanted}, but a function came; give it the answer itself."
    return None


def _wrong_arguments(exercise, answer):
    """Say so if the cases do not fit the arguments that the learner's function takes."""
    if not callable(exercise.reference):
        return None
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # built-in functions have none; their cases will tell
        return None
    wanted = inspect.signature(exercise.reference)
    for args, kwargs in _calls(exercise, wanted):
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            return (
                f"Your function takes `{signature}`, and the check calls it with `{wanted}` "
                f"({error}). Put the first line back as it was."
            )
    return None


def _calls(exercise, wanted):
    if exercise.cases is not None:
        return [(case.args, case.kwargs) for case in exercise.seeded_cases()]
    parameters = [p for p in wanted.parameters.values() if p.default is p.empty]
    named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    return [([None] * (len(parameters) - len(named)), dict.fromkeys(named))]


def _not_yet(exercise, answer, came, wanted, place):
    """The Verdict on the first case that differs: a known mistake, a stop, or a mismatch."""
    outcome = came[place]
    facts = _facts(exercise, answer, wanted, outcome, place)
    mistake = recognise(exercise, came)
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
    return Verdict(exercise, "mismatch", _mismatch(exercise, wanted, outcome), facts)


def recognise(exercise, came):
    """Return the known mistake that comes to the same on every case, or None.

    Exact matches go first, then those up to the type of a number or a dtype.
    """
    mistakes = exercise.mistakes if came[-1].kind in FINISHED else ()
    for strict in (True, False):
        for mistake in mistakes:
            theirs = known_outcomes(exercise, mistake)
            if len(theirs) == len(came) and all(
                alike(ours, other, exercise=exercise, strict=strict)
                for ours, other in zip(came, theirs, strict=True)
            ):
                return mistake
    return None


def known_outcomes(exercise, source):
    """Return the outcomes of the reference (source is the exercise) or of one of its mistakes.

    They are the same every time, so they are kept, unless they were cut short.
    """
    if (exercise, source) in KNOWN:
        return KNOWN[exercise, source]
    answer = source.reference if source is exercise else source.answer
    found = outcomes(exercise, answer, seconds=PATIENCE)
    if found[-1].kind in FINISHED:
        KNOWN[exercise, source] = found
    return found


def _mismatch(exercise, wanted, outcome):
    if exercise.probe is not None:
        return "\n".join(outcome.value)
    if outcome.value is None and outcome.printed and wanted.value is not None:
        return "Your function printed its result. `return` hands it back to whoever called it."
    if wanted.kind == "raised":
        return f"A {type(wanted.error).__name__} was to be raised here, and none was."
    if exercise.kind == "value":
        return _value_mismatch(exercise, outcome.value)
    return difference(wanted.value, outcome.value, tolerance=exercise.tolerance)


def _value_mismatch(exercise, value):
    """Say what differs without giving the answer away; a right number of another type is told as such."""
    reference = exercise.reference
    compare = partial(difference, reference, value, tolerance=exercise.tolerance)
    found, besides_types = compare(), compare(strict=False)
    if kind_of(reference) != kind_of(value) or besides_types is None:
        return found if " came where " in found else "That is not it."
    if isinstance(reference, list | tuple) and len(reference) == len(value):
        return _entries_mismatch(reference, value, besides_types)
    return "That is not it."


def _entries_mismatch(reference, value, found):
    if " came where " in found and " differ, " not in found:  # an entry that is a text, say
        return found
    if len(value) == 2:
        return "That is not it."
    pairs = enumerate(zip(reference, value, strict=True), 1)
    wrong = [number for number, (ours, yours) in pairs if difference(ours, yours, strict=False)]
    return f"Not yet: {len(wrong)} of {len(value)} entries are wrong, the first is number {wrong[0]}."


def _facts(exercise, answer, wanted, outcome, place):
    """The lines under a verdict: the input, what was expected, what came, where it stopped."""
    facts = []
    if exercise.probe is None and exercise.kind != "value":
        case = exercise.seeded_cases()[place]
        facts.append(("input", shown_call(exercise.reference.__name__, case)))
        facts.append(("expected", _shown(wanted)))
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
    message = (
        f"The result is right, but the function changed its argument `{outcome.changed}`, which "
        "the caller may still need. Work on a new tensor: `x = x + 1` makes one, `x += 1` does not."
    )
    case = exercise.seeded_cases()[place]
    facts = (("input", shown_call(exercise.reference.__name__, case)),)
    return Verdict(exercise, "changed", message, facts)
