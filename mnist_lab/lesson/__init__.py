"""What lesson cells call: check parameters, keep and read figures, show an error, predict and reveal."""

import json
import math
import sys
import traceback
from contextlib import contextmanager
from numbers import Real
from pathlib import Path

from mnist_lab.lesson.parameters import check_parameters
from mnist_lab.lesson.predictions import guess, predict, reveal
from mnist_lab.near_names import did_you_mean

__all__ = ["check_parameters", "guess", "predict", "record", "recorded", "reveal", "shows_error"]

RECORD_TYPE = "application/vnd.mnist-lab.record+json"
RESULTS = Path(__file__).parents[1] / "results"


def record(**figures):
    """Keep key figures in the notebook's own output, where `mnist-lab run` and sweeps read them.

    Values are numbers or short texts; a tensor or array of one element counts as its number.
    """
    from IPython.display import display

    figures = {name: _plain(name, value) for name, value in figures.items()}
    text = f"{len(figures)} key figure{'s' * (len(figures) > 1)} kept, for comparing runs."
    display({RECORD_TYPE: figures, "text/plain": text}, raw=True)


def _plain(name, value):
    if hasattr(value, "item") and math.prod(getattr(value, "shape", ())) == 1:
        value = value.item()
    if not isinstance(value, Real | str):
        raise ValueError(
            f"record expects numbers or short texts, but {name} is a {type(value).__name__}; "
            "record one figure a name."
        )
    return value


def recorded(name):
    """Return a stored result, mnist_lab/results/NAME.json, as a dictionary."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        known = sorted(found.stem for found in RESULTS.glob("*.json"))
        hint = did_you_mean(name, known)
        raise ValueError(f"There is no stored result {name!r}; there are {', '.join(known) or 'none'}.{hint}")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as a stored result: {error}; install it anew.") from error


@contextmanager
def shows_error(*expected):
    """Run a block that is meant to fail, print its error as Python would, and go on.

    Fails itself if the block raises nothing, or something else than the expected types.
    """
    if not expected:
        raise ValueError("shows_error expects the error to come, such as shows_error(RuntimeError).")
    try:
        yield
    except expected as error:
        print(_short_traceback(error), file=sys.stdout)
    else:
        names = " or ".join(kind.__name__ for kind in expected)
        raise RuntimeError(
            f"This block was meant to raise {names}, but it ran through; the lesson is out of date."
        )


def _short_traceback(error):
    """The lines of the lesson's own code that failed, then the error itself."""
    frames = traceback.extract_tb(error.__traceback__)[1:]
    own = [frame for frame in frames if frame.filename.startswith("<") or "ipykernel" in frame.filename]
    lines = [f"  line {frame.lineno}, in {frame.name}: {frame.line}" for frame in own or frames[:1]]
    return "\n".join(["Traceback, the lesson's own lines:", *lines, f"{type(error).__name__}: {error}"])
