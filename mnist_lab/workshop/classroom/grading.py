"""What the locked cell under an exercise calls, in the hands of a student and of nbgrader."""

import inspect
import re
from dataclasses import dataclass

from mnist_lab.exercises.checking import check
from mnist_lab.exercises.engine.judge import earned, judge
from mnist_lab.exercises.engine.verdict import Verdict
from mnist_lab.exercises.registry import find_exercise
from mnist_lab.lesson.boxes import box, paragraph, rich, show
from mnist_lab.workshop.classroom.hidden_cases import with_seed

from IPython.utils.capture import capture_output

GRADE_TYPE = "application/vnd.mnist-lab.grade+json"
OURS = (
    "This function comes from mnist_lab, so it earns nothing. Write your own in the cell of the exercise, "
    "run that cell, then this one."
)
LINES = {"shown": "Graded with the cases that you saw.", "hidden": "Graded with further cases too."}
SHAPES = re.compile(r"The (shape|dtype) .* came where|`None` came|An? \w+ came where")
ON_OTHERS = "It is right on the cases that you saw, and not on all of the further ones."
SHOWN = {}  # id: the answer that grade saw last, and the Verdict


class NotEarned(ValueError):
    """Raised where an answer earns no points; nbgrader counts a cell that raises as 0."""

    def _render_traceback_(self):
        """Return what a notebook shows of it: the sentence, without the lines of this package."""
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Points:
    """The result of a cell whose answer is not right: nbgrader reads the number of points."""

    earned: int
    most: int

    def __repr__(self):
        return f"{self.earned:.1f}"

    def _repr_html_(self):
        return f"<i>{self.earned} of {self.most} points.</i>" if self.earned else "<i>No points yet.</i>"


def grade(id, answer, *, final=False, seed=None, token=None):
    """Say what is right or wrong with an answer, and let nbgrader count it.

    As a student calls it, it shows what check shows, and returns Points for nbgrader unless all is right.
    With final=True, in the same cell, it goes on to the hidden cases of the seed, leaves its finding
    in the output as GRADE_TYPE, and raises NotEarned unless the answer, or a part of it, was right on all.
    seed and token come from the grader, which knows its finding by the token.
    """
    exercise = find_exercise(id)
    if final:
        return _settle(exercise, answer, seed, token)
    if _is_ours(answer) and judge(exercise, answer).ok:
        verdict = Verdict(exercise, "not started", OURS)
        show(str(verdict), verdict.html())
    else:
        verdict = check(id, answer, strict=False)
    SHOWN[exercise.id] = answer, verdict
    return None if verdict.ok else _in_part(verdict, answer, exercise)


def _settle(exercise, answer, seed, token):
    """Decide on an answer that grade has seen in the line above."""
    seen, verdict = SHOWN.get(exercise.id, (None, None))
    if verdict is None or seen is not answer:
        raise ValueError(f'final=True follows grade("{exercise.id}", …) with the same answer in one cell.')
    cases, hidden = "shown", with_seed(exercise, seed or 0)
    with capture_output():  # what an answer shows of a hidden case, nobody sees
        if verdict.ok and seed is not None:
            verdict, cases = judge(hidden, answer), "hidden" if exercise.draws else "shown"
        points = None if verdict.ok else _in_part(verdict, answer, exercise, hidden)
    _report(verdict, cases, token, points)
    if points and not points.earned:
        raise NotEarned(f"{verdict.head}; the box above says why.")
    return points


def _in_part(verdict, answer, *versions):
    """Return the Points of an answer that is not right as a whole."""
    earns = verdict.status in ("mistake", "mismatch")
    return Points(earned(answer, *versions) if earns else 0, versions[0].points)


def _is_ours(answer):
    """True for a function or class of the package, such as the reference itself."""
    if not (inspect.isroutine(answer) or inspect.isclass(answer)):
        return False
    return str(answer.__module__).partition(".")[0] == "mnist_lab"


def _report(verdict, cases, token, points):
    """Leave the finding in the output, with a box where the case that decided was a hidden one."""
    finding = {
        "exercise": verdict.exercise.id,
        "cases": cases,
        "status": verdict.status,
        "mistake": verdict.mistake.sentence if verdict.mistake else None,
    }
    if cases == "shown" and verdict.status == "mismatch":  # the values of a hidden case are nobody's
        finding["came"] = dict(verdict.facts).get("came") or verdict.message.splitlines()[0]
    if token:
        finding |= {"token": token, "points": points.earned if points else verdict.exercise.points}
    line = LINES[cases]
    text, markup = line, f"<div><i>{rich(line)}</i></div>"
    if not verdict.ok and cases == "hidden":
        head, sentence = verdict.head, _without_values(verdict)
        text, markup = (
            f"{line}\n{head}\n  {sentence}",
            box(verdict.tone, head, paragraph(f"{line} {sentence}")),
        )
    show(text, markup, **{GRADE_TYPE: finding})


def _without_values(verdict):
    """What may be said of a hidden case: a sentence of ours, a type or a shape, but no value of it."""
    if verdict.status == "mismatch" and (verdict.exercise.probe or not SHAPES.match(verdict.message)):
        return ON_OTHERS
    return verdict.message
