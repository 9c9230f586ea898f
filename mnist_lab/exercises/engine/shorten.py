"""Show a value, a call or an error to a learner in a line or two."""

import inspect
import linecache
import reprlib
import traceback

import numpy as np
import torch
from torch import nn

FEW = 24  # values of a tensor that are shown in full
SOME = 6  # values of a larger one that are shown
WIDE = 88  # characters of a line

_repr = reprlib.Repr()
_repr.maxlist = _repr.maxtuple = _repr.maxdict = 12
_repr.maxstring = _repr.maxother = 70


def shorten(value):
    """Return a value as short text; of a tensor the shape, the dtype and the first values."""
    try:
        return _shorten(value)
    except Exception as error:  # a learner's own __repr__ may raise anything
        return f"{type(value).__name__}, which cannot be shown ({type(error).__name__})"


def _shorten(value):
    if isinstance(value, torch.Tensor | np.ndarray):
        return _tensor(value)
    if isinstance(value, bool | np.bool_) or value is None:
        return str(value)
    if isinstance(value, float | np.floating):
        return f"{value:.6g}" if value % 1 else f"{value:.1f}"
    if isinstance(value, list | tuple) and any(map(_is_long, value)):
        return _items(value)
    if isinstance(value, nn.Module) or inspect.isroutine(value) or inspect.isclass(value):
        return getattr(value, "__name__", type(value).__name__)
    return _repr.repr(value)


def _is_long(item):
    return isinstance(item, torch.Tensor | np.ndarray | list | tuple | float)


def _items(value):
    shown = ", ".join(shorten(item) for item in value[:SOME])
    rest = f", … ({len(value)} entries)" if len(value) > SOME else ""
    open_, close = "[]" if isinstance(value, list) else "()"
    return f"{open_}{shown}{rest or (',' if close == ')' and len(value) == 1 else '')}{close}"


def _tensor(value):
    kind = "tensor" if isinstance(value, torch.Tensor) else "array"
    value = torch.as_tensor(value).detach()
    head = f"{kind} {tuple(value.shape)} {str(value.dtype).removeprefix('torch.')}"
    if value.device.type != "cpu":
        head += f" on {value.device}"
    if value.is_meta or value.numel() == 0:
        return head
    value = value.cpu()
    if value.numel() <= FEW:
        return f"{head}: {_numbers(value.tolist())}"
    first = value.flatten()[:SOME].tolist()
    return f"{head}: {', '.join(map(_numbers, first))}, …"


def _numbers(nested):
    if isinstance(nested, list):
        return f"[{', '.join(map(_numbers, nested))}]"
    return f"{nested:.4g}" if isinstance(nested, float) else str(nested)


def shown_call(name, case):
    """Return a case as the call that a learner would type, an argument a line where it is long."""
    parts = [shorten(value) for value in case.args]
    parts += [f"{key}={shorten(value)}" for key, value in case.kwargs.items()]
    line = f"{name}({', '.join(parts)})"
    if len(line) <= WIDE:
        return line
    return "\n".join([f"{name}(", *(f"    {part}," for part in parts), ")"])


def last_line(error):
    """Return the last line of an error, as Python prints it."""
    return traceback.format_exception_only(error)[-1].strip()


def learners_line(error, answer):
    """Return the line of the learner's own code that raised, or "" where it is not known."""
    home = getattr(getattr(inspect.unwrap(answer), "__code__", None), "co_filename", None)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == home or "ipykernel" in frame.filename or frame.filename.startswith("<"):
            line = (frame.line or linecache.getline(frame.filename, frame.lineno)).strip()
            return f"line {frame.lineno}: {line}" if line else f"line {frame.lineno}"
    return ""
