"""Tell whether an answer is still the stub: by its compiled code, which is there without a source."""

import dis
import inspect
from itertools import pairwise

IDLE = {"RESUME", "NOP", "LOAD_CONST", "LOAD_COMMON_CONSTANT", "RETURN_CONST", "RETURN_VALUE"}

TAKES = ("STORE_", "RETURN_", "CALL", "PRECALL", "KW_NAMES")  # what may be done with a `...`


def is_untouched(answer, given=None):
    """True for `...`, None, a function without a body or with a gap, and for the code given."""
    if answer is None or answer is ...:
        return True
    function = inspect.unwrap(answer) if callable(answer) else answer
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    if given is not None and same_code(code, given.__code__):
        return True
    return _is_idle(code) or has_gap(code)


def _is_idle(code):
    """True if the function only returns nothing: its body is `...`, `pass` or `return None`."""
    steps = list(dis.get_instructions(code))
    constants = [step.argval for step in steps if "CONST" in step.opname]
    return {step.opname for step in steps} <= IDLE and all(c in (None, ...) for c in constants)


def has_gap(code):
    """True if a `...` is still assigned, returned or passed on, here or in a function within."""
    steps = [step for step in dis.get_instructions(code) if step.opname != "NOP"]
    for step, following in pairwise(steps):
        takes = following.opname.startswith(TAKES) and "SUBSCR" not in following.opname
        if step.opname == "LOAD_CONST" and step.argval is ... and takes:
            return True
        if step.opname == "RETURN_CONST" and step.argval is ...:
            return True
    return any(has_gap(constant) for constant in code.co_consts if inspect.iscode(constant))


def same_code(first, second):
    """True if two compiled functions do the same, docstrings and line numbers aside."""
    ours, theirs = list(dis.get_instructions(first)), list(dis.get_instructions(second))
    return len(ours) == len(theirs) and all(map(_same_step, ours, theirs))


def _same_step(ours, theirs):
    if ours.opname != theirs.opname:
        return False
    if inspect.iscode(ours.argval) and inspect.iscode(theirs.argval):
        return same_code(ours.argval, theirs.argval)
    return ours.argval == theirs.argval
