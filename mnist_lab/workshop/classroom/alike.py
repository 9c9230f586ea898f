"""Answers that are identical but for names, comments and blanks, and the pairs of learners who share them."""

import ast
import re
from collections import Counter
from itertools import combinations

from mnist_lab.workshop.classroom.handed_in import source_of_assignment
from mnist_lab.workshop.classroom.lost_marks import mark_by_line, name_of
from mnist_lab.workshop.classroom.report_records import grouped

import nbformat

LONG = 3  # lines that the learner added to what was given out
SEVERAL = 2  # long answers that a pair has to share before it is named
COMMON = 1 / 4  # of the class: what more of it write alike says nothing; FEW may always share
FEW = 3
GIVING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.arg)  # and what assigns
NAMES = ("name", "arg", "id")  # the fields of nodes in which one may stand
SOLUTION = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION\n?", re.S)


def pairs_alike(folder, name, hand_ins):
    """Return (learner, learner, number of answers shared, ids of the long ones) of pairs to look at.

    Untouched answers, and long ones that much of the class writes alike, do not count.
    """
    paths = {each.learner: each.path for each in hand_ins if each.fits}
    given = _given(source_of_assignment(folder, name))
    answers = {learner: _answers(path, given) for learner, path in paths.items()}
    shared, told = Counter(), {}
    writers = grouped((answer, learner) for learner, own in answers.items() for answer in own.items())
    for (name, (_, is_long)), learners in writers.items():
        for pair in combinations(learners, 2):
            shared[pair] += 1
            if is_long and len(learners) <= max(FEW, COMMON * len(paths)):
                told.setdefault(pair, []).append(name.removeprefix("exercise-").replace("-", "."))
    return [(*pair, shared[pair], ids) for pair, ids in told.items() if len(ids) >= SEVERAL]


def say_alike(pair):
    """Say how much of a pair's notebooks is identical; names nobody."""
    return (
        f"{pair[2]} answers are identical but for names and comments, the long ones are "
        f"{', '.join(pair[3])}. Look at both before you judge."
    )


def touched(path, source):
    """Return the number of answers in a notebook that are not as they were given out."""
    return len(_answers(path, _given(source)))


def _given(source):
    """Return {name: cell} of the marked cells that an assignment is made from."""
    cells = nbformat.read(source, as_version=4).cells
    return {name_of(cell): cell for cell in cells if "nbgrader" in cell.metadata}


def cells_of(path):
    """Return the cells of a notebook, or None if it cannot be read."""
    try:
        return nbformat.read(path, as_version=4).cells
    except (OSError, ValueError, AttributeError, nbformat.ValidationError):
        return None


def _answers(path, given):
    """Return {name: (normalised answer, is it long)} of a notebook; nothing if it cannot be read."""
    cells = cells_of(path) or []
    mark_by_line(cells, given)
    answers = {}
    for cell in cells:
        name = name_of(cell)
        if name in given and name.startswith("exercise-"):
            lines = normalised(cell.source, rename=False).splitlines()
            stub = normalised(SOLUTION.sub("", given[name].source), rename=False).splitlines()
            if lines != stub:
                added = (Counter(lines) - Counter(stub)).total()
                answers[name] = normalised(cell.source), added >= LONG
    return answers


def normalised(source, *, rename=True):
    """Return code without comments, blanks, docstrings and, if rename, the names that it gives."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return "\n".join(line.strip() for line in source.splitlines() if line.strip())
    nodes, names = list(ast.walk(tree)), {}
    for node in nodes:
        if isinstance(getattr(node, "body", None), list):
            texts = [e for e in node.body if isinstance(e, ast.Expr) and isinstance(e.value, ast.Constant)]
            node.body = [line for line in node.body if line not in texts] or [ast.Pass()]
        if isinstance(node, GIVING) or isinstance(getattr(node, "ctx", None), ast.Store):
            given = next(filter(None, (getattr(node, field, None) for field in NAMES)), None)
            names |= {given: f"name{len(names)}"} if rename and given and given not in names else {}
    for node in nodes:
        for field in NAMES if names else ():
            if getattr(node, field, None) in names and not isinstance(node, ast.alias | ast.keyword):
                setattr(node, field, names[getattr(node, field)])
    return ast.unparse(tree)
