"""What grades in a kernel, as numbers that change where something was put in its place.

This file is sent to the kernel as text, so that nothing there can stand in for it. It hides nothing from code
that knows it: in one process there is no wall.
"""

import json
import sys

OURS = ("mnist_lab.exercises", "mnist_lab.workshop.classroom", "mnist_lab.lesson.boxes")
OTHERS = ("builtins", "copy", "inspect", "itertools", "json", "math", "re", "torch", "torch.nn.functional")
KEPT_BY_PYTHON = ("__warningregistry__", "__builtins__", "__slotnames__", "__abstractmethods__")
INNER = ("__code__", "__defaults__", "__kwdefaults__", "__wrapped__")


def prepare(numbers):
    """Load what grades these lessons, let IPython's exit() do nothing, and return look()."""
    from mnist_lab.workshop.classroom import grading  # noqa: F401

    from IPython import get_ipython

    get_ipython().ask_exit = lambda: print("exit() does nothing while this is graded.")
    return look(numbers)


def look(numbers):
    """Return {place: number} as JSON."""
    from mnist_lab.exercises.registry import exercises

    import torch
    from IPython import get_ipython

    shell, seen = get_ipython(), {}
    for exercise in [exercise for number in numbers for exercise in exercises(number)]:
        _add(seen, f"exercise {exercise.id}", {"itself": exercise, **vars(exercise)})
    for name, module in list(sys.modules.items()):
        if name.startswith(OURS) or name in OTHERS:
            known = vars(module).items()
            _add(seen, name, {key: value for key, value in known if callable(value) or name.startswith(OURS)})
            seen[name] = id(module)
    _add(seen, "torch.Tensor", {**vars(torch.Tensor)})
    for steps in ("input_transformers_cleanup", "input_transformers_post", "ast_transformers"):
        seen[steps] = sum(map(id, getattr(shell, steps)))
    seen["shell"] = _number(getattr(shell.run_cell, "__func__", None))
    return json.dumps(seen)


def _add(seen, where, names):
    for name, value in names.items():
        if name in KEPT_BY_PYTHON:
            continue
        seen[f"{where}.{name}"] = _number(value)
        if isinstance(value, type) and value.__module__.startswith(OURS):
            _add(seen, f"{where}.{name}", dict(vars(value)))


def _number(value):
    while _is_torchs(value) and hasattr(value, "__wrapped__"):  # as an optimizer's step, once there is one
        value = value.__wrapped__
    if _is_torchs(value):
        return 1  # torch puts functions of its own in the place of some, once it compiles
    plain = type(value).__name__ in ("function", "_lru_cache_wrapper")
    return sum(id(part) for part in (value, *(getattr(value, name, None) for name in INNER if plain)))


def _is_torchs(value):
    folder = sys.modules["torch"].__path__[0]
    return type(value).__name__ == "function" and value.__code__.co_filename.startswith(folder)
