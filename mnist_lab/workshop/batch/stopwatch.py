"""What a kernel's seconds go into, found by looking: where does its main thread stand just now?"""

import sys
import threading
import time

BETWEEN_TWO_LOOKS = 0.01  # seconds
PLACES = {  # parts of the paths of files
    "checks": ("mnist_lab/exercises/engine/", "mnist_lab/exercises/concepts/", "mnist_lab/lesson/"),
    "figures": ("mnist_lab/plots/", "mnist_lab/widgets/", "/matplotlib/", "/matplotlib_inline/"),
}
TRAINS = ("fit", "train", "evaluate")  # so begin the names of functions that train or score
STEP = "backward"  # and whoever calls this trains, too
IMPORTS = "<frozen importlib"
WAITING = ("/threading.py", "/selectors.py", "/subprocess.py", "/multiprocessing/", "/pexpect/")
CELL = "/IPython/core/interactiveshell.py"  # below it a cell runs
KINDS = ("imports", "checks", "figures", "training", "waiting", "other")


def kind_of(stack):
    """Return which of KINDS a stack of calls belongs to, None between two cells.

    stack holds (file, function, names that the function refers to) of each call, the innermost first. An
    import is one wherever it stands; else the innermost call with a kind of its own decides.
    """
    files = [file.replace("\\", "/") for file, _, _ in stack]
    if not any(file.endswith(CELL) for file in files):
        return None
    if any(IMPORTS in file for file in files):
        return "imports"
    for file, (_, function, names) in zip(files, stack, strict=True):
        if function.startswith(TRAINS) or STEP in names:
            return "training"
        for kind, places in PLACES.items():
            if any(place in file for place in places):
                return kind
    return "waiting" if any(place in files[0] for place in WAITING) else "other"


class Stopwatch:
    """Adds up the seconds of each kind in the thread that has made it, until read() is called."""

    def __init__(self):
        self.seconds = dict.fromkeys(KINDS, 0.0)
        self.watched, self.is_over = threading.get_ident(), threading.Event()
        threading.Thread(target=self._look_again_and_again, daemon=True).start()

    def read(self):
        """Return {kind: seconds}, and look no more."""
        self.is_over.set()
        return self.seconds

    def _look_again_and_again(self):
        before = time.perf_counter()
        while not self.is_over.wait(BETWEEN_TWO_LOOKS):
            kind, now = kind_of(self._stack()), time.perf_counter()
            if kind:
                self.seconds[kind] += now - before
            before = now

    def _stack(self):
        frame, stack = sys._current_frames()[self.watched], []
        while frame:
            code = frame.f_code
            stack.append((code.co_filename, code.co_name, code.co_names))
            frame = frame.f_back
        return stack
