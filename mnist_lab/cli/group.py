"""The group of commands, which the other modules add theirs to, and the doctor."""

import os
import sys

from mnist_lab import __version__
from mnist_lab.cli.output import watched_output

import click


class Commands(click.Group):
    """Commands that end in a sentence where what they print gets lost."""

    def main(self, *args, **options):
        with watched_output():
            return super().main(*args, **options)


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
