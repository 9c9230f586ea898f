"""A wrong answer as an edit of the right one: the reference's source with another piece in it."""

import inspect
import itertools
import linecache

NUMBER = itertools.count(1)


def edited(function, changes, *, name):
    """Return the function, or class, with some pieces of its source replaced; changes is {old: new}.

    Raises ValueError, naming it, for a piece that does not stand in the source exactly once: an edit that
    no longer fits is found when its exercise is imported.
    """
    source = inspect.getsource(function)
    for old, new in changes.items():
        count = source.count(old)
        if count != 1:
            raise ValueError(
                f"In {name}, an edit replaces {old!r}, which stands {count} times in the source of "
                f"{function.__name__}; give a piece that stands there once."
            )
        source = source.replace(old, new)
    path = f"<{name}, edit {next(NUMBER)}>"
    linecache.cache[path] = len(source), None, source.splitlines(keepends=True), path
    names = dict(vars(inspect.getmodule(function)))
    exec(compile(source, path, "exec"), names)
    return names[function.__name__]
