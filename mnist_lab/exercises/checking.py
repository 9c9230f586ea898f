"""What a lesson calls: check an answer, get a hint, go on with what is right, see the progress."""

import os
from dataclasses import replace

from mnist_lab.exercises.engine.judge import judge
from mnist_lab.exercises.registry import exercises, file_of, find_exercise, lessons
from mnist_lab.exercises.series import next_step, series
from mnist_lab.lesson.boxes import box, rich, show, show_box
from mnist_lab.lesson.kept import keep, kept, progress_file, save
from mnist_lab.lesson.predictions import PREDICTIONS, reliability


class NotCorrect(ValueError):
    """What check raises with strict=True, or MNIST_LAB_STRICT=1, for all but a correct answer."""


ATTEMPTS = {}  # id: the last answer and its Verdict, for as long as the kernel lives
HINTS = {}  # id: how many of them this kernel has shown


def check(id, answer, *, strict=None):
    """Say what is right or wrong with an answer, show it, and return the Verdict.

    Raises nothing, whatever the answer does, but for an unknown id; with strict=True or the
    environment variable MNIST_LAB_STRICT=1 it raises NotCorrect instead of showing. For teachers: with
    MNIST_LAB_SHOW_FILES=1 a wrong verdict names the file that holds the exercise.
    """
    exercise = find_exercise(id)
    verdict = judge(exercise, answer)
    trouble = _keep(exercise, answer, verdict)
    if not verdict.ok and _is_set("MNIST_LAB_SHOW_FILES"):
        verdict = replace(verdict, facts=(*verdict.facts, ("kept in", str(file_of(exercise.id)))))
    if strict is None:
        strict = _is_set("MNIST_LAB_STRICT")
    if strict and not verdict.ok:
        raise NotCorrect(str(verdict))
    show(str(verdict), verdict.html())
    if trouble:
        _say(trouble)
    return verdict


def _is_set(variable):
    return os.environ.get(variable, "") not in ("", "0")


def _keep(exercise, answer, verdict):
    """Keep an answer, and what it came to; what is the same, or right again, is no further attempt."""
    before, _ = ATTEMPTS.get(exercise.id, (None, None))
    ATTEMPTS[exercise.id], same = (answer, verdict), answer is before

    def outcome(entry):
        again = same or (verdict.ok and entry.get("right"))
        mistakes = entry.get("mistakes", [])
        if verdict.mistake is not None and verdict.message not in mistakes:
            mistakes = [*mistakes, verdict.message]
        tries = max(1, entry.get("tries", 0) + (not again))
        return {"right": verdict.ok, "tries": tries, "mistakes": mistakes}

    return "" if verdict.status in ("not started", "interrupted") else keep("exercises", exercise.id, outcome)


def hint(id):
    """Show the next hint to an exercise, one a call, from a nudge to nearly the answer."""
    exercise = find_exercise(id)
    number, total = HINTS.get(exercise.id, 0), len(exercise.hints)
    if number == total:
        head = f"Exercise {exercise.id} has no more hints than these {total}"
        show_box("plain", head, *(f"{i}. {text}" for i, text in enumerate(exercise.hints, 1)))
        return
    HINTS[exercise.id] = number + 1
    trouble = keep("exercises", exercise.id, lambda entry: {"hints": max(number + 1, entry.get("hints", 0))})
    lines = filter(None, [exercise.hints[number], trouble])
    show_box("plain", f"Hint {number + 1} of {total} for exercise {exercise.id}", *lines)


def mine_or_reference(id):
    """Return the learner's answer if its last check was correct, else the reference."""
    exercise = find_exercise(id)
    answer, verdict = ATTEMPTS.get(exercise.id, (None, None))
    if verdict is not None and verdict.ok:
        _say(f"The lesson goes on with your answer to exercise {exercise.id}.")
        return answer
    _say(f"The lesson goes on with the reference for exercise {exercise.id}.")
    return exercise.reference


def _say(text):
    show(text, f'<div role="status"><i>{rich(text)}</i></div>')


def progress(lesson=None):
    """Show a lesson's exercises with ticks and attempts, and how reliable the predictions were.

    Without a number, the lessons that were touched since the kernel started (before the first, the last one
    that was touched earlier), and in a learner's folder the whole series after them.
    """
    trouble, known = save(), kept()
    if lesson is not None and (not str(lesson).isdecimal() or int(lesson) not in lessons()):
        raise ValueError(f"progress expects a lesson's number, such as 3, or nothing, but got {lesson!r}.")
    chosen = _touched(known) if lesson is None else [int(lesson)]
    rows = [_row(exercise, known) for number in chosen for exercise in exercises(number)]
    done = sum(mark == "✓" for mark, *_ in rows)
    head = f"{done} of {len(rows)} exercises correct"
    text = [f"  {mark} {id:<5} {title:<34} {dots}  {state}" for mark, id, title, dots, state in rows]
    cells = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{rich(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    lines = [*_reliability_lines(), *filter(None, [trouble])]
    pieces = [f"<table>{cells}</table>", *(f"<div>{rich(line)}</div>" for line in lines)]
    if lesson is None and progress_file() is not None:
        whole = "\n".join([*series(known), next_step(known)])
        lines.append(f"\n{whole}")
        pieces.append(f"<pre>{rich(whole)}</pre>")
    show("\n".join([head, *text, *lines]), box("plain", head, *pieces))


def _touched(known):
    """The lessons of this kernel's checks and predictions; else the last of those before, or all."""
    numbers = {int(id.split(".")[0]) for id in [*ATTEMPTS, *HINTS, *PREDICTIONS]}
    before = [int(id.split(".")[0]) for id in [*known["exercises"], *known["predictions"]]]
    return sorted(numbers) or ([max(before)] if before else [None])


def _row(exercise, known):
    """Mark, id, title, dots and state of an exercise."""
    entry = known["exercises"].get(exercise.id, {})
    tries, hints = entry.get("tries", 0), entry.get("hints", 0)
    effort = f"{tries} attempt{'s' if tries != 1 else ''}"
    if hints:
        effort += f", {hints} hint{'s' if hints != 1 else ''}"
    if entry.get("right"):
        return "✓", exercise.id, exercise.title, exercise.dots, f"correct, {effort}"
    state = f"not yet, {effort}" if tries else "not started"
    return "✗" if tries else "·", exercise.id, exercise.title, exercise.dots, state


def _reliability_lines():
    """The reader's own reliability, a line for each confidence."""
    made = reliability()
    if not made:
        return ["Predictions: none revealed with a guess yet."]
    lines = [f"When {level} % sure: right {right} of {n}" for level, (right, n) in made.items()]
    where = "all lessons in this kernel" if progress_file() is None else "the whole series"
    return [f"Your predictions, over {where}:", *lines]
