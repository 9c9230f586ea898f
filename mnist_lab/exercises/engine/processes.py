"""Several processes that add up tensors, played one after another in this one."""

import torch

MAX_SUMS = 100  # who asks for more never ends
WAITING = (
    "Some processes had ended while others were still waiting in `add_up`. It answers when all have called "
    "it, so these would wait for ever."
)
ENDLESS = "`add_up` was called without an end."
UNLIKE = "The processes handed over tensors of different shapes at the same time, which cannot be added up."


class Stuck(Exception):
    """The processes cannot go on; the text is a sentence."""


class _Handed(BaseException):
    """A process has come to a sum that is not known yet; no `except Exception` stops this."""


def together(process, num_processes):
    """Return what process(number, add_up) returns, for each number from 0.

    add_up(value) returns the sum of what all of them hand over at their first call, their second one, and so
    on. One sum after another becomes known: all are played from their beginning, up to the first one that is
    missing. So a process has to do the same each time. Raises Stuck if they would not end.
    """
    sums = []
    while len(sums) < MAX_SUMS:
        ended, handed = [], []
        for number in range(num_processes):
            try:
                ended.append(process(number, _adder(sums)))
            except _Handed as waiting:
                handed.append(waiting.args[0])
        if not handed:
            return ended
        if ended:
            raise Stuck(WAITING)
        sums.append(_added(handed))
    raise Stuck(ENDLESS)


def _adder(sums):
    known = iter(sums)

    def add_up(value):
        value = _checked(value)
        for total in known:
            return total.clone() if isinstance(total, torch.Tensor) else total
        raise _Handed(value)

    return add_up


def _checked(value):
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, int | float):
        return value
    raise TypeError(f"add_up expects a tensor or a number, but got {type(value).__name__}")


def _added(values):
    shapes = {value.shape if isinstance(value, torch.Tensor) else torch.Size() for value in values}
    if len(shapes) > 1:
        raise Stuck(UNLIKE)
    return sum(values)
