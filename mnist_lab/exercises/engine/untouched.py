"""Tell whether an answer is still the stub: by its syntax tree, or by its bytecode where it has no source."""

import ast
import dis
import inspect
import textwrap
from itertools import pairwise

IDLE = {"RESUME", "NOP", "LOAD_CONST", "LOAD_COMMON_CONSTANT", "RETURN_CONST", "RETURN_VALUE"}
TAKES = ("STORE_", "RETURN_", "CALL", "PRECALL", "KW_NAMES")  # what bytecode may do with a `...`


def is_untouched(answer, given=None):
    """True for `...`, None, a function without a body or with a gap, and for the code given.

    A gap is a `...` that is still assigned, returned or passed on, also in a function within.
    """
    if answer is None or answer is ...:
        return True
    function = inspect.unwrap(answer) if callable(answer) else answer
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    body = body_of(function)
    if body is None:
        return (given is not None and same_code(code, given.__code__)) or _is_idle(code) or has_gap(code)
    if given is not None and ast.dump(body) == ast.dump(body_of(given)):
        return True
    return all(map(_does_nothing, body.body)) or any(map(_is_gap, ast.walk(body)))


def body_of(function):
    """Return the statements of a function, less its docstring, as a tree; None where it has no source."""
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, ValueError, SyntaxError):
        return None
    if not isinstance(tree, ast.FunctionDef) or tree.name != function.__name__:  # a lambda, say
        return None
    return ast.Module(tree.body[ast.get_docstring(tree) is not None :], [])


def _does_nothing(statement):
    """True for `...`, `pass`, `return`, `return None` and a text that stands alone."""
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.Return):
        return value is None or (isinstance(value, ast.Constant) and value.value in (None, ...))
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(value, ast.Constant)
    )


def _is_gap(node):
    if isinstance(node, ast.Call):
        return any(map(_is_ellipsis, node.args))
    takes = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr | ast.Return | ast.keyword
    return isinstance(node, takes) and _is_ellipsis(node.value)


def _is_ellipsis(node):
    return isinstance(node, ast.Constant) and node.value is ...


def _is_idle(code):
    """True if compiled code only returns nothing."""
    steps = list(dis.get_instructions(code))
    constants = [step.argval for step in steps if "CONST" in step.opname]
    return {step.opname for step in steps} <= IDLE and all(c in (None, ...) for c in constants)


def has_gap(code):
    """True if compiled code still takes a `...`, here or in a function within."""
    steps = [step for step in dis.get_instructions(code) if not _is_idle_step(step)]
    for step, following in pairwise(steps):
        takes = following.opname.startswith(TAKES) and "SUBSCR" not in following.opname
        if step.opname == "LOAD_CONST" and step.argval is ... and takes:
            return True
        if following.opname == "RETURN_CONST" and following.argval is ...:
            return True
    return any(has_gap(constant) for constant in code.co_consts if inspect.iscode(constant))


def _is_idle_step(step):
    """True for a NOP, and for the names of keywords, which from Python 3.13 stand before the call."""
    return step.opname == "NOP" or (step.opname == "LOAD_CONST" and isinstance(step.argval, tuple))


def same_code(first, second):
    """True if two compiled functions do the same, docstrings and line numbers aside."""
    steps, others = list(dis.get_instructions(first)), list(dis.get_instructions(second))
    return len(steps) == len(others) and all(map(_same_step, steps, others))


def _same_step(step, other):
    if step.opname != other.opname:
        return False
    if inspect.iscode(step.argval) and inspect.iscode(other.argval):
        return same_code(step.argval, other.argval)
    return step.argval == other.argval
