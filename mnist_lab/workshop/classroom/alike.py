"""Answers that are identical but for names, comments and blanks, and the pairs of learners who share them."""

import ast
import re
from collections import Counter
from itertools import combinations

from mnist_lab.workshop.classroom.handed_in import source_of_assignment
from mnist_lab.workshop.classroom.lost_marks import mark_by_line, name_of

import nbformat

LONG = 3  # lines that the learner added to what was given out
SEVERAL = 2  # long answers that a pair has to share before it is named
COMMON = 1 / 4  # of the class: what more of it write alike says nothing; FEW may always share
FEW = 3
SOLUTION = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION\n?", re.S)


def pairs_alike(folder, name, hand_ins):
    """Return (learner, learner, number of answers shared, ids of the long ones) of pairs to look at.

    Untouched answers, and long ones that much of the class writes alike, do not count.
    """
    paths = {each.learner: each.path for each in hand_ins if each.fits}
    given = _given(source_of_assignment(folder, name))
    writers, long = {}, {}
    for learner, path in paths.items():
        for name, (text, added) in _answers(path, given).items():
            writers.setdefault((name, text), []).append(learner)
            long[name, text] = added >= LONG
    most = max(FEW, COMMON * len(paths))
    shared, told = Counter(), {}
    for (name, text), learners in writers.items():
        for pair in combinations(learners, 2):
            shared[pair] += 1
            if long[name, text] and len(learners) <= most:
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


def _answers(path, given):
    """Return {name: (normalised answer, lines added)} of a notebook; nothing if it cannot be read."""
    try:
        cells = nbformat.read(path, as_version=4).cells
    except (OSError, ValueError, nbformat.ValidationError):
        return {}
    mark_by_line(cells, given)
    answers = {}
    for cell in cells:
        name = name_of(cell)
        if name in given and name.startswith("exercise-"):
            lines = normalised(cell.source, rename=False).splitlines()
            stub = normalised(SOLUTION.sub("", given[name].source), rename=False).splitlines()
            if lines != stub:
                answers[name] = normalised(cell.source), (Counter(lines) - Counter(stub)).total()
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
            node.body = [line for line in node.body if not _is_constant(line)] or [ast.Pass()]
        for field in ("name", "arg", "id") if rename else ():
            given = getattr(node, field, None)
            if isinstance(given, str) and _gives(node):
                names.setdefault(given, f"name{len(names)}")
    for node in nodes:
        for field in ("name", "arg", "id") if names else ():
            if getattr(node, field, None) in names and not isinstance(node, ast.alias | ast.keyword):
                setattr(node, field, names[getattr(node, field)])
    return ast.unparse(tree)


def _is_constant(line):
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _gives(node):
    """True if a node gives a name: a definition, an argument, an assignment."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.arg)
    return isinstance(node, kinds) or isinstance(getattr(node, "ctx", None), ast.Store)
