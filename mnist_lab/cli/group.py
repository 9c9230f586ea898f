"""The group of commands, which the other modules add theirs to, and the doctor."""

import os
import signal
import sys
from contextlib import contextmanager
from threading import Timer, current_thread, main_thread

from mnist_lab import __version__
from mnist_lab.cli.output import watched_output

import click

CLEARING_UP = 30  # seconds at most


@contextmanager
def ended_in_order():
    """Let SIGTERM and SIGHUP end the block as Ctrl-C does, so that it clears up, then the process.

    A second one ends it at once, and so does time: Python drops an exception that a signal raises in the
    wrong place, such as in a finaliser. Not for one of several processes, which may be deep in an exchange
    with the others.
    """
    sent, numbers = [], []

    def stop(number, _):
        sent.append(number)
        for each in numbers:
            signal.signal(each, signal.SIG_DFL)
        last = Timer(CLEARING_UP, os.kill, (os.getpid(), number))
        last.daemon = True
        last.start()
        raise KeyboardInterrupt

    if os.name == "posix" and current_thread() is main_thread() and "WORLD_SIZE" not in os.environ:
        numbers = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) == signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
        if sent:
            os.kill(os.getpid(), sent[0])


class Commands(click.Group):
    """Commands that end in a sentence where what they print gets lost."""

    def main(self, *args, **options):
        try:
            with ended_in_order(), watched_output():
                return super().main(*args, **options)
        except KeyboardInterrupt:  # before click could say it, while the output was made ready
            sys.exit(130)

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            name = (error.name or "").partition(".")[0]
            if name in ("", "mnist_lab"):
                raise
            extra = "camera" if name == "cv2" else "lab"
            command = f'{sys.executable} -m pip install "mnist-lab[{extra}]"'
            text = f"This command needs {name}, which is not installed here; say: {command}"
            raise click.ClickException(text) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mnist-lab")
def main():
    """Convolutional neural networks with PyTorch and MNIST, in notebooks."""
    try:
        if click.get_current_context().invoked_subcommand != "doctor":
            os.getcwd()  # torch cannot be loaded without one, and says another reason
    except OSError as error:
        text = f"The current folder cannot be read ({error.strerror}); change to one that is there."
        raise click.ClickException(text) from error


@main.command()
def doctor():
    """Say what is installed, what fits, and the command that mends what does not."""
    from mnist_lab.workshop.doctor import report

    text, ok = report()
    click.echo(text)
    sys.exit(0 if ok else 1)
