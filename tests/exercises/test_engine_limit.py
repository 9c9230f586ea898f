"""The time limit: it stops what never ends, fires once, and leaves every timer as it was."""

import signal
import time
from contextlib import suppress

from mnist_lab.exercises.engine import limit

import pytest

REAL_TIMER = hasattr(signal, "setitimer")


def hang():
    while True:
        time.sleep(0.01)


def swallows_exceptions():
    while True:
        with suppress(Exception):
            time.sleep(0.01)


WAYS = [limit._with_watchdog, *([limit._with_timer] if REAL_TIMER else [])]


@pytest.mark.parametrize("way", WAYS)
def test_a_loop_that_never_ends_is_stopped(way):
    started = time.monotonic()
    with pytest.raises(limit.TimeIsUp):
        way(0.2, hang)
    assert 0.2 <= time.monotonic() - started < 3
    time.sleep(0.3)  # nothing fires late


def test_the_watchdog_works_where_ctrl_c_is_ignored():
    """As in what `nohup … &` starts from a script."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(limit.TimeIsUp):
            limit._with_watchdog(0.2, lambda: [time.sleep(0.01) for _ in range(300)])
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not REAL_TIMER, reason="KeyboardInterrupt goes through there too")
def test_except_exception_does_not_swallow_the_limit():
    with pytest.raises(limit.TimeIsUp):
        limit.call_within(0.1, swallows_exceptions)


@pytest.mark.parametrize("way", WAYS)
def test_results_and_errors_pass_through(way):
    assert way(5, lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        way(5, lambda: 1 / 0)
    with pytest.raises(KeyboardInterrupt):
        way(5, lambda: (_ for _ in ()).throw(KeyboardInterrupt))


@pytest.mark.skipif(not REAL_TIMER, reason="needs setitimer")
def test_the_timer_that_was_set_before_is_set_again():
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(time.monotonic()))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.4)
        with pytest.raises(limit.TimeIsUp):
            limit.call_within(0.1, hang)
        assert not rang and 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.4
        time.sleep(0.5)
        assert len(rang) == 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not REAL_TIMER, reason="needs setitimer")
def test_no_timer_stays_behind():
    handler = signal.getsignal(signal.SIGALRM)
    limit.call_within(0.05, lambda: None)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is handler


class LateSignal:
    """A stand-in for the module signal whose alarm goes off as the timer is being taken down."""

    SIGALRM, ITIMER_REAL, SIG_DFL = 14, 0, "default"
    handler = SIG_DFL

    def signal(self, number, handler):
        before, self.handler = self.handler, handler
        return before

    def setitimer(self, which, seconds, interval=0.0):
        if not seconds:
            self.handler(self.SIGALRM, None)
        return 0.0, 0.0


def test_an_alarm_that_comes_when_all_is_done_stops_nothing(monkeypatch):
    late = LateSignal()
    monkeypatch.setattr(limit, "signal", late)
    assert limit._with_timer(5, lambda: 42) == 42
    assert late.handler is late.SIG_DFL
