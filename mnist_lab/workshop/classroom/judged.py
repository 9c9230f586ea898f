"""A locked cell as it is graded: what is sent to the kernel in its place, and what counts of its output."""

import ast
import inspect
import json
import re
import secrets

from mnist_lab.workshop.classroom import inventory
from mnist_lab.workshop.classroom.grading import GRADE_TYPE

from nbformat import from_dict, v4

FINAL = re.compile(r'grade\("([\d.]+)", (\w+), final=True[^)\n]*\)')
ENDED = "This cell ended Python, so it was left out."
TAMPERED = "Something that grades was replaced ({}), so this exercise earns nothing."
NOT_DONE = "The check did not come to its end, so this exercise earns nothing."


def graded_id(cell):
    """Return the exercise that a locked cell of ours grades, or None."""
    found = FINAL.search(cell.source)
    return found[1] if found and cell.metadata.get("nbgrader", {}).get("grade") else None


def sent(source, seed):
    """Return a locked cell's source with what only the kernel gets, and the token of its finding."""
    token = secrets.token_hex(16)
    return FINAL.sub(rf'grade("\1", \2, final=True, seed={seed}, token="{token}")', source), token


def settled(outputs, token, seed, most):
    """Return the outputs of a locked cell, in which only the one finding with the token decides on points."""
    points = []
    for output in outputs:
        finding = output.get("data", {}).pop(GRADE_TYPE, None)
        if isinstance(finding, dict) and finding.pop("token", None) == token:
            points.append(finding.pop("points", None))
            output.data[GRADE_TYPE] = finding
    kept = [output for output in outputs if output.output_type != "execute_result"]
    kept = [
        from_dict(each) for each in json.loads(json.dumps(kept).replace(token, "…").replace(str(seed), "…"))
    ]
    if len(points) != 1 or type(points[0]) is not int:
        return [refusal(NOT_DONE), *kept]
    if points[0] >= most:
        return kept
    if points[0]:
        return [*kept, v4.new_output("execute_result", data={"text/plain": f"{points[0]:.1f}"})]
    return kept if any(output.output_type == "error" for output in kept) else [refusal(NOT_DONE), *kept]


def refusal(sentence):
    """Return an output that nbgrader counts as 0."""
    return v4.new_output("error", ename="NotEarned", evalue=sentence, traceback=[f"NotEarned: {sentence}"])


def without_points(id, status, sentence):
    """Return the outputs of a locked cell that was not run, or that does not count."""
    finding = {"exercise": id, "cases": "shown", "status": status, "mistake": None}
    shown = v4.new_output("display_data", data={"text/plain": sentence, GRADE_TYPE: finding})
    return [shown, refusal(sentence)]


def looking(name, numbers):
    """Return an expression that calls a function of inventory.py in a kernel, with lessons' numbers."""
    source = inspect.getsource(inventory)
    return f"(lambda names: (exec({source!r}, names), names[{name!r}]({numbers!r}))[1])({{}})"


def seen(reply):
    """Return what a kernel answered to it, {} where that is nothing of the kind."""
    try:
        said = reply["content"]["user_expressions"]["seen"]["data"]["text/plain"]
        return dict(json.loads(ast.literal_eval(said)))
    except (LookupError, TypeError, ValueError, SyntaxError):
        return {}
