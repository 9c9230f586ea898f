"""Output that may get lost: a closed pipe, a full disk, no standard output at all."""

import os
import sys
from contextlib import contextmanager, suppress

import click


class OutputLost(click.ClickException):
    """What a command prints cannot be written; no OSError, which would be taken for a result's file."""

    said = False

    def show(self, file=None):
        before, self.said = self.said, True
        with suppress(OutputLost):  # it may be the stream for errors that is lost
            if not before:
                super().show(file)


class Watched:
    """A stream of text that raises OutputLost, from then on each time."""

    def __init__(self, stream, name):
        self.stream, self.name, self.lost = stream, name, None

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def write(self, text):
        return self._try(self.stream.write, text)

    def flush(self):
        return self._try(self.stream.flush)

    def _try(self, function, *arguments):
        try:
            if not self.lost:
                return function(*arguments)
        except OSError as error:
            text = f"{self.name} cannot be written ({error.strerror or error}), so this ended early."
            self.lost = OutputLost(text)
            with suppress(OSError), open(os.devnull, "wb") as nowhere:  # for what is in the buffer still
                os.dup2(nowhere.fileno(), self.stream.fileno())
        raise self.lost


@contextmanager
def watched_output():
    """Let lost output end the block in a sentence and exit status 1, and hide bars that nobody watches.

    A terminal that lacks a character shows a question mark in its place.
    """
    before = sys.stdout, sys.stderr
    sys.stderr = Watched(sys.stderr or _nowhere(), "Standard error")
    try:
        if sys.stdout is None:
            raise OutputLost("There is no standard output; send it to a file or to the null device.")
        sys.stdout = Watched(sys.stdout, "Standard output")
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(errors="replace")
        _hide_bars()
        try:
            yield
        finally:
            sys.stdout.flush()
    except OutputLost as lost:
        lost.show()
        sys.exit(lost.exit_code)
    finally:
        sys.stdout, sys.stderr = before


def _nowhere():
    """Return a stream to the null device that processes started from here can write to as well."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.set_inheritable(nowhere, True)
    return os.fdopen(nowhere, "w")


def _hide_bars():
    """Let tqdm, imported now, draw no bar into a log, or once an hour where a call insists on its bar.

    Not in other processes, such as a lesson's kernel.
    """
    quiet = {"TQDM_DISABLE": "1", "TQDM_MININTERVAL": "3600", "TQDM_MAXINTERVAL": "3600"}
    if not sys.stderr.isatty() and not quiet.keys() & os.environ.keys():
        os.environ.update(quiet)
        import tqdm  # noqa: F401

        for name in quiet:
            del os.environ[name]
