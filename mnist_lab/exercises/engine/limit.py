"""A time limit for a learner's function, without a subprocess.

Neither way stops a function that catches everything with a bare `except:` and goes on, nor one
long operation inside compiled code; the cell timeout of a batch run is the backstop. Outside the
main thread there is no limit, because Python delivers signals only there.
"""

import _thread
import signal
import threading
import time

REPEAT = 0.1  # seconds between further attempts, for code that survives the first


class TimeIsUp(BaseException):
    """The limit has passed; no Exception, so that `except Exception` lets it through."""


def call_within(seconds, function):
    """Return function(), or raise TimeIsUp if it takes longer."""
    if threading.current_thread() is not threading.main_thread():
        return function()
    return (_with_timer if hasattr(signal, "setitimer") else _with_watchdog)(seconds, function)


def _with_timer(seconds, function):
    armed = True

    def stop(number, frame):
        if armed:
            raise TimeIsUp

    started, handler = time.monotonic(), signal.signal(signal.SIGALRM, stop)
    delay, interval = signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT)
    try:
        try:
            return function()
        finally:
            armed = False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)
        if delay:
            rest = max(delay - (time.monotonic() - started), 0.001)
            signal.setitimer(signal.ITIMER_REAL, rest, interval)


def _with_watchdog(seconds, function):
    done, fired = threading.Event(), threading.Event()

    def watch():
        wait = seconds
        while not done.wait(wait):
            fired.set()
            _thread.interrupt_main()
            wait = REPEAT

    watchdog = threading.Thread(target=watch, daemon=True)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # `nohup … &` ignores it
    watchdog.start()
    try:
        try:
            return function()
        finally:
            done.set()
            watchdog.join()
    except KeyboardInterrupt:
        if fired.is_set():
            raise TimeIsUp from None
        raise
    finally:
        signal.signal(signal.SIGINT, handler or signal.SIG_DFL)
