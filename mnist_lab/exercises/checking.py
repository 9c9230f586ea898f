"""What a lesson calls: check an answer, get a hint, go on with what is right, see the progress."""

import os
from dataclasses import dataclass, field, replace

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.registry import exercises, file_of, find_exercise
from mnist_lab.lesson.boxes import box, rich, show, show_box
from mnist_lab.lesson.predictions import PREDICTIONS, reliability


class NotCorrect(ValueError):
    """What check raises with strict=True, or MNIST_LAB_STRICT=1, for all but a correct answer."""


@dataclass(eq=False)
class Attempt:
    """What a learner has done on one exercise, for as long as the kernel lives."""

    answers: list = field(default_factory=list)
    verdict: object = None
    hints: int = 0


ATTEMPTS = {}  # id: Attempt


def check(id, answer, *, strict=None):
    """Say what is right or wrong with an answer, show it, and return the Verdict.

    Raises nothing, whatever the answer does, but for an unknown id; with strict=True or the
    environment variable MNIST_LAB_STRICT=1 it raises NotCorrect instead of showing. For teachers: with
    MNIST_LAB_SHOW_FILES=1 a wrong verdict names the file that holds the exercise.
    """
    exercise = find_exercise(id)
    verdict = judge(exercise, answer)
    _keep(exercise, answer, verdict)
    if not verdict.ok and _is_set("MNIST_LAB_SHOW_FILES"):
        verdict = replace(verdict, facts=(*verdict.facts, ("kept in", str(file_of(exercise.id)))))
    if strict is None:
        strict = _is_set("MNIST_LAB_STRICT")
    if strict and not verdict.ok:
        raise NotCorrect(str(verdict))
    show(str(verdict), verdict.html())
    return verdict


def _is_set(variable):
    return os.environ.get(variable, "") not in ("", "0")


def _keep(exercise, answer, verdict):
    attempt = ATTEMPTS.setdefault(exercise.id, Attempt())
    attempt.verdict = verdict
    if verdict.status != "not started" and not any(answer is known for known in attempt.answers[-1:]):
        attempt.answers.append(answer)


def hint(id):
    """Show the next hint to an exercise, one a call, from a nudge to nearly the answer."""
    exercise = find_exercise(id)
    attempt = ATTEMPTS.setdefault(exercise.id, Attempt())
    number, total = attempt.hints, len(exercise.hints)
    if number == total:
        head = f"Exercise {exercise.id} has no more hints than these {total}"
        show_box("plain", head, *(f"{i}. {text}" for i, text in enumerate(exercise.hints, 1)))
        return
    attempt.hints += 1
    show_box("plain", f"Hint {number + 1} of {total} for exercise {exercise.id}", exercise.hints[number])


def mine_or_reference(id):
    """Return the learner's answer if its last check was correct, else the reference."""
    exercise = find_exercise(id)
    attempt = ATTEMPTS.get(exercise.id)
    if attempt is not None and attempt.verdict is not None and attempt.verdict.ok:
        _say(f"The lesson goes on with your answer to exercise {exercise.id}.")
        return attempt.answers[-1]
    _say(f"The lesson goes on with the reference for exercise {exercise.id}.")
    return exercise.reference


def _say(text):
    show(text, f'<div role="status"><i>{rich(text)}</i></div>')


def progress(lesson=None):
    """Show a lesson's exercises with ticks and attempts, and how reliable the predictions were.

    Without a number, the lessons that were touched since the kernel started.
    """
    chosen = _touched() if lesson is None else [int(lesson)]
    rows = [_row(exercise) for number in chosen for exercise in exercises(number)]
    done = sum(mark == "✓" for mark, *_ in rows)
    head = f"{done} of {len(rows)} exercises correct"
    text = [f"  {mark} {id:<5} {title:<34} {dots}  {state}" for mark, id, title, dots, state in rows]
    cells = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{rich(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    lines = _reliability_lines()
    markup = box("plain", head, f"<table>{cells}</table>", *(f"<div>{rich(line)}</div>" for line in lines))
    show("\n".join([head, *text, *lines]), markup)


def _touched():
    """The lessons that something was checked or predicted in; all of them if none was."""
    numbers = {int(id.split(".")[0]) for id in [*ATTEMPTS, *PREDICTIONS]}
    return sorted(numbers) or [None]


def _row(exercise):
    """Mark, id, title, dots and state of an exercise."""
    attempt = ATTEMPTS.get(exercise.id, Attempt())
    tries = len(attempt.answers)
    effort = f"{tries} attempt{'s' if tries != 1 else ''}"
    if attempt.hints:
        effort += f", {attempt.hints} hint{'s' if attempt.hints != 1 else ''}"
    if attempt.verdict is not None and attempt.verdict.ok:
        return "✓", exercise.id, exercise.title, exercise.dots, f"correct, {effort}"
    state = f"not yet, {effort}" if tries else "not started"
    return "✗" if tries else "·", exercise.id, exercise.title, exercise.dots, state


def _reliability_lines():
    """The reader's own reliability, a line for each confidence."""
    made = reliability()
    if not made:
        return ["Predictions: none revealed with a guess yet."]
    lines = [f"When {level} % sure: right {right} of {n}" for level, (right, n) in made.items()]
    return ["Your predictions, over all lessons in this kernel:", *lines]
